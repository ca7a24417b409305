// ICU messages, as far as catalogues need them: places, numbers, plural, select, `#` and quotes. Every page in another language than
// English loads this; the reference implementation weighs ten times as much, and a test holds this one against it, message by message.

type Piece = string | Place;
interface Place {
  readonly name: string;
  /** `count` is the `#` of the plural around it. */
  readonly kind: 'value' | 'number' | 'plural' | 'select' | 'count';
  readonly digits: number | null;
  readonly arms: Readonly<Record<string, readonly Piece[]>>;
}

export type IcuMessage = readonly Piece[];

const DEPTH_MAX = 8;
const PLACE = /^\{\s*(\w+)\s*(?:\}|,\s*number\s*(?:,\s*::\.(0+)\s*)?\}|,\s*(plural|select)\s*,)/;
const ARM = /^\s*(=\d+|\w+)\s*\{/;

/** null: it is no message that this understands. */
export function parseIcu(text: string): IcuMessage | null {
  const { pieces, rest } = piecesOf(text, null, 0);
  return pieces !== null && rest === '' ? pieces : null;
}

interface Read<T> {
  readonly pieces: T | null;
  readonly rest: string;
}

/** Up to the brace that ends what it is in. `counted`: the place of the plural around it. */
function piecesOf(text: string, counted: string | null, depth: number): Read<readonly Piece[]> {
  const pieces: Piece[] = [];
  const add = (words: string): void => {
    const last = pieces.at(-1);
    if (typeof last === 'string') pieces[pieces.length - 1] = last + words;
    else pieces.push(words);
  };
  let rest = text;
  while (rest !== '' && rest[0] !== '}') {
    const quoted = /^''/.test(rest) ? rest.slice(0, 2) : quoteOf(rest, counted !== null);
    if (quoted !== null) {
      add(quoted === "''" ? "'" : quoted.slice(1).replace(/'$/, '').replaceAll("''", "'"));
      rest = rest.slice(quoted.length);
    } else if (rest[0] === '#' && counted !== null) {
      pieces.push({ name: counted, kind: 'count', digits: null, arms: {} });
      rest = rest.slice(1);
    } else if (rest[0] === '{') {
      const { pieces: place, rest: after } = placeOf(rest, depth);
      if (place === null) return { pieces: null, rest };
      pieces.push(place);
      rest = after;
    } else {
      const words = /^.[^'{}#]*/s.exec(rest)?.[0] ?? rest;
      add(words);
      rest = rest.slice(words.length);
    }
  }
  return { pieces, rest };
}

/** An apostrophe before what would mean something quotes up to the next one. */
function quoteOf(text: string, isCounted: boolean): string | null {
  return (isCounted ? /^'(?=[{}<>#])(?:[^']|'')*'?/ : /^'(?=[{}<>])(?:[^']|'')*'?/).exec(text)?.[0] ?? null;
}

function placeOf(text: string, depth: number): Read<Place> {
  const [all, name, zeros, choice] = PLACE.exec(text) ?? [];
  if (all === undefined || name === undefined || depth > DEPTH_MAX) return { pieces: null, rest: text };
  let rest = text.slice(all.length);
  if (choice !== 'plural' && choice !== 'select') {
    const kind = /,/.test(all) ? 'number' : 'value';
    return { pieces: { name, kind, digits: zeros?.length ?? null, arms: {} }, rest };
  }
  const arms: Record<string, readonly Piece[]> = Object.create(null);
  for (let arm = ARM.exec(rest); arm !== null; arm = ARM.exec(rest)) {
    const inside = piecesOf(rest.slice(arm[0].length), choice === 'plural' ? name : null, depth + 1);
    if (inside.pieces === null || inside.rest === '' || (arm[1] ?? '') in arms) return { pieces: null, rest };
    arms[arm[1] ?? ''] = inside.pieces;
    rest = inside.rest.slice(1);
  }
  const end = /^\s*\}/.exec(rest)?.[0];
  if (end === undefined || arms.other === undefined) return { pieces: null, rest };
  return { pieces: { name, kind: choice, digits: null, arms }, rest: rest.slice(end.length) };
}

/** What is said, in order; other things than text as they were given. null: a value is missing. */
export function fillIcu<T>(
  message: IcuMessage,
  values: Readonly<Record<string, T>>,
  language: string,
): readonly (string | T)[] | null {
  const parts: (string | T)[] = [];
  const fill = (pieces: readonly Piece[]): boolean =>
    pieces.every((piece) => {
      if (typeof piece === 'string') return parts.push(piece) > 0;
      if (!Object.hasOwn(values, piece.name)) return false;
      const value = values[piece.name] as T;
      if (piece.kind === 'value') return parts.push(typeof value === 'number' ? String(value) : value) > 0;
      if (piece.kind === 'number' || piece.kind === 'count')
        return parts.push(formatNumber(Number(value), piece.digits, language)) > 0;
      const { arms } = piece;
      const key = piece.kind === 'select' ? String(value) : pluralOf(Number(value), language);
      return fill((piece.kind === 'plural' ? arms[`=${value}`] : undefined) ?? arms[key] ?? arms.other ?? []);
    });
  return fill(message) ? parts : null;
}

const plurals = new Map<string, Intl.PluralRules>();

function pluralOf(count: number, language: string): string {
  const rules = plurals.get(language) ?? new Intl.PluralRules(language);
  plurals.set(language, rules);
  return rules.select(count);
}

const numbers = new Map<string, Intl.NumberFormat>();

/** As the language writes it, but for thousands: grouped by a thin space in every language. */
function formatNumber(value: number, digits: number | null, language: string): string {
  const key = `${language} ${digits}`;
  const options = digits === null ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = numbers.get(key) ?? new Intl.NumberFormat(language, options);
  numbers.set(key, format);
  return format
    .formatToParts(value)
    .map(({ type, value: part }) => (type === 'group' ? '\u2009' : part))
    .join('');
}
