'use client';
import type { ReactNode } from 'react';
import { useFreshness } from '@/lib/client/live/live';
import { t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { Age } from '../ui/age';
import { Chip } from '../ui/chip';
import { Glyph } from '../ui/glyph';
import { MemberActions } from './member-actions';
import { MemberLink } from './member-link';
import type { MemberWords } from './member-words';

/** A row of the members table where there is no room for a table. */
export function MemberCard({ words, snapshot }: { words: MemberWords; snapshot: Snapshot }) {
  const { member } = words;
  const was = useFreshness(member.observedAt, snapshot.staleAfterMs) === 'was';
  const role = member.postgresRole === 'unknown' ? t('unknown') : member.postgresRole;
  const says = `${role}, ${words.state ?? t('unknown')}, TL ${member.timeline ?? t('unknown')}`;
  const tone = was ? 'text-unknown' : member.divergence !== null ? 'text-critical' : 'text-f1';
  return (
    <li
      className={`border-l1 border-t px-3.5 py-2.5 text-13 first:border-t-0 ${was ? 'bar-unknown bg-unknown-tint' : ''}`}
    >
      <div className="mb-1 flex items-center gap-2">
        <Glyph glyph={was ? 'unknown' : glyphOf(member, snapshot.cluster)} size={16} />
        <MemberLink scope={snapshot.scope} name={member.name} limit={24} className="text-15" />
        <Age at={member.observedAt} staleAfterMs={snapshot.staleAfterMs} className="ml-auto text-12 text-f2" />
        <MemberActions name={member.name} snapshot={snapshot} className="-my-2 -mr-2.5" />
      </div>
      <dl className={`grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 pl-6 ${tone}`}>
        <Fact label={t('Host')}>{words.address ?? t('unknown')}</Fact>
        <Fact label={t('DCS says')}>{member.clusterRole ?? t('unknown')}</Fact>
        <Fact label={t('PostgreSQL says')}>{was ? t('was {value}', { value: says }) : says}</Fact>
        <Fact label="LSN">
          <span className="font-mono text-12">
            {words.received ?? t('unknown')}
            {words.replayed !== null && ` / ${words.replayed}`}
          </span>
        </Fact>
        {!words.leads && (
          <Fact label={t('Lag')}>
            {t('received {receive}, replayed {replay}', { receive: words.receiveLag, replay: words.replayLag })}
          </Fact>
        )}
        {!words.leads && <Fact label={t('Upstream')}>{words.upstream}</Fact>}
        <Fact label={t('Would be elected')}>{words.elected}</Fact>
        {words.clients.length > 0 && <Fact label={t('Clients from')}>{words.clients.join('; ')}</Fact>}
        {words.tags.length > 0 && <Fact label={t('Tags')}>{words.tags.join(', ')}</Fact>}
      </dl>
      {member.pendingRestart !== null && (
        <p className="mt-1 pl-6">
          <Chip icon="restart">{t('pending restart')}</Chip>
        </p>
      )}
    </li>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-f2">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
