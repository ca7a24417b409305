// Runbooks and links of a cluster on the wire. With zod: the browser imports types.
import { z } from 'zod';
import { shape, spoken } from './spoken';
import type { Wire } from './wire';

/** `GET /api/clusters/{scope}/runbooks` */
export const runbooksSchema = shape({
  runbooks: z.array(
    shape({
      file: z.string(),
      title: z.string(),
      text: z.string().describe('Markdown'),
      codes: z.array(z.string()).describe('of the findings and causes it is about'),
    }),
  ),
  links: z.array(
    shape({
      name: z.string(),
      url: z.string().describe('with `{scope}`, `{member}`, `{code}`, `{from}`, `{to}` and `{label.KEY}` in it'),
    }),
  ),
  problem: spoken.nullable().describe('files that cannot be used, with why; null: none'),
});
export type RunbooksAnswer = Wire<typeof runbooksSchema>;
