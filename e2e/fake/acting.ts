// A Howdah without its web server on fake clusters: the real collector, journal and executor in this process, over a real etcd.
// Its store is away unless a test brings one, so that what forbids a second execution is the process and the DCS. Tests ask
// it as a browser asks the routes: preflight, then an order with the token.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { ActionOrder } from '../../lib/contract/actions';
import type { ActionRecord, ActionRequest } from '../../lib/domain/actions/action';
import type { Snapshot } from '../../lib/domain/cluster';
import { EtcdWriter } from '../../lib/io/dcs/etcd/write';
import type { PastValue } from '../../lib/io/dcs/port';
import { Executor } from '../../lib/server/actions/executor';
import { PoolKeeper } from '../../lib/server/actions/pool-keeper';
import { Reach } from '../../lib/server/actions/reach';
import { byHowdah } from '../../lib/server/actions/record';
import { AuditIndex } from '../../lib/server/audit/audit-index';
import { type Journal, openJournal } from '../../lib/server/audit/journal';
import { Collector } from '../../lib/server/collector/collector';
import { type HowdahConfig, loadConfig } from '../../lib/server/config/config';
import { Refusal } from '../../lib/server/route';
import { StoreAway } from '../../lib/server/store/driver';
import type { Store } from '../../lib/server/store/store';
import { NAMESPACE } from './dcs';
import { quickFolder } from './etcd-process';

export const TESTER = byHowdah('tester');
/** Two hundred members are read at once, beside whatever else this machine does. */
const LIMIT_MS = 60_000;

const AWAY: Store = {
  state: () => ({ kind: 'embedded', state: 'down', error: 'away', notice: null, since: 0 }),
  query: () => Promise.reject(new StoreAway('the store is away')),
  together: () => Promise.reject(new StoreAway('the store is away')),
  onReady: () => () => undefined,
  close: async () => undefined,
};

export interface ActingOptions {
  /** Lines of a howdah.yaml. */
  readonly yaml: string;
  /** What it names, by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly now?: () => number;
  /** Of an earlier life; kept at the end. Default: a fresh one that goes with `stop`. */
  readonly folder?: string;
  /** Before each entry is written; what it throws is what the journal says. */
  readonly beforeAppend?: (kind: string, scope: string) => Promise<void> | void;
}

export class ActingHowdah {
  readonly executor: Executor;
  readonly journal: Journal;
  readonly #collector: Collector;
  readonly #index: AuditIndex;
  readonly #folder: string | null;
  readonly #followers: Map<string, Set<(snapshot: Snapshot) => void>>;

  private constructor(parts: {
    executor: Executor;
    journal: Journal;
    collector: Collector;
    index: AuditIndex;
    folder: string | null;
    followers: Map<string, Set<(snapshot: Snapshot) => void>>;
  }) {
    this.executor = parts.executor;
    this.journal = parts.journal;
    this.#collector = parts.collector;
    this.#index = parts.index;
    this.#folder = parts.folder;
    this.#followers = parts.followers;
  }

  static async open({
    yaml,
    files = {},
    now = Date.now,
    beforeAppend,
    folder: given,
  }: ActingOptions): Promise<ActingHowdah> {
    const folder = given ?? quickFolder('howdah-acting-');
    const config = configOf({ '/howdah.yaml': yaml, ...files });
    const opened = await openJournal(folder, { now });
    const journal = watched(opened, beforeAppend ?? null);
    const followers = new Map<string, Set<(snapshot: Snapshot) => void>>();
    const collector = new Collector({
      sources: config.sources,
      poll: config.poll,
      now,
      onUpdate: ({ snapshot }) => {
        for (const listener of [...(followers.get(snapshot.scope) ?? [])]) listener(snapshot);
      },
      onGone: () => undefined,
    });
    const index = new AuditIndex(AWAY, journal);
    const reach = new Reach(config, now);
    const executor = new Executor({
      dcsChange: () => null,
      journal,
      index,
      reach,
      keeper: new PoolKeeper({ dataDir: folder, now, reach }),
      now,
      readOnly: null,
      sharedStore: false,
      watch: (scope, listener) => {
        const listeners = followers.get(scope) ?? new Set();
        followers.set(scope, listeners.add(listener));
        collector.setActing(new Set([...followers].flatMap(([name, all]) => (all.size > 0 ? [name] : []))));
        return () => {
          listeners.delete(listener);
          collector.setActing(new Set([...followers].flatMap(([name, all]) => (all.size > 0 ? [name] : []))));
        };
      },
      newest: async (scope) => {
        const snapshot = collector.snapshotOf(scope);
        if (snapshot === null) throw new Refusal('not_found', `there is no cluster ${scope}`);
        return snapshot;
      },
      publish: () => undefined,
      settings: async () => null,
    });
    collector.start();
    return new ActingHowdah({
      executor,
      journal,
      collector,
      index,
      folder: given === undefined ? folder : null,
      followers,
    });
  }

  snapshot(scope: string): Snapshot | null {
    return this.#collector.snapshotOf(scope);
  }

  async until(what: string, test: () => boolean, ms = LIMIT_MS): Promise<void> {
    const end = Date.now() + ms;
    while (!test()) {
      if (Date.now() > end) throw new Error(`waited ${ms / 1000} s for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Every member seen by its Patroni, and who leads known. */
  async untilSeen(scope: string, members = 3): Promise<void> {
    await this.until(`${scope} to be seen`, () => {
      const cluster = this.snapshot(scope)?.cluster;
      const seen = cluster?.members.filter((member) => member.observedAt !== null && !member.silent) ?? [];
      return cluster?.leader?.known === true && seen.length === members;
    });
  }

  /** What a browser would send after this preflight, with all that it asks for. */
  async order(scope: string, request: ActionRequest, change: Partial<ActionOrder> = {}): Promise<ActionOrder> {
    const { preflight, token } = await this.executor.preflight(scope, request);
    return {
      request,
      token,
      reason: 'because a test asks for it',
      confirmation: preflight.confirm,
      idempotencyKey: randomUUID(),
      ...change,
    };
  }

  async start(scope: string, order: ActionOrder): Promise<ActionRecord> {
    return (await this.executor.start(scope, order, TESTER)).action;
  }

  /**
   * From the preflight to the end. Rejects with the Refusal where it never began. What is shown may be too old to act on while
   * the machine has other work: then as a person would, again.
   */
  async act(scope: string, request: ActionRequest, change: Partial<ActionOrder> = {}): Promise<ActionRecord> {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      try {
        return await this.closed(await this.start(scope, await this.order(scope, request, change)));
      } catch (error) {
        if (!/What is shown is .* old/.test(String(error)) || Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async closed({ scope, id }: Pick<ActionRecord, 'scope' | 'id'>, ms = LIMIT_MS): Promise<ActionRecord> {
    const end = Date.now() + ms;
    for (;;) {
      const record = await this.executor.get(scope, id);
      if (record?.phase === 'closed') return record;
      if (Date.now() > end)
        throw new Error(
          `still open after ${ms / 1000} s: ${JSON.stringify(record?.steps.filter(({ detail }) => detail))}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    this.#followers.clear();
    await this.executor.stop();
    this.#index.close();
    await this.#collector.stop();
    await this.journal.close();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function watched(journal: Journal, before: ActingOptions['beforeAppend'] | null): Journal {
  return {
    id: journal.id,
    warnings: journal.warnings,
    append: async (kind, actionId, scope, body) => {
      await before?.(kind, scope);
      return journal.append(kind, actionId, scope, body);
    },
    problem: () => journal.problem(),
    entries: () => journal.entries(),
    head: () => journal.head(),
    openIntents: () => journal.openIntents(),
    read: (fromSeq) => journal.read(fromSeq),
    begin: (found) => journal.begin(found),
    probe: () => journal.probe(),
    onAppend: (listener) => journal.onAppend(listener),
    close: () => journal.close(),
  };
}

function configOf(files: Readonly<Record<string, string>>): HowdahConfig {
  const readFile = (name: string): string => files[name] ?? '';
  const loaded = loadConfig({ argv: ['--config', '/howdah.yaml'], env: {}, cwd: '/', readFile });
  if (!loaded.ok) throw new Error(loaded.problems.map((problem) => problem.message).join('; '));
  return loaded.config;
}

/** The refusal that a promise ends with; fails where it ends otherwise. */
export async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  const answer = await promise.then(
    (value) => value,
    (error: unknown) => error,
  );
  if (Refusal.is(answer)) return answer;
  throw new Error(`expected a refusal, got ${answer instanceof Error ? answer.stack : JSON.stringify(answer)}`);
}

/** Values that a key ever had, oldest first. */
export async function valuesOf(url: string, scope: string, key: 'failover' | 'config'): Promise<readonly PastValue[]> {
  const writer = new EtcdWriter({ hosts: [url], namespace: NAMESPACE, username: null, password: null, tls: null });
  try {
    const current = (await writer.current(scope))[key];
    if (current === null) return [];
    return [...(await writer.past(scope, key, current.version, 100))].reverse();
  } finally {
    writer.close();
  }
}
