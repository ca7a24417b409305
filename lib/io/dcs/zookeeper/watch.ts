// Watches one namespace of ZooKeeper for ever: a recursive watch, then a list of all nodes, then each node anew that the watch names, as it
// tells paths and no values. Lists again each half minute and whenever something is in doubt. The session outlives its connection and
// moves with it to another server. The view counts as current by a transaction that changes nothing, through the server that is
// watched: a leader that has lost its followers goes on answering reads for a while. The other servers are asked to follow theirs.
import {
  NEVER_ASKED,
  type RawDcs,
  type RawEndpoint,
  type RawEndpointStatus,
  type RawLease,
  type Reading,
  type ReadingError,
  type Witness,
} from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { say, type Text } from '../../../language/sentence';
import { ReadingRefused, readWithin } from '../../failure';
import type { DcsWatch, DcsWatchContext } from '../port';
import { DcsView } from '../view';
import { backoffMs, pause, preferredOf, witness } from '../wait';
import {
  ASKED_TIMEOUT_MS,
  Connection,
  classifyZooKeeper,
  partsOf,
  Refused,
  type Session,
  type ZooKeeperAccess,
} from './connection';
import { ask, NO_WORD, namesOf, parseStatus, type Word } from './health';
import { ERR } from './jute';
import { deniedPath, eventOf, listAll, rootOf, scopeOf } from './list';

export interface ZooKeeperWatchOptions extends ZooKeeperAccess, DcsWatchContext {
  readonly hosts: readonly string[];
  readonly namespace: string;
}

const DEADLINE_MS = 2000;
const RELIST_MS = 30_000;
/** Nodes to read anew; more of them are a reason to list all. */
const DIRTY_MAX = 5000;
const AT_ONCE = 64;
/** World readable; who is in the ensemble. */
const ENSEMBLE = '/zookeeper/config';
/** After a word was not let through, the shorter one is asked for this long. */
const WORD_MS = 10 * 60_000;

interface EndpointState {
  readonly url: string;
  /** Of its own, while another one is watched. */
  connection: Connection | null;
  session: Session | null;
  status: Witness<RawEndpointStatus>;
  quorumRead: Witness<unknown>;
  asking: boolean;
  grantedMs: number;
  briefUntil: number;
}

type End = { readonly error: Error } | 'elsewhere' | 'stop';

/** Why all is begun anew, in words for people. */
class Doubt extends ReadingRefused {
  constructor(words: Text) {
    super(failure('closed', words));
  }
}

export class ZooKeeperWatch implements DcsWatch {
  readonly #options: ZooKeeperWatchOptions;
  readonly #root: string;
  readonly #view: DcsView;
  readonly #endpoints: EndpointState[];
  readonly #dirty = new Set<string>();
  #denied: ReadonlyMap<string, string> = new Map();
  /** When everything could last be read. */
  #readableAt: number | null = null;
  #names: ReadonlyMap<string, string> = new Map();
  #position: bigint | null = null;
  #listed = false;
  #currentAt: number | null = null;
  #error: ReadingError | null = null;
  #refused = 0;
  /** What is watched; null while nothing is. */
  #connection: Connection | null = null;
  #session: Session | null = null;
  #watched: number | null = null;
  #preferred = 0;
  #reading = false;
  #listing = false;
  #interrupt: ((end: End) => void) | null = null;
  #stopped = false;
  #running: Promise<void> | null = null;

  constructor(options: ZooKeeperWatchOptions) {
    this.#options = options;
    this.#root = rootOf(options.namespace);
    this.#view = new DcsView(options.namespace);
    this.#endpoints = options.hosts.map((url) => ({
      url,
      connection: null,
      session: null,
      status: NEVER_ASKED,
      quorumRead: NEVER_ASKED,
      asking: false,
      grantedMs: ASKED_TIMEOUT_MS,
      briefUntil: 0,
    }));
  }

  start(): void {
    this.#running = this.#supervise();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#interrupt?.('stop');
    for (const { connection } of this.#endpoints) connection?.close();
    await Promise.race([this.#running, pause(2500)]);
  }

  scopes(): readonly string[] {
    return this.#view.scopes();
  }

  rawFor(scope: string, leaderLease: Witness<RawLease>): RawDcs {
    const excess = this.#view.excessOf(scope);
    const path = deniedPath(this.#denied, scope);
    const keys = this.#view.keysOf(scope) ?? (path === null ? EMPTY : null);
    const limitMs = Math.min(...this.#endpoints.map(({ grantedMs }) => grantedMs));
    return {
      kind: 'zookeeper',
      namespace: this.#options.namespace,
      keys: this.#listed ? keys : null,
      ...(excess === null ? {} : { excess }),
      ...(limitMs < ASKED_TIMEOUT_MS ? { sessionLimitSeconds: limitMs / 1000 } : {}),
      position: this.#position === null ? null : String(this.#position),
      // Of what may not be read any more the last word is old.
      currentAt: path === null ? this.#currentAt : this.#readableAt,
      error: this.#error ?? (path === null ? null : deniedWords(path)),
      endpoints: this.#endpoints.map(({ url, status, quorumRead }): RawEndpoint => ({ url, status, quorumRead })),
      leaderLease,
    };
  }

  get refused(): number {
    return this.#refused;
  }

  get listed(): boolean {
    return this.#listed;
  }

  get error(): ReadingError | null {
    return this.#error;
  }

  get denied(): ReadingError | null {
    const [path] = this.#denied.values();
    return path === undefined ? null : deniedWords(path);
  }

  keysOf(scope: string) {
    return this.#view.keysOf(scope);
  }

  /** Only the leader of the ensemble knows when a session ends, and tells nobody by default. */
  async readLease(): Promise<Reading<RawLease | null>> {
    return { ok: false, error: failure('skipped'), at: this.#options.now(), tookMs: 0 };
  }

  async checkHealth(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint, index) => this.#checkEndpoint(endpoint, index)));
  }

  async #checkEndpoint(endpoint: EndpointState, index: number): Promise<void> {
    if (endpoint.asking || this.#stopped) return;
    endpoint.asking = true;
    const before = { ok: endpoint.quorumRead.last?.ok, status: endpoint.status.last?.ok };
    const [status, quorumRead] = await Promise.all([
      this.#ask(() => this.#statusOf(endpoint)),
      this.#ask(() => this.#prove(endpoint, index)),
    ]);
    endpoint.asking = false;
    endpoint.status = witness(endpoint.status, status);
    endpoint.quorumRead = witness(endpoint.quorumRead, quorumRead);
    if (this.#stopped) return;
    if (this.#watched === index) {
      if (quorumRead.ok) this.#current();
      else if (this.#endpoints.some((other) => other !== endpoint && other.quorumRead.last?.ok))
        this.#interrupt?.('elsewhere');
      else this.#error = quorumRead.error;
    }
    if (before.ok !== quorumRead.ok || before.status !== status.ok) this.#options.onChange([]);
  }

  async #statusOf(endpoint: EndpointState): Promise<RawEndpointStatus> {
    const { url } = endpoint;
    const known = endpoint.status.good?.value ?? null;
    const { now } = this.#options;
    for (const word of ['mntr', 'srvr'] satisfies Word[]) {
      if (word === 'mntr' && now() < endpoint.briefUntil) continue;
      const found = parseStatus(await ask(word, url, this.#options.tls));
      if (found === null) {
        endpoint.briefUntil = now() + WORD_MS;
        continue;
      }
      const connection =
        endpoint.connection ?? (this.#endpoints[this.#watched ?? -1] === endpoint ? this.#connection : null);
      const epoch = (connection?.zxid ?? 0n) >> 32n;
      return {
        ...found,
        version: found.version === '' ? (known?.version ?? '') : found.version,
        sizeBytes: found.sizeBytes ?? (endpoint.briefUntil > 0 ? null : (known?.sizeBytes ?? null)),
        name: this.#names.get(url) ?? this.#names.get(partsOf(url).host) ?? null,
        term: found.role === 'leaderless' || epoch === 0n ? null : String(epoch),
        alarms: [],
      };
    }
    throw new ReadingRefused(NO_WORD);
  }

  async #prove(endpoint: EndpointState, index: number): Promise<true> {
    if (this.#watched === index && this.#connection !== null) return this.#connection.proveQuorum();
    if (endpoint.connection === null) {
      const opened = await this.#open(endpoint, endpoint.session);
      endpoint.session = opened.session;
      // It may have become the watched one, or all may have ended, meanwhile.
      if (this.#stopped || this.#watched === index) opened.close();
      else {
        endpoint.connection = opened;
        void opened.closed.then(() => {
          if (endpoint.connection === opened) endpoint.connection = null;
        });
      }
    }
    await endpoint.connection?.sync('/');
    return true;
  }

  /** Goes on with a session where it is still there. */
  async #open(endpoint: EndpointState, session: Session | null, onEvent?: (path: string) => void): Promise<Connection> {
    const options = { ...this.#options, address: endpoint.url, ...(onEvent === undefined ? {} : { onEvent }) };
    const opened = await Connection.open({ ...options, session }).catch((error: unknown) => {
      const isExpired = error instanceof Refused && error.code === ERR.sessionExpired;
      if (!isExpired || session === null) throw error;
      return Connection.open({ ...options, session: null });
    });
    endpoint.grantedMs = opened.session.timeoutMs;
    return opened;
  }

  #ask<T>(question: () => Promise<T>): Promise<Reading<T>> {
    return readWithin(question, DEADLINE_MS + 500, this.#options.now, classifyZooKeeper);
  }

  #current(): void {
    this.#currentAt = this.#options.now();
    this.#error = null;
  }

  async #supervise(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      const index = preferredOf(this.#endpoints, this.#preferred + failures);
      this.#preferred = index;
      try {
        await this.#watchOnce(index, () => {
          failures = 0;
        });
      } catch (error) {
        failures += 1;
        this.#error = this.#wordsOf(error);
        this.#options.onChange([]);
      }
      this.#watched = null;
      this.#connection = null;
      if (!this.#stopped && failures > 0) await pause(backoffMs(failures));
    }
  }

  #wordsOf(error: unknown): ReadingError {
    return error instanceof Refused && error.code === ERR.noAuth ? deniedWords(error.path) : classifyZooKeeper(error);
  }

  /** One connection, until it ends (throws), another server is better (returns), or all is over. */
  async #watchOnce(index: number, onAttached: () => void): Promise<void> {
    const endpoint = this.#endpoints[index];
    if (endpoint === undefined) throw new ReadingRefused(failure('skipped'));
    this.#dirty.clear();
    const connection = await this.#open(endpoint, this.#session, (path) => this.#onEvent(path));
    this.#session = connection.session;
    this.#connection = connection;
    const interrupted = new Promise<End>((resolve) => {
      this.#interrupt = resolve;
      void connection.closed.then((error) => resolve({ error }));
    });
    try {
      if (this.#stopped) return;
      await connection.watch(this.#root);
      await this.#list(connection);
      const { node } = await connection.get(ENSEMBLE).catch(() => ({ node: null }));
      this.#names = namesOf(node?.value ?? '');
      await connection.proveQuorum();
      this.#watched = index;
      // What only asked for its health has nothing left to ask.
      endpoint.connection?.close();
      endpoint.connection = null;
      this.#current();
      onAttached();
      this.#options.onChange([]);
      for (;;) {
        const end = await Promise.race([interrupted, pause(RELIST_MS).then(() => null)]);
        if (end !== null && typeof end === 'object') throw end.error;
        if (end !== null || this.#stopped) return;
        const isTold = await this.#list(connection);
        // The list knew what the watch had not said: a watch is cheaper than a wrong view.
        if (!isTold) return;
      }
    } finally {
      this.#interrupt = null;
      if (this.#stopped) connection.close();
      // The session stays, to go on with elsewhere.
      else connection.destroy(new Error('connection closed'));
    }
  }

  #onEvent(path: string): void {
    if (this.#dirty.size >= DIRTY_MAX) {
      this.#interrupt?.({ error: new Doubt(say`more changed at once than can be read one by one`) });
      return;
    }
    this.#dirty.add(path);
    void this.#readDirty();
  }

  /** Reads what the watch named; not beside a list, which would be the older of the two and stand after it. */
  async #readDirty(): Promise<void> {
    const connection = this.#connection;
    if (this.#reading || this.#listing || connection === null) return;
    this.#reading = true;
    try {
      while (this.#dirty.size > 0 && !this.#listing && this.#connection === connection) {
        const paths = [...this.#dirty].slice(0, AT_ONCE);
        for (const path of paths) this.#dirty.delete(path);
        const answers = await Promise.all(
          paths.map(async (path) => {
            const { node, zxid } = await connection.get(path);
            return { event: eventOf(path, node, zxid), zxid };
          }),
        );
        const changed = new Set<string>();
        for (const { event, zxid } of answers) {
          if (scopeOf(this.#options.namespace, event.key) === null) continue;
          const scope = this.#view.apply(event);
          if (scope !== null) changed.add(scope);
          if (this.#position === null || zxid > this.#position) this.#position = zxid;
        }
        this.#current();
        if (changed.size > 0) this.#options.onChange([...changed]);
      }
    } catch (error) {
      // One node that may not be read any more: only a list says what that means for its scope.
      if (error instanceof Refused) this.#interrupt?.({ error });
    } finally {
      this.#reading = false;
    }
  }

  /** All keys. false: it found what no event had told. */
  async #list(connection: Connection): Promise<boolean> {
    this.#listing = true;
    try {
      const { list, denied, zxid } = await listAll(connection, this.#options.namespace);
      if (this.#position !== null && zxid < this.#position) {
        // Listed all the same: with a newer position every value of it would be taken for old.
        this.#take(list, denied, zxid);
        throw new Doubt(say`its transactions went backwards: it was restored from a backup`);
      }
      const told = new Set([...this.#dirty].map((path) => scopeOf(this.#options.namespace, path)));
      const wasListed = this.#listed;
      const changed = this.#take(list, denied, zxid);
      return !wasListed || changed.every((scope) => told.has(scope));
    } finally {
      this.#listing = false;
      void this.#readDirty();
    }
  }

  #take(
    list: Awaited<ReturnType<typeof listAll>>['list'],
    denied: ReadonlyMap<string, string>,
    zxid: bigint,
  ): readonly string[] {
    this.#refused = list.refused;
    if (denied.size === 0) this.#readableAt = this.#options.now();
    this.#denied = denied;
    const changed = this.#view.replace(list, (scope) => deniedPath(denied, scope) !== null);
    this.#position = zxid;
    const first = !this.#listed;
    this.#listed = true;
    if (changed.length > 0 || first) this.#options.onChange(changed);
    return changed;
  }
}

const EMPTY: readonly [] = [];

/** Nodes keep the rights they were made with, so it takes two: for those that are there, and for those that Patroni will make. */
function deniedWords(path: string): ReadingError {
  return failure(
    'denied',
    say`${path}: its ACL grants Howdah no \`r\`. Grant it with \`setAcl -R\` in zkCli.sh, and in \`set_acls\` of Patroni's \`zookeeper\` section for nodes to come`,
  );
}
