// Whether what Howdah says of a fault is right: the cause, and the member that it names.

import type { Snapshot } from '../../lib/domain/cluster';
import { keyFinding } from '../../lib/domain/findings/rule';
import type { TruthFault } from './truth-faults';

export type Verdict = 'right' | 'silent' | 'wrong';

export function judgeHowdah(
  snapshot: Pick<Snapshot, 'cause' | 'findings' | 'cluster'>,
  fault: Pick<TruthFault, 'causes' | 'findings' | 'ofNobody'>,
  hit: string,
): { readonly verdict: Verdict; readonly said: string } {
  const { cause, findings } = snapshot;
  if (cause !== null) {
    const named = namedBy(snapshot, cause);
    const isMember = fault.ofNobody === true || named.includes(hit);
    return {
      verdict: fault.causes.includes(cause.code) && isMember ? 'right' : 'wrong',
      said: `${cause.code} (${cause.severity}): ${cause.headline}${isMember ? '' : ` [of ${named.join(', ') || 'nobody'}, not ${hit}]`}`,
    };
  }
  const found = findings.find(
    ({ code, members }) => fault.findings.includes(code) && (members.length === 0 || members.includes(hit)),
  );
  if (found !== undefined) return { verdict: 'right', said: `${found.code} (${found.severity}): ${found.title}` };
  return { verdict: 'silent', said: findings.map(({ code, title }) => `${code}: ${title}`).join('; ') || '-' };
}

/** Those in its headline; where that names none, those of the findings that it explains. */
function namedBy(
  { cluster, findings }: Pick<Snapshot, 'findings' | 'cluster'>,
  cause: NonNullable<Snapshot['cause']>,
): readonly string[] {
  const words = String(cause.headline).split(/[\s,:;]+/);
  const named = cluster.members.map(({ name }) => name).filter((name) => words.includes(name));
  if (named.length > 0) return named;
  return findings.filter((finding) => cause.explains.includes(keyFinding(finding))).flatMap(({ members }) => members);
}
