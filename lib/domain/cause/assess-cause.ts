// Why: the one cause of a cluster's trouble, from the finished snapshot. The table, the order, since when, what it explains. Pure.

import type { Snapshot } from '../cluster';
import { keyFinding } from '../findings/rule';
import type { Cause } from './cause';
import { IMPACTS } from './cause';
import { DCS_ROWS } from './dcs-rows';
import { IDENTITY_ROWS } from './identity-rows';
import { LEADER_GONE_ROWS } from './leader-gone-rows';
import { LEADER_ROWS } from './leader-rows';
import { MEMBER_ROWS, QUIET_ROWS } from './member-rows';
import { type CauseContext, type CauseMatch, type CauseRow, contextOf } from './row';
import { STANDBY_ROWS } from './standby-rows';
import { WAL_ROWS } from './wal-rows';

/** Within one impact the earlier row is the deeper cause. */
export const CAUSE_ROWS: readonly CauseRow[] = [
  ...LEADER_GONE_ROWS,
  ...LEADER_ROWS,
  ...IDENTITY_ROWS,
  ...DCS_ROWS,
  ...MEMBER_ROWS,
  ...STANDBY_ROWS,
  ...WAL_ROWS,
  ...QUIET_ROWS,
];

export const STEPS_MAX = 3;
export const EVIDENCE_MAX = 5;

/** `draft`: the snapshot but for its cause. null: nothing needs a person. */
export function assessCause(draft: Snapshot, before: Snapshot | null): Cause | null {
  if (draft.findings.length === 0) return null;
  const context = contextOf(draft);
  const matches = CAUSE_ROWS.flatMap((row) => {
    const match = row.match(context);
    return match === null ? [] : [{ row, match }];
  });
  const best = matches.reduce<(typeof matches)[number] | null>(
    (worst, one) => (worst === null || rank(one.match) < rank(worst.match) ? one : worst),
    null,
  );
  if (best === null) return null;
  const { row, match } = best;
  const explained = explainedBy(match, context);
  const stood = before?.cause?.code === row.code ? before.cause : null;
  const since = Math.min(
    match.since ?? draft.observedAt,
    stood?.since ?? draft.observedAt,
    ...explained.map((finding) => finding.since),
  );
  const down = draft.cluster.writable === false && draft.cluster.standbyCluster === null;
  return {
    code: row.code,
    severity: match.severity,
    impact: match.impact,
    headline: match.headline,
    since,
    notWritableSince: down
      ? before?.cluster.writable === false
        ? (before.cause?.notWritableSince ?? since)
        : since
      : null,
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
