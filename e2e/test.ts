// `npm test`: everything, on a machine with nothing but Node and a Debian package manager. Installs what the steps need, runs
// them one after the other (two cores carry one cluster at a time), goes on after a failure, and ends with one line of counts.
// `npm test -- unit browser` runs the named steps only.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { prepareTestPackages, step } from './lab/environments';
import { CHECKOUT } from './lab/layout';
import { refuseNewParts } from './lab/processes';
import { startPostgres } from './store';

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  readonly about: string;
  readonly run: () => Promise<Counts>;
}

const REPORTS = path.join(CHECKOUT, 'test-results');
const started = Date.now();
const say = (text: string): void => {
  process.stderr.write(`[test ${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s] ${text}\n`);
};

const bin = (name: string): string => path.join(CHECKOUT, 'node_modules/.bin', name);

function run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(file, [...args], {
      cwd: CHECKOUT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGTERM', forward);
    process.on('SIGINT', forward);
    child.once('error', () => resolve(127));
    child.once('exit', (code) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', forward);
      resolve(code ?? 1);
    });
  });
}

/** A command that is one test: it succeeds or not. */
function command(name: string, about: string, file: string, args: readonly string[]): Step {
  return {
    name,
    about,
    run: async () => ((await run(file, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
  };
}

function vitest(name: string, about: string, args: readonly string[]): Step {
  return {
    name,
    about,
    run: async () => {
      const report = path.join(REPORTS, `${name}.json`);
      rmSync(report, { force: true });
      const code = await run(bin('vitest'), [
        'run',
        ...args,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ]);
      return vitestCounts(report, code);
    },
  };
}

/** A runner that died without a report, or that failed outside of its tests, is one failure more. */
function vitestCounts(report: string, code: number): Counts {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const value = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests?: number; numFailedTests?: number };
  const passed = value.numPassedTests ?? 0;
  const failed = value.numFailedTests ?? 0;
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed };
}

const browser: Step = {
  name: 'browser',
  about: 'Chromium against recorded scenarios and a real cluster',
  run: async () => {
    const report = path.join(REPORTS, 'browser.json');
    rmSync(report, { force: true });
    const code = await run(bin('playwright'), ['test', '--config', 'e2e/browser/playwright.config.ts'], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    });
    if (!existsSync(report)) return { passed: 0, failed: 1 };
    const { stats } = JSON.parse(readFileSync(report, 'utf8')) as {
      stats?: { expected?: number; unexpected?: number; flaky?: number };
    };
    const passed = (stats?.expected ?? 0) + (stats?.flaky ?? 0);
    const failed = stats?.unexpected ?? 0;
    return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed };
  },
};

const store: Step = {
  name: 'store',
  about: "the store's suites on a real PostgreSQL",
  run: async () => {
    const server = await startPostgres(say, '127.0.0.9', 15439);
    const report = path.join(REPORTS, 'store.json');
    rmSync(report, { force: true });
    try {
      const files = ['lib/server/audit/audit-index.test.ts', 'lib/server/store/store.test.ts'];
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const env = { HOWDAH_TEST_DATABASE_URL: server.url };
      const only = ['--testNamePattern', 'PostgreSQL'];
      return vitestCounts(report, await run(bin('vitest'), ['run', ...files, ...only, ...reporters], env));
    } finally {
      await server.end();
    }
  },
};

const STEPS: readonly Step[] = [
  command('lint', 'style and lint', bin('biome'), ['check', '.']),
  {
    name: 'types',
    about: 'types',
    run: async () =>
      (await run(bin('next'), ['typegen'])) === 0 && (await run(bin('tsc'), ['--noEmit'])) === 0
        ? { passed: 1, failed: 0 }
        : { passed: 0, failed: 1 },
  },
  vitest('unit', 'units, properties, recorded scenarios, style', []),
  command('build', 'production build', bin('next'), ['build']),
  store,
  vitest('lab', 'real clusters of every generation beside patronictl', ['--config', 'e2e/truth/vitest.config.ts']),
  browser,
  command('soak', 'two minutes of viewers and faults: memory, clean exit', process.execPath, [
    '--import',
    'tsx',
    'e2e/bench/soak.ts',
    '--minutes',
    '2',
  ]),
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
  const results: { readonly entry: Step; readonly counts: Counts; readonly seconds: number }[] = [];
  for (const entry of chosen) {
    const start = Date.now();
    const counts = await step(say, `${entry.name}: ${entry.about}`, entry.run);
    results.push({ entry, counts, seconds: Math.round((Date.now() - start) / 1000) });
  }
  for (const { entry, counts, seconds } of results) {
    say(
      `${entry.name.padEnd(8)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(4)} failed ${String(seconds).padStart(5)} s`,
    );
  }
  const total = results.reduce(
    (sum, { counts }) => ({ passed: sum.passed + counts.passed, failed: sum.failed + counts.failed }),
    { passed: 0, failed: 0 },
  );
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

process.on('SIGTERM', () => refuseNewParts());
process.exitCode = await main(process.argv.slice(2));
