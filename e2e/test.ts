// `npm test`: everything, on a machine with nothing but Node and a Debian package manager. Installs what the steps need, runs
// them one after the other (two cores carry two clusters at a time), goes on after a failure, and ends with what failed and, last
// of all, one line of counts.
// `npm test -- unit browser` runs the named steps only.

import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { BROWSER_LABS } from './browser/setup';
import { endLabs } from './lab/end';
import { prepareTestPackages, step } from './lab/environments';
import { CHECKOUT, PORTS, planLayout } from './lab/layout';
import { refuseNewParts } from './lab/processes';
import { startPostgres } from './store';
import {
  commandOutcome,
  countOf,
  lastLine,
  type Outcome,
  readPlaywright,
  readVitest,
  renderTroubles,
  tooManyTries,
} from './test-report';
import { TRUTH_LABS } from './truth/labs';

interface Step {
  readonly name: string;
  readonly about: string;
  readonly run: () => Promise<Outcome>;
}

const REPORTS = path.join(CHECKOUT, 'test-results');
const started = Date.now();
const say = (text: string): void => {
  process.stderr.write(`[test ${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s] ${text}\n`);
};

const OUTPUT_KEPT = 20_000;

const bin = (name: string): string => path.join(CHECKOUT, 'node_modules/.bin', name);

interface Ended {
  readonly code: number;
  /** The end of what it printed; '' where that was not asked for. */
  readonly output: string;
}

/** Runs to the end. What prints into a pipe loses its colours; that is asked for where the end of the output is the only report. */
function run(
  file: string,
  args: readonly string[],
  { env = {}, keep = false }: { readonly env?: Readonly<Record<string, string>>; readonly keep?: boolean } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(file, [...args], {
      cwd: CHECKOUT,
      stdio: ['ignore', keep ? 'pipe' : 'inherit', keep ? 'pipe' : 'inherit'],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    });
    let output = '';
    const pass = (to: NodeJS.WriteStream) => (chunk: Buffer) => {
      to.write(chunk);
      output = `${output}${chunk}`.slice(-OUTPUT_KEPT);
    };
    child.stdout?.on('data', pass(process.stdout));
    child.stderr?.on('data', pass(process.stderr));
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGTERM', forward);
    process.on('SIGINT', forward);
    child.once('error', () => resolve({ code: 127, output }));
    child.once('exit', (code) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', forward);
      const end = (): void => resolve({ code: code ?? 137, output });
      // What it printed last may still be on its way; somebody it left behind may hold the pipe for ever.
      child.once('close', end);
      setTimeout(end, 2000).unref();
    });
  });
}

/** Commands that are one test: they succeed, one after the other, or not. */
function commands(
  name: string,
  about: string,
  wanted: readonly (readonly [file: string, ...args: string[]])[],
  env: Readonly<Record<string, string>> = {},
): Step {
  return {
    name,
    about,
    run: async () => {
      for (const [file, ...args] of wanted) {
        const { code, output } = await run(file, args, { env, keep: true });
        if (code !== 0) return commandOutcome([path.basename(file), ...args].join(' '), code, output);
      }
      return { passed: 1, failed: 0, troubles: [] };
    },
  };
}

async function runVitest(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const report = path.join(REPORTS, `${name}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', `--reporter=${path.join(CHECKOUT, 'e2e/vitest-report.ts')}`];
  const { code } = await run(bin('vitest'), ['run', ...args, ...reporters], {
    env: { HOWDAH_TEST_REPORT: report, ...env },
  });
  return readVitest(report, code);
}

function vitest(name: string, about: string, args: readonly string[]): Step {
  return { name, about, run: () => runVitest(name, args) };
}

/** The runner ends its labs itself; one that was killed does not. */
function withLabs(labs: string, { name, about, run }: Step): Step {
  return { name, about, run: () => run().finally(() => endLabs(labs, say)) };
}

const browser: Step = {
  name: 'browser',
  about: 'Chromium against recorded scenarios and a real cluster',
  run: async () => {
    const report = path.join(REPORTS, 'browser.json');
    rmSync(report, { force: true });
    const { code } = await run(bin('playwright'), ['test', '--config', 'e2e/browser/playwright.config.ts'], {
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    });
    return readPlaywright(report, code);
  },
};

const store: Step = {
  name: 'store',
  about: "the store's suites on a real PostgreSQL",
  run: async () => {
    const server = await startPostgres(say, `${planLayout('store', 'demo').prefix}11`, PORTS.postgres);
    try {
      const files = [
        'lib/server/audit/audit-index.test.ts',
        'lib/server/names/store-names.test.ts',
        'lib/server/store/store.test.ts',
        'lib/server/history/history.test.ts',
        'lib/server/alerts/alerts.test.ts',
      ];
      const only = ['--testNamePattern', 'PostgreSQL'];
      const env = { HOWDAH_TEST_DATABASE_URL: server.url };
      const kept = await runVitest('store', [...files, ...only], env);
      const door = await runVitest('store-door', ['lib/server/access/access.test.ts'], env);
      return {
        passed: kept.passed + door.passed,
        failed: kept.failed + door.failed,
        troubles: [...kept.troubles, ...door.troubles],
      };
    } finally {
      await server.end();
    }
  },
};

const STEPS: readonly Step[] = [
  commands('lint', 'style and lint', [[bin('biome'), 'check', '.']]),
  commands('types', 'types', [
    [bin('next'), 'typegen'],
    [bin('tsc'), '--noEmit'],
  ]),
  commands('packages', 'licences, install scripts, known vulnerabilities', [
    [process.execPath, '--import', 'tsx', 'e2e/dependencies.ts'],
  ]),
  vitest('unit', 'units, properties, recorded scenarios, style', []),
  commands('build', 'production build', [[bin('next'), 'build']]),
  store,
  withLabs(
    TRUTH_LABS,
    vitest('lab', 'real clusters of every generation beside patronictl', ['--config', 'e2e/truth/vitest.config.ts']),
  ),
  withLabs(BROWSER_LABS, browser),
  // With the build of the step before; a bench by itself makes one of its own.
  commands(
    'soak',
    'two minutes of viewers and faults: memory, clean exit',
    [[process.execPath, '--import', 'tsx', 'e2e/bench/soak.ts', '--minutes', '2']],
    { HOWDAH_DIST: process.env.HOWDAH_DIST ?? '.next' },
  ),
];

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !STEPS.some((entry) => entry.name === name));
  if (unknown.length > 0) {
    say(`no step called ${unknown.join(', ')}; the steps are ${STEPS.map((entry) => entry.name).join(', ')}`);
    return 2;
  }
  const chosen = STEPS.filter((entry) => names.length === 0 || names.includes(entry.name));
  mkdirSync(REPORTS, { recursive: true });
  if (chosen.some((entry) => ['store', 'lab', 'browser', 'soak'].includes(entry.name))) {
    await prepareTestPackages(say);
  }
  const results: { readonly name: string; readonly outcome: Outcome; readonly seconds: number }[] = [];
  for (const entry of chosen) {
    const start = Date.now();
    // A step that could not even begin is a failure like others, and the rest goes on.
    const outcome = await step(say, `${entry.name}: ${entry.about}`, entry.run).catch((error: unknown) =>
      commandOutcome(entry.name, 1, error instanceof Error ? error.message : String(error)),
    );
    results.push({ name: entry.name, outcome, seconds: Math.round((Date.now() - start) / 1000) });
  }
  const tries = tooManyTries(results.map(({ outcome }) => outcome));
  if (tries !== null) results.push({ name: 'all', outcome: tries, seconds: 0 });
  for (const { name, outcome, seconds } of results) {
    say(
      `${name.padEnd(8)} ${String(outcome.passed).padStart(5)} passed ${String(outcome.failed).padStart(4)} failed ${String(seconds).padStart(5)} s`,
    );
  }
  const troubles = renderTroubles(
    results.map(({ name, outcome }) => ({ step: name, troubles: outcome.troubles })),
    CHECKOUT,
  );
  if (troubles.length > 0) process.stdout.write(`\n${troubles.join('\n')}\n`);
  const outcomes = results.map(({ outcome }) => outcome);
  const flaky = countOf(outcomes, 'flaky');
  if (flaky > 0) process.stdout.write(`\n${flaky} passed only at the second try\n`);
  process.stdout.write(`\n${lastLine(outcomes)}\n`);
  return outcomes.every(({ failed }) => failed === 0) && outcomes.some(({ passed }) => passed > 0) ? 0 : 1;
}

process.on('SIGTERM', () => refuseNewParts());
process.exitCode = await main(process.argv.slice(2));
