// A snapshot as an earlier release kept it, with what that release did not know yet: told as not known, never as good. Pure.

import type { Cluster, Dcs, DynamicConfig, Identity, Member, Replication, Snapshot } from '../cluster';

type Later<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;
type KeptReplication =
  | Exclude<Replication, { kind: 'not_streaming' }>
  | Later<Extract<Replication, { kind: 'not_streaming' }>, 'why' | 'circle'>;
type KeptMember = Later<Omit<Member, 'replication'>, 'identity' | 'copies' | 'leased'> & {
  readonly replication: KeptReplication;
};
type KeptCluster = Later<Omit<Cluster, 'members' | 'config' | 'dcs'>, 'initialize'> & {
  readonly dcs: Later<Dcs, 'errorKind' | 'excess'> | null;
  readonly members: readonly KeptMember[];
  readonly config: Later<DynamicConfig, 'numbers'> | null;
};
export type KeptSnapshot = Later<Omit<Snapshot, 'cluster'>, 'cause'> & { readonly cluster: KeptCluster };

const UNHEARD: Identity = { verdict: 'unheard', text: null, node: null, sql: null };

export function completed(kept: KeptSnapshot): Snapshot {
  const { cluster } = kept;
  return {
    cause: null,
    ...kept,
    cluster: {
      initialize: null,
      ...cluster,
      dcs: cluster.dcs === null ? null : { errorKind: null, excess: null, ...cluster.dcs },
      config: cluster.config === null ? null : { numbers: [], ...cluster.config },
      members: cluster.members.map(
        (member): Member => ({
          identity: UNHEARD,
          copies: [],
          leased: null,
          ...member,
          replication: replicationOf(member.replication),
        }),
      ),
    },
  };
}

function replicationOf(kept: KeptReplication): Replication {
  return kept.kind === 'not_streaming' ? { why: null, circle: false, ...kept } : kept;
}
