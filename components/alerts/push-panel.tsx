'use client';
import { type FormEvent, useEffect, useState } from 'react';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { useNow } from '@/lib/client/live/clock';
import {
  deviceName,
  HINDRANCES,
  hindranceOf,
  lookAround,
  subscribe,
  unsubscribeHere,
  usePush,
  usePushOrders,
} from '@/lib/client/phone/push';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { PushAnswer, PushDevice } from '@/lib/contract/alerts';
import { saidBy } from '@/lib/language/spoken-error';
import { Button } from '../ui/button';
import { TextField } from '../ui/field';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';

/** Push to the phone of whoever is on call. The browser is asked only after a press. */
export function PushPanel() {
  const push = usePush();
  const { data } = push;
  return (
    <Panel
      title={t('Notify this device')}
      count={data === undefined ? undefined : tn(data.devices.length, '{n} device', '{n} devices')}
    >
      {push.isError && (
        <p role="status" className="flex items-start gap-2 px-3.5 py-3">
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words">
            <span className="text-f0">{t('The devices could not be read.')} </span>
            {wire(saidBy(push.error))}
          </span>
        </p>
      )}
      {data === undefined && !push.isError && <p className="px-3.5 py-3 text-f2">{t('Reading.')}</p>}
      {data !== undefined && (
        <>
          <Subscribe answer={data} />
          {data.devices.length > 0 && (
            <ul className="border-l1 border-t">
              {data.devices.map((device) => (
                <Device key={device.id} device={device} isLast={data.devices.length === 1} />
              ))}
            </ul>
          )}
        </>
      )}
    </Panel>
  );
}

function Subscribe({ answer: { publicKey } }: { answer: PushAnswer }) {
  const { fresh } = usePushOrders();
  const [name, setName] = useState('');
  const [sending, setSending] = useState(false);
  const [said, setSaid] = useState<{ readonly ok: boolean; readonly text: string } | null>(null);
  // What the browser can do is known only in the browser.
  const [hindrance, setHindrance] = useState<ReturnType<typeof hindranceOf> | 'unasked'>('unasked');
  useEffect(() => {
    setHindrance(hindranceOf(lookAround(publicKey)));
    setName((was) => (was === '' ? deviceName(navigator.userAgent) : was));
  }, [publicKey]);
  if (hindrance === 'unasked')
    return <p className="px-3.5 py-3 text-f2">{t('Looking at what this browser can do.')}</p>;
  if (hindrance !== null) {
    return (
      <p className="flex items-start gap-2 px-3.5 py-3 text-f1">
        <Icon name="lock" className="mt-0.5 text-f2" />
        <span className="min-w-0 break-words">
          <span className="font-medium text-f0">{t('This device cannot be notified.')} </span>
          {t(HINDRANCES[hindrance])}
        </span>
      </p>
    );
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (publicKey === null || name.trim() === '') {
      setSaid({ ok: false, text: t('give the device a name, so that you can tell it from the others.') });
      return;
    }
    setSending(true);
    setSaid(null);
    const result = await subscribe(publicKey, name.trim()).catch((error: unknown) => ({
      kind: 'refused' as const,
      text: reasonOf(error),
    }));
    setSending(false);
    setHindrance(hindranceOf(lookAround(publicKey)));
    setSaid(
      result.kind === 'subscribed'
        ? { ok: true, text: t('This device is notified from now on. Send a test from the receiver above.') }
        : { ok: false, text: result.text },
    );
    await fresh();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      className="grid gap-2 px-3.5 py-3"
      aria-label={t('Notify this device')}
    >
      <div className="flex flex-wrap items-end gap-2 [&>div]:grow [&>div]:basis-40">
        <TextField label={t('Name of this device')} value={name} onChange={setName} maxLength={60} />
        <Button type="submit" icon="phone" className="min-h-[34px]" disabled={sending}>
          {t(sending ? 'Asking the browser' : 'Notify this device')}
        </Button>
      </div>
      <p className="text-12 text-f2">{t('The browser asks for permission after the press, not before.')}</p>
      <div role="status" className="empty:hidden">
        {said !== null && (
          <p className={`break-words text-12 ${said.ok ? 'text-f0' : 'text-warning'}`}>
            {said.ok ? said.text : t('Not done: {problem}', { problem: said.text })}
          </p>
        )}
      </div>
    </form>
  );
}

function Device({ device, isLast }: { device: PushDevice; isLast: boolean }) {
  const { remove } = usePushOrders();
  const clock = useNow(60_000);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const now = clock === 0 ? device.addedAt : clock;
  const run = async (): Promise<void> => {
    setSending(true);
    setProblem(await remove(device.id).then(() => null, reasonOf));
    // What the browser still holds would be worthless; where others remain it may not be ours.
    if (isLast) await unsubscribeHere().catch(() => undefined);
    setSending(false);
  };
  return (
    <li className="border-l1 border-t px-3.5 py-2 first:border-t-0">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <SeverityIcon health={device.lastError === null ? 'ok' : 'warning'} size={14} className="mt-0.5" />
        <div className="min-w-0 grow basis-40">
          <p className="break-words text-f0">{device.name}</p>
          <p className="text-12 text-f2" title={exactTime(device.addedAt)}>
            {t('added {time}', { time: formatTime(device.addedAt, now) })},{' '}
            {device.lastOkAt === null
              ? t('not notified yet')
              : t('last notified at {time}', { time: formatTime(device.lastOkAt, now) })}
          </p>
          {device.lastError !== null && <p className="break-words text-12 text-warning">{wire(device.lastError)}</p>}
        </div>
        <Button onClick={() => void run()} disabled={sending} label={t('Remove {name}', { name: device.name })}>
          {t(sending ? 'Removing' : 'Remove')}
        </Button>
      </div>
      {problem !== null && (
        <p role="alert" className="break-words text-12 text-warning">
          {t('Not removed: {problem}', { problem })}
        </p>
      )}
    </li>
  );
}
