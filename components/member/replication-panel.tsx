'use client';
import type { ReactNode } from 'react';
import { useNow } from '@/lib/client/live/clock';
import { exactBytes, formatBytes, formatDuration, formatSeconds } from '@/lib/client/words/format';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { Member, Snapshot, Stages } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { formatLsn } from '@/lib/domain/lsn';
import { MemberLink } from '../cluster/member-link';
import { Age } from '../ui/age';
import { type Fact, FactList } from '../ui/fact-list';
import { Glyph } from '../ui/glyph';
import { Panel } from '../ui/panel';

const SHOWN_MAX = 30;
const BY: Readonly<Record<'walsender' | 'wal_receiver' | 'patroni', string>> = {
  walsender: form('by the row of its upstream in pg_stat_replication'),
  wal_receiver: form('by its own WAL receiver'),
  patroni: form('by the word of its Patroni'),
};

/** What flows into it and what flows out. */
export function ReplicationPanel({ member, snapshot }: { member: Member; snapshot: Snapshot }) {
  const followers = snapshot.cluster.members.filter(
    (other) => other.name !== member.name && (other.stages?.upstream ?? other.upstream) === member.name,
  );
  const out = followers.length + member.externalStandbys.length;
  return (
    <Panel title={t('Replication')} count={tn(out, '{n} follows it', '{n} follow it')}>
      <div className="grid grid-cols-[minmax(0,1fr)] md:grid-cols-2">
        <section aria-label={t('In')} className="px-3.5 py-2.5">
          <h3 className="mb-1 text-11 text-f2">{t('In')}</h3>
          <Inflow member={member} snapshot={snapshot} />
        </section>
        <section aria-label={t('Out')} className="border-l1 px-3.5 py-2.5 max-md:border-t md:border-l">
          <h3 className="mb-1 text-11 text-f2">{t('Out')}</h3>
          <Outflow member={member} followers={followers} snapshot={snapshot} />
        </section>
      </div>
    </Panel>
  );
}

function Inflow({ member, snapshot }: { member: Member; snapshot: Snapshot }) {
  const { replication, stages } = member;
  if (replication.kind === 'leader') {
    return (
      <>
        <p className="text-12 text-f1">{t('It leads: nothing flows into it.')}</p>
        <FactList className="mt-1" facts={[{ label: t('writes at'), value: lsn(member.lsn), mono: true }]} />
      </>
    );
  }
  const upstream = snapshot.cluster.members.find(({ name }) => name === (stages?.upstream ?? member.upstream));
  const slot = upstream?.slots?.find((one) => one.member === member.name);
  const facts: readonly Fact[] = [
    flowFact(member, snapshot.scope),
    {
      label: t('received'),
      value: position(member.receivedLsn, member.lag.receiveBytes),
      title: exactBytes(member.lag.receiveBytes),
    },
    {
      label: t('replayed'),
      value: position(member.replayedLsn, member.lag.replayBytes),
      title: exactBytes(member.lag.replayBytes),
      tone: member.replayPaused === true ? 'text-warning' : undefined,
    },
    ...(member.replayPaused === true ? [{ label: t('replay'), value: t('paused'), tone: 'text-warning' }] : []),
    ...(member.replayedAt === null ? [] : [{ label: t('last commit'), value: <Ago at={member.replayedAt} /> }]),
    ...(member.divergence === null
      ? []
      : [
          {
            label: t('fork'),
            value:
              member.divergence.pastBytes === null
                ? t('on timeline {timeline}', { timeline: member.divergence.memberTimeline })
                : t('{size} on timeline {timeline} that no other member has', {
                    size: formatBytes(member.divergence.pastBytes),
                    timeline: member.divergence.memberTimeline,
                  }),
            tone: 'text-critical',
          },
        ]),
    ...(stages === null ? [] : stageFacts(stages, snapshot.staleAfterMs)),
    ...(upstream === undefined
      ? []
      : [
          {
            label: t('slot'),
            value:
              slot === undefined
                ? upstream.slots === null
                  ? null
                  : t('none on {member}', { member: upstream.name })
                : t('{slot} on {member}, {state}', {
                    slot: slot.name,
                    member: upstream.name,
                    state: slot.active === null ? t('activity unknown') : slot.active ? t('active') : t('inactive'),
                  }),
          },
        ]),
    ...(member.replicateFrom === null ? [] : [{ label: 'replicatefrom', value: member.replicateFrom, mono: true }]),
  ];
  return <FactList facts={facts} />;
}

function flowFact(member: Member, scope: string): Fact {
  const { replication } = member;
  const label = t('flows');
  switch (replication.kind) {
    case 'leader':
      return { label, value: t('nothing') };
    case 'streaming':
      return {
        label,
        value: (
          <>
            {replication.upstream === null ? (
              t('streaming')
            ) : (
              <>
                {t('streaming from')} <MemberLink scope={scope} name={replication.upstream} limit={18} />
              </>
            )}
            <span className="text-f2">, {t(BY[replication.by])}</span>
          </>
        ),
      };
    case 'archive_recovery':
      return { label, value: t('from the archive') };
    case 'not_streaming':
      return {
        label,
        value:
          replication.why === null ? t('not streaming') : t('not streaming: {why}', { why: wire(replication.why) }),
        tone: 'text-critical',
      };
    case 'unknown':
      return { label, value: t('unknown: {why}', { why: wire(replication.reason) }), tone: 'text-unknown' };
  }
}

function stageFacts(stages: Stages, staleAfterMs: number): readonly Fact[] {
  const line = (bytes: number | null, seconds: number | null): string =>
    seconds === null ? formatBytes(bytes) : `${formatBytes(bytes)}, ${formatSeconds(seconds)}`;
  return [
    { label: 'sent', value: line(stages.sentBytes, null), title: exactBytes(stages.sentBytes) },
    { label: 'write', value: line(stages.writeBytes, stages.writeSeconds), title: exactBytes(stages.writeBytes) },
    { label: 'flush', value: line(stages.flushBytes, stages.flushSeconds), title: exactBytes(stages.flushBytes) },
    { label: 'replay', value: line(stages.replayBytes, stages.replaySeconds), title: exactBytes(stages.replayBytes) },
    { label: 'sync_state', value: stages.syncState },
    {
      label: t('last reply'),
      // A standby replies at least each 10 s: wal_receiver_status_interval.
      value: stages.replyAt === null ? null : <Age at={stages.replyAt} staleAfterMs={staleAfterMs + 10_000} />,
    },
  ];
}

function Outflow({
  member,
  followers,
  snapshot,
}: {
  member: Member;
  followers: readonly Member[];
  snapshot: Snapshot;
}) {
  const { externalStandbys, copies } = member;
  if (followers.length + externalStandbys.length + copies.length === 0) {
    const blind = member.witnesses.sql.state === null || member.silent;
    return (
      <p className="text-12 text-f2">
        {blind ? t('Nobody is known to follow it; without its SQL that is not certain.') : t('Nobody follows it.')}
      </p>
    );
  }
  return (
    <ul className="grid gap-1 text-12">
      {followers.slice(0, SHOWN_MAX).map((other) => (
        <Line key={other.name} name={<MemberLink scope={snapshot.scope} name={other.name} limit={18} />}>
          <Glyph glyph={glyphOf(other, snapshot.cluster)} />
          <span className="min-w-0 break-words text-f1">
            {[
              other.replication.kind === 'streaming' ? (other.stages?.state ?? 'streaming') : t('not streaming'),
              other.stages?.syncState,
              t('{size} to replay', { size: formatBytes(other.stages?.replayBytes ?? other.lag.replayBytes) }),
              other.stages?.replaySeconds == null ? null : formatSeconds(other.stages.replaySeconds),
            ]
              .filter((part) => part != null)
              .join(', ')}
          </span>
        </Line>
      ))}
      {followers.length > SHOWN_MAX && (
        <li className="text-f2">{t('and {n} more', { n: followers.length - SHOWN_MAX })}</li>
      )}
      {externalStandbys.slice(0, SHOWN_MAX).map((one) => (
        <Line
          key={`${one.applicationName}/${one.clientAddr}`}
          name={<span className="font-mono text-f0">{one.applicationName}</span>}
        >
          <span className="min-w-0 break-words text-f2">
            {t('no member, {state}, from {address}', {
              state: one.state ?? t('unknown'),
              address: one.clientAddr ?? t('unknown'),
            })}
          </span>
        </Line>
      ))}
      {copies.map((name) => (
        <Line key={`copy/${name}`} name={<MemberLink scope={snapshot.scope} name={name} limit={18} />}>
          <span className="text-f1">{t('is sent a base backup')}</span>
        </Line>
      ))}
    </ul>
  );
}

function Line({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-2.5">
      {name}
      {children}
    </li>
  );
}

function lsn(at: Member['lsn']): string | null {
  return at === null ? null : formatLsn(at);
}

function position(at: Member['lsn'], behind: number | null): ReactNode {
  if (at === null) return null;
  return (
    <>
      <span className="font-mono">{formatLsn(at)}</span>
      {behind !== null && `, ${t('{size} behind the leader', { size: formatBytes(behind) })}`}
    </>
  );
}

function Ago({ at }: { at: number }) {
  const now = useNow();
  return <span suppressHydrationWarning>{t('{age} ago', { age: formatDuration(now - at) })}</span>;
}
