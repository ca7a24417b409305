'use client';
import { useState } from 'react';
import { useMay } from '@/lib/client/access/me';
import { queueWords, receiverWords } from '@/lib/client/alerts/alert-words';
import { reasonOf, useAlertOrders } from '@/lib/client/alerts/alerts';
import { useNow } from '@/lib/client/live/clock';
import { formatTook } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { ReceiverKind, ReceiverState, ReceiverTest } from '@/lib/contract/alerts';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';

const KINDS: Readonly<Record<ReceiverKind, string>> = {
  alertmanager: 'Alertmanager',
  webhook: 'webhook',
  slack: 'Slack',
  mattermost: 'Mattermost',
  teams: 'Microsoft Teams',
  telegram: 'Telegram',
  pagerduty: 'PagerDuty',
  opsgenie: 'Opsgenie',
  smtp: 'SMTP',
  webpush: 'web push',
};

export function ReceiversPanel({ receivers }: { receivers: readonly ReceiverState[] }) {
  return (
    <Panel
      title={t('Receivers')}
      count={receivers.length === 0 ? undefined : tn(receivers.length, '{n} receiver', '{n} receivers')}
    >
      {receivers.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">
          {rich('None is configured. Add some under {key} in howdah.yaml.', {
            key: <code className="text-12 text-f1">receivers</code>,
          })}
        </p>
      ) : (
        <ul>
          {receivers.map((receiver) => (
            <Item key={receiver.name} receiver={receiver} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Item({ receiver }: { receiver: ReceiverState }) {
  const { test } = useAlertOrders();
  const clock = useNow(5000);
  const locked = useMay('test_receiver', null);
  const [sending, setSending] = useState(false);
  const [result, setResult] = useState<ReceiverTest | string | null>(null);
  const now = clock === 0 ? (receiver.lastOkAt ?? 0) : clock;
  const failing = receiver.state === 'failing';
  const queue = queueWords(receiver, now);
  const run = async (): Promise<void> => {
    setSending(true);
    setResult(null);
    setResult(await test(receiver.name).catch(reasonOf));
    setSending(false);
  };
  return (
    <li className={`border-l1 border-t px-3.5 py-2 first:border-t-0 ${failing ? 'bar-warning bg-warning-tint' : ''}`}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <SeverityIcon
          health={failing ? 'warning' : receiver.state === 'ok' ? 'ok' : 'note'}
          size={14}
          className="mt-0.5"
        />
        <div className="min-w-0 grow basis-48">
          <p className="break-words">
            <span className="font-medium text-f0">{receiver.name}</span>{' '}
            <span className="text-12 text-f2">
              {KINDS[receiver.kind]}, {wire(receiver.target)}
            </span>
          </p>
          <p className={`break-words text-12 ${failing ? 'text-f0' : 'text-f2'}`}>{receiverWords(receiver, now)}</p>
          {receiver.lastError !== null && failing && (
            <p className="break-words text-12 text-f1">{wire(receiver.lastError)}</p>
          )}
          {queue !== null && <p className="text-12 text-warning">{queue}</p>}
        </div>
        <Button
          onClick={() => void run()}
          disabled={sending}
          locked={locked}
          label={t('Test {name}', { name: receiver.name })}
        >
          {t(sending ? 'Sending' : 'Test')}
        </Button>
      </div>
      <div role="status" className="empty:hidden">
        {result !== null && <Result result={result} />}
      </div>
    </li>
  );
}

function Result({ result }: { result: ReceiverTest | string }) {
  const [ok, text] =
    typeof result === 'string'
      ? [false, result]
      : [result.ok, t('{text}, after {time}', { text: wire(result.text), time: formatTook(result.tookMs) })];
  return (
    <p className={`mt-1 flex items-start gap-2 text-12 ${ok ? 'text-f1' : 'text-warning'}`}>
      <SeverityIcon health={ok ? 'ok' : 'warning'} size={14} className="mt-px" />
      <span className="min-w-0 break-words">
        {ok ? t('Arrived: {text}', { text }) : t('Did not arrive: {text}', { text })}
      </span>
    </p>
  );
}
