'use client';
import type { Report } from '@/lib/client/backups/backups';
import { useNow } from '@/lib/client/live/clock';
import { formatBytes, formatDuration, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { TOOL_NAMES } from '@/lib/domain/backups/backup';
import type { BaseBackup, Snapshot } from '@/lib/domain/cluster';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';

/** What is being taken now: by PostgreSQL's own view, and as far as the tools tell. */
export function RunningPanel({ snapshot, reports }: { snapshot: Snapshot; reports: readonly Report[] }) {
  const rows = snapshot.cluster.members.flatMap((member) =>
    (member.silent ? [] : (member.baseBackups ?? [])).map((backup) => ({ member: member.name, backup })),
  );
  const told = reports.filter(({ running }) => running === true);
  const seen = snapshot.cluster.members.some(({ archiver }) => archiver !== null);
  return (
    <Panel title={t('Running now')} count={rows.length + told.length} aside="pg_stat_progress_basebackup">
      <div className="grid gap-3 px-3.5 py-2.5 text-12">
        {told.map(({ id, tool, name, progress }) => (
          <p key={id} className="text-f1">
            {progress === null
              ? t('{tool} {name} makes a backup', { tool: TOOL_NAMES[tool], name })
              : t('{tool} {name} makes a backup, {percent} %', {
                  tool: TOOL_NAMES[tool],
                  name,
                  percent: Math.round(progress * 100),
                })}
          </p>
        ))}
        {rows.map(({ member, backup }) => (
          <Base key={`${member} ${backup.application} ${backup.startedAt}`} member={member} backup={backup} />
        ))}
        {rows.length + told.length === 0 && (
          <p className={seen ? 'text-f2' : 'text-unknown'}>
            {seen
              ? t('No base backup runs. What pgBackRest and Barman copy by themselves PostgreSQL does not show.')
              : t('Unknown: no PostgreSQL has been asked.')}
          </p>
        )}
      </div>
    </Panel>
  );
}

function Base({ member, backup }: { member: string; backup: BaseBackup }) {
  const now = useNow();
  const { application, phase, startedAt, totalBytes, doneBytes } = backup;
  const share =
    totalBytes === null || totalBytes === 0 || doneBytes === null ? null : Math.min(1, doneBytes / totalBytes);
  const ms = startedAt === null ? null : now - startedAt;
  const left = share === null || share === 0 || ms === null ? null : (ms / share) * (1 - share);
  return (
    <div>
      <p className="flex flex-wrap justify-between gap-x-3">
        <span className="font-semibold text-f0">
          {phase ?? t('unknown')} <span className="font-normal text-f2">{application}</span>
        </span>
        <span className="text-f2">
          {startedAt === null ? null : t('since {time}', { time: formatTime(startedAt, now) })}
        </span>
      </p>
      <div className="my-1.5 h-2 bg-bg3">
        <i className="block h-full bg-accent-fill" style={{ width: `${(share ?? 0) * 100}%` }} />
      </div>
      <p className="text-f1">
        {totalBytes === null
          ? t('{done}, of an amount that was not estimated', { done: formatBytes(doneBytes) })
          : t('{done} of about {total}', { done: formatBytes(doneBytes), total: formatBytes(totalBytes) })}
        {left !== null && <>, {t('about {time} to go', { time: formatDuration(left) })}</>}
      </p>
      <p className="text-f2">
        {t('reads from')} <Name text={member} limit={18} />.{' '}
        {t('A switchover leaves it running; promoting its source ends it.')}
      </p>
    </div>
  );
}
