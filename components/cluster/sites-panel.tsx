'use client';
import Link from 'next/link';
import { useSiteName } from '@/lib/client/fleet/sites';
import { livePath } from '@/lib/client/past/moment';
import { exactBytes, formatBytes, formatDuration, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { formatLsn } from '@/lib/domain/lsn';
import { type SiteEnd, type SiteLink, siteId } from '@/lib/domain/sites/site';
import { Glyph } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';

/** Both sites of the same data, the one that takes writes first, and what lies between them. */
export function SitesPanel({ snapshot }: { snapshot: Snapshot }) {
  const { site } = snapshot.cluster;
  if (site === undefined || site.links.length === 0) return null;
  const own = siteId(snapshot.scope);
  return (
    <Panel title={t('Sites')} aside={t('two clusters with the same data')}>
      <ul>
        {site.links.map((link) => (
          <li
            key={`${link.primary.id}/${link.standby.id}`}
            className="grid grid-cols-[minmax(0,1fr)] items-stretch gap-3 border-l1 border-t px-3.5 py-3 first:border-t-0 md:grid-cols-[minmax(0,1fr)_minmax(150px,auto)_minmax(0,1fr)]"
          >
            <End end={link.primary} own={own} scope={snapshot.scope} isPrimary />
            <Between link={link} />
            <End end={link.standby} own={own} scope={snapshot.scope} isPrimary={false} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface EndProps {
  readonly end: SiteEnd;
  readonly own: string;
  readonly scope: string;
  readonly isPrimary: boolean;
}

function End({ end, own, scope, isPrimary }: EndProps) {
  const other = useSiteName(end.id);
  const isOwn = end.id === own;
  const name = isOwn ? scope : other;
  const { leader, timeline, lsn } = end;
  return (
    <div className={`rounded-chip border px-3 py-2 ${isOwn ? 'border-l3' : 'border-l1'}`}>
      <p className="flex flex-wrap items-center gap-x-2 text-12 text-f2">
        {isPrimary ? t('Takes writes') : t('Standby cluster')}
        {isOwn && <span className="text-f3">{t('this cluster')}</span>}
      </p>
      <p className="font-semibold text-f0">
        {name === null ? (
          t('a cluster that you may not see')
        ) : isOwn ? (
          <Name text={name} limit={28} />
        ) : (
          <Link
            href={livePath(name)}
            prefetch={false}
            className="rounded-chip underline decoration-l3 pointer-coarse:min-h-11 pointer-coarse:content-center"
          >
            <Name text={name} limit={28} />
          </Link>
        )}
      </p>
      <p className="flex flex-wrap items-center gap-x-2 text-f1">
        <Glyph glyph={leader === null ? 'unknown' : isPrimary ? 'leader' : 'standby_leader'} />
        {leader === null ? t('Who leads is not known') : <Name text={leader} limit={24} />}
      </p>
      <p className="font-mono text-12 text-f2">
        {t('TL {timeline}, {lsn}', {
          timeline: timeline === null ? t('unknown') : String(timeline),
          lsn: lsn === null ? t('unknown') : formatLsn(lsn),
        })}
      </p>
      <p className="text-12 text-f3">{t('seen at {time}', { time: formatTime(end.observedAt, end.observedAt) })}</p>
    </div>
  );
}

/** In bytes and in seconds, and by which way. */
function Between({ link }: { link: SiteLink }) {
  const { lagBytes, lagSeconds, streaming, source, upstream, slot, forked, by } = link;
  const flow =
    forked === true
      ? { text: t('forked'), tone: 'text-critical' }
      : streaming === null
        ? { text: t('whether it receives is not known'), tone: 'text-unknown' }
        : streaming
          ? { text: t('streaming'), tone: 'text-f1' }
          : { text: t('not streaming'), tone: 'text-warning' };
  return (
    <div className="grid content-center justify-items-center gap-0.5 text-center text-12 text-f2">
      <p className={`flex items-center gap-1.5 ${flow.tone}`}>
        {flow.text}
        <Icon name="arrow" size={13} className="max-md:rotate-90" />
      </p>
      <p className="font-semibold text-15 text-f0" title={lagBytes === null ? '' : exactBytes(lagBytes)}>
        {lagBytes === null
          ? t('lag unknown')
          : lagBytes === 0
            ? t('nothing behind')
            : t('{size} behind', { size: formatBytes(lagBytes) })}
      </p>
      <p>
        {lagSeconds === null
          ? t('seconds unknown')
          : t('replay {time} behind', { time: formatDuration(lagSeconds * 1000) })}
      </p>
      {source !== null && <p className="break-all">{upstream === null ? source : `${source}, ${upstream}`}</p>}
      {slot !== null && (
        <p className={slot.found === false ? 'text-warning' : ''}>
          {slot.found === false
            ? t('slot {name} is missing', { name: slot.name })
            : slot.found === null
              ? t('slot {name}, not seen', { name: slot.name })
              : t('slot {name}', { name: slot.name })}
        </p>
      )}
      {by === 'identifier' && <p className="text-f3">{t('paired by the system identifier')}</p>}
    </div>
  );
}
