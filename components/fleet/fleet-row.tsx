'use client';
import Link from 'next/link';
import { memo } from 'react';
import type { Column } from '@/lib/client/fleet/columns';
import { useSiteName } from '@/lib/client/fleet/sites';
import { useNow } from '@/lib/client/live/clock';
import { useFreshness } from '@/lib/client/live/live';
import {
  exactBytes,
  exactTime,
  formatBytes,
  formatDuration,
  formatMinute,
  truncateMiddle,
} from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { FleetRow as Row } from '@/lib/contract/stream';
import type { Health } from '@/lib/domain/severity';
import { Age } from '../ui/age';
import { Changed } from '../ui/changed';
import { Chip } from '../ui/chip';
import { GLYPH_WORDS, Glyph, HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { WholeName } from '../ui/name';
import { rich } from '../ui/rich';
import { Sparkline } from '../ui/sparkline';
import { HEALTH_ROW } from '../ui/tone';

const GLYPHS_MAX = 12;

/** The widths come from the table, for a narrow, a usual and a wide one. */
export const FLEET_TRACKS =
  'tb:grid-cols-(--tracks-narrow) xl:grid-cols-(--tracks-usual) min-[1600px]:grid-cols-(--tracks-wide)';

function LeaderCell({ row, was }: { row: Row; was: boolean }) {
  const now = useNow();
  const { leader } = row;
  if (leader === null)
    return (
      <span className={`font-semibold ${was ? 'text-unknown' : 'text-critical'}`}>
        {was ? t('was none') : t('none')}
      </span>
    );
  const glyph = row.members.find((member) => member.name === leader.name)?.clusterRole === 'standby_leader';
  if (was || !leader.known) {
    const name = <WholeName text={leader.name} lines="all" />;
    return (
      <span className="flex items-center gap-2 text-unknown">
        <Glyph glyph="unknown" />
        <span className="min-w-0">
          {was
            ? rich('was {value}', { value: name })
            : rich('{name}, {age} ago', { name, age: formatDuration(now - leader.observedAt) })}
        </span>
      </span>
    );
  }
  return (
    <span className={`flex items-center gap-2 ${row.health === 'ok' ? 'text-f1' : 'text-f0'}`}>
      <Glyph glyph={glyph ? 'standby_leader' : 'leader'} className={row.health === 'ok' ? 'opacity-75' : ''} />
      <Changed value={leader.name}>
        <WholeName text={leader.name} lines="all" />
      </Changed>
    </span>
  );
}

function MembersCell({ row, was }: { row: Row; was: boolean }) {
  const members = [...row.members].sort(
    (a, b) => Number(b.name === row.leader?.name) - Number(a.name === row.leader?.name),
  );
  const shown = members.length > GLYPHS_MAX ? members.slice(0, GLYPHS_MAX - 1) : members;
  const size = row.members.length > 8 ? 11 : 14;
  return (
    <span className="flex flex-wrap items-center gap-[3px]">
      {shown.map((member) => {
        const glyph = was ? 'unknown' : member.glyph;
        const word = t(GLYPH_WORDS[member.glyph]);
        return (
          <span
            key={member.name}
            title={`${member.name}, ${was ? t('was {value}', { value: word }) : word}`}
            className="flex"
          >
            <Glyph
              glyph={glyph}
              size={size}
              className={row.health === 'ok' && glyph === 'leader' ? 'opacity-75' : ''}
            />
            <span className="sr-only">
              {member.name} {t(GLYPH_WORDS[glyph])}{' '}
            </span>
          </span>
        );
      })}
      {shown.length < row.members.length && (
        <span className="pl-1 text-11 text-f3">+{row.members.length - shown.length}</span>
      )}
    </span>
  );
}

/** Short on the row, whole in its title. */
function Maintained({ brief: { out, done, total } }: { brief: NonNullable<Row['maintenance']> }) {
  return out === null ? (
    <Chip icon="rolling" title={t('maintenance: {done} of {total} done', { done, total })}>
      {t('{done} of {total} done', { done, total })}
    </Chip>
  ) : (
    <Chip icon="rolling" title={t('maintenance: {member} out, {done} of {total} done', { member: out, done, total })}>
      {t('{member} out', { member: truncateMiddle(out, 12) })}
    </Chip>
  );
}

function SiteMark({ site }: { site: NonNullable<Row['site']> }) {
  const { role, others, lagBytes } = site;
  const name = useSiteName(others[0] ?? '') ?? t('another cluster');
  const behind = lagBytes === null ? t('lag unknown') : t('{size} behind', { size: formatBytes(lagBytes) });
  return (
    <Chip tone="plain" title={t('two clusters with the same data')}>
      {role === 'standby'
        ? t('follows {name}, {behind}', { name, behind })
        : t('followed by {name}, {behind}', { name, behind })}
    </Chip>
  );
}

function Marks({ row }: { row: Row }) {
  const at = row.scheduledSwitchoverAt === null ? Number.NaN : Date.parse(row.scheduledSwitchoverAt);
  return (
    <>
      {row.site !== undefined && <SiteMark site={row.site} />}
      {row.paused === true && (
        <Chip icon="pause" tone="warning">
          {t('paused')}
        </Chip>
      )}
      {row.maintenance !== undefined && <Maintained brief={row.maintenance} />}
      {row.pendingRestarts > 0 && (
        <Chip icon="restart" title={t('Members that wait for a restart')}>
          {t('{n} pending', { n: row.pendingRestarts })}
        </Chip>
      )}
      {row.scheduledSwitchoverAt !== null && (
        <Chip icon="calendar" title={Number.isNaN(at) ? row.scheduledSwitchoverAt : exactTime(at)}>
          {t('switchover {time}', { time: Number.isNaN(at) ? row.scheduledSwitchoverAt : formatMinute(at) })}
        </Chip>
      )}
    </>
  );
}

interface FleetRowProps {
  readonly row: Row;
  /** Its trouble is said above the table, for all that have it. */
  readonly isTold: boolean;
  readonly columns: readonly Column[];
  /** Its place among the lines, and where it stands; null: in the page's own flow. */
  readonly index: number;
  readonly top: number | null;
  readonly measure: (line: HTMLElement | null) => void;
}

export const FleetRow = memo(function FleetRow({ row, isTold, columns, index, top, measure }: FleetRowProps) {
  const was = useFreshness(row.observedAt, row.staleAfterMs) === 'was';
  const health: Health = was ? 'unknown' : row.health;
  const total = row.findings.critical + row.findings.unknown + row.findings.warning + row.findings.note;
  const quiet = row.health === 'ok';
  const alone = row.members.length === 1 && row.replayLagBytes === null;
  const size = formatBytes(row.replayLagBytes);
  const lag = alone ? t('no replica') : was && row.replayLagBytes !== null ? t('was {value}', { value: size }) : size;
  const lagTone = alone
    ? 'text-f3'
    : was || row.replayLagBytes === null
      ? 'text-unknown'
      : row.replayLagOverLimit
        ? 'text-warning'
        : quiet
          ? ''
          : 'text-f0';
  return (
    <tr
      ref={top === null ? undefined : measure}
      data-index={index}
      aria-rowindex={index + 2}
      data-scope={row.scope}
      style={top === null ? undefined : { transform: `translateY(${top}px)` }}
      className={`group ${top === null ? 'relative first:border-t-0' : 'absolute inset-x-0 top-0'} grid scroll-mt-24 grid-cols-[26px_minmax(0,1fr)_auto] items-center gap-x-1 gap-y-1 border-l1 border-t py-2.5 pr-3.5 pl-2.5 hover:bg-bg2 tb:gap-x-0 tb:gap-y-0 tb:pl-0 ${FLEET_TRACKS} ${quiet || isTold ? 'tb:min-h-[38px] tb:py-0.5' : 'tb:min-h-[59px] tb:py-1'} ${HEALTH_ROW[health]}`}
    >
      <td className="flex tb:justify-center tb:pl-0">
        <SeverityIcon health={health} size={16} />
        <span className="sr-only">{t(HEALTH_WORDS[health])}</span>
      </td>
      <td className="min-w-0 tb:pr-2">
        <Link
          href={`/clusters/${encodeURIComponent(row.scope)}`}
          prefetch={false}
          data-row-link
          className={`block w-fit max-w-full rounded-chip text-15 tb:text-13 ${quiet ? 'text-f1' : 'font-semibold text-f0'}`}
        >
          <WholeName text={row.scope} lines="all" />
        </Link>
        {!quiet && !isTold && (
          <span className="block truncate text-11 text-f3">{Object.values(row.labels).join(' · ')}</span>
        )}
      </td>
      <td className="min-w-0 pr-4 max-tb:col-span-2 max-tb:col-start-2 max-tb:row-start-2">
        {quiet || row.headline === null ? (
          <span className="text-f3">{was ? t('was healthy') : t('healthy')}</span>
        ) : (
          <>
            <span className="flex min-w-0 items-center gap-2">
              <span
                className={`min-w-0 tb:max-xl:line-clamp-2 xl:truncate ${was ? 'text-f3' : isTold ? 'text-f2' : 'font-semibold text-f0'}`}
                title={wire(row.headline.title)}
              >
                {was && <span className="text-unknown">{t('was')} </span>}
                {wire(row.headline.title)}
              </span>
              {total > 1 && (
                <span
                  className="shrink-0 rounded-chip border border-l2 px-1 text-11 text-f2"
                  title={tn(total, '{n} finding', '{n} findings')}
                >
                  +{total - 1}
                </span>
              )}
            </span>
            {!isTold && (
              <span className="block text-12 text-f2 max-tb:line-clamp-2 tb:truncate" title={wire(row.headline.text)}>
                {wire(row.headline.text)}
              </span>
            )}
          </>
        )}
      </td>
      {columns.includes('dcs') && (
        <td className="hidden min-w-0 truncate pr-3 text-12 text-f2 xl:block" title={row.source}>
          {row.source}
        </td>
      )}
      {columns.includes('leader') && (
        <td className="min-w-0 max-tb:col-start-2 max-tb:row-start-3 max-tb:flex max-tb:items-center max-tb:gap-4">
          <LeaderCell row={row} was={was} />
        </td>
      )}
      {columns.includes('members') && (
        <td className="min-w-0 max-tb:col-start-3 max-tb:row-start-3 max-tb:justify-self-end">
          <MembersCell row={row} was={was} />
        </td>
      )}
      {columns.includes('lag') && (
        <td
          title={exactBytes(row.replayLagBytes)}
          className={`text-right max-tb:col-span-2 max-tb:col-start-2 max-tb:row-start-4 max-tb:text-left ${lagTone}`}
        >
          <span className="text-f3 tb:hidden">{t('replay lag')} </span>
          {lag}
        </td>
      )}
      {columns.includes('chart') && (
        <td className="hidden pl-2.5 xl:block">
          <Sparkline
            values={row.spark}
            atLeast={row.maximumLagOnFailoverBytes}
            trouble={row.replayLagOverLimit && !was}
          />
        </td>
      )}
      {columns.includes('timeline') && (
        <td className="hidden text-right font-mono text-12 xl:block">
          {row.timeline ?? <span className="text-unknown">?</span>}
        </td>
      )}
      {columns.includes('marks') && (
        <td className="flex min-w-0 flex-wrap items-center gap-1 max-tb:col-span-2 max-tb:col-start-2 max-tb:row-start-5 max-tb:empty:hidden tb:pl-3">
          <Marks row={row} />
        </td>
      )}
      {columns.includes('age') && (
        <td className="text-right text-12 text-f2 max-tb:col-start-3 max-tb:row-start-1">
          <Age at={row.observedAt} staleAfterMs={row.staleAfterMs} />
        </td>
      )}
    </tr>
  );
});
