// Finds the form of an English sentence in a catalogue and says it in the catalogue's language. Pure, total and bounded: texts
// come from the wire. What has no form stays English. A value without a space is a name and stays as it is, except where the
// entry asks for it: `{0!}` says also a single word (`unknown`, `primary`), `{0=}` nothing at all (what a person wrote).

/** One form, or the three of a count: one, few, many (1, 2, 5). The fourth is the English of one, where it is not the key without its last s. */
export type Entry =
  | string
  | readonly [one: string, few: string, many: string]
  | readonly [one: string, few: string, many: string, english: string];

/** By the English form: `No leader for {0}` (values by place), `Expires in {age}` (by name), `{n} members` (counts). */
export type Catalogue = Readonly<Record<string, Entry>>;

export interface Translator {
  /** A text of the wire, found again by its form. */
  readonly wire: (text: string) => string;
  /** A form with its values filled in; null: the catalogue has no such form. */
  readonly fill: (form: string, values: Readonly<Record<string, string | number>>) => string | null;
  /** `20.5 MiB`, `3 h 12 min`, `unknown` as this language writes them; other text as it is. */
  readonly quantity: (text: string) => string;
}

export interface Tongue {
  /** Which form of a count. */
  readonly plural: (count: number) => 0 | 1 | 2;
  /** Says what stands in sentences as a whole: quantities, lists of names. null: it is none. */
  readonly leaf: (text: string) => string | null;
}

interface Pattern {
  readonly parts: readonly string[];
  readonly names: readonly string[];
  readonly entry: Entry;
  /** Names of the values that are said although they are one word. */
  readonly said: ReadonlySet<string>;
  /** And of those that are never said. */
  readonly kept: ReadonlySet<string>;
  readonly weight: number;
  readonly letters: number;
}

const PLACE = /\{(\w+)[!=]?\}/g;
const DEPTH_MAX = 6;
const LENGTH_MAX = 4000;
const REMEMBERED = 5000;
/** Looks into the catalogue for one text. The longest of our own need some forty. */
const LOOKS_MAX = 300;
const STARTS = 2;
const LOOSE_LETTERS = 5;
const STAMPED = /^((?:\d{4}-\d{2}-\d{2} )?\d{2}:\d{2}:\d{2}(?: [-+]\d{2}:\d{2})?) (?!UTC )(.+)$/;
const NAMES = /^[^\s,]+(?:, [^\s,]+)*$/;

/** `wired` holds the forms of what comes over the wire, `screens` further ones that only `fill` is asked for. */
export function translatorOf(wired: Catalogue, screens: Catalogue, tongue: Tongue): Translator {
  const forms = new Map<string, Entry>([...Object.entries(wired), ...Object.entries(screens)]);
  const book = bookOf(wired);
  const known = new Map<string, string>();
  return {
    wire: (text) => {
      if (text.length > LENGTH_MAX || !/[a-z]/i.test(text)) return text;
      const before = known.get(text);
      if (before !== undefined) return before;
      const said = sayText(text, book, tongue);
      if (known.size >= REMEMBERED) known.clear();
      known.set(text, said);
      return said;
    },
    fill: (form, values) => {
      const entry = forms.get(form);
      return entry === undefined ? null : put(pick(entry, values.n, tongue), values);
    },
    quantity: (text) => tongue.leaf(text) ?? text,
  };
}

/** Fills a form: `{name}` by `values.name`. */
export function put(form: string, values: Readonly<Record<string, string | number>>): string {
  return form.replace(PLACE, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** The names of a form's places, in their order. */
export function placesOf(form: string): readonly string[] {
  return [...form.matchAll(PLACE)].map(([, name = '']) => name);
}

interface Book {
  readonly exact: ReadonlyMap<string, string>;
  readonly byStart: ReadonlyMap<string, readonly Pattern[]>;
  readonly open: readonly Pattern[];
}

function bookOf(catalogue: Catalogue): Book {
  const exact = new Map<string, string>();
  const patterns: Pattern[] = [];
  for (const [form, entry] of Object.entries(catalogue)) {
    // Braces that hold no place are text: `{type: physical}`.
    if (placesOf(form).length > 0) patterns.push(patternOf(form, entry));
    else exact.set(form, typeof entry === 'string' ? entry : entry[2]);
    if (typeof entry === 'string') continue;
    const one = patternOf(entry[3] ?? form.replace(/s$/, ''), entry);
    if (one.parts.join() !== form) patterns.push(one);
  }
  patterns.sort((a, b) => b.weight - a.weight);
  const byStart = new Map<string, Pattern[]>();
  const open: Pattern[] = [];
  for (const pattern of patterns) {
    const start = pattern.parts[0]?.slice(0, STARTS) ?? '';
    if (start.length < STARTS) open.push(pattern);
    else byStart.set(start, [...(byStart.get(start) ?? []), pattern]);
  }
  return { exact, byStart, open };
}

function patternOf(form: string, entry: Entry): Pattern {
  const parts = form.split(/\{\w+[!=]?\}/);
  const spoken = typeof entry === 'string' ? entry : entry.slice(0, 3).join(' ');
  return {
    parts,
    names: placesOf(form),
    entry,
    said: new Set([...spoken.matchAll(/\{(\w+)!\}/g)].map(([, name = '']) => name)),
    kept: new Set([...spoken.matchAll(/\{(\w+)=\}/g)].map(([, name = '']) => name)),
    weight: parts.reduce((sum, part) => sum + part.length, 0),
    letters: parts.join('').replace(/[^a-z]/gi, '').length,
  };
}

function pick(entry: Entry, count: string | number | undefined, tongue: Tongue): string {
  if (typeof entry === 'string') return entry;
  return entry[tongue.plural(Number(String(count ?? '').replace(/[^\d.]/g, '')))];
}

function sayText(text: string, book: Book, tongue: Tongue): string {
  let looks = 0;
  const known = new Map<string, Said | null>();

  const find = (whole: string, depth: number): Said | null => {
    const before = known.get(whole);
    if (before !== undefined) return before;
    looks += 1;
    // Met again while it is looked for it is no part of itself.
    known.set(whole, null);
    const said = looks > LOOKS_MAX ? null : look(whole, depth);
    known.set(whole, said);
    return said;
  };

  const look = (whole: string, depth: number): Said | null => {
    const exact = book.exact.get(whole) ?? tongue.leaf(whole);
    if (exact !== null) return { text: exact, isWhole: true };
    if (depth > DEPTH_MAX || !/\s/.test(whole)) return null;
    // A form of hardly any words would fit whatever English: only where its values are names or known.
    const matches = matchesOf(whole, book).filter(
      (match) => match.pattern.letters >= LOOSE_LETTERS || isSure(match, depth),
    );
    // A value with a seam in it rather is the end of one sentence and the beginning of the next.
    const clean = matches.filter(({ values }) => !values.some((value) => /; |\. /.test(value)));
    const sure = clean.filter((match) => isSure(match, depth));
    // What stands before a colon is a label of its own: `Not n3: 4 MiB behind`.
    const [first] = sure;
    const plain = sure.find(({ values }) => !values.some((value) => value.includes(': '))) ?? first;
    if (plain !== undefined) return fillMatch(plain, depth);
    // Several texts within one: `Stopped: this; that.`
    const framed = matches.find((match) => isFrame(match) && isSure(match, depth));
    if (framed !== undefined) return fillMatch(framed, depth);
    const stamped = afterStamp(whole, depth);
    if (stamped?.isWhole === true) return stamped;
    const parts = joined(whole, depth, ['; ', '. ']);
    if (parts?.isWhole === true) return parts;
    const remark = bracketed(whole, depth);
    if (remark?.isWhole === true) return remark;
    const labelled = joined(whole, depth, [': ', ', ']);
    if (labelled?.isWhole === true) return labelled;
    const best = clean[0] ?? (parts === null ? matches[0] : undefined);
    return best === undefined ? (stamped ?? parts ?? remark ?? labelled) : fillMatch(best, depth);
  };

  const isKept = ({ pattern }: Match, index: number): boolean => pattern.kept.has(pattern.names[index] ?? '');

  /** Every value is a name, is never said, or was found to its end. */
  const isSure = (match: Match, depth: number): boolean =>
    match.values.every(
      (value, index) =>
        isKept(match, index) || !/\s/.test(value) || NAMES.test(value) || find(value, depth + 1)?.isWhole === true,
    );

  const fillMatch = (match: Match, depth: number): Said => {
    const { pattern, values } = match;
    const said = values.map((value, index) => {
      const isSaid = /\s/.test(value) || pattern.said.has(pattern.names[index] ?? '');
      return isSaid && !isKept(match, index) ? (find(value, depth + 1)?.text ?? value) : value;
    });
    const named = Object.fromEntries(pattern.names.map((name, index) => [name, said[index] ?? '']));
    const form = pick(pattern.entry, countOf(pattern, values), tongue);
    return { text: put(form, named), isWhole: isSure(match, depth) };
  };

  /** `14:03:12 n1: running to stopping`: a moment and what was then. */
  const afterStamp = (whole: string, depth: number): Said | null => {
    const [, stamp = '', rest = ''] = STAMPED.exec(whole) ?? [];
    const said = rest === '' ? null : find(rest, depth + 1);
    return said === null ? null : { text: `${stamp} ${said.text}`, isWhole: said.isWhole };
  };

  /** A text with a remark in brackets at its end. */
  const bracketed = (whole: string, depth: number): Said | null => {
    const [, head = '', inner = ''] = /^([^()]+) \(([^()]+)\)$/.exec(whole) ?? [];
    const said = head === '' ? null : find(head, depth + 1);
    if (said === null) return null;
    const remark = find(inner, depth + 1);
    const isWhole = said.isWhole && (remark?.isWhole ?? !/\s/.test(inner));
    return { text: `${said.text} (${remark?.text ?? inner})`, isWhole };
  };

  /** As it stands, or as a sentence that lost its full stop. */
  const findPiece = (piece: string, depth: number): Said | null => {
    const own = find(piece, depth + 1);
    if (own?.isWhole === true || /[.:]$/.test(piece) || !/\s/.test(piece)) return own;
    const closed = find(`${piece}.`, depth + 1);
    return closed?.isWhole === true ? { ...closed, text: closed.text.replace(/\.$/, '') } : own;
  };

  /** Several texts in one. A piece without a space is a name, or the label before a colon. */
  const joined = (whole: string, depth: number, seams: readonly string[]): Said | null => {
    const ways = seams.flatMap((seam) => joinedBy(whole, depth, seam) ?? []);
    return ways.find(({ isWhole }) => isWhole) ?? ways[0] ?? null;
  };

  const joinedBy = (whole: string, depth: number, seam: string): Said | null => {
    const pieces = seam === ': ' ? cut(whole, whole.indexOf(seam), seam) : splitOutside(whole, seam);
    if (pieces.length < 2) return null;
    const parts: { raw: string; said: Said | null }[] = [];
    for (const [index, piece] of pieces.entries()) {
      const isLast = index === pieces.length - 1;
      const raw = seam === '. ' && !isLast ? `${piece}.` : piece;
      const said = (seam === ', ' && !/\s/.test(piece)) || piece === '' ? null : findPiece(raw, depth);
      const before = parts.at(-1);
      // A form may hold the seam itself: then it is found together with what stood before it.
      const gap = seam === '. ' ? ' ' : seam;
      const both = before === undefined || said?.isWhole === true ? null : find(`${before.raw}${gap}${raw}`, depth + 1);
      if (before !== undefined && both?.isWhole === true && seam !== ': ')
        parts[parts.length - 1] = { raw: `${before.raw}${gap}${raw}`, said: both };
      else parts.push({ raw, said });
    }
    const isMissed = ({ raw, said }: (typeof parts)[number]): boolean =>
      said === null ? /\s/.test(raw) : !said.isWhole;
    const isWhole = !parts.some(isMissed);
    if (parts.every(({ said }) => said === null) || (seam === ', ' && !isWhole)) return null;
    return { text: parts.map(({ raw, said }) => said?.text ?? raw).join(seam === '. ' ? ' ' : seam), isWhole };
  };

  const direct = find(text, 0);
  if (direct?.isWhole === true) return direct.text;
  const sentence = asSentence(text, (bare) => {
    const said = find(bare, 0);
    return said !== null && (said.isWhole || direct === null) ? said.text : null;
  });
  return sentence ?? direct?.text ?? text;
}

interface Said {
  readonly text: string;
  /** To its last word; names apart. */
  readonly isWhole: boolean;
}

interface Match {
  readonly pattern: Pattern;
  readonly values: readonly string[];
}

/** Has words of its own at both ends. */
function isFrame({ pattern }: Match): boolean {
  return pattern.parts[0] !== '' && pattern.parts.at(-1) !== '';
}

/** At each seam that does not stand in brackets. */
function splitOutside(text: string, seam: string): readonly string[] {
  const pieces: string[] = [];
  let open = false;
  for (const piece of text.split(seam)) {
    if (open) pieces.push(`${pieces.pop() ?? ''}${seam}${piece}`);
    else pieces.push(piece);
    if (piece.lastIndexOf('(') > piece.lastIndexOf(')')) open = true;
    else if (piece.includes(')')) open = false;
  }
  return pieces;
}

function cut(text: string, at: number, seam: string): readonly string[] {
  return at < 0 ? [] : [text.slice(0, at), text.slice(at + seam.length)];
}

/** A reason that was made a sentence: with a capital and a full stop. */
function asSentence(text: string, find: (bare: string) => string | null): string | null {
  const isClosed = text.endsWith('.');
  const open = isClosed ? text.slice(0, -1) : text;
  // First with its capital: it may be that of a name.
  const whole = isClosed ? find(open) : null;
  if (whole !== null) return `${whole}.`;
  const small = open.charAt(0).toLowerCase() + open.slice(1);
  const said = small === open ? null : find(small);
  return said === null ? null : `${said.charAt(0).toUpperCase()}${said.slice(1)}${isClosed ? '.' : ''}`;
}

/** Heaviest first: the one that says most by itself. */
function matchesOf(text: string, book: Book): readonly Match[] {
  const found: Match[] = [];
  for (const pattern of [...(book.byStart.get(text.slice(0, STARTS)) ?? []), ...book.open]) {
    const values = match(pattern, text);
    if (values !== null) found.push({ pattern, values });
  }
  return found.sort((a, b) => b.pattern.weight - a.pattern.weight);
}

function countOf({ names }: Pattern, values: readonly string[]): string | undefined {
  return values[Math.max(0, names.indexOf('n'))];
}

/** The values between the parts, each at least one character; null: the text has another form. */
function match(pattern: Pattern, text: string): readonly string[] | null {
  const { parts, entry } = pattern;
  const [first = ''] = parts;
  const last = parts[parts.length - 1] ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length + 1) return null;
  if (parts.length < 2) return null;
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
  return typeof entry !== 'string' && !/^\d[\d\u2009 ]*$/.test(countOf(pattern, values) ?? '') ? null : values;
}
