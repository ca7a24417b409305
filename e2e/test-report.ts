// What the runners' own reports say of a step: counts, and every test that failed or passed only at its second try. A runner that
// died without a report, or that failed outside of its tests, is one failure more.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export interface Trouble {
  readonly kind: 'failed' | 'flaky';
  /** Null: the runner or its set-up, not a test. */
  readonly file: string | null;
  readonly test: string;
  readonly error: string;
}

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly troubles: readonly Trouble[];
}

const LINES = 40;
const LINE_LENGTH = 300;

function outcomeOf(runner: string, code: number, passed: number, troubles: readonly Trouble[]): Outcome {
  const failed = troubles.filter(({ kind }) => kind === 'failed').length;
  // 1 is what failed tests end with; more than that is a signal, and not all tests were run.
  if ((failed > 0 && code <= 1) || (code === 0 && passed > 0)) return { passed, failed, troubles };
  const error =
    failed > 0 || code > 1 ? `ended before its time, exit code ${code}` : `no failed test, exit code ${code}`;
  return { passed, failed: failed + 1, troubles: [...troubles, { kind: 'failed', file: null, test: runner, error }] };
}

/** What vitest-report.ts writes. */
export interface VitestReport {
  readonly passed: number;
  readonly troubles: readonly Trouble[];
}

export function readVitest(report: string, code: number): Outcome {
  if (!existsSync(report)) return outcomeOf('vitest', code, 0, []);
  const { passed, troubles } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  return outcomeOf('vitest', code, passed, troubles);
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly {
      /** `expected`, `unexpected`, `flaky`, `skipped`. */
      readonly status: string;
      readonly results: readonly {
        readonly status?: string;
        readonly errors?: readonly { readonly message?: string }[];
      }[];
    }[];
  }[];
}

interface PlaywrightReport {
  readonly config?: { readonly rootDir?: string };
  readonly suites?: readonly PlaywrightSuite[];
  readonly errors?: readonly { readonly message?: string }[];
}

export function readPlaywright(report: string, code: number): Outcome {
  if (!existsSync(report)) return outcomeOf('playwright', code, 0, []);
  const { config, suites = [], errors = [] } = JSON.parse(readFileSync(report, 'utf8')) as PlaywrightReport;
  const troubles: Trouble[] = errors.map(({ message = '' }) => ({
    kind: 'failed',
    file: null,
    test: 'playwright',
    error: message,
  }));
  let passed = 0;
  const walk = (suite: PlaywrightSuite, above: readonly string[]): void => {
    for (const { title, file, tests } of suite.specs ?? []) {
      for (const { status, results } of tests) {
        if (status === 'expected' || status === 'flaky') passed += 1;
        if (status !== 'unexpected' && status !== 'flaky') continue;
        const messages = results.flatMap((result) => result.errors?.[0]?.message ?? []);
        troubles.push({
          kind: status === 'flaky' ? 'flaky' : 'failed',
          file: path.join(config?.rootDir ?? '', file),
          test: [...above, title].join(' '),
          error: (status === 'flaky' ? messages[0] : messages.at(-1)) ?? results.at(-1)?.status ?? '',
        });
      }
    }
    for (const inner of suite.suites ?? []) walk(inner, [...above, inner.title]);
  };
  // The outermost suites are the files.
  for (const suite of suites) walk(suite, []);
  return outcomeOf('playwright', code, passed, troubles);
}

/** Lines of the linter, the compiler, the build and the soak that say what is wrong. */
const COMPLAINT = /^FAIL\b|\berror\b|:\d+:\d+ \w+\/|^\S+ (?:format|organizeImports|parse) /i;

/** A command that is one test: it succeeds, or what it printed says why not. */
export function commandOutcome(command: string, code: number, output: string): Outcome {
  if (code === 0) return { passed: 1, failed: 0, troubles: [] };
  const lines = stripVTControlCharacters(output).trim().split('\n');
  const complaints = lines.filter((line) => COMPLAINT.test(line));
  const error = complaints.length > 0 ? complaints : lines.slice(-6);
  return { passed: 0, failed: 1, troubles: [{ kind: 'failed', file: null, test: command, error: error.join('\n') }] };
}

/** Frames of a stack, the rules around a log, the source around a line: little is told by them where room is short. */
const NOISE = /^\s*(?:$|at |=+|[-+] (?:Expected|Received)|>?\s*\d* \||\s*\^|If this is a long-running)/;

/** The failed ones first, at most `LINES` lines: each with the first lines of its error, fewer where there are many. */
export function renderTroubles(
  steps: readonly { readonly step: string; readonly troubles: readonly Trouble[] }[],
  root: string,
): readonly string[] {
  const all = steps.flatMap(({ step, troubles }) => troubles.map((trouble) => ({ step, ...trouble })));
  const sorted = [...all.filter(({ kind }) => kind === 'failed'), ...all.filter(({ kind }) => kind === 'flaky')];
  const more = Math.max(0, Math.min(7, Math.floor((LINES - 1) / Math.max(1, sorted.length)) - 1));
  const lines = sorted.flatMap(({ step, kind, file, test, error }) => {
    const what = kind === 'failed' ? 'FAILED' : 'flaky (passed at the second try)';
    const where = [step, ...(file === null ? [] : [path.relative(root, file)]), test].join(': ');
    const [first = '', ...rest] = stripVTControlCharacters(error)
      .split('\n')
      .filter((line) => !NOISE.test(line));
    return [`${what} ${where}: ${first.trim()}`, ...rest.slice(0, more).map((line) => `    ${line.trim()}`)];
  });
  const kept =
    lines.length > LINES ? [...lines.slice(0, LINES - 1), `... ${lines.length - LINES + 1} lines more`] : lines;
  return kept.map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH - 3)}...` : line));
}
