// Clients of an application that insert by one way and come back after an error, as a pool of connections does: how long the longest time
// without a commit was, and which errors they met.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Lab } from './lab';
import { PORTS } from './layout';

export interface Way {
  readonly name: string;
  /** Tried in turn until one takes writes, as libpq does with `target_session_attrs=read-write`; one: taken as it is. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: string;
}

export interface ClientsFigures {
  readonly commits: number;
  /** The longest that one of them went without a commit. */
  readonly stallMs: number;
  readonly errors: number;
  /** By their first words. */
  readonly kinds: Readonly<Record<string, number>>;
}

const EVERY_MS = 20;
const AGAIN_MS = 50;
const CONNECT_MS = 3000;

export async function prepareClients(lab: Lab): Promise<void> {
  const table =
    'CREATE TABLE IF NOT EXISTS app.written (way text, at timestamptz DEFAULT now()); ALTER TABLE app.written OWNER TO app';
  await lab.sql(await lab.mustLeader(), table);
}

/** Members themselves, one after the other. */
export function multiHost(lab: Lab): Way {
  return {
    name: 'multi-host',
    hosts: lab.realMembers.map(({ ip }) => ({ host: ip, port: PORTS.postgres })),
    database: 'postgres',
  };
}

export class Clients {
  readonly #way: Way;
  readonly #password: string;
  readonly #working: Promise<void>[];
  readonly #kinds = new Map<string, number>();
  #ended = false;
  #commits = 0;
  #stallMs = 0;

  constructor(lab: Lab, way: Way, count = 2) {
    this.#way = way;
    this.#password = lab.secrets.app;
    this.#working = Array.from({ length: count }, () => this.#work());
  }

  get commits(): number {
    return this.#commits;
  }

  /** What was before this counts no longer. */
  reset(): void {
    this.#kinds.clear();
    this.#stallMs = 0;
  }

  async end(): Promise<ClientsFigures> {
    this.#ended = true;
    await Promise.all(this.#working);
    const kinds = Object.fromEntries(this.#kinds);
    const errors = Object.values(kinds).reduce((sum, count) => sum + count, 0);
    return { commits: this.#commits, stallMs: Math.round(this.#stallMs), errors, kinds };
  }

  async #work(): Promise<void> {
    let client: pg.Client | null = null;
    let last: number | null = null;
    const seen = (): void => {
      const now = performance.now();
      if (last !== null) this.#stallMs = Math.max(this.#stallMs, now - last);
      last = now;
    };
    while (!this.#ended) {
      try {
        client ??= await this.#connect();
        await client.query(`INSERT INTO app.written (way) VALUES ('${this.#way.name}')`);
        this.#commits += 1;
        seen();
        await sleep(EVERY_MS);
      } catch (error) {
        const kind = String(error instanceof Error ? error.message : error).slice(0, 60);
        // What was cut off by our own end is nobody's error.
        if (!this.#ended) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
        await client?.end().catch(() => undefined);
        client = null;
        await sleep(AGAIN_MS);
      }
    }
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<pg.Client> {
    const { hosts, database } = this.#way;
    let problem: unknown = null;
    for (const { host, port } of hosts) {
      const client = new pg.Client({
        ...{ host, port, database, user: 'app', password: this.#password },
        connectionTimeoutMillis: hosts.length > 1 ? CONNECT_MS : 60_000,
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        if (hosts.length === 1) return client;
        const { rows } = await client.query('SHOW transaction_read_only');
        if (rows[0]?.transaction_read_only === 'off') return client;
        problem = new Error('session is read-only');
      } catch (error) {
        problem = error;
      }
      await client.end().catch(() => undefined);
    }
    throw problem;
  }
}
