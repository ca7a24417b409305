'use client';
import type { ReactNode } from 'react';
import { useFreshness } from '@/lib/client/live/live';
import { t, tn } from '@/lib/client/words/text';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { MemberActions } from '../cluster/member-actions';
import { memberWords } from '../cluster/member-words';
import { roleWords } from '../cluster/topology-model';
import { Age, Since } from '../ui/age';
import { Chip } from '../ui/chip';
import { Glyph, HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { rich } from '../ui/rich';
import { HEALTH_BADGE } from '../ui/tone';

/** Who it is, what it is to the cluster, and how long it has been up. */
export function MemberHeader({ member, snapshot }: { member: Member; snapshot: Snapshot }) {
  const words = memberWords(member, snapshot);
  const was = useFreshness(member.observedAt, snapshot.staleAfterMs) === 'was';
  const found = snapshot.findings.filter(({ members }) => members.includes(member.name)).length;
  const health = was || member.silent ? 'unknown' : words.health;
  const word = t(HEALTH_WORDS[health]);
  const role = roleWords(member);
  return (
    <header className="mb-3">
      <div className="mb-1 flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Glyph glyph={was ? 'unknown' : glyphOf(member, snapshot.cluster)} size={18} />
        <h1 className="min-w-0 break-all font-semibold text-22 text-f0">{member.name}</h1>
        <span
          className={`inline-flex h-[22px] items-center gap-1.5 whitespace-nowrap rounded-chip px-2 font-semibold text-12 ${HEALTH_BADGE[health]}`}
        >
          <SeverityIcon health={health} size={13} />
          {found === 0 ? word : tn(found, '{health}, {n} finding', '{health}, {n} findings', { health: word })}
        </span>
        {!member.listed && <Chip tone="warning">{t('not listed')}</Chip>}
        {member.pendingRestart !== null && <Chip icon="restart">{t('pending restart')}</Chip>}
        {member.replayPaused === true && (
          <Chip icon="pause" tone="warning">
            {t('replay paused')}
          </Chip>
        )}
        {words.tags.map((tag) => (
          <Chip key={tag} tone="mono">
            {tag}
          </Chip>
        ))}
        <MemberActions name={member.name} snapshot={snapshot} className="ml-auto" />
      </div>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-f2 [&_b]:font-semibold [&_b]:text-f0">
        <span className={was ? 'text-unknown' : ''}>
          <b>{was ? t('was {value}', { value: role }) : role}</b>
          {member.upstream !== null && !words.leads && <> {t('from {member}', { member: member.upstream })}</>}
        </span>
        <span>{rich('timeline {timeline}', { timeline: <b>{member.timeline ?? t('unknown')}</b> })}</span>
        <span className="font-mono text-12">{words.address ?? t('address unknown')}</span>
        <Fact value={member.startedAt === null ? null : <Since at={member.startedAt} />} was={was}>
          {(value) => rich('PostgreSQL up {time}', { time: value })}
        </Fact>
        <Fact value={member.postgresVersion} was={false}>
          {(value) => rich('PostgreSQL {version}', { version: value })}
        </Fact>
        <Fact value={member.patroniVersion} was={false}>
          {(value) => rich('Patroni {version}', { version: value })}
        </Fact>
        <span>
          {rich('answered {age} ago', {
            age: <Age at={member.observedAt} staleAfterMs={snapshot.staleAfterMs} className="text-f0" />,
          })}
        </span>
      </div>
    </header>
  );
}

interface FactProps {
  readonly value: ReactNode;
  readonly was: boolean;
  readonly children: (value: ReactNode) => ReactNode;
}

function Fact({ value, was, children }: FactProps) {
  return (
    <span className={was ? 'text-unknown' : ''}>
      {children(value === null ? <span className="text-unknown">{t('unknown')}</span> : <b>{value}</b>)}
    </span>
  );
}
