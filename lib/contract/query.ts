// What stands behind the question mark of a path: the small schemas that queries are made of, and how a query is read by them.
import { z } from 'zod';
import { PAGE_MAX } from './limits';

const INSTANT = 'expected epoch milliseconds, or an instant with its offset';

/** Epoch ms of what was given. */
export const instantText = z
  .string()
  .regex(/^\d{1,14}$|T.*(Z|[+-]\d\d:?\d\d)$/, INSTANT)
  .describe('epoch milliseconds, or an ISO instant with its offset')
  .transform((text, context) => {
    const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isNaN(at)) context.addIssue(INSTANT);
    return at;
  });

/** No database takes a NUL. */
export const plain = z.string().refine((text) => !text.includes('\0'), 'expected text without NUL');

/** May be given several times. */
export const repeated = <S extends z.ZodType<unknown, string>>(one: S, max: number) =>
  z.array(one).max(max).default([]);

/** Rows of a page. More than PAGE_MAX may be asked for, and are not given. */
export const limitOf = (usual: number) =>
  z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(9999)
    .default(usual)
    .transform((limit) => Math.min(PAGE_MAX, limit))
    .describe(`rows of a page, at most ${PAGE_MAX}; ${usual} without it`);

export const beforePage = (form = /./) =>
  plain.regex(form, 'expected the `next` of another page').optional().describe('the `next` of the page before');

/** As the schema takes it: one text, or the list of them where it may be repeated. What it does not know is left out. */
export function queryValues(schema: z.ZodObject, given: URLSearchParams): Readonly<Record<string, unknown>> {
  const values: [name: string, value: unknown][] = Object.entries(schema.shape).map(([name, one]) => [
    name,
    isRepeated(one) ? given.getAll(name) : given.get(name),
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== null));
}

export const isRepeated = (schema: unknown): boolean =>
  schema instanceof z.ZodDefault && schema.unwrap() instanceof z.ZodArray;
