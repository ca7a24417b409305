// What the store knows of actions: the lock of a scope, the records to search, the revisions of configurations. The journal is
// the truth and comes first; what the store has not got is copied as soon as it is back. Every method rejects with StoreAway
// while it is away, `catchUp` and `behind` excepted. Times that several Howdahs compare are the database's.

import { createHash } from 'node:crypto';
import type { ConfigRevision } from '../../contract/actions';
import type { ActionRecord, ActionRequest } from '../../domain/actions/action';
import { canonical } from '../../domain/actions/bound';
import { isObject, type JsonObject } from '../../domain/wire/loose';
import { carry, revive } from '../../language/carry';
import type { Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { elapsed } from '../clock';
import { NOW_MS, QUERY_MS, StoreAway, StoreError, withDeadline } from '../store/driver';
import type { Store } from '../store/store';
import type { Journal, JournalEntry } from './journal';
import { type Home, StoreWitness } from './store-witness';

export type Claim =
  | { readonly ok: true }
  /** `expired`: its holder is gone; `abandoned()` gives it to whoever asks first. */
  | { readonly ok: false; readonly runningId: string; readonly holder: string; readonly expired: boolean };

export interface Abandoned {
  readonly scope: string;
  readonly actionId: string;
  /** null: its holder ended before it was saved. */
  readonly record: ActionRecord | null;
}

export interface ListQuery {
  readonly scope?: string;
  /** Only these; absent: all. */
  readonly scopes?: readonly string[];
  readonly limit: number;
  /** `next` of the page before. */
  readonly before?: string;
}

export interface ListPage {
  readonly records: readonly ActionRecord[];
  /** null: this was the last. */
  readonly next: string | null;
}

export type SeenRevision = Omit<ConfigRevision, 'actor' | 'reason'> & { readonly scope: string };

/** Actions that moved the leader and whose outage was measured to its end, so that it says something about the next one. */
export const MEASURED = `kind IN ('switchover', 'failover', 'rolling_restart') AND phase = 'closed' AND outage_ms IS NOT NULL
         AND record->'outage'->>'writableAgainAt' IS NOT NULL`;
const UNIQUE_VIOLATION = '23505';
const BATCH = 200;
const RETRY_MS = 5000;
const OPENED_EACH_MS = 100;
const CLAIM_TRIES = 3;

export interface IndexOptions {
  /** A record as it is called now. */
  readonly present?: (record: ActionRecord) => ActionRecord;
  readonly home?: Home | null;
}

export class AuditIndex {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #present: (record: ActionRecord) => ActionRecord;
  readonly #ends: readonly (() => void)[];
  /** Entries of the journal that the store has; null: not asked since it became ready. */
  #copied: number | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #retry: NodeJS.Timeout | null = null;
  #problem: Text | null = null;
  #isClosed = false;
  readonly #witness: StoreWitness;

  /** Follows the journal from now on. */
  constructor(store: Store, journal: Journal, { present = (record) => record, home = null }: IndexOptions = {}) {
    this.#present = present;
    this.#store = store;
    this.#journal = journal;
    this.#witness = new StoreWitness(store, journal, home);
    this.#ends = [
      store.onReady(() => {
        this.#copied = null;
        void this.catchUp();
      }),
      journal.onAppend(() => void this.catchUp()),
    ];
  }

  /**
   * Takes the scope for an action: one at a time, whoever asks. Taking it again with the same action and holder is fine. An action whose
   * outcome stands in the store holds nothing, however long its row is good for: who was killed after it could not give the scope back.
   */
  async claim(scope: string, actionId: string, holder: string, ttlMs: number): Promise<Claim> {
    for (let tries = 0; tries < CLAIM_TRIES; tries += 1) {
      const taken = await this.#store.query(
        `INSERT INTO running_action AS r (scope, action_id, holder, expires_at)
         VALUES ($1::text, $2::text, $3::text, ${NOW_MS} + $4::bigint)
         ON CONFLICT (scope) DO UPDATE
         SET action_id = excluded.action_id, holder = excluded.holder, expires_at = excluded.expires_at
         WHERE (r.action_id = excluded.action_id AND r.holder = excluded.holder)
            OR EXISTS (SELECT 1 FROM action a WHERE a.id = r.action_id AND a.phase = 'closed')
         RETURNING scope`,
        [scope, actionId, holder, Math.round(ttlMs)],
      );
      if (taken.length > 0) return { ok: true };
      const [row] = await this.#store.query<{ action_id: string; holder: string; expired: unknown }>(
        `SELECT action_id, holder, expires_at < ${NOW_MS} AS expired FROM running_action WHERE scope = $1::text`,
        [scope],
      );
      // Released between the two statements: once more.
      if (row !== undefined)
        return { ok: false, runningId: row.action_id, holder: row.holder, expired: Boolean(row.expired) };
    }
    throw new StoreAway('the scope is taken and released faster than it can be asked for');
  }

  /** false: the scope is somebody else's by now. */
  async renew(scope: string, actionId: string, holder: string, ttlMs: number): Promise<boolean> {
    const renewed = await this.#store.query(
      `UPDATE running_action SET expires_at = ${NOW_MS} + $4::bigint
       WHERE scope = $1::text AND action_id = $2::text AND holder = $3::text RETURNING scope`,
      [scope, actionId, holder, Math.round(ttlMs)],
    );
    return renewed.length > 0;
  }

  async release(scope: string, actionId: string): Promise<void> {
    const sql = 'DELETE FROM running_action WHERE scope = $1::text AND action_id = $2::text';
    await this.#store.query(sql, [scope, actionId]);
  }

  /** What runs on the scope by a holder that is alive; null: nothing. */
  async holderOf(scope: string): Promise<{ readonly actionId: string; readonly holder: string } | null> {
    const [row] = await this.#store.query<{ action_id: string; holder: string }>(
      `SELECT action_id, holder FROM running_action WHERE scope = $1::text AND expires_at >= ${NOW_MS}`,
      [scope],
    );
    return row === undefined ? null : { actionId: row.action_id, holder: row.holder };
  }

  /** Makes every scope whose holder let it expire this holder's, for `ttlMs`. Each goes to one of those who ask. */
  async abandoned(holder: string, ttlMs = 30_000): Promise<readonly Abandoned[]> {
    await this.#caughtUp();
    const adopted = await this.#store.query<{ scope: string; action_id: string; record: ActionRecord | null }>(
      `UPDATE running_action AS r SET holder = $1::text, expires_at = ${NOW_MS} + $2::bigint
       WHERE r.expires_at < ${NOW_MS}
       RETURNING scope, action_id, (SELECT a.record FROM action a WHERE a.id = action_id) AS record`,
      [holder, Math.round(ttlMs)],
    );
    return adopted.map(({ scope, action_id, record }) => ({ scope, actionId: action_id, record }));
  }

  /** null: saved. A record: another action has this idempotency key, and nothing was saved. A closed record stays closed. */
  async save(record: ActionRecord, holder: string): Promise<ActionRecord | null> {
    try {
      await this.#upsert(record, { holder, key: record.idempotencyKey, isNewest: true });
      return null;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== UNIQUE_VIOLATION) throw error;
      const taken = await this.byKey(record.idempotencyKey);
      if (taken === null || taken.id === record.id) throw error;
      return taken;
    }
  }

  async byKey(key: string): Promise<ActionRecord | null> {
    await this.#caughtUp();
    return this.#one('SELECT record FROM action WHERE idempotency_key = $1::text', key);
  }

  async byId(id: string): Promise<ActionRecord | null> {
    return this.#one('SELECT record FROM action WHERE id = $1::text', id);
  }

  /** Newest first. A `before` that is no cursor is the beginning. */
  async list({ scope, scopes, limit, before }: ListQuery): Promise<ListPage> {
    const from = before === undefined ? null : parseCursor(before);
    const rows = await this.#store.query<{ id: string; requested_at: number; record: ActionRecord }>(
      `SELECT id, requested_at, record FROM action
       WHERE ($1::text IS NULL OR scope = $1::text)
         AND ($2::bigint IS NULL OR (requested_at, id) < ($2::bigint, $3::text))
         AND ($5::text IS NULL OR scope IN (SELECT json_array_elements_text($5::text::json)))
       ORDER BY requested_at DESC, id DESC LIMIT $4::integer`,
      [
        ...[scope ?? null, from?.at ?? null, from?.id ?? null, limit + 1],
        scopes === undefined ? null : JSON.stringify(scopes),
      ],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last !== undefined ? formatCursor(last.requested_at, last.id) : null;
    return { records: shown.map(({ record }) => record), next };
  }

  /** Of several clusters, what was asked for within a window and takes a leader away; the newest `limit`, newest first. */
  async stopping(scopes: readonly string[], from: number, to: number, limit: number): Promise<readonly ActionRecord[]> {
    const rows = await this.#store.query<{ record: ActionRecord }>(
      `SELECT record FROM action
       WHERE scope IN (SELECT json_array_elements_text($1::text::json))
         AND requested_at >= $2::bigint AND requested_at <= $3::bigint
         AND kind IN ('switchover', 'failover', 'restart', 'rolling_restart', 'demote_cluster', 'promote_cluster')
       ORDER BY requested_at DESC, id DESC LIMIT $4::integer`,
      [JSON.stringify(scopes), Math.floor(from), Math.ceil(to), limit],
    );
    return rows.map(({ record }) => record);
  }

  /** Closed actions that moved the leader and whose outage was measured to its end, newest first. */
  async outages(scope: string, limit: number): Promise<readonly ActionRecord[]> {
    const rows = await this.#store.query<{ record: ActionRecord }>(
      `SELECT record FROM action
       WHERE scope = $1::text AND ${MEASURED}
       ORDER BY requested_at DESC, id DESC LIMIT $2::integer`,
      [scope, limit],
    );
    return rows.map(({ record }) => record);
  }

  /**
   * Known text and action of a revision are kept when it is seen again without them. Another value under the same revision
   * replaces it: the DCS was restored and counts anew.
   */
  async saveRevision({ scope, revision, value, text, seenAt, actionId }: SeenRevision): Promise<void> {
    await this.#store.query(
      `INSERT INTO config_revision AS c (scope, revision, value, text, seen_at, action_id)
       VALUES ($1::text, $2::text, $3::text::json, $4::text, $5::bigint, $6::text)
       ON CONFLICT (scope, revision) DO UPDATE SET
         value = excluded.value,
         text = CASE WHEN c.value::text = excluded.value::text THEN coalesce(excluded.text, c.text) ELSE excluded.text END,
         seen_at = CASE WHEN c.value::text = excluded.value::text THEN coalesce(c.seen_at, excluded.seen_at) ELSE excluded.seen_at END,
         action_id = CASE WHEN c.value::text = excluded.value::text THEN coalesce(excluded.action_id, c.action_id) ELSE excluded.action_id END`,
      [scope, revision, storable(JSON.stringify(value)), text?.replaceAll('\0', '') ?? null, seenAt, actionId],
    );
  }

  /** Newest first. */
  async revisions(scope: string, limit: number): Promise<readonly ConfigRevision[]> {
    const rows = await this.#store.query<{
      revision: string;
      value: JsonObject;
      text: string | null;
      seen_at: number | null;
      action_id: string | null;
      actor: string | null;
      reason: string | null;
    }>(
      `SELECT c.revision, c.value, c.text, c.seen_at, c.action_id, a.actor, a.record->>'reason' AS reason
       FROM config_revision c LEFT JOIN action a ON a.id = c.action_id
       WHERE c.scope = $1::text
       ORDER BY coalesce(c.seen_at, 0) DESC, length(c.revision) DESC, c.revision DESC LIMIT $2::integer`,
      [scope, limit],
    );
    return rows.map((row) => ({
      revision: row.revision,
      value: row.value,
      text: row.text,
      seenAt: row.seen_at,
      actor: row.actor,
      reason: row.reason,
      actionId: row.action_id,
    }));
  }

  /** Entries of the journal that the store has not got, as far as is known; all of them while it was never asked. */
  behind(): number {
    return Math.max(0, this.#journal.entries() - (this.#copied ?? 0));
  }

  /** Waits while the store still opens, so long at most: until it is ready, or known to be away. */
  async opened(ms: number): Promise<void> {
    const end = elapsed() + ms;
    while (this.#store.state().state === 'opening' && !this.#isClosed && elapsed() < end)
      await new Promise((resolve) => setTimeout(resolve, OPENED_EACH_MS));
  }

  /** Why the last copying failed; null: it did not. */
  problem(): Text | null {
    return this.#problem;
  }

  /** Copies what the store has not got, in order. Never rejects: it is tried again after the next append, and when it is ready. */
  catchUp(): Promise<void> {
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#copyAll().finally(() => {
      this.#running = null;
      if (this.#again) void this.catchUp();
    });
    return this.#running;
  }

  close(): void {
    this.#isClosed = true;
    for (const end of this.#ends) end();
    if (this.#retry !== null) clearTimeout(this.#retry);
  }

  /** A store that was put back from a backup does not know yet what is over since, nor under which key. */
  async #caughtUp(): Promise<void> {
    if (this.behind() > 0 && this.#store.state().state === 'ready') await withDeadline(this.catchUp(), QUERY_MS);
  }

  async #copyAll(): Promise<void> {
    try {
      do {
        this.#again = false;
        if (this.#store.state().state !== 'ready' || this.#isClosed) return;
        this.#copied ??= await this.#witness.copied();
        let batch: JournalEntry[] = [];
        for await (const entry of this.#journal.read(this.#copied + 1)) {
          batch.push(entry);
          if (batch.length < BATCH) continue;
          await this.#copy(batch);
          batch = [];
        }
        await this.#copy(batch);
      } while (this.#again);
      this.#problem = null;
    } catch (error) {
      this.#problem = saidBy(error);
      if (this.#retry !== null) clearTimeout(this.#retry);
      this.#retry = setTimeout(() => void this.catchUp(), RETRY_MS);
      this.#retry.unref();
    }
  }

  async #copy(batch: readonly JournalEntry[]): Promise<void> {
    const last = batch.at(-1);
    if (last === undefined) return;
    for (const entry of batch) {
      const record = recordOf(entry);
      if (record !== null) await this.#copyRecord(this.#present(record));
    }
    const columns = batch.map((_, index) => {
      const at = 8 * index;
      return `($${at + 1}::text, $${at + 2}::bigint, $${at + 3}::bigint, $${at + 4}::text, $${at + 5}::text, $${at + 6}::text, $${at + 7}::text::jsonb, $${at + 8}::text)`;
    });
    const values = batch.flatMap(({ seq, at, kind, actionId, scope, body, hash }) => {
      return [
        this.#journal.id,
        seq,
        Math.round(at),
        kind,
        actionId,
        scope,
        storable(JSON.stringify(carry(body))),
        hash,
      ];
    });
    await this.#store.query(
      `INSERT INTO audit_entry (journal, seq, at, kind, action_id, scope, body, hash) VALUES ${columns.join(', ')}
       ON CONFLICT (journal, seq) DO NOTHING`,
      values,
    );
    await this.#witness.anchor(last);
    this.#copied = last.seq;
  }

  /** A key that another action took while the store was away must not stop the copying: the record is kept without it. */
  async #copyRecord(record: ActionRecord): Promise<void> {
    // An open record is as it was then: a later one that was saved is not overwritten.
    const how = { holder: this.#journal.id, isNewest: record.phase === 'closed' };
    try {
      await this.#upsert(record, { ...how, key: record.idempotencyKey });
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== UNIQUE_VIOLATION) throw error;
      await this.#upsert(record, { ...how, key: null });
    }
  }

  async #upsert(
    record: ActionRecord,
    { holder, key, isNewest }: { holder: string; key: string | null; isNewest: boolean },
  ): Promise<void> {
    await this.#store.query(
      `INSERT INTO action AS a
         (id, scope, kind, idempotency_key, request_digest, actor, requested_at, phase, outcome, outage_ms, record, holder)
       VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bigint, $8::text, $9::text,
         $10::double precision, $11::text::jsonb, $12::text)
       ON CONFLICT (id) DO UPDATE SET
         phase = excluded.phase, outcome = excluded.outcome, outage_ms = excluded.outage_ms, record = excluded.record,
         holder = excluded.holder
       WHERE $13::boolean AND (a.phase <> 'closed' OR excluded.phase = 'closed')`,
      [
        ...[
          record.id,
          record.scope,
          record.request.kind,
          key,
          requestDigest(record.scope, record.request),
          record.actor,
        ],
        ...[Math.round(record.requestedAt), record.phase, record.outcome, record.outage?.ms ?? null],
        ...[storable(JSON.stringify(carry(record))), holder, isNewest],
      ],
    );
  }

  async #one(sql: string, value: string): Promise<ActionRecord | null> {
    const [row] = await this.#store.query<{ record: ActionRecord }>(sql, [value]);
    return row?.record ?? null;
  }
}

/** The record that an entry carries as `body.record`; null: none. */
export function recordOf({ body }: Pick<JournalEntry, 'body'>): ActionRecord | null {
  const { record } = body;
  const isRecord =
    isObject(record) && typeof record.id === 'string' && typeof record.scope === 'string' && isObject(record.request);
  return isRecord ? revive(record as unknown as ActionRecord) : null;
}

/** The same for the same request to the same cluster: tells whether an idempotency key is used twice for two things. */
export function requestDigest(scope: string, request: ActionRequest): string {
  return createHash('sha256').update(canonical({ scope, request })).digest('hex');
}

/** jsonb takes no NUL and no half of a surrogate pair; the journal keeps them. */
export function storable(json: string): string {
  const inText = /\\(u0000|ud[89a-f][0-9a-f]{2}|.)/gi;
  return json.replace(inText, (whole, what: string) => (what.length > 1 ? '\\ufffd' : whole));
}

function formatCursor(at: number, id: string): string {
  return Buffer.from(`${at}:${id}`).toString('base64url');
}

function parseCursor(cursor: string): { at: string; id: string } | null {
  const [, at, id] = /^(\d{1,15}):(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  return at === undefined || id === undefined ? null : { at, id };
}
