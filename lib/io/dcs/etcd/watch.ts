// Watches one etcd namespace for ever: list at a revision, watch from the next, list again each half minute and whenever the
// watch is in doubt. npm etcd3's watcher dies silently after compaction and wedges its client after a refused create, so
// each watch has a client of its own, is torn down on the first doubt, and nothing but a fresh list brings it back.
// Each endpoint is asked for its health separately; the view counts as current only through the endpoint that is watched.
import type { Etcd3, Watcher } from 'etcd3';
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
import { readWithin } from '../../failure';
import type { DcsWatch, DcsWatchContext } from '../port';
import { DcsList, DcsView, type KeyEvent } from '../view';
import { backoffMs, deadline, pause, preferredOf, witness } from '../wait';
import {
  classifyEtcd,
  createEtcdClient,
  type EtcdCredentials,
  isTooLong,
  readByQuorum,
  readEndpointStatus,
  readLease,
} from './client';

export interface EtcdWatchOptions extends EtcdCredentials, DcsWatchContext {
  readonly hosts: readonly string[];
  readonly namespace: string;
}

const DEADLINE_MS = 2000;
const CREATE_MS = 5000;
const RELIST_MS = 30_000;
/** Keys of a page; of one that is longer than a message may be, the few that fit with etcd's 1.5 MiB each. */
const PAGE = 1000;
const SMALL_PAGE = 30;
/** Of all pages of a list, keys that are left out too. */
const LISTED_MAX = 200_000;

interface EndpointState {
  readonly url: string;
  readonly client: Etcd3;
  status: Witness<RawEndpointStatus>;
  quorumRead: Witness<unknown>;
  asking: boolean;
}

/** Why a watch is begun anew, in words for people. */
class Doubt extends Error {
  readonly words: Text;

  constructor(words: Text) {
    super(String(words));
    this.words = words;
  }
}

export class EtcdWatch implements DcsWatch {
  readonly #options: EtcdWatchOptions;
  readonly #view: DcsView;
  readonly #endpoints: EndpointState[];
  #revision: string | null = null;
  #listed = false;
  /** Lists that changed the view. */
  #lists = 0;
  #currentAt: number | null = null;
  #error: ReadingError | null = null;
  #refused = 0;
  /** Index of the endpoint that is watched, while its watch is attached. */
  #watched: number | null = null;
  #preferred = 0;
  #interrupt: ((reason: string) => void) | null = null;
  #stopped = false;
  #running: Promise<void> | null = null;

  constructor(options: EtcdWatchOptions) {
    this.#options = options;
    this.#view = new DcsView(options.namespace);
    this.#endpoints = options.hosts.map((url) => ({
      url,
      client: createEtcdClient(url, options, DEADLINE_MS),
      status: NEVER_ASKED,
      quorumRead: NEVER_ASKED,
      asking: false,
    }));
  }

  start(): void {
    this.#running = this.#supervise();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#interrupt?.('stop');
    await Promise.race([this.#running, pause(2500)]);
    for (const endpoint of this.#endpoints) endpoint.client.close();
  }

  scopes(): readonly string[] {
    return this.#view.scopes();
  }

  rawFor(scope: string, leaderLease: Witness<RawLease>): RawDcs {
    const excess = this.#view.excessOf(scope);
    return {
      kind: 'etcd3',
      namespace: this.#options.namespace,
      keys: this.#listed ? (this.#view.keysOf(scope) ?? EMPTY) : null,
      ...(excess === null ? {} : { excess }),
      position: this.#revision,
      currentAt: this.#currentAt,
      error: this.#error,
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

  keysOf(scope: string) {
    return this.#view.keysOf(scope);
  }

  async readLease(lease: string): Promise<Reading<RawLease | null>> {
    const endpoint = this.#endpoints[this.#watched ?? this.#preferred];
    if (endpoint === undefined) return { ok: false, error: failure('skipped'), at: this.#options.now(), tookMs: 0 };
    return this.#ask(() => readLease(endpoint.client, lease));
  }

  async checkHealth(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint, index) => this.#checkEndpoint(endpoint, index)));
  }

  async #checkEndpoint(endpoint: EndpointState, index: number): Promise<void> {
    if (endpoint.asking || this.#stopped) return;
    endpoint.asking = true;
    const before = { ok: endpoint.quorumRead.last?.ok, status: endpoint.status.last?.ok };
    const [status, quorumRead] = await Promise.all([
      this.#ask(() => readEndpointStatus(endpoint.client)),
      this.#ask(() => readByQuorum(endpoint.client, `${this.#options.namespace}howdah`)),
    ]);
    endpoint.asking = false;
    endpoint.status = witness(endpoint.status, status);
    endpoint.quorumRead = witness(endpoint.quorumRead, quorumRead);
    if (this.#stopped) return;
    if (this.#watched === index) {
      if (quorumRead.ok) this.#current();
      else if (this.#endpoints.some((other) => other !== endpoint && other.quorumRead.last?.ok))
        this.#interrupt?.('its endpoint fails');
      else this.#error = quorumRead.error;
    }
    if (before.ok !== quorumRead.ok || before.status !== status.ok) this.#options.onChange([]);
  }

  #ask<T>(question: () => Promise<T>): Promise<Reading<T>> {
    return readWithin(question, DEADLINE_MS + 500, this.#options.now, classifyEtcd);
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
        this.#error = error instanceof Doubt ? failure('closed', error.words) : classifyEtcd(error);
        this.#options.onChange([]);
      }
      this.#watched = null;
      if (!this.#stopped && failures > 0) await pause(backoffMs(failures));
    }
  }

  /** One list and one watch, until something is in doubt (throws or returns) or half a minute is over (lists again). */
  async #watchOnce(index: number, onAttached: () => void): Promise<void> {
    const host = this.#endpoints[index]?.url ?? '';
    const client = createEtcdClient(host, this.#options, DEADLINE_MS);
    let watcher: Watcher | null = null;
    try {
      let revision = await this.#list(client);
      watcher = client
        .watch()
        .prefix(this.#options.namespace)
        .startRevision(String(BigInt(revision) + 1n))
        .watcher();
      const doubt = this.#listen(watcher);
      await deadline(connected(watcher), CREATE_MS);
      this.#watched = index;
      this.#current();
      onAttached();
      this.#options.onChange([]);
      while (!this.#stopped) {
        const reason = await Promise.race([doubt, pause(RELIST_MS).then(() => null)]);
        if (reason !== null) {
          if (!this.#stopped && reason !== 'its endpoint fails') throw new Doubt(say`the watch ended: ${reason}`);
          return;
        }
        const before = this.#lists;
        const again = await this.#list(client);
        if (BigInt(again) < BigInt(revision))
          throw new Doubt(say`the revision went backwards: etcd was restored from a backup`);
        revision = again;
        // The list knew what the watch had not said. It may only have been late, but a watch is cheaper than a wrong view.
        if (this.#lists !== before) return;
      }
    } finally {
      this.#interrupt = null;
      if (watcher !== null) {
        watcher.removeAllListeners();
        watcher.on('error', () => undefined);
        await Promise.race([watcher.cancel().catch(() => undefined), pause(1500)]);
      }
      client.close();
    }
  }

  /** Resolves with the reason for which the watch may no longer be trusted. */
  #listen(watcher: Watcher): Promise<string> {
    return new Promise((resolve) => {
      this.#interrupt = resolve;
      watcher.on('data', (answer) => this.#onData(answer));
      watcher.on('error', (error) => resolve(error.message || 'cancelled by the server (compaction?)'));
      watcher.on('end', () => resolve('ended'));
      watcher.on('disconnected', (error) => resolve(error.message || 'disconnected'));
    });
  }

  /** Events that arrive while a list is on its way are applied again after it: the list may be the older of the two. */
  #sinceList: KeyEvent[] | null = null;

  #onData(answer: { readonly header: { readonly revision: string }; readonly events: readonly WireEvent[] }): void {
    const changed = new Set<string>();
    for (const event of answer.events) {
      const entry = keyEvent(event.kv, event.type === 'Delete' ? 'delete' : 'put');
      this.#sinceList?.push(entry);
      const scope = this.#view.apply(entry);
      if (scope !== null) changed.add(scope);
    }
    this.#revision = answer.header.revision;
    this.#current();
    if (changed.size > 0) this.#options.onChange([...changed]);
  }

  /** All keys at one revision, in pages. Returns that revision. */
  async #list(client: Etcd3): Promise<string> {
    const { namespace } = this.#options;
    const list = new DcsList(namespace);
    let revision: string | null = null;
    let from: string | Buffer = namespace;
    let limit = PAGE;
    let listed = 0;
    this.#sinceList = [];
    for (;;) {
      const answer: Page | null = await pageOf(client, { from, namespace, limit, revision }).catch((error: unknown) => {
        if (limit === PAGE && isTooLong(error)) return null;
        throw error;
      });
      limit = answer === null ? SMALL_PAGE : PAGE;
      if (answer === null) continue;
      revision ??= answer.header.revision;
      for (const kv of answer.kvs) list.add(keyEvent(kv, 'put'));
      listed += answer.kvs.length;
      const last: WireKeyValue | undefined = answer.kvs[answer.kvs.length - 1];
      if (!answer.more || last === undefined) break;
      if (listed > LISTED_MAX) throw new Doubt(say`more than ${LISTED_MAX} keys stand below ${namespace}`);
      from = list.skipAfter(last.key.toString()) ?? Buffer.concat([last.key, Buffer.of(0)]);
    }
    this.#refused = list.refused;
    const changed = [...this.#view.replace(list)];
    const listedAt = BigInt(revision);
    for (const event of this.#sinceList) {
      const scope = BigInt(event.version) > listedAt ? this.#view.apply(event) : null;
      if (scope !== null && !changed.includes(scope)) changed.push(scope);
    }
    this.#sinceList = null;
    if (changed.length > 0) this.#lists += 1;
    this.#revision = revision;
    const first = !this.#listed;
    this.#listed = true;
    this.#current();
    if (changed.length > 0 || first) this.#options.onChange(changed);
    return revision;
  }
}

const EMPTY: readonly [] = [];

interface Page {
  readonly header: { readonly revision: string };
  readonly kvs: readonly WireKeyValue[];
  readonly more: boolean;
}

interface Wanted {
  readonly from: string | Buffer;
  readonly namespace: string;
  readonly limit: number;
  readonly revision: string | null;
}

function pageOf(client: Etcd3, { from, namespace, limit, revision }: Wanted): Promise<Page> {
  const page = client
    .getAll()
    .inRange({ start: from, end: prefixEnd(namespace) })
    .limit(limit)
    .sort('Key', 'Ascend');
  if (revision !== null) page.revision(revision);
  return deadline(page.exec(), DEADLINE_MS * 2);
}

interface WireKeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly mod_revision: string;
  readonly create_revision: string;
  readonly lease: string;
}

interface WireEvent {
  readonly type: string | number;
  readonly kv: WireKeyValue;
}

function keyEvent(kv: WireKeyValue, type: KeyEvent['type']): KeyEvent {
  return {
    type,
    key: kv.key.toString(),
    value: kv.value.toString(),
    version: kv.mod_revision,
    created: kv.create_revision,
    owner: kv.lease === '0' ? null : kv.lease,
  };
}

/** Resolves when the server has accepted the watch; rejects with its refusal. */
function connected(watcher: Watcher): Promise<void> {
  return new Promise((resolve, reject) => {
    watcher.once('connected', () => resolve());
    watcher.once('error', reject);
  });
}

/** `/service/` ends where `/service0` begins. */
function prefixEnd(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
