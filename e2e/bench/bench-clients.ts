// What clients see of a switchover, by each way they may come: all ways at once in front of one cluster, two clients each that insert all the
// time. In turn by Howdah, which pauses one PgBouncer around it, and by `patronictl switchover`, which pauses nothing. The stall is the
// longest time that one client went without a commit, errors are those of both clients together.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionRecord } from '../../lib/domain/actions/action';
import { startHowdah } from '../browser/howdah';
import { bringUp } from '../lab/bring-up';
import { Clients, type ClientsFigures, multiHost, prepareClients, type Way } from '../lab/clients';
import { DOORS, doorsConfig, onConsole, POOLS, startDoors } from '../lab/doors';
import { GENERATIONS } from '../lab/environments';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import { ActionClient, inWords } from '../truth/action-client';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { type BenchResult, machine, median, round, say } from './numbers';

const SETTLED_MS = 60_000;
const HEALTHY_MS = 180_000;
/** A pause turns errors into waiting and must not make the wait longer than this. */
const TOLERANCE = 1.1;
const BY = ['howdah', 'patronictl'] as const;
type By = (typeof BY)[number];
const WORDS: Readonly<Record<string, string>> = {
  'multi-host': 'several hosts, the one that takes writes',
  good: 'HAProxy, inter 1s fall 2 rise 1, on-marked-down',
  guide: 'HAProxy, defaults',
  tcp: 'HAProxy, tcp-check',
  default: 'PgBouncer over it, default settings',
  tuned: 'PgBouncer over it, server_login_retry = 1',
  pool: 'PgBouncer over it, paused around by Howdah',
};

interface Run {
  readonly by: By;
  readonly figures: Readonly<Record<string, ClientsFigures>>;
  readonly load: number;
}

function waysOf(lab: Lab): readonly Way[] {
  const host = lab.layout.haproxyIp;
  const by = (name: string, port: number, database: string): Way => ({ name, hosts: [{ host, port }], database });
  return [
    multiHost(lab),
    by('good', DOORS.good, 'postgres'),
    by('guide', DOORS.guide, 'postgres'),
    by('tcp', DOORS.tcp, 'postgres'),
    by('default', POOLS.default.port, 'app'),
    by('tuned', POOLS.tuned.port, 'app'),
    by('pool', POOLS.pool.port, 'app'),
  ];
}

export async function benchClients(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const runs = Math.max(1, args.number('runs', 5));
  const loopWait = args.number('loop-wait', 5);
  const wanted = args.text('generation', 'distro');
  const generation = GENERATIONS.find((one) => one === wanted);
  if (generation === undefined) throw new Error(`--generation: one of ${GENERATIONS.join(', ')}`);
  const lab = await bringUp({
    ...{ name: 'bench-clients', generation, load: false, say },
    cluster: { loopWait, retryTimeout: Math.max(3, loopWait), ttl: Math.max(20, 3 * loopWait) },
  });
  cleanup.add('the lab', () => lab.down({ purge: true }));
  await startDoors(lab, ['pool', 'tuned', 'default']);
  await prepareClients(lab);
  const howdah = await startHowdah(['--config', doorsConfig(lab)]);
  cleanup.add('Howdah', async () => void (await howdah.stop()));
  const client = new ActionClient(howdah.url);
  const done: Run[] = [];
  for (let index = 0; index < runs; index += 1)
    for (const by of BY) {
      await lab.waitHealthy(HEALTHY_MS);
      await client.untilHealthy(HEALTHY_MS);
      const run = await once(by, lab, client);
      done.push(run);
      const cells = Object.entries(run.figures).map(([name, { stallMs, errors }]) => `${name} ${stallMs} ms ${errors}`);
      say(`${String(done.length).padStart(3)} ${by.padEnd(10)} load ${run.load}: ${cells.join(', ')}`);
    }
  return report(done, { generation, loopWait, runs });
}

async function once(by: By, lab: Lab, client: ActionClient): Promise<Run> {
  const candidate = (await lab.replicas()).sort(() => Math.random() - 0.5)[0] ?? '';
  const all = waysOf(lab).map((way) => ({ way, clients: new Clients(lab, way) }));
  const commits = () => all.map(({ clients }) => clients.commits);
  await untilEach('the first commits', commits, 20);
  for (const { clients } of all) clients.reset();
  if (by === 'howdah') {
    const record = await client.act({ kind: 'switchover', candidate, scheduledAt: null, pausePools: true });
    check(record);
  } else {
    const { stdout, stderr } = await lab.patronictl(
      ['switchover', SCOPE, '--candidate', candidate, '--force'],
      120_000,
    );
    // Its exit code is 0 also for a refusal.
    if (!stdout.includes('Successfully')) throw new Error(`patronictl: ${stdout} ${stderr}`);
  }
  await untilEach('commits by every way', commits, 20);
  const { load1 } = machine();
  const figures = Object.fromEntries(
    await Promise.all(all.map(async ({ way, clients }) => [way.name, await clients.end()] as const)),
  );
  const left = (await onConsole(lab, 'SHOW DATABASES')).filter((row) => String(row.paused) === '1');
  if (left.length > 0) throw new Error(`still paused: ${JSON.stringify(left)}`);
  return { by, figures, load: Number(load1) };
}

function check(record: ActionRecord): void {
  const states = record.clients?.pools.map(({ state }) => state) ?? [];
  if (record.outcome !== 'done' || states.some((state) => state !== 'resumed'))
    throw new Error(`${inWords(record)}; pools: ${states.join(', ')}`);
}

/** Each way has had `more` of them since now. */
async function untilEach(what: string, commits: () => readonly number[], more: number): Promise<void> {
  const before = commits();
  const end = Date.now() + SETTLED_MS;
  while (!commits().every((count, index) => count >= (before[index] ?? 0) + more)) {
    if (Date.now() > end) throw new Error(`waited ${SETTLED_MS / 1000} s for ${what}: ${commits().join(', ')}`);
    await sleep(100);
  }
}

interface Cell {
  readonly stallMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly errors: readonly number[];
}

function report(
  done: readonly Run[],
  about: { readonly generation: string; readonly loopWait: number; readonly runs: number },
): BenchResult {
  const names = Object.keys(done[0]?.figures ?? {});
  const cell = (by: By, name: string): Cell => {
    const all = done.flatMap((run) => (run.by === by ? (run.figures[name] ?? []) : []));
    const stalls = all.map(({ stallMs }) => stallMs);
    return {
      ...{ stallMs: Math.round(median(stalls)), minMs: Math.min(...stalls), maxMs: Math.max(...stalls) },
      errors: all.map(({ errors }) => errors),
    };
  };
  const table = Object.fromEntries(
    names.map((name) => [name, { howdah: cell('howdah', name), patronictl: cell('patronictl', name) }]),
  );
  const words = ({ stallMs, minMs, maxMs, errors }: Cell): string => {
    const [least, most] = [Math.min(...errors), Math.max(...errors)];
    return `${stallMs} (${minMs} to ${maxMs}), ${least === most ? least : `${least} to ${most}`}`;
  };
  say('\nstall in ms, median (least to most), and errors');
  say('| way | by Howdah | by patronictl |');
  say('|---|---|---|');
  for (const [name, { howdah, patronictl }] of Object.entries(table))
    say(
      `| ${WORDS[name] ?? name} | ${words(howdah)} | ${name === 'pool' ? `not paused: ${words(patronictl)}` : words(patronictl)} |`,
    );
  const of = (name: string): Cell | undefined => table[name]?.howdah;
  const [paused, tuned] = [of('pool'), of('tuned')];
  const ratio = round((paused?.stallMs ?? Number.NaN) / (tuned?.stallMs ?? Number.NaN), 2);
  const toPatronictl = Object.fromEntries(
    Object.entries(table).map(([name, { howdah, patronictl }]) => [
      name,
      round(howdah.stallMs / patronictl.stallMs, 2),
    ]),
  );
  const clean = paused?.errors.filter((errors) => errors === 0).length ?? 0;
  const pass = clean === about.runs && ratio <= TOLERANCE;
  const loads = done.map(({ load }) => load);
  say(
    `paused: ${clean} of ${about.runs} without an error; its stall is ${ratio} of that of the same PgBouncer unpaused`,
  );
  say(`Howdah's stall beside patronictl's: ${JSON.stringify(toPatronictl)}`);
  say(`load ${Math.min(...loads)} to ${Math.max(...loads)}`);
  say(`aim: no error, and a stall of at most ${TOLERANCE} of the unpaused one: ${pass ? 'met' : 'NOT met'}`);
  return {
    ...{ bench: 'clients', pass, ...about, pausedWithoutError: clean, stallToUnpaused: ratio, toPatronictl },
    ...{ figures: table, loads, ...machine() },
  };
}
