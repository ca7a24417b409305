// What of a snapshot concerns one member: its findings, the cause they share, and how sure "nothing wrong" is. Pure.
import type { Cause } from '../../domain/cause/cause';
import type { Finding, Member, Snapshot } from '../../domain/cluster';
import { keyFinding } from '../../domain/findings/rule';

export interface Trouble {
  /** The cause of the cluster where it lies with this member or would be repaired on it; null: there is none. */
  readonly cause: Cause | null;
  /** The cause of the cluster where it is about others; null: there is none. */
  readonly elsewhere: Cause | null;
  /** Those that name it and that `cause` does not explain, worst first as the snapshot has them. */
  readonly findings: readonly Finding[];
  /** Those that name nobody: the whole cluster has them. */
  readonly ofCluster: readonly Finding[];
}

export function troubleOf(snapshot: Snapshot, name: string): Trouble {
  const findings = snapshot.findings.filter(({ members }) => members.includes(name));
  const ofCluster = snapshot.findings.filter(({ members }) => members.length === 0);
  // A tab of this release may still be fed by an older server. A note is nothing that needs a person.
  const cause = snapshot.cause == null || snapshot.cause.severity === 'note' ? null : snapshot.cause;
  const own =
    cause !== null &&
    (findings.some((finding) => cause.explains.includes(keyFinding(finding))) ||
      cause.steps.some(({ action }) => action?.member === name));
  const apart = own ? findings.filter((finding) => !cause.explains.includes(keyFinding(finding))) : findings;
  return { cause: own ? cause : null, elsewhere: own ? null : cause, findings: apart, ofCluster };
}

/** Who vouches for a member of which nothing was found. `nobody`: that nothing was found says nothing. */
export type Vouched = 'both' | 'patroni' | 'postgres' | 'nobody';

export function vouchedBy({ witnesses, silent, identity }: Member): Vouched {
  if (silent || identity.text !== null) return 'nobody';
  const patroni = witnesses.patroni.state === 'fresh';
  const postgres = witnesses.sql.state === 'fresh' && identity.sql === null;
  if (patroni && postgres) return 'both';
  return patroni ? 'patroni' : postgres ? 'postgres' : 'nobody';
}
