'use client';
import { useNow } from '@/lib/client/live/clock';
import { formatCount, formatDuration, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { leaderOf } from '@/lib/domain/members';
import { formatRate } from '@/lib/language/quantity';
import { Age } from '../ui/age';
import { type Fact, FactList } from '../ui/fact-list';
import { Panel } from '../ui/panel';

/** What the primary says of its archiver: whether it fails now, what waits and for how long. */
export function ArchivePanel({ snapshot }: { snapshot: Snapshot }) {
  const now = useNow();
  const { cluster, staleAfterMs } = snapshot;
  const leader = leaderOf(cluster);
  const archiver = leader?.archiver ?? null;
  const aside =
    leader === null || archiver === null ? undefined : (
      <>
        {t('pg_stat_archiver of {member}', { member: leader.name })}{' '}
        <Age at={leader.observedAt} staleAfterMs={staleAfterMs} />
      </>
    );
  if (leader === null || archiver === null)
    return (
      <Panel title={t('Archive')}>
        <p className="px-3.5 py-2.5 text-12 text-unknown">
          {t('Unknown: the PostgreSQL of the leader has not been asked.')}
        </p>
      </Panel>
    );
  const { lastArchivedAt, lastArchivedWal, lastFailedAt, lastFailedWal, failedCount, waiting } = archiver;
  const failing = lastFailedAt !== null && lastFailedAt > (lastArchivedAt ?? 0);
  const time = (at: number): string =>
    t('{time}, {age} ago', { time: formatTime(at, now), age: formatDuration(now - at) });
  const facts: Fact[] = [
    {
      label: t('last archived'),
      value: lastArchivedAt === null ? t('never') : `${lastArchivedWal ?? ''} ${time(lastArchivedAt)}`,
    },
    {
      label: t('waits'),
      value:
        waiting === undefined
          ? null
          : waiting.count === 0 || waiting.sinceAt === null
            ? t('nothing')
            : t('{n} files, the oldest for {age}', {
                n: formatCount(waiting.count),
                age: formatDuration(now - waiting.sinceAt),
              }),
    },
    {
      label: failing ? t('fails') : t('failed'),
      value:
        lastFailedAt === null
          ? t('never since its statistics began')
          : t('{n} times, last {wal} at {time}', {
              n: formatCount(failedCount),
              wal: lastFailedWal ?? '',
              time: time(lastFailedAt),
            }),
      tone: failing ? 'text-warning' : undefined,
    },
    {
      label: t('rate'),
      value:
        cluster.walBytesPerSecond === null
          ? null
          : t('{rate} of WAL', { rate: wire(formatRate(cluster.walBytesPerSecond)) }),
    },
  ];
  return (
    <Panel
      title={t('Archive')}
      count={archiver.enabled ? (failing ? t('fails now') : undefined) : t('archive_mode is off')}
      aside={aside}
    >
      {archiver.enabled ? (
        <FactList facts={facts} className="px-3.5 py-2.5" />
      ) : (
        <p className="px-3.5 py-2.5 text-12 text-f1">
          {t('Nothing is archived from here: unless a tool streams WAL, a restore leads to the ends of backups alone.')}
        </p>
      )}
    </Panel>
  );
}
