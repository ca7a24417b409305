'use client';
import Link from 'next/link';
import { isResendable } from '@/lib/client/actions/order';
import type { OrderView } from '@/lib/client/actions/use-order';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRequest } from '@/lib/domain/actions/action';
import { describeRequest } from '@/lib/domain/actions/request';
import { saidBy } from '@/lib/language/spoken-error';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { CheckItem } from './checks';

export const actionPath = (scope: string, id: string): string =>
  `/clusters/${encodeURIComponent(scope)}/actions/${encodeURIComponent(id)}`;

/** What became of the press: refused with what changed, or not known whether it arrived. */
export function SendNotice({
  scope,
  request,
  order,
  hold,
  onClose,
}: {
  scope: string;
  /** What the dialog asks for now; null: not complete. */
  request: ActionRequest | null;
  order: OrderView;
  /** Confirmed by holding the button below. */
  hold: boolean;
  onClose: () => void;
}) {
  const { fate } = order;
  if (fate.kind === 'refused') {
    const { changes = [], blockers = [], running = null } = fate.details ?? {};
    return (
      <section role="alert" className="mb-5 rounded-panel border border-l2 bg-bg2 px-3.5 py-3">
        <p className="flex items-start gap-2 font-semibold text-f0">
          <Icon name="lock" className="mt-0.5" />
          <span className="min-w-0 break-words">
            {changes.length > 0 ? t('Refused: the cluster changed') : wire(saidBy(fate))}
          </span>
        </p>
        <div className="pl-[22px]">
          {changes.length > 0 && (
            <ul className="mt-1 text-f1">
              {changes.map((change) => (
                <li key={String(change)} className="break-words">
                  {wire(change)}
                </li>
              ))}
            </ul>
          )}
          {blockers.length > 0 && (
            <ul className="mt-2 rounded-panel border border-l1 bg-bg1">
              {blockers.map((check) => (
                <CheckItem key={`${check.code}/${check.title}`} check={check} />
              ))}
            </ul>
          )}
          {running !== null && (
            <p className="mt-1">
              <Link
                href={actionPath(scope, running.id)}
                onClick={onClose}
                className="rounded-chip text-accent underline"
              >
                {t('See the running action of {actor}', { actor: running.actor })}
              </Link>
            </p>
          )}
          <p className="mt-1 text-12 text-f2">
            {t('Nothing was sent. What is shown below was checked again just now.')}
          </p>
        </div>
      </section>
    );
  }
  if (fate.kind !== 'uncertain') return null;
  const same = isResendable(fate, request);
  return (
    <section
      role="alert"
      className="mb-5 rounded-panel border border-unknown border-dashed bg-unknown-tint px-3.5 py-3 text-f1"
    >
      <p className="flex items-start gap-2 font-semibold text-f0">
        <SeverityIcon health="unknown" className="mt-0.5" />
        <span className="min-w-0 break-words">
          {t(
            fate.found === 'absent'
              ? 'It did not arrive: Howdah has no such action'
              : 'Whether it arrived is not known',
          )}
        </span>
      </p>
      <div className="pl-6">
        <p className="break-words text-12">
          {wire(describeRequest(fate.decision.request, scope))}. {wire(saidBy(fate))}{' '}
          {fate.found === null && t('Asking Howdah whether it knows of it.')}
          {fate.found === 'unreachable' && t('Howdah does not answer. Nothing is sent again by itself.')}
          {same &&
            t(
              hold
                ? 'It may be sent again with the button below: with the same key it is done once at most.'
                : 'It may be sent again: with the same key it is done once at most.',
            )}
        </p>
        {fate.found !== null && (
          <p className="mt-2 flex flex-wrap gap-2">
            <Button onClick={order.look}>{t('Look again')}</Button>
            {same && !hold && (
              <Button onClick={order.press} disabled={order.why !== null}>
                {t('Send again')}
              </Button>
            )}
            {fate.found === 'absent' && (
              <Button kind="quiet" onClick={order.leave}>
                {t('Leave it')}
              </Button>
            )}
          </p>
        )}
      </div>
    </section>
  );
}
