// The log of an action: what changed from one snapshot to the next, line by line, each with the witness it came from. Pure.

import type { Member, Snapshot } from '../cluster';
import { formatLsn } from '../lsn';
import { formatInstant } from '../words';
import type { Seen } from './action';

export function seenBetween(before: Snapshot, after: Snapshot): readonly Seen[] {
  const at = after.observedAt;
  const lines: Seen[] = [...keyLines(before, after, at)];
  for (const member of after.cluster.members) {
    const was = before.cluster.members.find((other) => other.name === member.name);
    if (was !== undefined) lines.push(...memberLines(was, member, at));
  }
  return lines;
}

function keyLines(before: Snapshot, after: Snapshot, at: number): Seen[] {
  const lines: Seen[] = [];
  const add = (text: string): void => void lines.push({ at, source: 'DCS', text });
  const [was, is] = [before.cluster, after.cluster];
  if (is.dcs !== null && was.dcs !== null && is.dcs.state !== was.dcs.state)
    add(is.dcs.state === 'fresh' ? 'can be read again' : `cannot be read: ${is.dcs.error ?? 'no answer'}`);
  const revision = is.dcs?.keyRevisions ?? null;
  const leaders = [was.leader?.name ?? null, is.leader?.name ?? null];
  if (leaders[0] !== leaders[1]) {
    if (is.leader === null) add(`/leader deleted, was ${was.leader?.name}`);
    else add(`/leader = ${is.leader.name}${revision === null ? '' : `, revision ${revision.leader}`}`);
  }
  const request = (cluster: typeof was): string | null => {
    const plan = cluster.scheduledSwitchover ?? cluster.pendingSwitchover;
    if (plan === null) return null;
    const when = cluster.scheduledSwitchover === null ? '' : ` at ${formatInstant(cluster.scheduledSwitchover.at)}`;
    return `${plan.from ?? 'no leader'} to ${plan.to ?? 'the best candidate'}${when}`;
  };
  const requests = [request(was), request(is)];
  if (requests[0] !== requests[1])
    add(
      `/failover ${requests[1] === null ? 'cleared' : `= ${requests[1]}`}${revision === null ? '' : `, revision ${revision.failover}`}`,
    );
  if (was.config?.revision !== is.config?.revision && is.config !== null)
    add(`/config at revision ${is.config.revision ?? 'unknown'}`);
  const sync = (cluster: typeof was): string =>
    cluster.sync === null ? 'nobody' : cluster.sync.standbys.join(', ') || 'nobody';
  if (sync(was) !== sync(is)) add(`/sync: ${sync(is)}`);
  return lines;
}

function memberLines(was: Member, is: Member, at: number): Seen[] {
  const lines: Seen[] = [];
  const patroni = (text: string): void => void lines.push({ at, source: `Patroni ${is.name}`, text });
  const postgres = (text: string): void => void lines.push({ at, source: `PostgreSQL ${is.name}`, text });
  const error = (member: Member): string | null => member.witnesses.patroni.errorKind;
  if (error(was) !== error(is))
    patroni(error(is) === null ? 'answers again' : (is.witnesses.patroni.error ?? 'does not answer'));
  if (was.state !== is.state && is.state !== null && error(is) === null) patroni(`state ${is.state}`);
  if (was.seesPause !== is.seesPause && is.seesPause !== null)
    patroni(is.seesPause ? 'sees the pause' : 'sees that it was resumed');
  if ((was.pendingRestart === null) !== (is.pendingRestart === null))
    patroni(is.pendingRestart === null ? 'no restart pending any more' : 'a restart is pending');
  if ((was.scheduledRestart === null) !== (is.scheduledRestart === null))
    patroni(
      is.scheduledRestart === null
        ? 'no restart scheduled any more'
        : `restart scheduled at ${formatInstant(is.scheduledRestart.at)}`,
    );
  const sql = (member: Member): string | null => member.witnesses.sql.errorKind;
  if (sql(was) !== sql(is) && is.witnesses.sql.state !== null)
    postgres(sql(is) === null ? 'takes connections' : (is.witnesses.sql.error ?? 'does not answer'));
  if (was.postgresRole !== is.postgresRole && is.postgresRole !== 'unknown')
    postgres(is.postgresRole === 'primary' ? `out of recovery${position(is)}` : `in recovery${position(is)}`);
  if (was.timeline !== is.timeline && is.timeline !== null) postgres(`timeline ${is.timeline}`);
  if (was.startedAt !== null && is.startedAt !== null && is.startedAt - was.startedAt > 100) postgres('new postmaster');
  if (was.replication.kind !== is.replication.kind) {
    if (is.replication.kind === 'streaming')
      postgres(`streams from ${is.replication.upstream ?? 'an unknown upstream'}`);
    else if (was.replication.kind === 'streaming' && is.replication.kind === 'not_streaming')
      postgres('does not stream');
  }
  return lines;
}

function position(member: Member): string {
  const lsn = member.lsn ?? member.replayedLsn;
  return lsn === null ? '' : `, ${formatLsn(lsn)}`;
}
