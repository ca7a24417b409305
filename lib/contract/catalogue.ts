// A part of a language's catalogue on the wire (lib/language/catalogue.ts). With zod: the browser imports types.
import { z } from 'zod';

const areas = z
  .record(z.string(), z.record(z.string(), z.string()))
  .describe('by area: ICU messages by their English form');

/** `GET /api/words/{language}/{area}` */
export const catalogueSchema = z.strictObject({ core: areas, screens: areas });
