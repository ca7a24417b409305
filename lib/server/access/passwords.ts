// Passwords: argon2id with the parameters OWASP names as the least (19 MiB, 2 passes), a few at a time, so that a flood of
// sign-ins cannot take the machine's memory. What is refused as too weak is said before it is hashed.
import { PASSWORD_MAX, PASSWORD_MIN } from '../../contract/limits';
import { say, type Text } from '../../language/sentence';
import { isBreached } from './breached';

const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const AT_ONCE = 3;
const WAITING_MAX = 50;

/** Loaded with the first password. */
const argon2 = () => import('@node-rs/argon2');

let running = 0;
const waiting: (() => void)[] = [];

/** Why it is too weak, for people; null: it is good enough. */
export function weakness(password: string, name: string): Text | null {
  // A run of spaces is one: nobody sees how many there are.
  const length = [...password.replace(/\s+/gu, ' ')].length;
  if (length < PASSWORD_MIN) return say`expected a password of at least ${PASSWORD_MIN} characters`;
  if (length > PASSWORD_MAX) return say`expected a password of at most ${PASSWORD_MAX} characters`;
  const lower = password.toLowerCase();
  if (isBreached(password)) return say`this password is in lists that are tried first; choose another`;
  if (new Set(lower).size < 5) return say`this password has too few different characters`;
  if (name.length >= 4 && lower.includes(name.toLowerCase()))
    return say`expected a password that does not hold the name`;
  return null;
}

export function hashPassword(password: string): Promise<string> {
  return inTurn(async () => (await argon2()).hash(password.normalize('NFKC'), OPTIONS));
}

/** false also where the hash is none. Takes the same time whoever is asked about: pass null for who does not exist. */
export function isPassword(password: string, hashed: string | null): Promise<boolean> {
  return inTurn(async () => {
    const { verify } = await argon2();
    const good = await verify(hashed ?? NOBODY, password.normalize('NFKC')).catch(() => false);
    return good && hashed !== null;
  });
}

/** Of a password that nobody has. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Zm9yIG5vYm9keSBhdCBhbGwsIG5vdCBhIHJlYWwgb25l';

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) throw new Error('too many sign-ins at once');
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
