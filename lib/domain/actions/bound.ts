// What a decision was made on, and whether it still holds. A preflight binds the snapshot it judged; execution binds the
// newest one and refuses when the two differ. The token is readable on purpose: it protects from acting on an old picture,
// not from a person. Pure.

import { joinNames } from '../../language/quantity';
import { isSentence, say, type Text } from '../../language/sentence';
import type { Cluster, Snapshot } from '../cluster';
import { field, isObject, list, parseObject, text, wholeNumber } from '../wire/loose';
import type { Bound } from './action';

export function bind(snapshot: Snapshot): Bound {
  const { cluster } = snapshot;
  const revisions = cluster.dcs?.state === 'fresh' ? cluster.dcs.keyRevisions : null;
  return {
    scope: snapshot.scope,
    source: snapshot.source,
    systemIdentifier: cluster.systemIdentifier,
    leader: cluster.leader?.known === true ? cluster.leader.name : null,
    timeline: cluster.timeline,
    failoverRevision: revisions?.failover ?? null,
    syncRevision: revisions?.sync ?? null,
    configRevision: revisions?.config ?? null,
    configDigest: digestOfConfig(cluster),
    members: cluster.members
      .filter((member) => member.listed)
      .map((member) => member.name)
      .sort(),
  };
}

/** What changed from one to the other, one sentence each; empty: the decision still holds. */
export function changesOf(then: Bound, now: Bound): readonly Text[] {
  const changes: Text[] = [];
  if (then.scope !== now.scope) changes.push(say`the cluster was ${then.scope}, now it is ${now.scope}`);
  if (then.source !== now.source || differ(then.systemIdentifier, now.systemIdentifier))
    changes.push(say`${now.scope} is now another cluster with that name`);
  if (then.leader !== now.leader)
    changes.push(
      then.leader == null
        ? now.leader == null
          ? say`there was no leader and there is none now`
          : say`there was no leader, now it is ${now.leader}`
        : now.leader == null
          ? say`the leader was ${then.leader}, now there is none`
          : say`the leader was ${then.leader}, now it is ${now.leader}`,
    );
  if (then.timeline !== now.timeline)
    changes.push(
      then.timeline == null
        ? now.timeline == null
          ? say`the timeline was unknown and still is`
          : say`the timeline was unknown, now it is ${now.timeline}`
        : now.timeline == null
          ? say`the timeline was ${then.timeline}, now it is unknown`
          : say`the timeline was ${then.timeline}, now it is ${now.timeline}`,
    );
  if (then.failoverRevision !== now.failoverRevision)
    changes.push(revisionChange('/failover', then.failoverRevision, now.failoverRevision));
  if (then.syncRevision !== now.syncRevision)
    changes.push(revisionChange('/sync', then.syncRevision, now.syncRevision));
  if (then.configRevision !== now.configRevision)
    changes.push(revisionChange(say`the configuration`, then.configRevision, now.configRevision));
  else if (then.configRevision === null && then.configDigest !== now.configDigest)
    changes.push(say`the configuration changed`);
  const gone = then.members.filter((name) => !now.members.includes(name));
  const come = now.members.filter((name) => !then.members.includes(name));
  if (gone.length > 0) changes.push(say`${joinNames(gone)} left the cluster`);
  if (come.length > 0) changes.push(say`${joinNames(come)} joined the cluster`);
  return changes;
}

/** Not known is no difference. */
export function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function revisionChange(what: Text, then: string | null, now: string | null): Text {
  const words = (revision: string | null): Text =>
    revision === null ? say`not readable in the DCS` : revision === '0' ? say`absent` : say`at revision ${revision}`;
  return say`${what} was ${words(then)}, now it is ${words(now)}`;
}

/** URL-safe text; `parseToken` reads it back. */
export function formatToken(bound: Bound): string {
  const bytes = new TextEncoder().encode(JSON.stringify(bound));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** null: not a token. */
export function parseToken(token: string): Bound | null {
  let json: ReturnType<typeof parseObject>;
  try {
    const raw = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
    json = parseObject(new TextDecoder().decode(Uint8Array.from(raw, (char) => char.charCodeAt(0))));
  } catch {
    return null;
  }
  const scope = text(field(json, 'scope'));
  if (json === null || scope === null || !Array.isArray(json.members)) return null;
  return {
    scope,
    source: text(json.source) ?? '',
    systemIdentifier: text(json.systemIdentifier),
    leader: text(json.leader),
    timeline: wholeNumber(json.timeline),
    failoverRevision: text(json.failoverRevision),
    syncRevision: text(json.syncRevision),
    configRevision: text(json.configRevision),
    configDigest: text(json.configDigest),
    members: list(json.members).map(String),
  };
}

function digestOfConfig({ config }: Cluster): string | null {
  return config === null ? null : digestOf(config.value);
}

/** Tells two documents apart, whatever the order of their keys; guards nothing. */
export function digestOf(value: unknown): string {
  return digest(canonical(value));
}

/** The same text for the same content, whatever the order of keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  // A sentence counts as its English.
  if (!isObject(value) || isSentence(value)) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`)
    .join(',')}}`;
}

/** 53-bit hash (cyrb53's construction): tells two documents apart, guards nothing. */
function digest(value: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < value.length; index += 1) {
    const char = value.charCodeAt(index);
    a = Math.imul(a ^ char, 2654435761);
    b = Math.imul(b ^ char, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}
