'use client';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { type SignInFailure, signInLocal, signInPasskey } from '@/lib/client/access/sign-in';
import { failureText } from '@/lib/client/access/words';
import { useNow } from '@/lib/client/live/clock';
import { formatDuration } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { Button } from '../ui/button';
import { DoorNote } from './door-frame';
import { EntryField } from './entry-field';

interface SignInFormProps {
  /** What the address of the page brought. */
  readonly came: SignInFailure | null;
  /** The first way in: it has the focus. */
  readonly isFirst: boolean;
  /** Browsers keep them for this address. */
  readonly passkeys: boolean;
  readonly next: string;
  readonly onIn: () => void;
}

/** Name and password; a code only where the account asks for one. */
export function SignInForm({ came, isFirst, passkeys, next, onIn }: SignInFormProps) {
  const now = useNow();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [wantsCode, setWantsCode] = useState(false);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<SignInFailure | null>(came);
  const nameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const codeField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) nameField.current?.focus();
  }, [isFirst]);
  useEffect(() => {
    if (wantsCode) codeField.current?.focus();
  }, [wantsCode]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSending(true);
    const failed = await signInLocal({ username: username.trim(), password, code: code.replace(/\s/g, '') }, next);
    if (failed === null) return onIn();
    setSending(false);
    if (failed.kind === 'code') {
      // Asked for the first time it is a question and no error.
      setFailure(wantsCode ? failed : null);
      setWantsCode(true);
      setCode('');
      codeField.current?.focus();
      return;
    }
    setFailure(failed);
    if (failed.kind === 'credentials') {
      setWantsCode(false);
      setCode('');
      setPassword('');
      passwordField.current?.focus();
    }
  };
  const withPasskey = async (): Promise<void> => {
    setSending(true);
    const beside = failure?.kind === 'passkey' ? { username: username.trim(), password, code: '' } : null;
    const failed = await signInPasskey(beside, next);
    if (failed === null) return onIn();
    setSending(false);
    // Left, it may be pressed again.
    if (failed.kind !== 'passkey_left' || beside === null) setFailure(failed);
  };
  const lockedFor = failure?.kind === 'locked' && failure.until > now ? failure.until - now : null;
  const lacks = username.trim() === '' || password === '' || (wantsCode && code.trim() === '');
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4">
      {failure !== null && (
        <div className="-mb-4">
          <DoorNote tone="warning" role="alert">
            {failureText(failure, null, now)}
          </DoorNote>
        </div>
      )}
      <EntryField
        ref={nameField}
        label={t('Name')}
        name="username"
        value={username}
        onChange={setUsername}
        autoComplete="username"
        invalid={failure?.kind === 'credentials'}
        readOnly={wantsCode}
      />
      <EntryField
        ref={passwordField}
        label={t('Password')}
        name="password"
        kind="password"
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        invalid={failure?.kind === 'credentials'}
        readOnly={wantsCode}
      />
      {wantsCode && (
        <EntryField
          ref={codeField}
          label={t('Code of your authenticator')}
          name="code"
          kind="code"
          value={code}
          onChange={setCode}
          autoComplete="one-time-code"
          invalid={failure?.kind === 'code'}
          note={t('Six digits, a new one each 30 s.')}
        />
      )}
      <Button type="submit" kind="primary" className="min-h-[38px]" disabled={isSending || lacks || lockedFor !== null}>
        {lockedFor !== null
          ? t('Possible in {time}', { time: formatDuration(lockedFor) })
          : isSending
            ? t('Signing in')
            : t('Sign in')}
      </Button>
      {passkeys && !wantsCode && (
        <Button className="min-h-[38px]" disabled={isSending} onClick={() => void withPasskey()}>
          {failure?.kind === 'passkey' ? t('Use the passkey') : t('Sign in with a passkey')}
        </Button>
      )}
      {wantsCode && (
        <Button
          kind="quiet"
          onClick={() => {
            setWantsCode(false);
            setCode('');
            setPassword('');
            setFailure(null);
            nameField.current?.focus();
          }}
        >
          {t('Another account')}
        </Button>
      )}
    </form>
  );
}
