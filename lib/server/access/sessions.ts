// Sessions: a signed and encrypted cookie names one, the store's row decides whether it still counts. Read again at most each few
// seconds, so that an end elsewhere is noticed; while the store is away what was known counts for the time of grace.
import { randomUUID } from 'node:crypto';
import type { CallerKind, Grant } from '../../contract/access';
import type { AuthSettings } from '../config/auth-file';
import { StoreAway } from '../store/driver';
import type { EndedGlass } from './ended-glass';
import { hasTotp, type Session, type User, type UserStore } from './user-store';

/** What the cookie holds. It is encrypted; nobody but Howdah reads it. */
export interface SessionClaims {
  readonly sid: string;
  readonly uid: string;
  readonly name: string;
  readonly kind: Extract<CallerKind, 'user' | 'break_glass'>;
  readonly external: boolean;
  /** The password is the directory's. */
  readonly directory: boolean;
  /** Second factors that were set. */
  readonly totp: boolean;
  readonly passkeys: number;
  readonly grants: readonly Grant[];
  /** When the store last said so. */
  readonly checkedAt: number;
  readonly expiresAt: number;
}

export interface Known {
  readonly claims: SessionClaims;
  readonly idleAt: number | null;
  /** null: the rights are those of now. */
  readonly unverifiedSince: number | null;
}

interface Cached {
  claims: SessionClaims;
  seenAt: number;
  ended: boolean;
  readAt: number;
  touchedAt: number;
}

const READ_AGAIN_MS = 3000;
const TOUCH_MS = 30_000;
const REMEMBERED = 5000;
const BREAK_GLASS_MS = 3_600_000;

export class Sessions {
  readonly #users: UserStore;
  readonly #settings: AuthSettings;
  readonly #glass: EndedGlass;
  readonly #now: () => number;
  readonly #cache = new Map<string, Cached>();
  readonly #reading = new Map<string, Promise<void>>();
  /** Ended here, until they would have ended by themselves: what the store may not know yet. */
  readonly #ended = new Map<string, number>();
  /** Of users, `only` null: all; told to the store when it is back. */
  readonly #owed = new Map<string, { readonly uid: string; readonly only: string | null; readonly at: number }>();

  constructor(users: UserStore, settings: AuthSettings, glass: EndedGlass, now: () => number) {
    this.#users = users;
    this.#glass = glass;
    this.#settings = settings;
    this.#now = now;
  }

  /** Rejects with StoreAway. */
  async begin(user: User, about: { readonly agent: string; readonly address: string | null }): Promise<SessionClaims> {
    const now = this.#now();
    const session: Session = {
      id: randomUUID(),
      userId: user.id,
      method: user.kind,
      agent: about.agent,
      address: about.address,
      createdAt: now,
      seenAt: now,
      expiresAt: now + this.#settings.sessionHours * 3_600_000,
      endedAt: null,
    };
    await this.#users.begin(session);
    await this.#users.touch(session.id, user.id, now).catch(() => undefined);
    this.#keep(session, user, now);
    return claimsOf(session, user, now);
  }

  /** No row stands for it: it lives by its cookie alone, for an hour. */
  beginBreakGlass(name: string, grants: readonly Grant[]): SessionClaims {
    const now = this.#now();
    const sid = `break-glass-${randomUUID()}`;
    this.#glass.begun(sid);
    const expiresAt = now + BREAK_GLASS_MS;
    return {
      sid,
      uid: '',
      name,
      kind: 'break_glass',
      external: false,
      directory: false,
      totp: false,
      passkeys: 0,
      grants,
      checkedAt: now,
      expiresAt,
    };
  }

  /** null: it does not count (any longer). `active`: a person did something. */
  async known(claims: SessionClaims, active: boolean): Promise<Known | null> {
    const now = this.#now();
    if (claims.expiresAt <= now || this.#ended.has(claims.sid)) return null;
    if (claims.kind === 'break_glass' && this.#glass.has(claims.sid)) return null;
    if (claims.kind === 'break_glass') return { claims, idleAt: null, unverifiedSince: null };
    const cached = this.#cache.get(claims.sid);
    if (cached === undefined || Math.abs(now - cached.readAt) > READ_AGAIN_MS) await this.#read(claims);
    const entry = this.#cache.get(claims.sid);
    if (entry === undefined || entry.ended || entry.claims.expiresAt <= now) return null;
    const idleMs = this.#settings.idleMinutes * 60_000;
    // A clock that was set back makes nothing newer than it is.
    const uncheckedMs = Math.abs(now - entry.claims.checkedAt);
    const unverified = uncheckedMs > READ_AGAIN_MS * 2;
    if (unverified && uncheckedMs > this.#settings.graceMinutes * 60_000) return null;
    // While the store is away nobody could be seen elsewhere: then the time of grace counts alone.
    if (!unverified && now - entry.seenAt > idleMs) return null;
    if (active) this.#touch(entry, now);
    return {
      claims: entry.claims,
      idleAt: entry.seenAt + idleMs,
      unverifiedSince: unverified ? entry.claims.checkedAt : null,
    };
  }

  /** Its next request is refused here at once, elsewhere within seconds. `only` null: all of the user. */
  async end(uid: string, only: string | null): Promise<void> {
    const now = this.#now();
    for (const entry of this.#cache.values())
      if (entry.claims.uid === uid && (only === null || entry.claims.sid === only)) {
        entry.ended = true;
        this.#note(entry.claims.sid, entry.claims.expiresAt);
      }
    try {
      await this.#users.end(uid, only, now);
    } catch (error) {
      this.#owed.set(`${uid} ${only ?? ''}`, { uid, only, at: now });
      throw error;
    }
  }

  /** A session of the break-glass account has no row: a file remembers its end. */
  endBreakGlass(sid: string): void {
    this.#glass.add(sid, this.#now() + BREAK_GLASS_MS);
  }

  /** Tells the store what it could not be told. */
  async settle(): Promise<void> {
    for (const [key, { uid, only, at }] of [...this.#owed]) {
      await this.#users.end(uid, only, at);
      this.#owed.delete(key);
    }
  }

  #note(sid: string, until: number): void {
    const now = this.#now();
    this.#ended.set(sid, until);
    if (this.#ended.size > REMEMBERED) for (const [id, end] of this.#ended) if (end <= now) this.#ended.delete(id);
  }

  /** Rights, name or account changed: asked for again at once. */
  forget(uid: string): void {
    for (const entry of this.#cache.values()) if (entry.claims.uid === uid) entry.readAt = 0;
  }

  #read(claims: SessionClaims): Promise<void> {
    const running = this.#reading.get(claims.sid);
    if (running !== undefined) return running;
    const reading = this.#readOnce(claims).finally(() => this.#reading.delete(claims.sid));
    this.#reading.set(claims.sid, reading);
    return reading;
  }

  async #readOnce(claims: SessionClaims): Promise<void> {
    const now = this.#now();
    try {
      const found = await this.#users.session(claims.sid);
      if (found === null || found.user.disabled || found.session.endedAt !== null) {
        this.#cache.delete(claims.sid);
        this.#note(claims.sid, claims.expiresAt);
        return;
      }
      this.#keep(found.session, found.user, now);
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      const cached = this.#cache.get(claims.sid);
      if (cached !== undefined) cached.readAt = now;
      else this.#put(claims.sid, { claims, seenAt: now, ended: false, readAt: now, touchedAt: now });
    }
  }

  #keep(session: Session, user: User, now: number): void {
    const before = this.#cache.get(session.id);
    this.#put(session.id, {
      claims: claimsOf(session, user, now),
      seenAt: Math.max(session.seenAt, before?.seenAt ?? 0),
      ended: before?.ended ?? false,
      readAt: now,
      touchedAt: before?.touchedAt ?? session.seenAt,
    });
  }

  #put(sid: string, entry: Cached): void {
    this.#cache.delete(sid);
    this.#cache.set(sid, entry);
    if (this.#cache.size <= REMEMBERED) return;
    const [oldest] = this.#cache.keys();
    if (oldest !== undefined) this.#cache.delete(oldest);
  }

  #touch(entry: Cached, now: number): void {
    entry.seenAt = now;
    if (now - entry.touchedAt < TOUCH_MS) return;
    entry.touchedAt = now;
    void this.#users.touch(entry.claims.sid, entry.claims.uid, now).catch(() => undefined);
  }
}

function claimsOf(session: Session, user: User, now: number): SessionClaims {
  return {
    sid: session.id,
    uid: user.id,
    name: user.name,
    kind: 'user',
    external: user.kind === 'oidc',
    directory: user.kind === 'ldap',
    totp: hasTotp(user),
    passkeys: user.passkeys,
    grants: user.grants,
    checkedAt: now,
    expiresAt: session.expiresAt,
  };
}
