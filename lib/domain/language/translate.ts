// Finds the form of an English sentence in a catalogue and says it in the catalogue's language. Pure and linear: texts come from
// the wire. What has no form stays English. Names are never translated: a value without a space is left as it is.

/** One form, or the three of a count: one, few, many (1, 2, 5). */
export type Entry = string | readonly [one: string, few: string, many: string];

/** By the English form: `No leader for {0}` (values by place), `Expires in {age}` (by name), `{n} members` (counts). */
export type Catalogue = Readonly<Record<string, Entry>>;

export interface Translator {
  /** A text of the wire, found again by its form. */
  readonly wire: (text: string) => string;
  /** A form with its values filled in; null: the catalogue has no such form. */
  readonly fill: (form: string, values: Readonly<Record<string, string | number>>) => string | null;
}

interface Pattern {
  readonly parts: readonly string[];
  readonly names: readonly string[];
  readonly entry: Entry;
  readonly weight: number;
}

const PLACE = /\{(\w+)\}/g;
const DEPTH_MAX = 6;
const LENGTH_MAX = 4000;
const REMEMBERED = 5000;

/** `plural` picks the form of a count; `leaf` says quantities (`20.5 MiB`, `3 h 12 min`), null: it is none. */
export function translatorOf(
  catalogue: Catalogue,
  plural: (count: number) => 0 | 1 | 2,
  leaf: (text: string) => string | null,
): Translator {
  const exact = new Map<string, Entry>(Object.entries(catalogue));
  const patterns = Object.entries(catalogue)
    .filter(([form]) => form.includes('{'))
    .map(([form, entry]) => patternOf(form, entry))
    .sort((a, b) => b.weight - a.weight);
  const byStart = new Map<string, Pattern[]>();
  const open: Pattern[] = [];
  for (const pattern of patterns) {
    const start = pattern.parts[0]?.slice(0, 2) ?? '';
    if (start.length < 2) open.push(pattern);
    else byStart.set(start, [...(byStart.get(start) ?? []), pattern]);
  }
  const known = new Map<string, string>();

  const pick = (entry: Entry, count: string | number | undefined): string =>
    typeof entry === 'string' ? entry : (entry[plural(Number(String(count ?? '').replace(/[^\d.]/g, '')))] ?? entry[2]);

  const find = (text: string, depth: number): string | null => {
    const whole = exact.get(text);
    if (whole !== undefined) return pick(whole, '0');
    const quantity = leaf(text);
    if (quantity !== null) return quantity;
    if (depth > DEPTH_MAX) return null;
    for (const pattern of [...(byStart.get(text.slice(0, 2)) ?? []), ...open]) {
      const values = match(pattern, text);
      if (values === null) continue;
      const said = values.map((value) => (/\s/.test(value) ? (find(value, depth + 1) ?? value) : value));
      const named = Object.fromEntries(pattern.names.map((name, index) => [name, said[index] ?? '']));
      return put(pick(pattern.entry, values[0]), named);
    }
    return joined(text, depth);
  };

  /** Several sentences in one text. */
  const joined = (text: string, depth: number): string | null => {
    for (const seam of ['; ', '. ', ', ', ': ']) {
      const at = text.indexOf(seam);
      if (at < 0) continue;
      const cut = seam === '. ' ? at + 1 : at;
      const head = find(text.slice(0, cut), depth + 1);
      const tail = text.slice(at + seam.length);
      const rest = find(tail, depth + 1);
      if (head !== null || rest !== null)
        return `${head ?? text.slice(0, cut)}${seam === '. ' ? ' ' : seam}${rest ?? tail}`;
    }
    return null;
  };

  return {
    wire: (text) => {
      if (text.length > LENGTH_MAX) return text;
      const before = known.get(text);
      if (before !== undefined) return before;
      const said = find(text, 0) ?? text;
      if (known.size >= REMEMBERED) known.clear();
      known.set(text, said);
      return said;
    },
    fill: (form, values) => {
      const entry = exact.get(form);
      return entry === undefined ? null : put(pick(entry, values.n), values);
    },
  };
}

/** Fills a form: `{name}` by `values.name`. */
export function put(form: string, values: Readonly<Record<string, string | number>>): string {
  return form.replace(PLACE, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

function patternOf(form: string, entry: Entry): Pattern {
  const parts = form.split(/\{\w+\}/);
  return {
    parts,
    names: [...form.matchAll(PLACE)].map(([, name = '']) => name),
    entry,
    weight: parts.reduce((sum, part) => sum + part.length, 0),
  };
}

/** The values between the parts, each at least one character; null: the text has another form. */
function match({ parts, entry }: Pattern, text: string): readonly string[] | null {
  const [first = ''] = parts;
  const last = parts[parts.length - 1] ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length + 1) return null;
  const values: string[] = [];
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at + 1);
    if (found < 0) return null;
    values.push(text.slice(at, found));
    at = found + part.length;
  }
  const end = text.length - last.length;
  if (end <= at) return null;
  values.push(text.slice(at, end));
  // A count is a number: `{n} members` is not found in "no other members".
  return typeof entry !== 'string' && !/^[\d\u2009 ]+$/.test(values[0] ?? '') ? null : values;
}
