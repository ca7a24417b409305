'use client';
import { type FormEvent, useState } from 'react';
import { useOwnOrders, usePasskeys } from '@/lib/client/access/access';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import type { MeAnswer, PasskeyEntry } from '@/lib/contract/access';
import { Button } from '../ui/button';
import { Panel } from '../ui/panel';
import { useSending } from '../ui/use-sending';
import { EntryField } from './entry-field';
import { PanelState, Problem, ROW } from './panel-states';

/** Added: null. */
type Wish = { readonly remove: PasskeyEntry | null };

/** Keys of a device or a browser: beside the password, or instead of it. Whoever changes them proves anew who they are. */
export function PasskeysPanel({ me }: { me: Pick<MeAnswer, 'totp' | 'passkeys'> }) {
  const asked = usePasskeys();
  const now = useNow(10_000);
  const [wish, setWish] = useState<Wish | null>(null);
  const keys = asked.data?.passkeys ?? [];
  return (
    <Panel title={t('Passkeys')} count={asked.data && tn(keys.length, '{n} passkey', '{n} passkeys')}>
      <PanelState asked={asked}>
        <p className="px-3.5 pt-3 text-f2">
          {t(
            'A key of this device or of a hardware token: a sign-in without a password, and a second factor beside it.',
          )}
        </p>
        <ul>
          {keys.map((key) => (
            <li key={key.id} className={ROW}>
              <span className="min-w-0 grow basis-48">
                <span className="break-words text-f0">{key.name}</span>
                <span className="block break-words text-12 text-f2" title={exactTime(key.lastUsedAt ?? key.createdAt)}>
                  {key.lastUsedAt === null
                    ? t('added {time}, never used', { time: formatTime(key.createdAt, now) })
                    : t('added {time}, last used {ago} ago', {
                        time: formatTime(key.createdAt, now),
                        ago: formatDuration(Math.max(0, now - key.lastUsedAt)),
                      })}
                </span>
              </span>
              <Button
                label={t('Remove the passkey {name}', { name: key.name })}
                onClick={() => setWish({ remove: key })}
              >
                {t('Remove…')}
              </Button>
            </li>
          ))}
        </ul>
        <div className="px-3.5 pt-1 pb-3">
          {wish === null ? (
            <Button onClick={() => setWish({ remove: null })}>{t('Add a passkey…')}</Button>
          ) : (
            <PasskeyForm key={wish.remove?.id ?? ''} wish={wish} me={me} onClose={() => setWish(null)} />
          )}
        </div>
      </PanelState>
    </Panel>
  );
}

interface PasskeyFormProps {
  readonly wish: Wish;
  readonly me: Pick<MeAnswer, 'totp' | 'passkeys'>;
  readonly onClose: () => void;
}

function PasskeyForm({ wish, me, onClose }: PasskeyFormProps) {
  const { addPasskey, removePasskey } = useOwnOrders();
  const { isSending, problem, run } = useSending();
  const [name, setName] = useState('');
  const [proof, setProof] = useState('');
  const [isLeft, setLeft] = useState(false);
  const by = me.totp ? 'code' : me.passkeys > 0 ? 'passkey' : 'password';
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = by === 'passkey' ? {} : { [by]: proof };
    const { remove } = wish;
    const done = await run(() => (remove === null ? addPasskey(name.trim(), given) : removePasskey(remove.id, given)));
    setProof('');
    setLeft(done?.answer === false);
    if (done?.answer === true) onClose();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="grid max-w-[420px] gap-3">
      {wish.remove === null ? (
        <EntryField
          label={t('Name of the passkey')}
          name="passkey-name"
          value={name}
          onChange={setName}
          autoComplete="off"
          note={t('So that you know it again: the device, or the token.')}
        />
      ) : (
        <p className="text-f1">{t('{name} signs in no longer.', { name: wish.remove.name })}</p>
      )}
      {by === 'code' && (
        <EntryField
          label={t('Code of your authenticator')}
          name="code"
          kind="code"
          value={proof}
          onChange={setProof}
          autoComplete="one-time-code"
        />
      )}
      {by === 'password' && (
        <EntryField
          label={t('Current password')}
          name="current-password"
          kind="password"
          value={proof}
          onChange={setProof}
          autoComplete="current-password"
        />
      )}
      {by === 'passkey' && <p className="text-12 text-f2">{t('A passkey that you have is asked for first.')}</p>}
      <Problem text={problem ?? (isLeft ? t('No passkey was given.') : null)} />
      <p className="flex flex-wrap gap-2">
        <Button
          type="submit"
          kind="primary"
          disabled={isSending || (wish.remove === null && name.trim() === '') || (by !== 'passkey' && proof === '')}
        >
          {wish.remove === null ? t('Add') : t('Remove')}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {t('Cancel')}
        </Button>
      </p>
    </form>
  );
}
