// `npm test`: everything, on a machine with nothing but Node and a Debian package manager. What computes and what waits for clusters
// run beside one another in two lanes, each one step after the other. It goes on after a failure, and ends with what failed, the
// slowest tests and, last of all, one line of counts.
// `npm test -- unit browser` runs the named steps only; `browser` is both of its parts. `npm test -- --changed [REF]` runs what a change
// since REF can break.

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { BUILD_BELOW_PATH, keepingConfig } from './browser/below-path';
import { BROWSER_LABS } from './browser/labs';
import { RECORDED } from './browser/recorded';
import { endLabs } from './lab/end';
import { prepareTestPackages, step } from './lab/environments';
import { CHECKOUT, PORTS, planLayout } from './lab/layout';
import { prepareGenerations, preparePrograms } from './lab/prepare';
import { refuseNewParts } from './lab/processes';
import { startPostgres } from './store';
import { changedSince, type Plan, planFor } from './test-changed';
import {
  commandOutcome,
  countOf,
  lastLine,
  type Outcome,
  readPlaywright,
  readVitest,
  renderSlowest,
  renderTroubles,
  tooManyTries,
} from './test-report';
import { type Ended, run as runProgram, stopAll, stoppedBy } from './test-run';
import { TRUTH_LABS } from './truth/labs';

interface Step {
  readonly name: string;
  readonly about: string;
  /** The steps of a lane run one after the other. */
  readonly lane: 'computes' | 'waits';
  /** Further steps that it begins after, where they run at all. */
  readonly after?: readonly string[];
  readonly run: () => Promise<Outcome>;
}

interface Result {
  readonly name: string;
  readonly outcome: Outcome;
  readonly seconds: number;
}

const REPORTS = path.join(CHECKOUT, 'test-results');
const started = Date.now();
const say = (text: string): void => {
  process.stderr.write(`[test ${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s] ${text}\n`);
};

/** What goes by the second is late when it is not served at once; all else gets what it leaves of the processor. */
const SERVED_AT_ONCE = new Set(['fakes', 'lab', 'browser-cluster', 'dcs', 'soak']);

function run(
  name: string,
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  return SERVED_AT_ONCE.has(name)
    ? runProgram(name, file, args, env)
    : runProgram(name, 'nice', ['-n', '5', file, ...args], env);
}

const bin = (name: string): string => path.join(CHECKOUT, 'node_modules/.bin', name);

/** Commands that are one test: they succeed, one after the other, or not. */
async function runCommands(
  name: string,
  wanted: readonly (readonly [file: string, ...args: string[]])[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  for (const [file, ...args] of wanted) {
    const { code, output } = await run(name, file, args, env);
    if (code !== 0) return commandOutcome([path.basename(file), ...args].join(' '), code, output);
  }
  return { passed: 1, failed: 0, troubles: [], times: [] };
}

async function runVitest(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const report = path.join(REPORTS, `${name}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', `--reporter=${path.join(CHECKOUT, 'e2e/vitest-report.ts')}`];
  const { code } = await run(name, bin('vitest'), [...args, '--run', ...reporters], {
    HOWDAH_TEST_REPORT: report,
    ...env,
  });
  return readVitest(report, code);
}

/** `files` without their ending; none: all. */
async function runPlaywright(name: string, project: string, files: readonly string[] = []): Promise<Outcome> {
  const report = path.join(REPORTS, `${name}.json`);
  rmSync(report, { force: true });
  const args = ['test', '--config', 'e2e/browser/playwright.config.ts', '--project', project];
  // Each empties its folder when it begins.
  const { code } = await run(
    name,
    bin('playwright'),
    [...args, ...files.map(specOf), '--output', path.join(REPORTS, name)],
    {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    },
  );
  return readPlaywright(report, code);
}

function added(one: Outcome, other: Outcome): Outcome {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    troubles: [...one.troubles, ...other.troubles],
    times: [...one.times, ...other.times],
  };
}

async function runStore(): Promise<Outcome> {
  const server = await startPostgres(say, `${planLayout('store', 'demo').prefix}11`, PORTS.postgres);
  try {
    const files = [
      'lib/server/audit/audit-index.test.ts',
      'lib/server/names/store-names.test.ts',
      'lib/server/roster/roster-keeper.test.ts',
      'lib/server/store/store.test.ts',
      'lib/server/history/history.test.ts',
      'lib/server/alerts/alerts.test.ts',
      'lib/io/postgres-activity.test.ts',
      'lib/io/session-signal.test.ts',
    ];
    const only = ['--testNamePattern', 'PostgreSQL'];
    const env = { HOWDAH_TEST_DATABASE_URL: server.url };
    const kept = await runVitest('store', [...files, ...only], env);
    const door = await runVitest('store-door', ['lib/server/access/access.test.ts'], env);
    return added(kept, door);
  } finally {
    await server.end();
  }
}

/** What is no test of its own, and fails the run where it cannot be done. */
async function prepare(work: (tell: typeof say) => Promise<void>): Promise<Outcome> {
  await work(say);
  return { passed: 0, failed: 0, troubles: [], times: [] };
}

/** Where the tests are that go by the second. */
const FAKES = 'e2e/fake';
/** How the files of the `dcs` step begin. */
const DCS = 'dcs-';
/** A filter of vitest: a path from where it is run. */
const labFile = (name: string): string => `e2e/truth/${name}.lab.ts`;
const specOf = (name: string): string => `/${name}.spec.ts`;

/** null: everything. */
const stepsOf = (plan: Plan | null): readonly Step[] => [
  {
    name: 'debian',
    about: 'what the tests take from the distribution',
    lane: 'waits',
    run: () => prepare(prepareTestPackages),
  },
  {
    name: 'environments',
    about: 'Patroni, PostgreSQL and etcd of every generation',
    lane: 'waits',
    run: () => prepare(prepareGenerations),
  },
  {
    name: 'lint',
    about: 'style and lint',
    lane: 'computes',
    run: () => runCommands('lint', [[bin('biome'), 'check', '.']]),
  },
  {
    name: 'types',
    about: 'types',
    lane: 'computes',
    run: () =>
      runCommands('types', [
        [bin('next'), 'typegen'],
        [bin('tsc'), '--noEmit'],
      ]),
  },
  {
    name: 'packages',
    about: 'licences, install scripts, known vulnerabilities',
    lane: 'computes',
    run: () => runCommands('packages', [[process.execPath, '--import', 'tsx', 'e2e/dependencies.ts']]),
  },
  {
    name: 'build',
    about: 'production build',
    lane: 'computes',
    run: async () => {
      const built = await runCommands('build', [
        [bin('next'), 'build'],
        [process.execPath, 'lib/server/bundle.mjs'],
      ]);
      // Now, while little else runs: beside labs it takes minutes.
      const below = await keepingConfig(() => runCommands('build', [[bin('next'), 'build']], BUILD_BELOW_PATH));
      return added(built, below);
    },
  },
  {
    name: 'fakes',
    about: 'fake clusters that go by the second',
    lane: 'waits',
    // Beside labs there is no processor for them, and nothing but them goes by the second of units.
    after: ['debian'],
    // Most of their time is spent waiting.
    run: () => runVitest('fakes', [FAKES, '--maxWorkers=3']),
  },
  {
    name: 'programs',
    about: 'Consul, kube-apiserver and helm, built once from their modules',
    lane: 'waits',
    // Builds take both cores for minutes; nothing is measured or waited for beside them.
    after: ['fakes'],
    run: () => prepare(preparePrograms),
  },
  {
    name: 'unit',
    about: 'units, properties, recorded scenarios, style',
    lane: 'computes',
    after: ['debian'],
    run: () => runVitest('unit', plan === null ? ['--exclude', `${FAKES}/**`] : ['related', ...plan.unit]),
  },
  {
    name: 'store',
    about: "the store's suites on a real PostgreSQL",
    lane: 'computes',
    after: ['debian'],
    run: runStore,
  },
  {
    name: 'installed',
    about: 'the npm package, installed into an empty place and started',
    lane: 'computes',
    after: ['build'],
    run: () => runCommands('installed', [[process.execPath, '--import', 'tsx', 'e2e/pack/main.ts', 'verify', 'npm']]),
  },
  {
    name: 'lab',
    about: 'real clusters of every generation beside patronictl',
    lane: 'waits',
    // Units beside labs starve each other: what has a limit in seconds fails by it.
    after: ['environments', 'build', 'unit'],
    // The runner ends its labs itself; one that was killed does not.
    run: () =>
      runVitest('lab', [
        '--config',
        'e2e/truth/vitest.config.ts',
        ...['--exclude', `${DCS}*.lab.ts`],
        ...(plan?.lab ?? []).filter((name) => !name.startsWith(DCS)).map(labFile),
      ]).finally(() => endLabs(TRUTH_LABS, say)),
  },
  {
    name: 'browser-recorded',
    about: 'Chromium against recorded scenarios',
    lane: 'computes',
    after: ['debian', 'build'],
    run: () => runPlaywright('browser-recorded', 'recorded', plan?.recorded),
  },
  {
    name: 'browser-cluster',
    about: 'Chromium against real clusters',
    lane: 'waits',
    after: ['environments', 'build'],
    run: () => runPlaywright('browser-cluster', 'cluster', plan?.cluster).finally(() => endLabs(BROWSER_LABS, say)),
  },
  {
    name: 'dcs',
    about: 'one contract of every kind of DCS on real stores',
    lane: 'waits',
    after: ['environments', 'programs'],
    run: () =>
      runVitest('dcs', [
        ...['--config', 'e2e/truth/vitest.config.ts'],
        ...(plan === null ? [`e2e/truth/${DCS}`] : plan.lab.filter((name) => name.startsWith(DCS)).map(labFile)),
      ]).finally(() => endLabs(TRUTH_LABS, say)),
  },
  {
    name: 'soak',
    about: 'two minutes of viewers and faults: memory, clean exit',
    lane: 'computes',
    // Many viewers that must not wait: not beside labs and browsers.
    after: ['debian', 'lab', 'browser-cluster'],
    run: () =>
      runCommands('soak', [[process.execPath, '--import', 'tsx', 'e2e/bench/soak.ts', '--minutes', '2']], {
        // With the build of the step before; a bench by itself makes one of its own.
        HOWDAH_DIST: process.env.HOWDAH_DIST ?? '.next',
      }),
  },
];

/** A step that could not even begin is a failure like others, and the rest goes on. */
async function runStep({ name, about, run: work }: Step): Promise<Result> {
  const start = Date.now();
  const failed = (why: string): Outcome => commandOutcome(name, 1, `error: ${why}`);
  const signal = stoppedBy();
  const outcome =
    signal !== null
      ? failed(`${signal} came before it began`)
      : await step(say, `${name}: ${about}`, work).catch((error: unknown) =>
          failed(error instanceof Error ? error.message : String(error)),
        );
  return { name, outcome, seconds: Math.round((Date.now() - start) / 1000) };
}

/** Each as soon as what it waits for is over. */
function runSteps(chosen: readonly Step[]): Promise<readonly Result[]> {
  const begun = new Map<string, Promise<Result>>();
  for (const [at, entry] of chosen.entries()) {
    const before = chosen.slice(0, at).filter(({ name, lane }) => lane === entry.lane || entry.after?.includes(name));
    const over = Promise.all(before.map(({ name }) => begun.get(name)));
    begun.set(
      entry.name,
      over.then(() => runStep(entry)),
    );
  }
  return Promise.all(begun.values());
}

/** None named: all. What is prepared for the chosen ones is chosen too. */
function choose(steps: readonly Step[], names: readonly string[]): readonly Step[] {
  const isNamed = ({ name }: Step): boolean =>
    names.length === 0 || names.some((wanted) => name === wanted || name.startsWith(`${wanted}-`));
  const needed = new Set(steps.filter(isNamed).flatMap(({ after = [] }) => after));
  const isPrepared = ({ name }: Step): boolean =>
    ['debian', 'environments', 'programs'].includes(name) && needed.has(name);
  return steps.filter((entry) => isNamed(entry) || isPrepared(entry));
}

/** The steps that have something to do for it. */
function stepsFor({ store, lab, recorded, cluster }: Plan): readonly string[] {
  const driven = [
    ...(recorded.length > 0 ? ['browser-recorded'] : []),
    ...(lab.some((name) => !name.startsWith(DCS)) ? ['lab'] : []),
    ...(lab.some((name) => name.startsWith(DCS)) ? ['dcs'] : []),
    ...(cluster.length > 0 ? ['browser-cluster'] : []),
  ];
  const built = driven.length > 0 ? ['build', ...driven] : [];
  return ['lint', 'types', 'unit', ...(store ? ['store'] : []), ...built];
}

/** null: what was asked for does not exist, which has been said. */
function chosenBy([first = '', ...rest]: readonly string[]): readonly Step[] | null {
  if (first === '--changed') {
    const plan = planFor(changedSince(rest[0] ?? 'main'), RECORDED);
    const driven = [...plan.lab, ...plan.recorded, ...plan.cluster];
    say(
      `what was changed can break lint, types, units and ${driven.length === 0 ? 'nothing else' : driven.join(', ')}`,
    );
    return choose(stepsOf(plan), stepsFor(plan));
  }
  const names = first === '' ? [] : [first, ...rest];
  const steps = stepsOf(null);
  const unknown = names.filter((name) => choose(steps, [name]).length === 0);
  if (unknown.length === 0) return choose(steps, names);
  say(`no step called ${unknown.join(', ')}; the steps are ${steps.map(({ name }) => name).join(', ')}`);
  return null;
}

async function main(args: readonly string[]): Promise<number> {
  const chosen = chosenBy(args);
  if (chosen === null) return 2;
  mkdirSync(REPORTS, { recursive: true });
  const ended = await runSteps(chosen);
  const tries = tooManyTries(ended.map(({ outcome }) => outcome));
  const results = tries === null ? ended : [...ended, { name: 'all', outcome: tries, seconds: 0 }];
  for (const { name, outcome, seconds } of results) {
    say(
      `${name.padEnd(16)} ${String(outcome.passed).padStart(5)} passed ${String(outcome.failed).padStart(4)} failed ${String(seconds).padStart(5)} s`,
    );
  }
  const named = results.map(({ name, outcome }) => ({ step: name, outcome }));
  for (const lines of [renderSlowest(named, CHECKOUT), renderTroubles(named, CHECKOUT)])
    if (lines.length > 0) process.stdout.write(`\n${lines.join('\n')}\n`);
  const outcomes = results.map(({ outcome }) => outcome);
  const flaky = countOf(outcomes, 'flaky');
  if (flaky > 0) process.stdout.write(`\n${flaky} passed only at the second try\n`);
  process.stdout.write(`\n${lastLine(outcomes)}\n`);
  return outcomes.every(({ failed }) => failed === 0) && outcomes.some(({ passed }) => passed > 0) ? 0 : 1;
}

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    refuseNewParts();
    stopAll(signal);
  });
process.exitCode = await main(process.argv.slice(2));
