'use client';
import Link from 'next/link';
import { windowAround } from '@/lib/client/past/incident';
import { incidentPath } from '@/lib/client/past/moment';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { ClusterAvailability, Downtime, Unseen } from '@/lib/contract/history';
import { WholeName } from '../ui/name';
import { Panel } from '../ui/panel';
import { formatDown } from './availability-words';
import { KindMark } from './kind-mark';

const SHOWN = 100;
const COLUMNS = {
  one: 'md:grid-cols-[120px_92px_112px_minmax(0,1fr)]',
  all: 'md:grid-cols-[120px_92px_112px_minmax(0,1fr)] xl:grid-cols-[120px_92px_112px_minmax(0,300px)_minmax(0,1fr)]',
} as const;

interface OutagesPanelProps {
  readonly clusters: readonly ClusterAvailability[];
  /** Of this one alone; null: of all that are given. */
  readonly scope: string | null;
  readonly now: number;
}

type Entry = { readonly scope: string } & ((Downtime & { readonly unseen?: never }) | { readonly unseen: Unseen });
const fromOf = (entry: Entry): number => (entry.unseen ?? entry).from;

/** Each outage with its cause and length, and each span that was not seen. */
export function OutagesPanel({ clusters, scope, now }: OutagesPanelProps) {
  const entries = clusters
    .flatMap((cluster): Entry[] => [
      ...cluster.outages.map((outage) => ({ scope: cluster.scope, ...outage })),
      // Of all clusters together it is in the table above: one Howdah that was stopped is a line for each of them here.
      ...(scope === null ? [] : cluster.unseen.map((unseen) => ({ scope: cluster.scope, unseen }))),
    ])
    .sort((a, b) => fromOf(b) - fromOf(a));
  const outages = entries.length - entries.filter(({ unseen }) => unseen !== undefined).length;
  return (
    <Panel
      title={scope ?? t('Outages')}
      count={tn(outages, '{n} outage', '{n} outages')}
      aside={
        entries.length > SHOWN
          ? t('newest first, {n} of {all}; the file has all', { n: SHOWN, all: entries.length })
          : t('newest first')
      }
    >
      {entries.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">{t('No outage was seen in this time.')}</p>
      ) : (
        <ol>
          {entries.slice(0, SHOWN).map((entry) => (
            <li
              key={`${entry.scope}/${fromOf(entry)}/${entry.unseen === undefined}`}
              className={`grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-0.5 border-l1 border-t px-3.5 py-1.5 first:border-t-0 ${COLUMNS[scope === null ? 'all' : 'one']}`}
            >
              <Row entry={entry} withScope={scope === null} now={now} />
            </li>
          ))}
        </ol>
      )}
      <p className="border-l1 border-t px-3.5 py-2.5 text-12 text-f2">
        {t(
          'Planned is what an action of Howdah, or a switchover asked for by patronictl or REST, began. Everything else is unplanned. An outage across time that was not watched counts what was seen of it.',
        )}
      </p>
    </Panel>
  );
}

const unstopped = (text: string): string => text.replace(/\.$/, '');

function Row({ entry, withScope, now }: { entry: Entry; withScope: boolean; now: number }) {
  const { scope } = entry;
  const from = fromOf(entry);
  const { to } = entry.unseen ?? entry;
  const { from: begin, to: end } = windowAround(from, now);
  const when = (
    <Link
      href={incidentPath(scope, begin, Math.min(now, Math.max(end, Math.min(to + 60_000, begin + 6 * 86_400_000))))}
      prefetch={false}
      aria-label={t('{when}: the incident', { when: formatTime(from, now) })}
      title={exactTime(from)}
      className="rounded-chip text-12 text-f2 underline decoration-l3 hover:text-f0 pointer-coarse:min-h-11 pointer-coarse:content-center"
    >
      {formatTime(from, now)}
    </Link>
  );
  const name = withScope && (
    <span className="font-semibold text-f0 max-md:col-span-2 md:max-xl:col-start-4">
      <WholeName text={scope} />
    </span>
  );
  if (entry.unseen !== undefined)
    return (
      <>
        {when}
        <span className="text-right font-semibold text-unknown">{formatDown(to - from)}</span>
        <span className="flex items-center gap-2 text-f1 max-md:col-span-2">
          <KindMark kind="unseen" />
          {t('not seen')}
        </span>
        {name}
        <span className="min-w-0 text-f2 max-md:col-span-2 md:max-xl:col-start-4">
          {entry.unseen.why === 'not_watched'
            ? t('Howdah did not watch: neither up nor down')
            : t('Howdah watched, and nobody could tell whether writes were accepted')}
        </span>
      </>
    );
  return (
    <>
      {when}
      <span className="text-right">
        <span className={`block whitespace-nowrap font-semibold ${entry.planned ? 'text-f0' : 'text-critical'}`}>
          {formatDown(entry.ms)}
        </span>
        <span className="block text-11 text-f3">{entry.by === 'probe' ? t('by probe') : t('by readings')}</span>
      </span>
      <span className="flex items-center gap-2 text-f1 max-md:col-span-2">
        <KindMark kind={entry.planned ? 'planned' : 'unplanned'} />
        {entry.planned ? t('planned') : t('unplanned')}
      </span>
      {name}
      <span className="min-w-0 break-words max-md:col-span-2 md:max-xl:col-start-4">
        <span className="block font-medium text-f0">{wire(entry.cause)}</span>
        {(entry.detail !== null || entry.lost !== null) && (
          <span className="block text-12 text-f2">
            {[entry.detail, entry.lost].flatMap((text) => (text === null ? [] : [unstopped(wire(text))])).join('; ')}
          </span>
        )}
      </span>
    </>
  );
}
