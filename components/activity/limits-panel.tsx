'use client';
import type { Inside } from '@/lib/client/activity/activity';
import { formatCount } from '@/lib/client/words/format';
import { form, t } from '@/lib/client/words/text';
import { Panel } from '../ui/panel';
import { spanWords } from './activity-words';

/** Transactions stop three million before the counter comes round. */
const WRAPAROUND = 2 ** 31 - 3_000_000;
const HELD_MANY = 1_000_000;
const LONG_SECONDS = 300;

const HOLDERS: Readonly<Record<'session' | 'slot' | 'prepared' | 'standby', string>> = {
  session: form('by pid {name}'),
  slot: form('by the slot {name}'),
  prepared: form('by the prepared transaction {name}'),
  standby: form('by the standby {name}: hot_standby_feedback'),
};

interface Limit {
  readonly word: string;
  readonly value: string;
  readonly note: string;
  /** 0 to 1 of what it must not reach; null: there is no such end. */
  readonly share: number | null;
  readonly loud: boolean;
}

/** What grows quietly: the age of the oldest transaction, of the horizon, of the counter; the workers of vacuum. */
export function LimitsPanel({ inside }: { inside: Inside }) {
  const { horizon, wraparound, autovacuum, sessions, prepared } = inside;
  const oldest = [...sessions].sort((a, b) => (b.transactionSeconds ?? -1) - (a.transactionSeconds ?? -1))[0];
  const first = [...prepared].sort((a, b) => (b.seconds ?? -1) - (a.seconds ?? -1))[0];
  const bySession = (oldest?.transactionSeconds ?? -1) >= (first?.seconds ?? -1);
  const seconds = bySession ? (oldest?.transactionSeconds ?? null) : (first?.seconds ?? null);
  const limits: readonly Limit[] = [
    {
      word: t('Oldest transaction'),
      value: seconds === null ? t('none') : spanWords(seconds),
      note:
        seconds === null
          ? ''
          : bySession
            ? t('by pid {name}', { name: String(oldest?.pid ?? '') })
            : t('by the prepared transaction {name}', { name: first?.gid ?? '' }),
      share: null,
      loud: (seconds ?? 0) > LONG_SECONDS,
    },
    {
      word: t('Vacuum is held back'),
      value: horizon === null ? t('by nothing') : t('{n} transactions', { n: formatCount(horizon.age) }),
      note: horizon === null ? '' : t(HOLDERS[horizon.holder], { name: horizon.name }),
      share: null,
      loud: (horizon?.age ?? 0) > HELD_MANY,
    },
    {
      word: t('Wraparound'),
      value: wraparound === null ? t('unknown') : formatCount(wraparound.age),
      note:
        wraparound === null
          ? ''
          : wraparound.freezeMaxAge === null
            ? wraparound.database
            : t('{database}; vacuum is forced at {limit}', {
                database: wraparound.database,
                limit: formatCount(wraparound.freezeMaxAge),
              }),
      share: wraparound === null ? null : wraparound.age / WRAPAROUND,
      loud: wraparound !== null && wraparound.age > 2 * (wraparound.freezeMaxAge ?? WRAPAROUND),
    },
    {
      word: t('Autovacuum workers'),
      value:
        autovacuum.limit === null
          ? formatCount(autovacuum.running)
          : t('{used} of {limit}', { used: formatCount(autovacuum.running), limit: formatCount(autovacuum.limit) }),
      note: '',
      share: autovacuum.limit === null || autovacuum.limit === 0 ? null : autovacuum.running / autovacuum.limit,
      loud: autovacuum.limit !== null && autovacuum.limit > 0 && autovacuum.running >= autovacuum.limit,
    },
  ];
  return (
    <Panel title={t('Limits')}>
      <dl className="grid md:grid-cols-4">
        {limits.map(({ word, value, note, share, loud }) => (
          <div key={word} className="border-l1 px-3.5 py-2 max-md:not-first:border-t md:not-first:border-l">
            <dt className="text-12 text-f2">{word}</dt>
            <dd className="min-w-0">
              <span className={`font-semibold ${loud ? 'text-warning' : 'text-f0'}`}>{value}</span>
              {share !== null && (
                <span className="mt-1 block h-1 rounded-full bg-bg3" aria-hidden="true">
                  <span
                    className={`block h-full rounded-full ${loud ? 'bg-warning' : 'bg-f3'}`}
                    style={{ width: `${Math.min(1, share) * 100}%` }}
                  />
                </span>
              )}
              <span className="block break-words text-11 text-f2">{note}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
