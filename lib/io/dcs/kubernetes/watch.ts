// Watches the clusters of some namespaces of Kubernetes: pods for the members, Endpoints and ConfigMaps for everything else, whichever a
// cluster uses. Finds the scopes by itself, gives each its keys as they would stand in etcd, and takes an expired holder away (locks.ts).
// Where a cluster stands in both stores, the one whose lock lives counts; two that live are told as a rival.
import {
  NEVER_ASKED,
  type RawDcs,
  type RawDcsKey,
  type RawEndpointStatus,
  type RawLease,
  type Reading,
  type ReadingError,
  type Rival,
  type Witness,
} from '../../../domain/raw';
import { text } from '../../../domain/wire/loose';
import { read } from '../../failure';
import type { DcsWatch, DcsWatchContext } from '../port';
import { DcsList, DcsView, isName, SCOPES_MAX } from '../view';
import { pause, witness } from '../wait';
import { isNotFound, type KubernetesAccess, KubernetesApi, pathOf, Refused, type Resource } from './api';
import { Feed, KEPT_MAX } from './feed';
import { Locks } from './locks';
import {
  basesOf,
  configOwnerOf,
  isCluster,
  type KubeObject,
  keysOf,
  nameOf,
  type Part,
  parseKubeObject,
  patroniScopeOf,
  STORES,
  type Store,
  scopeLabelOf,
  sizeOf,
  VIEW,
} from './objects';
import { plainScope, scopeName } from './scope-name';

const DEADLINE_MS = 2000;
/** How often locks are looked at: an expired one is seen this late at most. */
const SWEEP_MS = 500;
const RESOURCES: readonly Resource[] = ['configmaps', 'endpoints', 'pods'];
const EMPTY: readonly [] = [];

interface Scope {
  readonly namespace: string;
  readonly base: string;
  readonly store: Store;
  readonly view: DcsView;
  readonly owner: ReturnType<typeof configOwnerOf>;
  readonly rival: Rival | null;
}

const idOf = (resource: Resource, namespace: string, name: string): string => `${resource}/${namespace}/${name}`;

export class KubernetesWatch implements DcsWatch {
  readonly #access: KubernetesAccess;
  readonly #context: DcsWatchContext;
  readonly #api: KubernetesApi;
  readonly #feeds: readonly Feed[];
  readonly #objects = new Map<string, KubeObject>();
  /** Characters of them. */
  readonly #kept: Record<Resource, number> = { configmaps: 0, endpoints: 0, pods: 0 };
  /** Ids of pods by namespace, label and its value. */
  readonly #byLabel = new Map<string, Set<string>>();
  readonly #locks = new Locks();
  readonly #scopes = new Map<string, Scope>();
  readonly #nameByBase = new Map<string, string>();
  readonly #asking = new Set<string>();
  refused = 0;
  #status: Witness<RawEndpointStatus> = NEVER_ASKED;
  #quorumRead: Witness<unknown> = NEVER_ASKED;
  #isChecking = false;
  #currentAt: number | null = null;
  #sweep: NodeJS.Timeout | null = null;
  #running: Promise<unknown> | null = null;
  #isStopped = false;

  constructor(access: KubernetesAccess, context: DcsWatchContext) {
    this.#access = access;
    this.#context = context;
    this.#api = new KubernetesApi(access, context.now);
    this.#feeds = (access.namespaces ?? [null]).flatMap((namespace) =>
      RESOURCES.map((resource) => this.#feedOf(resource, namespace)),
    );
  }

  #feedOf(resource: Resource, namespace: string | null): Feed {
    const { selector } = this.#access;
    const feed = new Feed({
      api: this.#api,
      resource,
      namespace,
      selector,
      onList: (objects) => this.#onList(resource, namespace, objects),
      onEvent: (place, object) => {
        this.#current();
        if (this.#isFull(resource, object)) feed.doubt();
        else this.#changed(this.#put(resource, place, object));
      },
      onState: () => {
        this.#current();
        this.#context.onChange([]);
      },
    });
    return feed;
  }

  /** More than a list may hold: only a list says of what. */
  #isFull(resource: Resource, object: KubeObject | null): boolean {
    return object !== null && this.#kept[resource] + sizeOf(object) > KEPT_MAX;
  }

  start(): void {
    this.#running = Promise.all(this.#feeds.map((feed) => feed.run()));
    this.#sweep = setInterval(() => this.#lookAtLocks(), SWEEP_MS);
    this.#sweep.unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#sweep !== null) clearInterval(this.#sweep);
    for (const feed of this.#feeds) feed.stop();
    await this.#api.close();
    await Promise.race([this.#running, pause(2500)]);
  }

  scopes(): readonly string[] {
    return [...this.#scopes.keys()].sort();
  }

  patroniScope(scope: string): string {
    return plainScope(this.#access, scope);
  }

  keysOf(scope: string): readonly RawDcsKey[] | null {
    return this.#scopes.get(scope)?.view.keysOf(VIEW.scope) ?? null;
  }

  rawFor(scope: string, leaderLease: Witness<RawLease>): RawDcs {
    const found = this.#scopes.get(scope);
    const excess = found?.view.excessOf(VIEW.scope) ?? null;
    const { namespaces } = this.#access;
    return {
      kind: 'kubernetes',
      namespace: found?.namespace ?? namespaces?.join(',') ?? '*',
      keys: this.listed ? (this.keysOf(scope) ?? EMPTY) : null,
      ...(excess === null ? {} : { excess }),
      position: this.#positionOf(found),
      currentAt: this.#currentAt,
      error: this.error,
      endpoints: [{ url: this.#api.server, status: this.#status, quorumRead: this.#quorumRead }],
      leaderLease,
      ...(found?.owner ? { configOwner: found.owner } : {}),
      ...(found?.rival ? { rival: found.rival } : {}),
    };
  }

  /** Of the store in which the cluster stands: each resource is told of in its own time. */
  #positionOf(scope: Scope | undefined): string | null {
    const feed = this.#feeds.find(
      ({ resource, namespace }) =>
        resource === (scope?.store ?? 'configmaps') && (namespace ?? scope?.namespace) === scope?.namespace,
    );
    return feed?.version ?? null;
  }

  get listed(): boolean {
    const isRead = ({ listed, isDenied }: Feed): boolean => listed || isDenied;
    return this.#feeds.every(isRead) && this.#feeds.some(({ listed, resource }) => listed && resource !== 'pods');
  }

  get error(): ReadingError | null {
    const failing = this.#feeds.find(({ error, isDenied }) => error !== null && !isDenied);
    if (failing !== undefined) return failing.error;
    const denied = this.#feeds.filter(({ isDenied }) => isDenied);
    const worst = denied.find((feed) => this.#isMissed(feed, denied))?.error ?? null;
    if (worst !== null) return worst;
    return this.#quorumRead.last?.ok === false && this.listed ? this.#quorumRead.last.error : null;
  }

  /** Where a cluster uses one store, the right to read the other one is not missed. */
  #isMissed(feed: Feed, denied: readonly Feed[]): boolean {
    if (feed.resource === 'pods' || feed.listed) return true;
    if (denied.some((other) => other !== feed && other.namespace === feed.namespace && other.resource !== 'pods'))
      return true;
    return ![...this.#scopes.values()].some(({ namespace }) => feed.namespace === null || namespace === feed.namespace);
  }

  async readLease(owner: string): Promise<Reading<RawLease | null>> {
    const at = this.#context.now();
    const scope = this.#scopes.get(owner);
    const value = scope === undefined ? null : this.#locks.leaseOf(lockOf(scope), at);
    return { ok: true, value, at, tookMs: 0 };
  }

  async checkHealth(): Promise<void> {
    if (this.#isChecking || this.#isStopped) return;
    this.#isChecking = true;
    const before = { status: this.#status.last?.ok, quorumRead: this.#quorumRead.last?.ok };
    const [status, quorumRead] = await Promise.all([
      read(() => this.#readStatus(), this.#context.now),
      read(() => this.#readByQuorum(), this.#context.now),
    ]);
    this.#isChecking = false;
    if (this.#isStopped) return;
    this.#status = witness(this.#status, status);
    this.#quorumRead = witness(this.#quorumRead, quorumRead);
    if (quorumRead.ok && before.quorumRead === false) {
      // What was silent may have been cut off: nothing but a list says what happened meanwhile.
      for (const feed of this.#feeds) feed.doubt();
    } else if (quorumRead.ok) this.#current();
    if (before.quorumRead !== quorumRead.ok || before.status !== status.ok) this.#context.onChange([]);
  }

  /** Answered by the process alone. */
  async #readStatus(): Promise<RawEndpointStatus> {
    const { body } = await this.#api.get('/version', { ms: DEADLINE_MS, as: 'plain' });
    const version = text(body.gitVersion)?.replace(/^v/, '') ?? '';
    return { name: null, role: 'leader', version, sizeBytes: null, term: null, alarms: [] };
  }

  /** That there is no such object is known to a quorum alone. */
  async #readByQuorum(): Promise<true> {
    const feed = this.#feeds.find(({ listed, resource }) => listed && resource !== 'pods') ?? this.#feeds[0];
    const path = pathOf(feed?.resource ?? 'configmaps', feed?.namespace ?? 'default', 'howdah');
    try {
      await this.#api.get(path, { ms: DEADLINE_MS });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // It may list and not get: a list is as good, and longer.
      if (error.status === 403)
        await this.#api.get(`${pathOf(feed?.resource ?? 'configmaps', feed?.namespace ?? null)}?limit=1`, {
          ms: DEADLINE_MS,
          as: 'list',
        });
      else if (!isNotFound(error)) throw error;
    }
    return true;
  }

  /** What is shown is what there is: every resource that may be read is watched. */
  #current(): void {
    if (this.listed && this.#feeds.every(({ attached, isDenied }) => attached || isDenied))
      this.#currentAt = this.#context.now();
  }

  #onList(resource: Resource, namespace: string | null, objects: readonly KubeObject[]): void {
    const fresh = new Set(objects.map((object) => idOf(resource, object.namespace, object.name)));
    const gone = [...this.#objects.values()].filter(
      (known) =>
        known.resource === resource &&
        (namespace === null || known.namespace === namespace) &&
        !fresh.has(idOf(resource, known.namespace, known.name)),
    );
    const bases = new Set<string>();
    for (const object of gone) for (const base of this.#put(resource, object, null)) bases.add(base);
    for (const object of objects) {
      for (const base of this.#put(resource, object, object)) bases.add(base);
      // A list comes from a quorum: what it says of a lock is so.
      if (object.annotations.leader !== undefined && resource !== 'pods')
        this.#locks.confirm(idOf(resource, object.namespace, object.name), this.#context.now());
    }
    this.#changed([...bases]);
  }

  /** Which clusters it may concern, as `namespace/base`. */
  #put(
    resource: Resource,
    place: { readonly namespace: string; readonly name: string },
    object: KubeObject | null,
  ): readonly string[] {
    const { namespace, name } = place;
    const id = idOf(resource, namespace, name);
    const before = this.#objects.get(id);
    if (before === undefined && object === null) return EMPTY;
    this.#kept[resource] += (object === null ? 0 : sizeOf(object)) - (before === undefined ? 0 : sizeOf(before));
    if (object === null) this.#objects.delete(id);
    else this.#objects.set(id, object);
    if (resource === 'pods') {
      for (const label of labelsOf(before)) this.#byLabel.get(label)?.delete(id);
      for (const label of labelsOf(object)) {
        const ids = this.#byLabel.get(label) ?? new Set();
        this.#byLabel.set(label, ids.add(id));
      }
      return [...new Set([before, object].flatMap((pod) => this.#basesOf(pod)))];
    }
    this.#locks.saw(id, object ?? undefined, this.#context.now(), this.#api.aheadMs);
    return basesOf({ name }).map((base) => `${namespace}/${base}`);
  }

  /** Clusters that a pod may be of. With Citus several have one scope. */
  #basesOf(pod: KubeObject | null | undefined): readonly string[] {
    if (pod == null) return EMPTY;
    const group = pod.labels['citus-group'];
    return Object.values(pod.labels)
      .flatMap((value) => [`${pod.namespace}/${value}`, `${pod.namespace}/${value}-${group}`])
      .filter((base) => this.#nameByBase.has(base));
  }

  #changed(bases: readonly string[]): void {
    const changed = bases.flatMap((base) => this.#rebuild(base) ?? []);
    if (changed.length > 0) this.#context.onChange([...new Set(changed)]);
  }

  /** Returns the scope if anything of it is another than before. */
  #rebuild(place: string): string | null {
    const slash = place.indexOf('/');
    const [namespace, base] = [place.slice(0, slash), place.slice(slash + 1)];
    const stores = STORES.filter((store) => isCluster(this.#objectOf(store, namespace, base, 'config')));
    const store = stores.reduce<Store | null>(
      (best, other) => (best === null || this.#isLater(namespace, base, other, best) ? other : best),
      null,
    );
    const config = store === null ? undefined : this.#objectOf(store, namespace, base, 'config');
    const known = this.#nameByBase.get(place);
    if (store === null || config === undefined) {
      if (known === undefined) return null;
      this.#nameByBase.delete(place);
      this.#scopes.delete(known);
      return known;
    }
    const patroniScope = patroniScopeOf(base, config);
    const name = scopeName(this.#access, patroniScope, namespace);
    const before = this.#scopes.get(name);
    if (!isName(name) || (before === undefined && this.#scopes.size >= SCOPES_MAX)) {
      if (known === undefined) this.refused += 1;
      return null;
    }
    const pods = this.#podsOf(namespace, patroniScope, config);
    const held = this.#locks.holderOf(idOf(store, namespace, nameOf(store, base, 'leader')));
    const list = new DcsList(VIEW.namespace);
    const objects = {
      config,
      leader: this.#objectOf(store, namespace, base, 'leader'),
      failover: this.#objectOf(store, namespace, base, 'failover'),
      sync: this.#objectOf(store, namespace, base, 'sync'),
      pods,
    };
    for (const key of keysOf(objects, held === null ? null : name)) list.add(key);
    const view = before?.view ?? new DcsView(VIEW.namespace);
    const changed = view.replace(list).length > 0;
    const owner = configOwnerOf(config.labels) ?? configOwnerOf(pods[0]?.labels ?? {});
    const scope: Scope = { namespace, base, store, view, owner, rival: this.#rivalOf(namespace, base, store, stores) };
    this.#scopes.set(name, scope);
    this.#nameByBase.set(place, name);
    const isSame =
      before !== undefined &&
      JSON.stringify([before.store, before.owner, before.rival]) ===
        JSON.stringify([scope.store, scope.owner, scope.rival]);
    return changed || !isSame ? name : null;
  }

  #objectOf(store: Store, namespace: string, base: string, part: Part): KubeObject | undefined {
    return this.#objects.get(idOf(store, namespace, nameOf(store, base, part)));
  }

  /** Its lock lives and that of `than` does not, or changed after it. */
  #isLater(namespace: string, base: string, store: Store, than: Store): boolean {
    const [own, other] = [store, than].map((each) => idOf(each, namespace, nameOf(each, base, 'leader')));
    const lives = (id = ''): number => (this.#locks.holderOf(id) === null ? 0 : 1);
    const changed = (id = ''): number => this.#locks.changedAt(id) ?? 0;
    return lives(own) === lives(other) ? changed(own) > changed(other) : lives(own) > lives(other);
  }

  #rivalOf(namespace: string, base: string, store: Store, stores: readonly Store[]): Rival | null {
    const holderIn = (each: Store): string | null =>
      this.#locks.holderOf(idOf(each, namespace, nameOf(each, base, 'leader')));
    const other = stores.find((each) => each !== store);
    const holder = other === undefined ? null : holderIn(other);
    return other === undefined || holder === null || holderIn(store) === null
      ? null
      : { holder, place: nameOf(other, base, 'leader') === base ? `Endpoints ${base}` : `ConfigMap ${base}-leader` };
  }

  /** Pods share the scope label with their cluster, and its group where there is one. */
  #podsOf(namespace: string, scope: string, config: KubeObject): readonly KubeObject[] {
    const label = scopeLabelOf(scope, config, this.#access.scopeLabel);
    const ids = label === null ? undefined : this.#byLabel.get(labelKey(namespace, label, config.labels[label] ?? ''));
    const group = config.labels['citus-group'];
    return [...(ids ?? [])]
      .flatMap((id) => this.#objects.get(id) ?? [])
      .filter((pod) => group === undefined || pod.labels['citus-group'] === group)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A lock is overdue: one that was renewed unseen lives, and the watch has missed it. */
  #lookAtLocks(): void {
    for (const id of this.#locks.overdue(this.#context.now())) {
      if (this.#asking.has(id)) continue;
      this.#asking.add(id);
      void this.#lookAtLock(id)
        // Nobody can say now; what is shown ages.
        .catch(() => pause(1000))
        .finally(() => this.#asking.delete(id));
    }
  }

  async #lookAtLock(id: string): Promise<void> {
    const known = this.#objects.get(id);
    if (known === undefined) return this.#locks.forget(id);
    const { resource, namespace, name } = known;
    const answer = await this.#api.get(pathOf(resource, namespace, name), { ms: DEADLINE_MS }).catch((error) => {
      if (isNotFound(error)) return null;
      throw error;
    });
    const object = answer === null ? null : parseKubeObject(resource, answer.body);
    if (object?.version !== this.#objects.get(id)?.version)
      this.#feeds.find((feed) => feed.resource === resource && (feed.namespace ?? namespace) === namespace)?.doubt();
    const bases = this.#put(resource, { namespace, name }, object);
    this.#locks.confirm(id, this.#context.now());
    this.#changed(bases.length > 0 ? bases : basesOf({ name }).map((base) => `${namespace}/${base}`));
  }
}

function lockOf({ store, namespace, base }: Scope): string {
  return idOf(store, namespace, nameOf(store, base, 'leader'));
}

const labelKey = (namespace: string, label: string, value: string): string => `${namespace}\0${label}\0${value}`;

function labelsOf(pod: KubeObject | null | undefined): readonly string[] {
  return pod == null
    ? EMPTY
    : Object.entries(pod.labels).map(([label, value]) => labelKey(pod.namespace, label, value));
}
