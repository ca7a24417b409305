// Keys of this installation, derived from one secret: HOWDAH_SECRET, else a file in the data folder that the first start makes.
// An older secret (HOWDAH_SECRET_OLD) still opens what it closed, so that a secret can be changed without losing anything.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SpokenError } from '../../language/spoken-error';
import { buildSecret, type Secret } from '../config/secret';
import { damaged, readDataFile } from '../data-file';

/** What a key is for: one key never serves two ends. */
export type KeyPurpose = 'session' | 'wall' | 'vault' | 'approval';

const BYTES = 32;
const FILE = 'secret';
const NOT_TEXT = /[\p{Cc}\uFFFD]/u;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export class Keys {
  /** The current one first. */
  readonly #secrets: readonly Secret[];

  constructor(secrets: readonly Secret[]) {
    if (secrets.length === 0) throw new Error('no secret to derive keys from');
    this.#secrets = secrets;
  }

  /** The current key of a purpose, hex: for a library that wants a text. */
  text(purpose: KeyPurpose): string {
    return this.#key(purpose, 0).toString('hex');
  }

  /** 24 characters of base64url: of the text, for this purpose. */
  sign(purpose: KeyPurpose, text: string): string {
    return this.#mac(purpose, text, 0);
  }

  /** By the current secret or an older one. In constant time. */
  isSigned(purpose: KeyPurpose, text: string, signature: string): boolean {
    return this.#secrets.some((_, index) => {
      const expected = Buffer.from(this.#mac(purpose, text, index));
      const given = Buffer.from(signature);
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
  }

  /** AES-256-GCM, bound to `about` (the row's id): a value moved to another row does not open. */
  seal(text: string, about: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key('vault', 0), iv);
    cipher.setAAD(Buffer.from(about));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return `v1.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  /** null: sealed by a secret that is not known any longer, or damaged, or of another row. */
  unseal(sealed: string, about: string): { readonly text: string; readonly isCurrent: boolean } | null {
    if (!sealed.startsWith('v1.')) return null;
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    if (bytes.length < IV_BYTES + TAG_BYTES) return null;
    for (let index = 0; index < this.#secrets.length; index += 1) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', this.#key('vault', index), bytes.subarray(0, IV_BYTES));
        decipher.setAAD(Buffer.from(about));
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
        return { text: text.toString('utf8'), isCurrent: index === 0 };
      } catch {
        // Not by this one.
      }
    }
    return null;
  }

  #mac(purpose: KeyPurpose, text: string, index: number): string {
    return createHmac('sha256', this.#key(purpose, index)).update(text).digest('base64url').slice(0, 24);
  }

  #key(purpose: KeyPurpose, index: number): Buffer {
    const secret = this.#secrets[index];
    if (secret === undefined) throw new Error('no such secret');
    return Buffer.from(hkdfSync('sha256', secret.reveal(), 'howdah', purpose, BYTES));
  }
}

/** `configured`: HOWDAH_SECRET and HOWDAH_SECRET_OLD. Without the first, the data folder's own; the caller holds its lock. */
export function openKeys(
  dataDir: string,
  configured: { readonly current: Secret | null; readonly old: readonly Secret[] },
): Keys {
  return new Keys([configured.current ?? ownSecret(dataDir), ...configured.old]);
}

function ownSecret(dataDir: string): Secret {
  const file = path.join(dataDir, FILE);
  const text = readDataFile(file, FILE)?.trim() ?? null;
  if (text !== null && (text.length < BYTES || NOT_TEXT.test(text))) throw new SpokenError(damaged(file, FILE));
  if (text !== null) return buildSecret(text);
  const made = randomBytes(BYTES).toString('base64url');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // A crash leaves all of it or none: what is there and too short was something once.
  writeFileSync(`${file}.new`, `${made}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
  return buildSecret(made);
}
