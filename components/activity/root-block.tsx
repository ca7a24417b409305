'use client';
import type { Inside } from '@/lib/client/activity/activity';
import { connectionsLeft, sessionOf, worstRoot } from '@/lib/client/activity/sessions';
import { formatClockDuration, formatCount } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import { SeverityIcon } from '../ui/glyph';
import { lockWords, sessionWords } from './activity-words';
import { EndButtons, type Ending } from './end-buttons';

/** Who blocks the most, in one sentence; nothing where nobody waits. */
export function RootBlock({ inside, ending }: { inside: Inside; ending: Ending }) {
  const root = worstRoot(inside);
  if (root === undefined) return null;
  const session = sessionOf(inside, root.pid);
  const { left } = connectionsLeft(inside.connections);
  const idle = session?.state?.startsWith('idle in transaction') === true;
  const who =
    root.pid === null ? t('Prepared transaction {gid}', { gid: root.prepared ?? t('unknown') }) : `pid ${root.pid}`;
  const prepared = inside.prepared.find(({ gid }) => gid === root.prepared);
  const long = idle ? (session?.stateSeconds ?? null) : (session?.transactionSeconds ?? prepared?.seconds ?? null);
  const span = long === null ? t('unknown') : formatClockDuration(long * 1000);
  const does =
    root.pid === null
      ? t('It was prepared {span} ago and has no session: only COMMIT PREPARED or ROLLBACK PREPARED ends it.', { span })
      : idle
        ? t('It is idle in transaction for {span} and runs nothing.', { span })
        : t('Its transaction is open for {span}.', { span });
  return (
    <section
      aria-label={t('Blocked')}
      className="bar-critical grid grid-cols-[minmax(0,1fr)] overflow-clip rounded-panel border border-critical/45 bg-critical-tint md:grid-cols-[176px_minmax(0,1fr)]"
    >
      <div className="px-[18px] py-3.5">
        <p className="flex items-center gap-2 font-semibold text-15 text-critical">
          <SeverityIcon health="critical" /> {t('Blocked')}
        </p>
        <p className="font-semibold text-[44px] text-f0 leading-[52px]">{formatCount(root.blocks)}</p>
        <p className="text-12 text-f2">{tn(root.blocks, 'session waits for it', 'sessions wait for it')}</p>
      </div>
      <div className="min-w-0 px-[18px] py-3.5 max-md:pt-0">
        <h2 className="break-words font-semibold text-18 text-f0">
          {tn(root.blocks, '{who} blocks {n} session', '{who} blocks {n} sessions', { who })}
        </h2>
        <p className="mt-1 text-f1">
          {does} {root.holds !== null && t('It holds {lock}.', { lock: lockWords(root.holds) })}{' '}
          {left < 10 && tn(left, '{n} connection is left for clients.', '{n} connections are left for clients.')}
        </p>
        {session !== undefined && <p className="mt-1 break-words text-12 text-f2">{sessionWords(session)}</p>}
        <EndButtons session={session} ending={ending} className="mt-2 justify-start!" />
      </div>
    </section>
  );
}
