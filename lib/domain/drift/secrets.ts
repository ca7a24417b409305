// What of a setting somebody may read. A conninfo or a command can hold a password: it leaves the server by right alone, and then with
// what looks like a secret replaced. Where it is not certain, more is left out. Pure.
const MASK = '…';

const HOLDS_SECRETS = /(_conninfo|_command|_library_path)$|passw|secret|token|credential|_key$|_dsn$|_uri$/i;

/** `denied`: such a value does not leave. `masked`: without what looks like a secret. */
export type ValueSight = 'denied' | 'masked';

function mayHoldSecret(name: string): boolean {
  return HOLDS_SECRETS.test(name);
}

/** Something is named as a secret, or stands where one stands in an address. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/[^\s:/@'"]*:)[^\s@'"]*(@)/g, `$1${MASK}$2`],
  [
    /((?:passw(?:or)?d|passwd|pass|pwd|secret|token|credential|cipher-pass|api[-_]?key|access[-_]?key|key)[\w-]*\s*(?:=|:|\s)\s*)('(?:[^'\\]|''|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^\s'"&;|]+)/gi,
    `$1${MASK}`,
  ],
  // Long words of mixed letters and digits are keys more often than names.
  [/(?<![\w/.%-])(?=[A-Za-z0-9+/=_-]*\d)(?=[A-Za-z0-9+/=_-]*[A-Za-z])[A-Za-z0-9+=_-]{24,}(?![\w/.-])/g, MASK],
];

export function withoutSecrets(value: string): string {
  return SECRETS.reduce((text, [pattern, by]) => text.replace(pattern, by), value);
}

/** null: it does not leave. */
export function seenValue(name: string, value: string, sight: ValueSight): string | null {
  if (!mayHoldSecret(name) || value === '') return withoutSecretsInAddresses(value);
  return sight === 'denied' ? null : withoutSecrets(value);
}

/** Also of a setting that is not known to hold one: a custom parameter may be an address with a password in it. */
function withoutSecretsInAddresses(value: string): string {
  return value.replace(/(:\/\/[^\s:/@'"]*:)[^\s@'"]*(@)/g, `$1${MASK}$2`);
}
