// The second factor: time-based codes of RFC 6238, six digits each 30 s, one step of clock difference either way. A code counts once.
import { Secret, TOTP } from 'otpauth';

const PERIOD_SECONDS = 30;
const WINDOW = 1;

function totpOf(secret: string, name: string): TOTP {
  return new TOTP({
    issuer: 'Howdah',
    label: name,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  });
}

/** Base32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

export function totpUri(secret: string, name: string): string {
  return totpOf(secret, name).toString();
}

/** The step the code is of, to be used once; null: it is no code of now. */
export function stepOf(secret: string, code: string, now: number): number | null {
  const digits = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) return null;
  const delta = totpOf(secret, 'howdah').validate({ token: digits, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}
