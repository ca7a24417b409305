// What is said to people. Each field of the contract that holds a sentence is made of one of these; what a person typed, names, and
// the words of Patroni and PostgreSQL are not.
import { z } from 'zod';
import type { Text } from '../language/sentence';

const sentences = z.registry<{ readonly isSentence: true }>();
const english = z.string().describe('words for people, in English');
sentences.add(english, { isSentence: true });

/** A sentence or a few words, in English. The type is that of the value behind the wire. */
export const spoken = english as unknown as z.ZodType<Text>;

/** Said already in the language of the one who reads it: of a wall. */
export const rendered = z.string().describe('words for people, in the language of the wall');

/** What `said` holds: see lib/language/carry.ts. Who reads the API in English need not know of it. */
const said = z
  .record(z.string(), z.array(z.unknown()))
  .exactOptional()
  .describe('the forms of the sentences of this object, by its keys, each with what stands in its places');

/** An object of exactly these fields; where some of them are sentences, their forms may stand beside them. */
export function shape<F extends z.ZodRawShape>(fields: F): z.ZodObject<F, z.core.$strict> {
  const isSpoken = Object.values(fields).some((field) => holdsSentence(field));
  return z.strictObject(isSpoken ? { ...fields, said } : fields) as z.ZodObject<F, z.core.$strict>;
}

function holdsSentence(schema: z.core.$ZodType): boolean {
  if (sentences.get(schema)?.isSentence === true) return true;
  const { def } = schema._zod as { readonly def: { readonly innerType?: unknown; readonly element?: unknown } };
  const inner = def.innerType ?? def.element;
  return inner instanceof z.core.$ZodType && holdsSentence(inner);
}
