// The kinds of values in a configuration file, as zod schemas. The text of an error is what was expected; yaml-file.ts adds where
// it is and what was found there. Missing, empty and null are all the same, but for a secret.
import { z } from 'zod';
import { buildSecret, type Secret } from './secret';
import { type Found, type Path, reading } from './yaml-file';

const LIST_LIMIT = 1000;
const LABELS_LIMIT = 100;

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text without the spaces around it. A number is taken as it is written; true and false need quotes. */
export const text = (expected: string, good: RegExp | ((text: string) => boolean) = /\S/) =>
  z
    .union([z.string(), z.number()], expected)
    .transform((value) => String(value).trim())
    .refine((value) => (typeof good === 'function' ? good(value) : good.test(value)), expected);

export const number = (what: string, from: number, to: number, expected = `${what} from ${from} to ${to}`) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value),
    z.number(expected).min(from, expected).max(to, expected),
  );

export const port = number('a port', 1, 65535).refine(Number.isInteger, 'a port from 1 to 65535');

export const flag = z.boolean('true or false');

/** An absolute path; a relative one begins at the folder of the file. */
export const location = (expected: string) => text(expected).transform((name) => reading().resolve(name));

const or = <S extends z.ZodType, D>(schema: S, otherwise: D) =>
  schema.nullish().transform((value): z.output<S> | D => value ?? otherwise);

/** What may be left out; then it is null, unless something else is said. */
export function maybe<S extends z.ZodType>(schema: S): ReturnType<typeof or<S, null>>;
export function maybe<S extends z.ZodType, D>(schema: S, otherwise: D): ReturnType<typeof or<S, D>>;
export function maybe(schema: z.ZodType, otherwise: unknown = null) {
  return or(schema, otherwise);
}

const PASSWORD = `a password as text, \${NAME} or {file: path}`;

/** Nothing of it is ever quoted, not even an unknown key. `wrong` says what was found where it is not `good`. */
export const secret = (expected = PASSWORD, good: (text: string) => boolean = () => true, wrong = '') =>
  z.unknown().transform((value, ctx): Secret => {
    const complain = (complaint: Found, path: string[] = [], what = expected): never => {
      ctx.addIssue({ code: 'custom', message: what, path, params: { ...complaint } });
      return z.NEVER;
    };
    if (value === undefined) return complain({});
    // `password: #x` is a comment to YAML; without this the login would fail much later, and puzzle everybody.
    if (value === null) return complain({ found: 'it is empty (quote text that begins with #)' });
    let found = value;
    if (isMap(value) && 'file' in value && reading().options.dialect === 'howdah') {
      if (typeof value.file !== 'string' || Object.keys(value).length > 1) return complain({ found: 'got a map' });
      const content = reading().open(value.file);
      if ('why' in content) return complain({ because: content.why }, ['file'], 'a readable file');
      found = content.text.replace(/\r?\n$/, '');
    }
    if (typeof found !== 'string' && typeof found !== 'number') return complain({});
    if (found === '') return complain({ found: 'it is empty' });
    return good(String(found)) ? buildSecret(String(found)) : complain({ found: wrong });
  });

/** Written and empty is a mistake here, not the same as left out. */
export const optionalSecret = (...of: Parameters<typeof secret>) =>
  secret(...of)
    .optional()
    .transform((value) => value ?? null);

const aslist = (value: unknown): unknown => (value == null || Array.isArray(value) ? (value ?? undefined) : [value]);

/** A list, or one. */
export const some = <S extends z.ZodType>(item: S, expected: string, least = 1) =>
  z.preprocess(aslist, z.array(item, expected).min(least, expected).max(LIST_LIMIT, `at most ${LIST_LIMIT}`));

/** A list of texts, or one; each may hold several with commas, as Patroni allows. */
export const texts = (expected: string, good: (text: string) => boolean, wrong = expected, least = 1) =>
  some(
    text(expected).refine((value) => value.split(',').every((part) => good(part.trim())), wrong),
    expected,
    least,
  ).transform((list) => [...new Set(list.flatMap((value) => value.split(',').map((part) => part.trim())))]);

/** Words of a known list, or `all`, which is an empty list. */
export const allOr = <const T extends readonly string[]>(known: T, what: string) =>
  z
    .preprocess(
      (value) => (value === 'all' ? null : aslist(value)),
      z.array(z.enum(known), `all, or a list of ${what}`).min(1, `all, or a list of ${what}`).nullable(),
    )
    .transform((words) => words ?? []);

export const labels = maybe(
  z
    .record(z.string(), text('text (quote true and false)', /^/), 'a map of text to text')
    .refine((map) => Object.keys(map).length <= LABELS_LIMIT, `at most ${LABELS_LIMIT} labels`),
  {},
);

/** Which clusters are meant: all without one of them. */
export const where = {
  scopes: maybe(
    some(text('a list of clusters, with * for whatever text'), 'a list of clusters, with * for whatever text'),
  ),
  labels,
};

/** A map of known keys only. */
export const section = <S extends z.ZodRawShape>(shape: S, expected?: string) => {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? keys : (expected ?? `a map of ${keys}`)),
  });
};

export type Complain = (path: Path, expected: string, found?: string | Found) => void;

/** What is wrong is undefined, and left out of a list; it has been complained about. */
export type Parts<T> = { readonly [K in keyof T]: T[K] | undefined };

/** What parts are where nothing is wrong; else what was made of them is thrown away. */
export type Whole<P> = { readonly [K in keyof P]: Exclude<P[K], undefined> };

/** Makes something of a map, and says what does not fit together: also where a part is wrong, so that all is told at once. */
export const build = <T extends object, R>(
  schema: z.ZodType<T>,
  make: (parts: Parts<T>, complain: Complain) => R,
): z.ZodType<R> =>
  schema.superRefine(
    (value, ctx) => {
      const parts = new Map<PropertyKey, unknown>(Object.entries(value));
      const lists = new Map<PropertyKey, Set<PropertyKey>>();
      for (const { path: [key, index] = [] } of ctx.issues) {
        if (key === undefined) continue;
        if (index === undefined || !Array.isArray(parts.get(key))) parts.set(key, undefined);
        else lists.set(key, (lists.get(key) ?? new Set()).add(index));
      }
      for (const [key, wrong] of lists) {
        const list = parts.get(key);
        if (Array.isArray(list))
          parts.set(
            key,
            list.filter((_, index) => !wrong.has(index)),
          );
      }
      const complain: Complain = (path, expected, found) => {
        const params = typeof found === 'string' ? { found } : { ...found };
        ctx.addIssue({ code: 'custom', path: [...path], message: expected, params });
      };
      // zod's types know no check that changes the value, though its `overwrite` is one.
      ctx.value = make(Object.fromEntries(parts) as Parts<T>, complain) as unknown as T;
    },
    { when: ({ value }) => isMap(value) },
  ) as unknown as z.ZodType<R>;

/** A list of things with names of their own. */
export const named = <S extends z.ZodType<{ readonly name: string }>>(
  item: S,
  one: string,
  limit: number,
  many = `${one}s`,
) =>
  z
    .array(item, `a list of ${many}`)
    .max(limit, `at most ${limit} ${many}`)
    .superRefine(
      (items, ctx) => {
        const names = new Set<string>();
        for (const [index, each] of items.entries()) {
          const name = isMap(each) ? each.name : '';
          if (typeof name !== 'string' || name === '') continue;
          const params = { found: `another ${one} has the same name` };
          if (names.has(name))
            ctx.addIssue({ code: 'custom', path: [index, 'name'], message: 'a name of its own', params });
          names.add(name);
        }
      },
      { when: ({ value }) => Array.isArray(value) },
    );
