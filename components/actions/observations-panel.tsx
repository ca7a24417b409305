'use client';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord, Seen } from '@/lib/domain/actions/action';
import { CopyButton } from '../ui/copy-button';
import { Panel } from '../ui/panel';

const millis = (at: number): string => String(Math.floor(at) % 1000).padStart(3, '0');

function textOf(seen: readonly Seen[]): string {
  return seen.map((line) => `${new Date(line.at).toISOString()}\t${line.source}\t${line.text}`).join('\n');
}

export function ObservationsPanel({ action }: { action: ActionRecord }) {
  const now = useNow(60_000);
  const newest = [...action.seen].reverse();
  return (
    <Panel
      title={t('Observations')}
      count={newest.length}
      aside={
        <>
          {t('newest first')} <CopyButton text={() => textOf(newest)} label={t('Copy observations')} />
        </>
      }
    >
      <ol>
        {newest.map((line, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: two lines may say the same at the same time; the oldest is 1 for ever
            key={`${line.at}/${line.source}/${newest.length - index}`}
            className="grid grid-cols-[104px_120px_minmax(0,1fr)] gap-x-3 border-l1 border-t px-4 py-1.5 first:border-t-0 max-md:grid-cols-[auto_1fr] max-md:[&>*:last-child]:col-span-2"
          >
            <time
              dateTime={new Date(line.at).toISOString()}
              title={exactTime(line.at)}
              className="font-mono text-12 text-f2"
            >
              {formatTime(line.at, now)}.{millis(line.at)}
            </time>
            <span className="truncate text-12 text-f2" title={wire(line.source)}>
              {wire(line.source)}
            </span>
            <span className={`break-words font-mono text-12 ${index === 0 ? 'text-f0' : 'text-f1'}`}>
              {wire(line.text)}
            </span>
          </li>
        ))}
      </ol>
      {newest.length === 0 && <p className="px-4 py-3 text-f2">{t('Nothing has been observed yet.')}</p>}
    </Panel>
  );
}
