'use client';
import { useState } from 'react';
import { useTokenOrders, useTokens } from '@/lib/client/access/access';
import { bestRole, grantText } from '@/lib/client/access/words';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import type { MeAnswer, TokenEntry } from '@/lib/contract/access';
import { Button } from '../ui/button';
import { SelectField, TextField } from '../ui/field';
import { Panel } from '../ui/panel';
import { useSending } from '../ui/use-sending';
import { ArmedButton } from './armed-button';
import { GrantsField, useGrants } from './grants-field';
import { PanelState, Problem, ROW } from './panel-states';
import { OnceDialog, SmallDialog } from './small-dialog';

const DAYS = [7, 30, 90, 366] as const;

/** `owner`: only theirs, who may also make new ones; null: everybody's. */
export function TokensPanel({ owner }: { owner: MeAnswer | null }) {
  const asked = useTokens();
  const { revoke } = useTokenOrders();
  const { isSending, problem, run } = useSending();
  const [isNew, setNew] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const now = useNow(10_000);
  const tokens = (asked.data?.tokens ?? []).filter((token) => owner === null || token.owner === owner.name);
  return (
    <Panel
      title={t('API tokens')}
      count={asked.data && tn(tokens.length, '{n} token', '{n} tokens')}
      aside={owner !== null && <Button onClick={() => setNew(true)}>{t('New token…')}</Button>}
    >
      <PanelState asked={asked}>
        {tokens.length === 0 ? (
          <p className="px-3.5 py-3 text-f2">
            {owner === null
              ? t('Nobody has a token.')
              : t('A token lets a script do what you may, or less, until it expires.')}
          </p>
        ) : (
          <ul>
            {tokens.map((token) => (
              <li key={token.id} className={ROW}>
                <TokenLine token={token} now={now} withOwner={owner === null} />
                {token.revokedAt === null && token.expiresAt > now && (
                  <ArmedButton
                    word={t('Revoke')}
                    sure={t('Press again to revoke it')}
                    label={t('Revoke {name}', { name: token.name })}
                    disabled={isSending}
                    onConfirm={() => void run(() => revoke(token.id))}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {problem !== null && (
          <div className="px-3.5 pb-2.5">
            <Problem text={t('Not revoked: {problem}', { problem })} />
          </div>
        )}
      </PanelState>
      {isNew && owner !== null && (
        <TokenDialog
          owner={owner}
          onClose={() => setNew(false)}
          onMade={(made) => {
            setNew(false);
            setSecret(made);
          }}
        />
      )}
      {secret !== null && (
        <OnceDialog
          title={t('The new token')}
          text={secret}
          note={t('It is shown this once: Howdah keeps only a fingerprint of it. Send it as Authorization: Bearer.')}
          onClose={() => setSecret(null)}
        />
      )}
    </Panel>
  );
}

function TokenLine({ token, now, withOwner }: { token: TokenEntry; now: number; withOwner: boolean }) {
  const ended =
    token.revokedAt !== null
      ? t('revoked {time}', { time: formatTime(token.revokedAt, now) })
      : token.expiresAt <= now
        ? t('expired {time}', { time: formatTime(token.expiresAt, now) })
        : null;
  return (
    <span className="min-w-0 grow basis-56">
      <span className={`break-words ${ended === null ? 'font-semibold text-f0' : 'text-f2 line-through'}`}>
        {token.name}
      </span>{' '}
      {withOwner && <span className="text-f1">{t('of {owner}', { owner: token.owner })}</span>}
      <span className="block break-words text-12 text-f1">{token.grants.map(grantText).join('; ')}</span>
      <span className="block break-words text-12 text-f2">
        <span title={exactTime(token.expiresAt)}>
          {ended ?? t('expires in {time}', { time: formatDuration(token.expiresAt - now) })}
        </span>
        {'; '}
        {token.lastUsedAt === null
          ? t('never used')
          : t('last used {time} ago from {address}', {
              time: formatDuration(Math.max(0, now - token.lastUsedAt)),
              address: token.lastUsedFrom ?? t('unknown'),
            })}
      </span>
    </span>
  );
}

function TokenDialog({
  owner,
  onClose,
  onMade,
}: {
  owner: MeAnswer;
  onClose: () => void;
  onMade: (secret: string) => void;
}) {
  const { create } = useTokenOrders();
  const { isSending, problem, run } = useSending();
  const [name, setName] = useState('');
  const [days, setDays] = useState('30');
  const [wrong, setWrong] = useState<string | null>(null);
  const grants = useGrants(owner.grants);
  const submit = async (): Promise<void> => {
    const read = grants.read();
    const found =
      name.trim() === ''
        ? t('Give it a name: what it is for.')
        : (read.problem ?? (read.grants.length === 0 ? t('Give it a role.') : null));
    setWrong(found);
    if (found !== null) return;
    const made = await run(() => create({ name: name.trim(), grants: read.grants, days: Number(days) }));
    if (made !== null) onMade(made.answer.secret);
  };
  return (
    <SmallDialog
      title={t('New token')}
      note={t('It never has more rights than you have when it is used.')}
      verb={isSending ? t('Creating') : t('Create the token')}
      isSending={isSending}
      problem={wrong ?? problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TextField label={t('Name')} value={name} onChange={setName} maxLength={100} initialFocus />
      <SelectField
        label={t('Expires in')}
        value={days}
        onChange={setDays}
        options={DAYS.map((value) => ({ value: String(value), word: tn(value, '{n} day', '{n} days') }))}
      />
      <GrantsField grants={grants} upTo={bestRole(owner.grants) ?? 'viewer'} />
    </SmallDialog>
  );
}
