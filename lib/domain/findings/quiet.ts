// What is not told of a member that is out for maintenance: that it is away, and nothing else. All that its absence does to others (nobody
// who could take over, no sync standby, WAL kept for it) stays as loud as it is, and past the given time it is told like any other. Pure.

import { say } from '../../language/sentence';
import type { Cluster, Finding, FindingCode } from '../cluster';
import { awayOnPurpose } from '../maintenance-note';
import { bySeverity } from '../severity';

const ABSENCE: ReadonlySet<FindingCode> = new Set([
  'member_unreachable',
  'member_not_running',
  'member_lost',
  'replica_not_streaming',
  'lag_unknown',
  'lag_high',
  'timeline_behind',
  'observation_stale',
  'stale_member_key',
  'host_unseen',
]);

/** Is it that the member is away, of the one that was taken out? */
export function isQuiet(
  finding: Pick<Finding, 'code' | 'members'>,
  cluster: Pick<Cluster, 'maintenance' | 'leader'>,
  now: number,
): boolean {
  const away = awayOnPurpose(cluster, now);
  return away !== null && finding.members.length > 0 && ABSENCE.has(finding.code) && onlyOf(finding.members, away.name);
}

function onlyOf(members: readonly string[], name: string): boolean {
  return members.every((one) => one === name);
}

/** What is quiet becomes a note that says why, behind everything else. */
export function quieted(findings: readonly Finding[], cluster: Cluster, now: number): readonly Finding[] {
  const away = awayOnPurpose(cluster, now);
  if (away === null) return findings;
  const why = { label: say`maintenance`, text: say`taken out by ${away.outBy ?? say`somebody`}` };
  return findings
    .map(
      (finding): Finding =>
        isQuiet(finding, cluster, now)
          ? { ...finding, severity: 'note', evidence: [why, ...finding.evidence] }
          : finding,
    )
    .sort((a, b) => bySeverity(a.severity, b.severity));
}
