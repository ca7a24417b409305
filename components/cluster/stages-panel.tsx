'use client';
import { exactBytes, formatBytes, formatSeconds, plural } from '@/lib/client/format';
import { useLost } from '@/lib/client/live';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { joinNames } from '@/lib/domain/words';
import { Command } from '../ui/command';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';

const FULL_BYTES = 64 * 1024 * 1024;
/** Logarithmic: 1 byte shows, 64 MiB fills. */
function share(bytes: number | null): number {
  return bytes === null || bytes <= 0 ? 0 : Math.min(1, Math.log2(1 + bytes) / Math.log2(1 + FULL_BYTES));
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
          not seen
        </td>
        <td className="pl-3.5">{formatBytes(member.lag.replayBytes)}</td>
      </>
    );
  }
  const broken = member.divergence !== null || member.replication.kind === 'not_streaming';
  return (
    <td colSpan={4} className="py-1 pl-3.5">
      <span
        className={`block rounded-chip border border-dashed px-2 py-0.5 text-12 ${broken ? 'border-critical/70 text-critical' : 'border-unknown/70 text-unknown'}`}
      >
        {broken ? `No walsender on any member for ${member.name}` : 'not seen: no walsender row could be read'}
      </span>
    </td>
  );
}

export function StagesPanel({ snapshot }: { snapshot: Snapshot }) {
  const lost = useLost();
  const { members, leader } = snapshot.cluster;
  const followers = members.filter((member) => member.name !== leader?.name);
  const noRole = members.length > 0 && members.every((member) => member.witnesses.sql.state === null);
  const noGrant = members.some((member) => member.sqlGrantMissing);
  const upstreams = [...new Set(followers.flatMap((member) => member.stages?.upstream ?? []))];
  const aside = noRole
    ? 'SQL: no credentials'
    : upstreams.length === 0
      ? 'pg_stat_replication'
      : `pg_stat_replication of ${upstreams.join('').length > 24 ? plural(upstreams.length, 'member') : joinNames(upstreams)}; bar is log scale to 64 MiB`;
  return (
    <Panel title="Replication stages" aside={aside} bodyClassName="px-3.5 py-2.5">
      {(noRole || noGrant) && (
        <div className="mb-2 flex gap-2">
          <SeverityIcon health="note" className="mt-0.5" />
          <div className="min-w-0 grow">
            <p className="font-semibold text-f0">
              {noRole ? `Howdah has no SQL role on ${snapshot.scope}` : 'The SQL role of Howdah may not see everything'}
            </p>
            <p className="mb-2 text-12 text-f2">
              {noRole ? 'Receive and replay lag come from Patroni alone. ' : ''}Not seen: stages, slots, archiver, who
              really streams.
            </p>
            <Command text="GRANT pg_monitor TO howdah;" prompt={false} />
          </div>
        </div>
      )}
      {followers.length === 0 ? (
        <p className="text-f2">No member follows another.</p>
      ) : (
        <table className={`w-full table-fixed ${lost ? 'opacity-60' : ''}`}>
          <thead>
            <tr className="text-11 text-f2">
              {['Behind its upstream', 'sent', 'write', 'flush', 'replay'].map((head, index) => (
                <th
                  key={head}
                  scope="col"
                  className={`pb-0.5 text-left font-normal ${index === 0 ? 'w-[24%]' : 'pl-3.5'}`}
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {followers.map((member) => (
              <tr key={member.name} className="h-9">
                <th scope="row" className="text-left font-normal">
                  <span className="flex flex-wrap items-center gap-x-2">
                    <Glyph glyph={glyphOf(member, snapshot.cluster)} />
                    <span className="min-w-0 truncate font-semibold text-f0">
                      <Name text={member.name} limit={14} />
                    </span>
                    {member.stages !== null && (
                      <span className="ml-auto whitespace-nowrap text-11 text-f3 max-md:hidden">
                        from <Name text={member.stages.upstream} limit={12} />
                      </span>
                    )}
                  </span>
                </th>
                <Cells member={member} snapshot={snapshot} noRole={noRole} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
