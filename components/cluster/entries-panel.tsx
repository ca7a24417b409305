'use client';
import { useFreshness } from '@/lib/client/live/live';
import { formatSeconds } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import type { Entry, EntryListener, EntryPool, EntryServer } from '@/lib/domain/entries/entry';
import { KIND_NAMES, serverWords } from '@/lib/domain/entries/words';
import type { Health } from '@/lib/domain/severity';
import { Age, Since } from '../ui/age';
import { SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { HEALTH_ROW, HEALTH_TEXT } from '../ui/tone';
import { ConnectAdvice } from './connect-advice';
import { doorsOf, entryHealth, leadsWords, purposeWords, sessionWords } from './entry-words';

/** The doors by which clients come, each with whom it leads to; below them how clients connect at all. */
export function EntriesPanel({ snapshot }: { snapshot: Snapshot }) {
  const entries = snapshot.cluster.entries ?? [];
  if (entries.length === 0)
    return (
      <Panel title={t('How clients connect')} bodyClassName="px-3.5 py-1">
        <ConnectAdvice cluster={snapshot.cluster} />
      </Panel>
    );
  return (
    <Panel title={t('Entry points')} count={entries.length} aside={t('where clients come in, and to whom that leads')}>
      {entries.map((entry) => (
        <EntryBlock key={entry.name} entry={entry} snapshot={snapshot} />
      ))}
      <div className="border-l1 border-t px-3.5 py-1">
        <ConnectAdvice cluster={snapshot.cluster} />
      </div>
    </Panel>
  );
}

function EntryBlock({ entry, snapshot }: { entry: Entry; snapshot: Snapshot }) {
  const { name, kind, version, address, witness, limitMs, listeners } = entry;
  const was = useFreshness(witness.observedAt, limitMs) === 'was';
  const health = entryHealth(snapshot, entry);
  const doors = doorsOf(snapshot).filter((door) => door.entry === entry);
  const product = version === null ? wire(KIND_NAMES[kind]) : `${wire(KIND_NAMES[kind])} ${version}`;
  return (
    <section aria-label={name} className="border-l1 border-t py-2 first:border-t-0">
      <p className="flex flex-wrap items-baseline gap-x-2.5 px-3.5">
        <span className="font-semibold text-13 text-f0">
          <Name text={name} limit={28} />
        </span>
        <span className="text-12 text-f2">{product}</span>
        <span className="min-w-0 break-all font-mono text-11 text-f3">{address}</span>
        <Age at={witness.observedAt} staleAfterMs={limitMs} className="ml-auto text-12 text-f2" />
      </p>
      {witness.error !== null && (
        <p className={`flex gap-1.5 px-3.5 text-12 ${HEALTH_TEXT[health === 'ok' ? 'unknown' : health]}`}>
          <SeverityIcon health={health === 'ok' ? 'unknown' : health} size={13} className="mt-0.5" />
          {wire(witness.error)}
        </p>
      )}
      {listeners.length === 0 && witness.state === 'fresh' && (
        <p className="px-3.5 text-12 text-f2">{t('Nothing of this cluster is behind it.')}</p>
      )}
      <ul>
        {doors.map((door) => (
          <ListenerRow
            key={door.listener.name}
            listener={door.listener}
            health={was ? 'unknown' : door.health}
            was={was}
          />
        ))}
      </ul>
    </section>
  );
}

function ListenerRow({ listener, health, was }: { listener: EntryListener; health: Health; was: boolean }) {
  const { name, since, servers, pool } = listener;
  const leads = leadsWords(listener);
  return (
    <li className={`mt-1 px-3.5 py-0.5 text-12 ${HEALTH_ROW[health]}`}>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 md:grid-cols-[170px_90px_minmax(0,1fr)_130px_90px]">
        <span className="font-semibold text-f0">
          <Name text={name} limit={24} />
        </span>
        <span className="text-f2 max-md:text-right">{purposeWords(listener)}</span>
        <span
          className={`flex min-w-0 gap-1.5 break-words ${was ? 'text-unknown' : HEALTH_TEXT[health === 'ok' ? 'note' : health]}`}
        >
          {health !== 'ok' && health !== 'note' && <SeverityIcon health={health} size={13} className="mt-0.5" />}
          {was ? t('was {value}', { value: leads }) : leads}
        </span>
        <span className="text-right text-f1">{sessionWords(listener)}</span>
        <span className="text-right text-f2 max-md:hidden">
          <Since at={since} />
        </span>
      </div>
      {pool !== null && <Pool pool={pool} />}
      {pool === null && servers.length > 1 && (
        <ul
          aria-label={t('Servers of {listener}', { listener: name })}
          className="flex flex-wrap gap-x-4 text-11 text-f2"
        >
          {servers.map((server) => (
            <Server key={server.name} server={server} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Server({ server }: { server: EntryServer }) {
  const { name, member, matchedBy, takes, status, address } = server;
  const how =
    member === null || matchedBy === null
      ? t('no member of this cluster')
      : matchedBy === 'name'
        ? t('{member}, known by its name', { member })
        : matchedBy === 'address'
          ? t('{member}, known by its address', { member })
          : t('{member}, known by its postmaster', { member });
  return (
    <li title={[address, status, how].filter((part) => part !== null).join(' · ')}>
      <span className={takes ? 'font-semibold text-f0' : 'text-f2'}>{name}</span> {wire(serverWords(server))}
    </li>
  );
}

function Pool({ pool }: { pool: EntryPool }) {
  const { busy, size, waiting, waitSeconds, waitLimitSeconds, mode } = pool;
  const share = size === null || size === 0 ? null : Math.min(1, busy / size);
  return (
    <div className="flex flex-wrap items-center gap-x-3 text-11 text-f2">
      <span className="flex items-center gap-2">
        {size === null ? t('{busy} busy', { busy }) : t('{busy} of {size} busy', { busy, size })}
        {share !== null && (
          <span className="h-1 w-16 rounded-full bg-bg3">
            <span className="block h-full rounded-full bg-f2" style={{ width: `${share * 100}%` }} />
          </span>
        )}
      </span>
      {waiting > 0 && (
        <span className="font-semibold text-f0">
          {waitLimitSeconds === null || waitLimitSeconds === 0
            ? t('{n} waiting, the oldest for {age}', { n: waiting, age: formatSeconds(waitSeconds) })
            : t('{n} waiting, the oldest for {age} of {limit}', {
                n: waiting,
                age: formatSeconds(waitSeconds),
                limit: formatSeconds(waitLimitSeconds),
              })}
        </span>
      )}
      {mode !== null && <span>{t('pool_mode {mode}', { mode })}</span>}
    </div>
  );
}
