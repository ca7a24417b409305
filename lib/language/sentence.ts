// A sentence that knows its form and its arguments. Words for people are written with `say` where they arise; the English is rendered
// at once, because the wire, the journal and the log are read in it, and every other language is made from the form (speak.ts).
// A Sentence is a String: it prints, compares by its text and turns to JSON as its English wherever nobody asks for the form. `carry`
// puts the form beside the English before something crosses a boundary, `revive` gives it back.

/** `No leader for {0}` and what stands in its places: names, tokens and free text as they are, numbers, sentences. */
export type Carried = readonly [form: string, ...args: Argument[]];
export type Argument = string | number | NestedSentence;
/** A sentence within one: a Carried, named so that the type may speak of itself. */
export interface NestedSentence extends Readonly<Array<Argument>> {
  readonly 0: string;
}

/** A string is what a person wrote, a name, or a sentence that was stored before forms were carried: nobody translates it. */
export type Text = string | Sentence;

/** Without the methods of a String: where one is called, or the thing is drawn as it is, its form would be lost. */
export interface Sentence {
  readonly carried: Carried;
  readonly toString: () => string;
}

export const Sentence: new (english: string, carried: Carried) => Sentence = class extends String {
  readonly carried: Carried;

  constructor(english: string, carried: Carried) {
    super(english);
    this.carried = carried;
  }
};

/** By shape and not by class: the runtime and the routes live in two module graphs, each with a class of its own. */
export function isSentence(value: unknown): value is Sentence {
  return value instanceof String && 'carried' in value;
}

const forms = new WeakMap<TemplateStringsArray, string>();

/** Words of a sentence that go by a count: both stand in its form. */
export class Agreeing {
  constructor(
    readonly count: number,
    readonly one: string,
    readonly many: string,
  ) {}

  toString(): string {
    return this.count === 1 ? this.one : this.many;
  }
}

/** `${names} ${agree(names.length, 'streams', 'stream')} from n1`: two literals, for the form goes by them. */
export function agree(count: number, one: string, many: string): Agreeing {
  return new Agreeing(count, one, many);
}

/**
 * `say`No leader for ${age}``: names, numbers and other sentences stand between the braces, never a part of a sentence but what
 * agrees with a count.
 */
export function say(parts: TemplateStringsArray, ...values: readonly (Text | number | Agreeing)[]): Sentence {
  let form = forms.get(parts);
  if (form === undefined) {
    form = formOf(parts, values);
    forms.set(parts, form);
  }
  const english = parts.reduce((text, part, index) => `${text}${values[index - 1]}${part}`);
  return new Sentence(english, [form, ...values.map(argumentOf)]);
}

/** The form of what stands between the values: an ICU message with a number for each place. */
export function formOf(parts: readonly string[], values: readonly unknown[] = []): string {
  const place = (at: number): string => {
    const value = values[at];
    if (!(value instanceof Agreeing)) return `{${at}}`;
    return `{${at}, plural, one {${quoted(value.one)}} other {${quoted(value.many)}}}`;
  };
  return parts.map((part, index) => (index === 0 ? quoted(part) : `${place(index - 1)}${quoted(part)}`)).join('');
}

/** `1 member`, `3 members`. */
export function plural(count: number, one: string, many = `${one}s`): Sentence {
  return new Sentence(`${count} ${count === 1 ? one : many}`, [countedFormOf(one, many), count]);
}

/** The form of `plural`. */
export function countedFormOf(one: string, many: string): string {
  return `{0, plural, one {{0} ${quoted(one)}} other {{0} ${quoted(many)}}}`;
}

/** Several texts in one, between them punctuation only: `a; b`, `n1, n2`. */
export function joined(texts: readonly Text[], separator: string): Text {
  const english = texts.join(separator);
  if (!texts.some((text) => isSentence(text))) return english;
  return new Sentence(english, [texts.map((_, index) => `{${index}}`).join(separator), ...texts.map(argumentOf)]);
}

/** Two sentences that read the same. Never `===`: each is made anew. */
export function isSameText(a: Text | undefined, b: Text | undefined): boolean {
  return String(a) === String(b);
}

/** Each text once, by its English, in the order they came. */
export function distinct(texts: readonly Text[]): readonly Text[] {
  return [...new Map(texts.map((text) => [String(text), text])).values()];
}

/** What every language does to a finished text: a capital at its beginning, no full stop at its end. */
export const CAPITAL = '^{0}';
export const UNSTOPPED = '{0}^';

/** A reason that stands for itself: with a capital. */
export function capital(text: Text): Text {
  return isSentence(text) ? new Sentence(withCapital(String(text)), [CAPITAL, text.carried]) : withCapital(text);
}

/** A sentence within another: without its full stop. */
export function unstopped(text: Text): Text {
  return isSentence(text) ? new Sentence(withoutStop(String(text)), [UNSTOPPED, text.carried]) : withoutStop(text);
}

export function withCapital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}

/** The form of a count on a screen: `{n} member`, `{n} members`. */
export function countForm(one: string, many: string): string {
  const counted = (text: string): string => text.replaceAll('{n}', '#');
  return `{n, plural, one {${counted(one)}} other {${counted(many)}}}`;
}

/** The same sentence with other words for names and free text: `change` sees them and the English, never the form. */
export function renamed(text: Text, change: (words: string) => string): Text {
  if (typeof text === 'string') return change(text);
  const inside = ([form, ...args]: Carried): Carried => [form, ...args.map(other)];
  const other = (arg: Argument): Argument =>
    typeof arg === 'string' ? change(arg) : typeof arg === 'number' ? arg : inside(nested(arg));
  return new Sentence(change(String(text)), inside(text.carried));
}

/** As a sentence of its own. */
export function nested(arg: NestedSentence): Carried {
  const [form = '', ...args] = arg;
  return [String(form), ...args];
}

/** Braces and apostrophes of the text itself, as ICU messages write them. */
function quoted(part: string): string {
  return part.replace(/'(?=[{}'])/g, "''").replace(/[{}]+/g, (braces) => `'${braces}'`);
}

function argumentOf(value: Text | number | Agreeing): Argument {
  if (value instanceof Agreeing) return value.count;
  return isSentence(value) ? value.carried : value;
}
