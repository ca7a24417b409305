// All rules over one cluster: the table, the order, and since when. Pure.
import type { Cluster, Finding, FindingCode, Readiness } from '../cluster';
import { leaderOf } from '../members';
import { bySeverity, type Health, worstOf } from '../severity';
import { BACKUP_RULES } from './backups';
import { BEGINNING_RULES } from './beginning';
import { CERTIFICATE_RULES } from './certificates';
import { DCS_RULES } from './dcs';
import { DCS_TROUBLE_RULES } from './dcs-troubles';
import { ENTRY_RULES } from './entries';
import { HOST_RULES } from './hosts';
import { IDENTITY_RULES } from './identity';
import { LEADER_RULES } from './leader';
import { MEMBER_RULES } from './members';
import { POOL_RULES } from './pools';
import { REPLICATION_RULES } from './replication';
import { REQUEST_RULES } from './requests';
import { type FindingContext, type FindingRule, keyFinding } from './rule';
import { SETTING_RULES } from './settings';
import { SITE_RULES } from './sites';
import { SYNC_RULES } from './sync';

export const FINDING_RULES: readonly FindingRule[] = [
  ...IDENTITY_RULES,
  ...BEGINNING_RULES,
  ...LEADER_RULES,
  ...REQUEST_RULES,
  ...DCS_RULES,
  ...DCS_TROUBLE_RULES,
  ...REPLICATION_RULES,
  ...SYNC_RULES,
  ...SITE_RULES,
  ...SETTING_RULES,
  ...MEMBER_RULES,
  ...ENTRY_RULES,
  ...POOL_RULES,
  ...BACKUP_RULES,
  ...HOST_RULES,
  ...CERTIFICATE_RULES,
];

export interface Memory {
  readonly cluster: Cluster;
  readonly findings: readonly Finding[];
}

/** Before all else of their severity: a fork is what comes of a second primary. */
const FIRST: readonly FindingCode[] = ['multiple_primaries', 'primary_without_leader_key'];
const placeOf = ({ code }: Finding): number => (FIRST.includes(code) ? FIRST.indexOf(code) : FIRST.length);

/** Findings worst first; within a severity the longest standing first. */
export function assess(
  cluster: Cluster,
  readiness: Readiness,
  moment: { readonly now: number; readonly staleAfterMs: number },
  memory: Memory | null,
): readonly Finding[] {
  const known = new Map(memory?.findings.map((finding) => [keyFinding(finding), finding.since]));
  const context: FindingContext = {
    cluster,
    before: memory?.cluster ?? null,
    readiness,
    now: moment.now,
    staleAfterMs: moment.staleAfterMs,
    leader: leaderOf(cluster),
    sinceOf: (code: FindingCode, members) => known.get(keyFinding({ code, members })) ?? moment.now,
  };
  const findings = FINDING_RULES.flatMap((rule) =>
    rule.match(context).map(({ since, ...match }): Finding => {
      const remembered = known.get(keyFinding({ code: rule.code, ...match }));
      return { code: rule.code, ...match, since: since ?? remembered ?? moment.now };
    }),
  );
  return findings.sort(
    (a, b) =>
      bySeverity(a.severity, b.severity) ||
      placeOf(a) - placeOf(b) ||
      a.since - b.since ||
      (a.title < b.title ? -1 : 1),
  );
}

export function healthOf(findings: readonly Finding[]): Health {
  return worstOf(findings.map(({ severity }) => severity)) ?? 'ok';
}
