'use client';
import { useRef, useState } from 'react';
import { reasonOf, useAlertOrders } from '@/lib/client/alerts/alerts';
import { t, wire } from '@/lib/client/words/text';
import type { CardOption } from '@/lib/telling/card/options';
import { isReason } from './use-order';

export interface Taking {
  /** Why it cannot be done now; null: it can. */
  readonly why: string | null;
  /** What went wrong with the last press; null: nothing. */
  readonly problem: string | null;
  readonly take: () => void;
}

/** Taking the incident: each alert that fires is acknowledged once, by the press. Another press is another order of the person. */
export function useTaking(option: CardOption | null, reason: string, lost: boolean, onTaken: () => void): Taking {
  const { acknowledge } = useAlertOrders();
  const busy = useRef(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const alerts = option?.kind === 'take' ? option.alerts : [];

  const take = async () => {
    if (busy.current) return;
    busy.current = true;
    setSending(true);
    setProblem(null);
    try {
      for (const id of alerts) await acknowledge(id, { reason: reason.trim(), undo: false });
      onTaken();
    } catch (error) {
      setProblem(wire(reasonOf(error)));
    } finally {
      busy.current = false;
      setSending(false);
    }
  };
  const why = sending
    ? t('Sending')
    : lost
      ? t('Not now: connection lost')
      : alerts.length === 0
        ? t('No alert is firing any more')
        : isReason(reason)
          ? null
          : t('Give a reason first');
  return { why, problem, take: () => void take() };
}
