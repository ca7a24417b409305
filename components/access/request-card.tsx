'use client';
import Link from 'next/link';
import { useState } from 'react';
import { openAction } from '@/lib/client/actions/actions';
import { type Request, useApprovalOrders } from '@/lib/client/actions/approvals';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { useNow } from '@/lib/client/live/clock';
import { formatClockDuration, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Approval } from '@/lib/contract/access';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';

const FRAME = 'flex items-start gap-3 rounded-panel border border-l2 bg-bg1 px-3.5 py-3';

/** Who asks for what, for how long still, and what the one who looks can do about it. */
export function WaitingCard({ request }: { request: Request }) {
  const { approval, isOwn, mayNot } = request;
  const { withdraw } = useApprovalOrders();
  const now = useNow();
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const takeBack = async (): Promise<void> => {
    setSending(true);
    setProblem(await withdraw(approval.id).then(() => null, reasonOf));
    setSending(false);
  };
  return (
    <li className={FRAME}>
      <Icon name="person" size={16} className="mt-0.5 text-f1" />
      <div className="min-w-0 grow">
        <p className="font-semibold text-f0">{t('Waits for a second person')}</p>
        <p className="break-words text-f1">
          {t('{who} asks: {what} ({scope}).', {
            who: approval.askedBy,
            what: wire(approval.verb),
            scope: approval.scope,
          })}{' '}
          <span suppressHydrationWarning>
            {t('Expires in {time}.', { time: formatClockDuration(Math.max(0, approval.expiresAt - now)) })}
          </span>{' '}
          {isOwn ? t('You cannot approve your own request.') : mayNot}
        </p>
        <p className="break-words text-12 text-f2">{t('Reason: {reason}', { reason: approval.reason })}</p>
        {problem !== null && (
          <p role="alert" className="break-words text-12 text-warning">
            {t('Not withdrawn: {problem}', { problem: wire(problem) })}
          </p>
        )}
      </div>
      {isOwn ? (
        <Button className="shrink-0" disabled={isSending} onClick={() => void takeBack()}>
          {isSending ? t('Withdrawing') : t('Withdraw')}
        </Button>
      ) : (
        mayNot === null && (
          <Button
            className="shrink-0"
            onClick={() => openAction(approval.scope, approval.request, { approval })}
            label={t('Look at what {who} asks for {scope}', { who: approval.askedBy, scope: approval.scope })}
          >
            {t('Look and decide…')}
          </Button>
        )
      )}
    </li>
  );
}

/** What came of an own request. */
export function DecidedCard({ approval }: { approval: Approval }) {
  const now = useNow(10_000);
  const { scope, actionId } = approval;
  return (
    <li className={FRAME}>
      <Icon name={approval.state === 'approved' ? 'check' : 'cancel'} size={16} className="mt-0.5 text-f1" />
      <div className="min-w-0 grow">
        <p className="break-words font-semibold text-f0">{decidedTitle(approval)}</p>
        <p className="break-words text-f1">
          {t('You asked: {what} ({scope}).', { what: wire(approval.verb), scope })}{' '}
          <span className="text-f2" suppressHydrationWarning>
            {formatTime(approval.decidedAt ?? approval.expiresAt, now)}
          </span>
        </p>
        {approval.words !== null && approval.words !== '' && (
          <p className="break-words text-f1">{t('Why: {words}', { words: approval.words })}</p>
        )}
      </div>
      {actionId !== null && (
        <Link
          href={`/clusters/${encodeURIComponent(scope)}/actions/${encodeURIComponent(actionId)}`}
          className="shrink-0 rounded-chip text-accent underline pointer-coarse:min-h-11 pointer-coarse:content-center"
        >
          {t('Follow it')}
        </Link>
      )}
    </li>
  );
}

export function decidedTitle({ state, decidedBy }: Approval): string {
  const who = decidedBy ?? t('somebody');
  switch (state) {
    case 'approved':
      return t('{who} approved it', { who });
    case 'declined':
      return t('{who} declined it', { who });
    case 'withdrawn':
      return t('Withdrawn by {who}', { who });
    case 'expired':
      return t('Nobody approved it in time');
    case 'waiting':
      return t('Waits for a second person');
  }
}
