'use client';
import { useState } from 'react';
import { useMayOn } from '@/lib/client/access/me';
import { phaseOf, silenceWords } from '@/lib/client/alerts/alert-words';
import { reasonOf, useAlertOrders } from '@/lib/client/alerts/alerts';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import type { Silence } from '@/lib/contract/alerts';
import { Button } from '../ui/button';
import { Panel } from '../ui/panel';

export function SilencesPanel({ silences, onNew }: { silences: readonly Silence[]; onNew: () => void }) {
  const clock = useNow(10_000);
  const locked = useMayOn('silence', '');
  const running = silences.filter((silence) => phaseOf(silence, clock) !== 'over').length;
  return (
    <Panel title={t('Silences')} count={running === 0 ? undefined : tn(running, '{n} running', '{n} running')}>
      {silences.length === 0 && <p className="px-3.5 pt-3 text-f2">{t('No silences.')}</p>}
      <ul>
        {silences.map((silence) => (
          <Item key={silence.id} silence={silence} clock={clock} />
        ))}
      </ul>
      <p className="px-3.5 py-2.5">
        <Button icon="silence" locked={locked} onClick={onNew}>
          {t('New silence…')}
        </Button>
      </p>
    </Panel>
  );
}

function Item({ silence, clock }: { silence: Silence; clock: number }) {
  const { endSilence } = useAlertOrders();
  const locked = useMayOn('silence', silence.scope ?? '');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const now = clock === 0 ? silence.startsAt : clock;
  const phase = phaseOf(silence, now);
  const end = async (): Promise<void> => {
    setSending(true);
    setProblem(await endSilence(silence.id).then(() => null, reasonOf));
    setSending(false);
  };
  return (
    <li className="border-l1 border-t px-3.5 py-2 first:border-t-0">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <div className="min-w-0 grow basis-48">
          <p className={`break-words ${phase === 'over' ? 'text-f3' : 'text-f0'}`}>{silenceWords(silence)}</p>
          <p className="break-words text-12 text-f2">
            {silence.by}: {silence.reason}
          </p>
          <p className="text-12 text-f2" title={exactTime(silence.endsAt)}>
            {phase === 'running' &&
              t('until {end}, {time} left', {
                end: formatTime(silence.endsAt, now),
                time: formatDuration(silence.endsAt - now),
              })}
            {phase === 'coming' &&
              t('from {start} to {end}', {
                start: formatTime(silence.startsAt, now),
                end: formatTime(silence.endsAt, now),
              })}
            {phase === 'over' &&
              (silence.endedAt === null
                ? t('ended at {time}', { time: formatTime(silence.endsAt, now) })
                : t('ended by {person} at {time}', {
                    person: silence.endedBy ?? t('somebody'),
                    time: formatTime(silence.endedAt, now),
                  }))}
          </p>
        </div>
        {phase !== 'over' && (
          <Button onClick={() => void end()} disabled={sending} locked={locked}>
            {t(sending ? 'Ending it' : 'End now')}
          </Button>
        )}
      </div>
      {problem !== null && (
        <p role="alert" className="break-words text-12 text-warning">
          {t('Not ended: {problem}', { problem })}
        </p>
      )}
    </li>
  );
}
