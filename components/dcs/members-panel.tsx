'use client';
import type { ReactNode } from 'react';
import type { Care, CareMember } from '@/lib/client/dcs/care';
import { useNow } from '@/lib/client/live/clock';
import { exactBytes, formatBytes, formatCount, formatDuration, formatTook } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import { FSYNC_ADVISED_MS, ROUND_TRIP_ADVISED_MS } from '@/lib/domain/care/advised';
import { measured } from '@/lib/language/quantity';
import { Age } from '../ui/age';
import { Glyph } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';
import { Sparkline } from '../ui/sparkline';
import { glyphOf, ROLE_WORDS, WAS_WORDS } from './member-glyph';

/** Which columns this kind has at all. */
interface Columns {
  readonly position: boolean;
  readonly size: boolean;
  readonly counts: boolean;
  readonly alarms: boolean;
}

export function MembersPanel({ care, staleAfterMs }: { care: Care; staleAfterMs: number }) {
  const voters = care.members.filter(({ votes }) => votes === true).length;
  const others = care.members.filter(({ votes }) => votes === false).length;
  const columns: Columns = {
    position: care.members.some(({ position }) => position !== null),
    size: care.members.some(({ sizeBytes }) => sizeBytes !== null),
    counts: care.kind === 'etcd3',
    alarms: care.kind === 'etcd3',
  };
  const head: readonly (readonly [string, boolean])[] = [
    [t('Member'), false],
    [t('Role'), false],
    [t('Version'), false],
    ...(columns.position
      ? ([
          [t('Log index'), false],
          [t('Behind'), true],
        ] as const)
      : []),
    ...(columns.size ? ([[t('Size of quota'), false]] as const) : []),
    ...(columns.counts
      ? ([
          [t('WAL fsync p99'), true],
          [t('Round trip p99'), true],
        ] as const)
      : []),
    [t('Answers'), true],
    ...(columns.alarms ? ([[t('Alarms'), false]] as const) : []),
    [t('Age'), true],
  ];
  return (
    <Panel
      title={t('Members')}
      count={
        care.votes === null
          ? tn(care.members.length, '{n} address', '{n} addresses')
          : others === 0
            ? tn(voters, '{n} voter', '{n} voters')
            : t('{voters}, {learners}', {
                voters: tn(voters, '{n} voter', '{n} voters'),
                learners: tn(others, '{n} without a vote', '{n} without a vote'),
              })
      }
      aside={columns.counts ? t('its own API and /metrics of each; lines: one hour') : undefined}
      bodyClassName="overflow-x-auto"
    >
      <table className="w-full text-13">
        <thead>
          <tr className="text-11 text-f2 [&>th]:px-3 [&>th]:py-1.5 [&>th]:font-normal">
            {head.map(([word, right]) => (
              <th key={word} scope="col" className={`whitespace-nowrap ${right ? 'text-right' : 'text-left'}`}>
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {care.members.map((member) => (
            <Row key={member.key} member={member} columns={columns} staleAfterMs={staleAfterMs} />
          ))}
        </tbody>
      </table>
      {columns.size && (
        <p className="border-l1 border-t px-3.5 py-2 text-12 text-f2">
          {t(
            'Solid: in use. Hatched: free pages, come back by defragmenting. At the quota it takes no writes and every Patroni demotes.',
          )}
        </p>
      )}
    </Panel>
  );
}

function Row({ member, columns, staleAfterMs }: { member: CareMember; columns: Columns; staleAfterMs: number }) {
  const { role, was, answers, error, alarms } = member;
  const silent = answers === false;
  const unsure = answers === null;
  const dim = silent || unsure ? 'text-unknown' : '';
  return (
    <tr
      data-member={member.name}
      className={`border-l1 border-t [&>td]:px-3 [&>td]:py-2 [&>th]:px-3 ${silent ? 'bar-critical bg-critical-tint' : unsure ? 'bar-unknown' : alarms.length > 0 ? 'bar-critical' : ''}`}
    >
      <th
        scope="row"
        className="text-left font-semibold text-f0"
        title={[...member.urls, ...member.peerUrls].join('\n')}
      >
        <span className="flex items-center gap-2 whitespace-nowrap">
          <Glyph glyph={glyphOf(member)} />
          <Name text={member.name} limit={24} />
        </span>
      </th>
      <td
        className={`whitespace-nowrap ${silent ? 'text-critical' : unsure ? 'text-unknown' : role === 'leader' ? 'font-semibold text-f0' : 'text-f1'}`}
      >
        {!member.started
          ? t('never started')
          : role !== null
            ? t(ROLE_WORDS[role])
            : was !== null
              ? t(WAS_WORDS[was])
              : t('unknown')}
      </td>
      <td className={`whitespace-nowrap ${dim || 'text-f1'}`}>{member.version ?? t('unknown')}</td>
      {columns.position && (
        <>
          <td className={`whitespace-nowrap font-mono text-12 ${dim}`}>
            {member.position === null
              ? t('unknown')
              : role === null
                ? t('was {value}', { value: String(member.position) })
                : member.position}
          </td>
          <td className="text-right">{member.behind === null ? <Unknown /> : formatCount(member.behind)}</td>
        </>
      )}
      {columns.size && (
        <td>
          <Size member={member} live={answers === true} />
        </td>
      )}
      {columns.counts && (
        <>
          <Took
            values={member.fsyncMs}
            ms={member.fsync.p99Ms}
            p50={member.fsync.p50Ms}
            advised={FSYNC_ADVISED_MS}
            member={member}
          />
          <Took
            values={member.roundTripMs}
            ms={member.roundTrip.p99Ms}
            p50={member.roundTrip.p50Ms}
            advised={ROUND_TRIP_ADVISED_MS}
            member={member}
          />
        </>
      )}
      <td className="max-w-56 text-right">
        {answers === true ? (
          <span className="whitespace-nowrap">{formatTook(member.tookMs)}</span>
        ) : (
          <span className={`break-words text-12 ${silent ? 'font-semibold text-critical' : 'text-unknown'}`}>
            {error === null ? t('unknown') : wire(error)}
          </span>
        )}
      </td>
      {columns.alarms && (
        <td className={alarms.length > 0 ? 'font-semibold text-critical' : ''}>
          {answers === true ? (
            alarms.length === 0 ? (
              <span className="text-f2">{t('none')}</span>
            ) : (
              alarms.join(', ')
            )
          ) : (
            <Unknown />
          )}
        </td>
      )}
      <td className="text-right text-12 text-f2">
        {member.observedAt === null ? t('never') : <Age at={member.observedAt} staleAfterMs={staleAfterMs} />}
      </td>
    </tr>
  );
}

function Unknown({ children }: { children?: ReactNode }) {
  return <span className="text-unknown">{children ?? t('unknown')}</span>;
}

interface TookProps {
  readonly values: CareMember['fsyncMs'];
  readonly ms: number | null;
  readonly p50: number | null;
  readonly advised: number;
  readonly member: CareMember;
}

function Took({ values, ms, p50, advised, member }: TookProps) {
  const live = member.answers === true && member.countsError === null;
  const high = live && ms !== null && ms >= advised;
  const why = member.countsError !== null ? wire(member.countsError) : undefined;
  const title =
    ms === null
      ? (why ?? t('Too little was counted within the last minute.'))
      : t('p50 {p50}, p99 {p99}; advised below {advised}', {
          p50: p50 === null ? t('unknown') : formatTook(p50),
          p99: formatTook(ms),
          advised: wire(measured(advised, 'ms')),
        });
  return (
    <td className="text-right" title={title}>
      <span className="flex items-center justify-end gap-2">
        <Sparkline values={values} atLeast={advised} trouble={high} />
        {live && ms !== null ? (
          <span className={`w-14 whitespace-nowrap ${high ? 'font-semibold text-warning' : ''}`}>{formatTook(ms)}</span>
        ) : (
          <span className="w-14">
            <Unknown />
          </span>
        )}
      </span>
    </td>
  );
}

/** In use solid, free pages hatched, against the quota. */
function Size({ member, live }: { member: CareMember; live: boolean }) {
  const now = useNow();
  const { sizeBytes, inUseBytes, quotaBytes, observedAt } = member;
  if (sizeBytes === null) return <Unknown />;
  if (!live)
    return (
      <Unknown>
        {t('was {size}, {age} ago', {
          size: formatBytes(sizeBytes),
          age: observedAt === null ? t('unknown') : formatDuration(now - observedAt),
        })}
      </Unknown>
    );
  const share = quotaBytes === null || quotaBytes <= 0 ? null : Math.min(1, sizeBytes / quotaBytes);
  const used = inUseBytes === null || sizeBytes === 0 ? 1 : Math.min(1, inUseBytes / sizeBytes);
  const near = share !== null && share >= 0.8;
  return (
    <span className="block min-w-44" title={exactBytes(sizeBytes)}>
      <span className="flex justify-between gap-3 text-12">
        <b className={`font-semibold ${near ? 'text-warning' : 'text-f0'}`}>
          {quotaBytes === null
            ? formatBytes(sizeBytes)
            : rich('{size} of {quota}', { size: formatBytes(sizeBytes), quota: formatBytes(quotaBytes) })}
        </b>
        <span className="text-f2">
          {inUseBytes === null ? '' : t('in use {size}', { size: formatBytes(inUseBytes) })}
        </span>
      </span>
      <span className="relative mt-1 block h-[5px] rounded-full bg-bg3" aria-hidden="true">
        {share !== null && (
          <>
            <span
              className={`absolute inset-y-0 bg-[repeating-linear-gradient(135deg,currentColor_0_2px,transparent_2px_5px)] left-0 rounded-full ${near ? 'text-warning' : 'text-f3'}`}
              style={{ width: `${share * 100}%` }}
            />
            <span
              className={`absolute inset-y-0 left-0 rounded-full ${near ? 'bg-warning' : 'bg-f2'}`}
              style={{ width: `${share * used * 100}%` }}
            />
            <span className="absolute -top-0.5 right-0 h-[9px] w-0.5 bg-f0" />
          </>
        )}
      </span>
    </span>
  );
}
