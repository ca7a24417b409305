// The checker's own eyes on a lab: the process table, each PostgreSQL by the socket in its folder as superuser, the DCS by reads that need
// a quorum and by its history, the journal by the bytes of its file. They ask Howdah nothing.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { memberDataDir, memberDir } from '../lab/config-files';
import { sleep } from '../lab/deadline';
import type { Lab } from '../lab/lab';
import { PORTS } from '../lab/layout';
import { startOf } from '../lab/processes';
import type { JournalLine } from './checker';
import type { KeyChange, Look, ProcessState, Seen, SqlSeen } from './history';

const EVERY_MS = 250;
const ASK_MS = 1000;

/** In one statement, so that it is of one moment. A primary also takes a transaction number: one that could not write would not answer. */
const SEE = `
  SELECT NOT pg_is_in_recovery() AS primary,
         CASE WHEN pg_is_in_recovery()
              THEN (SELECT GREATEST(received_tli, 0) FROM pg_stat_wal_receiver)
              ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
         (CASE WHEN pg_is_in_recovery() THEN COALESCE(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
               ELSE pg_current_wal_flush_lsn() END - '0/0')::float8 AS lsn,
         ARRAY(SELECT application_name FROM pg_stat_replication WHERE state = 'streaming')::text[] AS sends,
         EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming') AS receives,
         CASE WHEN NOT pg_is_in_recovery() THEN txid_current() END AS written`;

class SqlEye {
  readonly #folder: string;
  #client: pg.Client | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async see(): Promise<SqlSeen | null> {
    try {
      this.#client ??= await this.#connect();
      const row = (await this.#client.query(SEE)).rows[0] as Record<string, unknown>;
      return {
        primary: row.primary === true,
        timeline: Number(row.timeline ?? 0),
        lsn: Number(row.lsn ?? 0),
        sends: row.sends as string[],
        receives: row.receives === true,
      };
    } catch {
      this.close();
      return null;
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      host: this.#folder,
      port: PORTS.postgres,
      user: 'postgres',
      database: 'postgres',
      application_name: 'howdah-chaos-eye',
      connectionTimeoutMillis: ASK_MS,
      query_timeout: ASK_MS,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  close(): void {
    const client = this.#client;
    this.#client = null;
    // A frozen server never answers the goodbye.
    (client as unknown as { connection?: { stream?: { destroy(): void } } } | null)?.connection?.stream?.destroy();
  }
}

export class Eyes {
  readonly looks: Look[] = [];
  readonly changes: KeyChange[] = [];
  readonly journal: JournalLine[] = [];
  readonly #lab: Lab;
  readonly #journalFile: string;
  readonly #eyes: ReadonlyMap<string, SqlEye>;
  readonly #cut: () => ReadonlySet<string>;
  readonly #watch = new AbortController();
  #read: { ino: number; bytes: number; at: number } = { ino: 0, bytes: 0, at: Date.now() };
  #isOpen = true;
  #loops: Promise<unknown> = Promise.resolve();

  private constructor(lab: Lab, dataDir: string, cut: () => ReadonlySet<string>) {
    this.#lab = lab;
    this.#journalFile = path.join(dataDir, 'audit', 'journal.jsonl');
    this.#cut = cut;
    this.#eyes = new Map(lab.realMembers.map(({ name }) => [name, new SqlEye(memberDir(lab.layout, name))]));
  }

  /** Returns when the first look is done. `cut`: addresses that nobody reaches now. */
  static async open(lab: Lab, dataDir: string, cut: () => ReadonlySet<string>): Promise<Eyes> {
    const eyes = new Eyes(lab, dataDir, cut);
    const keys = await lab.etcd.list(lab.prefix);
    for (const { key, value, modRevision } of keys)
      eyes.changes.push({ key: key.slice(lab.prefix.length), value, revision: Number(modRevision) });
    eyes.changes.sort((a, b) => a.revision - b.revision);
    const from = Math.max(0, ...eyes.changes.map(({ revision }) => revision)) + 1;
    await eyes.#look();
    eyes.#loops = Promise.all([eyes.#lookOn(), eyes.#follow(from)]);
    return eyes;
  }

  /** Waits until the history has caught up with the last look. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#watch.abort();
    await this.#loops;
    for (const eye of this.#eyes.values()) eye.close();
  }

  async #lookOn(): Promise<void> {
    while (this.#isOpen) {
      await sleep(EVERY_MS);
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    this.#readJournal();
    const askedAt = Date.now();
    const cut = this.#cut();
    const processes = this.#lab.processes().filter(({ main }) => main);
    const stateOf = (part: string, ip: string): ProcessState => {
      const found = processes.find((process) => process.part === part);
      if (found === undefined) return 'gone';
      if (found.frozen) return 'frozen';
      return cut.has(ip) ? 'cut' : 'running';
    };
    const members = this.#lab.realMembers.map(async ({ name, ip }): Promise<readonly [string, Seen]> => {
      const postmasterId = this.#postmasterOf(name);
      const frozen = processes.some((process) => process.part === `postgres-${name}` && process.frozen);
      const sql = postmasterId === null || frozen ? null : ((await this.#eyes.get(name)?.see()) ?? null);
      const postmaster = postmasterId === null ? 'gone' : frozen ? 'frozen' : 'running';
      return [name, { patroni: stateOf(`patroni-${name}`, ip), postmaster, postmasterId, sql }];
    });
    const [revision, ...seen] = await Promise.all([this.#revision(), ...members]);
    const dcs = this.#lab.layout.etcd.map(({ name, ip }) => [name, stateOf(`etcd-${name}`, ip)] as const);
    this.looks.push({
      ...{ askedAt, answeredAt: Date.now(), revision, quorum: revision !== null },
      members: Object.fromEntries(seen),
      dcs: Object.fromEntries(dcs),
    });
  }

  /** Number and start of the process that the data folder names; null: there is none. */
  #postmasterOf(member: string): string | null {
    try {
      const file = path.join(memberDataDir(this.#lab.layout, member), 'postmaster.pid');
      const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
      const start = startOf(pid);
      // A number comes again; what is not PostgreSQL is none.
      const isPostgres = readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres');
      const isDead = / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1').slice(0, 60));
      return start === null || !isPostgres || isDead ? null : `${pid} ${start}`;
    } catch {
      return null;
    }
  }

  /** Whoever answers first: each needs a quorum for it. */
  async #revision(): Promise<number | null> {
    const key = Buffer.from(`${this.#lab.prefix}leader`).toString('base64');
    const asked = this.#lab.etcdEndpoints.map(async (endpoint) => {
      const { header } = await this.#lab.etcd.callAt(endpoint, 'kv/range', { key }, ASK_MS);
      return Number((header as { revision?: string } | undefined)?.revision ?? 0);
    });
    return Promise.any(asked).catch(() => null);
  }

  /** Every change below the scope, in order, from whichever endpoint gives it; the DCS compacts after five minutes. */
  async #follow(from: number): Promise<void> {
    let next = from;
    for (let turn = 0; this.#isOpen; turn += 1) {
      const endpoint = this.#lab.etcdEndpoints[turn % this.#lab.etcdEndpoints.length] ?? '';
      next = await this.#followAt(endpoint, next).catch(() => next);
      if (this.#isOpen) await sleep(200);
    }
  }

  /** Until it is behind the looks, which is how one that hangs is noticed. */
  async #followAt(endpoint: string, from: number): Promise<number> {
    const { prefix } = this.#lab;
    const stop = new AbortController();
    const end = (): void => stop.abort();
    this.#watch.signal.addEventListener('abort', end);
    let next = from;
    const start = Buffer.from(prefix);
    const after = Buffer.from(prefix);
    after[after.length - 1] = (after.at(-1) ?? 0) + 1;
    const request = {
      key: start.toString('base64'),
      range_end: after.toString('base64'),
      start_revision: String(from),
    };
    const timer = setInterval(() => {
      const seen = this.looks.findLast(({ answeredAt }) => answeredAt < Date.now() - 3000)?.revision ?? 0;
      if (seen >= next + 3 || Date.now() - openedAt > 20_000) end();
    }, 1000);
    const openedAt = Date.now();
    try {
      const answer = await fetch(`${endpoint}/v3/watch`, {
        method: 'POST',
        body: JSON.stringify({ create_request: request }),
        signal: stop.signal,
      });
      let text = '';
      for await (const chunk of answer.body ?? []) {
        text += Buffer.from(chunk).toString('utf8');
        for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
          next = this.#take(text.slice(0, at), next);
          text = text.slice(at + 1);
        }
      }
      return next;
    } catch {
      return next;
    } finally {
      clearInterval(timer);
      this.#watch.signal.removeEventListener('abort', end);
    }
  }

  #take(line: string, next: number): number {
    const { result } = JSON.parse(line) as {
      result?: {
        header?: { revision?: string };
        compact_revision?: string;
        events?: { type?: string; kv: { key: string; value?: string; mod_revision: string } }[];
      };
    };
    if (result?.compact_revision !== undefined && Number(result.compact_revision) > 0)
      throw new Error(`the history of the DCS is gone up to ${result.compact_revision}`);
    let newest = next;
    for (const { type, kv } of result?.events ?? []) {
      const revision = Number(kv.mod_revision);
      if (revision < next) continue;
      const key = Buffer.from(kv.key, 'base64').toString().slice(this.#lab.prefix.length);
      const value = type === 'DELETE' ? null : Buffer.from(kv.value ?? '', 'base64').toString();
      this.changes.push({ key, value, revision });
      newest = Math.max(newest, revision + 1);
    }
    return newest;
  }

  /** What was added to the file since the last time; another file in its place is read from its beginning. */
  #readJournal(): void {
    const { ino, bytes, at } = this.#read;
    const now = Date.now();
    try {
      const stat = statSync(this.#journalFile);
      const from = stat.ino === ino && stat.size >= bytes ? bytes : 0;
      const whole = readFileSync(this.#journalFile);
      const upTo = whole.lastIndexOf(10) + 1;
      for (const line of whole.subarray(from, upTo).toString('utf8').split('\n')) this.#takeLine(line, at, now);
      this.#read = { ino: stat.ino, bytes: upTo, at: now };
    } catch {
      this.#read = { ...this.#read, at: now };
    }
  }

  #takeLine(line: string, from: number, to: number): void {
    if (line === '') return;
    const { seq, hash, kind, actionId, body } = JSON.parse(line) as Partial<{
      seq: number;
      hash: string;
      kind: string;
      actionId: string;
      body: { record?: { request?: JournalLine['request'] } };
    }>;
    if (seq === undefined || hash === undefined || kind === undefined || actionId === undefined) return;
    if (this.journal.some((known) => known.hash === hash)) return;
    this.journal.push({ seq, hash, kind, actionId, request: body?.record?.request ?? null, appeared: { from, to } });
  }
}

/** Hashes of every line in every file of the journal. */
export function hashesIn(files: readonly string[]): readonly string[] {
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
  return lines.flatMap((line) => (JSON.parse(line) as { hash?: string }).hash ?? []);
}
