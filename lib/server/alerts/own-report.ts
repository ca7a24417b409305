// Alerts of Howdah itself: receivers that do not work, told by the others, glass that was broken, and a record that was changed.
// Their scope is empty: no cluster has that name.
import { type ConditionReport, NOTHING_UNSEEN } from '../../domain/alerts/conditions';
import type { ScopeState } from '../../domain/alerts/engine';
import { GLASS_RULE, RECEIVER_RULE, RECORD_RULE, REFUSED_RULE, STREAM_RULE } from '../../domain/alerts/groups';
import { formatSeconds } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { ReceiverHealth } from './alert-store';
import type { Receiver } from './receivers/receiver';

const FAILING_MS = 5 * 60_000;
/** So long it stands among the alerts after it happened. */
const GLASS_MS = 15 * 60_000;

export interface BrokenGlass {
  readonly id: string;
  /** As in the access log. */
  readonly kind: string;
  readonly at: number;
  readonly actor: string;
  readonly address: string | null;
  /** One sentence. */
  readonly text: Text;
}

/** What was found of the record and nobody has acknowledged. */
export interface RecordBreach {
  readonly id: string;
  readonly at: number;
  readonly file: string | null;
  readonly found: readonly Text[];
}

/** Who is told the journal, and how far that is; see audit/streams.ts. */
export interface StreamProgress {
  readonly name: string;
  readonly target: Text;
  readonly behind: number;
  readonly dropAfter: number;
  readonly dropped: number;
  readonly droppedAt: number | null;
  readonly failingSince: number | null;
  readonly lastError: Text | null;
}

/** What people and files did, and what became of the record. */
export interface Noted {
  readonly glass: readonly BrokenGlass[];
  readonly record: readonly RecordBreach[];
  readonly streams: readonly StreamProgress[];
}

export function ownReport(
  receivers: readonly Receiver[],
  healthOf: (name: string) => ReceiverHealth,
  { glass, record, streams }: Noted,
  now: number,
): ConditionReport {
  const failing = receivers.flatMap((receiver) => {
    const { failingSince, lastError } = healthOf(receiver.name);
    if (failingSince === null || now - failingSince < FAILING_MS) return [];
    return {
      rule: RECEIVER_RULE,
      scope: '',
      key: receiver.name,
      member: null,
      code: null,
      severity: 'warning' as const,
      title: say`Receiver ${receiver.name} has not worked for ${formatSeconds((now - failingSince) / 1000)}`,
      cause: null,
      evidence: [say`${receiver.kind}, ${receiver.target()}: ${lastError ?? say`no answer`}`],
      advice: say`Repair ${receiver.name}, then send a test message. What waits for it is sent for a day.`,
      since: failingSince,
    };
  });
  const lately = glass.filter(({ at }) => now - at < GLASS_MS);
  const broken = lately.filter(({ kind }) => !REFUSED.includes(kind)).map(glassCondition);
  // One incident of a sort, however often it was noted.
  const refused = REFUSED.flatMap((kind) => refusedCondition(lately.filter((one) => one.kind === kind)) ?? []);
  return {
    scope: '',
    labels: {},
    observedAt: now,
    intervalMs: 1000,
    conditions: [
      ...failing,
      ...broken,
      ...refused,
      ...record.map(recordCondition),
      ...streams.flatMap((one) => streamConditions(one, now)),
    ],
    unseen: NOTHING_UNSEEN,
    changing: false,
    gone: false,
  };
}

const REFUSED: readonly string[] = ['guesses', 'refusals'];

/** Oldest first. null: none. */
function refusedCondition(noted: readonly BrokenGlass[]) {
  const [first] = noted;
  const newest = noted.at(-1);
  if (first === undefined || newest === undefined) return null;
  const guessed = newest.kind === 'guesses';
  return {
    rule: REFUSED_RULE,
    scope: '',
    key: newest.kind,
    member: null,
    code: null,
    severity: 'warning' as const,
    title: guessed
      ? say`Somebody guesses passwords, codes or tokens`
      : say`Many requests are refused for want of rights`,
    cause: null,
    evidence: [newest.text],
    advice: guessed
      ? say`Ask whose address that is and keep it out where it is nobody's you know. Names are locked by themselves; nothing has to be unlocked now.`
      : say`Ask whose account or token that is: a script with too few rights, or somebody who tries what is not theirs.`,
    since: first.at,
  };
}

/** Behind for long, or soon too far, is a warning; what was dropped is lost to the receiver. */
function streamConditions(stream: StreamProgress, now: number) {
  const { name, target, behind, dropAfter, dropped, droppedAt, failingSince, lastError } = stream;
  const isFailing = failingSince !== null && now - failingSince >= FAILING_MS;
  const where = say`${target}: ${lastError ?? say`no answer`}`;
  const common = { rule: STREAM_RULE, scope: '', member: null, code: null, severity: 'warning' as const, cause: null };
  const late = {
    ...common,
    key: name,
    title: isFailing
      ? say`The audit stream ${name} has not worked for ${formatSeconds((now - failingSince) / 1000)}`
      : say`The audit stream ${name} is far behind`,
    evidence: [say`${behind} entries behind, dropped from ${dropAfter} on`, ...(failingSince === null ? [] : [where])],
    advice: say`Repair ${name}. Until it is ${dropAfter} entries behind nothing is lost: it goes on where it was.`,
    since: failingSince ?? now,
  };
  const lost = {
    ...common,
    key: `${name} dropped`,
    title: say`The audit stream ${name} has lost entries`,
    evidence: [say`${dropped} entries were never sent to ${target}`],
    advice: say`The journal has them: export it with "howdah audit export" and give the receiver what it lacks.`,
    since: droppedAt ?? now,
  };
  const isLate = isFailing || behind > dropAfter / 2;
  return [...(isLate ? [late] : []), ...(droppedAt !== null && now - droppedAt < GLASS_MS ? [lost] : [])];
}

function recordCondition({ id, at, file, found }: RecordBreach) {
  return {
    rule: RECORD_RULE,
    scope: '',
    key: id,
    member: null,
    code: null,
    severity: 'critical' as const,
    title: file === null ? say`The audit record is broken` : say`The audit record is broken: ${file}`,
    cause: null,
    evidence: [...found],
    advice: say`Keep the file, find out who could write it, then acknowledge it on the audit page with a reason.`,
    since: at,
  };
}

function glassCondition({ id, at, actor, address, text }: BrokenGlass) {
  return {
    rule: GLASS_RULE,
    scope: '',
    key: id,
    member: null,
    code: null,
    severity: 'critical' as const,
    title: say`Break-glass used: ${text}`,
    cause: null,
    evidence: [address === null ? actor : say`${actor}, from ${address}`],
    advice: say`Ask ${actor} whether that was really them; if the break-glass account was used, change its password.`,
    since: at,
  };
}

const DAY_MS = 86_400_000;

/** Clusters that nobody watches any more, a day after their last report: their source is not configured now. */
export function forgottenReports(
  states: readonly ScopeState[],
  startedAt: number,
  now: number,
): readonly ConditionReport[] {
  const nothing = { labels: {}, conditions: [], unseen: NOTHING_UNSEEN, intervalMs: 0 };
  return states.flatMap(({ scope, tracked, reportedAt }) => {
    const open = tracked.some(({ alert }) => alert.state !== 'resolved');
    const seenAt = Math.max(reportedAt ?? startedAt, ...tracked.map(({ alert }) => alert.seenAt));
    if (!open || now - seenAt < DAY_MS) return [];
    return { ...nothing, scope, observedAt: now, changing: false, gone: true };
  });
}
