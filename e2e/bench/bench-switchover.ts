// The same switchover asked for in three ways, in turn on one lab, in random order at random phases of Patroni's loop: by
// Howdah, by `patronictl switchover --force`, by POST to the leader. The times are an observer's (switchover-observer.ts), from
// the start of each command; what an operator waits for is all of it, so Python's start belongs to patronictl.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionAnswer } from '../../lib/contract/actions';
import type { ActionRecord, ActionRequest, PreflightAnswer } from '../../lib/domain/actions/action';
import { bringUp } from '../lab/bring-up';
import { GENERATIONS } from '../lab/environments';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { type Howdah, startHowdah, waitForScopes } from './howdah';
import { type BenchResult, machine, median, quantile, round, say } from './numbers';
import { clock, Observer, type Sight } from './switchover-observer';

const WAYS = ['howdah', 'patronictl', 'post'] as const;
type Way = (typeof WAYS)[number];
const WORDS: Readonly<Record<Way, string>> = {
  howdah: 'Howdah',
  patronictl: 'patronictl --force',
  post: 'POST to the leader',
};
const SEE_MS = 120_000;
const FOLLOW_MS = 180_000;
const HEALTHY_MS = 180_000;
/** Two medians of ten runs each that differ by less are not told apart on a machine that does other things too. */
const TOLERANCE = 1.1;

interface Run {
  readonly way: Way;
  readonly sight: Sight;
  /** Of Howdah's order, of patronictl's process, of the POST. */
  readonly startedAt: number;
  /** Of Howdah's preflight; else the same as `startedAt`. */
  readonly askedAt: number;
  /** Howdah's own record, where it was the one. */
  readonly action: ActionRecord | null;
}

const MEASURES = {
  request: { word: 'request in the DCS', of: ({ sight, startedAt }) => (sight.requestedAt ?? Number.NaN) - startedAt },
  key: { word: 'leader key moved', of: ({ sight, startedAt }) => sight.keyAt - startedAt },
  writes: { word: 'writes accepted again', of: ({ sight, startedAt }) => sight.writableAt - startedAt },
  streaming: { word: 'all standbys streaming', of: ({ sight, startedAt }) => sight.streamingAt - startedAt },
  outage: { word: 'write outage', of: ({ sight }) => sight.writableAt - sight.lastWriteAt },
} as const satisfies Record<string, { word: string; of: (run: Run) => number }>;
type Measure = keyof typeof MEASURES;
const COMPARED: readonly Measure[] = ['key', 'writes', 'streaming'];

interface Figures {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

function figuresOf(values: readonly number[]): Figures {
  const seen = values.filter((value) => Number.isFinite(value));
  return { median: round(median(seen)), p10: round(quantile(seen, 0.1)), p90: round(quantile(seen, 0.9)) };
}

export async function benchSwitchover(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const runs = Math.max(1, args.number('runs', 10));
  const loopWait = args.number('loop-wait', 10);
  const wanted = args.text('generation', 'distro');
  const generation = GENERATIONS.find((one) => one === wanted);
  if (generation === undefined) throw new Error(`--generation: one of ${GENERATIONS.join(', ')}`);
  const retryTimeout = Math.max(3, loopWait);
  const lab = await bringUp({
    name: `bench-${generation}`,
    generation,
    load: false,
    cluster: { loopWait, retryTimeout, ttl: Math.max(20, loopWait + 2 * retryTimeout) },
    say: (text) => say(text),
  });
  cleanup.add('the lab', () => lab.down({ purge: true }));
  const howdah = await startHowdah(cleanup, ['--config', lab.howdahYaml]);
  await waitForScopes(howdah, 1);
  const observer = await Observer.start(lab, cleanup);
  say(
    `switchover: ${generation}, loop_wait ${loopWait} s, ${runs} of each in random order; seconds since the command began`,
  );

  const done: Run[] = [];
  for (const way of order(runs)) {
    await lab.waitHealthy(HEALTHY_MS);
    await sleep(Math.random() * loopWait * 1000);
    const run = await once(way, lab, howdah, observer);
    done.push(run);
    const cells = Object.values(MEASURES).map(({ word, of }) => `${word} ${seconds(of(run))}`);
    say(
      `${String(done.length).padStart(3)} ${WORDS[way].padEnd(18)} ${run.sight.from} to ${run.sight.to}: ${cells.join(', ')}`,
    );
  }
  return report(done, await pythonStart(lab), { generation, loopWait, runs });
}

/** Each round has one of each, shuffled. */
function order(runs: number): Way[] {
  return Array.from({ length: runs }, () => WAYS.map((way) => ({ way, at: Math.random() })).sort((a, b) => a.at - b.at))
    .flat()
    .map(({ way }) => way);
}

async function once(way: Way, lab: Lab, howdah: Howdah, observer: Observer): Promise<Run> {
  const from = await lab.mustLeader();
  const replicas = await lab.replicas();
  const candidate = replicas[Math.floor(Math.random() * replicas.length)] ?? '';
  observer.begin();
  const askedAt = clock();
  if (way === 'howdah') {
    const request: ActionRequest = { kind: 'switchover', candidate, scheduledAt: null };
    const { preflight, token } = await ask<PreflightAnswer>(howdah, 'preflight', request);
    const startedAt = clock();
    const { action } = await ask<ActionAnswer>(howdah, 'actions', {
      request,
      token,
      reason: 'measured',
      confirmation: preflight.confirm,
      idempotencyKey: randomUUID(),
    });
    const sight = await observer.see(from, SEE_MS);
    return { way, sight, startedAt, askedAt, action: await closed(howdah, action.id) };
  }
  const command =
    way === 'post'
      ? lab.rest(from, 'POST', '/switchover', { leader: from, candidate }, SEE_MS).then(({ status, text }) => {
          if (status !== 200) throw new Error(`POST /switchover: ${status} ${text}`);
        })
      : lab.patronictl(['switchover', SCOPE, '--candidate', candidate, '--force'], SEE_MS).then((result) => {
          // Its exit code is 0 also for a refusal.
          if (!result.stdout.includes('Successfully')) throw new Error(`patronictl: ${result.stdout} ${result.stderr}`);
        });
  const [sight] = await Promise.all([observer.see(from, SEE_MS), command]);
  return { way, sight, startedAt: askedAt, askedAt, action: null };
}

async function ask<T>(howdah: Howdah, what: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${howdah.url}/api/clusters/${SCOPE}/${what}`, {
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Howdah refused ${what}: ${answer.status} ${text.slice(0, 1500)}`);
  return JSON.parse(text) as T;
}

/** The next run must find no action of this one. */
async function closed(howdah: Howdah, id: string): Promise<ActionRecord> {
  const end = clock() + FOLLOW_MS;
  for (;;) {
    const { action } = await ask<ActionAnswer>(howdah, `actions/${id}`);
    if (action.phase === 'closed') {
      if (action.outcome !== 'done') throw new Error(`Howdah says ${action.outcome}: ${action.outcomeText}`);
      return action;
    }
    if (clock() > end) throw new Error(`action ${id} is still open`);
    await sleep(250);
  }
}

/** What patronictl takes to begin at all: it asks nobody for its own version. */
async function pythonStart(lab: Lab): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < 3; n++) {
    const startedAt = clock();
    await lab.patronictl(['version']);
    took.push(clock() - startedAt);
  }
  return round(median(took));
}

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1000).toFixed(2) : 'unknown');

function report(
  done: readonly Run[],
  pythonMs: number,
  about: { readonly generation: string; readonly loopWait: number; readonly runs: number },
): BenchResult {
  const of = (way: Way, measure: (run: Run) => number): Figures =>
    figuresOf(done.filter((run) => run.way === way).map(measure));
  const table = Object.fromEntries(
    Object.entries(MEASURES).map(([name, { of: measure }]) => [
      name,
      Object.fromEntries(WAYS.map((way) => [way, of(way, measure)])) as Record<Way, Figures>,
    ]),
  ) as Record<Measure, Record<Way, Figures>>;
  const ratio = (measure: Measure): number => {
    const { howdah, patronictl, post } = table[measure];
    return round(howdah.median / Math.min(patronictl.median, post.median), 2);
  };

  say('\nmedian (p10 to p90), s');
  say(
    `| ${['since the command began'.padEnd(24), ...WAYS.map((way) => WORDS[way].padEnd(22)), 'ratio'].join(' | ')} |`,
  );
  for (const name of Object.keys(MEASURES) as Measure[]) {
    const cells = WAYS.map((way) => {
      const { median: middle, p10, p90 } = table[name][way];
      return `${seconds(middle)} (${seconds(p10)} to ${seconds(p90)})`.padEnd(22);
    });
    say(`| ${[MEASURES[name].word.padEnd(24), ...cells, ratio(name).toFixed(2).padEnd(5)].join(' | ')} |`);
  }
  const preflight = of('howdah', ({ startedAt, askedAt }) => startedAt - askedAt);
  const withPreflight = Object.fromEntries(
    COMPARED.map((name) => [name, of('howdah', (run) => MEASURES[name].of(run) + run.startedAt - run.askedAt)]),
  ) as Record<Measure, Figures>;
  say(
    `Howdah's preflight takes ${seconds(preflight.median)} s (${seconds(preflight.p10)} to ${seconds(preflight.p90)}); with it:`,
  );
  say(COMPARED.map((name) => `  ${MEASURES[name].word} ${seconds(withPreflight[name].median)}`).join(','));
  say(`patronictl version, which asks nobody: ${seconds(pythonMs)} s; that start is in its times above`);
  const howdahs = done.flatMap(({ action, sight }) => (action === null ? [] : [{ action, sight }]));
  const wakes = [...new Set(howdahs.map(({ action }) => `${action.way} ${action.wake}`))].join(', ');
  const off = figuresOf(
    howdahs.map(({ action, sight }) =>
      Math.abs((action.outage?.ms ?? Number.NaN) - (sight.writableAt - sight.lastWriteAt)),
    ),
  );
  say(
    `Howdah's way and wake: ${wakes}; its own figure of the outage was off by ${seconds(off.median)} s (p90 ${seconds(off.p90)})`,
  );
  const ratios = Object.fromEntries(COMPARED.map((name) => [name, ratio(name)])) as Record<Measure, number>;
  const pass = COMPARED.every((name) => ratios[name] <= TOLERANCE);
  say(`aim: not slower than the faster of the two (ratio at most ${TOLERANCE}): ${pass ? 'met' : 'NOT met'}`);
  return {
    bench: 'switchover',
    pass,
    ...about,
    ratios,
    figures: table,
    preflight,
    withPreflight,
    patronictlVersionMs: pythonMs,
    wakes,
    outageOffBy: off,
    ...machine(),
  };
}
