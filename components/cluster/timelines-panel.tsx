'use client';
import Link from 'next/link';
import { useState } from 'react';
import { formatOutage } from '@/lib/client/actions/times';
import { useNow, usePast } from '@/lib/client/live/clock';
import { useLeadership } from '@/lib/client/past/history';
import { CAUSE_WORDS, causeCounts, leadershipView, ledUntil } from '@/lib/client/past/leadership-view';
import { exactTime, formatBytes, formatDay, formatDuration, formatTime, sentence } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { Leadership } from '@/lib/contract/history';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { formatLsn } from '@/lib/domain/lsn';
import { actionPath } from '../actions/send-notice';
import { Glyph } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';
import { MomentLink } from './moment-link';

const SHOWN_MAX = 8;

function startWords(entry: Leadership, now: number): string {
  if (entry.startedAt === null) return entry.timeline === 1 ? t('start not recorded') : t('start unknown');
  const day = formatDay(entry.startedAt, now);
  return day === formatDay(now, now) ? t('today {time}', { time: formatTime(entry.startedAt, now) }) : day;
}

function lasted(entry: Leadership, until: number | null): string {
  return entry.startedAt === null || until === null ? t('unknown') : formatDuration(until - entry.startedAt);
}

interface SegmentProps {
  readonly entry: Leadership;
  /** When it ended, or now; null: not known. */
  readonly until: number | null;
  /** Somebody leads on it now. */
  readonly leads: boolean;
  readonly now: number;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Segment({ entry, until, leads, now, chosen, onChoose }: SegmentProps) {
  const current = entry.current && leads;
  const cause = entry.cause === 'unknown' ? '' : `, ${t(CAUSE_WORDS[entry.cause])}`;
  return (
    <li className="min-w-0 flex-1">
      <button
        type="button"
        aria-expanded={chosen}
        onClick={onChoose}
        onFocus={onChoose}
        onPointerEnter={(event) => event.pointerType === 'mouse' && onChoose()}
        className="block w-full rounded-chip text-left"
      >
        <span className="block truncate pb-1 text-11 text-f2 md:pl-1">
          {startWords(entry, now)}
          {cause}
        </span>
        <span
          className={`flex min-h-7 flex-wrap items-center gap-x-2.5 overflow-clip whitespace-nowrap px-2.5 pointer-coarse:min-h-11 ${current ? 'rounded-chip bg-key text-key-text' : 'bg-bg3 text-f1'} ${chosen ? 'shadow-[inset_0_-2px_0_var(--accent)]' : ''}`}
        >
          <span
            className={`max-w-full truncate font-semibold ${current ? '' : entry.leader === null ? 'text-unknown' : 'text-f0'}`}
          >
            {entry.leader === null ? t('unknown') : <Name text={entry.leader} limit={14} />}
          </span>
          <span className="font-mono text-11">TL {entry.timeline}</span>
          <span className="ml-auto text-12">{lasted(entry, until)}</span>
        </span>
      </button>
    </li>
  );
}

interface Fact {
  readonly label: string;
  readonly text: string;
  readonly title?: string | undefined;
  readonly mono?: boolean;
}

interface DetailsProps extends Pick<SegmentProps, 'entry' | 'until' | 'now'> {
  readonly scope: string;
  readonly kept: boolean;
}

/** What is known of one timeline. Stays until another one is chosen, so that its links can be reached. */
function Details({ entry, until, scope, now, kept }: DetailsProps) {
  const { startedAt } = entry;
  const from = startedAt === null ? t('unknown') : formatTime(startedAt, now);
  const to = until === null ? t('unknown') : until === now ? t('now') : formatTime(until, now);
  const cause = t(CAUSE_WORDS[entry.cause]);
  const facts: readonly Fact[] = [
    {
      label: t('led'),
      text:
        startedAt === null && until === null
          ? t('when is unknown')
          : t('{from} to {to}, {span}', { from, to, span: lasted(entry, until) }),
      title: startedAt === null ? undefined : exactTime(startedAt),
    },
    {
      label: t('began by'),
      text: entry.actor === null ? cause : t('{cause} by {actor}', { cause, actor: entry.actor }),
    },
    {
      label: t('forked at'),
      text: entry.forkLsn ?? (entry.timeline === 1 ? t('nowhere: the first') : t('unknown')),
      mono: entry.forkLsn !== null,
    },
    { label: t('/history says'), text: entry.reason ?? t('nothing') },
    ...(entry.outageMs === null ? [] : [{ label: t('write outage'), text: formatOutage(entry.outageMs) }]),
  ];
  const timeline = <span className="font-mono">{entry.timeline}</span>;
  return (
    <div className="mt-2 flex flex-wrap items-start gap-x-6 gap-y-2 border-l1 border-t pt-2 text-12">
      <p className="font-semibold text-f0">
        {entry.leader === null
          ? rich('Leader unknown, timeline {timeline}', { timeline })
          : rich('{leader}, timeline {timeline}', { leader: entry.leader, timeline })}
      </p>
      <dl className="flex min-w-0 grow flex-wrap gap-x-6 gap-y-1">
        {facts.map(({ label, text, title, mono }) => (
          <div key={label} className="flex min-w-0 gap-2">
            <dt className="shrink-0 text-f2">{label}</dt>
            <dd className={`min-w-0 break-words text-f1 ${mono ? 'font-mono' : ''}`} title={title}>
              {text}
            </dd>
          </div>
        ))}
      </dl>
      <p className="flex flex-wrap gap-x-4 gap-y-1 [&>a]:rounded-chip [&>a]:text-accent [&>a]:underline">
        {entry.actionId !== null && (
          <Link href={actionPath(scope, entry.actionId)} prefetch={false}>
            {t('The action')}
          </Link>
        )}
        {kept && startedAt !== null && (
          <MomentLink scope={scope} at={startedAt}>
            {t('See that moment')}
          </MomentLink>
        )}
      </p>
    </div>
  );
}

/** Leaves the end of its timeline as a dashed branch; `end` is where that segment ends, in parts of the ribbon. */
function Fork({ member, end }: { member: Member; end: number }) {
  const { divergence } = member;
  if (divergence === null) return null;
  const where =
    divergence.forkLsn === null ? t('fork point unknown') : t('fork at {lsn}', { lsn: formatLsn(divergence.forkLsn) });
  const past =
    divergence.pastBytes === null
      ? ''
      : `, ${t('{size} that no other member has', { size: formatBytes(divergence.pastBytes) })}`;
  return (
    <div className="flex items-start text-11 max-md:pt-2">
      <p style={{ width: `calc(${end * 100}% - 14px)` }} className="pt-1 text-right max-md:w-auto! max-md:text-left">
        <span className="block font-semibold text-12 text-critical">
          {t('{member} went on alone on TL {timeline}', {
            member: member.name,
            timeline: divergence.memberTimeline,
          })}
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

function endOf(member: Member, shown: readonly Leadership[]): number {
  const index = shown.findIndex((entry) => entry.timeline === member.divergence?.memberTimeline);
  return index < 0 ? 0.8 : Math.max(0.4, Math.min(shown.length - 1, index + 1) / shown.length);
}

export function TimelinesPanel({ snapshot }: { snapshot: Snapshot }) {
  const now = useNow();
  const at = usePast()?.at ?? null;
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const { history, dcs, members } = snapshot.cluster;
  const answer = useLeadership(snapshot.scope, snapshot.cluster.timeline);
  const { entries, from } = leadershipView(answer.data, history, at);
  const shown = all ? entries : entries.slice(-SHOWN_MAX);
  const first = entries.find((entry) => entry.startedAt !== null)?.startedAt ?? null;
  const forks = members.filter((member) => member.divergence !== null);
  const counts = causeCounts(entries);
  const many =
    first === null
      ? tn(entries.length, '{n} timeline', '{n} timelines')
      : tn(entries.length, '{n} timeline in {span}', '{n} timelines in {span}', { span: formatDuration(now - first) });
  const picked = shown.find((entry) => entry.timeline === chosen);
  const read = dcs?.revision ? `/history, ${dcs.revision}` : '/history';
  return (
    <Panel
      title={t('Timelines')}
      count={t('who led when')}
      aside={from === 'kept' ? t("/history and Howdah's record") : read}
      bodyClassName="px-3.5 py-3"
    >
      {entries.length === 0 ? (
        <p className="text-f2">{t('No timeline history has been read.')}</p>
      ) : (
        <>
          <ol
            className={`flex flex-col gap-1 ${all ? 'md:grid md:grid-cols-[repeat(auto-fill,minmax(150px,1fr))]' : 'md:flex-row md:gap-px'}`}
          >
            {shown.map((entry) => (
              <Segment
                key={entry.timeline}
                entry={entry}
                until={ledUntil(entry, snapshot, now)}
                leads={snapshot.cluster.leader !== null}
                now={now}
                chosen={entry.timeline === chosen}
                onChoose={() => setChosen(entry.timeline)}
              />
            ))}
          </ol>
          <div className="relative">
            {!all && forks.map((member) => <Fork key={member.name} member={member} end={endOf(member, shown)} />)}
            <p
              className={`pt-1.5 text-11 text-f3 ${forks.length === 1 && !all ? 'md:absolute md:top-0 md:left-0 md:max-w-[45%]' : ''}`}
            >
              {counts === '' ? many : `${many}: ${counts}`}. {t('Width is not to scale.')}
              {entries.length > SHOWN_MAX && (
                <button
                  type="button"
                  onClick={() => setAll(!all)}
                  className="ml-2 rounded-chip text-f1 underline hover:text-f0 pointer-coarse:min-h-11"
                >
                  {all ? t('Only the last {n}', { n: SHOWN_MAX }) : t('Show all {n}', { n: entries.length })}
                </button>
              )}
            </p>
          </div>
          {answer.data?.problem != null && (
            <p className="pt-1 text-11 text-f2">{sentence(wire(answer.data.problem))}</p>
          )}
          {picked === undefined ? (
            <p className="mt-2 border-l1 border-t pt-2 text-12 text-f2">
              {t('Choose a timeline for its fork LSN, cause and reason.')}
            </p>
          ) : (
            <Details
              entry={picked}
              until={ledUntil(picked, snapshot, now)}
              scope={snapshot.scope}
              now={now}
              kept={from === 'kept'}
            />
          )}
        </>
      )}
    </Panel>
  );
}
