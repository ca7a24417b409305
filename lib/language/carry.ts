// Sentences across a boundary: the wire, the store, the journal, a worker's messages. The English stays where it was, a plain string
// for whoever reads it; its form stands beside it, in `said` of the same object:
// `{ title: 'No leader for 12 s', said: { title: ['No leader for {0}', ['{0} s', 12]] } }`. Both directions copy only what changes.
import { type Argument, type Carried, isSentence, Sentence } from './sentence';

const KEY = 'said';
/** Foreign data (a dynamic configuration) may hold our word as a key of its own: it crosses with one apostrophe more. */
const FOREIGN = /^said'*$/;
const DEPTH_MAX = 12;
const ARGUMENTS_MAX = 64;

type Said = Carried | readonly (Carried | null)[];
type Entries = Readonly<Record<string, unknown>>;

/** The same value as plain data, ready for JSON. */
export function carry<T>(value: T): T;
export function carry(value: unknown): unknown {
  if (isSentence(value)) return String(value);
  if (Array.isArray(value)) return mapped(value, carry);
  if (!isPlain(value)) return value;
  let plain: Record<string, unknown> | null = null;
  const said: Record<string, Said> = {};
  const foreign = Object.keys(value).filter((key) => FOREIGN.test(key));
  for (const key of Object.keys(value)) {
    const entry = value[key];
    const carried = carry(entry);
    if (carried === entry) continue;
    plain ??= { ...value };
    put(plain, key, carried);
    const form = saidOf(entry);
    if (form !== null) put(said, key, form);
  }
  if (foreign.length > 0) {
    const from: Entries = plain ?? value;
    plain = { ...from };
    for (const key of foreign) delete plain[key];
    for (const key of foreign) put(plain, `${key}'`, from[key]);
  }
  if (plain !== null && Object.keys(said).length > 0) plain[KEY] = said;
  return plain ?? value;
}

function saidOf(entry: unknown): Said | null {
  if (isSentence(entry)) return entry.carried;
  if (!Array.isArray(entry) || !entry.some(isSentence)) return null;
  return entry.map((one: unknown) => (isSentence(one) ? one.carried : null));
}

/** What `carry` made, after JSON: with its sentences. Total: a form that is none leaves the English as it is. */
export function revive<T>(value: T): T;
export function revive(value: unknown): unknown {
  if (Array.isArray(value)) return mapped(value, revive);
  if (!isPlain(value)) return value;
  let alive: Record<string, unknown> | null = null;
  for (const key of Object.keys(value)) {
    if (FOREIGN.test(key)) continue;
    const entry = value[key];
    const revived = revive(entry);
    if (revived === entry) continue;
    alive ??= { ...value };
    put(alive, key, revived);
  }
  const foreign = Object.keys(value).filter((key) => FOREIGN.test(key));
  if (foreign.length === 0) return alive ?? value;
  alive ??= { ...value };
  for (const key of foreign) delete alive[key];
  for (const key of foreign) if (key !== KEY) put(alive, key.slice(0, -1), revive(value[key]));
  const said = value[KEY];
  if (isPlain(said)) for (const key of Object.keys(said)) speakAgain(alive, key, said[key]);
  return alive;
}

function speakAgain(alive: Record<string, unknown>, key: string, form: unknown): void {
  const english = Object.hasOwn(alive, key) ? alive[key] : undefined;
  if (typeof english === 'string' && isCarried(form)) put(alive, key, new Sentence(english, form));
  else if (Array.isArray(english) && Array.isArray(form))
    put(
      alive,
      key,
      english.map((text: unknown, index) => {
        const one: unknown = form[index];
        return typeof text === 'string' && isCarried(one) ? new Sentence(text, one) : text;
      }),
    );
}

function mapped(list: readonly unknown[], change: (entry: unknown) => unknown): readonly unknown[] {
  let other: unknown[] | null = null;
  for (const [index, entry] of list.entries()) {
    const next = change(entry);
    if (next !== entry) {
      other ??= [...list];
      other[index] = next;
    }
  }
  return other ?? list;
}

function isPlain(value: unknown): value is Entries {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** As its own property, also under a name like `__proto__`. */
function put(entries: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(entries, key, { value, writable: true, enumerable: true, configurable: true });
}

function isCarried(value: unknown, depth = 0): value is Carried {
  if (!Array.isArray(value) || value.length > ARGUMENTS_MAX || depth > DEPTH_MAX) return false;
  const [form, ...args]: unknown[] = value;
  return typeof form === 'string' && args.every((arg) => isArgument(arg, depth));
}

function isArgument(value: unknown, depth: number): value is Argument {
  return typeof value === 'string' || typeof value === 'number' || isCarried(value, depth + 1);
}
