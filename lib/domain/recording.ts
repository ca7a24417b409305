// Reads a frame of a recorded scenario. Most were recorded before the DCS was a port: their keys carry revisions and leases and their
// endpoints ids; they mean what the port says. What is in the present form passes as it is.
import type { RawDcsKey, RawEndpoint, RawEndpointStatus, RawObservation, Reading, Witness } from './raw';

interface OldKey {
  readonly key: string;
  readonly value: string;
  readonly modRevision: string;
  readonly createRevision: string;
  readonly lease: string;
}

interface OldStatus extends Omit<RawEndpointStatus, 'role' | 'sizeBytes' | 'term'> {
  readonly memberId: string;
  readonly leaderId: string;
  readonly isLearner: boolean;
  readonly dbSizeBytes: number;
  readonly raftTerm: string;
}

type Recorded = Omit<RawObservation, 'dcs'> & {
  readonly dcs:
    | (Omit<NonNullable<RawObservation['dcs']>, 'keys' | 'endpoints' | 'position'> & {
        readonly keys: readonly (OldKey | RawDcsKey)[] | null;
        readonly endpoints: readonly (Omit<RawEndpoint, 'status'> & {
          readonly status: Witness<OldStatus | RawEndpointStatus>;
        })[];
        readonly position?: string | null;
        readonly revision?: string | null;
      })
    | null;
};

export function parseRecording(text: string): RawObservation {
  const { dcs, ...rest } = JSON.parse(text) as Recorded;
  if (dcs === null) return { ...rest, dcs };
  const { revision, position, ...port } = dcs;
  return {
    ...rest,
    dcs: {
      ...port,
      position: position ?? revision ?? null,
      keys: dcs.keys?.map(keyOf) ?? null,
      endpoints: dcs.endpoints.map((endpoint) => ({ ...endpoint, status: statusOf(endpoint.status) })),
    },
  };
}

function keyOf(entry: OldKey | RawDcsKey): RawDcsKey {
  if ('version' in entry) return entry;
  const { key, value, modRevision, createRevision, lease } = entry;
  return { key, value, version: modRevision, created: createRevision, owner: lease === '0' ? null : lease };
}

function statusOf({ last, good }: Witness<OldStatus | RawEndpointStatus>): Witness<RawEndpointStatus> {
  const reading = (from: Reading<OldStatus | RawEndpointStatus>): Reading<RawEndpointStatus> =>
    from.ok ? { ...from, value: endpointOf(from.value) } : from;
  return {
    last: last === null ? null : reading(last),
    good: good === null ? null : { ...good, value: endpointOf(good.value) },
  };
}

function endpointOf(status: OldStatus | RawEndpointStatus): RawEndpointStatus {
  if ('role' in status) return status;
  const { memberId, leaderId, isLearner, name, version, dbSizeBytes, raftTerm, alarms } = status;
  const role = leaderId === '0' ? 'leaderless' : isLearner ? 'learner' : memberId === leaderId ? 'leader' : 'follower';
  return { name, role, version, sizeBytes: dbSizeBytes, term: raftTerm, alarms };
}

/** The same moment, `ms` later: every instant moves by that, also those within the answers of Patroni that Howdah compares. */
export function movedBy(raw: RawObservation, ms: number): RawObservation {
  return moved(raw, ms) as RawObservation;
}

/** Instants are the numbers that look like epoch milliseconds of our time. */
function moved(value: unknown, ms: number): unknown {
  if (typeof value === 'number') return value > 1.6e12 && value < 4e12 && Number.isInteger(value) ? value + ms : value;
  if (typeof value === 'string') return movedBody(value, ms);
  if (Array.isArray(value)) return value.map((entry) => moved(entry, ms));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, moved(entry, ms)]));
}

function movedBody(body: string, ms: number): string {
  return body
    .replace(
      /("dcs_last_seen": ?)(\d+)/,
      (_, name: string, at: string) => `${name}${Number(at) + Math.round(ms / 1000)}`,
    )
    .replace(/("postmaster_start_time": ?")([^"]+)/, (whole, name: string, at: string) => {
      const time = Date.parse(at);
      return Number.isNaN(time) ? whole : `${name}${new Date(time + ms).toISOString()}`;
    });
}
