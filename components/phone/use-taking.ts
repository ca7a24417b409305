'use client';
import { isReason } from '@/lib/client/actions/order';
import { useAlertOrders } from '@/lib/client/alerts/alerts';
import { t } from '@/lib/client/words/text';
import type { CardOption } from '@/lib/telling/card/options';
import { useSending } from '../ui/use-sending';

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
  const { isSending, problem, run } = useSending();
  const alerts = option?.kind === 'take' ? option.alerts : [];

  const take = async () => {
    const taken = await run(async () => {
      for (const id of alerts) await acknowledge(id, { reason: reason.trim(), undo: false });
    });
    if (taken !== null) onTaken();
  };
  const why = isSending
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
