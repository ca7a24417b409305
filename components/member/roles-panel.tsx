'use client';
import { useNow, usePast } from '@/lib/client/live/clock';
import { useLeadership } from '@/lib/client/past/history';
import { CAUSE_WORDS, leadershipView } from '@/lib/client/past/leadership-view';
import { formatDuration, formatTime, sentence } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { MomentLink } from '../cluster/moment-link';
import { Panel } from '../ui/panel';

const SHOWN_MAX = 6;

/** When it led, newest first. */
export function RolesPanel({ snapshot, name }: { snapshot: Snapshot; name: string }) {
  const clock = useNow(10_000);
  const now = clock === 0 ? snapshot.observedAt : clock;
  const at = usePast()?.at ?? null;
  const answer = useLeadership(snapshot.scope, snapshot.cluster.timeline);
  const { entries, from } = leadershipView(answer.data, snapshot.cluster.history, at);
  const led = entries.filter(({ leader }) => leader === name).reverse();
  return (
    <Panel
      title={t('When it led')}
      count={
        entries.length === 0
          ? undefined
          : tn(entries.length, '{led} of {n} timeline', '{led} of {n} timelines', { led: led.length })
      }
      aside={from === 'kept' ? t("/history and Howdah's record") : '/history'}
      bodyClassName="px-3.5 py-2 text-12"
    >
      {led.length === 0 && (
        <p className="text-f2">
          {entries.length === 0
            ? t('No timeline history has been read.')
            : entries.some(({ leader }) => leader === null)
              ? t('No timeline that it led is known; who led some of them is not.')
              : t('It led none of them.')}
        </p>
      )}
      <ol>
        {led.slice(0, SHOWN_MAX).map((entry) => {
          const until = entry.current ? now : entry.endedAt;
          const cause = t(CAUSE_WORDS[entry.cause]);
          return (
            <li key={entry.timeline} className="flex flex-wrap items-baseline gap-x-3 py-[3px]">
              <span className="w-10 shrink-0 font-mono text-f1">TL {entry.timeline}</span>
              {entry.startedAt === null ? (
                <span className="text-f2">{t('start unknown')}</span>
              ) : (
                <MomentLink
                  scope={snapshot.scope}
                  member={name}
                  at={entry.startedAt}
                  className="rounded-chip text-f1 underline decoration-l3 hover:text-f0"
                >
                  {formatTime(entry.startedAt, now)}
                </MomentLink>
              )}
              <span className="text-f0">
                {entry.startedAt === null || until === null
                  ? t('how long is unknown')
                  : t('for {span}', { span: formatDuration(until - entry.startedAt) })}
                {entry.current && `, ${t('now')}`}
              </span>
              <span className="text-f2">
                {entry.actor === null ? cause : t('{cause} by {actor}', { cause, actor: entry.actor })}
              </span>
            </li>
          );
        })}
      </ol>
      {led.length > SHOWN_MAX && (
        <p className="pt-1 text-11 text-f3">
          {tn(
            led.length - SHOWN_MAX,
            '{n} earlier one on the page of the cluster',
            '{n} earlier ones on the page of the cluster',
          )}
        </p>
      )}
      {answer.data?.problem != null && <p className="pt-1 text-11 text-f2">{sentence(wire(answer.data.problem))}</p>}
    </Panel>
  );
}
