'use client';
import { type FormEvent, useState } from 'react';
import { encode } from 'uqr';
import { useOwnOrders } from '@/lib/client/access/access';
import { t } from '@/lib/client/words/text';
import type { TotpDraft } from '@/lib/contract/access';
import { Button } from '../ui/button';
import { Command } from '../ui/command';
import { Panel } from '../ui/panel';
import { useSending } from '../ui/use-sending';
import { EntryField } from './entry-field';
import { Problem } from './panel-states';

/** A code beside the password. It counts only after one code was typed, so that nobody locks themselves out. */
export function TotpPanel({ isOn }: { isOn: boolean }) {
  const { draftTotp, confirmTotp, removeTotp } = useOwnOrders();
  const { isSending, problem, run } = useSending();
  const [draft, setDraft] = useState<TotpDraft | null>(null);
  const [isRemoving, setRemoving] = useState(false);
  const close = () => {
    setDraft(null);
    setRemoving(false);
  };
  const begin = async (): Promise<void> => {
    const drafted = await run(draftTotp);
    if (drafted !== null) setDraft(drafted.answer);
  };
  return (
    <Panel title={t('Second factor')} aside={isOn ? t('on') : t('off')}>
      <div className="grid gap-3 px-3.5 py-3">
        <p className="text-f2">
          {isOn
            ? t('A code of your authenticator is asked for beside the password.')
            : t('With it a code of an authenticator app (TOTP) is asked for beside the password.')}
        </p>
        {draft !== null && !isOn ? (
          <>
            <p className="text-f1">{t('Scan this with the app, or type the key into it. It is shown once.')}</p>
            <div className="flex flex-wrap items-start gap-4">
              <QrCode text={draft.uri} />
              <div className="min-w-0 grow basis-56">
                <Command text={draft.secret} prompt={false} />
              </div>
            </div>
            <CodeForm
              verb={t('Turn on')}
              isSending={isSending}
              onSend={async (code) => {
                if ((await run(() => confirmTotp(code))) !== null) close();
              }}
              onCancel={close}
            />
          </>
        ) : isRemoving && isOn ? (
          <CodeForm
            verb={t('Turn off')}
            isSending={isSending}
            onSend={async (code) => {
              if ((await run(() => removeTotp(code))) !== null) close();
            }}
            onCancel={close}
          />
        ) : (
          <Button
            className="justify-self-start"
            disabled={isSending}
            onClick={() => (isOn ? setRemoving(true) : void begin())}
          >
            {isOn ? t('Turn off…') : t('Turn on…')}
          </Button>
        )}
        <Problem text={problem} />
      </div>
    </Panel>
  );
}

function CodeForm({
  verb,
  isSending,
  onSend,
  onCancel,
}: {
  verb: string;
  isSending: boolean;
  onSend: (code: string) => Promise<void>;
  onCancel: () => void;
}) {
  const [code, setCode] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void onSend(code.replace(/\s/g, '')).then(() => setCode(''));
  };
  return (
    <form onSubmit={submit} className="grid max-w-[260px] gap-3">
      <EntryField
        label={t('Code of your authenticator')}
        name="code"
        kind="code"
        value={code}
        onChange={setCode}
        autoComplete="one-time-code"
        note={t('Six digits, a new one each 30 s.')}
      />
      <p className="flex flex-wrap gap-2">
        <Button type="submit" kind="primary" disabled={isSending || code.trim() === ''}>
          {verb}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {t('Cancel')}
        </Button>
      </p>
    </form>
  );
}

/** Black on white in both themes: cameras want it so. */
function QrCode({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t('QR code of the key beside it')}
      shapeRendering="crispEdges"
      className="size-[180px] shrink-0 rounded-control"
    >
      <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
      <path d={squares} fill="#000" />
    </svg>
  );
}
