'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { openAction } from '@/lib/client/actions/actions';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord, Outcome } from '@/lib/domain/actions/action';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { OUTCOME_WORDS } from './action-words';

const FRAME: Readonly<Record<Outcome, string>> = {
  done: 'border-l2 bg-bg1',
  done_differently: 'border-warning/60 bg-warning-tint',
  scheduled: 'border-l2 bg-bg1',
  refused: 'border-l2 bg-bg1',
  failed: 'border-critical bg-critical-tint bar-critical',
  unknown: 'border-unknown border-dashed bg-unknown-tint',
};
const TONE: Readonly<Record<Outcome, string>> = {
  done: 'text-f0',
  done_differently: 'text-warning',
  scheduled: 'text-f0',
  refused: 'text-f0',
  failed: 'text-critical',
  unknown: 'text-unknown',
};
const MARK: Readonly<Record<Outcome, ReactNode>> = {
  done: <Icon name="check" size={16} className="text-f1" />,
  done_differently: <SeverityIcon health="warning" />,
  scheduled: <Icon name="calendar" size={16} className="text-f1" />,
  refused: <Icon name="lock" size={16} className="text-f1" />,
  failed: <SeverityIcon health="critical" />,
  unknown: <SeverityIcon health="unknown" />,
};

const LINK =
  'inline-flex min-h-[30px] items-center rounded-control border border-l2 bg-bg2 px-3 font-medium text-13 text-f0 hover:border-l3 pointer-coarse:min-h-11';

/** How it ended. Calm where it went as asked, loud where a person is needed; unknown is a state of its own. */
export function OutcomeBanner({ action }: { action: ActionRecord }) {
  const { outcome, outcomeText, differs, request, scope } = action;
  if (outcome === null) return null;
  const again = outcome === 'failed' || outcome === 'refused' || outcome === 'unknown';
  const word = t(OUTCOME_WORDS[outcome]);
  const head = `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  const text = outcomeText === null ? null : wire(outcomeText);
  const said = text?.toLowerCase().startsWith(word) === true;
  return (
    <section aria-label={t('Outcome')} className={`mb-3 rounded-panel border px-4 py-3 ${FRAME[outcome]}`}>
      <p role="status" className={`flex items-start gap-2.5 font-semibold text-14 ${TONE[outcome]}`}>
        <span className="mt-0.5 shrink-0">{MARK[outcome]}</span>
        <span className="min-w-0 break-words">
          {!said && head}
          {text !== null && (
            <span className={said ? '' : 'font-normal text-f1'}>
              {said ? '' : ': '}
              {text}
            </span>
          )}
        </span>
      </p>
      <div className="pl-[26px]">
        {differs.length > 0 && (
          <ul className="mt-1 text-f1">
            {differs.map((difference) => (
              <li key={String(difference)} className="break-words">
                {wire(difference)}
              </li>
            ))}
          </ul>
        )}
        {action.lost !== undefined && <p className="mt-1 break-words text-f1">{wire(action.lost)}</p>}
        {outcome === 'unknown' && (
          <p className="mt-1 text-12 text-f2">
            {t('It was sent, and what was observed does not say whether it came about.')}
          </p>
        )}
        {action.recovered && (
          <p className="mt-1 text-12 text-f2">
            {t('Howdah was stopped in the middle; a later start followed it to its end.')}
          </p>
        )}
        <p className="mt-2 flex flex-wrap gap-2 empty:hidden">
          {again && request.kind !== 'edit_config' && (
            <Button onClick={() => openAction(scope, request)}>{t('New preflight')}</Button>
          )}
          {outcome === 'scheduled' && request.kind === 'switchover' && (
            <Button icon="cancel" onClick={() => openAction(scope, { kind: 'cancel_switchover' })}>
              {t('Cancel the switchover…')}
            </Button>
          )}
          {request.kind === 'edit_config' && (
            <Link href={`/clusters/${encodeURIComponent(scope)}/config`} className={LINK}>
              {t('Back to the editor')}
            </Link>
          )}
          {again && (
            <Link href={`/clusters/${encodeURIComponent(scope)}/audit`} className={LINK}>
              {t('Audit')}
            </Link>
          )}
        </p>
      </div>
    </section>
  );
}
