// The SQL of availability: what was told of several clusters about who led and whether writes were taken, and where no samples were kept.
// A statement each for all of them. Every function rejects with StoreAway while the store is away.
import type { ScopedEvent } from '../../contract/history';
import type { Store } from '../store/store';
import { KIND, LEVEL, readTicks, scopedOf, whole } from './past-store';

interface Hole {
  readonly from: number;
  readonly to: number;
}

export interface HolesQuery extends Hole {
  /** Samples that are no further apart touch each other. */
  readonly touchMs: number;
  /** From here on there are half minutes; before it only ten-minute steps. */
  readonly halfMinutesFrom: number;
}

const LEADS = `kind IN ('leader_lost', 'leader_changed')`;
const MOVES = `kind IN ('role_changed', 'state_changed', 'member_silent')`;
const STOPS = `(kind IN ('finding_raised', 'finding_cleared') AND body ->> 'code' IN ('no_leader',
         'leader_key_without_primary', 'dcs_unreachable', 'failsafe_active', 'member_unreachable'))`;
/** What stands for a level in rows that are not packed yet; a host that slept leaves its hole within one of them. */
const RECENT = -1;
const STEP_MS: Readonly<Record<number, number>> = {
  [RECENT]: 0,
  [LEVEL.halfMinute]: 30_000,
  [LEVEL.tenMinutes]: 600_000,
};
const [HALF_MINUTE_MS, TEN_MINUTES_MS] = [STEP_MS[LEVEL.halfMinute], STEP_MS[LEVEL.tenMinutes]];

/** Of several clusters, those that say when they took writes and who led. Oldest first; at most `limit`, the newest of them. */
export async function writability(
  store: Store,
  scopes: readonly string[],
  from: number,
  to: number,
  limit: number,
): Promise<ScopedEvent[]> {
  const rows = await store.query(
    `SELECT scope, body FROM cluster_event
       WHERE scope IN (SELECT json_array_elements_text($1::text::json))
         AND at >= $2::bigint AND at <= $3::bigint AND (${LEADS} OR ${MOVES} OR ${STOPS})
       ORDER BY at DESC, seq DESC LIMIT $4::integer`,
    [JSON.stringify(scopes), Math.floor(from), Math.ceil(to), limit],
  );
  return rows.map(scopedOf).reverse();
}

/** What of it stood before a moment: of each cluster the last word on who leads, and on each finding; not older than `oldest`. */
export async function writabilityBefore(
  store: Store,
  scopes: readonly string[],
  oldest: number,
  at: number,
): Promise<ScopedEvent[]> {
  const rows = await store.query(
    `SELECT scope, body FROM (
         SELECT scope, body, at, seq, row_number() OVER (PARTITION BY scope, topic ORDER BY at DESC, seq DESC) AS place
         FROM (
           SELECT scope, body, at, seq,
             CASE WHEN ${LEADS} THEN 'leader' ELSE (body ->> 'code') || (body ->> 'members') END AS topic
           FROM cluster_event
           WHERE scope IN (SELECT json_array_elements_text($1::text::json))
             AND at >= $2::bigint AND at < $3::bigint AND (${LEADS} OR ${STOPS})
         ) AS told
       ) AS placed
       WHERE place = 1 ORDER BY at, seq`,
    [JSON.stringify(scopes), Math.floor(oldest), Math.floor(at)],
  );
  return rows.map(scopedOf);
}

/**
 * Time of which no sample was kept, by cluster: what lies between rows that are further apart than `touchMs`, and rows that hold fewer
 * steps than they reach across (their bodies say where). Of half minutes while there are any, then of ten-minute steps.
 */
export async function holes(
  store: Store,
  scopes: readonly string[],
  { from, to, touchMs, halfMinutesFrom }: HolesQuery,
): Promise<Map<string, Hole[]>> {
  const params = [JSON.stringify(scopes), Math.floor(from), Math.ceil(to)];
  const kept = `SELECT scope, level, from_at, to_at, count FROM history_chunk
         WHERE level IN (${LEVEL.halfMinute}, ${LEVEL.tenMinutes}) AND scope IN (SELECT json_array_elements_text($1::text::json))
           AND to_at >= $2::bigint AND from_at <= $3::bigint
         UNION ALL
         SELECT scope, ${RECENT} AS level, from_at, to_at, 0 AS count FROM history_recent
         WHERE kind = ${KIND.ticks} AND scope IN (SELECT json_array_elements_text($1::text::json))
           AND to_at >= $2::bigint AND from_at <= $3::bigint`;
  const rows = await store.query(
    `SELECT scope, level, from_at, to_at, count, reach FROM (
         SELECT scope, level, from_at, to_at, count, max(to_at)
           OVER (PARTITION BY scope ORDER BY from_at, to_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
         FROM (${kept}) AS kept
       ) AS placed
       WHERE reach IS NULL OR from_at - reach > $4::bigint
         OR (level = ${RECENT} AND to_at - from_at > $4::bigint)
         OR (level = ${LEVEL.halfMinute} AND to_at - from_at - count * ${HALF_MINUTE_MS} > $4::bigint)
         OR (level = ${LEVEL.tenMinutes} AND from_at < $5::bigint AND to_at - from_at - count * ${TEN_MINUTES_MS} > $4::bigint)
       ORDER BY scope, from_at`,
    [...params, touchMs, Math.floor(halfMinutesFrom)],
  );
  const ends = await store.query(`SELECT scope, max(to_at) AS to_at FROM (${kept}) AS kept GROUP BY scope`, params);
  const reached = new Map(ends.map((row) => [String(row.scope), Number(row.to_at)]));
  const found = new Map<string, Hole[]>();
  for (const scope of scopes) {
    const end = reached.get(scope);
    if (end === undefined) found.set(scope, [{ from, to }]);
    else found.set(scope, to - end > touchMs ? [{ from: end, to }] : []);
  }
  for (const row of rows) {
    const scope = String(row.scope);
    const [begin, reach] = [Number(row.from_at), whole(row.reach) ?? from];
    const own = found.get(scope) ?? [];
    if (begin - reach > touchMs) own.push({ from: Math.max(from, reach), to: begin });
    const step = STEP_MS[Number(row.level)];
    if (step !== undefined && Number(row.to_at) - begin - Number(row.count) * step > touchMs)
      own.push(...(await holesIn(store, scope, Number(row.level), begin, { from, to, touchMs: touchMs + step })));
    found.set(scope, own);
  }
  for (const own of found.values()) own.sort((a, b) => a.from - b.from);
  return found;
}

async function holesIn(
  store: Store,
  scope: string,
  level: number,
  begin: number,
  { from, to, touchMs }: Omit<HolesQuery, 'halfMinutesFrom'>,
): Promise<Hole[]> {
  const [row] = await store.query(
    `SELECT body FROM history_chunk WHERE scope = $1::text AND level = $2::smallint AND from_at = $3::bigint
       UNION ALL
       SELECT body FROM history_recent WHERE scope = $1::text AND $2::smallint = ${RECENT} AND kind = ${KIND.ticks} AND from_at = $3::bigint`,
    [scope, level, begin],
  );
  const instants = row === undefined ? [] : (await readTicks(row.body as Uint8Array)).map(({ at }) => at);
  return instants.flatMap((at, index) => {
    const before = instants[index - 1];
    if (before === undefined || at - before <= touchMs) return [];
    const hole = { from: Math.max(from, before + (STEP_MS[level] ?? 0)), to: Math.min(to, at) };
    return hole.to > hole.from ? [hole] : [];
  });
}
