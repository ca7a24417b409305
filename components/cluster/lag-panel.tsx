'use client';
import { useMemo } from 'react';
import { useHistory } from '@/lib/client/fetch';
import { formatBytes, formatDuration } from '@/lib/client/format';
import { lagSeries } from '@/lib/client/lag-series';
import { useLagTail } from '@/lib/client/use-lag-tail';
import type { Snapshot } from '@/lib/domain/cluster';
import type { EventKind } from '@/lib/domain/events';
import { joinNames } from '@/lib/domain/words';
import { Panel } from '../ui/panel';
import { useLagChart } from './use-lag-chart';

const MARKED: readonly EventKind[] = [
  'leader_changed',
  'leader_lost',
  'replay_paused',
  'replay_resumed',
  'paused',
  'resumed',
];
const NONE: readonly never[] = [];

export function LagPanel({ snapshot }: { snapshot: Snapshot }) {
  const history = useHistory(snapshot.scope);
  const { LagChart, failed } = useLagChart();
  const tail = useLagTail(snapshot);
  const { members, leader, config } = snapshot.cluster;
  const limit = config?.maximumLagOnFailoverBytes ?? 1024 * 1024;
  const drawn = members.filter((member) => member.name !== leader?.name && member.divergence === null);
  const names = drawn.map((member) => member.name).join('\n');
  const over = drawn
    .filter((member) => (member.lag.replayBytes ?? 0) > limit)
    .map((member) => member.name)
    .join('\n');
  const series = useMemo(
    () => lagSeries(history.data, tail, names === '' ? [] : names.split('\n')),
    [history.data, tail, names],
  );
  const troubled = useMemo(() => (over === '' ? [] : over.split('\n')), [over]);
  const events = useMemo(
    () => history.data?.events.filter((event) => MARKED.includes(event.kind)) ?? NONE,
    [history.data],
  );
  const apart = members.filter((member) => member.divergence !== null).map((member) => member.name);
  const aside =
    history.isError && history.data === undefined
      ? 'history could not be read'
      : apart.length > 0
        ? `${joinNames(apart)} not drawn: other timeline, lag has no meaning`
        : `limit ${formatBytes(limit)}`;
  return (
    <Panel
      title="Replay lag"
      count={series === null ? undefined : formatDuration(series.to - series.from)}
      aside={aside}
      bodyClassName="px-1 py-1.5"
    >
      {drawn.length === 0 ? (
        <p className="px-2.5 py-1 text-f2">No replica whose lag could be drawn.</p>
      ) : series === null ? (
        <p className="h-[186px] px-2.5 py-1 text-f3">The first points come within a few seconds.</p>
      ) : LagChart === null ? (
        <p className="h-[186px] px-2.5 py-1 text-f3">
          {failed && 'The drawing could not be loaded; it is tried again.'}
        </p>
      ) : (
        <LagChart series={series} limitBytes={limit} troubled={troubled} events={events} />
      )}
      <p className="sr-only">
        Replay lag now: {drawn.map((member) => `${member.name} ${formatBytes(member.lag.replayBytes)}`).join(', ')}
      </p>
    </Panel>
  );
}
