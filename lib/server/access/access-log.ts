// What happened at the door: sign-ins, rights, tokens, walls, the second person. It stands in the same journal as the actions, on
// the disk and chained, and is read from the store's copy of it. Holds no secret.

import { randomUUID } from 'node:crypto';
import {
  ACCESS_EVENTS,
  type AccessEvent,
  type AccessEventKind,
  type AccessLogAnswer,
  NOTICES_MAX,
} from '../../contract/access';
import { field, isObject, type JsonObject, text } from '../../domain/wire/loose';
import { revive } from '../../language/carry';
import { isSentence, say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import type { Journal } from '../audit/journal';
import { log } from '../log';
import { Refusal } from '../route';
import type { Store } from '../store/store';

export interface AccessNote {
  readonly actor: string;
  readonly address?: string | null;
  readonly text: Text;
  readonly scope?: string | null;
  /** Id of the account whose sign-in or rights it changes: its owner is told at the next sign-in. */
  readonly about?: string;
  /** Of a change of a DCS: what a restart needs to follow it on. */
  readonly change?: JsonObject;
}

export interface OpenChange {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly address: string | null;
  readonly change: JsonObject;
}

const NAME_MAX = 100;
/** What people are told by alerts. */
const GLASS: readonly AccessEventKind[] = ['break_glass_sign_in', 'break_glass_action', 'guesses', 'refusals'];
const GLASS_MS = 15 * 60_000;
const READ_EACH_MS = 10_000;

const NOTICE_MS = 30 * 86_400_000;
const NOTICES_EACH_MS = 10 * 60_000;
const REMEMBERED = 1000;

/** Entries of the journal that are looked through, at the start and while the store is away. */
const TAIL = 600;

export class AccessLog {
  readonly #journal: Journal;
  readonly #store: Pick<Store, 'query'>;
  #glass: readonly AccessEvent[] = [];
  #glassReadAt = 0;
  /** Of sessions, newest last. */
  readonly #told = new Map<string, { readonly events: readonly AccessEvent[]; readonly readAt: number }>();

  constructor(journal: Journal, store: Pick<Store, 'query'>) {
    this.#journal = journal;
    this.#store = store;
  }

  /** Resolves when it is on the disk. Rejects with a Refusal where the journal cannot be written: then nothing may be changed. */
  async write(
    kind: AccessEventKind,
    { actor, address = null, text: words, scope = null, about, change }: AccessNote,
  ): Promise<void> {
    const id = randomUUID();
    const to = about === undefined ? {} : { about };
    const body = {
      event: { kind, actor: actor.slice(0, NAME_MAX), address, text: words, ...to },
      ...(change === undefined ? {} : { change }),
    };
    const entry = await this.#journal.append('access', id, scope ?? '', body).catch((error: unknown) => {
      const why = saidBy(error);
      throw new Refusal('not_ready', say`nothing was changed: ${why}`);
    });
    const event = eventOf(entry.actionId, entry.at, entry.scope, entry.body);
    log.info({ kind, actor, address, scope }, 'access');
    if (event !== null && GLASS.includes(kind)) this.#glass = [...this.#glass, event];
  }

  /** The same where the journal's trouble must not stand in the way: who signs in to repair it has to get in. */
  async note(kind: AccessEventKind, note: AccessNote): Promise<void> {
    await this.write(kind, note).catch((error: unknown) =>
      log.error({ err: error, kind, actor: note.actor }, 'what happened at the door could not be recorded'),
    );
  }

  /** Glass that was broken, and many guesses or refusals, in the last 15 min, here or in another process of the store. */
  glass(now: number): readonly AccessEvent[] {
    this.#glass = this.#glass.filter(({ at }) => now - at < GLASS_MS);
    if (Math.abs(now - this.#glassReadAt) > READ_EACH_MS) {
      this.#glassReadAt = now;
      void this.#readGlass(now).catch(() => undefined);
    }
    return this.#glass;
  }

  async #readGlass(now: number): Promise<void> {
    const rows = await this.#store.query<{ action_id: string; at: number; scope: string; body: JsonObject }>(
      `SELECT action_id, at, scope, body FROM audit_entry
       WHERE kind = 'access' AND at > $1::bigint AND body->'event'->>'kind' IN ('${GLASS.join("', '")}')`,
      [Math.round(now - GLASS_MS)],
    );
    const known = new Set(this.#glass.map(({ id }) => id));
    const found = rows.flatMap((row) => eventOf(row.action_id, row.at, row.scope, row.body) ?? []);
    this.#glass = [...this.#glass, ...found.filter(({ id }) => !known.has(id))];
  }

  /**
   * What became of the account between the sign-in before and that of this session. Whoever comes for the first time has just set it up
   * and is not told so. Rejects with StoreAway.
   */
  async toldAt(sid: string, now: number): Promise<readonly AccessEvent[]> {
    const before = this.#told.get(sid);
    if (before !== undefined && now - before.readAt < NOTICES_EACH_MS) return before.events;
    const rows = await this.#store.query<{ action_id: string; at: number; scope: string; body: JsonObject }>(
      `WITH own AS (SELECT user_id, created_at, (SELECT max(s.created_at) FROM access_session s
           WHERE s.user_id = o.user_id AND s.created_at < o.created_at) AS before
         FROM access_session o WHERE id = $1::text)
       SELECT e.action_id, e.at, e.scope, e.body FROM audit_entry e, own
       WHERE e.kind = 'access' AND e.at > $2::bigint AND e.at <= own.created_at
         AND e.body->'event'->>'about' = own.user_id
         AND e.at > coalesce(own.before, 0)
         AND (own.before IS NOT NULL OR e.body->'event'->>'kind' <> 'setup')
       ORDER BY e.at DESC LIMIT ${NOTICES_MAX}`,
      [sid, Math.round(now - NOTICE_MS)],
    );
    const events = rows.flatMap((row) => eventOf(row.action_id, row.at, row.scope, row.body) ?? []);
    this.#told.delete(sid);
    this.#told.set(sid, { events, readAt: now });
    const [oldest] = this.#told.keys();
    if (this.#told.size > REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
    return events;
  }

  /** Changes of a DCS that the end of the journal has the beginning of and no end, oldest first. */
  async openChanges(): Promise<readonly OpenChange[]> {
    const open = new Map<string, OpenChange>();
    for await (const { kind, at, actionId, scope, body } of this.#journal.read(this.#fromTail())) {
      const event = kind === 'access' ? eventOf(actionId, at, scope, body) : null;
      const change = field(body, 'change');
      const id = text(field(change, 'id'));
      if (event === null || id === null || !isObject(change)) continue;
      if (event.kind === 'dcs_begun') open.set(id, { id, at, actor: event.actor, address: event.address, change });
      else if (event.kind === 'dcs_ended') open.delete(id);
    }
    return [...open.values()];
  }

  #fromTail(): number {
    return Math.max(1, this.#journal.entries() - TAIL);
  }

  /** Newest first; from the journal's end while the store is away. */
  async list(limit: number, before: string | null): Promise<AccessLogAnswer> {
    const from = before === null ? null : parseCursor(before);
    try {
      const rows = await this.#store.query<{
        action_id: string;
        at: number;
        scope: string;
        body: JsonObject;
        journal: string;
        seq: number;
      }>(
        `SELECT action_id, at, scope, body, journal, seq FROM audit_entry
         WHERE kind IN ('access', 'record') AND ($1::bigint IS NULL OR (at, journal, seq) < ($1::bigint, $2::text, $3::bigint))
         ORDER BY at DESC, journal DESC, seq DESC LIMIT $4::integer`,
        [from?.at ?? null, from?.journal ?? null, from?.seq ?? null, limit + 1],
      );
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        events: shown.flatMap((row) => eventOf(row.action_id, row.at, row.scope, row.body) ?? []),
        next: rows.length > limit && last !== undefined ? formatCursor(last) : null,
      };
    } catch {
      const events: AccessEvent[] = [];
      for await (const entry of this.#journal.read(this.#fromTail())) {
        const isEvent = entry.kind === 'access' || entry.kind === 'record';
        const event = isEvent ? eventOf(entry.actionId, entry.at, entry.scope, entry.body) : null;
        if (event !== null) events.push(event);
      }
      return { events: events.reverse().slice(0, limit), next: null };
    }
  }
}

function eventOf(id: string, at: number, scope: string, body: JsonObject): AccessEvent | null {
  const { event } = revive(body);
  if (!isObject(event)) return null;
  const kind = ACCESS_EVENTS.find((known) => known === event.kind);
  const { actor, address, text: words }: { readonly [name: string]: unknown } = event;
  if (kind === undefined || typeof actor !== 'string' || !(typeof words === 'string' || isSentence(words))) return null;
  return {
    id,
    at,
    kind,
    actor,
    address: typeof address === 'string' ? address : null,
    text: words,
    scope: scope === '' ? null : scope,
  };
}

function formatCursor({ at, journal, seq }: { at: number; journal: string; seq: number }): string {
  return Buffer.from(`${at}:${seq}:${journal}`).toString('base64url');
}

function parseCursor(cursor: string): { at: string; seq: string; journal: string } | null {
  const [, at, seq, journal] =
    /^(\d{1,15}):(\d{1,15}):([\w-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  return at === undefined || seq === undefined || journal === undefined ? null : { at, seq, journal };
}
