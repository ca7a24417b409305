// The table of leaderships: Patroni forgets the oldest of /history (max_timelines_history), we do not.
import type { Cluster } from '../../domain/cluster';
import { type KeptLeadership, keptOf } from '../../domain/history/leadership';
import type { Row } from '../store/driver';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';

export async function saveLeaderships(
  store: Store,
  scope: string,
  cluster: Cluster,
  cause: KeptLeadership['cause'],
): Promise<void> {
  const { systemIdentifier } = cluster;
  if (systemIdentifier === null || cluster.history.length === 0) return;
  const rows = keptOf(cluster, cause).map((entry) => ({
    timeline: entry.timeline,
    leader: entry.leader,
    started_at: entry.startedAt,
    ended_at: entry.endedAt,
    fork_lsn: entry.forkLsn,
    reason: entry.reason,
    cause: entry.cause,
  }));
  await store.query(
    `INSERT INTO leadership AS l
       (scope, system_identifier, timeline, leader, started_at, ended_at, fork_lsn, reason, cause)
     SELECT $1::text, $2::text, timeline, leader, started_at, ended_at, fork_lsn, reason, cause
     FROM json_to_recordset($3::text::json) AS r(timeline bigint, leader text, started_at bigint, ended_at bigint,
       fork_lsn text, reason text, cause text)
     WHERE true ON CONFLICT (scope, system_identifier, timeline) DO UPDATE
     SET leader = coalesce(excluded.leader, l.leader), started_at = coalesce(excluded.started_at, l.started_at),
         ended_at = coalesce(excluded.ended_at, l.ended_at), fork_lsn = coalesce(excluded.fork_lsn, l.fork_lsn),
         reason = coalesce(excluded.reason, l.reason), cause = coalesce(l.cause, excluded.cause)`,
    [scope, systemIdentifier, jsonText(rows)],
  );
}

/** Oldest first; of the cluster that has this system identifier now. */
export async function loadLeaderships(
  store: Store,
  scope: string,
  systemIdentifier: string | null,
): Promise<KeptLeadership[]> {
  const rows = await store.query(
    `SELECT timeline, leader, started_at, ended_at, fork_lsn, reason, cause FROM leadership
     WHERE scope = $1::text AND ($2::text IS NULL OR system_identifier = $2::text) ORDER BY timeline`,
    [scope, systemIdentifier],
  );
  return rows.map(keptRow);
}

/** Of several clusters, those that reach into a window; oldest first. */
export async function leadershipsWithin(
  store: Store,
  scopes: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly (KeptLeadership & { readonly scope: string })[]> {
  const rows = await store.query(
    `SELECT scope, timeline, leader, started_at, ended_at, fork_lsn, reason, cause FROM leadership
     WHERE scope IN (SELECT json_array_elements_text($1::text::json))
       AND started_at <= $3::bigint AND (ended_at IS NULL OR ended_at >= $2::bigint)
     ORDER BY timeline`,
    [JSON.stringify(scopes), Math.floor(from), Math.ceil(to)],
  );
  return rows.map((row) => ({ scope: String(row.scope), ...keptRow(row) }));
}

function keptRow(row: Row): KeptLeadership {
  const number = (value: unknown): number | null => (value == null ? null : Number(value));
  const text = (value: unknown): string | null => (value == null ? null : String(value));
  return {
    timeline: Number(row.timeline),
    leader: text(row.leader),
    startedAt: number(row.started_at),
    endedAt: number(row.ended_at),
    forkLsn: text(row.fork_lsn),
    reason: text(row.reason),
    cause: text(row.cause) as KeptLeadership['cause'],
  };
}
