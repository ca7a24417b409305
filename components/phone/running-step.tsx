'use client';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { elapsedOf, formatElapsed, formatOutage, outageMs } from '@/lib/client/actions/times';
import { formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord } from '@/lib/domain/actions/action';
import { actionTitle, OUTCOME_WORDS } from '../actions/action-words';
import { actionPath } from '../actions/send-notice';
import { StepsPanel } from '../actions/steps-panel';
import { useFastNow } from '../actions/use-fast-now';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';

/** Needed once something runs, and no loss where the link is too bad for it: how it ended says the outage too. */
const nothing = () => null;
const OutageCard = dynamic(() =>
  import('../actions/outage-card').then(
    (found) => found.OutageCard,
    () => nothing,
  ),
);
const ProgressCard = dynamic(() =>
  import('../actions/outage-card').then(
    (found) => found.ProgressCard,
    () => nothing,
  ),
);

interface RunningStepProps {
  readonly action: ActionRecord;
  readonly lost: boolean;
  /** Server time of the newest answer: what is not seen any more does not go on counting. */
  readonly seenAt: number | null;
}

/** The steps as they are observed, and how it ended. */
export function RunningStep({ action, lost, seenAt }: RunningStepProps) {
  const open = action.phase === 'open';
  const clock = useFastNow(open && !lost);
  const now = lost && seenAt !== null ? seenAt : clock === 0 ? action.requestedAt : clock;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3 px-4 py-4 [&_.text-12]:text-13 [&_.text-13]:text-15">
      <header className="px-1">
        <h2 className="flex items-start gap-2.5 font-semibold text-18 text-f0">
          {open && (
            <span
              aria-hidden="true"
              className={`mt-2 size-2.5 shrink-0 rounded-full bg-accent ${lost ? '' : 'pulse'}`}
            />
          )}
          <span className="min-w-0 break-words">{actionTitle(action)}</span>
        </h2>
        <p className="break-words text-15 text-f2">
          {t('{actor} at {time}, “{reason}”.', {
            actor: action.actor,
            time: formatTime(action.requestedAt, now),
            reason: action.reason,
          })}{' '}
          {open
            ? t('Sent once, never repeated. Closing this page does not stop it.')
            : t('It took {time}.', { time: formatElapsed(elapsedOf(action, now)) })}
        </p>
      </header>
      {!open && <Proof action={action} />}
      <div className="grid gap-3 empty:hidden">
        <OutageCard action={action} now={now} />
        {action.progress !== null && open && <ProgressCard progress={action.progress} />}
      </div>
      <StepsPanel action={action} now={now} />
    </div>
  );
}

const CALM = new Set(['done', 'scheduled', 'refused']);

/** How it ended, as observed: who leads now, on which timeline, how long nothing was written. */
function Proof({ action }: { action: ActionRecord }) {
  const { outcome, outcomeText, differs, before, after, scope, id } = action;
  if (outcome === null) return null;
  const word = t(OUTCOME_WORDS[outcome]);
  const head = `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  const ms = outageMs(action, action.closedAt ?? 0);
  const facts: readonly (readonly [string, string])[] = [
    ...(after === null
      ? []
      : [
          [t('Leader'), moved(before.leader ?? t('nobody'), after.leader ?? t('nobody'))] as const,
          [t('Timeline'), moved(lineOf(before.timeline), lineOf(after.timeline))] as const,
        ]),
    ...(ms === null ? [] : [[t('Write outage'), formatOutage(ms)] as const]),
  ];
  return (
    <section
      aria-label={t('Outcome')}
      className={`rounded-panel border px-4 py-3 ${
        outcome === 'failed'
          ? 'border-critical bg-critical-tint'
          : outcome === 'unknown'
            ? 'border-unknown border-dashed bg-unknown-tint'
            : outcome === 'done_differently'
              ? 'border-warning/60 bg-warning-tint'
              : 'border-l2 bg-bg1'
      }`}
    >
      <p role="status" className="flex items-start gap-2.5 font-semibold text-15 text-f0">
        {CALM.has(outcome) ? (
          <Icon name={outcome === 'refused' ? 'lock' : 'check'} size={17} className="mt-0.5 text-f1" />
        ) : (
          <SeverityIcon
            health={outcome === 'failed' ? 'critical' : outcome === 'unknown' ? 'unknown' : 'warning'}
            className="mt-0.5"
          />
        )}
        <span className="min-w-0 break-words">
          {head}
          {outcomeText !== null && <span className="font-normal text-f1">: {wire(outcomeText)}</span>}
        </span>
      </p>
      {differs.map((text) => (
        <p key={String(text)} className="break-words pl-7 text-15 text-f1">
          {wire(text)}
        </p>
      ))}
      {action.lost !== undefined && <p className="break-words pl-7 text-15 text-f1">{wire(action.lost)}</p>}
      {facts.length > 0 && (
        <dl className="mt-2 grid grid-cols-3 gap-2 pl-7">
          {facts.map(([label, value]) => (
            <div key={label} className="min-w-0">
              <dt className="text-12 text-f2">{label}</dt>
              <dd className="break-words font-semibold text-15 text-f0">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <Link
        href={actionPath(scope, id)}
        prefetch={false}
        className="ml-7 inline-flex min-h-11 items-center rounded-chip text-15 text-accent underline"
      >
        {t('All that was observed')}
      </Link>
    </section>
  );
}

const lineOf = (timeline: number | null): string => (timeline === null ? t('unknown') : String(timeline));

function moved(before: string, after: string): string {
  return before === after ? after : t('{from} to {to}', { from: before, to: after });
}
