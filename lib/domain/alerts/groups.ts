// Who is told what, and when: one incident of a cluster is one group, and a group speaks when something begins, gets worse, is
// over, or has lasted for long. Pure. What appears and vanishes while leadership changes is never told; what is left then is
// told together.
import type { Text } from '../../language/sentence';
import type { FindingCode } from '../cluster';
import { type AlertSeverity, bySeverity, worse } from '../severity';
import type { Alert, AlertRule, Silence } from './alert';
import type { Group, ScopeState, Tracked } from './engine';
import { silencesOf } from './silence';

export interface TellingSettings {
  /** After the first alert of a group, for what belongs to it. */
  readonly groupWaitSeconds: number;
  /** Between two messages of one group, except where something critical is new. */
  readonly groupIntervalSeconds: number;
  /** Again after this long without an end; null: never. */
  readonly repeatSeconds: Readonly<Record<AlertSeverity, number | null>>;
}

export const DEFAULT_TELLING: TellingSettings = {
  groupWaitSeconds: 10,
  groupIntervalSeconds: 60,
  repeatSeconds: { critical: 4 * 3600, warning: 24 * 3600, note: null },
};

export type TellingReason = 'new' | 'worse' | 'still' | 'over' | 'test';

/** What one receiver is told: by its own routes only. */
export interface Telling {
  readonly receiver: string;
  /** The same for all receivers of one message. */
  readonly id: string;
  readonly group: string;
  readonly scope: string;
  readonly reason: TellingReason;
  readonly at: number;
  readonly openedAt: number;
  /** Firing ones worst first, then what is over and was told before. */
  readonly alerts: readonly Alert[];
  /** One trouble of several clusters: `scope` is empty then. Absent: of one cluster, or of Howdah itself. */
  readonly shared?: {
    /** null: it is over. */
    readonly title: Text | null;
    readonly text: Text | null;
    readonly scopes: readonly string[];
  };
}

/** A switchover that hangs is news too. */
const HOLD_MS = 90_000;
/** Never normal, also not for a moment. */
const NEVER_HELD: ReadonlySet<FindingCode | null> = new Set<FindingCode | null>(['multiple_primaries']);

export interface Decision {
  readonly state: ScopeState;
  readonly tellings: readonly Telling[];
}

export interface Audience {
  /** Names of the receivers that there are. */
  readonly receivers: readonly string[];
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly silences: readonly Silence[];
  readonly settings: TellingSettings;
}

export function decideScope(before: ScopeState, audience: Audience, now: number): Decision {
  const state = withOwed(withSilences(before, audience, now), audience);
  const { group } = state;
  if (group === null) return { state, tellings: [] };
  const ofGroup = state.tracked.filter(({ alert }) => alert.group === group.id);
  const firing = ofGroup.filter(({ alert }) => alert.state === 'firing');
  // What is routed to nobody must not keep the others waiting.
  const members = ofGroup.filter(({ alert }) => audience.receivers.some((name) => isFor(name, alert, audience.rules)));
  const isHeld = state.changing !== null && now - state.changing.since < HOLD_MS;
  const reason = reasonOf(isHeld, group, members, audience.settings, now);
  const tellings = audience.receivers.flatMap((receiver): readonly Telling[] => {
    const own = ofGroup.filter((entry) => isFor(receiver, entry.alert, audience.rules) || owesEnd(entry, receiver));
    const begins = reason !== null && own.some((entry) => isCause(entry, reason, audience.settings, now));
    const ends =
      !isHeld && own.every(({ alert }) => alert.state !== 'firing') && own.some((entry) => owesEnd(entry, receiver));
    if (begins) return [tellingOf(state.scope, group, receiver, reason, own, now)];
    return ends ? [tellingOf(state.scope, group, receiver, 'over', own, now)] : [];
  });
  const tracked =
    tellings.length === 0 ? state.tracked : state.tracked.map((entry) => told(entry, tellings, audience, now));
  const owes = tracked.some(
    (entry) => entry.alert.group === group.id && audience.receivers.some((name) => owesEnd(entry, name)),
  );
  const closes = firing.length === 0 && !owes;
  if (tellings.length === 0) return { state: closes ? { ...state, group: null } : state, tellings };
  // An end puts nothing new off.
  const toldAt = reason === null ? group.toldAt : now;
  const next = closes ? null : { ...group, count: group.count + 1, toldAt };
  return { state: { ...state, tracked, group: next }, tellings };
}

const isQuiet = ({ alert }: Tracked): boolean => alert.silencedBy.length > 0;
const isThere = (entry: Tracked): boolean => entry.alert.state === 'firing' && entry.absentSince === null;
const owesEnd = (entry: Tracked, receiver: string): boolean =>
  entry.alert.state === 'resolved' && !isQuiet(entry) && entry.owed?.includes(receiver) === true;
const isNew = (entry: Tracked): boolean => isThere(entry) && !isQuiet(entry) && entry.toldSeverity === null;
const isWorse = (entry: Tracked): boolean =>
  isThere(entry) &&
  !isQuiet(entry) &&
  entry.toldSeverity !== null &&
  bySeverity(entry.alert.severity, entry.toldSeverity) < 0;

function isDue(entry: Tracked, settings: TellingSettings, now: number): boolean {
  const seconds = settings.repeatSeconds[entry.alert.severity];
  const toldAt = entry.alert.toldAt;
  const open = isThere(entry) && !isQuiet(entry) && entry.alert.acknowledged === null;
  return open && entry.toldSeverity !== null && seconds !== null && toldAt !== null && now - toldAt >= seconds * 1000;
}

function isCause(entry: Tracked, reason: 'new' | 'worse' | 'still', settings: TellingSettings, now: number): boolean {
  return reason === 'still' ? isDue(entry, settings, now) : isNew(entry) || isWorse(entry);
}

/** null: nothing to say now, except to whom it is over. */
function reasonOf(
  isHeld: boolean,
  group: Group,
  members: readonly Tracked[],
  settings: TellingSettings,
  now: number,
): 'new' | 'worse' | 'still' | null {
  const fresh = members.filter(isNew);
  const worse = members.filter(isWorse);
  if (isHeld && !fresh.some(({ alert }) => NEVER_HELD.has(alert.code))) return null;
  if (fresh.length > 0 || worse.length > 0) {
    const urgent = [...fresh, ...worse].some(({ alert }) => alert.severity === 'critical');
    const began = Math.min(...fresh.map(({ alert }) => alert.firedAt ?? now), ...worse.map(() => now));
    const waited = worse.length > 0 || now - began >= settings.groupWaitSeconds * 1000;
    const spaced = group.toldAt === null || urgent || now - group.toldAt >= settings.groupIntervalSeconds * 1000;
    if (waited && spaced) return worse.length > 0 ? 'worse' : 'new';
    return null;
  }
  return members.some((entry) => isDue(entry, settings, now)) ? 'still' : null;
}

function tellingOf(
  scope: string,
  group: Group,
  receiver: string,
  reason: TellingReason,
  own: readonly Tracked[],
  now: number,
): Telling {
  const there = own.filter((entry) => isThere(entry) && !isQuiet(entry)).sort(byWorst);
  const over = own.filter((entry) => owesEnd(entry, receiver));
  const alerts = [...there, ...over].map(({ alert }) => ({ ...alert, toldAt: now }));
  const id = `${group.id}-${group.count + 1}`;
  return { receiver, id, group: group.id, scope, reason, at: now, openedAt: group.openedAt, alerts };
}

/** Is this receiver told of it? Not by itself that it is dead. */
export function isFor(receiver: string, alert: Alert, rules: ReadonlyMap<string, AlertRule>): boolean {
  if (alert.rule === RECEIVER_RULE) return alert.key !== receiver;
  const named = rules.get(alert.rule)?.receivers ?? null;
  return named === null || named.includes(receiver);
}

/** Rules of Howdah itself; their alerts have the empty scope. A receiver does not work: */
export const RECEIVER_RULE = 'receiver-failing';
/** Somebody came in by the break-glass account, or did without the second person: */
export const GLASS_RULE = 'break-glass';
/** Many wrong passwords, codes or tokens, or requests that were refused, in a short time. */
export const REFUSED_RULE = 'many-refused';
/** The record of what was done was changed, and nobody has acknowledged it: */
export const RECORD_RULE = 'audit-record';
/** Somebody who is told the journal does not get it: */
export const STREAM_RULE = 'audit-stream';
export const OWN_RULES: readonly string[] = [RECEIVER_RULE, GLASS_RULE, REFUSED_RULE, RECORD_RULE, STREAM_RULE];

function byWorst(a: Tracked, b: Tracked): number {
  return bySeverity(a.alert.severity, b.alert.severity) || a.alert.since - b.alert.since;
}

/** Marked is what was told, for those who were: the others are still owed their word. */
function told(entry: Tracked, tellings: readonly Telling[], { receivers, rules }: Audience, now: number): Tracked {
  const { alert } = entry;
  const to = tellings.filter(({ alerts }) => alerts.some(({ id }) => id === alert.id)).map(({ receiver }) => receiver);
  if (to.length === 0) return entry;
  const before = entry.owed ?? [];
  if (alert.state === 'resolved') {
    const owed = before.filter((name) => !to.includes(name));
    return { ...entry, owed, toldOver: !owed.some((name) => receivers.includes(name)) };
  }
  const owed = [...before, ...to.filter((name) => !before.includes(name))];
  // Where it was only mentioned to some, the others' repeat is due when it was.
  const all = receivers.every((name) => to.includes(name) || !isFor(name, alert, rules));
  const toldAt = all ? now : (alert.toldAt ?? now);
  return {
    ...entry,
    owed,
    toldSeverity: worse(entry.toldSeverity ?? alert.severity, alert.severity),
    alert: { ...alert, toldAt },
  };
}

function withOwed(state: ScopeState, { receivers, rules }: Audience): ScopeState {
  if (state.tracked.every(({ owed }) => owed !== null)) return state;
  const tracked = state.tracked.map((entry): Tracked => {
    if (entry.owed !== null) return entry;
    const wasTold = entry.toldSeverity !== null && !entry.toldOver;
    return { ...entry, owed: wasTold ? receivers.filter((name) => isFor(name, entry.alert, rules)) : [] };
  });
  return { ...state, tracked };
}

function withSilences(state: ScopeState, { silences }: Audience, now: number): ScopeState {
  let changed = false;
  const tracked = state.tracked.map((entry) => {
    if (entry.alert.state === 'resolved' && entry.toldOver) return entry;
    const silencedBy = silencesOf(entry.alert, entry.labels, silences, now);
    if (silencedBy.join() === entry.alert.silencedBy.join()) return entry;
    changed = true;
    return { ...entry, alert: { ...entry.alert, silencedBy } };
  });
  return changed ? { ...state, tracked } : state;
}
