'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { useNow } from '@/lib/client/live/clock';
import { approvalOf, askApproval, useApprovals } from '@/lib/client/phone/card';
import { formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Approval } from '@/lib/contract/access';
import type { ActOption } from '@/lib/telling/card/options';
import { isReason } from './use-order';

export interface SecondPerson {
  /** One person is not enough for what is chosen. */
  readonly isNeeded: boolean;
  readonly approval: Approval | null;
  /** Why it cannot be asked for now; null: it can. */
  readonly why: string | null;
  readonly problem: string | null;
  readonly ask: () => void;
}

/** Somebody else has to agree: asked for once by the press, and looked for where the answer did not come. */
export function useSecondPerson(scope: string, option: ActOption | null, reason: string, lost: boolean): SecondPerson {
  const client = useQueryClient();
  const isNeeded = option?.needsSecond === true;
  const approvals = useApprovals(scope, isNeeded);
  const approval = option === null || !isNeeded ? null : approvalOf(approvals, scope, option.request);
  const busy = useRef(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async () => {
    if (busy.current || option === null) return;
    busy.current = true;
    setSending(true);
    setProblem(null);
    try {
      await askApproval(scope, { request: option.request, reason: reason.trim() });
    } catch (error) {
      setProblem(wire(reasonOf(error)));
    } finally {
      await client.invalidateQueries({ queryKey: ['card-approvals', scope] });
      busy.current = false;
      setSending(false);
    }
  };
  const why = sending
    ? t('Sending')
    : lost
      ? t('Not now: connection lost')
      : approval?.state === 'waiting'
        ? t('Waits for a second person')
        : isReason(reason)
          ? null
          : t('Give a reason first');
  return { isNeeded, approval, why, problem, ask: () => void ask() };
}

export function ApprovalNotice({ second }: { second: SecondPerson }) {
  const now = useNow();
  const { isNeeded, approval, problem } = second;
  if (!isNeeded || (approval === null && problem === null)) return null;
  return (
    <section role="status" className="mx-4 mt-4 rounded-panel border border-l2 bg-bg2 px-3.5 py-3 text-15 text-f1">
      {approval !== null && <p className="break-words">{approvalWords(approval, now)}</p>}
      {problem !== null && approval?.state !== 'waiting' && (
        <p className="break-words text-warning">{t('Not asked: {problem}', { problem })}</p>
      )}
    </section>
  );
}

function approvalWords({ state, askedBy, askedAt, expiresAt, decidedBy, decidedAt, words }: Approval, now: number) {
  const who = decidedBy ?? t('unknown');
  const at = decidedAt === null ? t('unknown') : formatTime(decidedAt, now);
  switch (state) {
    case 'waiting':
      return t('{actor} asked at {time}. It runs when somebody else approves it, until {end}.', {
        actor: askedBy,
        time: formatTime(askedAt, now),
        end: formatTime(expiresAt, now),
      });
    case 'approved':
      return t('{actor} approved it at {time}.', { actor: who, time: at });
    case 'declined':
      return words === null
        ? t('{actor} declined it at {time}.', { actor: who, time: at })
        : t('{actor} declined it at {time}: {words}', { actor: who, time: at, words });
    case 'withdrawn':
      return t('{actor} took the request back.', { actor: askedBy });
    case 'expired':
      return t('Nobody approved it until {end}.', { end: formatTime(expiresAt, now) });
  }
}
