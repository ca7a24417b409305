import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// The real lab, three files at a time: nearly all of the time is spent waiting for Patroni. A file borrows the lab of its worker with
// labOf(generation), and the files of the largest generation go first, so that few labs are made anew.
// A second try is sound where beforeEach calls healed(lab) and the test names no state that its first try may have changed;
// where the claim is "never" or "once", a describe says { retry: 0 }. After a timeout the first try may still be at it.
/** Of the distribution and long ones first, what needs a lab of another generation or none after them. */
const ORDER = [
  'history',
  'actions',
  'every-action-distro',
  'faults',
  'refusals',
  'beside-distro',
  'crash',
  'chaos',
  'receivers',
];

class ByGeneration extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = ORDER.indexOf(path.basename(moduleId, '.lab.ts'));
      return at === -1 ? ORDER.length : at;
    };
    return [...files].sort((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname, '../..') } },
  test: {
    root: import.meta.dirname,
    include: ['*.lab.ts'],
    globalSetup: ['setup.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    teardownTimeout: 120_000,
    retry: { count: 1, condition: /^(?!(?:Test|Hook) timed out)/ },
    sequence: { concurrent: false, sequencer: ByGeneration },
  },
});
