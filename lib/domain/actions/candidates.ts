// Who may take over by hand, best first. Starts from readiness.ts (Patroni's own rules for an automatic failover) and turns
// it into the rules of the two requests: a switchover is refused to everybody who does not provably stream from the leader
// with fresh answers; a failover without a leader is where Patroni ignores lag, timeline and /sync, so what would be lost is
// counted. Mirrors patroni/api.py is_failover_possible and patroni/ha.py v4.1.4. Pure.

import { formatBytes, formatSeconds } from '../../language/quantity';
import { capital, joined, say, type Text } from '../../language/sentence';
import type { Candidate, CandidateReason, Cluster, Member, Snapshot } from '../cluster';
import { formatLsn, type Lsn, lagBytes, maxLsn } from '../lsn';
import { leaderOf, patroniAnswers, positionOf } from '../members';
import { isRunning } from '../patroni-states';
import { timelineIn } from '../timelines';
import type { CandidateVerdict } from './action';

/** Reasons that say "not seen" and not "seen to be wrong": the choice is then unknown, which is refused all the same. */
const UNSEEN: ReadonlySet<string> = new Set([
  'not_observed',
  'late',
  'stream_unknown',
  'upstream_unknown',
  'ancestry_unknown',
  'not_its_answer',
]);

/** Rules of the automatic failover that a request without a leader, or any failover, does not know. */
const IGNORED_WITHOUT_LEADER: ReadonlySet<string> = new Set([
  'lag',
  'timeline',
  'not_sync',
  'not_streaming',
  'timeline_behind',
  'votes',
]);

/** Neither is asked where the candidate is named (ha.py v4.1.4, is_failover_possible, manual_failover_process_no_leader). */
const UNASKED: ReadonlySet<string> = new Set(['not_sync', 'votes']);

export interface Reference {
  readonly member: string;
  readonly lsn: Lsn;
  /** `n1, last known` */
  readonly label: Text;
}

export function switchoverCandidates(snapshot: Snapshot): readonly CandidateVerdict[] {
  const { cluster } = snapshot;
  return judge(snapshot, (member, candidate) => {
    const reasons = [
      ...(candidate?.reasons ?? []).filter(({ code }) => !UNASKED.has(code)).map(told(member)),
      ...syncReason(member, cluster),
      ...ownReasons(member, cluster),
    ];
    return { reasons: unique(reasons), atRiskBytes: reasons.length === 0 ? 0 : null };
  });
}

export function failoverCandidates(snapshot: Snapshot): readonly CandidateVerdict[] {
  const { cluster } = snapshot;
  const reference = furthest(cluster);
  const leads = cluster.leader !== null && isHealthyLeader(cluster);
  return judge(snapshot, (member, candidate) => {
    const ignored = (code: string): boolean => (leads ? UNASKED.has(code) : IGNORED_WITHOUT_LEADER.has(code));
    const reasons = [
      ...(candidate?.reasons ?? []).filter(({ code }) => !ignored(code)).map(told(member)),
      ...(member.divergence === null && hasForkedFromHistory(member, cluster)
        ? [howdah('diverged', say`ahead of the end of timeline ${member.timeline ?? 0}: forked`)]
        : []),
      ...ancestry(member, cluster),
      ...(member.listed ? [] : [patroni('not_listed', say`not in the member list`)]),
      ...foreign(member, cluster),
      ...late(member),
    ];
    const position = positionOf(member);
    return {
      reasons: unique(reasons),
      atRiskBytes:
        reference === null || member.divergence !== null
          ? null
          : worse(lagBytes(reference.lsn, position), leads ? null : (candidate?.lagBytes ?? null)),
    };
  });
}

/** The leader's last position in /status counts too: of a leader that is gone it may be all that is known. */
function worse(bytes: number | null, behind: number | null): number | null {
  return bytes === null || behind === null ? bytes : Math.max(bytes, behind);
}

/** A leader that answers as one: then a switchover is the right request. */
export function isHealthyLeader(cluster: Cluster): boolean {
  const leader = leaderOf(cluster);
  return (
    cluster.leader?.known === true &&
    leader !== null &&
    patroniAnswers(leader) &&
    (leader.state === null || isRunning(leader.state)) &&
    leader.postgresRole === (cluster.standbyCluster === null ? 'primary' : 'replica')
  );
}

/** The furthest position that anybody on the cluster's own history is known to have reached, also from memory. */
export function furthest(cluster: Cluster): Reference | null {
  let best: Reference | null = null;
  for (const member of cluster.members) {
    const lsn = positionOf(member);
    if (lsn === null || member.divergence !== null || hasForkedFromHistory(member, cluster)) continue;
    if (best !== null && lsn <= best.lsn) continue;
    const { name } = member;
    // Its halves are told apart: "at" alone would fit other texts.
    const [high = '', low = ''] = formatLsn(lsn).split('/');
    const label = member.silent ? say`${name}, last known at ${high}/${low}` : say`${name} at ${high}/${low}`;
    best = { member: name, lsn, label };
  }
  return best;
}

/** Without a leader nothing measures a fork but the history: WAL past the point where its timeline ended. */
export function hasForkedFromHistory(member: Member, cluster: Cluster): boolean {
  const position = maxLsn(member.replayedLsn, member.lsn);
  if (member.timeline === null || position === null || member.replication.kind === 'streaming') return false;
  const { timeline } = cluster;
  if (
    timeline !== null &&
    member.timeline < timeline &&
    timelineIn(cluster.history, member.timeline, timeline) === 'never'
  )
    return true;
  const end = cluster.history.find((entry) => entry.timeline === member.timeline)?.endLsn ?? null;
  return end !== null && position > end;
}

/** An older timeline of which nobody can say that it leads to the cluster's: its WAL may be on another branch. */
function ancestry(member: Member, cluster: Cluster): CandidateReason[] {
  const { timeline } = cluster;
  if (member.timeline === null || timeline === null || member.timeline >= timeline) return [];
  if (member.replication.kind === 'streaming' || timelineIn(cluster.history, member.timeline, timeline) !== null)
    return [];
  return [
    howdah('ancestry_unknown', say`whether its timeline ${member.timeline} leads to timeline ${timeline} is not known`),
  ];
}

type Judged = Pick<CandidateVerdict, 'reasons' | 'atRiskBytes'>;

function judge(
  snapshot: Snapshot,
  rule: (member: Member, candidate: Candidate | null) => Judged,
): readonly CandidateVerdict[] {
  const { cluster, readiness } = snapshot;
  const order = readiness.candidates.map((candidate) => candidate.member);
  const members = order.flatMap((name) => cluster.members.find((member) => member.name === name) ?? []);
  const rank = { eligible: 0, unknown: 1, refused: 2 } as const;
  return members
    .map((member): CandidateVerdict => {
      const candidate = readiness.candidates.find((entry) => entry.member === member.name) ?? null;
      const { reasons, atRiskBytes } = rule(member, candidate);
      const choice =
        reasons.length === 0 ? 'eligible' : reasons.every(({ code }) => UNSEEN.has(code)) ? 'unknown' : 'refused';
      return {
        member: member.name,
        choice,
        reasons,
        words: wordsOf(member),
        detail: choice === 'eligible' ? merits(member, cluster) : demerits(member, reasons),
        lagBytes: member.divergence === null ? (member.lag.replayBytes ?? candidate?.lagBytes ?? null) : null,
        lagSeconds: member.divergence === null ? member.lag.replaySeconds : null,
        atRiskBytes,
      };
    })
    .map((verdict, index) => ({ verdict, index }))
    .sort(
      (a, b) =>
        rank[a.verdict.choice] - rank[b.verdict.choice] ||
        fitness(a.verdict, cluster) - fitness(b.verdict, cluster) ||
        a.index - b.index,
    )
    .map(({ verdict }) => verdict);
}

/** Among the eligible a sync standby confirms every commit; only then the order of readiness counts. */
function fitness({ member }: CandidateVerdict, cluster: Cluster): number {
  const role = cluster.members.find((entry) => entry.name === member)?.clusterRole;
  return role === 'sync_standby' ? 0 : role === 'quorum_standby' ? 1 : 2;
}

/** Patroni refuses a switchover to anybody outside /sync, also while nobody is in it (api.py v4.1.4). Not by quorum. */
function syncReason(member: Member, cluster: Cluster): CandidateReason[] {
  if (cluster.synchronousMode !== 'on' || cluster.standbyCluster !== null) return [];
  const standbys = cluster.sync?.standbys ?? [];
  if (standbys.some((name) => name.toLowerCase() === member.name.toLowerCase())) return [];
  if (standbys.length === 0) return [patroni('not_sync', say`nobody is in /sync while synchronous_mode is on`)];
  return [patroni('not_sync', say`not in /sync while synchronous_mode is on`)];
}

/** What Patroni's switchover does not look at. */
function ownReasons(member: Member, cluster: Cluster): CandidateReason[] {
  const leader = cluster.leader?.name ?? null;
  const { replication } = member;
  const stream: CandidateReason[] =
    replication.kind === 'unknown'
      ? [howdah('stream_unknown', say`whether it streams is not known: ${replication.reason}`)]
      : replication.kind === 'streaming' && leader !== null
        ? replication.upstream === leader
          ? []
          : replication.upstream === null
            ? [howdah('upstream_unknown', say`from whom it streams is not known`)]
            : [howdah('not_from_leader', say`streams from ${replication.upstream}, not from ${leader}`)]
        : [howdah('not_streaming', say`does not stream`)];
  const behind = member.lag.replayBytes;
  return [
    ...(member.listed ? [] : [patroni('not_listed', say`not in the member list`)]),
    ...stream,
    ...(member.replayPaused === true
      ? [
          howdah(
            'replay_paused',
            behind ? say`replay paused, ${formatBytes(behind)} to replay first` : say`replay paused`,
          ),
        ]
      : []),
    ...foreign(member, cluster),
    ...late(member),
  ];
}

function foreign(member: Member, { systemIdentifier }: Cluster): CandidateReason[] {
  return systemIdentifier !== null && member.systemIdentifier !== null && member.systemIdentifier !== systemIdentifier
    ? [howdah('system_identifier', say`its data directory belongs to another cluster`)]
    : [];
}

/** Readiness forgives one late answer; here a frozen node must not get the benefit of the doubt. */
function late(member: Member): CandidateReason[] {
  if (patroniAnswers(member)) return [];
  const { state, errorKind } = member.witnesses.patroni;
  if (state === 'failed' && errorKind !== 'timeout') return [];
  return [howdah('late', state === 'never' ? say`was never asked` : say`its Patroni did not answer the last question`)];
}

/** Readiness speaks of an automatic failover and shortly; here the refusal has to stand alone. */
function told(member: Member): (reason: CandidateReason) => CandidateReason {
  return (reason) => {
    if (reason.code === 'unreachable') return { ...reason, text: say`not reachable` };
    const { pastBytes } = member.divergence ?? { pastBytes: null };
    if (reason.code !== 'diverged') return reason;
    return {
      ...reason,
      text: pastBytes === null ? reason.text : say`${reason.text}, ${formatBytes(pastBytes)} past the fork`,
    };
  };
}

/** Patroni's reasons first; of the same code, or of what another reason already says, the first. */
function unique(reasons: readonly CandidateReason[]): readonly CandidateReason[] {
  const codes = new Set<string>();
  const kept = reasons.filter(({ code }) => {
    const seen = codes.has(code);
    codes.add(code);
    return !seen;
  });
  const implied = (code: string): boolean =>
    (codes.has('unreachable') && ['late', 'not_observed', 'stream_unknown', 'upstream_unknown'].includes(code)) ||
    (codes.has('not_observed') && code === 'late') ||
    (codes.has('late') && code === 'stream_unknown') ||
    (codes.has('diverged') && ['timeline_behind', 'not_streaming'].includes(code)) ||
    (codes.has('not_running') && code === 'not_streaming') ||
    (codes.has('second_primary') && code === 'not_streaming');
  return [
    ...kept.filter(({ by, code }) => by === 'patroni' && !implied(code)),
    ...kept.filter(({ by, code }) => by === 'howdah' && !implied(code)),
  ];
}

function wordsOf(member: Member): Text {
  if (member.silent) return say`silent`;
  if (member.divergence !== null) return say`forked, ${member.state ?? say`state unknown`}`;
  const role = member.postgresRole === 'primary' ? 'primary' : (member.clusterRole ?? 'replica').replaceAll('_', ' ');
  const flow = {
    leader: 'leads',
    streaming: 'streaming',
    archive_recovery: say`in archive recovery`,
    not_streaming: member.state !== null && !isRunning(member.state) ? member.state : say`does not stream`,
    unknown: say`stream unknown`,
  }[member.replication.kind];
  return say`${role}, ${flow}`;
}

function merits(member: Member, cluster: Cluster): Text {
  const tookMs = member.witnesses.patroni.tookMs;
  const parts = [
    ...(member.clusterRole === 'sync_standby' || member.clusterRole === 'quorum_standby' ? [say`in /sync`] : []),
    ...(member.timeline === null
      ? []
      : [
          cluster.timeline !== null && member.timeline < cluster.timeline
            ? say`on timeline ${member.timeline} of ${cluster.timeline}`
            : say`on timeline ${member.timeline}`,
        ]),
    ...(tookMs === null ? [] : [say`answers in ${formatSeconds(tookMs / 1000)}`]),
  ];
  return capital(joined(parts, ', '));
}

function demerits(member: Member, reasons: readonly CandidateReason[]): Text {
  const texts = joined(
    reasons.map(({ text }) => text),
    '; ',
  );
  const contradicted = member.divergence !== null && member.patroniSays.lagBytes === 0;
  return capital(contradicted ? say`${texts}, although patronictl says lag 0` : texts);
}

const patroni = (code: string, text: Text): CandidateReason => ({ by: 'patroni', code, text });
const howdah = (code: string, text: Text): CandidateReason => ({ by: 'howdah', code, text });
