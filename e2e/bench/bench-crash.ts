// Kills Howdah with SIGKILL at random points of random actions on a real cluster and starts it again: nothing may stay open,
// nothing may be done twice, the chain of the journal must hold. What was really done is counted where Howdah has no hand in
// it: in etcd's history of the two keys, and by the start times of each PostgreSQL.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionOrder } from '../../lib/contract/actions';
import type { ActionRecord, ActionRequest } from '../../lib/domain/actions/action';
import type { Snapshot } from '../../lib/domain/cluster';
import { EtcdWriter } from '../../lib/io/dcs/etcd/write';
import { journalPaths, readEntries } from '../../lib/server/audit/files';
import { verifyJournal } from '../../lib/server/audit/verify';
import { type Howdah, startHowdah } from '../browser/howdah';
import { bringUp } from '../lab/bring-up';
import { GENERATIONS } from '../lab/environments';
import type { Lab } from '../lab/lab';
import { NAMESPACE, SCOPE } from '../lab/layout';
import { ActionClient, inWords, Refused } from '../truth/action-client';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { type BenchResult, formatSpread, machine, say, spreadOf } from './numbers';

const KINDS = ['switchover', 'pause', 'edit_config', 'restart', 'schedule', 'reload', 'reinitialize'] as const;
type Kind = (typeof KINDS)[number];
/** The latest point of each kind: a little longer than it takes, so that some are killed when they are over. */
const UNTIL_MS: Readonly<Record<Kind, number>> = {
  switchover: 7000,
  pause: 1500,
  edit_config: 3000,
  restart: 4500,
  schedule: 1200,
  reload: 800,
  reinitialize: 7000,
};
const OBSERVED_MS = 120_000;
const POLL_MS = 150;
const HOUR_MS = 3_600_000;

export interface CrashRound {
  readonly kind: Kind;
  /** From the order to the kill. */
  readonly killedAfterMs: number;
  /** What had been heard of the order when it was killed. */
  readonly heard: 'nothing' | 'accepted' | 'refused';
  /** What the refusal said; null: none. */
  readonly refusal: string | null;
  /** Sent once more with the same key after the restart, as a browser does that lost the answer. */
  readonly repeated: 'no' | 'same' | 'new' | 'refused';
  /** Of the action; null: there is none, the order had not arrived. */
  readonly outcome: string | null;
  readonly recovered: boolean;
  /** How often it was really done. */
  readonly executions: number;
  /** From the ready web server until nothing was open. */
  readonly closedAfterMs: number;
  readonly wrong: readonly string[];
}

export interface CrashFigures {
  readonly rounds: readonly CrashRound[];
  /** Of the whole journal and store at the end. */
  readonly wrong: readonly string[];
  readonly entries: number;
}

/** Leaves the lab healthy and Howdah ended. */
export async function crashRounds(
  lab: Lab,
  options: { readonly rounds: number; readonly tell?: (round: CrashRound, number: number) => void },
): Promise<CrashFigures> {
  const howdah = await startHowdah(['--config', lab.howdahYaml]);
  const rounds: CrashRound[] = [];
  try {
    const world = new World(lab, howdah);
    for (let number = 0; number < options.rounds; number += 1) {
      // Each kind once before chance decides, so that a short run has them too.
      const kind = KINDS[number] ?? KINDS[Math.floor(Math.random() * KINDS.length)] ?? 'switchover';
      const round = await world.round(kind);
      rounds.push(round);
      options.tell?.(round, number + 1);
    }
    const { wrong, entries } = await world.inTheEnd();
    world.close();
    return { rounds, wrong, entries };
  } finally {
    await howdah.stop();
  }
}

class World {
  readonly #lab: Lab;
  readonly #howdah: Howdah;
  readonly #client: ActionClient;
  readonly #etcd: EtcdWriter;
  #edits = 0;

  constructor(lab: Lab, howdah: Howdah) {
    this.#lab = lab;
    this.#howdah = howdah;
    this.#client = new ActionClient(howdah.url);
    const hosts = lab.etcdEndpoints;
    this.#etcd = new EtcdWriter({ hosts, namespace: NAMESPACE, username: null, password: null, tls: null });
  }

  close(): void {
    this.#etcd.close();
  }

  async round(kind: Kind): Promise<CrashRound> {
    const client = this.#client;
    const snapshot = await this.#ready();
    const request = await this.#requestOf(kind, snapshot);
    const order = await client.order(request, { reason: `killed in the middle: ${kind}` });
    const before = await this.#revisions();
    const starts = this.#watchStarts();
    const heard: { word: CrashRound['heard']; refusal: string | null } = { word: 'nothing', refusal: null };
    const sending = client.send(order).then(
      () => {
        heard.word = 'accepted';
      },
      (error: unknown) => {
        if (!(error instanceof Refused)) return;
        heard.word = 'refused';
        heard.refusal = error.message;
      },
    );
    const killedAfterMs = Math.round(Math.random() * UNTIL_MS[kind]);
    await sleep(killedAfterMs);
    const known = heard.word;
    await this.#howdah.kill();
    await sending;
    if (Math.random() < 0.3) await sleep(Math.random() * 4000);
    await this.#howdah.restart();
    const readyAt = Date.now();
    const repeated = Math.random() < 0.5 ? await this.#repeat(order) : 'no';
    const wrong: string[] = [];
    const record = await this.#untilClosed(order, wrong);
    const closedAfterMs = Date.now() - readyAt;
    await this.#ready();
    const executions = await this.#executions(request, before, await starts());
    if (executions > 1) wrong.push(`done ${executions} times`);
    if (record === null && executions > 0) wrong.push('done without a record');
    if (record?.outcome === 'done' && executions === 0 && kind !== 'reload') wrong.push('"done", and nothing was');
    if (record?.outcome === 'refused' && executions > 0 && !isTakenBack(record))
      wrong.push(`"refused" although it was done: ${record.outcomeText}`);
    if (known === 'accepted' && record === null) wrong.push('accepted, and no record of it');
    const verified = await verifyJournal(this.#howdah.dataDir);
    if (!verified.ok) wrong.push(...verified.problems.map(String));
    return {
      kind,
      killedAfterMs,
      heard: known,
      refusal: heard.refusal,
      repeated,
      outcome: record?.outcome ?? null,
      recovered: record?.recovered ?? false,
      executions,
      closedAfterMs,
      wrong,
    };
  }

  /** Each intent closed exactly once, the store with the same rows, none open. */
  async inTheEnd(): Promise<{ readonly wrong: readonly string[]; readonly entries: number }> {
    const wrong: string[] = [];
    const kinds = new Map<string, string[]>();
    let entries = 0;
    for await (const { actionId, kind } of readEntries(journalPaths(this.#howdah.dataDir))) {
      entries += 1;
      kinds.set(actionId, [...(kinds.get(actionId) ?? []), kind]);
    }
    for (const [id, all] of kinds) {
      const count = (kind: string): number => all.filter((entry) => entry === kind).length;
      if (count('intent') !== 1 || count('outcome') !== 1) wrong.push(`${id}: ${all.join(', ')}`);
    }
    const end = Date.now() + 30_000;
    for (;;) {
      const { rows, from } = await this.#client.audit();
      const open = rows.filter(({ phase }) => phase === 'open').length;
      const missing = [...kinds.keys()].filter((id) => !rows.some((row) => row.id === id)).length;
      if (from === 'store' && open === 0 && missing === 0) break;
      if (Date.now() > end) {
        wrong.push(`the store: ${rows.length} rows from ${from}, ${open} open, ${missing} missing`);
        break;
      }
      await sleep(500);
    }
    const verified = await verifyJournal(this.#howdah.dataDir);
    return { wrong: [...wrong, ...verified.problems.map(String)], entries };
  }

  /** Nothing is left of the round before: healthy, not paused, nothing scheduled. */
  async #ready(): Promise<Snapshot> {
    const quiet = ({ cluster }: Snapshot): boolean =>
      cluster.leader?.known === true && cluster.members.every((member) => !member.silent && member.observedAt !== null);
    await this.#client.until('every member', quiet, OBSERVED_MS);
    return this.#client.untilHealthy(OBSERVED_MS);
  }

  async #requestOf(kind: Kind, snapshot: Snapshot): Promise<ActionRequest> {
    const { cluster } = snapshot;
    const replicas = cluster.members.map(({ name }) => name).filter((name) => name !== cluster.leader?.name);
    const one = replicas[Math.floor(Math.random() * replicas.length)] ?? 'n2';
    if (cluster.scheduledSwitchover !== null) return { kind: 'cancel_switchover' };
    switch (kind) {
      case 'switchover':
        return cluster.paused === true ? { kind: 'resume' } : { kind: 'switchover', candidate: one, scheduledAt: null };
      case 'pause':
        return cluster.paused === true
          ? { kind: 'resume' }
          : { kind: 'pause', owner: null, until: null, autoResume: false };
      case 'edit_config': {
        this.#edits += 1;
        const name = `howdah_crash_${Date.now()}_${this.#edits}`;
        return this.#client.edit((value) => {
          const postgresql = (value.postgresql ?? {}) as Record<string, unknown>;
          const parameters = (postgresql.parameters ?? {}) as Record<string, unknown>;
          const wanted = { ...parameters, log_min_duration_statement: 5000 + this.#edits, 'howdah.crash': name };
          return { ...value, postgresql: { ...postgresql, parameters: wanted } };
        });
      }
      case 'restart':
        return { kind: 'restart', members: [one], onlyPending: false, scheduledAt: null, timeoutSeconds: null };
      case 'schedule':
        return cluster.paused === true
          ? { kind: 'resume' }
          : { kind: 'switchover', candidate: one, scheduledAt: new Date(Date.now() + HOUR_MS).toISOString() };
      case 'reload':
        return { kind: 'reload', members: [one] };
      case 'reinitialize':
        return { kind: 'reinitialize', member: one, fromLeader: false, force: false, override: false };
    }
  }

  async #repeat(order: ActionOrder): Promise<CrashRound['repeated']> {
    const end = Date.now() + 20_000;
    for (;;) {
      const known = new Set((await this.#client.list().catch(() => [])).map(({ id }) => id));
      const answer = await this.#client.send(order).catch((error: unknown) => error);
      if (answer instanceof Refused) {
        // Right after the start the cluster has not been seen.
        if ((answer.body.code === 'not_ready' || answer.body.code === 'not_found') && Date.now() < end) {
          await sleep(300);
          continue;
        }
        return 'refused';
      }
      if (answer instanceof Error) throw answer;
      return known.has((answer as ActionRecord).id) ? 'same' : 'new';
    }
  }

  /** The one record of the order; null: it never arrived. */
  async #untilClosed({ idempotencyKey }: ActionOrder, wrong: string[]): Promise<ActionRecord | null> {
    const end = Date.now() + OBSERVED_MS;
    for (;;) {
      const records = await this.#client.list().catch(() => null);
      const open = records?.find(({ phase }) => phase === 'open') ?? null;
      if (records !== null && open === null) {
        const own = records.filter((record) => record.idempotencyKey === idempotencyKey);
        const acted = own.filter((record) => record.sentAt !== null);
        if (acted.length > 1) wrong.push(`${acted.length} actions with one key were sent`);
        return acted[0] ?? own[0] ?? null;
      }
      if (Date.now() > end) {
        wrong.push(open === null ? 'the actions cannot be read' : `still open: ${inWords(open)}`);
        return open;
      }
      await sleep(300);
    }
  }

  async #revisions(): Promise<Readonly<Record<'failover' | 'config', string>>> {
    const { failover, config } = await this.#etcd.current(SCOPE);
    return { failover: failover?.version ?? '0', config: config?.version ?? '0' };
  }

  /** Distinct start times of each PostgreSQL from now on; the result ends it. */
  #watchStarts(): () => Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, Set<string>>();
    let ended = false;
    const watching = this.#lab.realMembers.map(async ({ name }) => {
      while (!ended) {
        const rows = await this.#lab
          .sql(name, 'SELECT pg_postmaster_start_time()::text AS at', [], 1000)
          .catch(() => []);
        const at = rows[0]?.at;
        if (typeof at === 'string') seen.set(name, (seen.get(name) ?? new Set()).add(at));
        await sleep(POLL_MS);
      }
    });
    return async () => {
      ended = true;
      await Promise.all(watching);
      return new Map([...seen].map(([name, times]) => [name, times.size - 1]));
    };
  }

  async #executions(
    request: ActionRequest,
    before: Readonly<Record<'failover' | 'config', string>>,
    restarts: ReadonlyMap<string, number>,
  ): Promise<number> {
    const since = async (key: 'failover' | 'config'): Promise<readonly string[]> => {
      const revision = (await this.#etcd.current(SCOPE))[key]?.version;
      if (revision === undefined) return [];
      const past = await this.#etcd.past(SCOPE, key, revision, 100);
      const news = past.filter((entry) => BigInt(entry.revision) > BigInt(before[key])).map(({ value }) => value);
      // A touch that wakes the leader writes the same content once more.
      const old = past.find((entry) => BigInt(entry.revision) <= BigInt(before[key]))?.value ?? '';
      return news.filter((value, index) => value.trim() !== (news[index + 1] ?? old).trim());
    };
    switch (request.kind) {
      case 'switchover':
        return (await since('failover')).filter((value) => value.includes('"leader"')).length;
      case 'cancel_switchover':
        return (await since('failover')).length;
      case 'restart':
        return restarts.get(request.members[0] ?? '') ?? 0;
      case 'reinitialize':
        return restarts.get(request.member) ?? 0;
      case 'pause':
      case 'resume':
      case 'edit_config':
        return (await since('config')).length;
      default:
        return 0;
    }
  }
}

/** Written, and cleared by Patroni with nothing changed: that is what "refused" says too. */
function isTakenBack({ outcomeText }: ActionRecord): boolean {
  return /took the request back|cleared it/.test(String(outcomeText ?? ''));
}

export async function benchCrash(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const count = Math.max(1, args.number('rounds', 50));
  const lab = await bringUp({ generation: GENERATIONS[0] ?? 'distro', name: 'bench-crash', say });
  cleanup.add('the lab', () => lab.down({ purge: true }));
  return crashResult(await crashRounds(lab, { rounds: count, tell: sayRound }));
}

function sayRound(round: CrashRound, number: number): void {
  const { kind, killedAfterMs, heard, refusal, repeated, outcome, executions, closedAfterMs, wrong } = round;
  say(
    `${String(number).padStart(3)} ${kind.padEnd(12)} killed after ${String(killedAfterMs).padStart(4)} ms, heard ${refusal ?? heard}, repeated ${repeated}: ` +
      `${outcome ?? 'no action'}, done ${executions} times, closed ${closedAfterMs} ms after the start${wrong.length === 0 ? '' : `  WRONG: ${wrong.join('; ')}`}`,
  );
}

function crashResult({ rounds, wrong, entries }: CrashFigures): BenchResult {
  const outcomes: Record<string, number> = {};
  for (const { outcome } of rounds) outcomes[outcome ?? 'none'] = (outcomes[outcome ?? 'none'] ?? 0) + 1;
  const problems = [...wrong, ...rounds.flatMap((round, index) => round.wrong.map((text) => `${index + 1}: ${text}`))];
  const closed = spreadOf(rounds.map(({ closedAfterMs }) => closedAfterMs));
  say(
    `\n${rounds.length} rounds, ${rounds.filter(({ recovered }) => recovered).length} found open and closed after the restart`,
  );
  say(
    `outcomes: ${Object.entries(outcomes)
      .map(([outcome, number]) => `${number} ${outcome}`)
      .join(', ')}`,
  );
  say(
    `executed twice: ${rounds.filter(({ executions }) => executions > 1).length}; nothing open after ${formatSpread(closed, 'ms')}`,
  );
  say(`journal: ${entries} entries, ${problems.length === 0 ? 'the chain verifies' : problems.join('; ')}`);
  return {
    bench: 'crash',
    pass: problems.length === 0,
    rounds: rounds.length,
    recovered: rounds.filter(({ recovered }) => recovered).length,
    outcomes,
    executedTwice: rounds.filter(({ executions }) => executions > 1).length,
    closedAfterMs: closed,
    entries,
    problems,
    machine: machine(),
  };
}
