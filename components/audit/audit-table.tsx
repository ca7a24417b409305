'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { formatOutage } from '@/lib/client/actions/times';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord, Outcome } from '@/lib/domain/actions/action';
import { ACTION_WORDS, actionLine, OUTCOME_WORDS } from '../actions/action-words';
import { actionPath } from '../actions/send-notice';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';

const TONE: Readonly<Record<Outcome | 'open', string>> = {
  open: 'text-accent',
  done: 'text-f1',
  done_differently: 'text-warning',
  scheduled: 'text-f1',
  refused: 'text-f1',
  failed: 'font-semibold text-critical',
  unknown: 'text-unknown',
};
const MARK: Readonly<Record<Outcome | 'open', ReactNode>> = {
  open: <span className="mx-[3px] size-2 shrink-0 rounded-full bg-accent" />,
  done: <SeverityIcon health="ok" size={14} />,
  done_differently: <SeverityIcon health="warning" size={14} />,
  scheduled: <Icon name="calendar" size={14} className="text-f2" />,
  refused: <Icon name="lock" size={14} className="text-f2" />,
  failed: <SeverityIcon health="critical" size={14} />,
  unknown: <SeverityIcon health="unknown" size={14} />,
};

function OutcomeCell({ action }: { action: ActionRecord }) {
  const outcome = action.outcome ?? 'open';
  return (
    <span
      className={`flex items-center gap-1.5 whitespace-nowrap ${TONE[outcome]}`}
      title={
        action.outcomeText === null ? undefined : [action.outcomeText, action.lost ?? []].flat().map(wire).join(' ')
      }
    >
      {MARK[outcome]}
      {t(OUTCOME_WORDS[outcome])}
    </span>
  );
}

const wayOf = (action: ActionRecord): string => (action.way === null ? t('not sent') : action.way.toUpperCase());
const outageOf = (action: ActionRecord): string =>
  action.outage === null ? t('none') : formatOutage(action.outage.ms);

function Time({ at }: { at: number }) {
  const now = useNow(60_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)} suppressHydrationWarning>
      {formatTime(at, now === 0 ? at : now)}
    </time>
  );
}

function ActionLink({ action }: { action: ActionRecord }) {
  return (
    <Link
      href={actionPath(action.scope, action.id)}
      prefetch={false}
      className="flex min-w-0 items-center gap-2 rounded-chip font-medium text-f0 hover:underline"
    >
      <Icon name={ACTION_WORDS[action.request.kind].icon} className="text-f2" />
      <span className="min-w-0 break-words">{actionLine(action)}</span>
    </Link>
  );
}

/** Newest first. Wide: a table; narrow: cards that say the same. */
export function AuditTable({ rows, withScope }: { rows: readonly ActionRecord[]; withScope: boolean }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard */}
      <div className="relative overflow-x-auto max-md:hidden" tabIndex={0}>
        <table className="w-full border-collapse text-13">
          <thead>
            <tr className="h-[30px] text-11 text-f2 [&>th]:whitespace-nowrap [&>th]:px-2 [&>th]:text-left [&>th]:font-normal [&>th]:first:pl-3.5 [&>th]:last:pr-3.5">
              <th scope="col">{t('Time')}</th>
              {withScope && <th scope="col">{t('Cluster')}</th>}
              <th scope="col">{t('Action')}</th>
              <th scope="col">{t('Who')}</th>
              <th scope="col">{t('Reason')}</th>
              <th scope="col">{t('Outcome')}</th>
              <th scope="col" className="text-right!">
                {t('Write outage')}
              </th>
              <th scope="col">{t('Way')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={row.id}
                className="border-l1 border-t hover:bg-bg2 [&>td]:px-2 [&>td]:py-1.5 [&>td]:first:pl-3.5 [&>td]:last:pr-3.5"
              >
                <td className="whitespace-nowrap text-12 text-f2">
                  <Time at={row.requestedAt} />
                </td>
                {withScope && (
                  <td>
                    <Link
                      href={`/clusters/${encodeURIComponent(row.scope)}`}
                      prefetch={false}
                      className="rounded-chip hover:underline"
                    >
                      <Name text={row.scope} limit={24} />
                    </Link>
                  </td>
                )}
                <td className="min-w-44">
                  <ActionLink action={row} />
                </td>
                <td>
                  <Name text={row.actor} limit={20} />
                </td>
                <td className="max-w-80 min-w-32 truncate text-f2" title={row.reason}>
                  {row.reason}
                </td>
                <td>
                  <OutcomeCell action={row} />
                </td>
                <td className={`whitespace-nowrap text-right ${row.outage === null ? 'text-f3' : 'text-f0'}`}>
                  {outageOf(row)}
                </td>
                <td className="whitespace-nowrap text-12 text-f2">{wayOf(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="md:hidden">
        {rows.map((row) => (
          <li key={row.id} className="border-l1 border-t px-3.5 py-3 text-15 first:border-t-0">
            <p className="mb-1 flex items-baseline gap-2 text-12 text-f2">
              <Time at={row.requestedAt} />
              {withScope && (
                <span className="ml-auto min-w-0">
                  <Name text={row.scope} limit={24} />
                </span>
              )}
            </p>
            <div className="min-h-7">
              <ActionLink action={row} />
            </div>
            <p className="mt-0.5 break-words text-13 text-f2">
              {row.actor}: {row.reason}
            </p>
            <p className="mt-1 flex flex-wrap items-center gap-x-3 text-13">
              <OutcomeCell action={row} />
              {row.outage !== null && <span>{t('outage {time}', { time: outageOf(row) })}</span>}
              <span className="text-f2">{wayOf(row)}</span>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
