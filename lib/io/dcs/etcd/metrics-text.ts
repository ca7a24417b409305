// What etcd counts, of its `/metrics`: text of Prometheus, of which only the few families that a person asks for are read. Peers are
// summed up, for each member tells of its own way to all others. Total: what is no such line is passed over.
import type { Buckets, NodeNumbers } from '../../../domain/care/raw-care';

const FSYNC = 'etcd_disk_wal_fsync_duration_seconds_bucket';
const ROUND_TRIP = 'etcd_network_peer_round_trip_time_seconds_bucket';
const SINGLE = {
  etcd_server_quota_backend_bytes: 'quotaBytes',
  etcd_server_leader_changes_seen_total: 'leaderChanges',
  etcd_server_slow_apply_total: 'slowApplies',
} as const;

/** Of one histogram; etcd's have a dozen. */
const BOUNDS_MAX = 64;

export function parseMetrics(text: string): Omit<NodeNumbers, 'aheadMs'> {
  const single: Partial<Record<(typeof SINGLE)[keyof typeof SINGLE], number>> = {};
  const histograms = new Map<string, Map<number, number>>([
    [FSYNC, new Map()],
    [ROUND_TRIP, new Map()],
  ]);
  for (const [, name = '', labels = '', written = ''] of text.matchAll(/^(etcd_\w+)(?:\{([^}\n]*)\})? (\S+)$/gm)) {
    const value = Number(written);
    if (!Number.isFinite(value)) continue;
    const key = Object.hasOwn(SINGLE, name) ? SINGLE[name as keyof typeof SINGLE] : undefined;
    if (key !== undefined) single[key] = value;
    const bounds = histograms.get(name);
    const [, le] = /(?:^|,)le="([^"]*)"/.exec(labels) ?? [];
    if (bounds === undefined || le === undefined) continue;
    const upTo = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
    if (Number.isNaN(upTo) || (bounds.size >= BOUNDS_MAX && !bounds.has(upTo))) continue;
    bounds.set(upTo, (bounds.get(upTo) ?? 0) + value);
  }
  return {
    fsync: bucketsOf(histograms.get(FSYNC)),
    roundTrip: bucketsOf(histograms.get(ROUND_TRIP)),
    quotaBytes: single.quotaBytes ?? null,
    leaderChanges: single.leaderChanges ?? null,
    slowApplies: single.slowApplies ?? null,
  };
}

function bucketsOf(bounds: ReadonlyMap<number, number> | undefined): Buckets | null {
  if (bounds === undefined || bounds.size === 0) return null;
  const pairs = [...bounds].sort(([a], [b]) => a - b);
  return { upTo: pairs.map(([upTo]) => upTo), counts: pairs.map(([, count]) => count) };
}
