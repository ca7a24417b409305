'use client';
import type { Inside } from '@/lib/client/activity/activity';
import { formatBytes, formatCount } from '@/lib/client/words/format';
import { form, t } from '@/lib/client/words/text';
import type { ActivityAnswer } from '@/lib/contract/activity';
import { Panel } from '../ui/panel';

interface Beat {
  readonly word: string;
  readonly value: string | null;
  readonly loud?: boolean;
}

const each = (value: number | null): string | null =>
  value === null ? null : `${value < 10 ? Number(value.toFixed(1)) : formatCount(value)} /s`;

/** By the second, between the last two readings. */
export function PulsePanel({ rates, inside }: { rates: ActivityAnswer['rates']; inside: Inside }) {
  const beats: readonly Beat[] = [
    { word: form('Commits'), value: each(rates?.commitsPerSecond ?? null) },
    { word: form('Rolled back'), value: each(rates?.rollbacksPerSecond ?? null) },
    {
      word: form('Cache hits'),
      value: rates?.hitShare == null ? null : `${(rates.hitShare * 100).toFixed(1)} %`,
    },
    {
      word: 'WAL',
      value: inside.inRecovery
        ? t('in recovery')
        : rates?.walBytesPerSecond == null
          ? null
          : `${formatBytes(rates.walBytesPerSecond)}/s`,
    },
    {
      word: form('Temp files'),
      value: rates?.tempBytesPerSecond == null ? null : `${formatBytes(rates.tempBytesPerSecond)}/s`,
    },
    {
      word: inside.inRecovery ? form('Conflicts') : form('Deadlocks'),
      value: (inside.inRecovery ? rates?.conflicts : rates?.deadlocks)?.toString() ?? null,
      loud: ((inside.inRecovery ? rates?.conflicts : rates?.deadlocks) ?? 0) > 0,
    },
  ];
  return (
    <Panel title={t('By the second')} aside="pg_stat_database">
      <dl className="grid grid-cols-2 md:grid-cols-6">
        {beats.map(({ word, value, loud }) => (
          <div
            key={word}
            className="flex flex-wrap items-baseline justify-between gap-x-2 border-l1 px-3.5 py-2 md:not-first:border-l"
          >
            <dt className="text-12 text-f2">{t(word)}</dt>
            <dd className={`font-semibold ${loud ? 'text-warning' : value === null ? 'text-unknown' : 'text-f0'}`}>
              {value ?? (rates === null ? t('next reading') : t('unknown'))}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
