'use client';
import { type FormEvent, useState } from 'react';
import { useOwnOrders, useSessions } from '@/lib/client/access/access';
import { useMeQuery } from '@/lib/client/access/me';
import { signOut } from '@/lib/client/access/sign-in';
import { grantText, PASSWORD_MIN, passwordProblem } from '@/lib/client/access/words';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import type { MeAnswer } from '@/lib/contract/access';
import { TitleScreen } from '../shell/title-screen';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { Panel } from '../ui/panel';
import { useSending } from '../ui/use-sending';
import { ArmedButton } from './armed-button';
import { EntryField } from './entry-field';
import { PanelState, Problem, ROW } from './panel-states';
import { PasskeysPanel } from './passkeys-panel';
import { TokensPanel } from './tokens-panel';
import { TotpPanel } from './totp-panel';

export function AccountScreen() {
  const asked = useMeQuery();
  const me = asked.data;
  return (
    <TitleScreen title={t('Account')}>
      {me === undefined ? (
        <Panel title={t('Who you are here')}>
          <PanelState asked={asked}>{null}</PanelState>
        </Panel>
      ) : me.owesFactor ? (
        <div className="grid max-w-[720px] gap-3">
          <TotpPanel isOn={false} />
          <PasskeysPanel me={me} />
          <WhoPanel me={me} />
        </div>
      ) : (
        <div className="grid grid-cols-1 items-start gap-3 xl:grid-cols-2">
          <div className="grid min-w-0 gap-3">
            <WhoPanel me={me} />
            {me.kind === 'user' && !me.external && !me.directory && <PasswordPanel name={me.name} />}
            {me.kind === 'user' && !me.external && <TotpPanel isOn={me.totp} />}
            {me.kind === 'user' && !me.external && <PasskeysPanel me={me} />}
            {me.directory && (
              <p className="rounded-panel border border-l1 bg-bg1 px-3.5 py-2.5 text-f2">
                {t('The password of this account is that of the directory (LDAP).')}
              </p>
            )}
            {me.external && (
              <p className="rounded-panel border border-l1 bg-bg1 px-3.5 py-2.5 text-f2">
                {t('Password and second factor of this account are kept by the provider it signs in with.')}
              </p>
            )}
          </div>
          <div className="grid min-w-0 gap-3">
            {me.kind === 'user' && <SessionsPanel />}
            {me.kind === 'user' && <TokensPanel owner={me} />}
          </div>
        </div>
      )}
    </TitleScreen>
  );
}

function WhoPanel({ me }: { me: MeAnswer }) {
  const now = useNow(10_000);
  const { isSending, problem, run } = useSending();
  const isSession = me.kind === 'user' || me.kind === 'break_glass';
  return (
    <Panel title={t('Who you are here')}>
      <div className="grid gap-2 px-3.5 py-3">
        <p className="break-words font-semibold text-15 text-f0">
          {me.kind === 'open' ? t('Nobody signs in here') : me.name}
        </p>
        {me.grants.length === 0 ? (
          <p className="text-f1">{t('You have no role: ask an admin.')}</p>
        ) : (
          <ul className="text-f1">
            {me.grants.map((grant) => (
              <li key={JSON.stringify(grant)} className="break-words">
                {grantText(grant)}
              </li>
            ))}
          </ul>
        )}
        {me.admins.length > 0 && (
          <p className="break-words text-12 text-f2">
            {t('Admins of all clusters: {names}.', { names: me.admins.join(', ') })}
          </p>
        )}
        {me.expiresAt !== null && now > 0 && (
          <p className="text-12 text-f2">
            {me.idleAt === null
              ? t('This session ends at {time}.', { time: formatTime(me.expiresAt, now) })
              : t('This session ends after {idle} without activity, at {time} at the latest.', {
                  idle: formatDuration(me.idleAt - now),
                  time: formatTime(me.expiresAt, now),
                })}
          </p>
        )}
        {isSession && (
          <p className="mt-1 flex flex-wrap gap-2">
            <Button disabled={isSending} onClick={() => void run(() => signOut(false))}>
              {t('Sign out')}
            </Button>
            {me.kind === 'user' && (
              <ArmedButton
                word={t('Sign out everywhere')}
                sure={t('Press again: every session ends, also this one')}
                disabled={isSending}
                onConfirm={() => void run(() => signOut(true))}
              />
            )}
          </p>
        )}
        <Problem text={problem === null ? null : t('Not signed out: {problem}', { problem })} />
      </div>
    </Panel>
  );
}

function PasswordPanel({ name }: { name: string }) {
  const { changePassword } = useOwnOrders();
  const { isSending, problem, run } = useSending();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setDone(false);
    const found = passwordProblem(next, again);
    setWrong(found);
    if (found !== null || (await run(() => changePassword({ current, next }))) === null) return;
    setCurrent('');
    setNext('');
    setAgain('');
    setDone(true);
  };
  return (
    <Panel title={t('Password')}>
      <form onSubmit={(event) => void submit(event)} className="grid max-w-[420px] gap-3 px-3.5 py-3">
        {/* For password managers: whose password it is. */}
        <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
        <EntryField
          label={t('Current password')}
          name="current-password"
          kind="password"
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
        />
        <EntryField
          label={t('New password')}
          name="new-password"
          kind="password"
          value={next}
          onChange={setNext}
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
        <Problem text={wrong ?? problem} />
        {isDone && (
          <p role="status" className="text-12 text-f1">
            {t('Changed. Your other sessions have ended.')}
          </p>
        )}
        <Button
          type="submit"
          className="justify-self-start"
          disabled={isSending || current === '' || next === '' || again === ''}
        >
          {isSending ? t('Changing') : t('Change the password')}
        </Button>
      </form>
    </Panel>
  );
}

function SessionsPanel() {
  const asked = useSessions();
  const { endSession } = useOwnOrders();
  const { isSending, problem, run } = useSending();
  const now = useNow(10_000);
  const sessions = asked.data?.sessions ?? [];
  return (
    <Panel title={t('Sessions')} count={asked.data && tn(sessions.length, '{n} session', '{n} sessions')}>
      <PanelState asked={asked}>
        <ul>
          {sessions.map((session) => (
            <li key={session.id} className={ROW}>
              <span className="min-w-0 grow basis-48">
                <span className="break-words text-f0">{session.agent}</span>{' '}
                {session.current && <Chip>{t('this one')}</Chip>}
                <span className="block break-words text-12 text-f2" title={exactTime(session.seenAt)}>
                  {t('from {address}, since {begin}, last seen {time} ago', {
                    address: session.address ?? t('unknown'),
                    begin: formatTime(session.createdAt, now),
                    time: formatDuration(Math.max(0, now - session.seenAt)),
                  })}
                </span>
              </span>
              {!session.current && (
                <ArmedButton
                  word={t('End')}
                  sure={t('Press again to end it')}
                  label={t('End the session of {agent}', { agent: session.agent })}
                  disabled={isSending}
                  onConfirm={() => void run(() => endSession(session.id))}
                />
              )}
            </li>
          ))}
        </ul>
        {problem !== null && (
          <div className="px-3.5 pb-2.5">
            <Problem text={t('Not ended: {problem}', { problem })} />
          </div>
        )}
      </PanelState>
    </Panel>
  );
}
