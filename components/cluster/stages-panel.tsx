'use client';
import { useLost } from '@/lib/client/live/live';
import { exactBytes, formatBytes, formatSeconds } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { joinNames } from '@/lib/language/quantity';
import { Command } from '../ui/command';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';

/** PostgreSQL's words, of pg_stat_replication. */
const STAGES = ['sent', 'write', 'flush', 'replay'] as const;
const FULL_BYTES = 64 * 1024 * 1024;
/** Logarithmic: 1 byte shows, 64 MiB fills. */
function share(bytes: number | null): number {
  return bytes === null || bytes <= 0 ? 0 : Math.min(1, Math.log2(1 + bytes) / Math.log2(1 + FULL_BYTES));
}

/** Of more than the first, the furthest behind are shown and the others folded away. */
const SHOWN_MAX = 12;
const SHOWN = 8;

/** How far behind in all stages together; what is not seen is the worst. */
function worth({ stages }: Member): number {
  if (stages === null) return Number.POSITIVE_INFINITY;
  const { sentBytes, writeBytes, flushBytes, replayBytes } = stages;
  return (sentBytes ?? 0) + (writeBytes ?? 0) + (flushBytes ?? 0) + (replayBytes ?? 0);
}

interface StageProps {
  readonly bytes: number | null;
  readonly seconds: number | null;
  readonly limitBytes: number;
}

function Stage({ bytes, seconds, limitBytes }: StageProps) {
  const loud = bytes !== null && bytes > limitBytes;
  return (
    <td className="py-1 pl-3.5" title={exactBytes(bytes)}>
      <span className="flex flex-wrap items-baseline justify-between gap-x-1 whitespace-nowrap">
        <span className={loud ? 'font-semibold text-warning' : bytes === null ? 'text-unknown' : ''}>
          {formatBytes(bytes)}
        </span>
        {seconds !== null && <span className="text-11 text-f3">{formatSeconds(seconds)}</span>}
      </span>
      <span className="mt-0.5 block h-[3px] rounded-full bg-bg3">
        <span
          className={`block h-full rounded-full ${loud ? 'bg-warning' : 'bg-f3'}`}
          style={{ width: `${share(bytes) * 100}%` }}
        />
      </span>
    </td>
  );
}

function Cells({ member, snapshot, noRole }: { member: Member; snapshot: Snapshot; noRole: boolean }) {
  const { stages } = member;
  const limitBytes = snapshot.cluster.config?.maximumLagOnFailoverBytes ?? Number.POSITIVE_INFINITY;
  if (stages !== null) {
    return (
      <>
        <Stage bytes={stages.sentBytes} seconds={null} limitBytes={limitBytes} />
        <Stage bytes={stages.writeBytes} seconds={stages.writeSeconds} limitBytes={limitBytes} />
        <Stage bytes={stages.flushBytes} seconds={stages.flushSeconds} limitBytes={limitBytes} />
        <Stage bytes={stages.replayBytes} seconds={stages.replaySeconds} limitBytes={limitBytes} />
      </>
    );
  }
  if (noRole) {
    return (
      <>
        <td colSpan={3} className="pl-3.5 text-f3">
          {t('not seen')}
        </td>
        <td className="pl-3.5">{formatBytes(member.lag.replayBytes)}</td>
      </>
    );
  }
  const { members } = snapshot.cluster;
  const isRead =
    members.some(({ witnesses }) => witnesses.sql.state === 'fresh') &&
    !members.some(({ sqlGrantMissing }) => sqlGrantMissing);
  const broken = member.divergence !== null || member.replication.kind === 'not_streaming';
  return (
    <td colSpan={4} className="py-1 pl-3.5">
      <span
        className={`block rounded-chip border border-dashed px-2 py-0.5 text-12 ${broken ? 'border-critical/70 text-critical' : 'border-unknown/70 text-unknown'}`}
      >
        {broken || isRead
          ? t('No walsender on any member for {member}', { member: member.name })
          : t('not seen: no walsender row could be read')}
      </span>
    </td>
  );
}

export function StagesPanel({ snapshot }: { snapshot: Snapshot }) {
  const { members, leader } = snapshot.cluster;
  const all = members.filter((member) => member.name !== leader?.name);
  const followers =
    all.length > SHOWN_MAX ? [...all].sort((a, b) => (worth(a) === worth(b) ? 0 : worth(b) - worth(a))) : all;
  const shown = all.length > SHOWN_MAX ? SHOWN : all.length;
  const noRole = members.length > 0 && members.every((member) => member.witnesses.sql.state === null);
  const noGrant = members.some((member) => member.sqlGrantMissing);
  const upstreams = [...new Set(followers.flatMap((member) => member.stages?.upstream ?? []))];
  const aside = noRole
    ? t('SQL: no credentials')
    : upstreams.length === 0
      ? 'pg_stat_replication'
      : upstreams.join('').length > 24
        ? tn(
            upstreams.length,
            'pg_stat_replication of {n} member; bar is log scale to {limit}',
            'pg_stat_replication of {n} members; bar is log scale to {limit}',
            { limit: formatBytes(FULL_BYTES) },
          )
        : t('pg_stat_replication of {members}; bar is log scale to {limit}', {
            members: wire(joinNames(upstreams)),
            limit: formatBytes(FULL_BYTES),
          });
  return (
    <Panel title={t('Replication stages')} aside={aside} bodyClassName="px-3.5 py-2.5">
      {(noRole || noGrant) && (
        <div className="mb-2 flex gap-2">
          <SeverityIcon health="note" className="mt-0.5" />
          <div className="min-w-0 grow">
            <p className="font-semibold text-f0">
              {noRole
                ? t('Howdah has no SQL role on {scope}', { scope: snapshot.scope })
                : t('The SQL role of Howdah may not see everything')}
            </p>
            <p className="mb-2 text-12 text-f2">
              {noRole && `${t('Receive and replay lag come from Patroni alone.')} `}
              {t('Not seen: stages, slots, archiver, who really streams.')}
            </p>
            <Command text="GRANT pg_monitor TO howdah;" prompt={false} />
          </div>
        </div>
      )}
      {followers.length === 0 ? (
        <p className="text-f2">{t('No member follows another.')}</p>
      ) : (
        <>
          <Table members={followers.slice(0, shown)} snapshot={snapshot} noRole={noRole} />
          {followers.length > shown && (
            <details>
              <summary className="mt-1 w-fit cursor-pointer text-f1">
                {tn(followers.length - shown, '{n} more member', '{n} more members')}
              </summary>
              <Table members={followers.slice(shown)} snapshot={snapshot} noRole={noRole} />
            </details>
          )}
        </>
      )}
    </Panel>
  );
}

function Table({ members, snapshot, noRole }: { members: readonly Member[]; snapshot: Snapshot; noRole: boolean }) {
  const lost = useLost();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
    <div className="relative overflow-x-auto" tabIndex={0}>
      <table className={`w-full min-w-[360px] table-fixed ${lost ? 'opacity-60' : ''}`}>
        <thead>
          <tr className="text-11 text-f2">
            <th scope="col" className="w-[24%] pb-0.5 text-left font-normal">
              {t('Behind its upstream')}
            </th>
            {STAGES.map((stage) => (
              <th key={stage} scope="col" className="pb-0.5 pl-3.5 text-left font-normal">
                {stage}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.name} className="h-9">
              <th scope="row" className="text-left font-normal">
                <span className="flex flex-wrap items-center gap-x-2">
                  <Glyph glyph={glyphOf(member, snapshot.cluster)} />
                  <span className="min-w-0 truncate font-semibold text-f0">
                    <Name text={member.name} limit={14} />
                  </span>
                  {member.stages !== null && (
                    <span className="ml-auto whitespace-nowrap text-11 text-f3 max-md:hidden">
                      {rich('from {member}', { member: <Name text={member.stages.upstream} limit={12} /> })}
                    </span>
                  )}
                </span>
              </th>
              <Cells member={member} snapshot={snapshot} noRole={noRole} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
