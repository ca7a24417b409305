// Where the clusters are, on the wire: the sources, one that is tried before it is kept, and the settings that are read again. No answer
// holds a password. With zod: the browser imports types.
import { z } from 'zod';
import { DCS_KINDS } from '../domain/dcs-kind';
import { SOURCE_TEXT_MAX } from './limits';
import { count, instant, name } from './scalar';
import { shape, spoken } from './spoken';
import type { Wire } from './wire';

const line = z.string().max(1000);
const kind = z.enum([...DCS_KINDS, 'patroni']);
const labels = z.record(z.string().min(1).max(100), z.string().max(200));
const scopes = z.array(z.string().min(1).max(200)).min(1).max(1000).nullable().describe('null: all that are there');
/** The reader of the settings says what a good one is. */
const title = z.string().trim().min(1).max(64);

const missing = shape({
  title: spoken,
  text: spoken.describe('what is not seen, or cannot be done, without it'),
  commands: z.array(shape({ where: spoken, command: z.string() })).describe('what grants it, and where it is typed'),
});
export type MissingPart = Wire<typeof missing>;

const source = shape({
  id: name.describe('of one that was added here; null: it is written in the file or on the command line'),
  name: z.string(),
  from: z.enum(['file', 'flags', 'added']),
  line: count.describe('where it stands in the file; null: not there'),
  alias: name.describe('what stands behind the @ in the names of its clusters'),
  labels,
  kind,
  hosts: z.array(z.string()),
  namespace: name,
  clusters: z.array(z.string()).describe('names of those that are seen, at most 1,000'),
  problems: z.array(spoken),
  missing: z.array(missing),
  aside: spoken.nullable().describe('why it does not count; null: it does'),
});
export type SourceEntry = Wire<typeof source>;

/** `GET /api/sources` */
export const sourcesSchema = shape({
  file: z.string().describe('where the settings came from'),
  sources: z.array(source).describe('in their order: the file, the command line, what was added'),
  refused: spoken.nullable().describe('why nothing is added or changed here; null: it can be'),
});
export type SourcesAnswer = Wire<typeof sourcesSchema>;

const secret = line.exactOptional();
/** `POST /api/sources/look`: what is sent here is used for this look, and kept only when it is added. */
export const lookSchema = shape({
  text: z.string().max(SOURCE_TEXT_MAX).exactOptional().describe('a patronictl or Patroni file'),
  address: line.exactOptional().describe('in place of `text`: a URL of Patroni or of a DCS'),
  kind: z
    .enum(['auto', 'patroni', ...DCS_KINDS])
    .exactOptional()
    .describe('`auto`: by its port'),
  namespace: line.exactOptional(),
  ca: z.string().max(SOURCE_TEXT_MAX).exactOptional().describe('PEM: in place of each certificate file that is named'),
  dcs: shape({ username: secret, password: secret })
    .exactOptional()
    .describe('where it takes a token, the password is one'),
  rest: shape({ username: secret, password: secret }).exactOptional(),
  sql: shape({ username: secret, password: secret, database: secret }).exactOptional(),
});
export type LookOrder = Wire<typeof lookSchema>;

const found = shape({
  scope: z.string(),
  known: name.describe('as what Howdah watches it already; null: it does not'),
  leader: name,
  members: z
    .array(shape({ name: z.string(), leader: z.boolean(), rest: z.boolean(), sql: z.boolean().nullable() }))
    .describe('`sql` null: nobody asks it'),
  patroni: z.array(z.string()).describe('versions'),
  postgres: z.array(z.string()).describe('versions'),
  missing: z.array(missing),
});
export type FoundScope = Wire<typeof found>;

export const foundSchema = shape({
  trial: name.describe('by which it is added within 10 minutes; null: it cannot be'),
  at: instant,
  tookMs: z.number(),
  kind: kind.nullable(),
  hosts: z.array(z.string()),
  namespace: name,
  name: z.string().describe('a name that is free'),
  secrets: z.number().describe('how many passwords were found in what was sent'),
  problems: z.array(spoken).describe('of the text with line and column, and of those who were asked'),
  scopes: z.array(found),
  missing: z.array(missing),
  yaml: name.describe('the same for howdah.yaml, its secrets as files'),
});
export type FoundAnswer = Wire<typeof foundSchema>;

/** `POST /api/sources` */
export const sourceDraftSchema = shape({
  trial: z.string().max(64),
  name: title,
  scopes,
  labels,
});
export type SourceDraft = Wire<typeof sourceDraftSchema>;

/** `POST /api/sources/{id}`: what is given is changed. */
export const sourceChangeSchema = shape({
  name: title.exactOptional().describe('the names of its clusters stay'),
  alias: title.nullable().exactOptional().describe('what stands behind the @ in the names of its clusters'),
  labels: labels.exactOptional(),
  moveNames: z
    .boolean()
    .exactOptional()
    .describe('clusters get other names by it, and that is meant: it counts from the next start'),
});
export type SourceChange = Wire<typeof sourceChangeSchema>;

/** What reading the settings again did. */
export const readAgainSchema = shape({
  begun: z.array(z.string()).describe('names of sources'),
  ended: z.array(z.string()),
  restarted: z.array(z.string()).describe('they say something else now'),
  later: z.array(z.string()).describe('parts of the file that changed and count from the next start'),
  warnings: z.array(z.string()),
});
export type ReadAgain = Wire<typeof readAgainSchema>;

/** What became of an order about one source. */
export const sourceSavedSchema = shape({
  id: z.string(),
  pending: z.boolean().describe('it counts from the next start'),
});
export type SourceSaved = Wire<typeof sourceSavedSchema>;
