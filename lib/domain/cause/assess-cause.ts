// Why: the one cause of a cluster's trouble, from the finished snapshot. The table, the order, since when, what it explains. Pure.

import type { FindingCode, Snapshot } from '../cluster';
import { isQuiet } from '../findings/quiet';
import { keyFinding } from '../findings/rule';
import type { MeasuredOutage } from '../outage-sample';
import type { Cause } from './cause';
import { IMPACTS } from './cause';
import { DCS_NOT_SEEN, DCS_ROWS, DCS_SLOW } from './dcs-rows';
import { DOOR_ROWS } from './door-rows';
import { HOLDER_ROWS } from './holder-rows';
import { IDENTITY_ROWS } from './identity-rows';
import { KEYS_GONE } from './keys-gone';
import { LEADER_GONE_ROWS } from './leader-gone-rows';
import { FAILSAFE_ROWS, LEADER_ROWS } from './leader-rows';
import { MEMBER_ROWS, QUIET_ROWS } from './member-rows';
import { type CauseContext, type CauseMatch, type CauseRow, contextOf } from './row';
import { STANDBY_ROWS } from './standby-rows';
import { WAL_ROWS } from './wal-rows';

/** Within one impact the earlier row is the deeper cause. */
export const CAUSE_ROWS: readonly CauseRow[] = [
  DCS_SLOW,
  DCS_NOT_SEEN,
  ...LEADER_GONE_ROWS,
  ...LEADER_ROWS,
  ...HOLDER_ROWS,
  ...IDENTITY_ROWS,
  KEYS_GONE,
  ...DCS_ROWS,
  ...DOOR_ROWS,
  ...MEMBER_ROWS,
  ...STANDBY_ROWS,
  ...WAL_ROWS,
  ...FAILSAFE_ROWS,
  ...QUIET_ROWS,
];

export const STEPS_MAX = 3;
export const EVIDENCE_MAX = 5;

/** `draft`: the snapshot but for its cause; `outages`: what earlier handovers took. null: nothing needs a person. */
export function assessCause(
  draft: Snapshot,
  before: Snapshot | null,
  outages: readonly MeasuredOutage[] = [],
): Cause | null {
  if (draft.findings.length === 0) return null;
  const context = contextOf(draft, outages);
  /** It says nothing but that a member is away that was taken out for maintenance. */
  const isAway = (match: CauseMatch): boolean => {
    const explained = explainedBy(match, context);
    return explained.length > 0 && explained.every((one) => isQuiet(one, draft.cluster, draft.observedAt));
  };
  const matches = CAUSE_ROWS.flatMap((row) => {
    const match = row.match(context);
    return match === null || isAway(match) ? [] : [{ row, match }];
  });
  const best = matches.reduce<(typeof matches)[number] | null>(
    (worst, one) => (worst === null || rank(one.match) < rank(worst.match) ? one : worst),
    null,
  );
  if (best === null) return null;
  const { row, match } = best;
  // What was left behind a week ago does not speak for what is wrong today.
  if (match.severity === 'note' && draft.findings.some(({ severity }) => severity !== 'note')) return null;
  const explained = explainedBy(match, context);
  const stood = before?.cause?.code === row.code ? before.cause : null;
  // What stood long before is explained by it, but did not begin with it.
  const sudden = explained.filter(({ code }) => !LASTING.has(code));
  const began = (sudden.length > 0 ? sudden : explained).map((finding) => finding.since);
  const since = Math.min(match.since ?? draft.observedAt, stood?.since ?? draft.observedAt, ...began);
  return {
    code: row.code,
    severity: match.severity,
    impact: match.impact,
    headline: match.headline,
    since,
    notWritableSince: notWritableSince(draft, before, explained),
    consequence: match.consequence,
    evidence: match.evidence.slice(0, EVIDENCE_MAX),
    ifNobodyActs: match.ifNobodyActs,
    explains: explained.map(keyFinding),
    steps: match.steps.slice(0, STEPS_MAX),
  };
}

const rank = ({ impact }: CauseMatch): number => IMPACTS.indexOf(impact);

function explainedBy({ explains }: CauseMatch, { snapshot }: CauseContext): Snapshot['findings'] {
  return snapshot.findings.filter(({ code, members }) =>
    explains.some(
      (group) =>
        group.codes.includes(code) && (group.members === null || members.some((name) => group.members?.includes(name))),
    ),
  );
}

/** Symptoms that can be older than the trouble that explains them. */
const LASTING: ReadonlySet<FindingCode> = new Set([
  'paused',
  'no_failover_candidate',
  'replica_not_streaming',
  'lag_unknown',
  'lag_high',
  'timeline_behind',
  'slot_retains_wal',
  'stale_member_key',
]);

/** By what stops writes itself; kept over a moment in which nobody could tell. */
function notWritableSince(
  { cluster, observedAt }: Snapshot,
  before: Snapshot | null,
  explained: Snapshot['findings'],
): number | null {
  if (cluster.writable === true || cluster.standbyCluster !== null) return null;
  const kept = before?.cause?.notWritableSince ?? null;
  if (kept !== null || cluster.writable === null) return kept;
  const stops = explained.filter(
    ({ code }) =>
      code === 'no_leader' ||
      code === 'leader_key_without_primary' ||
      code === 'reads_only' ||
      (code === 'sync_standby_missing' && cluster.synchronousModeStrict),
  );
  return Math.min(observedAt, ...stops.map(({ since }) => since));
}
