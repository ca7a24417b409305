// An observer of a switchover that belongs to none of the ways it compares: a watch of etcd's keys, a writer that tries every
// 20 ms at each member directly, and the replication views of PostgreSQL each 50 ms. It says when, never why.

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Lab } from '../lab/lab';
import { PORTS } from '../lab/layout';
import type { Cleanup } from './cleanup';

const WRITE_EACH_MS = 20;
const LOOK_EACH_MS = 50;
const CONNECT_MS = 500;
const QUERY_MS = 2000;

/** Epoch ms with fractions. */
export const clock = (): number => performance.timeOrigin + performance.now();

interface KeyEvent {
  readonly at: number;
  readonly key: string;
  /** null: removed. */
  readonly value: string | null;
}

export interface Sight {
  readonly from: string;
  readonly to: string;
  /** When the request stood in `/failover`; null: not seen. */
  readonly requestedAt: number | null;
  readonly keyAt: number;
  readonly lastWriteAt: number;
  readonly writableAt: number;
  /** Every other member streams from the new leader, on its timeline. */
  readonly streamingAt: number;
}

async function connect(lab: Lab, member: string, user: string, password: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: lab.member(member).ip,
    port: PORTS.postgres,
    user,
    password,
    database: 'postgres',
    application_name: 'howdah-bench',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}

/** One connection that is made anew whenever it broke. */
class Line {
  #client: pg.Client | null = null;
  readonly #open: () => Promise<pg.Client>;

  constructor(open: () => Promise<pg.Client>) {
    this.#open = open;
  }

  async ask(text: string): Promise<Record<string, unknown>> {
    try {
      this.#client ??= await this.#open();
      return ((await this.#client.query(text)).rows[0] ?? {}) as Record<string, unknown>;
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  drop(): void {
    void this.#client?.end().catch(() => undefined);
    this.#client = null;
  }
}

export class Observer {
  readonly #lab: Lab;
  readonly #abort = new AbortController();
  #events: KeyEvent[] = [];
  /** Acknowledged writes by member. */
  readonly #writes = new Map<string, number[]>();
  readonly #lines = new Map<string, Line>();

  private constructor(lab: Lab) {
    this.#lab = lab;
  }

  static async start(lab: Lab, cleanup: Cleanup): Promise<Observer> {
    const observer = new Observer(lab);
    const watching = observer.#watchKeys();
    const writing = lab.realMembers.map(({ name }) => observer.#write(name));
    for (const { name } of lab.realMembers)
      observer.#lines.set(name, new Line(() => connect(lab, name, 'postgres', lab.secrets.superuser)));
    cleanup.add('the observer', async () => {
      observer.#abort.abort();
      await Promise.allSettled([watching, ...writing]);
      for (const line of observer.#lines.values()) line.drop();
    });
    // A watch that ends early would make every run wait for its deadline.
    watching.catch((error: unknown) => {
      if (!observer.#abort.signal.aborted)
        setImmediate(() => {
          throw error;
        });
    });
    return observer;
  }

  async #watchKeys(): Promise<void> {
    const key = Buffer.from(this.#lab.prefix).toString('base64');
    const end = Buffer.from(`${this.#lab.prefix.slice(0, -1)}0`).toString('base64');
    const answer = await fetch(`${this.#lab.etcdEndpoints[0]}/v3/watch`, {
      method: 'POST',
      body: JSON.stringify({ create_request: { key, range_end: end } }),
      signal: this.#abort.signal,
    });
    if (answer.body === null) throw new Error('etcd gave no watch');
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body) {
      const at = clock();
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      for (let cut = text.indexOf('\n'); cut >= 0; cut = text.indexOf('\n')) {
        this.#take(text.slice(0, cut), at);
        text = text.slice(cut + 1);
      }
    }
    throw new Error("etcd ended the bench's watch");
  }

  #take(line: string, at: number): void {
    if (line.trim() === '') return;
    const { result } = JSON.parse(line) as {
      result?: { events?: { type?: string; kv: { key: string; value?: string } }[] };
    };
    for (const { type, kv } of result?.events ?? []) {
      const key = Buffer.from(kv.key, 'base64').toString().slice(this.#lab.prefix.length);
      if (key !== 'leader' && key !== 'failover') continue;
      this.#events.push({
        at,
        key,
        value: type === 'DELETE' ? null : Buffer.from(kv.value ?? '', 'base64').toString(),
      });
    }
  }

  async #write(member: string): Promise<void> {
    const times: number[] = [];
    this.#writes.set(member, times);
    const line = new Line(() => connect(this.#lab, member, 'app', this.#lab.secrets.app));
    let primary = false;
    for (let n = 0; !this.#abort.signal.aborted; n = (n + 1) % 100) {
      const started = clock();
      try {
        // A standby is asked and not written to: its log would be full of refusals.
        if (!primary) primary = (await line.ask('SELECT pg_is_in_recovery() AS standby')).standby === false;
        if (primary) {
          await line.ask(
            `INSERT INTO app.load (id, n, at) VALUES (${10_000 + n}, 1, now()) ON CONFLICT (id) DO UPDATE SET n = app.load.n + 1, at = now()`,
          );
          times.push(clock());
        }
      } catch {
        primary = false;
      }
      await sleep(Math.max(1, WRITE_EACH_MS - (clock() - started)));
    }
    line.drop();
  }

  /** Forgets what was seen before: the next `see` is about what comes from now on. */
  begin(): void {
    this.#events = [];
    for (const times of this.#writes.values()) times.length = 0;
  }

  /** Waits until another member leads, accepts writes and is followed by all others. */
  async see(from: string, deadlineMs: number): Promise<Sight> {
    const end = clock() + deadlineMs;
    const until = async <T>(what: string, eachMs: number, probe: () => T | null | Promise<T | null>): Promise<T> => {
      for (;;) {
        const found = await probe();
        if (found !== null) return found;
        if (clock() > end) throw new Error(`${what}: not seen in ${deadlineMs / 1000} s`);
        await sleep(eachMs);
      }
    };
    const moved = await until(
      'a new leader key',
      5,
      () => this.#events.find(({ key, value }) => key === 'leader' && value !== null && value !== from) ?? null,
    );
    const to = moved.value ?? '';
    const writableAt = await until(
      `a write at ${to}`,
      5,
      () => this.#writes.get(to)?.find((at) => at > moved.at) ?? null,
    );
    const streamingAt = await until(`all streaming from ${to}`, LOOK_EACH_MS, () => this.#allStream(to));
    return {
      from,
      to,
      requestedAt:
        this.#events.find(
          ({ key, value, at }) => key === 'failover' && /member|leader/.test(value ?? '') && at <= moved.at,
        )?.at ?? null,
      keyAt: moved.at,
      lastWriteAt:
        this.#writes
          .get(from)
          ?.filter((at) => at < writableAt)
          .at(-1) ?? Number.NaN,
      writableAt,
      streamingAt,
    };
  }

  /** The moment of a look that showed all of them; null: not yet. */
  async #allStream(leader: string): Promise<number | null> {
    const others = this.#lab.realMembers.map(({ name }) => name).filter((name) => name !== leader);
    const ask = (member: string, text: string): Promise<Record<string, unknown>> =>
      this.#lines
        .get(member)
        ?.ask(text)
        .catch(() => ({})) ?? Promise.resolve({});
    const [head, ...receivers] = await Promise.all([
      ask(
        leader,
        `SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline,
           (SELECT count(*)::int FROM pg_stat_replication WHERE state = 'streaming') AS streaming`,
      ),
      ...others.map((name) => ask(name, "SELECT received_tli FROM pg_stat_wal_receiver WHERE status = 'streaming'")),
    ]);
    const timeline = head?.timeline ?? null;
    const all = timeline !== null && Number(head?.streaming ?? 0) >= others.length;
    return all && receivers.every((row) => row.received_tli === timeline) ? clock() : null;
  }
}
