// Conditions become alerts: they wait until they have held long enough, and end when they have been gone long enough. Pure: one
// cluster's state and one report in, the next state out. What could not be seen neither begins nor ends; time without a
// report changes nothing.
import { say } from '../../language/sentence';
import { fingerprint } from '../fingerprint';
import type { AlertSeverity } from '../severity';
import type { Alert, AlertRule, Condition } from './alert';
import { type ConditionReport, isUnseen } from './conditions';

/** An alert and what only the engine needs to know of it. */
export interface Tracked {
  readonly alert: Alert;
  readonly labels: Readonly<Record<string, string>>;
  /** It has held since then, as far as was seen; moved on where nobody looked for a while. */
  readonly heldSince: number;
  /** First report without it; null: it is there, or cannot be seen. */
  readonly absentSince: number | null;
  /** As bad as somebody was last told; null: nobody was. */
  readonly toldSeverity: AlertSeverity | null;
  /** Receivers that were told of it and not yet that it is over; null: not noted by the release that told them, all it is for. */
  readonly owed: readonly string[] | null;
  /** Everybody who was told of it was told that it is over. */
  readonly toldOver: boolean;
}

/** One incident of one cluster: from its first alert until all of them are over. */
export interface Group {
  readonly id: string;
  readonly openedAt: number;
  /** Messages so far. */
  readonly count: number;
  readonly toldAt: number | null;
  /** The incident of several clusters that it was told with; absent: it speaks for itself. */
  readonly shared?: string;
}

export interface ScopeState {
  readonly scope: string;
  /** Open ones and the resolved ones of the last day. */
  readonly tracked: readonly Tracked[];
  /** null: no incident. */
  readonly group: Group | null;
  /** Leadership changes, by reports from `since` to `lastAt`; null: it does not, and has not for a moment. */
  readonly changing: { readonly since: number; readonly lastAt: number } | null;
  /** Of the newest report; null: none yet since the start. */
  readonly reportedAt: number | null;
  /** After which the next one was due. */
  readonly intervalMs: number;
}

export function emptyScope(scope: string): ScopeState {
  return { scope, tracked: [], group: null, changing: null, reportedAt: null, intervalMs: 0 };
}

/** Reports come every few seconds, or as seldom as is polled. After a longer hole nothing may be said about the time between. */
const HOLE_MS = 30_000;
/** Reports may overtake each other by less. More is a clock that was set back: what it said before lies ahead now. */
const STEP_MS = 5000;
const CALM_MS = 5000;
/** Where the rule is not in the configuration any more. */
const CLEAR_SECONDS = 60;

export function observeScope(
  before: ScopeState,
  report: ConditionReport,
  rules: ReadonlyMap<string, AlertRule>,
): ScopeState {
  const now = report.observedAt;
  const since = before.reportedAt === null ? null : now - before.reportedAt;
  if (since !== null && since < 0 && since >= -STEP_MS) return before;
  const holeMs = Math.max(HOLE_MS, 2 * Math.max(before.intervalMs, report.intervalMs) + 1000);
  const hole = since === null || since < 0 || since > holeMs;
  // Rows of before the start may lie ahead too.
  const state = hole ? notAhead(before, now) : before;
  const found = new Map(report.conditions.map((condition) => [nameOf(condition), condition]));
  const known = new Set<string>();
  let group = state.group;
  const open = (): Group => {
    group ??= { id: fingerprint(`${report.scope}\n${now}`), openedAt: now, count: 0, toldAt: null };
    return group;
  };
  const kept = state.tracked.flatMap((entry): readonly Tracked[] => {
    if (entry.alert.state === 'resolved') return [entry];
    const name = nameOf(entry.alert);
    const rule = rules.get(entry.alert.rule) ?? null;
    const condition = found.get(name);
    if (condition !== undefined) {
      known.add(name);
      return [seen(entry, condition, { rule, report, hole, open })];
    }
    if (isUnseen(entry.alert, report, rule?.test ?? null)) return [{ ...entry, absentSince: null }];
    return absent(entry, rule, report, hole);
  });
  const fresh = report.conditions
    .filter((condition) => !known.has(nameOf(condition)))
    .map((condition) => begin(condition, { rule: rules.get(condition.rule) ?? null, report, open }));
  return {
    ...state,
    tracked: [...kept, ...fresh],
    group,
    changing: changingOf(hole ? null : state.changing, report),
    reportedAt: now,
    intervalMs: report.intervalMs,
  };
}

/** What a clock that was ahead wrote down happened now at the latest, or everything would wait until it is true. */
function notAhead(state: ScopeState, now: number): ScopeState {
  const past = (at: number): number => (at > now + STEP_MS ? now : at);
  const pastOrNull = (at: number | null): number | null => (at === null ? null : past(at));
  const tracked = state.tracked.map(({ alert, ...entry }): Tracked => {
    const { since, seenAt, firedAt, resolvedAt, toldAt } = alert;
    const own = { since: past(since), seenAt: past(seenAt), firedAt: pastOrNull(firedAt) };
    const ended = { resolvedAt: pastOrNull(resolvedAt), toldAt: pastOrNull(toldAt) };
    return { ...entry, heldSince: past(entry.heldSince), alert: { ...alert, ...own, ...ended } };
  });
  const { group } = state;
  const moved = group === null ? null : { ...group, openedAt: past(group.openedAt), toldAt: pastOrNull(group.toldAt) };
  return { ...state, tracked, group: moved };
}

/** Between two steps of a switchover no source may show it: it is over only after a few seconds. */
function changingOf(
  before: ScopeState['changing'],
  { changing, observedAt: now }: ConditionReport,
): ScopeState['changing'] {
  if (changing) return { since: before?.since ?? now, lastAt: now };
  return before !== null && now - before.lastAt < CALM_MS ? before : null;
}

interface Look {
  readonly rule: AlertRule | null;
  readonly report: ConditionReport;
  readonly open: () => Group;
}

function seen(entry: Tracked, condition: Condition, { rule, report, hole, open }: Look & { hole: boolean }): Tracked {
  const now = report.observedAt;
  const { alert } = entry;
  const heldSince = alert.state === 'pending' && hole ? now : entry.heldSince;
  const next: Tracked = {
    ...entry,
    labels: report.labels,
    heldSince,
    absentSince: null,
    alert: {
      ...alert,
      severity: condition.severity,
      title: condition.title,
      cause: condition.cause,
      evidence: condition.evidence,
      advice: condition.advice,
      since: Math.min(alert.since, condition.since),
      seenAt: now,
    },
  };
  return alert.state === 'pending' ? fireIfDue(next, rule, now, open) : next;
}

function absent(entry: Tracked, rule: AlertRule | null, report: ConditionReport, hole: boolean): readonly Tracked[] {
  // It never came to anything: no trace.
  if (entry.alert.state === 'pending') return [];
  const now = report.observedAt;
  const absentSince = hole ? now : (entry.absentSince ?? now);
  const clearMs = report.gone ? 0 : (rule?.clearSeconds ?? CLEAR_SECONDS) * 1000;
  if (now - absentSince < clearMs) return [{ ...entry, absentSince }];
  const evidence = report.gone ? [say`its source no longer names the cluster`] : entry.alert.evidence;
  // It was over when it was first not there; the wait only made sure of it.
  return [{ ...entry, absentSince, alert: { ...entry.alert, evidence, state: 'resolved', resolvedAt: absentSince } }];
}

function begin(condition: Condition, { rule, report, open }: Look): Tracked {
  const now = report.observedAt;
  const { rule: name, scope, key, member, code, severity, title, cause, evidence, advice, since } = condition;
  const alert: Alert = {
    id: fingerprint(`${nameOf(condition)}\n${now}`),
    rule: name,
    scope,
    key,
    member,
    code,
    severity,
    state: 'pending',
    title,
    cause,
    evidence,
    advice,
    since,
    firedAt: null,
    seenAt: now,
    resolvedAt: null,
    acknowledged: null,
    silencedBy: [],
    group: '',
    toldAt: null,
  };
  // A finding knows since when it stands, a number over its limit does not.
  const heldSince = code === null ? now : Math.min(since, now);
  const fresh = {
    alert,
    labels: report.labels,
    heldSince,
    absentSince: null,
    toldSeverity: null,
    owed: [],
    toldOver: false,
  };
  return fireIfDue(fresh, rule, now, open);
}

function fireIfDue(entry: Tracked, rule: AlertRule | null, now: number, open: () => Group): Tracked {
  if (now - entry.heldSince < (rule?.forSeconds ?? 0) * 1000) return entry;
  return { ...entry, alert: { ...entry.alert, state: 'firing', firedAt: now, group: open().id } };
}

/** Of the thing itself, whenever it happens. */
export function nameOf({ rule, scope, key }: Pick<Condition, 'rule' | 'scope' | 'key'>): string {
  return `${rule}\n${scope}\n${key}`;
}
