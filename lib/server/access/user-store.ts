// Rows of users and sessions. SQL only: it decides nothing. Every method rejects with StoreAway while the store is away.
import type { Grant, UserEntry } from '../../contract/access';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';

/** Where the password is: here, with the OpenID provider, in the directory. */
export type AccountKind = 'local' | 'oidc' | 'ldap';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly passwordHash: string | null;
  /** Sealed; null: no second factor. One that begins with `draft:` does not count yet. */
  readonly totp: string | null;
  readonly totpUsed: number;
  /** How many. */
  readonly passkeys: number;
  readonly grants: readonly Grant[];
  readonly disabled: boolean;
  readonly invitationHash: string | null;
  readonly invitedUntil: number | null;
  readonly failures: number;
  readonly lockedUntil: number | null;
  readonly createdAt: number;
  readonly lastSeenAt: number | null;
}

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly method: AccountKind;
  readonly agent: string;
  readonly address: string | null;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
}

const COLUMNS = `id, name, kind, password_hash, totp, totp_used, grants, disabled, invitation_hash, invited_until, failures,
  locked_until, created_at, last_seen_at`;
export const PASSKEYS = '(SELECT count(*) FROM access_passkey p WHERE p.user_id = u.id) AS passkeys';
/** Of `access_user u`. */
const USER = `${COLUMNS.split(',')
  .map((column) => `u.${column.trim()}`)
  .join(', ')}, ${PASSKEYS}`;

interface UserRow extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly password_hash: string | null;
  readonly totp: string | null;
  readonly totp_used: number;
  readonly passkeys: number;
  readonly grants: readonly Grant[];
  readonly disabled: boolean;
  readonly invitation_hash: string | null;
  readonly invited_until: number | null;
  readonly failures: number;
  readonly locked_until: number | null;
  readonly created_at: number;
  readonly last_seen_at: number | null;
}

function userOf(row: UserRow): User {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    passwordHash: row.password_hash,
    totp: row.totp,
    totpUsed: row.totp_used,
    passkeys: row.passkeys,
    grants: row.grants,
    disabled: row.disabled,
    invitationHash: row.invitation_hash,
    invitedUntil: row.invited_until,
    failures: row.failures,
    lockedUntil: row.locked_until,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}

export class UserStore {
  readonly #store: Pick<Store, 'query'>;

  constructor(store: Pick<Store, 'query'>) {
    this.#store = store;
  }

  async count(): Promise<number> {
    const [row] = await this.#store.query<{ count: number }>('SELECT count(*) AS count FROM access_user');
    return row?.count ?? 0;
  }

  async byName(name: string): Promise<User | null> {
    return this.#one('lower(name) = lower($1::text)', name);
  }

  async byId(id: string): Promise<User | null> {
    return this.#one('id = $1::text', id);
  }

  async bySubject(subject: string): Promise<User | null> {
    return this.#one('subject = $1::text', subject);
  }

  async byInvitation(hash: string): Promise<User | null> {
    return this.#one('invitation_hash = $1::text', hash);
  }

  async all(): Promise<readonly User[]> {
    const rows = await this.#store.query<UserRow>(`SELECT ${USER} FROM access_user u ORDER BY lower(u.name)`);
    return rows.map(userOf);
  }

  /** Accounts of others' making, with what they are there. */
  async withSubject(kind: AccountKind): Promise<readonly { readonly user: User; readonly subject: string }[]> {
    const rows = await this.#store.query<UserRow & { readonly subject: string }>(
      `SELECT ${USER}, u.subject FROM access_user u WHERE u.kind = $1::text AND u.subject IS NOT NULL ORDER BY u.id`,
      [kind],
    );
    return rows.map((row) => ({ user: userOf(row), subject: row.subject }));
  }

  /** false: the name (or subject) is taken, or `first` was asked for and somebody is there already. */
  async insert(user: User, subject: string | null, first = false): Promise<boolean> {
    const rows = await this.#store.query(
      `INSERT INTO access_user (id, name, kind, subject, password_hash, grants, invitation_hash, invited_until, created_at)
       SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::text::jsonb, $7::text, $8::bigint, $9::bigint
       WHERE NOT $10::boolean OR NOT EXISTS (SELECT 1 FROM access_user)
       ON CONFLICT DO NOTHING RETURNING id`,
      [
        ...[user.id, user.name, user.kind, subject, user.passwordHash, jsonText(user.grants), user.invitationHash],
        ...[user.invitedUntil, user.createdAt, first],
      ],
    );
    return rows.length > 0;
  }

  async setGrants(id: string, grants: readonly Grant[]): Promise<void> {
    await this.#set(id, 'grants = $2::text::jsonb', jsonText(grants));
  }

  async setDisabled(id: string, disabled: boolean): Promise<void> {
    await this.#set(id, 'disabled = $2::boolean', disabled);
  }

  /** Ends an invitation, and what stood in the way of it. */
  async setPassword(id: string, hash: string): Promise<void> {
    const sql =
      'password_hash = $2::text, invitation_hash = NULL, invited_until = NULL, failures = 0, locked_until = NULL';
    await this.#set(id, sql, hash);
  }

  async invite(id: string, hash: string, until: number): Promise<void> {
    await this.#set(id, 'password_hash = NULL, invitation_hash = $2::text, invited_until = $3::bigint', hash, until);
  }

  async setTotp(id: string, sealed: string | null): Promise<void> {
    await this.#set(id, 'totp = $2::text, totp_used = 0', sealed);
  }

  /** The draft counts from now on. The code that confirmed it stays used. */
  async confirmTotp(id: string, sealed: string): Promise<void> {
    await this.#set(id, 'totp = $2::text', sealed);
  }

  /** false: this code, or a later one, was used before. */
  async takeTotp(id: string, counter: number): Promise<boolean> {
    const rows = await this.#store.query(
      'UPDATE access_user SET totp_used = $2::bigint WHERE id = $1::text AND totp_used < $2::bigint RETURNING id',
      [id, counter],
    );
    return rows.length > 0;
  }

  /**
   * Takes the next try: counted, and locked from `free` tries on, before it is looked whether it is right, so that many at once are
   * no more than one after the other. null: it is locked. Success gives it back by `unlock`.
   */
  async takeTry(
    id: string,
    { now, free, firstMs, longestMs }: { now: number; free: number; firstMs: number; longestMs: number },
  ): Promise<{ readonly failures: number; readonly lockedUntil: number | null } | null> {
    const [row] = await this.#store.query<{ failures: number; locked_until: number | null }>(
      `UPDATE access_user SET failures = failures + 1,
         locked_until = CASE WHEN failures + 1 >= $3::integer
           THEN $2::bigint + least($5::bigint, $4::bigint * (1 << least(10, failures + 1 - $3::integer))) END
       WHERE id = $1::text AND (locked_until IS NULL OR locked_until <= $2::bigint)
       RETURNING failures, locked_until`,
      [id, now, free, firstMs, longestMs],
    );
    return row === undefined ? null : { failures: row.failures, lockedUntil: row.locked_until };
  }

  /** The try was neither right nor wrong: it does not count, and says nothing of the ones before. */
  async giveBack(id: string): Promise<void> {
    const sql = 'UPDATE access_user SET failures = greatest(0, failures - 1), locked_until = NULL WHERE id = $1::text';
    await this.#store.query(sql, [id]);
  }

  async unlock(id: string): Promise<void> {
    await this.#store.query('UPDATE access_user SET failures = 0, locked_until = NULL WHERE id = $1::text', [id]);
  }

  // ---- sessions

  async begin(session: Session): Promise<void> {
    await this.#store.query(
      `INSERT INTO access_session (id, user_id, method, agent, address, created_at, seen_at, expires_at)
       VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint, $6::bigint, $7::bigint)`,
      [
        ...[session.id, session.userId, session.method, session.agent, session.address],
        ...[session.createdAt, session.expiresAt],
      ],
    );
  }

  /** null: there is no such session. */
  async session(id: string): Promise<{ readonly session: Session; readonly user: User } | null> {
    const [row] = await this.#store.query<UserRow & SessionRow>(
      `SELECT ${USER}, s.id AS session_id, s.user_id, s.method, s.agent, s.address,
         s.created_at AS began_at, s.seen_at, s.expires_at, s.ended_at
       FROM access_session s JOIN access_user u ON u.id = s.user_id WHERE s.id = $1::text`,
      [id],
    );
    return row === undefined ? null : { session: sessionOf(row), user: userOf(row) };
  }

  async sessionsOf(userId: string, now: number, idleMs: number): Promise<readonly Session[]> {
    const rows = await this.#store.query<SessionRow>(
      `SELECT id AS session_id, user_id, method, agent, address, created_at AS began_at, seen_at, expires_at, ended_at
       FROM access_session
       WHERE user_id = $1::text AND ended_at IS NULL AND expires_at > $2::bigint AND seen_at > $3::bigint
       ORDER BY seen_at DESC`,
      [userId, now, now - idleMs],
    );
    return rows.map(sessionOf);
  }

  async countSessions(now: number, idleMs: number): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#store.query<{ user_id: string; count: number }>(
      `SELECT user_id, count(*) AS count FROM access_session
       WHERE ended_at IS NULL AND expires_at > $1::bigint AND seen_at > $2::bigint GROUP BY user_id`,
      [now, now - idleMs],
    );
    return new Map(rows.map((row) => [row.user_id, row.count]));
  }

  async touch(id: string, userId: string, now: number): Promise<void> {
    await this.#store.query('UPDATE access_session SET seen_at = greatest(seen_at, $2::bigint) WHERE id = $1::text', [
      id,
      now,
    ]);
    await this.#store.query('UPDATE access_user SET last_seen_at = $2::bigint WHERE id = $1::text', [userId, now]);
  }

  /** `only` null: all of the user. */
  async end(userId: string, only: string | null, now: number): Promise<void> {
    await this.#store.query(
      `UPDATE access_session SET ended_at = $3::bigint
       WHERE user_id = $1::text AND ($2::text IS NULL OR id = $2::text) AND ended_at IS NULL`,
      [userId, only, now],
    );
  }

  /** Sessions and set-up links that ended long ago. */
  async forget(before: number): Promise<void> {
    await this.#store.query('DELETE FROM access_session WHERE expires_at < $1::bigint', [before]);
  }

  async #one(where: string, value: string): Promise<User | null> {
    const [row] = await this.#store.query<UserRow>(`SELECT ${USER} FROM access_user u WHERE ${where}`, [value]);
    return row === undefined ? null : userOf(row);
  }

  async #set(id: string, assignments: string, ...values: readonly unknown[]): Promise<void> {
    await this.#store.query(`UPDATE access_user SET ${assignments} WHERE id = $1::text`, [id, ...values]);
  }
}

interface SessionRow extends Record<string, unknown> {
  readonly session_id: string;
  readonly user_id: string;
  readonly method: AccountKind;
  readonly agent: string;
  readonly address: string | null;
  readonly began_at: number;
  readonly seen_at: number;
  readonly expires_at: number;
  readonly ended_at: number | null;
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.session_id,
    userId: row.user_id,
    method: row.method,
    agent: row.agent,
    address: row.address,
    createdAt: row.began_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
  };
}

/** One that was drafted and not confirmed is none yet. */
export function hasTotp({ totp }: { readonly totp: string | null }): boolean {
  return totp !== null && !totp.startsWith('draft:');
}

/** A code or a passkey. */
export function hasFactor(user: { readonly totp: string | null; readonly passkeys: number }): boolean {
  return hasTotp(user) || user.passkeys > 0;
}

export function entryOf(user: User, sessions: number, now: number): UserEntry {
  return {
    id: user.id,
    name: user.name,
    kind: user.kind,
    grants: user.grants,
    disabled: user.disabled,
    totp: hasFactor(user),
    invitedUntil: user.invitedUntil !== null && user.invitedUntil > now ? user.invitedUntil : null,
    createdAt: user.createdAt,
    lastSeenAt: user.lastSeenAt,
    lockedUntil: user.lockedUntil !== null && user.lockedUntil > now ? user.lockedUntil : null,
    sessions,
  };
}
