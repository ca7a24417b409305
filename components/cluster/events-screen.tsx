'use client';
import { useNow } from '@/lib/client/clock';
import { useHistory } from '@/lib/client/fetch';
import { exactTime, formatTime, plural } from '@/lib/client/format';
import type { HistoryAnswer } from '@/lib/contract/history';
import type { ClusterEvent } from '@/lib/domain/events';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { ClusterFrame } from './cluster-frame';

export function EventsScreen({ scope }: { scope: string }) {
  const history = useHistory(scope);
  return (
    <ClusterFrame scope={scope} tab="events">
      <h1 className="mb-3 flex flex-wrap items-baseline gap-x-3 font-semibold text-18 text-f0">
        Events <span className="break-all font-normal text-12 text-f2">{scope}</span>
      </h1>
      {history.isError && (
        <p
          role="status"
          className="bar-unknown mb-3 flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span>
            <span className="text-f0">The events could not be read. </span>
            {history.error.message}
          </span>
        </p>
      )}
      {history.data !== undefined && <List history={history.data} />}
      {history.data === undefined && !history.isError && (
        <Panel title="What changed" aside="reading" bodyClassName="h-40">
          {null}
        </Panel>
      )}
    </ClusterFrame>
  );
}

function List({ history }: { history: HistoryAnswer }) {
  const { events } = history;
  return (
    <Panel title="What changed" count={plural(events.length, 'event')} aside="newest first">
      {events.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">Nothing has changed while Howdah watched.</p>
      ) : (
        <ol>
          {events.map((event) => (
            <Item key={event.id} event={event} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Item({ event }: { event: ClusterEvent }) {
  const now = useNow(60_000);
  return (
    <li className="flex min-h-[34px] flex-wrap items-center gap-x-4 border-l1 border-t px-3.5 py-1.5 first:border-t-0">
      <time
        dateTime={new Date(event.at).toISOString()}
        title={exactTime(event.at)}
        className="w-[104px] shrink-0 text-12 text-f2"
      >
        {formatTime(event.at, now)}
      </time>
      <SeverityIcon health={event.severity ?? 'ok'} size={14} />
      <span className="min-w-0 grow basis-40 break-words text-f0">{event.text}</span>
      <code className="text-11 text-f3">{event.kind}</code>
    </li>
  );
}
