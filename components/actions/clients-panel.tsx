import { formatOutage } from '@/lib/client/actions/times';
import { form, t, tn } from '@/lib/client/words/text';
import type { ActionRecord, ClientsSaw, DoorGap, PausedPool } from '@/lib/domain/actions/action';
import { Panel } from '../ui/panel';

/** What clients saw of a handover: sessions that were cut, how long each door led nowhere, who waited at PgBouncer. */
export function ClientsPanel({ action }: { action: ActionRecord }) {
  const { clients } = action;
  if (clients === undefined || action.sentAt === null || isEmpty(clients)) return null;
  return (
    <Panel title={t('What clients saw')} bodyClassName="px-4 py-2.5">
      <dl className="grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] gap-x-3 gap-y-1 text-12">
        {clients.sessions !== null && (
          <Row
            label={t('Sessions')}
            text={tn(clients.sessions, '{n} was cut at the old leader', '{n} were cut at the old leader')}
          />
        )}
        {clients.doors.map((door) => (
          <Row key={`${door.entry} ${door.listener}`} label={`${door.entry} ${door.listener}`} text={doorText(door)} />
        ))}
        {clients.pools.map((pool) => (
          <Row key={`${pool.entry} ${pool.database}`} label={`${pool.entry} ${pool.database}`} text={poolText(pool)} />
        ))}
      </dl>
    </Panel>
  );
}

function Row({ label, text }: { label: string; text: string }) {
  return (
    <div className="contents">
      <dt className="break-words text-f2">{label}</dt>
      <dd className="break-words text-f1">{text}</dd>
    </div>
  );
}

function isEmpty({ sessions, doors, pools }: ClientsSaw): boolean {
  return sessions === null && doors.length === 0 && pools.length === 0;
}

function doorText({ ms, precisionMs, isOpen }: DoorGap): string {
  if (!isOpen) return t('leads to no leader yet');
  if (ms === null) return t('no gap was seen');
  return t('led to no leader for {time}, ± {precision}', {
    time: formatOutage(ms),
    precision: formatOutage(precisionMs),
  });
}

const POOL_WORDS: Readonly<Record<PausedPool['state'], string>> = {
  planned: form('was to be paused'),
  paused: form('paused'),
  resumed: form('was paused; its clients waited'),
  ended_elsewhere: form('was resumed by somebody else, or PgBouncer was restarted'),
  not_resumed: form('may still be paused'),
  not_paused: form('was not paused'),
};

function poolText({ state, pausedAt, resumedAt, waiting }: PausedPool): string {
  if (state !== 'resumed' || pausedAt === null || resumedAt === null) return t(POOL_WORDS[state]);
  const time = formatOutage(resumedAt - pausedAt);
  return waiting === null
    ? t('paused for {time}', { time })
    : tn(
        waiting,
        'paused for {time}; {n} client was seen waiting',
        'paused for {time}; {n} clients were seen waiting',
        {
          time,
        },
      );
}
