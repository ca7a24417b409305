// Checks of a maintenance: may it begin, can the others lose this member now, is the one that was out proved to be back. Patroni knows nothing
// of a maintenance and sets no tag by its API: what keeps the cluster safe is that only one is out, and the proof before the next.

import { formatBytes, formatSeconds, joinNames } from '../../../language/quantity';
import { agree, say, type Text } from '../../../language/sentence';
import type { Cluster, Member } from '../../cluster';
import { nextStep, outOf } from '../../maintenance-note';
import { answers, memberOf } from '../../members';
import { isRunning } from '../../patroni-states';
import type { RequestOf } from '../action';
import { blocker, type CheckContext, type CheckMatch, type CheckRow, fact, note, passed, warning } from './check';

const KINDS = ['maintenance'] as const;
/** Two readings of one start differ by the rounding of their source only. */
const SAME_START_MS = 100;

type Step = RequestOf<'maintenance'>['step'];

const row = (
  code: string,
  steps: readonly Step[],
  match: (context: CheckContext, request: RequestOf<'maintenance'>) => ReturnType<CheckRow['match']>,
): CheckRow => ({
  code,
  applies: KINDS,
  match: (context) => {
    const { request } = context;
    return request.kind === 'maintenance' && steps.includes(request.step) ? match(context, request) : null;
  },
});

export const MAINTENANCE_CHECKS: readonly CheckRow[] = [
  row('maintenance_running', ['begin'], ({ cluster: { maintenance } }) =>
    maintenance === undefined
      ? null
      : blocker(
          say`A maintenance is under way, begun by ${maintenance.by}`,
          say`Go on with it, or end it: one at a time for a cluster.`,
        ),
  ),
  row('maintenance_none', ['out', 'back', 'end'], ({ cluster }) =>
    cluster.maintenance === undefined
      ? blocker(say`No maintenance is under way`, say`It has ended, or was never begun: begin one.`)
      : null,
  ),
  row('maintenance_leader', ['begin', 'out'], ({ snapshot, cluster, leaderHealthy }) =>
    leaderHealthy
      ? passed(say`${cluster.leader?.name ?? ''} leads and answers`)
      : blocker(
          say`${snapshot.scope} has no leader that is well`,
          say`Bring the cluster back first: whoever is taken out now may be needed.`,
        ),
  ),
  row('maintenance_order', ['begin'], ({ cluster }, { plan }) => {
    const leader = cluster.leader?.name ?? null;
    const names = plan?.members ?? [];
    const order = [...names.filter((name) => name !== leader), ...names.filter((name) => name === leader)];
    if (order.length === 0) return null;
    return note(
      say`Order: ${order.join(', ')}`,
      leader !== null && names.includes(leader)
        ? say`Replicas first, then a switchover to one that is done, then ${leader} as a replica.`
        : say`Only replicas are taken out.`,
      { members: order },
    );
  }),
  row('maintenance_alone', ['begin'], ({ listed, leader }, { plan }) => {
    const others = listed.filter((member) => member.name !== leader?.name);
    if (leader === null || others.length > 0 || plan?.members.includes(leader.name) !== true) return null;
    return blocker(
      say`${leader.name} is the only member: nobody can take over`,
      say`Work on it is an outage, whatever is done. Add a replica first, or stop it as you would without Howdah.`,
    );
  }),
  row('maintenance_streams', ['begin', 'out'], ({ listed, leader }, { member }) => {
    const idle = listed.filter(
      ({ name, replication }) =>
        name !== leader?.name && name !== member && !['streaming', 'archive_recovery'].includes(replication.kind),
    );
    return idle.map(({ name }) =>
      blocker(
        say`${name} does not stream`,
        say`The others have to carry the cluster while one is out. Repair it first.`,
        { members: [name] },
      ),
    );
  }),
  row('maintenance_turn', ['out', 'back'], ({ cluster }, request) => turnMatch(cluster, request)),
  row('maintenance_heirs', ['out'], ({ snapshot, cluster }, { member }) => {
    if (cluster.paused === true)
      return warning(
        say`The cluster is paused: nobody takes over meanwhile`,
        say`A leader that fails stays failed until a person acts. A maintenance needs no pause.`,
      );
    const { candidates } = snapshot.readiness;
    const heirs = candidates.filter((one) => one.member !== member && one.eligible === true);
    if (heirs.length > 0) return passed(say`${joinNames(heirs.map((one) => one.member))} can take over meanwhile`);
    const others = candidates.filter((one) => one.member !== member);
    const evidence = others.map((one) => fact(one.member, one.reasons[0]?.text ?? say`not known`));
    return others.length === 0
      ? warning(
          say`While ${member ?? ''} is out nobody can take over`,
          say`There is no other replica. If the leader fails meanwhile, writes stop until one of the two is back.`,
        )
      : blocker(say`${member ?? ''} is the only one that can take over`, say`Repair another replica first.`, {
          evidence,
        });
  }),
  row('maintenance_sync', ['out'], ({ cluster, listed, leader }, { member }) =>
    syncMatch(cluster, listed, leader, member),
  ),
  row('maintenance_cascade', ['out'], ({ listed }, { member }) => {
    const fed = listed.filter((one) => one.upstream === member || one.replicateFrom === member);
    if (fed.length === 0) return null;
    const names = fed.map(({ name }) => name);
    return warning(
      say`${joinNames(names)} ${agree(names.length, 'streams', 'stream')} from ${member ?? ''}`,
      say`Patroni lets ${agree(names.length, 'it', 'them')} follow the leader meanwhile, in its next loop; with a restore from an archive alone ${agree(names.length, 'it falls', 'they fall')} behind.`,
      { members: names },
    );
  }),
  row('maintenance_dcs', ['out'], ({ cluster }, { member }) => dcsMatch(cluster, member)),
  row('maintenance_switchover', ['out'], ({ cluster }, { member }) => {
    const to = cluster.pendingSwitchover?.to ?? cluster.scheduledSwitchover?.to ?? null;
    if (cluster.pendingSwitchover === null && cluster.scheduledSwitchover === null) return null;
    return (to === null || to === member ? blocker : note)(
      cluster.pendingSwitchover === null ? say`A switchover is scheduled` : say`A switchover is under way`,
      say`It may choose ${member ?? ''}: let it end, or cancel it.`,
    );
  }),
  row('maintenance_proof', ['back'], ({ snapshot, cluster }, { member }) =>
    proofMatch(cluster, memberOf(snapshot, member), member ?? ''),
  ),
  row('maintenance_changed', ['back'], ({ snapshot, cluster }, { member }) =>
    changedMatch(cluster, memberOf(snapshot, member)),
  ),
  row('maintenance_left', ['end'], ({ cluster: { maintenance, leader } }) => {
    if (maintenance === undefined) return null;
    const next = nextStep(maintenance, leader?.name ?? null);
    const left = maintenance.members.filter(({ state }) => state !== 'done').map(({ name }) => name);
    if (next?.kind === 'wait')
      return warning(
        say`${next.member.name} is out still`,
        say`Its absence is told like any other from now on. Nothing is started by this.`,
        { members: [next.member.name] },
      );
    return note(
      say`Not done: ${joinNames(left)}`,
      say`Members that are done stay as they are; the rest keeps what it runs now.`,
    );
  }),
];

function turnMatch({ maintenance, leader }: Cluster, { step, member }: RequestOf<'maintenance'>): CheckMatch | null {
  if (maintenance === undefined || member === null) return null;
  const entry = maintenance.members.find(({ name }) => name === member);
  const out = outOf(maintenance);
  if (entry === undefined)
    return blocker(say`${member} is not part of this maintenance`, say`End it, and begin one that names it.`);
  if (entry.state === 'done')
    return blocker(say`${member} is done already, said by ${entry.backBy ?? say`somebody`}`, say`Take the next one.`);
  if (step === 'back')
    return entry.state === 'out'
      ? null
      : blocker(say`${member} was not taken out`, say`Only one that was taken out can be done.`);
  if (out !== null)
    return out.name === member
      ? blocker(
          say`${member} is out already, taken out by ${out.outBy ?? say`somebody`}`,
          say`Say that it is done when it is back.`,
        )
      : blocker(
          say`${out.name} is out, taken out by ${out.outBy ?? say`somebody`}`,
          say`One at a time: ${out.name} has to be back first.`,
          { members: [out.name] },
        );
  return leader?.name === member
    ? blocker(say`${member} leads`, say`Hand over first, by a switchover to a member that is done.`, {
        members: [member],
      })
    : passed(say`nobody else is out`);
}

function syncMatch(
  { synchronousMode, synchronousModeStrict, sync }: Cluster,
  listed: readonly Member[],
  leader: Member | null,
  member: string | null,
): CheckMatch | null {
  if (synchronousMode === null || synchronousMode === 'off' || member === null) return null;
  const rest = listed.filter(
    ({ name, replication }) => name !== leader?.name && name !== member && replication.kind === 'streaming',
  );
  if (rest.length === 0)
    return synchronousModeStrict
      ? blocker(
          say`With ${member} out, every commit waits: synchronous_mode_strict is on and nobody else streams`,
          say`Add a replica, or switch synchronous_mode_strict off for the while.`,
        )
      : warning(
          say`With ${member} out, no standby confirms commits`,
          say`Patroni takes it out of /sync; if the leader is lost meanwhile, what was committed since goes with it.`,
        );
  return sync?.standbys.includes(member) === true
    ? note(
        say`${member} is in /sync`,
        say`The leader chooses ${joinNames(rest.map(({ name }) => name))} in its next loop; commits may wait until then.`,
      )
    : null;
}

/** A host often carries a member of the DCS too: a reboot takes both. */
function dcsMatch({ dcs, members }: Cluster, name: string | null): CheckMatch | null {
  const host = members.find((member) => member.name === name)?.host ?? null;
  if (dcs === null || host === null) return null;
  const hosts = dcs.endpoints.map((endpoint) => ({ endpoint, host: hostOf(endpoint.url) }));
  const there = hosts.filter((one) => one.host === host).length;
  // A lab on one address says nothing about hosts.
  if (there === 0 || there === hosts.length) return null;
  const alive = hosts.filter(({ endpoint }) => ['leader', 'follower'].includes(endpoint.state)).length;
  const voters = hosts.filter(({ endpoint }) => endpoint.state !== 'learner').length;
  const left = alive - there;
  const about = { evidence: [fact(say`DCS`, say`${alive} of ${voters} members answer`)] };
  return left * 2 > voters
    ? note(say`${host} carries a member of the DCS as well`, say`The DCS keeps its quorum without it.`, about)
    : blocker(
        say`${host} carries a member of the DCS, which has no quorum without it`,
        say`A reboot there takes the leader's key from everybody. Repair the DCS first.`,
        about,
      );
}

function hostOf(url: string): string | null {
  try {
    return new URL(url.includes('://') ? url : `http://${url}`).hostname;
  } catch {
    return null;
  }
}

/** As a rolling restart demands it before the next: it runs, streams on the timeline of the leader, and has caught up. */
function proofMatch(cluster: Cluster, member: Member | null, name: string): CheckMatch {
  const about = { members: [name] };
  if (member === null || !member.listed)
    return blocker(say`${name} is not in the member list`, say`Patroni does not run there yet: start it.`, about);
  if (!answers(member)) return blocker(say`${name} does not answer`, say`Start Patroni on it, then look again.`, about);
  if (member.state === null || !isRunning(member.state))
    return blocker(say`${name} is ${member.state ?? say`unknown`}`, say`Wait until it runs.`, about);
  if (cluster.leader?.name === name) return passed(say`${name} runs and leads`, about);
  if (member.replication.kind !== 'streaming')
    return blocker(say`${name} runs and does not stream yet`, say`The next one has to wait for it.`, about);
  if (member.timeline !== null && cluster.timeline !== null && member.timeline !== cluster.timeline)
    return blocker(
      say`${name} is on timeline ${member.timeline}, the leader on ${cluster.timeline}`,
      say`The next one has to wait for it.`,
      about,
    );
  const lag = member.lag.replayBytes;
  const limit = cluster.config?.maximumLagOnFailoverBytes ?? 1_048_576;
  if (lag === null || lag > limit)
    return blocker(
      lag === null
        ? say`How far ${name} is behind is not known`
        : say`${name} is ${formatBytes(lag)} behind, more than maximum_lag_on_failover`,
      say`Wait until it has caught up: nobody could fail over to it.`,
      about,
    );
  return passed(say`${name} runs, streams, ${formatBytes(lag)} behind`, about);
}

/** What is new since it was taken out; where nothing is that should be, that is worth a second thought. */
function changedMatch({ maintenance }: Cluster, member: Member | null): CheckMatch | null {
  const entry = maintenance?.members.find(({ name }) => name === member?.name);
  if (maintenance === undefined || member === null || entry?.before == null || !answers(member)) return null;
  const { before } = entry;
  const news = newsOf(before, member);
  const about = { members: [member.name], evidence: news.map((text) => fact(member.name, text)) };
  const missing = missingOf(maintenance.work, before, member);
  if (missing !== null)
    return warning(say`${member.name}: ${missing}`, say`Was the work done? It is noted as done all the same.`, about);
  const out =
    entry.outAt === null ? null : formatSeconds((member.observedAt ?? entry.outAt) / 1000 - entry.outAt / 1000);
  return news.length === 0
    ? null
    : note(
        out === null ? say`${member.name} is back` : say`${member.name} is back after ${out}`,
        say`What is new stands beside it.`,
        about,
      );
}

type Before = NonNullable<ReturnType<typeof outOf>>['before'];

export function newsOf(before: NonNullable<Before>, member: Member): readonly Text[] {
  const differ = (was: string | null, is: string | null): boolean => was !== null && is !== null && was !== is;
  return [
    ...(isStartedAnew(before, member) ? [say`PostgreSQL started anew`] : []),
    ...(differ(before.postgres, member.postgresVersion)
      ? [say`PostgreSQL ${before.postgres ?? ''}, now ${member.postgresVersion ?? ''}`]
      : []),
    ...(differ(before.patroni, member.patroniVersion)
      ? [say`Patroni ${before.patroni ?? ''}, now ${member.patroniVersion ?? ''}`]
      : []),
  ];
}

function isStartedAnew(before: NonNullable<Before>, { startedAt }: Member): boolean {
  return startedAt !== null && before.startedAt !== null && startedAt - before.startedAt > SAME_START_MS;
}

function missingOf(
  work: NonNullable<Cluster['maintenance']>['work'],
  before: NonNullable<Before>,
  member: Member,
): Text | null {
  if (work === 'patroni') return before.patroni === member.patroniVersion ? say`Patroni is the same as before` : null;
  if (work === 'other') return null;
  if (before.startedAt !== null && !isStartedAnew(before, member)) return say`PostgreSQL was not restarted meanwhile`;
  return work === 'postgresql' && before.postgres !== null && before.postgres === member.postgresVersion
    ? say`PostgreSQL is the same version as before`
    : null;
}
