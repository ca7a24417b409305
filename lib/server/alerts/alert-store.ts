// The rows of telling, one statement per question. What the evaluating process writes is fenced by its lease in the statement itself:
// a process that was paused past its lease and wakes up writes nothing. An alert's "told" mark and its outbox rows are one
// statement, so that neither is ever there without the other.

import type { PushDevice, PushOrder } from '../../contract/alerts';
import type { Acknowledgement, Silence } from '../../domain/alerts/alert';
import type { Group, Tracked } from '../../domain/alerts/engine';
import type { Text } from '../../language/sentence';
import type { Message } from '../../telling/alerts/message';
import { NOW_MS, type Row, type Statement, StoreError } from '../store/driver';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';

/** A message on its way to one address. */
export interface Outgoing {
  /** Unique: of message, receiver and address. */
  readonly id: string;
  readonly receiver: string;
  readonly address: string;
  readonly at: number;
  readonly message: Message;
  readonly state: 'waiting' | 'sent' | 'given_up';
  readonly attempts: number;
  readonly nextAt: number;
  readonly doneAt: number | null;
}

export interface Claimed extends Outgoing {
  readonly seq: string;
}

export interface ReceiverHealth {
  readonly lastOkAt: number | null;
  readonly lastFailedAt: number | null;
  readonly lastError: Text | null;
  /** Since when every attempt failed; null: the newest did not. */
  readonly failingSince: number | null;
  readonly givenUp: number;
}

export interface Device extends PushDevice {
  readonly subscription: PushOrder['subscription'];
  /** Absent in rows of a release that did not ask. */
  readonly language?: PushOrder['language'];
  /** Id of the user; null: nobody had to sign in. Absent in rows of a release without sign-in. */
  readonly owner?: string | null;
}

export interface Batch {
  readonly alerts: readonly Tracked[];
  /** By scope; null: no incident any more. */
  readonly groups: Readonly<Record<string, Group | null>>;
  readonly outgoing: readonly Outgoing[];
}

export interface Kept {
  readonly alerts: readonly Tracked[];
  readonly groups: ReadonlyMap<string, Group>;
}

export const LEASE = 'alerts';
/** Longer than an attempt may take. By the clock of the database: processes have to agree on it. */
const CLAIM_MS = 30_000;
/** No attempt waits for longer: the clock was ahead when it was put down. */
export const PAUSE_MAX_MS = 15 * 60_000;
const KEEP_MS = 90 * 86_400_000;
const KEEP_SENT_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;

export class AlertStore {
  readonly #store: Store;
  readonly #holder: string;

  constructor(store: Store, holder: string) {
    this.#store = store;
    this.#holder = holder;
  }

  /** Open alerts, those that ended within a day, and the incidents, with the acknowledgements of other processes. */
  async load(now: number): Promise<Kept> {
    const alerts = await this.#store.query(
      `SELECT a.body, k.body AS acknowledged FROM alert AS a LEFT JOIN alert_acknowledgement AS k ON k.alert_id = a.id
       WHERE a.state <> 'resolved' OR a.resolved_at > $1::bigint`,
      [now - DAY_MS],
    );
    const groups = await this.#store.query('SELECT scope, body FROM alert_group WHERE body IS NOT NULL');
    return {
      alerts: alerts.map(({ body, acknowledged }) => {
        const entry = { owed: null, ...(body as Omit<Tracked, 'owed'>) } as Tracked;
        // Rows of a release without causes have none.
        const alert = { ...entry.alert, cause: entry.alert.cause ?? null };
        return { ...entry, alert: { ...alert, acknowledged: (acknowledged as Acknowledgement | null) ?? null } };
      }),
      groups: new Map(groups.map(({ scope, body }) => [String(scope), body as Group])),
    };
  }

  /**
   * false: the lease is another's now, and nothing was written. `fence` null: there is no lease to hold (embedded). One row whose
   * values the database refuses must not keep the others out: then each is written by itself, messages before the marks that
   * they were told, and `refused` hears the ids of those that cannot be.
   */
  async save(
    batch: Batch,
    fence: number | null,
    refused: (id: string, error: StoreError) => void = () => undefined,
  ): Promise<boolean> {
    try {
      return await this.#saveAll(batch, fence);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    const nothing: Batch = { alerts: [], groups: {}, outgoing: [] };
    const singles: readonly (readonly [string, Batch])[] = [
      ...batch.outgoing.map((row) => [row.id, { ...nothing, outgoing: [row] }] as const),
      ...batch.alerts.map((entry) => [entry.alert.id, { ...nothing, alerts: [entry] }] as const),
      ...Object.entries(batch.groups).map(
        ([scope, group]) => [scope, { ...nothing, groups: { [scope]: group } }] as const,
      ),
    ];
    for (const [id, single] of singles) {
      try {
        if (!(await this.#saveAll(single, fence))) return false;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused(id, error);
      }
    }
    return true;
  }

  async #saveAll({ alerts, groups, outgoing }: Batch, fence: number | null): Promise<boolean> {
    const rows = alerts.map((entry) => ({
      id: entry.alert.id,
      scope: entry.alert.scope,
      state: entry.alert.state,
      resolved_at: entry.alert.resolvedAt,
      body: entry,
    }));
    const kept = Object.entries(groups).map(([scope, body]) => ({ scope, body }));
    const all: readonly (readonly [readonly unknown[], string])[] = [
      [rows, SAVE_ALERTS],
      [kept, SAVE_GROUPS],
      [outgoing, SAVE_OUTGOING],
    ];
    const statements = all.flatMap(([values, sql]) =>
      values.length === 0 ? [] : [{ sql, params: [jsonText(values)] }],
    );
    return (await this.#store.together(statements, this.#fence(fence))) !== null;
  }

  /**
   * The first waiting row of each address that is due, for this process alone, for 30 s. An address whose first row waits for
   * another attempt keeps the others waiting: messages arrive in order. `busy`: addresses at which this process is sending.
   */
  async claim(now: number, busy: readonly string[], fence: number | null): Promise<readonly Claimed[]> {
    const claim = {
      sql: `UPDATE outbox SET claimed_by = $3::text, claimed_until = ${NOW_MS} + ${CLAIM_MS}, attempts = attempts + 1
            WHERE seq IN (SELECT min(seq) FROM outbox WHERE state = 'waiting' GROUP BY receiver, address)
              AND state = 'waiting'
              AND (next_at <= $1::bigint OR next_at > $1::bigint + ${PAUSE_MAX_MS})
              AND (claimed_until <= ${NOW_MS} OR claimed_until > ${NOW_MS} + ${CLAIM_MS})
              AND receiver || '/' || address NOT IN (SELECT json_array_elements_text($2::text::json))
            RETURNING seq, id, receiver, address, at, attempts, body`,
      params: [now, jsonText(busy), this.#holder],
    };
    const [rows = []] = (await this.#store.together([claim], this.#fence(fence))) ?? [];
    return rows.map((row) => ({
      seq: String(row.seq),
      id: String(row.id),
      receiver: String(row.receiver),
      address: String(row.address),
      at: Number(row.at),
      attempts: Number(row.attempts),
      message: row.body as Message,
      state: 'waiting',
      nextAt: now,
      doneAt: null,
    }));
  }

  /** What became of a claim. Where it ran out meanwhile and another took it, that one decides. */
  async settle(
    seq: string,
    outcome: { readonly state: Outgoing['state']; readonly nextAt: number; readonly doneAt: number | null },
  ): Promise<void> {
    await this.#store.query(
      `UPDATE outbox SET state = $2::text, next_at = $3::bigint, done_at = $4::bigint, claimed_until = 0
       WHERE seq = $1::bigint AND claimed_by = $5::text AND state = 'waiting'`,
      [seq, outcome.state, outcome.nextAt, outcome.doneAt, this.#holder],
    );
  }

  /** Only where no other process can have one: claims of a process that ended are free at once. */
  async freeClaims(): Promise<void> {
    await this.#store.query("UPDATE outbox SET claimed_until = 0 WHERE state = 'waiting'");
  }

  async queued(): Promise<readonly Row[]> {
    return this.#store.query(
      `SELECT receiver, count(*)::integer AS count, min(at) AS oldest, min(next_at) AS next FROM outbox
       WHERE state = 'waiting' GROUP BY receiver`,
    );
  }

  async loadHealth(): Promise<ReadonlyMap<string, ReceiverHealth>> {
    const rows = await this.#store.query('SELECT name, body FROM receiver_state');
    return new Map(rows.map(({ name, body }) => [String(name), body as ReceiverHealth]));
  }

  async saveHealth(name: string, health: ReceiverHealth): Promise<void> {
    await this.#store.query(
      `INSERT INTO receiver_state (name, body) VALUES ($1::text, $2::text::jsonb)
       ON CONFLICT (name) DO UPDATE SET body = excluded.body`,
      [name, jsonText(health)],
    );
  }

  /** null takes it back. false: there is no such alert. */
  async acknowledge(alertId: string, at: number, body: Acknowledgement | null): Promise<boolean> {
    const rows = await this.#store.query(
      `INSERT INTO alert_acknowledgement (alert_id, at, body)
       SELECT id, $2::bigint, $3::text::jsonb FROM alert WHERE id = $1::text
       ON CONFLICT (alert_id) DO UPDATE SET at = excluded.at, body = excluded.body RETURNING alert_id`,
      [alertId, at, body === null ? null : jsonText(body)],
    );
    return rows.length > 0;
  }

  async acknowledgements(now: number): Promise<ReadonlyMap<string, Acknowledgement | null>> {
    const rows = await this.#store.query(
      `SELECT k.alert_id, k.body FROM alert_acknowledgement AS k JOIN alert AS a ON a.id = k.alert_id
       WHERE a.state <> 'resolved' OR a.resolved_at > $1::bigint`,
      [now - DAY_MS],
    );
    return new Map(rows.map(({ alert_id, body }) => [String(alert_id), body as Acknowledgement | null]));
  }

  /** Running and coming ones, and those that ended within a day. */
  async silences(now: number): Promise<readonly Silence[]> {
    const rows = await this.#store.query('SELECT body FROM silence WHERE ends_at > $1::bigint ORDER BY ends_at', [
      now - DAY_MS,
    ]);
    return rows.map(({ body }) => body as Silence);
  }

  /** The whole silence each time; one that was ended stays ended. */
  async saveSilence(silence: Silence): Promise<void> {
    await this.#store.query(
      `INSERT INTO silence AS s (id, ends_at, body) VALUES ($1::text, $2::bigint, $3::text::jsonb)
       ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at, body = excluded.body
       WHERE s.body ->> 'endedAt' IS NULL`,
      [silence.id, silence.endedAt ?? silence.endsAt, jsonText(silence)],
    );
  }

  async devices(): Promise<readonly Device[]> {
    const rows = await this.#store.query('SELECT body FROM push_device ORDER BY id');
    return rows.map(({ body }) => body as Device);
  }

  /** A browser that subscribes again keeps its row. */
  async saveDevice(device: Device): Promise<void> {
    await this.#store.query(
      `INSERT INTO push_device (id, endpoint, body) VALUES ($1::text, $2::text, $3::text::jsonb)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
      [device.id, device.subscription.endpoint, jsonText(device)],
    );
  }

  async updateDevice({ id, lastOkAt, lastError }: PushDevice): Promise<void> {
    // The form of the error before goes with it: `||` would leave it beside a text that has none.
    await this.#store.query("UPDATE push_device SET body = body - 'said' || $2::text::jsonb WHERE id = $1::text", [
      id,
      jsonText({ lastOkAt, lastError }),
    ]);
  }

  async removeDevice(id: string): Promise<boolean> {
    const rows = await this.#store.query('DELETE FROM push_device WHERE id = $1::text RETURNING id', [id]);
    return rows.length > 0;
  }

  async prune(now: number): Promise<void> {
    const old = [now - KEEP_MS];
    await this.#store.query("DELETE FROM alert WHERE state = 'resolved' AND resolved_at < $1::bigint", old);
    await this.#store.query(
      'DELETE FROM alert_acknowledgement WHERE at < $1::bigint AND alert_id NOT IN (SELECT id FROM alert)',
      old,
    );
    await this.#store.query('DELETE FROM silence WHERE ends_at < $1::bigint', old);
    await this.#store.query("DELETE FROM outbox WHERE state <> 'waiting' AND done_at < $1::bigint", [
      now - KEEP_SENT_MS,
    ]);
  }

  /** One row where this process may write. The lock keeps another from taking the lease before all is done. */
  #fence(fence: number | null): Statement | undefined {
    if (this.#store.state().kind === 'embedded') return undefined;
    const sql = `SELECT 1 FROM lease WHERE name = '${LEASE}' AND fence = $1::bigint FOR SHARE`;
    return { sql, params: [fence] };
  }
}

const SAVE_ALERTS = `INSERT INTO alert (id, scope, state, resolved_at, body)
  SELECT id, scope, state, resolved_at, body
  FROM json_to_recordset($1::text::json) AS x(id text, scope text, state text, resolved_at bigint, body jsonb)
  WHERE true ON CONFLICT (id) DO UPDATE
  SET state = excluded.state, resolved_at = excluded.resolved_at, body = excluded.body`;
const SAVE_GROUPS = `INSERT INTO alert_group (scope, body)
  SELECT scope, nullif(body, 'null'::jsonb) FROM json_to_recordset($1::text::json) AS x(scope text, body jsonb)
  WHERE true ON CONFLICT (scope) DO UPDATE SET body = excluded.body`;
const SAVE_OUTGOING = `INSERT INTO outbox AS o (id, receiver, address, at, state, attempts, next_at, claimed_until, done_at, body)
  SELECT id, receiver, address, at, state, attempts, "nextAt", 0, "doneAt", message
  FROM json_to_recordset($1::text::json) AS x(id text, receiver text, address text, at bigint, state text,
    attempts integer, "nextAt" bigint, "doneAt" bigint, message jsonb)
  WHERE true ON CONFLICT (id) DO UPDATE
  SET state = excluded.state, attempts = excluded.attempts, done_at = excluded.done_at
  WHERE o.state = 'waiting' AND excluded.state <> 'waiting'`;

/** Class 22, data exception: the statement is good, a value in it is not. */
function isRefusal(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code?.startsWith('22') === true;
}
