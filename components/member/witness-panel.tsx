'use client';
import type { ReactNode } from 'react';
import { useNow } from '@/lib/client/live/clock';
import { formatSeconds, formatTime, formatTook } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { Member, Snapshot, WitnessState } from '@/lib/domain/cluster';
import { Age, Since } from '../ui/age';
import { type Fact, FactList } from '../ui/fact-list';
import { Panel } from '../ui/panel';

const UNASKED: Readonly<Record<'dcs' | 'patroni' | 'sql', string>> = {
  dcs: form('not configured'),
  patroni: form('not configured'),
  sql: form('no SQL role is configured'),
};

/** Who says what of it, and how old that is. */
export function WitnessPanel({ member, snapshot }: { member: Member; snapshot: Snapshot }) {
  const { witnesses, identity, archiver } = member;
  const facts: readonly Fact[] = [
    { label: 'DCS', value: said(witnesses.dcs, 'dcs', 3 * snapshot.staleAfterMs) },
    { label: 'Patroni', value: said(witnesses.patroni, 'patroni', snapshot.staleAfterMs) },
    { label: 'PostgreSQL', value: said(witnesses.sql, 'sql', snapshot.staleAfterMs) },
    ...(identity.text === null ? [] : [{ label: t('whose answer'), value: wire(identity.text), tone: 'text-unknown' }]),
    ...(identity.sql === null ? [] : [{ label: t('whose SQL'), value: wire(identity.sql), tone: 'text-unknown' }]),
    ...(member.sqlGrantMissing ? [{ label: t('right'), value: t('the SQL role is not in pg_monitor') }] : []),
    { label: t('clock'), value: clockWords(member.clockOffsetSeconds) },
    ...(member.watchdog === 'failed'
      ? [{ label: 'watchdog', value: t('required, and it does not work'), tone: 'text-critical' }]
      : []),
    ...(member.failsafeActive ? [{ label: 'failsafe_mode', value: t('at work'), tone: 'text-warning' }] : []),
    ...(snapshot.cluster.paused === true
      ? [
          {
            label: t('pause'),
            value: member.seesPause === null ? null : member.seesPause ? t('seen') : t('not seen yet'),
          },
        ]
      : []),
    ...(member.scheduledRestart === null
      ? []
      : [{ label: t('restart'), value: t('scheduled for {time}', { time: member.scheduledRestart.at }) }]),
    { label: t('archive'), value: archiver === null ? null : <ArchiverWords archiver={archiver} /> },
    { label: t('identifier'), value: member.systemIdentifier, mono: true },
  ];
  return (
    <Panel title={t('Who says so')} bodyClassName="px-3.5 py-2.5">
      <FactList facts={facts} />
    </Panel>
  );
}

function said(state: WitnessState, who: 'dcs' | 'patroni' | 'sql', staleAfterMs: number): ReactNode {
  if (state.state === null) return <span className="text-f3">{t(UNASKED[who])}</span>;
  const age =
    state.observedAt === null ? (
      <span className="text-unknown">{t('never answered')}</span>
    ) : (
      <>
        <Age at={state.observedAt} staleAfterMs={staleAfterMs} className="text-f0" />
        {state.tookMs !== null && `, ${t('took {time}', { time: formatTook(state.tookMs) })}`}
      </>
    );
  return (
    <>
      {age}
      {state.error !== null && <span className="text-unknown">, {wire(state.error)}</span>}
    </>
  );
}

function clockWords(offset: number | null): string | null {
  if (offset === null) return null;
  if (Math.abs(offset) < 1) return t('as ours, to a second');
  const span = formatSeconds(Math.abs(offset));
  return offset > 0 ? t('{span} ahead of ours', { span }) : t('{span} behind ours', { span });
}

function ArchiverWords({ archiver }: { archiver: NonNullable<Member['archiver']> }) {
  const clock = useNow(60_000);
  const { enabled, lastArchivedAt, lastArchivedWal, lastFailedAt, lastFailedWal } = archiver;
  if (!enabled) return t('off');
  const fails = lastFailedAt !== null && (lastArchivedAt === null || lastFailedAt > lastArchivedAt);
  if (fails)
    return (
      <span className="text-warning">
        {t('{wal} fails since {time}', {
          wal: lastFailedWal ?? t('unknown'),
          time: formatTime(lastFailedAt, clock === 0 ? lastFailedAt : clock),
        })}
      </span>
    );
  if (lastArchivedAt === null) return t('nothing archived here');
  return (
    <>
      <span className="font-mono">{lastArchivedWal ?? t('unknown')}</span>, <Since at={lastArchivedAt} />
    </>
  );
}
