// A reporter for vitest that writes what test.ts tells at its end. Vitest's own JSON knows nothing of a hook that failed (its
// tests are "skipped" there), nor of errors outside of the tests.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';
import { NO_REASON, type Time, type Trouble, type VitestReport } from './test-report';

interface Failure {
  readonly message?: string;
  readonly diff?: string | undefined;
  readonly stacks?: readonly { readonly file: string; readonly line: number }[];
}

/** What was expected beside what came, and the line of the innermost call. */
function words(errors: readonly Failure[]): string {
  const { message = 'no message', diff = '', stacks = [] } = errors[0] ?? {};
  const at = stacks[0] === undefined ? '' : ` (${path.basename(stacks[0].file)}:${stacks[0].line})`;
  const [first, ...rest] = message.split('\n');
  return [`${first}${at}`, ...rest, diff].join('\n');
}

export default class VitestReporter implements Reporter {
  readonly #ended: TestModule[] = [];
  /** What was asked for by name; the others are not left out. */
  #isAsked = (_test: TestCase): boolean => true;

  onInit({ config }: Vitest): void {
    const { testNamePattern: pattern } = config;
    if (pattern !== undefined) this.#isAsked = (test) => test.fullName.replaceAll(' > ', ' ').match(pattern) !== null;
  }

  /** Written after each file too: what was known counts where the runner is killed. */
  onTestModuleEnd(module: TestModule): void {
    this.#ended.push(module);
    write(this.#ended, [], this.#isAsked);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    write(modules, unhandled, this.#isAsked);
  }
}

/** A hook around it has failed, which has been told: it was kept from running, not left out. */
function isBelowFailure({ parent }: TestCase): boolean {
  for (let around: TestModule | TestSuite = parent; ; around = around.parent) {
    if (around.errors().length > 0) return true;
    if (around.type === 'module') return false;
  }
}

function write(
  modules: readonly TestModule[],
  unhandled: readonly SerializedError[],
  isAsked: (test: TestCase) => boolean,
): void {
  const troubles: Trouble[] = unhandled.map((error) => ({
    kind: 'failed',
    file: null,
    test: 'outside of the tests',
    error: words([error]),
  }));
  const times: Time[] = [];
  let passed = 0;
  for (const module of modules) {
    const file = module.moduleId;
    const failed = (test: string, errors: readonly Failure[]): void => {
      if (errors.length > 0) troubles.push({ kind: 'failed', file, test, error: words(errors) });
    };
    failed('the file', module.errors());
    for (const suite of module.children.allSuites()) failed(`${suite.fullName}: a hook`, suite.errors());
    for (const test of module.children.allTests()) {
      const result = test.result();
      times.push({ file, test: test.fullName, ms: test.diagnostic()?.duration ?? 0 });
      if (result.state === 'failed') failed(test.fullName, result.errors.slice(-1));
      if (result.state === 'skipped' && isAsked(test) && !isBelowFailure(test))
        troubles.push({ kind: 'skipped', file, test: test.fullName, error: result.note ?? NO_REASON });
      if (result.state !== 'passed') continue;
      passed += 1;
      if (test.diagnostic()?.flaky === true)
        troubles.push({ kind: 'flaky', file, test: test.fullName, error: words(result.errors ?? []) });
    }
  }
  writeFileSync(
    process.env.HOWDAH_TEST_REPORT ?? 'vitest-report.json',
    JSON.stringify({ passed, troubles, times } satisfies VitestReport),
  );
}
