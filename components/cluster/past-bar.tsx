'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { clockNow, useNow } from '@/lib/client/live/clock';
import { comparePath } from '@/lib/client/past/compare';
import { incidentPath, livePath, momentInput, momentPath, readMomentInput } from '@/lib/client/past/moment';
import { exactTime, formatDuration, formatTime, sentence } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { MomentAnswer } from '@/lib/contract/history';
import type { ClusterEvent } from '@/lib/domain/events';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { goTo } from '../ui/go-to';
import { Icon } from '../ui/icon';
import { rich } from '../ui/rich';
import { PAST_BAR } from './past-look';

/** Around the moment, for the report of what happened. */
const BEFORE_MS = 30 * 60_000;
const AFTER_MS = 10 * 60_000;

interface PastBarProps {
  readonly scope: string;
  /** Whose page it is; null: the cluster's. */
  readonly member: string | null;
  /** null: the address holds no moment that could be read. */
  readonly at: number | null;
  /** null: not read yet, or there is none. */
  readonly moment: MomentAnswer | null;
  readonly reading: boolean;
}

/** Over everything that is shown of the past: which moment, how old, whence it is known, and the ways out of it. */
export function PastBar({ scope, member, at, moment, reading }: PastBarProps) {
  const router = useRouter();
  const now = useNow();
  const previous = reading ? null : (moment?.previous ?? null);
  const next = reading ? null : (moment?.next ?? null);
  useStepKeys(scope, member, previous, next);
  return (
    <section
      aria-label={t('The past')}
      className={`z-10 -mx-3 -mt-3 mb-3 px-3 py-2 md:sticky md:top-12 md:-mx-6 md:-mt-3.5 md:px-6 ${PAST_BAR}`}
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div role="status" className="min-w-0 grow basis-72">
          <p className="flex flex-wrap items-center gap-x-2 text-14 text-f0">
            <Icon name="past" size={16} />
            <strong className="font-semibold">
              {at === null
                ? t('The past')
                : rich('The past: {time}', {
                    time: (
                      // The reader's time zone is known to the browser alone: until it has woken up the place is empty.
                      <time dateTime={new Date(at).toISOString()} title={now === 0 ? undefined : exactTime(at)}>
                        {now === 0 ? '' : formatTime(at, now)}
                      </time>
                    ),
                  })}
            </strong>
            {at !== null && now > at && (
              <span className="text-12 text-f1">{t('{age} ago', { age: formatDuration(now - at) })}</span>
            )}
          </p>
          {at !== null && (
            <p className="text-12 text-f1">
              {reading
                ? t('Reading what was kept of this moment.')
                : moment !== null && <Kept at={at} moment={moment} />}
            </p>
          )}
        </div>
        <GoTo scope={scope} member={member} at={at} />
        <div className="flex flex-wrap items-center gap-2 pointer-coarse:[&>*]:min-h-11">
          {at !== null && (
            <Link
              href={incidentPath(scope, at - BEFORE_MS, Math.min(at + AFTER_MS, Math.max(at + 60_000, clockNow())))}
              prefetch={false}
              className="inline-flex min-h-[30px] items-center gap-2 rounded-control border border-l2 bg-bg1 px-3 font-medium text-13 text-f0 hover:border-l3"
            >
              <Icon name="report" /> {t('Incident report')}
            </Link>
          )}
          {at !== null && (
            <Link
              href={comparePath(scope, { before: at, after: null, other: null })}
              prefetch={false}
              className="inline-flex min-h-[30px] items-center gap-2 rounded-control border border-l2 bg-bg1 px-3 font-medium text-13 text-f0 hover:border-l3"
            >
              <Icon name="switch" /> {t('Compare with now')}
            </Link>
          )}
          <Button kind="primary" onClick={() => goTo(router, livePath(scope, member))}>
            {t('Back to live')}
          </Button>
        </div>
      </div>
      {moment !== null && (
        <div className="mt-2 flex flex-wrap gap-2 max-md:grid">
          <Step scope={scope} member={member} event={previous} way="previous" reading={reading} />
          <Step scope={scope} member={member} event={next} way="next" reading={reading} />
        </div>
      )}
      {moment?.problem != null && (
        <p className="mt-1.5 flex items-start gap-2 text-12 text-f1">
          <SeverityIcon health="note" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">{sentence(wire(moment.problem))}</span>
        </p>
      )}
    </section>
  );
}

function Kept({ at, moment }: { at: number; moment: MomentAnswer }) {
  const { observedAt } = moment.snapshot;
  const before = at - observedAt;
  const time = formatTime(observedAt, at);
  return (
    <>
      {before < 1000
        ? t('Kept snapshot from {time}.', { time })
        : t('Kept snapshot from {time}, {age} before.', { time, age: formatDuration(before) })}{' '}
      {moment.covered ? (
        before >= 1000 && t('Howdah watched: since then only numbers changed, and the chart has them.')
      ) : (
        <span className="font-semibold text-unknown">
          {t('Howdah did not watch between the two: what is shown was so, and may have changed.')}
        </span>
      )}
    </>
  );
}

/** `[` and `]`, unless something is being typed. */
function useStepKeys(
  scope: string,
  member: string | null,
  previous: ClusterEvent | null,
  next: ClusterEvent | null,
): void {
  const router = useRouter();
  const back = previous?.at ?? null;
  const forth = next?.at ?? null;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]')) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const to = event.key === '[' ? back : event.key === ']' ? forth : null;
      if (to !== null) goTo(router, momentPath(scope, to, member));
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [router, scope, member, back, forth]);
}

const STEP = {
  previous: { word: form('Previous change'), key: '[', icon: 'earlier', none: form('No earlier change is kept') },
  next: { word: form('Next change'), key: ']', icon: 'later', none: form('No later change yet') },
} as const;

function Step({
  scope,
  member,
  event,
  way,
  reading,
}: {
  scope: string;
  member: string | null;
  event: ClusterEvent | null;
  way: keyof typeof STEP;
  reading: boolean;
}) {
  const router = useRouter();
  const { key, icon } = STEP[way];
  const [word, none] = [t(STEP[way].word), t(STEP[way].none)];
  return (
    <button
      type="button"
      disabled={event === null}
      aria-keyshortcuts={key}
      aria-label={
        event === null ? (reading ? word : none) : `${word}: ${formatTime(event.at, event.at)} ${wire(event.text)}`
      }
      onClick={() => event !== null && goTo(router, momentPath(scope, event.at, member))}
      className={`inline-flex min-h-[30px] min-w-0 max-w-full items-center gap-2 rounded-control border border-l2 bg-bg1 px-2.5 text-12 text-f1 enabled:hover:border-l3 enabled:hover:text-f0 disabled:cursor-default disabled:text-f3 md:max-w-[46%] pointer-coarse:min-h-11 ${way === 'next' ? 'md:ml-auto md:flex-row-reverse' : ''}`}
    >
      <Icon name={icon} size={13} />
      <kbd className="rounded-chip border border-l2 bg-bg2 px-1.5 font-sans text-11 text-f2 pointer-coarse:hidden">
        {key}
      </kbd>
      {event === null ? (
        <span>{reading ? word : none}</span>
      ) : (
        <span className="min-w-0 truncate">
          <span className="text-f2">{formatTime(event.at, event.at)}</span> {wire(event.text)}
        </span>
      )}
    </button>
  );
}

/** Any moment, typed. The field follows the address. */
function GoTo({ scope, member, at }: { scope: string; member: string | null; at: number | null }) {
  const router = useRouter();
  const id = useId();
  const [typed, setTyped] = useState<{ for: number | null; value: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const value = typed !== null && typed.for === at ? typed.value : at === null ? '' : momentInput(at);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = readMomentInput(value);
    const now = clockNow();
    const why =
      wanted === null
        ? t('Give a date and a time.')
        : now > 0 && wanted > now
          ? t('That moment is in the future.')
          : null;
    setProblem(why);
    if (why === null && wanted !== null) goTo(router, momentPath(scope, wanted, member));
  };
  return (
    <form onSubmit={onSubmit} className="min-w-0">
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="sr-only">
          {t('Moment')}
        </label>
        <input
          id={id}
          type="datetime-local"
          step={1}
          value={value}
          onChange={(event) => {
            setTyped({ for: at, value: event.target.value });
            setProblem(null);
          }}
          aria-describedby={problem === null ? undefined : `${id}problem`}
          aria-invalid={problem !== null}
          className="min-h-[30px] min-w-0 rounded-control border border-l2 bg-bg0 px-2 text-12 text-f0 hover:border-l3 pointer-coarse:min-h-11"
        />
        <Button type="submit">{t('Go')}</Button>
      </div>
      {problem !== null && (
        <p id={`${id}problem`} role="alert" className="mt-1 flex items-center gap-1.5 text-12 text-warning">
          <SeverityIcon health="warning" size={13} /> {problem}
        </p>
      )}
    </form>
  );
}
