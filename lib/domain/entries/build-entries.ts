// What the doors said in, `Entry[]` out: which member is behind each, by whatever the door tells (identity, then address, then name), and
// what that is worth. What a door was before is remembered here alone. Pure; nothing here judges, findings/entries.ts and pools.ts do.

import type { Cluster } from '../cluster';
import { leaderOf } from '../members';
import { seen } from '../observation';
import type { EntryAnswer, RawEntry, RawObservation } from '../raw';
import { failure } from '../reading-failure';
import { type HaproxyStatus, parseHaproxyStatus } from '../wire/haproxy';
import { once } from '../wire/loose';
import { type PgbouncerStatus, parsePgbouncerStatus } from '../wire/pgbouncer';
import { addressListener } from './address';
import type { Draft, EntryContext } from './draft';
import type { Entry, EntryListener, EntryVerdict } from './entry';
import { haproxyListeners } from './haproxy';
import { pgbouncerListeners } from './pgbouncer';

type Parsed =
  | { readonly kind: 'haproxy'; readonly status: HaproxyStatus }
  | { readonly kind: 'pgbouncer'; readonly status: PgbouncerStatus }
  | Extract<EntryAnswer, { readonly kind: 'address' }>;

const LISTENERS_MAX = 50;
const TURNS_MS = 60_000;
const TURNS_MAX = 4;
/** So many turns within a minute are no switchover. */
const FLAPPING = 3;

const parse = once((answer: EntryAnswer): Parsed | null => {
  if (answer.kind === 'address') return answer;
  if (answer.kind === 'pgbouncer') return { kind: 'pgbouncer', status: parsePgbouncerStatus(answer) };
  const status = parseHaproxyStatus(answer);
  return status === null ? null : { kind: 'haproxy', status };
});

export function buildEntries(raw: RawObservation, cluster: Cluster, before: Cluster | null): readonly Entry[] {
  const known = new Map(before?.entries?.map((entry) => [entry.name, entry]));
  return (raw.entries ?? []).map((entry) => buildEntry(entry, raw, cluster, known.get(entry.name) ?? null));
}

function buildEntry(raw: RawEntry, observation: RawObservation, cluster: Cluster, before: Entry | null): Entry {
  const { now } = observation;
  const limitMs = Math.max(observation.staleAfterMs, 2 * raw.everyMs + 1000);
  const said = seen({ now, staleAfterMs: limitMs }, raw.answer, parse, () => failure('malformed'));
  const context: EntryContext = {
    cluster,
    leader: cluster.leader?.known === true ? leaderOf(cluster) : null,
    raw,
    now,
    before,
    listenerBefore: (name) => before?.listeners.find((listener) => listener.name === name) ?? null,
  };
  const drafts = said.value === null ? null : draftsOf(said.value, said.at ?? now, context);
  const listeners = (drafts ?? before?.listeners ?? []).slice(0, LISTENERS_MAX);
  return {
    name: raw.name,
    kind: raw.kind,
    address: raw.address,
    version: said.value !== null && 'status' in said.value ? said.value.status.version : null,
    witness: said.state,
    limitMs,
    listeners: listeners.map((listener) =>
      remembered(said.live ? listener : { ...listener, verdict: 'unseen' }, context),
    ),
  };
}

/** null: nothing of it counts, as while an old process drains. */
function draftsOf(said: Parsed, at: number, context: EntryContext): readonly Draft[] | null {
  switch (said.kind) {
    case 'haproxy':
      return said.status.stopping ? null : haproxyListeners(said.status, at, context);
    case 'pgbouncer':
      return pgbouncerListeners(said.status, context);
    case 'address':
      return [addressListener(said.probes, context)];
  }
}

const ALONE: readonly EntryVerdict[] = ['leader', 'replica', 'stray_primary', 'replicas'];

function remembered(draft: Draft, { listenerBefore, raw, now }: EntryContext): EntryListener {
  const before = listenerBefore(draft.name);
  const [only] = ALONE.includes(draft.verdict) && draft.members.length === 1 ? draft.members : [];
  const led = only === undefined || only === before?.led?.member ? (before?.led ?? null) : { member: only, since: now };
  const first = only !== undefined && before?.led == null ? { member: only, since: now } : led;
  const turned = led !== null && before?.led != null && led.member !== before.led.member;
  const turnedAt = [...(before?.turnedAt ?? []).filter((at) => now - at <= TURNS_MS), ...(turned ? [now] : [])].slice(
    -TURNS_MAX,
  );
  const flaps = raw.kind === 'address' && turnedAt.length >= FLAPPING && only !== undefined;
  const other = before?.members.find((name) => name !== only) ?? before?.led?.member;
  const listener: Draft = flaps
    ? { ...draft, verdict: 'several', members: [...new Set([only, ...(other === undefined ? [] : [other])])].sort() }
    : draft;
  const isSame =
    before !== null &&
    before.verdict === listener.verdict &&
    before.members.join() === listener.members.join() &&
    before.purpose === listener.purpose;
  const checked = new Map(before?.servers.map((server) => [server.name, server]));
  const servers = listener.servers.map((server) => {
    const was = checked.get(server.name);
    return { ...server, checkSince: was?.check === server.check ? was.checkSince : now };
  });
  return { ...listener, servers, led: first, turnedAt, since: isSame ? before.since : now };
}
