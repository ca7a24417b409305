'use client';
import { useNow } from '@/lib/client/live/clock';
import { formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { Approval } from '@/lib/contract/access';

/** `problem`: why the last request did not go out; null: it did, or there was none. */
export function ApprovalNotice({ approval, problem }: { approval: Approval | null; problem: string | null }) {
  const now = useNow();
  if (approval === null && problem === null) return null;
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
