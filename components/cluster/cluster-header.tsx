'use client';
import type { ReactNode } from 'react';
import { useNow, usePast } from '@/lib/client/live/clock';
import { useFreshness } from '@/lib/client/live/live';
import { PAST_REASON } from '@/lib/client/past/moment';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { ClusterActions } from '../actions/action-menus';
import { Age, Since } from '../ui/age';
import { Button } from '../ui/button';
import { Changed } from '../ui/changed';
import { Chip } from '../ui/chip';
import { Glyph, HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { rich } from '../ui/rich';
import { HEALTH_BADGE } from '../ui/tone';

function Badge({ snapshot, was }: { snapshot: Snapshot; was: boolean }) {
  const health = was ? 'unknown' : snapshot.health;
  const count = snapshot.findings.length;
  const now = t(HEALTH_WORDS[health]);
  const word = was ? t('was {value}', { value: t(HEALTH_WORDS[snapshot.health]).toLowerCase() }) : now;
  return (
    <span
      className={`inline-flex h-[22px] items-center gap-1.5 whitespace-nowrap rounded-chip px-2 font-semibold text-12 ${HEALTH_BADGE[health]}`}
    >
      <SeverityIcon health={health} size={13} />
      {count === 0
        ? word
        : snapshot.cause == null || snapshot.cause.severity === 'note'
          ? tn(count, '{health}, {n} finding', '{health}, {n} findings', { health: word })
          : tn(count, '{health}: 1 cause, {n} finding', '{health}: 1 cause, {n} findings', { health: word })}
    </span>
  );
}

function LeaderFact({ snapshot, was }: { snapshot: Snapshot; was: boolean }) {
  const { leader, members } = snapshot.cluster;
  const member = members.find((one) => one.name === leader?.name);
  if (leader === null) {
    return (
      <span data-leader="" className="font-semibold text-critical">
        {was ? t('was without a leader') : t('No leader')}
      </span>
    );
  }
  const known = leader.known && !was;
  const name = (
    <b className={`font-semibold ${known ? 'text-f0' : ''}`}>
      <Name text={leader.name} limit={28} />
    </b>
  );
  return (
    <span data-leader={leader.name} className={`flex items-center gap-1.5 ${known ? '' : 'text-unknown'}`}>
      <Glyph glyph={known && member ? glyphOf(member, snapshot.cluster) : 'unknown'} />
      <span>
        {!known
          ? rich('was {name}, seen {age} ago', {
              name,
              age: <Age at={leader.observedAt} staleAfterMs={Number.POSITIVE_INFINITY} />,
            })
          : leader.since === null
            ? rich('{name} leads', { name })
            : rich('{name} has led for {age}', { name, age: <Since at={leader.since} /> })}
      </span>
    </span>
  );
}

function writableWords(writable: boolean | null): { text: string; tone: string } {
  if (writable === null) return { text: t('Writable: unknown'), tone: 'text-unknown' };
  return writable
    ? { text: t('Writable'), tone: 'font-semibold text-f0' }
    : { text: t('Not writable'), tone: 'font-semibold text-critical' };
}

/** `3 members`, its number bold. */
function boldNumber(text: string): ReactNode {
  const [, before = '', count = '', after = ''] = /^(\D*)(\d[\d\u2009]*)(.*)$/.exec(text) ?? ['', text];
  return (
    <>
      {before}
      <b>{count}</b>
      {after}
    </>
  );
}

export function ClusterHeader({ snapshot }: { snapshot: Snapshot }) {
  const { cluster } = snapshot;
  const past = usePast() !== null;
  const was = useFreshness(snapshot.observedAt, snapshot.staleAfterMs) === 'was';
  const writable =
    cluster.standbyCluster !== null
      ? { text: t('Standby cluster, read-only'), tone: 'text-f1' }
      : writableWords(cluster.writable);
  const mode = <b>{cluster.synchronousMode ?? t('unknown')}</b>;
  const patroni = [...new Set(cluster.members.flatMap((member) => member.patroniVersion ?? []))];
  const postgres = [...new Set(cluster.members.flatMap((member) => member.postgresVersion ?? []))];
  return (
    <header className="mb-3 flex flex-wrap items-start gap-x-4 gap-y-2.5">
      <div className="min-w-0 grow basis-80">
        <div className="mb-1 flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <h1 className="min-w-0 break-all font-semibold text-22 text-f0">{snapshot.scope}</h1>
          <Badge snapshot={snapshot} was={was} />
          {Object.entries(snapshot.labels).map(([key, value]) => (
            <Chip key={key} tone="plain">
              {key}={value}
            </Chip>
          ))}
          {cluster.paused === true && (
            <Chip icon="pause" tone="warning">
              {t('paused')}
            </Chip>
          )}
          {cluster.scheduledSwitchover !== null && <ScheduledChip at={cluster.scheduledSwitchover.at} />}
        </div>
        <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-f2 [&_b]:font-semibold [&_b]:text-f0">
          <LeaderFact snapshot={snapshot} was={was} />
          <span className={was ? 'text-unknown' : writable.tone}>
            {was ? t('was {value}', { value: writable.text.toLowerCase() }) : writable.text}
          </span>
          <span>
            {rich('timeline {timeline}', {
              timeline: (
                <b>
                  <Changed value={cluster.timeline ?? t('unknown')} />
                </b>
              ),
            })}
          </span>
          <span>{boldNumber(tn(cluster.members.length, '{n} member', '{n} members'))}</span>
          <span>
            {cluster.synchronousModeStrict
              ? rich('synchronous_mode {mode}, strict', { mode })
              : rich('synchronous_mode {mode}', { mode })}
          </span>
          <span>
            Patroni <b>{patroni.length === 0 ? t('unknown') : patroni.join(', ')}</b>
          </span>
          {postgres.length > 0 && (
            <span>
              PostgreSQL <b>{postgres.join(', ')}</b>
            </span>
          )}
          {cluster.systemIdentifier !== null && (
            <span className="font-mono text-12 text-f3" title={t('System identifier')}>
              {cluster.systemIdentifier}
            </span>
          )}
        </div>
      </div>
      {past ? <PastActions /> : <ClusterActions snapshot={snapshot} />}
    </header>
  );
}

function PastActions() {
  return (
    <Button icon="lock" disabled className="shrink-0">
      {t('Actions are off: {why}', { why: t(PAST_REASON) })}
    </Button>
  );
}

function ScheduledChip({ at }: { at: string }) {
  const now = useNow(60_000);
  const time = Date.parse(at);
  return (
    <Chip icon="calendar" title={Number.isNaN(time) ? at : exactTime(time)}>
      {t('switchover {time}', { time: Number.isNaN(time) ? at : formatTime(time, now).replace(/:\d\d$/, '') })}
    </Chip>
  );
}
