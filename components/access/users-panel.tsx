'use client';
import { useState } from 'react';
import { useUserOrders, useUsers } from '@/lib/client/access/access';
import { grantText } from '@/lib/client/access/words';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { form, t, tn } from '@/lib/client/words/text';
import type { MeAnswer, UserAnswer, UserChange, UserEntry } from '@/lib/contract/access';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Menu, type MenuItem } from '../ui/menu';
import { Panel } from '../ui/panel';
import { useSending } from '../ui/use-sending';
import { GrantsField, useGrants } from './grants-field';
import { PanelState, ROW } from './panel-states';
import { OnceDialog, SmallDialog } from './small-dialog';

type Step = 'roles' | 'disable' | 'enable' | 'reset' | 'totp' | 'unlock' | 'sign_out';

type Open =
  | { readonly kind: 'add' }
  | { readonly kind: 'change'; readonly step: Step; readonly user: UserEntry }
  | { readonly kind: 'link'; readonly name: string; readonly link: string };

export function UsersPanel({ me }: { me: MeAnswer }) {
  const asked = useUsers();
  const [open, setOpen] = useState<Open | null>(null);
  const now = useNow(10_000);
  const users = asked.data?.users ?? [];
  const close = () => setOpen(null);
  const done = ({ user, link }: UserAnswer) => setOpen(link === null ? null : { kind: 'link', name: user.name, link });
  return (
    <Panel
      title={t('Users')}
      count={asked.data && tn(users.length, '{n} user', '{n} users')}
      aside={<Button onClick={() => setOpen({ kind: 'add' })}>{t('Add a user…')}</Button>}
    >
      <PanelState asked={asked}>
        {users.length === 0 && <p className="px-3.5 py-3 text-f2">{t('There is no account.')}</p>}
        <ul>
          {users.map((user) => (
            <li key={user.id} className={ROW}>
              <UserLine user={user} isMe={user.name === me.name} now={now} />
              <Menu
                label={t('Menu of {name}', { name: user.name })}
                items={() => itemsOf(user, now, (step) => setOpen({ kind: 'change', step, user }))}
                className="inline-flex size-6 shrink-0 items-center justify-center rounded-chip text-f2 hover:text-f0 aria-expanded:bg-bg3 pointer-coarse:size-11"
              >
                <Icon name="more" size={15} />
              </Menu>
            </li>
          ))}
        </ul>
      </PanelState>
      {open?.kind === 'add' && <AddDialog onClose={close} onDone={done} />}
      {open?.kind === 'change' && open.step === 'roles' && (
        <RolesDialog user={open.user} onClose={close} onDone={done} />
      )}
      {open?.kind === 'change' && open.step !== 'roles' && (
        <StepDialog user={open.user} step={open.step} onClose={close} onDone={done} />
      )}
      {open?.kind === 'link' && (
        <OnceDialog
          title={t('Set-up link of {name}', { name: open.name })}
          text={open.link}
          note={t('Give it to {name} and to nobody else: whoever opens it sets the password. It is shown this once.', {
            name: open.name,
          })}
          onClose={close}
        />
      )}
    </Panel>
  );
}

function UserLine({ user, isMe, now }: { user: UserEntry; isMe: boolean; now: number }) {
  const isLocked = user.lockedUntil !== null && user.lockedUntil > now;
  const isInvited = user.invitedUntil !== null && user.invitedUntil > now;
  return (
    <span className="min-w-0 grow basis-48">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className={`min-w-0 break-all font-semibold ${user.disabled ? 'text-f2 line-through' : 'text-f0'}`}>
          {user.name}
        </span>
        {isMe && <Chip>{t('you')}</Chip>}
        {user.kind === 'oidc' && <Chip>OpenID Connect</Chip>}
        {user.kind === 'ldap' && <Chip>LDAP</Chip>}
        {user.disabled && <Chip icon="lock">{t('disabled')}</Chip>}
        {isLocked && (
          <Chip icon="lock" tone="warning">
            {t('locked for {time}', { time: formatDuration((user.lockedUntil ?? now) - now) })}
          </Chip>
        )}
        {user.totp && <Chip icon="key">{t('second factor')}</Chip>}
      </span>
      <span className="block break-words text-12 text-f1">
        {user.grants.length === 0 ? t('no role') : user.grants.map(grantText).join('; ')}
      </span>
      <span className="block break-words text-12 text-f2" title={exactTime(user.lastSeenAt ?? user.createdAt)}>
        {isInvited
          ? t('set-up link open until {time}', { time: formatTime(user.invitedUntil ?? now, now) })
          : user.lastSeenAt === null
            ? t('never seen')
            : t('last seen {time} ago', { time: formatDuration(Math.max(0, now - user.lastSeenAt)) })}
        {user.sessions > 0 && `; ${tn(user.sessions, '{n} session', '{n} sessions')}`}
      </span>
    </span>
  );
}

function itemsOf(user: UserEntry, now: number, choose: (step: Step) => void): readonly MenuItem[] {
  const keeper = { local: null, oidc: t('the OpenID provider keeps this'), ldap: t('the directory keeps this') };
  const external = keeper[user.kind];
  const item = (step: Step, word: string, why: string | null, divided = false): MenuItem => ({
    key: step,
    word,
    divided,
    disabled: why !== null,
    note: why ?? undefined,
    onSelect: () => choose(step),
  });
  const isLocked = user.lockedUntil !== null && user.lockedUntil > now;
  return [
    item('roles', t('Change roles…'), external),
    item('reset', t('New set-up link…'), external),
    item('totp', t('Remove the second factor…'), user.totp ? null : t('there is none')),
    item('unlock', t('Unlock…'), isLocked ? null : t('it is not locked')),
    item('sign_out', t('Sign out everywhere…'), user.sessions > 0 ? null : t('no session is open'), true),
    user.disabled ? item('enable', t('Enable…'), null) : item('disable', t('Disable…'), null),
  ];
}

interface DialogProps {
  readonly onClose: () => void;
  readonly onDone: (answer: UserAnswer) => void;
}

function AddDialog({ onClose, onDone }: DialogProps) {
  const { add } = useUserOrders();
  const { isSending, problem, run } = useSending();
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const grants = useGrants([{ role: 'viewer', scopes: null, labels: {} }]);
  const submit = async (): Promise<void> => {
    const read = grants.read();
    const found = name.trim() === '' ? t('Give the account a name.') : read.problem;
    setWrong(found);
    if (found !== null) return;
    const answer = await run(() => add({ name: name.trim(), grants: read.grants }));
    if (answer !== null) onDone(answer.answer);
  };
  return (
    <SmallDialog
      title={t('Add a user')}
      note={t('Howdah creates a set-up link; whoever opens it chooses the password.')}
      verb={isSending ? t('Adding') : t('Add')}
      isSending={isSending}
      problem={wrong ?? problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TextField
        label={t('Name')}
        value={name}
        onChange={setName}
        maxLength={64}
        note={t('Letters, digits, dots, dashes. It stands in the audit.')}
        initialFocus
      />
      <GrantsField grants={grants} />
    </SmallDialog>
  );
}

function RolesDialog({ user, onClose, onDone }: DialogProps & { user: UserEntry }) {
  const { change } = useUserOrders();
  const { isSending, problem, run } = useSending();
  const [wrong, setWrong] = useState<string | null>(null);
  const grants = useGrants(user.grants);
  const submit = async (): Promise<void> => {
    const read = grants.read();
    setWrong(read.problem);
    if (read.problem !== null) return;
    const answer = await run(() => change(user.name, { grants: read.grants }));
    if (answer !== null) onDone(answer.answer);
  };
  return (
    <SmallDialog
      title={t('Roles of {name}', { name: user.name })}
      note={t('They apply from the next request on, also in open sessions.')}
      verb={isSending ? t('Saving') : t('Save the roles')}
      isSending={isSending}
      problem={wrong ?? problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <GrantsField grants={grants} />
    </SmallDialog>
  );
}

const STEPS: Readonly<
  Record<
    Exclude<Step, 'roles'>,
    { readonly title: string; readonly note: string; readonly verb: string; readonly change: UserChange }
  >
> = {
  disable: {
    title: form('Disable {name}'),
    note: form('Every session and token of the account ends at once. What it did stays in the audit.'),
    verb: form('Disable'),
    change: { disabled: true },
  },
  enable: {
    title: form('Enable {name}'),
    note: form('The account can sign in again, with the roles and the password it had.'),
    verb: form('Enable'),
    change: { disabled: false },
  },
  reset: {
    title: form('New set-up link for {name}'),
    note: form('The old password ends at once, and every session. The link is shown once.'),
    verb: form('Create the link'),
    change: { resetPassword: true },
  },
  totp: {
    title: form('Remove the second factor of {name}'),
    note: form(
      'The password alone is then enough, until the account sets another one. Make sure you know who asks for it.',
    ),
    verb: form('Remove it'),
    change: { removeTotp: true },
  },
  unlock: {
    title: form('Unlock {name}'),
    note: form('The wait after too many wrong passwords ends.'),
    verb: form('Unlock'),
    change: { unlock: true },
  },
  sign_out: {
    title: form('Sign out {name} everywhere'),
    note: form('Every session ends within seconds. Tokens stay.'),
    verb: form('Sign out everywhere'),
    change: { signOut: true },
  },
};

function StepDialog({ user, step, onClose, onDone }: DialogProps & { user: UserEntry; step: Exclude<Step, 'roles'> }) {
  const { change } = useUserOrders();
  const { isSending, problem, run } = useSending();
  const row = STEPS[step];
  const submit = async (): Promise<void> => {
    const answer = await run(() => change(user.name, row.change));
    if (answer !== null) onDone(answer.answer);
  };
  return (
    <SmallDialog
      title={t(row.title, { name: user.name })}
      verb={t(row.verb)}
      isSending={isSending}
      problem={problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p className="text-f1">{t(row.note)}</p>
    </SmallDialog>
  );
}
