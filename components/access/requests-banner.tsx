'use client';
import { useState } from 'react';
import { useRequests } from '@/lib/client/actions/approvals';
import { useNow } from '@/lib/client/live/clock';
import { t, tn } from '@/lib/client/words/text';
import { Button } from '../ui/button';
import { DecidedCard, WaitingCard } from './request-card';

const SHOWN = 3;

/** Requests for a second person on this cluster; `scope` null: on all. Nothing where none is there. */
export function RequestsBanner({ scope }: { scope: string | null }) {
  const { waiting, decided } = useRequests(scope, useNow(1000));
  const [all, setAll] = useState(false);
  if (waiting.length + decided.length === 0) return null;
  const shown = all ? waiting : waiting.slice(0, SHOWN);
  return (
    <section aria-label={t('Requests for a second person')} className="mb-3">
      <ul className="grid gap-2">
        {shown.map((request) => (
          <WaitingCard key={request.approval.id} request={request} />
        ))}
        {decided.slice(0, SHOWN).map((approval) => (
          <DecidedCard key={approval.id} approval={approval} />
        ))}
      </ul>
      {shown.length < waiting.length && (
        <Button className="mt-2" onClick={() => setAll(true)}>
          {tn(waiting.length, 'Show {n} request', 'Show all {n} requests')}
        </Button>
      )}
    </section>
  );
}
