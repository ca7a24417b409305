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
    </li>
  );
}

/** Leaves the end of its timeline as a dashed branch; `end` is where that segment ends, in parts of the ribbon. */
function Fork({ member, end }: { member: Member; end: number }) {
  const { divergence } = member;
  if (divergence === null) return null;
  const where = divergence.forkLsn === null ? 'fork point unknown' : `fork at ${formatLsn(divergence.forkLsn)}`;
  const past = divergence.pastBytes === null ? '' : `, ${formatBytes(divergence.pastBytes)} that no other member has`;
  return (
    <div className="flex items-start text-11 max-md:pt-2">
      <p style={{ width: `calc(${end * 100}% - 14px)` }} className="pt-1 text-right max-md:w-auto! max-md:text-left">
        <span className="block font-semibold text-12 text-critical">
          {member.name} went on alone on TL {divergence.memberTimeline}
        </span>
        <span className="text-f2">
          {where}
          {past}
        </span>
      </p>
      <span className="-mt-[5px] flex min-w-0 grow pl-2 max-md:hidden">
        <svg
          width="100%"
          height="32"
          className="max-w-40 text-critical"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          aria-hidden="true"
        >
          <circle cx="6" cy="5" r="3.6" className="fill-bg1" />
          <path d="M6 9v8q0 6 6 6H400" strokeDasharray="5 4" />
        </svg>
        <span className="flex shrink-0 items-center gap-1.5 self-end pl-1.5 font-semibold text-critical leading-[18px]">
          <Glyph glyph="forked" />
          <Name text={member.name} limit={14} />
        </span>
      </span>
    </div>
  );
}

function endOf(member: Member, shown: readonly TimelineEntry[]): number {
  const index = shown.findIndex((entry) => entry.timeline === member.divergence?.memberTimeline);
  return index < 0 ? 0.8 : Math.max(0.4, Math.min(shown.length - 1, index + 1) / shown.length);
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
          <ol className="flex flex-col gap-1 md:flex-row md:gap-px">
            {shown.map((entry, index) => (
              <Segment key={entry.timeline} entry={entry} now={now} current={index === shown.length - 1} />
            ))}
          </ol>
          <div className="relative">
            {forks.map((member) => (
              <Fork key={member.name} member={member} end={endOf(member, shown)} />
            ))}
            <p
              className={`pt-1.5 text-11 text-f3 ${forks.length === 1 ? 'md:absolute md:top-0 md:left-0 md:max-w-[45%]' : ''}`}
            >
              {plural(history.length, 'timeline')}
              {first !== null && ` in ${formatDuration(now - first)}`}
              {history.length > shown.length && `, the last ${shown.length} shown`}. Width is not to scale; hover a
              segment for the LSN and the reason.
            </p>
          </div>
        </>
      )}
    </Panel>
  );
}
