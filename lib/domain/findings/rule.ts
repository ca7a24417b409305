// What a finding rule is. A rule looks at the reconciled cluster and returns what it found, with evidence; it never looks
// at a clock but `now`, never at another rule. `sinceOf` and `before` are its only memory.
import type { Text } from '../../language/sentence';
import type { Cluster, Evidence, Finding, FindingCode, Member, Readiness } from '../cluster';
import { isBackupCode, isDoorCode } from '../finding-code';
import type { Severity } from '../severity';

export interface FindingContext {
  readonly cluster: Cluster;
  /** The cluster of the previous snapshot; null at the start. What must persist is compared with it. */
  readonly before: Cluster | null;
  readonly readiness: Readiness;
  readonly now: number;
  readonly staleAfterMs: number;
  readonly leader: Member | null;
  /** When this finding began, if it stood in the previous snapshot; else now. */
  sinceOf(code: FindingCode, members: readonly string[]): number;
}

export interface Match {
  readonly severity: Severity;
  readonly title: Text;
  readonly members: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly advice: Text;
  /** When a source knows better than Howdah's own memory. */
  readonly since?: number | null;
}

export interface FindingRule {
  readonly code: FindingCode;
  /** One sentence for docs/findings.md and the palette. */
  readonly meaning: string;
  match(context: FindingContext): readonly Match[];
}

export function fact(label: Text, text: Text): Evidence {
  return { label, text };
}

/** A switchover or failover takes a few loops to settle; what is normal meanwhile is not reported. */
export function settling(context: FindingContext, loops = 2): boolean {
  if (context.cluster.leader === null) {
    // Without a DCS nothing shows since when the key is away.
    if (context.cluster.dcs === null && context.cluster.writable !== false) return false;
    // An election may take the ttl; what it leaves behind is no news before that.
    return context.now - context.sinceOf('no_leader', []) < (context.cluster.config?.ttlSeconds ?? 30) * 1000;
  }
  const { since } = context.cluster.leader;
  const loopWaitMs = (context.cluster.config?.loopWaitSeconds ?? 10) * 1000;
  return since !== null && context.now - since < loops * loopWaitMs + 5000;
}

export function memberBefore(context: FindingContext, name: string): Member | undefined {
  return context.before?.members.find((member) => member.name === name);
}

/** The same was true of it in an earlier answer, not only in this one. */
export function persists(context: FindingContext, member: Member, test: (member: Member) => boolean): boolean {
  const before = memberBefore(context, member.name);
  return before !== undefined && test(before);
}

/** Codes that can stand twice for the same members: told apart by what their evidence is about. */
export function standsSeveralTimes(code: FindingCode): boolean {
  return (
    code === 'slot_retains_wal' ||
    code === 'version_mismatch' ||
    code.startsWith('disk_') ||
    isBackupCode(code) ||
    isDoorCode(code)
  );
}

export function keyFinding(finding: Pick<Finding, 'code' | 'members'> & Partial<Pick<Finding, 'evidence'>>): string {
  const subject = standsSeveralTimes(finding.code) ? (finding.evidence?.[0]?.label ?? '') : '';
  return `${finding.code}:${finding.members.join(',')}:${subject}`;
}
