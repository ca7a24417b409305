'use client';
import { useState } from 'react';
import type { BlockingLine, Inside } from '@/lib/client/activity/activity';
import { sessionOf } from '@/lib/client/activity/sessions';
import { t, tn } from '@/lib/client/words/text';
import type { ActivityAnswer } from '@/lib/contract/activity';
import { Chip } from '../ui/chip';
import { Panel } from '../ui/panel';
import { lockWords, spanWords } from './activity-words';
import { EndButtons, type Ending } from './end-buttons';
import { Statement } from './statement';

const SHOWN = 20;
const DEPTH_MAX = 8;
/** Fills the bar of a wait: after an hour nobody asks how much longer. */
const FULL_SECONDS = 3600;

interface BlockingPanelProps {
  readonly inside: Inside;
  readonly texts: ActivityAnswer['texts'];
  readonly ending: Ending;
}

/** Who waits for whom, by root. */
export function BlockingPanel({ inside, texts, ending }: BlockingPanelProps) {
  const [all, setAll] = useState(false);
  const rows = inside.blocking;
  const roots = rows.filter(({ depth }) => depth === 0).length;
  const waiting = rows.length - roots;
  const shown = all ? rows : rows.slice(0, SHOWN);
  return (
    <Panel
      title={t('Who blocks whom')}
      count={
        rows.length === 0
          ? undefined
          : `${tn(roots, '{n} root', '{n} roots')}, ${tn(waiting, '{n} session waits', '{n} sessions wait')}`
      }
      aside="pg_locks, pg_blocking_pids()"
    >
      {rows.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">{t('Nobody waits for a lock.')}</p>
      ) : (
        <ol>
          {shown.map((row) => (
            <Row key={row.pid ?? `prepared/${row.prepared}`} row={row} inside={inside} texts={texts} ending={ending} />
          ))}
        </ol>
      )}
      {rows.length > SHOWN && (
        <p className="border-l1 border-t px-3.5 py-2">
          <button
            type="button"
            onClick={() => setAll(!all)}
            className="rounded-chip text-f1 underline hover:text-f0 pointer-coarse:min-h-11"
          >
            {all ? t('Only the first {n}', { n: SHOWN }) : tn(rows.length - SHOWN, '{n} more waits', '{n} more wait')}
          </button>
        </p>
      )}
    </Panel>
  );
}

function Row({ row, inside, texts, ending }: BlockingPanelProps & { readonly row: BlockingLine }) {
  const session = sessionOf(inside, row.pid);
  const root = row.depth === 0;
  const idle = session?.state?.startsWith('idle in transaction') === true;
  const prepared = row.pid === null ? inside.prepared.find(({ gid }) => gid === row.prepared) : undefined;
  const seconds = row.waitsFor?.seconds ?? session?.transactionSeconds ?? prepared?.seconds ?? null;
  const loud = root && row.blocks > 0;
  return (
    <li
      className={`grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-0.5 border-l1 border-t px-3.5 py-1.5 text-12 first:border-t-0 lg:grid-cols-[minmax(0,210fr)_minmax(0,180fr)_minmax(0,240fr)_140px_minmax(0,220fr)_186px] lg:items-center ${loud ? 'bar-critical bg-critical-tint' : ''}`}
    >
      <span className="flex min-w-0 items-center gap-2" style={{ paddingLeft: Math.min(row.depth, DEPTH_MAX) * 20 }}>
        {row.depth > 0 && (
          <span aria-hidden="true" className="text-f3">
            └
          </span>
        )}
        {row.depth > 0 && <span className="sr-only">{t('level {n}', { n: row.depth + 1 })}</span>}
        <span className="min-w-0 break-all font-mono font-semibold text-f0">
          {row.pid ?? row.prepared ?? t('a prepared transaction')}
        </span>
        {row.blocks > 0 && <Chip tone={loud ? 'warning' : 'plain'}>{t('blocks {n}', { n: row.blocks })}</Chip>}
      </span>
      <span className="min-w-0 break-words text-f1 max-lg:col-span-2">
        {session === undefined
          ? row.pid === null
            ? t('prepared, no session')
            : t('not listed')
          : [session.user, session.application].filter(Boolean).join(', ')}
        {session !== undefined && (
          <span className={idle ? 'text-critical' : 'text-f2'}> {session.state ?? session.type}</span>
        )}
      </span>
      <span className="min-w-0 break-words text-f2 max-lg:col-span-2">
        {row.waitsFor !== null
          ? t('waits for {lock}', { lock: lockWords(row.waitsFor) })
          : row.holds !== null
            ? t('holds {lock}', { lock: lockWords(row.holds) })
            : t('lock not seen')}
      </span>
      <span className="flex items-center gap-2 max-lg:col-start-2 max-lg:row-start-1">
        <span className="h-1 w-12 rounded-full bg-bg3 max-lg:hidden" aria-hidden="true">
          <span
            className={`block h-full rounded-full ${loud ? 'bg-critical' : 'bg-f2'}`}
            style={{ width: `${share(seconds) * 100}%` }}
          />
        </span>
        <span className={`ml-auto whitespace-nowrap ${loud ? 'font-semibold text-critical' : 'text-f0'}`}>
          {seconds === null ? <span className="text-unknown">{t('unknown')}</span> : spanWords(seconds)}
        </span>
      </span>
      <Statement session={session} texts={texts} className="max-lg:col-span-2" />
      <EndButtons session={session} ending={ending} className="max-lg:col-span-2" />
    </li>
  );
}

/** Logarithmic: a second shows, an hour fills. */
function share(seconds: number | null): number {
  return seconds === null || seconds <= 0 ? 0 : Math.min(1, Math.log2(1 + seconds) / Math.log2(1 + FULL_SECONDS));
}
