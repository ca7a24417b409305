'use client';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { SIGN_IN_PAGE } from '@/lib/client/access/door';
import { setUp } from '@/lib/client/access/sign-in';
import { PASSWORD_MIN, passwordProblem } from '@/lib/client/access/words';
import { reasonOf } from '@/lib/client/alerts/alerts';
import { based } from '@/lib/client/live/base';
import { t, wire } from '@/lib/client/words/text';
import { Button } from '../ui/button';
import { DoorFrame, DoorNote } from './door-frame';
import { EntryField } from './entry-field';

interface Link {
  /** Empty: the link was not complete. */
  readonly secret: string;
  /** Of the account that was invited; null: the link makes the first one. */
  readonly name: string | null;
}

/** What the link holds; null: not looked yet. The secret leaves the address bar before anything else. */
function useLink(): Link | null {
  const secret = useRef<string | null>(null);
  const [link, setLink] = useState<Link | null>(null);
  useEffect(() => {
    const take = () => {
      if (location.hash.length > 1 || secret.current === null) secret.current = location.hash.slice(1);
      if (location.hash !== '') history.replaceState(null, '', `${location.pathname}${location.search}`);
      setLink({ secret: secret.current, name: new URLSearchParams(location.search).get('name') });
    };
    take();
    // The link opened a second time in this tab is another address of the same page.
    addEventListener('hashchange', take);
    return () => removeEventListener('hashchange', take);
  }, []);
  return link;
}

export function SetupScreen() {
  const link = useLink();
  return (
    <DoorFrame title={link?.name == null ? t('First account') : t('Set up your account')}>
      {link === null ? null : link.secret === '' ? (
        <DoorNote tone="warning" role="status">
          {t('The set-up link is not complete: open it again as it was given to you.')}
        </DoorNote>
      ) : (
        <SetupForm secret={link.secret} invited={link.name} />
      )}
    </DoorFrame>
  );
}

function SetupForm({ secret, invited }: { secret: string; invited: string | null }) {
  const isFirst = invited === null;
  const [name, setName] = useState(invited ?? '');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const nameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    (isFirst ? nameField : passwordField).current?.focus();
  }, [isFirst]);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wrong = passwordProblem(password, again);
    setProblem(wrong);
    if (wrong !== null) return;
    setSending(true);
    const failed = await setUp({ secret, name: name.trim(), password }).then(() => null, reasonOf);
    if (failed === null) return location.replace(based(SIGN_IN_PAGE));
    setSending(false);
    setProblem(wire(failed));
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4">
      <p className="text-f1">
        {isFirst
          ? t('This account may do everything, and adds the others.')
          : t('An admin made an account for you. Choose its password.')}
      </p>
      {problem !== null && (
        <div className="-mb-4">
          <DoorNote tone="warning" role="alert">
            {problem}
          </DoorNote>
        </div>
      )}
      <EntryField
        ref={nameField}
        label={t('Name')}
        name="username"
        value={name}
        onChange={setName}
        autoComplete="username"
        readOnly={!isFirst}
        note={isFirst ? t('Letters, digits, dots, dashes. It stands in the audit beside what you do.') : undefined}
      />
      <EntryField
        ref={passwordField}
        label={t('Password')}
        name="new-password"
        kind="password"
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
        note={t('At least {n} characters, and not a common one. No other rules.', { n: PASSWORD_MIN })}
      />
      <EntryField
        label={t('The same password again')}
        name="new-password-again"
        kind="password"
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
      />
      <Button
        type="submit"
        kind="primary"
        className="min-h-[38px]"
        disabled={isSending || password === '' || again === '' || name.trim() === ''}
      >
        {isSending ? t('Setting up') : t('Set up')}
      </Button>
    </form>
  );
}
