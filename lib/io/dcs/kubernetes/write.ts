// Writes to Kubernetes: one PATCH of the object that holds `/failover` or `/config`, with the resourceVersion and the uid that were seen, or
// a POST of one that is not there. No request spans two objects: what else is compared is read just before, and the answer says so. It is
// sent once. What is not known to have failed is said so; the caller looks, it never sends again.
import type { ReadingError } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { isObject, parseObject, text } from '../../../domain/wire/loose';
import { say } from '../../../language/sentence';
import { ReadingRefused } from '../../failure';
import type { Commit, CommitResult, CurrentKey, CurrentKeys, DcsWriter, PastValue, WritableKey } from '../port';
import { type Answer, isNotFound, type KubernetesAccess, KubernetesApi, pathOf, Refused, readingErrorOf } from './api';
import {
  claimOf,
  failoverOf,
  isCluster,
  type KubeObject,
  leaderVersion,
  nameOf,
  type Part,
  parseKubeObject,
  STORES,
  type Store,
  syncOf,
} from './objects';
import { splitName } from './scope-name';

const DEADLINE_MS = 3000;
const PARTS: readonly Part[] = ['leader', 'config', 'failover', 'sync'];
const MERGE = 'application/merge-patch+json';
/** Who wrote it, in the object's own `managedFields`. */
const MANAGER = 'fieldManager=howdah';
const NOTHING: CurrentKeys = { leader: null, failover: null, sync: null, config: null };

interface Place {
  readonly namespace: string;
  readonly base: string;
}

/** The objects of one scope in one of the stores. */
interface Found extends Place {
  readonly store: Store;
  readonly objects: Readonly<Partial<Record<Part, KubeObject>>>;
  /** The lock has not expired, by the API server's own clock. */
  readonly isHeld: boolean;
}

export class KubernetesWriter implements DcsWriter {
  readonly #access: KubernetesAccess;
  #opened: KubernetesApi | null = null;

  constructor(access: KubernetesAccess) {
    this.#access = access;
  }

  get #api(): KubernetesApi {
    this.#opened ??= new KubernetesApi(this.#access, Date.now);
    return this.#opened;
  }

  close(): void {
    void this.#opened?.close();
    this.#opened = null;
  }

  async current(scope: string): Promise<CurrentKeys> {
    try {
      const found = await this.#find(this.#placeOf(scope));
      return found === null ? NOTHING : keysOf(found);
    } catch (error) {
      throw readingErrorOf(error);
    }
  }

  async commit(scope: string, { compare, leader, put }: Commit): Promise<CommitResult> {
    const started = performance.now();
    const [[key, value] = [], ...others] = Object.entries(put);
    if ((key !== 'failover' && key !== 'config') || value === undefined || others.length > 0)
      return { kind: 'failed', error: failure('skipped', say`one key is written at a time`) };
    let found: Found | null;
    try {
      found = await this.#find(this.#placeOf(scope));
    } catch (error) {
      return { kind: 'failed', error: readingErrorOf(error) };
    }
    if (found === null) return { kind: 'changed', now: NOTHING };
    const now = keysOf(found);
    const isSame = Object.entries(compare).every(
      ([name, version]) => (now[name as keyof CurrentKeys]?.version ?? '0') === version,
    );
    const holder = now.leader?.value ?? null;
    const isLed = leader === null || (leader === 'nobody' ? holder === null : holder === leader.holder);
    if (!isSame || !isLed) return { kind: 'changed', now };
    try {
      const answer = await this.#write(found, key, value);
      const written = text(isObject(answer.body.metadata) ? answer.body.metadata.resourceVersion : null);
      const readBefore = [
        ...Object.keys(compare).filter((name) => name !== key),
        ...(leader === null ? [] : ['leader']),
      ];
      return {
        kind: 'committed',
        revision: written ?? '0',
        tookMs: performance.now() - started,
        ...(readBefore.length === 0 ? {} : { readBefore }),
      };
    } catch (error) {
      const reading = readingErrorOf(error);
      if (hasChanged(error)) return { kind: 'changed', now: await this.current(scope).catch(() => NOTHING) };
      return { kind: isCertain(error, reading) ? 'failed' : 'unknown', error: reading };
    }
  }

  /** As far back as the API server's store keeps it, five minutes by default. */
  async past(scope: string, key: WritableKey, fromRevision: string, limit: number): Promise<readonly PastValue[]> {
    const place = await this.#find(this.#placeOf(scope)).catch((error: unknown) => {
      throw readingErrorOf(error);
    });
    if (place === null) return [];
    const { store, namespace, base } = place;
    const found: PastValue[] = [];
    let revision = fromRevision;
    while (found.length < limit && /^\d{1,40}$/.test(revision) && BigInt(revision) > 0n) {
      const query = new URLSearchParams({
        fieldSelector: `metadata.name=${nameOf(store, base, key)}`,
        resourceVersion: revision,
        resourceVersionMatch: 'Exact',
      });
      const answer = await this.#api
        .get(`${pathOf(store, namespace)}?${query}`, { ms: DEADLINE_MS, as: 'list' })
        // Compacted: what is older is gone for ever.
        .catch(() => null);
      const item = Array.isArray(answer?.body.items) ? answer.body.items[0] : undefined;
      const object = parseKubeObject(store, item);
      if (object === null) break;
      const value = key === 'config' ? object.annotations.config : failoverOf(object);
      // The object also holds the history, so not each of its versions is another value.
      if (value !== undefined && found.at(-1)?.value === value) found.pop();
      if (value !== undefined) found.push({ revision: object.version, value });
      revision = String(BigInt(object.version) - 1n);
    }
    return found;
  }

  #placeOf(scope: string): Place {
    const name = splitName(this.#access, scope);
    if (name === null) throw new ReadingRefused(failure('skipped'));
    return { namespace: name.namespace, base: name.scope.replace('/', '-') };
  }

  /** Of two stores the one whose lock lives; both alive: nobody can say which cluster is meant. null: there is no such cluster. */
  async #find(place: Place): Promise<Found | null> {
    const all = await Promise.allSettled(STORES.map((store) => this.#readStore(place, store)));
    const found = all.flatMap((each) => (each.status === 'fulfilled' && each.value !== null ? [each.value] : []));
    const failed = all.find((each) => each.status === 'rejected' && readingErrorOf(each.reason).kind !== 'denied');
    if (failed?.status === 'rejected') throw failed.reason as unknown;
    const held = found.filter(({ isHeld }) => isHeld);
    if (held.length > 1)
      throw new ReadingRefused(
        failure('skipped', say`the cluster stands in Endpoints and in ConfigMaps, and both are led`),
      );
    const [first] = held.length > 0 ? held : found;
    if (first !== undefined) return first;
    const denied = all.find((each) => each.status === 'rejected');
    if (denied?.status === 'rejected') throw denied.reason as unknown;
    return null;
  }

  /** null: the cluster does not stand there. */
  async #readStore(place: Place, store: Store): Promise<Found | null> {
    const objects: Partial<Record<Part, KubeObject>> = {};
    for (const [part, object] of await Promise.all(PARTS.map((part) => this.#readPart(place, store, part))))
      if (object !== null) objects[part] = object;
    if (!isCluster(objects.config)) return null;
    const claim = claimOf(objects.leader);
    const { aheadMs } = this.#api;
    const renewedAt = objects.leader?.renewedAt ?? null;
    // Without the server's word a holder is believed: then nobody is taken for gone who lives.
    const isExpired =
      claim !== null &&
      aheadMs !== null &&
      renewedAt !== null &&
      Date.now() + aheadMs - renewedAt > claim.ttlSeconds * 1000 + GRAIN_MS;
    return { ...place, store, objects, isHeld: claim !== null && !isExpired };
  }

  async #readPart({ namespace, base }: Place, store: Store, part: Part): Promise<readonly [Part, KubeObject | null]> {
    try {
      const answer = await this.#api.get(pathOf(store, namespace, nameOf(store, base, part)), { ms: DEADLINE_MS });
      return [part, parseKubeObject(store, answer.body)];
    } catch (error) {
      if (isNotFound(error)) return [part, null];
      throw error;
    }
  }

  #write(found: Found, key: WritableKey, value: string): Promise<Answer> {
    const { store, namespace, base, objects } = found;
    const name = nameOf(store, base, key);
    const seen = objects[key];
    const annotations = key === 'config' ? { config: value } : annotationsOf(value);
    if (seen !== undefined) {
      const metadata = { resourceVersion: seen.version, ...(seen.uid === '' ? {} : { uid: seen.uid }), annotations };
      const path = `${pathOf(store, namespace, name)}?${MANAGER}`;
      return this.#api.change('PATCH', path, { ms: DEADLINE_MS, type: MERGE, body: { metadata } });
    }
    // Patroni finds its objects by their labels alone.
    const labels = objects.config?.labels ?? {};
    const set = Object.fromEntries(Object.entries(annotations).filter(([, text]) => text !== null));
    const body = {
      apiVersion: 'v1',
      kind: store === 'endpoints' ? 'Endpoints' : 'ConfigMap',
      metadata: { name, namespace, labels, annotations: set },
    };
    return this.#api.change('POST', `${pathOf(store, namespace)}?${MANAGER}`, { ms: DEADLINE_MS, body });
  }
}

const GRAIN_MS = 2000;

/** What stands there and is not asked for is taken away, as `manual_failover` of Patroni does. */
function annotationsOf(value: string): Readonly<Record<string, string | null>> {
  const request = parseObject(value) ?? {};
  return Object.fromEntries(['leader', 'member', 'scheduled_at'].map((key) => [key, text(request[key])]));
}

function keysOf({ objects, isHeld }: Found): CurrentKeys {
  const { leader, config, failover, sync } = objects;
  const key = (object: KubeObject | undefined, value: string | undefined): CurrentKey | null =>
    object === undefined || value === undefined ? null : { value, version: object.version };
  return {
    leader:
      leader === undefined || !isHeld
        ? null
        : { value: leader.annotations.leader ?? '', version: leaderVersion(leader) },
    config: key(config, config?.annotations.config),
    failover: key(failover, failover && failoverOf(failover)),
    sync: key(sync, sync && syncOf(sync)),
  };
}

/** Another one wrote it, made it or removed it since it was read. */
function hasChanged(error: unknown): boolean {
  return isNotFound(error) || (error instanceof Refused && (error.status === 409 || error.reason === 'Conflict'));
}

/** Nothing was written: refused by rights or limits, or never sent. Everything else may have been written. */
function isCertain(error: unknown, { kind }: ReadingError): boolean {
  if (error instanceof Refused) return error.status < 500;
  return kind === 'refused' || kind === 'unreachable' || kind === 'tls' || kind === 'auth';
}
