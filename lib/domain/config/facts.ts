// What the checks and effects need to know of a cluster besides its configuration, and how versions compare. Pure.
import { joined, say, type Text } from '../../language/sentence';
import type { Cluster } from '../cluster';
import { isNosync } from '../tags';

export interface ConfigMember {
  readonly name: string;
  /** null: not known. */
  readonly patroniVersion: string | null;
  readonly postgresVersion: string | null;
  /** null: not known. */
  readonly streams: boolean | null;
  /** Patroni may choose it as sync standby: no `nosync` tag. */
  readonly maySync: boolean;
}

export interface ConfigFacts {
  /** Last known holder of the leader key; null: nobody. */
  readonly leader: string | null;
  /** The listed ones; empty: not known. */
  readonly members: readonly ConfigMember[];
}

export const NO_FACTS: ConfigFacts = { leader: null, members: [] };

export function factsOf(cluster: Cluster): ConfigFacts {
  return {
    leader: cluster.leader?.name ?? null,
    members: cluster.members
      .filter((member) => member.listed)
      .map((member) => ({
        name: member.name,
        patroniVersion: member.patroniVersion,
        postgresVersion: member.postgresVersion,
        streams:
          member.replication.kind === 'unknown'
            ? null
            : member.replication.kind !== 'not_streaming' && member.divergence === null,
        maySync: !isNosync(member),
      })),
  };
}

/** null: one of them is no version. */
export function compareVersions(a: string | null, b: string | null): number | null {
  const left = numbers(a);
  const right = numbers(b);
  if (left === null || right === null) return null;
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function numbers(version: string | null): number[] | null {
  const found = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version ?? '');
  return found === null ? null : found.slice(1).map((part) => Number(part ?? 0));
}

/** Members whose Patroni is older than `version`; those of unknown version are not among them. */
export function olderThan(facts: ConfigFacts, version: string): readonly ConfigMember[] {
  return facts.members.filter((member) => compareVersions(member.patroniVersion, version) === -1);
}

/** `n1 (3.0.2), n2 (3.0.2)`. */
export function namesWithVersion(members: readonly ConfigMember[]): Text {
  return joined(
    members.map((member) => say`${member.name} (${member.patroniVersion ?? say`unknown`})`),
    ', ',
  );
}
