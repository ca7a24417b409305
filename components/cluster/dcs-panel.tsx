'use client';
import Link from 'next/link';
import { dcsPath } from '@/lib/client/dcs/care';
import { useNow } from '@/lib/client/live/clock';
import { useFreshness } from '@/lib/client/live/live';
import { exactBytes, formatBytes, formatTime, formatTook } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { Dcs, Endpoint, Snapshot } from '@/lib/domain/cluster';
import { dcsName, endsWithSession } from '@/lib/domain/dcs-kind';
import { measured } from '@/lib/language/quantity';
import { Age } from '../ui/age';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';

const ENDPOINT_GLYPH = {
  leader: 'leader',
  follower: 'replica',
  learner: 'quorum_standby',
  no_quorum: 'not_running',
  down: 'not_running',
  unknown: 'unknown',
} as const satisfies Readonly<Record<Endpoint['state'], string>>;

const ENDPOINT_WORDS: Readonly<Record<Endpoint['state'], string>> = {
  leader: form('leader'),
  follower: form('follower'),
  learner: form('learner'),
  no_quorum: form('no quorum'),
  down: form('down'),
  unknown: form('unknown'),
};

function Lease({ lease, holder, dcs }: { lease: Dcs['leaderLease']; holder: string | null; dcs: Dcs }) {
  const now = useNow();
  if (lease === null && holder !== null && endsWithSession(dcs.kind))
    return (
      <p className="text-f2">{t('Leader key, held by {holder}: it goes with the session that made it.', { holder })}</p>
    );
  if (lease === null) {
    return (
      <p className="text-f2">
        {rich('Leader key lease {state}', {
          state: (
            <span className="text-unknown">{holder === null ? t('none: nobody holds the key') : t('unknown')}</span>
          ),
        })}
      </p>
    );
  }
  const left = Math.max(0, lease.ttlSeconds - Math.max(0, now - lease.observedAt) / 1000);
  if (dcs.state !== 'fresh') {
    // Nobody saw it renewed since: only its latest end is known.
    const end = formatTime(lease.observedAt + lease.ttlSeconds * 1000, now);
    return (
      <p className="text-unknown">
        {holder === null ? t('Leader key lease') : t('Leader key lease, held by {holder}', { holder })}:{' '}
        {left > 0
          ? t('was seen, expires at {time} at the latest', { time: end })
          : t('was seen, expired at {time} at the latest', { time: end })}
      </p>
    );
  }
  const share = Math.min(1, left / lease.grantedSeconds);
  return (
    <div>
      <p className="flex items-baseline justify-between gap-2 text-f2">
        <span className="min-w-0 truncate">
          {holder === null ? t('Leader key lease') : t('Leader key lease, held by {holder}', { holder })}
        </span>
        <span className="whitespace-nowrap text-12">
          {rich('{left} of ttl {ttl}', {
            left: <b className="font-semibold text-15 text-f0">{wire(measured(left, 's', 1))}</b>,
            ttl: wire(measured(lease.grantedSeconds, 's')),
          })}
        </span>
      </p>
      <div className="mt-1.5 h-[5px] overflow-hidden rounded-full bg-bg3">
        <div
          className="h-full bg-f2 [mask-image:linear-gradient(90deg,#000_calc(33.33%-1px),transparent_0_calc(33.33%+1px),#000_0_calc(66.66%-1px),transparent_0_calc(66.66%+1px),#000_0)] [mask-size:var(--full)_100%]"
          style={{ width: `${share * 100}%`, ['--full' as string]: `${100 / Math.max(share, 0.01)}%` }}
        />
      </div>
    </div>
  );
}

function EndpointRow({ endpoint }: { endpoint: Endpoint }) {
  const bad = endpoint.state === 'down' || endpoint.state === 'no_quorum';
  const says =
    endpoint.state === 'leader' && endpoint.raftTerm !== null
      ? t('leader, term {term}', { term: endpoint.raftTerm })
      : t(ENDPOINT_WORDS[endpoint.state]);
  return (
    <tr className="h-6">
      <th scope="row" className="text-left font-semibold text-f0" title={endpoint.url}>
        <span className="flex items-center gap-2">
          <Glyph
            glyph={ENDPOINT_GLYPH[endpoint.state]}
            size={13}
            className={endpoint.state === 'leader' ? 'opacity-80' : ''}
          />
          <Name text={endpoint.name ?? endpoint.url.replace(/^https?:\/\//, '')} limit={16} />
        </span>
      </th>
      <td
        className={bad ? 'text-critical' : endpoint.state === 'unknown' ? 'text-unknown' : 'text-f2'}
        title={endpoint.error === null ? undefined : wire(endpoint.error)}
      >
        {says}
      </td>
      <td className="text-right">
        {endpoint.tookMs === null || bad ? <span className="text-f3">{t('none')}</span> : formatTook(endpoint.tookMs)}
      </td>
      <td className="text-right text-f2" title={exactBytes(endpoint.dbSizeBytes)}>
        {formatBytes(endpoint.dbSizeBytes)}
      </td>
    </tr>
  );
}

function Body({ dcs, snapshot }: { dcs: Dcs; snapshot: Snapshot }) {
  const limit = snapshot.sources.find((source) => source.source === 'dcs')?.limitMs ?? snapshot.staleAfterMs;
  const was = useFreshness(dcs.currentAt, limit) === 'was';
  const alarms = dcs.endpoints.flatMap((endpoint) =>
    endpoint.alarms.map((alarm) =>
      t('Alarm {alarm} on {endpoint}', { alarm, endpoint: endpoint.name ?? endpoint.url }),
    ),
  );
  return (
    <div className={was ? 'text-f3' : ''}>
      <Lease lease={dcs.leaderLease} holder={snapshot.cluster.leader?.name ?? null} dcs={dcs} />
      <table className="mt-3 w-full text-12">
        <thead>
          <tr className="text-11 text-f2 [&>th]:font-normal">
            <th scope="col" className="text-left">
              {t('Endpoint')}
            </th>
            <th scope="col" className="text-left">
              {t('Says')}
            </th>
            <th scope="col" className="text-right">
              {t('Answer')}
            </th>
            <th scope="col" className="text-right">
              {t('Size')}
            </th>
          </tr>
        </thead>
        <tbody>
          {dcs.endpoints.map((endpoint) => (
            <EndpointRow key={endpoint.url} endpoint={endpoint} />
          ))}
        </tbody>
      </table>
      {dcs.quorum === false && (
        <Said
          health="critical"
          text={t('No quorum: no member of {dcs} can read or write.', { dcs: dcsName(dcs.kind) })}
        />
      )}
      {dcs.quorum === null && (
        <Said health="unknown" text={t('Whether {dcs} has a quorum is unknown.', { dcs: dcsName(dcs.kind) })} />
      )}
      {dcs.error !== null && <Said health="unknown" text={wire(dcs.error)} />}
      {alarms.map((alarm) => (
        <Said key={alarm} health="critical" text={alarm} />
      ))}
      <p className="mt-2 flex flex-wrap items-baseline justify-between gap-x-3 text-11 text-f3">
        <span className="break-all font-mono">{dcs.namespace}</span>
        <Link href={dcsPath(snapshot.source)} prefetch={false} className="rounded-chip text-f2 underline hover:text-f0">
          {t('Members, votes and disks')}
        </Link>
      </p>
    </div>
  );
}

function Said({ health, text }: { health: 'critical' | 'unknown'; text: string }) {
  return (
    <p className={`mt-2 flex gap-2 text-12 ${health === 'critical' ? 'text-critical' : 'text-unknown'}`}>
      <SeverityIcon health={health} size={14} className="mt-0.5" />
      {text}
    </p>
  );
}

export function DcsPanel({ snapshot }: { snapshot: Snapshot }) {
  const { dcs } = snapshot.cluster;
  const up = dcs?.endpoints.filter((endpoint) => endpoint.state !== 'down' && endpoint.state !== 'unknown').length ?? 0;
  const limit = snapshot.sources.find((source) => source.source === 'dcs')?.limitMs ?? snapshot.staleAfterMs;
  return (
    <Panel
      title="DCS"
      count={
        dcs === null
          ? t('not read')
          : t('{dcs}, {up} of {all} answer', { dcs: dcsName(dcs.kind), up, all: dcs.endpoints.length })
      }
      aside={dcs === null ? undefined : <Age at={dcs.currentAt} staleAfterMs={limit} />}
      bodyClassName="px-3.5 py-2.5"
    >
      {dcs === null ? (
        <p className="text-f2">
          {t("Howdah does not read the DCS of this cluster. Leader and members come from Patroni's REST API.")}
        </p>
      ) : (
        <Body dcs={dcs} snapshot={snapshot} />
      )}
    </Panel>
  );
}
