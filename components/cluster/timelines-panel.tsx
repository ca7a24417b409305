'use client';
import { useNow } from '@/lib/client/clock';
import { exactTime, formatBytes, formatDay, formatDuration, formatTime, plural } from '@/lib/client/format';
import type { Member, Snapshot, TimelineEntry } from '@/lib/domain/cluster';
import { formatLsn } from '@/lib/domain/lsn';
import { Glyph } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';

const SHOWN_MAX = 8;

function startWords(entry: TimelineEntry, now: number): string {
  if (entry.startedAt === null) return entry.timeline === 1 ? 'start not recorded' : 'start unknown';
  const day = formatDay(entry.startedAt, now);
  return day === formatDay(now, now) ? `today ${formatTime(entry.startedAt, now)}` : day;
}

function Segment({ entry, now, current }: { entry: TimelineEntry; now: number; current: boolean }) {
  const until = current ? now : entry.endedAt;
  const lasted = entry.startedAt === null || until === null ? 'unknown' : formatDuration(until - entry.startedAt);
  const title = [
    `timeline ${entry.timeline}`,
    entry.startedAt === null ? '' : `from ${exactTime(entry.startedAt)}`,
    entry.endLsn === null ? '' : `ended at ${formatLsn(entry.endLsn)}`,
    entry.reason ?? '',
  ];
  return (
    <li
      className="min-w-0 flex-1 border-l1 md:border-l md:pl-0 md:first:border-l-0"
      title={title.filter(Boolean).join(', ')}
    >
      <p className="truncate pb-1 text-11 text-f2 md:pl-1">{startWords(entry, now)}</p>
      <p
        className={`flex h-7 items-center gap-2.5 whitespace-nowrap px-2.5 ${current ? 'rounded-chip bg-key text-key-text' : 'bg-bg3 text-f1'}`}
      >
        <span
          className={`min-w-0 truncate font-semibold ${current ? '' : entry.leader === null ? 'text-unknown' : 'text-f0'}`}
        >
          {entry.leader === null ? 'unknown' : <Name text={entry.leader} limit={14} />}
        </span>
        <span className="font-mono text-11">TL {entry.timeline}</span>
        <span className="ml-auto text-12">{lasted}</span>
      </p>
      <p className="truncate pt-1 text-11 text-f3 md:pl-1">
        {entry.endLsn === null ? '' : <span className="font-mono">{formatLsn(entry.endLsn)}</span>}
        {entry.endLsn !== null && entry.reason !== null && ' '}
        {entry.reason ?? ''}
      </p>
    </li>
  );
}

function Fork({ member }: { member: Member }) {
  const { divergence } = member;
  if (divergence === null) return null;
  const where = divergence.forkLsn === null ? 'fork point unknown' : `fork at ${formatLsn(divergence.forkLsn)}`;
  const past = divergence.pastBytes === null ? '' : `, ${formatBytes(divergence.pastBytes)} that no other member has`;
  return (
    <p className="flex flex-wrap items-center justify-end gap-x-3 gap-y-0.5 text-11">
      <span className="text-right">
        <span className="block font-semibold text-12 text-critical">
          {member.name} went on alone on TL {divergence.memberTimeline}
        </span>
        <span className="text-f2">
          {where}
          {past}
        </span>
      </span>
      <svg
        width="150"
        height="24"
        className="text-critical max-md:hidden"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        aria-hidden="true"
      >
        <circle cx="8" cy="5" r="3.5" />
        <path d="M8 9v2q0 6 6 6H150" strokeDasharray="5 4" />
      </svg>
      <span className="flex items-center gap-1.5 font-semibold text-critical">
        <Glyph glyph="forked" />
        {member.name}
      </span>
    </p>
  );
}

export function TimelinesPanel({ snapshot }: { snapshot: Snapshot }) {
  const now = useNow();
  const { history, dcs, members } = snapshot.cluster;
  const shown = history.slice(-SHOWN_MAX);
  const first = history.find((entry) => entry.startedAt !== null)?.startedAt ?? null;
  const forks = members.filter((member) => member.divergence !== null);
  return (
    <Panel
      title="Timelines"
      count="who led when"
      aside={dcs?.revision ? `/history, ${dcs.revision}` : '/history'}
      bodyClassName="px-3.5 py-3"
    >
      {history.length === 0 ? (
        <p className="text-f2">No timeline history has been read.</p>
      ) : (
        <>
          <ol className="flex flex-col gap-1 md:flex-row md:gap-px" tabIndex={-1}>
            {shown.map((entry, index) => (
              <Segment key={entry.timeline} entry={entry} now={now} current={index === shown.length - 1} />
            ))}
          </ol>
          <div className="mt-1.5 flex flex-wrap items-start justify-between gap-x-6 gap-y-1">
            <p className="text-11 text-f3">
              {plural(history.length, 'timeline')}
              {first !== null && ` in ${formatDuration(now - first)}`}
              {history.length > shown.length && `, the last ${shown.length} shown`}. Width is not to scale.
            </p>
            <div className="ml-auto">
              {forks.map((member) => (
                <Fork key={member.name} member={member} />
              ))}
            </div>
          </div>
        </>
      )}
    </Panel>
  );
}
