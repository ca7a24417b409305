// Which actions a situation asks for, as rows in the order of their worth. A row says when it is worth a thought and for what it
// would ask; whether it may be done says the preflight (options.ts). Pure.
import type { ActionRequest } from '../../domain/actions/action';
import { failoverCandidates, isHealthyLeader, switchoverCandidates } from '../../domain/actions/candidates';
import type { Alert } from '../../domain/alerts/alert';
import type { Cluster, Member, Snapshot } from '../../domain/cluster';
import { isDoorCode } from '../../domain/finding-code';
import { leaderOf } from '../../domain/members';
import { isRunning } from '../../domain/patroni-states';

export interface Situation {
  readonly snapshot: Snapshot;
  readonly cluster: Cluster;
  /** Who led last; null: not known. */
  readonly led: string | null;
  /** Those that fire and nobody has taken. */
  readonly untaken: readonly Alert[];
}

/** What a row asks for: an action, or that a person takes the incident and waits. */
export type Wish = { readonly kind: 'act'; readonly request: ActionRequest } | { readonly kind: 'take' };

export interface CardRule {
  readonly code: string;
  /** One sentence for the documentation. */
  readonly meaning: string;
  wish(situation: Situation): Wish | null;
}

const act = (request: ActionRequest): Wish => ({ kind: 'act', request });

const restart = (member: string): Wish =>
  act({ kind: 'restart', members: [member], onlyPending: false, scheduledAt: null, timeoutSeconds: null });

const reinitialize = (member: string): Wish =>
  act({ kind: 'reinitialize', member, fromLeader: false, force: false, override: false });

/** Eligible first; null: there is nobody. */
function bestOf(candidates: readonly { readonly member: string }[]): string | null {
  return candidates[0]?.member ?? null;
}

function switchover({ snapshot }: Situation): Wish | null {
  const best = bestOf(switchoverCandidates(snapshot));
  return best === null ? null : act({ kind: 'switchover', candidate: best, scheduledAt: null });
}

/** It leads and works, and something is wrong with it that a person may want to leave behind. */
function isTroubled({ findings }: Snapshot, leader: Member): boolean {
  return findings.some(
    ({ severity, members, code }) =>
      severity !== 'note' &&
      code !== 'multiple_primaries' &&
      !isDoorCode(code) &&
      members.length === 1 &&
      members[0] === leader.name,
  );
}

const isPrimaryAlone = (cluster: Cluster): boolean => cluster.standbyCluster === null && cluster.writable !== true;

/** A replica that does not run although its Patroni speaks, else one that does not stream from a leader that could send. */
function lameOf({ cluster, snapshot, led }: Situation): string | null {
  const replicas = cluster.members.filter(
    (member) => member.listed && member.name !== led && member.divergence === null && !member.silent,
  );
  const stopped = replicas.find((member) => member.state !== null && !isRunning(member.state));
  if (stopped !== undefined) return stopped.name;
  if (cluster.writable !== true) return null;
  const names = snapshot.findings.flatMap(({ code, members }) => (code === 'replica_not_streaming' ? members : []));
  return replicas.find(({ name }) => names.includes(name))?.name ?? null;
}

export const CARD_RULES: readonly CardRule[] = [
  {
    code: 'failover',
    meaning: 'Nothing takes writes and no healthy leader is there: a failover to the member with the most WAL.',
    wish: ({ snapshot, cluster }) => {
      if (!isPrimaryAlone(cluster) || isHealthyLeader(cluster)) return null;
      const best = bestOf(failoverCandidates(snapshot));
      return best === null ? null : act({ kind: 'failover', candidate: best });
    },
  },
  {
    code: 'leave',
    meaning: 'The leader works and a finding is about it: a switchover to the best standby.',
    wish: (situation) => {
      const leader = leaderOf(situation.cluster);
      if (leader === null || !isHealthyLeader(situation.cluster) || !isTroubled(situation.snapshot, leader))
        return null;
      return switchover(situation);
    },
  },
  {
    code: 'take',
    meaning: 'An alert fires and nobody has taken it: take the incident, so that nobody is told again.',
    wish: ({ untaken }) => (untaken.length === 0 ? null : { kind: 'take' }),
  },
  {
    code: 'resume',
    meaning: 'Patroni is paused, so that it acts on nothing by itself: resume.',
    wish: ({ cluster }) => (cluster.paused === true ? act({ kind: 'resume' }) : null),
  },
  {
    code: 'restart_leader',
    meaning: 'The one that led runs no primary: a restart of it.',
    wish: ({ cluster, led }) => {
      const member = cluster.members.find(({ name }) => name === led);
      if (member === undefined || !isPrimaryAlone(cluster)) return null;
      return member.silent || member.postgresRole !== 'primary' ? restart(member.name) : null;
    },
  },
  {
    code: 'rebuild_forked',
    meaning: 'A replica has forked: it never streams again. Reinitialize it.',
    wish: ({ cluster, led }) => {
      const forked = cluster.members.find(
        (member) => member.divergence !== null && member.name !== led && member.postgresRole !== 'primary',
      );
      return forked === undefined ? null : reinitialize(forked.name);
    },
  },
  {
    code: 'restart_member',
    meaning: 'PostgreSQL of a replica does not run, or a replica does not stream: restart it.',
    wish: (situation) => {
      const name = lameOf(situation);
      return name === null ? null : restart(name);
    },
  },
  {
    code: 'rebuild',
    meaning: 'The same, where a restart does not help: reinitialize it.',
    wish: (situation) => {
      const name = lameOf(situation);
      return name === null ? null : reinitialize(name);
    },
  },
  {
    code: 'switchover',
    meaning: 'A healthy leader: a switchover to the best standby.',
    wish: (situation) => (isHealthyLeader(situation.cluster) ? switchover(situation) : null),
  },
  {
    code: 'pending',
    meaning: 'Members wait for a restart: one after the other, the leader last.',
    wish: ({ cluster }) =>
      cluster.members.some((member) => member.listed && member.pendingRestart !== null)
        ? act({ kind: 'rolling_restart', onlyPending: true })
        : null,
  },
];
