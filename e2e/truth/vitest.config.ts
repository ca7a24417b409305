import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The real lab, two files at a time: most of the time is spent waiting for Patroni. A file `<name>.lab.ts` brings up one lab with
// labOf(import.meta.filename), which calls it truth-<name>: by its name alone it has addresses, ports and folders of its own.
// A second try is sound where beforeEach calls healed(lab) and the test names no state that its first try may have changed;
// where the claim is "never" or "once", a describe says { retry: 0 }. After a timeout the first try may still be at it.
export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname, '../..') } },
  test: {
    root: import.meta.dirname,
    include: ['*.lab.ts'],
    globalSetup: ['setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    teardownTimeout: 120_000,
    retry: { count: 1, condition: /^(?!(?:Test|Hook) timed out)/ },
    sequence: { concurrent: false },
  },
});
