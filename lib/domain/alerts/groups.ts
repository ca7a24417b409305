// Who is told what, and when: one incident of a cluster is one group, and a group speaks when something begins, gets worse, is
// over, or has lasted for long. Pure. What appears and vanishes while leadership changes is never told; what is left then is
// told together.
import type { FindingCode } from '../cluster';
import type { Alert, AlertRule, AlertSeverity, Silence } from './alert';
import type { Group, ScopeState, Tracked } from './engine';
import { rankSeverity } from './rules';
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
  const state = withSilences(before, audience, now);
  const { group } = state;
  if (group === null) return { state, tellings: [] };
  const ofGroup = state.tracked.filter(({ alert }) => alert.group === group.id);
  const firing = ofGroup.filter(({ alert }) => alert.state === 'firing');
  // What is routed to nobody must not keep the others waiting.
  const members = ofGroup.filter(({ alert }) => audience.receivers.some((name) => isFor(name, alert, audience.rules)));
  const reason = reasonOf(state, group, members, firing, audience.settings, now);
  const tellings = reason === null ? [] : addressed(state, group, reason, audience, now);
  const closes = firing.length === 0 && (reason === 'over' || !members.some(owesEnd));
  if (tellings.length === 0) return { state: closes ? { ...state, group: null } : state, tellings };
  const tracked = state.tracked.map((entry) => (members.includes(entry) ? told(entry, now) : entry));
  const next = closes ? null : { ...group, count: group.count + 1, toldAt: now };
  return { state: { ...state, tracked, group: next }, tellings };
}

const isQuiet = ({ alert }: Tracked): boolean => alert.silencedBy.length > 0;
const isThere = (entry: Tracked): boolean => entry.alert.state === 'firing' && entry.absentSince === null;
const owesEnd = (entry: Tracked): boolean =>
  entry.alert.state === 'resolved' && entry.toldSeverity !== null && !entry.toldOver && !isQuiet(entry);
const isNew = (entry: Tracked): boolean => isThere(entry) && !isQuiet(entry) && entry.toldSeverity === null;
const isWorse = (entry: Tracked): boolean =>
  isThere(entry) &&
  !isQuiet(entry) &&
  entry.toldSeverity !== null &&
  rankSeverity(entry.alert.severity) > rankSeverity(entry.toldSeverity);

function isDue(entry: Tracked, settings: TellingSettings, now: number): boolean {
  const seconds = settings.repeatSeconds[entry.alert.severity];
  const toldAt = entry.alert.toldAt;
  const open = isThere(entry) && !isQuiet(entry) && entry.alert.acknowledged === null;
  return open && entry.toldSeverity !== null && seconds !== null && toldAt !== null && now - toldAt >= seconds * 1000;
}

/** null: nothing to say now. */
function reasonOf(
  state: ScopeState,
  group: Group,
  members: readonly Tracked[],
  firing: readonly Tracked[],
  settings: TellingSettings,
  now: number,
): TellingReason | null {
  const fresh = members.filter(isNew);
  const worse = members.filter(isWorse);
  const held = state.changing !== null && now - state.changing.since < HOLD_MS;
  if (held && !fresh.some(({ alert }) => NEVER_HELD.has(alert.code))) return null;
  if (fresh.length > 0 || worse.length > 0) {
    const urgent = [...fresh, ...worse].some(({ alert }) => alert.severity === 'critical');
    const began = Math.min(...fresh.map(({ alert }) => alert.firedAt ?? now), ...worse.map(() => now));
    const waited = worse.length > 0 || now - began >= settings.groupWaitSeconds * 1000;
    const spaced = group.toldAt === null || urgent || now - group.toldAt >= settings.groupIntervalSeconds * 1000;
    if (waited && spaced) return worse.length > 0 ? 'worse' : 'new';
    return null;
  }
  if (firing.length === 0) return members.some(owesEnd) ? 'over' : null;
  return members.some((entry) => isDue(entry, settings, now)) ? 'still' : null;
}

function addressed(
  state: ScopeState,
  group: Group,
  reason: TellingReason,
  { receivers, rules, settings }: Audience,
  now: number,
): readonly Telling[] {
  const members = state.tracked.filter((entry) => entry.alert.group === group.id && !isQuiet(entry));
  const cause = (entry: Tracked): boolean => {
    switch (reason) {
      case 'new':
      case 'worse':
        return isNew(entry) || isWorse(entry);
      case 'over':
        return owesEnd(entry);
      default:
        return isDue(entry, settings, now);
    }
  };
  return receivers.flatMap((receiver): readonly Telling[] => {
    const own = members.filter(({ alert }) => isFor(receiver, alert, rules));
    if (!own.some(cause)) return [];
    const alerts = [...own.filter(isThere).sort(byWorst), ...own.filter(owesEnd)].map(({ alert }) => ({
      ...alert,
      toldAt: now,
    }));
    const { scope } = state;
    const id = `${group.id}-${group.count + 1}`;
    return [{ receiver, id, group: group.id, scope, reason, at: now, openedAt: group.openedAt, alerts }];
  });
}

/** Is this receiver told of it? Not by itself that it is dead. */
export function isFor(receiver: string, alert: Alert, rules: ReadonlyMap<string, AlertRule>): boolean {
  if (alert.rule === RECEIVER_RULE) return alert.key !== receiver;
  const named = rules.get(alert.rule)?.receivers ?? null;
  return named === null || named.includes(receiver);
}

/** The rule of Howdah itself: a receiver does not work. Its alerts have the empty scope. */
export const RECEIVER_RULE = 'receiver-failing';

function byWorst(a: Tracked, b: Tracked): number {
  return rankSeverity(b.alert.severity) - rankSeverity(a.alert.severity) || a.alert.since - b.alert.since;
}

function told(entry: Tracked, now: number): Tracked {
  if (isQuiet(entry)) return entry;
  if (owesEnd(entry)) return { ...entry, toldOver: true };
  if (!isThere(entry)) return entry;
  const { severity } = entry.alert;
  const before = entry.toldSeverity;
  const worst = before !== null && rankSeverity(before) > rankSeverity(severity) ? before : severity;
  return { ...entry, toldSeverity: worst, alert: { ...entry.alert, toldAt: now } };
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
