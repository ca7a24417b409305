// The DCS panel's truth: which endpoints answer, whether there is a quorum, how old our view is. Pure.

import type { Dcs, Endpoint } from './cluster';
import { isRefusal } from './dcs-state';
import { ABSENT } from './key-version';
import { dcsStaleAfterMs, type Observation } from './observation';
import type { RawDcsKey, RawEndpoint, RawEndpointStatus, RawObservation } from './raw';
import { failureWords } from './reading-failure';

export function buildDcs(observation: Observation): Dcs | null {
  const raw = observation.raw.dcs;
  if (raw === null) return null;
  const endpoints = raw.endpoints.map((endpoint) => buildEndpoint(endpoint, observation.raw));
  const lease = raw.leaderLease.good;
  return {
    kind: raw.kind,
    namespace: raw.namespace,
    state: observation.view === null ? 'never' : observation.viewLive ? 'fresh' : 'stale',
    currentAt: raw.currentAt,
    revision: raw.position,
    error: raw.error ? failureWords(raw.error) : null,
    errorKind: raw.error?.kind ?? null,
    excess: raw.excess ?? null,
    sessionLimitSeconds: raw.sessionLimitSeconds ?? null,
    quorum: quorumOf(raw.endpoints, observation.raw),
    endpoints,
    leaderLease:
      lease === null
        ? null
        : { ttlSeconds: lease.value.ttlSeconds, grantedSeconds: lease.value.grantedSeconds, observedAt: lease.at },
    keyRevisions: raw.keys === null ? null : keyRevisions(raw.keys),
    ...(raw.configOwner === undefined ? {} : { configOwner: raw.configOwner }),
    ...(raw.rival === undefined ? {} : { rival: raw.rival }),
    ...(raw.troubles === undefined || raw.troubles.length === 0 ? {} : { troubles: raw.troubles }),
  };
}

function keyRevisions(keys: readonly RawDcsKey[]): NonNullable<Dcs['keyRevisions']> {
  const version = (name: string): string => keys.find((entry) => entry.key === name)?.version ?? ABSENT;
  return {
    leader: version('leader'),
    failover: version('failover'),
    sync: version('sync'),
    config: version('config'),
  };
}

/** true: a quorum read succeeded within the limit; false: some endpoint answers and none can read; null: nobody says. */
function quorumOf(endpoints: readonly RawEndpoint[], raw: RawObservation): boolean | null {
  const asked = endpoints.filter((endpoint) => endpoint.quorumRead.last !== null);
  if (asked.length === 0) return null;
  const proved = asked.some(
    ({ quorumRead }) =>
      quorumRead.good !== null && raw.now - quorumRead.good.at <= dcsStaleAfterMs(raw) && quorumRead.last?.ok === true,
  );
  if (proved) return true;
  // Where not even a status comes back it may be our own network: then nothing is known about the quorum.
  const somebodyAnswers = asked.some(({ status }) => status.last?.ok === true);
  const isRefused = asked.some(({ quorumRead }) => quorumRead.last?.ok === false && isRefusal(quorumRead.last.error));
  return somebodyAnswers && !isRefused && asked.every(({ quorumRead }) => quorumRead.last?.ok === false) ? false : null;
}

function buildEndpoint(endpoint: RawEndpoint, raw: RawObservation): Endpoint {
  const { status, quorumRead } = endpoint;
  const good = status.good;
  const answers = status.last?.ok === true && good !== null && raw.now - good.at <= dcsStaleAfterMs(raw);
  const reads = quorumRead.last?.ok === true;
  const denied = [status.last, quorumRead.last].some((read) => read?.ok === false && isRefusal(read.error));
  return {
    url: endpoint.url,
    name: good?.value.name ?? null,
    state: stateOf({ answers, reads, denied, asked: status.last !== null }, good?.value),
    version: good?.value.version ?? null,
    dbSizeBytes: good?.value.sizeBytes ?? null,
    raftTerm: good?.value.term ?? null,
    alarms: answers ? (good?.value.alarms ?? []) : [],
    tookMs: good?.tookMs ?? null,
    observedAt: good?.at ?? null,
    error:
      status.last?.ok === false
        ? failureWords(status.last.error)
        : quorumRead.last?.ok === false
          ? failureWords(quorumRead.last.error)
          : null,
  };
}

function stateOf(
  seen: { readonly answers: boolean; readonly reads: boolean; readonly denied: boolean; readonly asked: boolean },
  status: RawEndpointStatus | undefined,
): Endpoint['state'] {
  if (!seen.asked) return 'unknown';
  // A refusal to tell is not a failure to work; the status may need more rights than reading a key does.
  if (seen.denied) return 'unknown';
  if (!seen.answers) return seen.reads ? 'unknown' : 'down';
  return !seen.reads || status === undefined || status.role === 'leaderless' ? 'no_quorum' : status.role;
}
