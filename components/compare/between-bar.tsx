'use client';
import { useId } from 'react';
import { useFleet } from '@/lib/client/live/live';
import type { CompareChoice } from '@/lib/client/past/compare';
import { momentInput, readMomentInput } from '@/lib/client/past/moment';
import { formatDuration, formatTime } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { ClusterEvent } from '@/lib/domain/events';
import { Button } from '../ui/button';
import { SelectField } from '../ui/field';

/** So many have words above the line; the others are ticks. */
const NAMED = 4;
/** Room at both ends of the line. */
const EDGE = 4;

interface BetweenBarProps {
  readonly scope: string;
  readonly other: string | null;
  /** null: now. */
  readonly before: number | null;
  readonly after: number | null;
  readonly now: number;
  readonly events: readonly ClusterEvent[];
  readonly eventsCut: boolean;
  readonly choose: (part: Partial<CompareChoice>) => void;
}

/** Which two, and what lies between them. Handles: hollow before, filled after. */
export function BetweenBar({ scope, other, before, after, now, events, eventsCut, choose }: BetweenBarProps) {
  const scopes = useFleet()?.rows.map((row) => row.scope) ?? [];
  const apart = Math.abs((after ?? now) - (before ?? now));
  return (
    <section aria-label={t('What is compared')} className="rounded-panel border border-l1 bg-bg1 px-3.5 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-12">
        <Moment
          label={other === null ? t('Before') : scope}
          value={before}
          onChange={(at) => choose({ before: at })}
          mark="border-2 border-accent"
          hasNow={other !== null}
        />
        <span className="text-f2 md:mx-auto">
          {other === null ? (
            <>
              <b className="font-semibold text-f0">{t('{time} apart', { time: formatDuration(apart) })}</b>,{' '}
              {eventsCut
                ? t('more than {n} events', { n: events.length })
                : tn(events.length, '{n} event', '{n} events')}
            </>
          ) : (
            t('two clusters')
          )}
        </span>
        <Moment
          label={other === null ? t('After') : other}
          value={after}
          onChange={(at) => choose({ after: at })}
          mark="bg-accent"
          hasNow
        />
        <SelectField
          label={t('With')}
          quiet
          value={other ?? ''}
          onChange={(value) =>
            value === ''
              ? choose({ other: null, before: null, after: null })
              : choose({ other: value, before: null, after: null })
          }
          options={[
            { value: '', word: t('itself at another moment') },
            ...[...new Set([...scopes, ...(other === null ? [] : [other])])]
              .filter((one) => one !== scope)
              .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
              .map((one) => ({ value: one, word: one })),
          ]}
        />
      </div>
      {other === null && apart > 0 && (
        <Line
          from={Math.min(before ?? now, after ?? now)}
          to={Math.max(before ?? now, after ?? now)}
          {...{ now, events }}
        />
      )}
    </section>
  );
}

interface MomentProps {
  readonly label: string;
  readonly value: number | null;
  readonly onChange: (at: number | null) => void;
  readonly mark: string;
  readonly hasNow: boolean;
}

function Moment({ label, value, onChange, mark, hasNow }: MomentProps) {
  const id = useId();
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-2">
      <span aria-hidden="true" className={`size-3 shrink-0 rounded-full ${mark}`} />
      <label htmlFor={id} className="break-all font-semibold text-13 text-f0">
        {label}
      </label>
      {value === null ? (
        <span id={id} className="text-f1">
          {t('now')}
        </span>
      ) : (
        <input
          id={id}
          type="datetime-local"
          step={1}
          value={momentInput(value)}
          onChange={(event) => {
            const at = readMomentInput(event.target.value);
            if (at !== null) onChange(at);
          }}
          className="min-h-[30px] min-w-0 rounded-control border border-l2 bg-bg0 px-2 text-12 text-f0 hover:border-l3 pointer-coarse:min-h-11"
        />
      )}
      {value === null ? (
        <Button kind="quiet" onClick={() => onChange(Math.floor(Date.now() / 1000) * 1000)}>
          {t('A moment…')}
        </Button>
      ) : (
        hasNow && (
          <Button kind="quiet" onClick={() => onChange(null)}>
            {t('Now')}
          </Button>
        )
      )}
    </span>
  );
}

interface LineProps extends Pick<BetweenBarProps, 'events' | 'now'> {
  readonly from: number;
  readonly to: number;
}

/** The events between the two, the loudest by name. */
function Line({ from, to, events, now }: LineProps) {
  const place = (at: number): number => EDGE + ((at - from) / (to - from)) * (100 - 2 * EDGE);
  const rank = (event: ClusterEvent): number =>
    event.kind === 'leader_changed' ? 0 : event.severity === 'critical' ? 1 : event.kind === 'config_changed' ? 2 : 3;
  const isLate = (at: number): boolean => place(at) > 70;
  const named: ClusterEvent[] = [];
  for (const event of [...events].sort((a, b) => rank(a) - rank(b) || a.at - b.at)) {
    const hasRoom = named.every(({ at }) => {
      // Words on the left run to the right, those near the end to the left.
      const needed = isLate(at) === isLate(event.at) ? 22 : 44;
      return Math.abs(place(at) - place(event.at)) >= needed;
    });
    if (named.length < NAMED && hasRoom) named.push(event);
  }
  return (
    <div className="relative mt-2 h-14 max-md:hidden" aria-hidden="true">
      <i className="absolute inset-x-0 top-7 h-px bg-l2" />
      <i className="absolute top-5 h-4 bg-accent/10" style={{ left: `${EDGE}%`, right: `${EDGE}%` }} />
      {events.map((event) => (
        <i
          key={event.id}
          title={`${formatTime(event.at, now)} ${wire(event.text)}`}
          className={`absolute top-[22px] h-3 w-0.5 ${event.severity === 'critical' ? 'bg-critical' : event.severity === 'warning' ? 'bg-warning' : 'bg-f2'}`}
          style={{ left: `${place(event.at)}%` }}
        />
      ))}
      {named.map((event) => (
        <span
          key={event.id}
          className="absolute top-0 max-w-[21%] truncate text-11 text-f1"
          style={isLate(event.at) ? { right: `${100 - place(event.at)}%` } : { left: `${place(event.at)}%` }}
        >
          {wire(event.text)}
        </span>
      ))}
      <i
        className="absolute top-[23px] size-3 -translate-x-1/2 rounded-full border-2 border-accent bg-bg1"
        style={{ left: `${EDGE}%` }}
      />
      <i
        className="absolute top-[23px] size-3 -translate-x-1/2 rounded-full bg-accent"
        style={{ left: `${100 - EDGE}%` }}
      />
      <span className="absolute bottom-0 -translate-x-1/2 text-11 text-f2" style={{ left: `${EDGE}%` }}>
        {formatTime(from, from)}
      </span>
      <span className="absolute bottom-0 -translate-x-1/2 text-11 text-f2" style={{ left: `${100 - EDGE}%` }}>
        {formatTime(to, to)}
      </span>
    </div>
  );
}
