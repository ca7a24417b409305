// Passkeys (WebAuthn): kept keys, and questions that are signed once by one of them. All are discoverable and verify their user, so that one
// alone is as much as a password and a code. A question is bound to the session that asked, or to the browser before the door.
import { createHash, randomBytes } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { PasskeyEntry } from '../../contract/access';
import { field, parseObject, text } from '../../domain/wire/loose';
import { isLoopback } from '../config/address';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';

export type CreationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;
export type RequestOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;

const ASKED_MS = 2 * 60_000;
/** Questions that are out; who asks more often is held up before (limits.ts). */
const ASKED_MAX = 5000;
export const PASSKEYS_MAX = 20;
const RESPONSE_MAX = 16 * 1024;
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;
type Transport = (typeof TRANSPORTS)[number];

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly public_key: string;
  readonly counter: number;
  readonly transports: unknown;
  readonly created_at: number;
  readonly last_used_at: number | null;
}

/** Who asked: a session of the account page, or a browser at the door, by what only it has. */
export type Bound = `session:${string}` | `door:${string}`;

/** 22 MiB: loaded by whoever uses a passkey first. */
const webauthn = () => import('@simplewebauthn/server');

export class Passkeys {
  readonly #store: Pick<Store, 'query'>;
  readonly #now: () => number;
  readonly #origin: string;
  /** null: browsers keep none for this address. */
  readonly rpId: string | null;

  constructor(store: Pick<Store, 'query'>, publicUrl: string, now: () => number) {
    this.#store = store;
    this.#now = now;
    const { origin, hostname, protocol } = new URL(publicUrl);
    this.#origin = origin;
    // An address is no domain; without TLS only this machine's own name is safe enough for a browser.
    const isName = !isLoopback(hostname.replace(/^\[|\]$/g, '')) || hostname === 'localhost';
    const isDomain = isName && !/^[\d.]+$|:|\[/.test(hostname);
    this.rpId = isDomain && (protocol === 'https:' || hostname === 'localhost') ? hostname : null;
  }

  async list(userId: string): Promise<readonly PasskeyEntry[]> {
    const rows = await this.#rowsOf(userId);
    return rows.map(({ id, name, created_at, last_used_at }) => {
      return { id, name, createdAt: created_at, lastUsedAt: last_used_at };
    });
  }

  #rowsOf(userId: string): Promise<readonly Row[]> {
    return this.#store.query<Row>('SELECT * FROM access_passkey WHERE user_id = $1::text ORDER BY created_at, id', [
      userId,
    ]);
  }

  /** For `navigator.credentials.create`. */
  async creation(user: { readonly id: string; readonly name: string }, bound: Bound): Promise<CreationOptions> {
    const challenge = await this.#ask(bound);
    const known = await this.#rowsOf(user.id);
    const { generateRegistrationOptions } = await webauthn();
    return generateRegistrationOptions({
      rpName: 'Howdah',
      rpID: this.rpId ?? '',
      userName: user.name,
      // As long as the account: the same for each of its keys, and no name in it.
      userID: new Uint8Array(createHash('sha256').update(`howdah ${user.id}`).digest()),
      challenge: new Uint8Array(challenge),
      timeout: ASKED_MS,
      attestationType: 'none',
      excludeCredentials: known.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /** For `navigator.credentials.get`. `userId` null: whatever passkey of this Howdah. */
  async request(bound: Bound, userId: string | null): Promise<RequestOptions> {
    const challenge = await this.#ask(bound);
    const own = userId === null ? [] : await this.#rowsOf(userId);
    const { generateAuthenticationOptions } = await webauthn();
    return generateAuthenticationOptions({
      rpID: this.rpId ?? '',
      challenge: new Uint8Array(challenge),
      timeout: ASKED_MS,
      userVerification: 'required',
      ...(userId === null
        ? {}
        : { allowCredentials: own.map(({ id, transports }) => ({ id, transports: transportsOf(transports) })) }),
    });
  }

  /** What is to be kept; null: it was not made for this question, this origin, or without its user. */
  async verifyNew(response: unknown, bound: Bound): Promise<Omit<Row, 'user_id' | 'name'> | null> {
    const found = await this.#expected(response, bound);
    if (found === null) return null;
    const { verifyRegistrationResponse } = await webauthn();
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      ...found,
      requireUserVerification: true,
    }).catch(() => ({ verified: false as const, registrationInfo: undefined }));
    if (!verified || registrationInfo === undefined) return null;
    const { id, publicKey, counter, transports } = registrationInfo.credential;
    const key = Buffer.from(publicKey).toString('base64url');
    const times = { created_at: this.#now(), last_used_at: null };
    return { id, public_key: key, counter, transports: transportsOf(transports), ...times };
  }

  /** false: it is known already, or there are too many. */
  async insert(userId: string, name: string, row: Omit<Row, 'user_id' | 'name'>): Promise<boolean> {
    const rows = await this.#store.query(
      `INSERT INTO access_passkey (id, user_id, name, public_key, counter, transports, created_at)
       SELECT $1::text, $2::text, $3::text, $4::text, $5::bigint, $6::text::jsonb, $7::bigint
       WHERE (SELECT count(*) FROM access_passkey WHERE user_id = $2::text) < $8::integer
       ON CONFLICT DO NOTHING RETURNING id`,
      [...[row.id, userId, name, row.public_key, row.counter, jsonText(row.transports), row.created_at], PASSKEYS_MAX],
    );
    return rows.length > 0;
  }

  /** The account whose key signed this question; null: none did. Its counter has moved on with it. */
  async verify(response: unknown, bound: Bound): Promise<{ readonly userId: string; readonly id: string } | null> {
    const found = await this.#expected(response, bound);
    const id = text(field(response, 'id'));
    if (found === null || id === null) return null;
    const [row] = await this.#store.query<Row>('SELECT * FROM access_passkey WHERE id = $1::text', [id]);
    if (row === undefined) return null;
    const { verifyAuthenticationResponse } = await webauthn();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      ...found,
      requireUserVerification: true,
      credential: {
        id: row.id,
        publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
        counter: row.counter,
        transports: transportsOf(row.transports),
      },
    }).catch(() => ({ verified: false as const, authenticationInfo: undefined }));
    if (!verified || authenticationInfo === undefined) return null;
    // Once for each count: two at the same moment are a copy of the key. Those that count nothing stay at 0.
    const moved = await this.#store.query(
      `UPDATE access_passkey SET counter = $3::bigint, last_used_at = $4::bigint
       WHERE id = $1::text AND counter = $2::bigint RETURNING id`,
      [row.id, row.counter, authenticationInfo.newCounter, this.#now()],
    );
    return moved.length === 0 ? null : { userId: row.user_id, id: row.id };
  }

  /** `id` null: all of the account. */
  async remove(userId: string, id: string | null): Promise<readonly string[]> {
    const rows = await this.#store.query<{ name: string }>(
      'DELETE FROM access_passkey WHERE user_id = $1::text AND ($2::text IS NULL OR id = $2::text) RETURNING name',
      [userId, id],
    );
    return rows.map(({ name }) => name);
  }

  async #ask(bound: Bound): Promise<Buffer> {
    const now = this.#now();
    const challenge = randomBytes(32);
    await this.#store.query('DELETE FROM access_challenge WHERE expires_at <= $1::bigint', [now]);
    await this.#store.query(
      `INSERT INTO access_challenge (hash, bound, expires_at) SELECT $1::text, $2::text, $3::bigint
       WHERE (SELECT count(*) FROM access_challenge) < $4::integer`,
      [hashOf(challenge.toString('base64url')), hashOf(bound), now + ASKED_MS, ASKED_MAX],
    );
    return challenge;
  }

  /** Takes the question that the response says it answers: it is gone by this, whatever the response is worth. */
  async #expected(response: unknown, bound: Bound) {
    const data = text(field(field(response, 'response'), 'clientDataJSON'));
    if (this.rpId === null || data === null || data.length > RESPONSE_MAX) return null;
    const challenge = text(field(parseObject(Buffer.from(data, 'base64url').toString()), 'challenge'));
    if (challenge === null) return null;
    const taken = await this.#store.query(
      'DELETE FROM access_challenge WHERE hash = $1::text AND bound = $2::text AND expires_at > $3::bigint RETURNING hash',
      [hashOf(challenge), hashOf(bound), this.#now()],
    );
    if (taken.length === 0) return null;
    return { expectedChallenge: challenge, expectedOrigin: this.#origin, expectedRPID: this.rpId };
  }
}

function transportsOf(value: unknown): Transport[] {
  return Array.isArray(value) ? TRANSPORTS.filter((one) => value.includes(one)) : [];
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
