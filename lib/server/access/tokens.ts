// API tokens: `howdah_<id>_<secret>`. Only the hash of the secret is kept. A token may what it was given, within what its owner may
// now; an owner who is disabled takes the token along. Read again at most each few seconds, so that a revocation is noticed.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Grant, TokenDraft, TokenEntry } from '../../contract/access';
import { within } from '../../domain/access/access';
import { say } from '../../language/sentence';
import type { AuthSettings } from '../config/auth-file';
import { Refusal } from '../route';
import { StoreAway } from '../store/driver';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';
import { isOwing } from './caller';
import { type AccountKind, hasFactor, PASSKEYS } from './user-store';

export interface TokenUse {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly userId: string;
  readonly grants: readonly Grant[];
  /** A second factor is demanded of the owner, by the owner's roles and not by the token's, and none is set. */
  readonly owesFactor: boolean;
}

interface TokenRow extends Record<string, unknown> {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly hash: string;
  readonly grants: readonly Grant[];
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
  readonly last_used_at: number | null;
  readonly last_used_from: string | null;
  readonly owner: string;
  readonly owner_grants: readonly Grant[];
  readonly owner_disabled: boolean;
  readonly owner_kind: AccountKind;
  readonly owner_totp: string | null;
  readonly passkeys: number;
  readonly owner_seen_at: number | null;
}

const FORM = /^howdah_([0-9a-f]{16})_([\w-]{43})$/;
const COLUMNS = `t.id, t.user_id, t.name, t.hash, t.grants, t.created_at, t.expires_at, t.revoked_at, t.last_used_at,
  t.last_used_from, u.name AS owner, u.grants AS owner_grants, u.disabled AS owner_disabled,
  u.kind AS owner_kind, u.totp AS owner_totp, u.last_seen_at AS owner_seen_at, ${PASSKEYS}`;
const READ_AGAIN_MS = 3000;
const UNSEEN_MS = 30 * 86_400_000;
const NOTE_USE_MS = 60_000;
const REMEMBERED = 1000;
const OWN_MAX = 50;

export class Tokens {
  readonly #store: Pick<Store, 'query'>;
  readonly #now: () => number;
  readonly #settings: Pick<AuthSettings, 'graceMinutes' | 'secondFactor'>;
  readonly #cache = new Map<string, { row: TokenRow; readAt: number; checkedAt: number }>();
  readonly #noted = new Map<string, number>();

  constructor(
    store: Pick<Store, 'query'>,
    settings: Pick<AuthSettings, 'graceMinutes' | 'secondFactor'>,
    now: () => number,
  ) {
    this.#store = store;
    this.#settings = settings;
    this.#now = now;
  }

  /** null: none of ours, revoked, expired, or of somebody disabled. Rejects with StoreAway where it was never seen before. */
  async use(text: string, address: string | null): Promise<TokenUse | null> {
    const [, id = '', secret = ''] = FORM.exec(text) ?? [];
    if (id === '') return null;
    const row = await this.#row(id);
    if (row === null || !isSame(hashOf(secret), row.hash)) return null;
    const now = this.#now();
    if (row.revoked_at !== null || row.owner_disabled || row.expires_at <= now) return null;
    // Provider and directory are asked about a person at a sign-in: who has not come for so long may have lost the groups.
    if (row.owner_kind !== 'local' && now - (row.owner_seen_at ?? 0) > UNSEEN_MS) return null;
    this.#noteUse(id, address, now);
    const grants = within(row.grants, row.owner_grants);
    const owner = {
      external: row.owner_kind === 'oidc',
      hasFactor: hasFactor({ totp: row.owner_totp, passkeys: row.passkeys }),
      grants: row.owner_grants,
    };
    const owesFactor = isOwing(this.#settings.secondFactor.required, owner);
    return { id, name: row.name, owner: row.owner, userId: row.user_id, grants, owesFactor };
  }

  async create(owner: { readonly id: string }, draft: TokenDraft): Promise<{ entry: TokenEntry; secret: string }> {
    const now = this.#now();
    const own = (await this.list(owner.id)).filter((token) => token.revokedAt === null && token.expiresAt > now);
    if (own.length >= OWN_MAX) throw new Refusal('refused', say`you have ${OWN_MAX} tokens; revoke one first`);
    const id = randomBytes(8).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    await this.#store.query(
      `INSERT INTO access_token (id, user_id, name, hash, grants, created_at, expires_at)
       VALUES ($1::text, $2::text, $3::text, $4::text, $5::text::jsonb, $6::bigint, $7::bigint)`,
      [id, owner.id, draft.name, hashOf(secret), jsonText(draft.grants), now, now + draft.days * 86_400_000],
    );
    const row = await this.#read(id);
    if (row === null) throw new Error('the token is not there after it was made');
    return { entry: entryOf(row), secret: `howdah_${id}_${secret}` };
  }

  /** `userId` null: of everybody. Newest first. */
  async list(userId: string | null): Promise<readonly TokenEntry[]> {
    const rows = await this.#store.query<TokenRow>(
      `SELECT ${COLUMNS} FROM access_token t JOIN access_user u ON u.id = t.user_id
       WHERE $1::text IS NULL OR t.user_id = $1::text ORDER BY t.created_at DESC LIMIT 500`,
      [userId],
    );
    return rows.map(entryOf);
  }

  /** null: there is no such token (of this user). */
  async revoke(id: string, userId: string | null): Promise<TokenEntry | null> {
    const rows = await this.#store.query(
      `UPDATE access_token SET revoked_at = coalesce(revoked_at, $3::bigint)
       WHERE id = $1::text AND ($2::text IS NULL OR user_id = $2::text) RETURNING id`,
      [id, userId, this.#now()],
    );
    this.#cache.delete(id);
    const row = rows.length === 0 ? null : await this.#read(id);
    return row === null ? null : entryOf(row);
  }

  forget(userId: string): void {
    for (const [id, { row }] of this.#cache) if (row.user_id === userId) this.#cache.delete(id);
  }

  async #row(id: string): Promise<TokenRow | null> {
    const now = this.#now();
    const graceMs = this.#settings.graceMinutes * 60_000;
    const cached = this.#cache.get(id);
    if (cached !== undefined && Math.abs(now - cached.readAt) < READ_AGAIN_MS)
      return Math.abs(now - cached.checkedAt) < graceMs + READ_AGAIN_MS ? cached.row : null;
    try {
      return await this.#read(id);
    } catch (error) {
      if (!(error instanceof StoreAway) || cached === undefined) throw error;
      cached.readAt = now;
      return Math.abs(now - cached.checkedAt) < graceMs ? cached.row : null;
    }
  }

  async #read(id: string): Promise<TokenRow | null> {
    const [row] = await this.#store.query<TokenRow>(
      `SELECT ${COLUMNS} FROM access_token t JOIN access_user u ON u.id = t.user_id WHERE t.id = $1::text`,
      [id],
    );
    this.#cache.delete(id);
    if (row === undefined) return null;
    const now = this.#now();
    this.#cache.set(id, { row, readAt: now, checkedAt: now });
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > REMEMBERED && oldest !== undefined) this.#cache.delete(oldest);
    return row;
  }

  #noteUse(id: string, address: string | null, now: number): void {
    if (now - (this.#noted.get(id) ?? 0) < NOTE_USE_MS) return;
    if (this.#noted.size > REMEMBERED) this.#noted.clear();
    this.#noted.set(id, now);
    void this.#store
      .query('UPDATE access_token SET last_used_at = $2::bigint, last_used_from = $3::text WHERE id = $1::text', [
        id,
        now,
        address,
      ])
      .catch(() => this.#noted.delete(id));
  }
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function entryOf(row: TokenRow): TokenEntry {
  return {
    id: row.id,
    name: row.name,
    owner: row.owner,
    grants: row.grants,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    lastUsedFrom: row.last_used_from,
  };
}
