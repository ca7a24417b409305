// The log of an action: what changed from one snapshot to the next, line by line, each with the witness it came from. Pure.

import { formatInstant } from '../../language/quantity';
import { isSameText, say, type Text } from '../../language/sentence';
import type { Member, Snapshot } from '../cluster';
import { formatLsn } from '../lsn';
import type { Seen } from './action';

export function logBetween(before: Snapshot, after: Snapshot): readonly Seen[] {
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
  const add = (text: Text): void => void lines.push({ at, source: 'DCS', text });
  const [was, is] = [before.cluster, after.cluster];
  if (is.dcs !== null && was.dcs !== null && is.dcs.state !== was.dcs.state)
    add(is.dcs.state === 'fresh' ? say`can be read again` : say`cannot be read: ${is.dcs.error ?? say`no answer`}`);
  const revision = is.dcs?.keyRevisions ?? null;
  const leaders = [was.leader?.name ?? null, is.leader?.name ?? null];
  if (leaders[0] !== leaders[1]) {
    if (is.leader === null) add(say`/leader deleted, was ${was.leader?.name ?? ''}`);
    else
      add(
        revision === null
          ? say`/leader = ${is.leader.name}`
          : say`/leader = ${is.leader.name}, revision ${revision.leader}`,
      );
  }
  const request = (cluster: typeof was): Text | null => {
    const plan = cluster.scheduledSwitchover ?? cluster.pendingSwitchover;
    if (plan === null) return null;
    const [from, to] = [plan.from ?? say`no leader`, plan.to ?? say`the best candidate`];
    return cluster.scheduledSwitchover === null
      ? say`${from} to ${to}`
      : say`${from} to ${to} at ${formatInstant(cluster.scheduledSwitchover.at)}`;
  };
  const asked = request(is);
  if (!isSameText(request(was) ?? '', asked ?? ''))
    add(
      asked === null
        ? revision === null
          ? say`/failover cleared`
          : say`/failover cleared, revision ${revision.failover}`
        : revision === null
          ? say`/failover = ${asked}`
          : say`/failover = ${asked}, revision ${revision.failover}`,
    );
  if (was.config?.revision !== is.config?.revision && is.config !== null)
    add(is.config.revision == null ? say`/config at revision unknown` : say`/config at revision ${is.config.revision}`);
  const sync = (cluster: typeof was): string => cluster.sync?.standbys.join(', ') ?? '';
  if (sync(was) !== sync(is)) add(sync(is) === '' ? say`/sync: nobody` : say`/sync: ${sync(is)}`);
  return lines;
}

function memberLines(was: Member, is: Member, at: number): Seen[] {
  const lines: Seen[] = [];
  const patroni = (text: Text): void => void lines.push({ at, source: say`Patroni ${is.name}`, text });
  const postgres = (text: Text): void => void lines.push({ at, source: say`PostgreSQL ${is.name}`, text });
  const error = (member: Member): string | null => member.witnesses.patroni.errorKind;
  if (error(was) !== error(is))
    patroni(error(is) === null ? say`answers again` : (is.witnesses.patroni.error ?? say`does not answer`));
  if (was.state !== is.state && is.state !== null && error(is) === null) patroni(say`state ${is.state}`);
  if (was.seesPause !== is.seesPause && is.seesPause !== null)
    patroni(is.seesPause ? say`sees the pause` : say`sees that it was resumed`);
  if ((was.pendingRestart === null) !== (is.pendingRestart === null))
    patroni(is.pendingRestart === null ? say`no restart pending any more` : say`a restart is pending`);
  if ((was.scheduledRestart === null) !== (is.scheduledRestart === null))
    patroni(
      is.scheduledRestart === null
        ? say`no restart scheduled any more`
        : say`restart scheduled at ${formatInstant(is.scheduledRestart.at)}`,
    );
  const sql = (member: Member): string | null => member.witnesses.sql.errorKind;
  if (sql(was) !== sql(is) && is.witnesses.sql.state !== null)
    postgres(sql(is) === null ? say`takes connections` : (is.witnesses.sql.error ?? say`does not answer`));
  if (was.postgresRole !== is.postgresRole && is.postgresRole !== 'unknown') postgres(recovery(is));
  if (was.timeline !== is.timeline && is.timeline !== null) postgres(say`timeline ${is.timeline}`);
  if (was.startedAt !== null && is.startedAt !== null && is.startedAt - was.startedAt > 100)
    postgres(say`new postmaster`);
  if (was.replication.kind !== is.replication.kind) {
    if (is.replication.kind === 'streaming')
      postgres(say`streams from ${is.replication.upstream ?? say`an unknown upstream`}`);
    else if (was.replication.kind === 'streaming' && is.replication.kind === 'not_streaming')
      postgres(say`does not stream`);
  }
  return lines;
}

function recovery(member: Member): Text {
  const lsn = member.lsn ?? member.replayedLsn;
  if (member.postgresRole === 'primary')
    return lsn === null ? say`out of recovery` : say`out of recovery, ${formatLsn(lsn)}`;
  return lsn === null ? say`in recovery` : say`in recovery, ${formatLsn(lsn)}`;
}
