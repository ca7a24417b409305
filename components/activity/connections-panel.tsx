'use client';
import type { Inside } from '@/lib/client/activity/activity';
import { connectionsLeft } from '@/lib/client/activity/sessions';
import { formatCount } from '@/lib/client/words/format';
import { form, t } from '@/lib/client/words/text';
import { Panel } from '../ui/panel';

/** States in PostgreSQL's words; who waits for a lock is counted apart from the active ones. */
const PARTS = [
  { key: 'waiting', word: form('waiting for a lock'), bar: 'bg-critical', text: 'text-critical' },
  { key: 'active', word: 'active', bar: 'bg-f1', text: 'text-f0' },
  { key: 'idleInTransaction', word: 'idle in transaction', bar: 'bg-warning', text: 'text-warning' },
  { key: 'idle', word: 'idle', bar: 'bg-f3', text: 'text-f0' },
] as const;

/** Who uses the connections, against the limit that counts for clients. */
export function ConnectionsPanel({ inside }: { inside: Inside }) {
  const { connections } = inside;
  const { limit, superuserReserved, roleReserved, used, roles } = connections;
  const { forClients, left } = connectionsLeft(connections);
  const share = (count: number): string => `${limit === 0 ? 0 : Math.min(100, (count / limit) * 100)}%`;
  const near = left < Math.max(3, forClients * 0.05);
  return (
    <Panel
      title={t('Connections')}
      count={t('{used} of {limit}', { used: formatCount(used), limit: formatCount(limit) })}
      aside={t('max_connections {limit}, {superuser} for superusers, {reserved} reserved', {
        limit: formatCount(limit),
        superuser: formatCount(superuserReserved),
        reserved: formatCount(roleReserved),
      })}
      bodyClassName="px-3.5 py-2.5"
    >
      <p className={`mb-1 text-right text-12 ${near ? 'font-semibold text-critical' : 'text-f2'}`}>
        {t('{all} for clients, {n} left', { all: formatCount(forClients), n: formatCount(left) })}
      </p>
      <div className="relative flex h-3.5 gap-px bg-bg3" aria-hidden="true">
        {PARTS.map(({ key, bar }) => (
          <span key={key} className={bar} style={{ width: share(connections[key]) }} />
        ))}
        <span className="absolute -inset-y-1 w-0.5 bg-f0" style={{ left: share(forClients) }} />
      </div>
      <div className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-12 text-f2">
        {PARTS.map(({ key, word, bar, text }) => (
          <span key={key} className="flex items-center gap-1.5">
            <span className={`size-2.5 rounded-[2px] ${bar}`} aria-hidden="true" />
            {key === 'waiting' ? t(word) : word}{' '}
            <b className={`font-semibold ${connections[key] > 0 ? text : 'text-f2'}`}>
              {formatCount(connections[key])}
            </b>
          </span>
        ))}
        <span className="flex flex-wrap gap-x-4 md:ml-auto">
          {roles.slice(0, 5).map(({ name, count, limit: own }) => (
            <span key={name ?? ''}>
              {name ?? t('unknown')} <b className="font-semibold text-f0">{formatCount(count)}</b>
              {own !== null && ` ${t('of {limit}', { limit: formatCount(own) })}`}
            </span>
          ))}
        </span>
      </div>
    </Panel>
  );
}
