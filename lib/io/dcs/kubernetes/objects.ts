// What Patroni keeps in Kubernetes, read from the metadata of its objects: which scopes there are, and their keys as they would stand
// in etcd. Names and words as patroni/dcs/kubernetes.py v4.1.4 writes them. No clock and no socket.
import type { ConfigOwner } from '../../../domain/raw';
import { isObject, type JsonObject, list, parseObject, positiveWhole, text } from '../../../domain/wire/loose';
import type { KeyEvent } from '../view';
import type { Resource } from './api';

/** Where Patroni keeps a cluster: `use_endpoints` of its own settings. */
export type Store = Exclude<Resource, 'pods'>;
export const STORES: readonly Store[] = ['configmaps', 'endpoints'];

export interface KubeObject {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Its resourceVersion. */
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that Patroni writes. */
  readonly annotations: Readonly<Record<string, string>>;
  /** When it was made, in ms as a text; '0': not known. */
  readonly created: string;
  /** When the lock was renewed last, by the API server's own clock; null: no lock, or not known. */
  readonly renewedAt: number | null;
}

const KEPT: readonly string[] = [
  'leader',
  'acquireTime',
  'renewTime',
  'ttl',
  'transitions',
  'optime',
  'slots',
  'retain_slots',
  'failsafe',
  'config',
  'history',
  'initialize',
  'member',
  'scheduled_at',
  'sync_standby',
  'quorum',
  'status',
];
const LABELS_MAX = 64;
const SUFFIX = /-(?:config|leader|failover|sync)$/;

/** null: nothing that Patroni wrote. */
export function parseKubeObject(resource: Resource, value: unknown): KubeObject | null {
  const metadata = isObject(value) && isObject(value.metadata) ? value.metadata : null;
  const name = text(metadata?.name);
  const namespace = text(metadata?.namespace);
  const version = text(metadata?.resourceVersion);
  if (metadata === null || name === null || namespace === null || version === null || !/^\d{1,40}$/.test(version))
    return null;
  const all = isObject(metadata.annotations) ? metadata.annotations : {};
  const annotations = texts(Object.entries(all).filter(([key]) => KEPT.includes(key)));
  const isEmpty = Object.keys(annotations).length === 0;
  // A request that was taken back leaves an object without annotations; others of such a name are somebody else's.
  if (resource === 'pods' ? annotations.status === undefined : isEmpty && !/-(?:failover|sync)$/.test(name))
    return null;
  return {
    resource,
    namespace,
    name,
    uid: text(metadata.uid) ?? '',
    version,
    labels: texts(Object.entries(isObject(metadata.labels) ? metadata.labels : {}).slice(0, LABELS_MAX)),
    annotations,
    created: String(Date.parse(text(metadata.creationTimestamp) ?? '') || 0),
    renewedAt: annotations.ttl === undefined ? null : renewedAt(metadata),
  };
}

/** Of what is kept of it. Kubernetes takes no more than 256 KiB of annotations. */
export function sizeOf({ labels, annotations, name }: KubeObject): number {
  let characters = name.length;
  for (const record of [labels, annotations])
    for (const [key, value] of Object.entries(record)) characters += key.length + value.length;
  return characters;
}

function texts(entries: readonly (readonly [string, unknown])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** `managedFields` says who wrote which annotation when: the server's clock, not that of the node. */
function renewedAt(metadata: JsonObject): number | null {
  const times = list(metadata.managedFields).flatMap((entry) => {
    if (!isObject(entry) || !JSON.stringify(entry.fieldsV1 ?? null).includes('"f:renewTime"')) return [];
    const at = Date.parse(text(entry.time) ?? '');
    return Number.isNaN(at) ? [] : [at];
  });
  return times.length === 0 ? null : Math.max(...times);
}

/** The scope that an object may belong to, by its name: as Patroni puts names together. */
export function basesOf({ name }: Pick<KubeObject, 'name'>): readonly string[] {
  return SUFFIX.test(name) ? [name, name.replace(SUFFIX, '')] : [name];
}

export type Part = 'leader' | 'config' | 'failover' | 'sync';

export function nameOf(store: Store, base: string, part: Part): string {
  return part === 'leader' && store === 'endpoints' ? base : `${base}-${part}`;
}

/** A cluster is there where its `-config` object was initialized or has a configuration. */
export function isCluster(config: KubeObject | undefined): config is KubeObject {
  return config?.annotations.initialize !== undefined || config?.annotations.config !== undefined;
}

/** Citus: the objects of group 0 of `demo` are `demo-0-...`, their scope label still says `demo`. */
export function patroniScopeOf(base: string, { labels }: KubeObject): string {
  const group = labels['citus-group'];
  return group !== undefined && /^\d{1,9}$/.test(group) && base.endsWith(`-${group}`)
    ? `${base.slice(0, -group.length - 1)}/${group}`
    : base;
}

/** Labels that are known to hold the scope, the likeliest first. */
const SCOPE_LABELS: readonly string[] = [
  'cluster-name',
  'postgres-operator.crunchydata.com/patroni',
  'stackgres.io/cluster-scope',
  'version',
];

/** null: none holds it. `wanted`: as it was configured. */
export function scopeLabelOf(scope: string, { labels }: KubeObject, wanted: string | null): string | null {
  const plain = scope.replace(/\/\d+$/, '');
  const known = wanted === null ? [...SCOPE_LABELS, ...Object.keys(labels)] : [wanted];
  return known.find((label) => labels[label] === plain) ?? null;
}

/** Who writes its own document over the configuration that Patroni keeps; null: nobody known. */
export function configOwnerOf(labels: Readonly<Record<string, string>>): ConfigOwner | null {
  const begins = (prefix: string): boolean => Object.keys(labels).some((label) => label.startsWith(prefix));
  // Rebuilt whole with each reconcile: postgres-operator v5 and what was made of it.
  if (begins('pgv2.percona.com/')) return { name: 'Percona Operator for PostgreSQL', rewrites: 'all' };
  if (begins('postgres-operator.crunchydata.com/')) return { name: 'Crunchy Postgres for Kubernetes', rewrites: 'all' };
  if (begins('stackgres.io/')) return { name: 'StackGres', rewrites: 'some' };
  // Spilo without the operator has no team.
  if (labels.application === 'spilo' && labels['cluster-name'] !== undefined && labels.team !== undefined)
    return { name: 'Zalando postgres-operator', rewrites: 'some' };
  return null;
}

/** What a lock says, as Patroni compares it: as long as this is another each time, its holder lives. */
export interface Claim {
  readonly holder: string;
  readonly ttlSeconds: number;
  readonly record: string;
}

const TTL_DEFAULT = 30;

/** null: nobody holds it. */
export function claimOf(leader: KubeObject | undefined): Claim | null {
  const annotations = leader?.annotations ?? {};
  const holder = annotations.leader ?? '';
  const { acquireTime, ttl, renewTime, transitions } = annotations;
  // The objects of a request and of /sync name a leader as well.
  if (holder === '' || renewTime === undefined) return null;
  return {
    holder,
    ttlSeconds: positiveWhole(Number(ttl)) ?? TTL_DEFAULT,
    record: JSON.stringify([holder, acquireTime, ttl, renewTime, transitions]),
  };
}

/** Another one with each change of the holder and with none of its renewals. */
export function leaderVersion({ annotations, version }: KubeObject): string {
  const { transitions = '', acquireTime = '' } = annotations;
  const acquired = Date.parse(acquireTime);
  return /^\d{1,20}$/.test(transitions) && acquired >= 0 ? `${transitions}:${acquired}` : version;
}

export interface ScopeObjects {
  readonly leader: KubeObject | undefined;
  readonly config: KubeObject;
  readonly failover: KubeObject | undefined;
  readonly sync: KubeObject | undefined;
  readonly pods: readonly KubeObject[];
}

/** Below one scope as below the namespace of etcd. `owner`: of the lock; null: it has expired. */
export function keysOf(objects: ScopeObjects, owner: string | null): readonly KeyEvent[] {
  const { leader, config, failover, sync, pods } = objects;
  const keys: KeyEvent[] = [];
  const put = (key: string, value: string | undefined, of: KubeObject, more: Partial<KeyEvent> = {}): void => {
    const { version, created } = of;
    if (value !== undefined)
      keys.push({ type: 'put', key: PLACE + key, value, version, created, owner: null, ...more });
  };
  for (const key of ['config', 'history', 'initialize'] as const) put(key, config.annotations[key], config);
  if (leader !== undefined) {
    const version = leaderVersion(leader);
    if (owner !== null) put('leader', leader.annotations.leader, leader, { version, created: version, owner });
    put('status', statusOf(leader), leader);
    put('failsafe', leader.annotations.failsafe, leader);
  }
  if (failover !== undefined) put('failover', failoverOf(failover), failover);
  if (sync !== undefined) put('sync', syncOf(sync), sync);
  // It goes with the pod, and stays as it is while the pod is dead.
  for (const pod of pods) put(`members/${pod.name}`, pod.annotations.status, pod, { owner: pod.uid });
  return keys;
}

/** Each scope has a view of its own, in which it stands below this. */
export const VIEW = { namespace: '/', scope: 'scope' } as const;
const PLACE = `${VIEW.namespace}${VIEW.scope}/`;

export function failoverOf({ annotations }: KubeObject): string {
  return JSON.stringify(pick(annotations, 'leader', 'member', 'scheduled_at'));
}

export function syncOf({ annotations }: KubeObject): string {
  const { quorum } = annotations;
  return JSON.stringify({
    ...pick(annotations, 'leader', 'sync_standby'),
    ...(quorum === undefined ? {} : { quorum: /^\d{1,9}$/.test(quorum) ? Number(quorum) : quorum }),
  });
}

/** The position as it is written: it may be longer than a number of JavaScript. */
function statusOf({ annotations }: KubeObject): string | undefined {
  const { optime, slots, retain_slots: retained } = annotations;
  const parts = [
    ...(optime !== undefined && /^\d{1,20}$/.test(optime) ? [`"optime":${optime}`] : []),
    ...(slots !== undefined && parseObject(slots) !== null ? [`"slots":${slots}`] : []),
    ...(retained !== undefined && isJson(retained) ? [`"retain_slots":${retained}`] : []),
  ];
  return parts.length === 0 ? undefined : `{${parts.join(',')}}`;
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function pick(from: Readonly<Record<string, string>>, ...keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));
}
