// Whose token of `backups.push` this is. It reports backups and can do nothing else: nobody else asks here, and it is looked up nowhere else.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { BackupSettings } from '../config/backup-file';

export type Reporter = BackupSettings['push'][number];

const BEARER = /^Bearer ([\x21-\x7e]+)$/i;

/** null: none of them. Each is compared, however early one fits. */
export function reporterOf(authorization: string | null, reporters: readonly Reporter[]): Reporter | null {
  const [, given] = BEARER.exec(authorization ?? '') ?? [];
  if (given === undefined) return null;
  const hash = hashOf(given);
  return reporters.filter(({ token }) => timingSafeEqual(hashOf(token.reveal()), hash))[0] ?? null;
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
