// What people wrote about moments. Kept in the store alone: while it is away a note is refused, with that reason, and stays with
// whoever wrote it.

import { randomUUID } from 'node:crypto';
import type { Note } from '../../contract/history';
import { say } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { Refusal } from '../route';
import { type Row, StoreAway } from '../store/driver';
import type { Store } from '../store/store';

const WINDOW_MAX = 1000;

export class Notes {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** In the order of their moments. */
  async list(scope: string, from: number, to: number): Promise<Note[]> {
    const rows = await this.#store.query(
      `SELECT id, scope, at, body, actor, written_at, withdrawn_at FROM note
       WHERE scope = $1::text AND at >= $2::bigint AND at <= $3::bigint ORDER BY at, written_at LIMIT ${WINDOW_MAX}`,
      [scope, Math.floor(from), Math.ceil(to)],
    );
    return rows.map(noteOf);
  }

  async add(scope: string, at: number, words: string, actor: string): Promise<Note> {
    // PostgreSQL's text holds neither the character zero nor half a surrogate pair.
    const text = words.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\ufffd');
    const note = {
      id: randomUUID(),
      scope,
      at: Math.round(at),
      text,
      actor,
      writtenAt: this.#now(),
      withdrawnAt: null,
    };
    await this.#ask(
      `INSERT INTO note (id, scope, at, body, actor, written_at)
       VALUES ($1::text, $2::text, $3::bigint, $4::text, $5::text, $6::bigint)`,
      [note.id, scope, note.at, text, actor, note.writtenAt],
    );
    return note;
  }

  async withdraw(scope: string, id: string): Promise<Note> {
    const [row] = await this.#ask(
      `UPDATE note SET withdrawn_at = coalesce(withdrawn_at, $3::bigint) WHERE scope = $1::text AND id = $2::text
       RETURNING id, scope, at, body, actor, written_at, withdrawn_at`,
      [scope, id, this.#now()],
    );
    if (row === undefined) throw new Refusal('not_found', say`there is no such note on this cluster`);
    return noteOf(row);
  }

  async #ask(sql: string, params: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.#store.query(sql, params);
    } catch (error) {
      if (error instanceof StoreAway) throw new Refusal('not_ready', say`the note was not kept: ${saidBy(error)}`);
      throw error;
    }
  }
}

function noteOf(row: Row): Note {
  return {
    id: String(row.id),
    scope: String(row.scope),
    at: Number(row.at),
    text: String(row.body),
    actor: String(row.actor),
    writtenAt: Number(row.written_at),
    withdrawnAt: row.withdrawn_at === null ? null : Number(row.withdrawn_at),
  };
}
