// What the runners' own reports say of a step: counts, and every test that failed, passed only at its second try, or was left out, with
// the reason. A runner that died without a report, or that failed outside of its tests, is one failure more; so are too many second tries.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export interface Trouble {
  readonly kind: 'failed' | 'flaky' | 'skipped';
  /** Null: the runner or its set-up, not a test. */
  readonly file: string | null;
  readonly test: string;
  readonly error: string;
}

/** How long a test took, its tries together. */
export interface Time {
  readonly file: string;
  readonly test: string;
  readonly ms: number;
}

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly troubles: readonly Trouble[];
  readonly times: readonly Time[];
}

const LINES = 40;
/** Of a test that was left out and does not say why. */
export const NO_REASON = 'no reason given';
const LINE_LENGTH = 300;

/** A test that stalls once on a shared machine is bad luck; more than so many of a run are a fault. */
const FLAKY_MAX = 2;

export const countOf = (outcomes: readonly Outcome[], kind: Trouble['kind']): number =>
  outcomes.reduce((sum, { troubles }) => sum + troubles.filter((trouble) => trouble.kind === kind).length, 0);

/** null: few enough. */
export function tooManyTries(outcomes: readonly Outcome[]): Outcome | null {
  const flaky = countOf(outcomes, 'flaky');
  if (flaky <= FLAKY_MAX) return null;
  return commandOutcome(
    'second tries',
    1,
    `error: ${flaky} tests passed only at the second try, at most ${FLAKY_MAX} may`,
  );
}

/** The last line of a run. */
export function lastLine(outcomes: readonly Outcome[]): string {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((all, outcome) => all + of(outcome), 0);
  const skipped = countOf(outcomes, 'skipped');
  const counts = `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`;
  return skipped === 0 ? counts : `${counts}, ${skipped} skipped`;
}

function outcomeOf(
  runner: string,
  code: number,
  { passed, troubles, times }: VitestReport = { passed: 0, troubles: [], times: [] },
): Outcome {
  const failed = troubles.filter(({ kind }) => kind === 'failed').length;
  // 1 is what failed tests end with; more than that is a signal, and not all tests were run.
  if ((failed > 0 && code <= 1) || (code === 0 && passed > 0)) return { passed, failed, troubles, times };
  const error =
    failed > 0 || code > 1 ? `ended before its time, exit code ${code}` : `no failed test, exit code ${code}`;
  const died: Trouble = { kind: 'failed', file: null, test: runner, error };
  return { passed, failed: failed + 1, troubles: [...troubles, died], times };
}

/** What vitest-report.ts writes. */
export interface VitestReport {
  readonly passed: number;
  readonly troubles: readonly Trouble[];
  readonly times: readonly Time[];
}

export function readVitest(report: string, code: number): Outcome {
  if (!existsSync(report)) return outcomeOf('vitest', code);
  return outcomeOf('vitest', code, JSON.parse(readFileSync(report, 'utf8')) as VitestReport);
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
      readonly annotations?: readonly { readonly type: string; readonly description?: string }[];
      readonly results: readonly {
        readonly status?: string;
        readonly duration?: number;
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
  if (!existsSync(report)) return outcomeOf('playwright', code);
  const { config, suites = [], errors = [] } = JSON.parse(readFileSync(report, 'utf8')) as PlaywrightReport;
  const troubles: Trouble[] = errors.map(({ message = '' }) => ({
    kind: 'failed',
    file: null,
    test: 'playwright',
    error: message,
  }));
  const times: Time[] = [];
  let passed = 0;
  const walk = (suite: PlaywrightSuite, above: readonly string[]): void => {
    for (const { title, file: name, tests } of suite.specs ?? []) {
      const file = path.join(config?.rootDir ?? '', name);
      const test = [...above, title].join(' ');
      for (const { status, results, annotations = [] } of tests) {
        times.push({ file, test, ms: results.reduce((sum, { duration = 0 }) => sum + duration, 0) });
        if (status === 'expected' || status === 'flaky') passed += 1;
        if (status === 'expected') continue;
        if (status === 'skipped') {
          const reason = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
          troubles.push({ kind: 'skipped', file, test, error: reason ?? NO_REASON });
          continue;
        }
        const messages = results.flatMap((result) => result.errors?.[0]?.message ?? []);
        troubles.push({
          kind: status === 'flaky' ? 'flaky' : 'failed',
          file,
          test,
          error: (status === 'flaky' ? messages[0] : messages.at(-1)) ?? results.at(-1)?.status ?? '',
        });
      }
    }
    for (const inner of suite.suites ?? []) walk(inner, [...above, inner.title]);
  };
  // The outermost suites are the files.
  for (const suite of suites) walk(suite, []);
  return outcomeOf('playwright', code, { passed, troubles, times });
}

/** Lines of the linter, the compiler, the build and the soak that say what is wrong. */
const COMPLAINT = /^FAIL\b|\berror\b|:\d+:\d+ \w+\/|^\S+ (?:format|organizeImports|parse) /i;

/** A command that is one test: it succeeds, or what it printed says why not. */
export function commandOutcome(command: string, code: number, output: string): Outcome {
  if (code === 0) return { passed: 1, failed: 0, troubles: [], times: [] };
  const lines = stripVTControlCharacters(output).trim().split('\n');
  const complaints = lines.filter((line) => COMPLAINT.test(line));
  const error = complaints.length > 0 ? complaints : lines.slice(-6);
  const trouble: Trouble = { kind: 'failed', file: null, test: command, error: error.join('\n') };
  return { passed: 0, failed: 1, troubles: [trouble], times: [] };
}

/** Frames of a stack, the rules around a log, the source around a line: little is told by them where room is short. */
const NOISE = /^\s*(?:$|at |=+|[-+] (?:Expected|Received)|>?\s*\d* \||\s*\^|If this is a long-running)/;

const KINDS = { failed: 'FAILED', flaky: 'flaky (passed at the second try)', skipped: 'skipped' } as const;

interface StepOutcome {
  readonly step: string;
  readonly outcome: Outcome;
}

const SLOWEST = 20;
/** Below this nothing is worth a line. */
const SLOW_MS = 1000;

/** The slowest tests of all runners, with their heading. */
export function renderSlowest(steps: readonly StepOutcome[], root: string): readonly string[] {
  const slow = steps
    .flatMap(({ step, outcome }) => outcome.times.map((time) => ({ step, ...time })))
    .filter(({ ms }) => ms >= SLOW_MS)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST);
  if (slow.length === 0) return [];
  const lines = slow.map(({ step, file, test, ms }) =>
    `${(ms / 1000).toFixed(1).padStart(6)} s ${step}: ${path.relative(root, file)}: ${test}`.slice(0, LINE_LENGTH),
  );
  return [slow.length === 1 ? 'the slowest test' : `the slowest ${slow.length} tests`, ...lines];
}

/** The failed ones first, then second tries, then what was left out, at most `LINES` lines: each with the first lines of its error, fewer where there are many. */
export function renderTroubles(steps: readonly StepOutcome[], root: string): readonly string[] {
  const all = steps.flatMap(({ step, outcome }) => outcome.troubles.map((trouble) => ({ step, ...trouble })));
  const order = Object.keys(KINDS);
  const sorted = [...all].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const more = Math.max(0, Math.min(7, Math.floor((LINES - 1) / Math.max(1, sorted.length)) - 1));
  const lines = sorted.flatMap(({ step, kind, file, test, error }) => {
    const where = [step, ...(file === null ? [] : [path.relative(root, file)]), test].join(': ');
    const [first = '', ...rest] = stripVTControlCharacters(error)
      .split('\n')
      .filter((line) => !NOISE.test(line));
    return [`${KINDS[kind]} ${where}: ${first.trim()}`, ...rest.slice(0, more).map((line) => `    ${line.trim()}`)];
  });
  const kept =
    lines.length > LINES ? [...lines.slice(0, LINES - 1), `... ${lines.length - LINES + 1} lines more`] : lines;
  return kept.map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH - 3)}...` : line));
}
