// Schemas of the wall's stream: what wall.ts describes, for the published API and its tests. Server side only.

import { z } from 'zod';
import { LANGUAGES } from '../language/language';
import { WALL_MARKS } from '../telling/wall/wall';
import { type Frozen, instant, name, type Same } from './schema';
import { WALL_ENDS, type WallAnswer, type WallFrame } from './wall';

const health = z.enum(['critical', 'unknown', 'warning', 'note', 'ok']);
const knownInstant = instant.nullable();

const tileSchema = z.strictObject({
  scope: z.string(),
  health,
  words: z.string().nullable().describe('what is wrong, in a few words'),
  since: knownInstant,
  leader: name,
  lag: z.string().nullable().describe('worst replay lag, with its unit'),
  timeline: z.number().nullable(),
  marks: z.array(z.enum(WALL_MARKS)),
  observedAt: knownInstant,
  staleAfterMs: z.number(),
});

const problemSchema = z.strictObject({
  scope: z.string(),
  health,
  label: z.string(),
  title: z.string(),
  number: z.string().nullable().describe('null: the time since `since`'),
  numberWords: z.string(),
  since: instant,
  members: z.array(
    z.strictObject({
      glyph: z.enum([
        'leader',
        'standby_leader',
        'sync_standby',
        'quorum_standby',
        'replica',
        'replay_paused',
        'lag_over_limit',
        'not_running',
        'forked',
        'unknown',
      ]),
      tone: z.enum(['plain', 'critical', 'unknown', 'warning']),
      names: z.string(),
      text: z.string(),
    }),
  ),
  more: z.number(),
  failoverPossible: z.boolean().nullable(),
  failover: z.string(),
});

const eventSchema = z.strictObject({ id: z.string(), scope: z.string(), at: instant, text: z.string() });

/** `GET /api/wall/{key}` */
export const wallAnswerSchema = z.strictObject({
  kind: z.literal('hello'),
  now: instant,
  seenAt: knownInstant,
  build: z.string(),
  wall: z.strictObject({
    name: z.string(),
    theme: z.enum(['dark', 'light']),
    language: z.enum(LANGUAGES),
    sound: z.boolean(),
  }),
  tiles: z.array(tileSchema),
  problems: z.array(problemSchema),
  events: z.array(eventSchema),
});

/** Each `data:` of `GET /api/wall/{key}/stream` */
export const wallFrameSchema = z.discriminatedUnion('kind', [
  wallAnswerSchema,
  z.strictObject({
    kind: z.literal('update'),
    now: instant,
    seenAt: knownInstant,
    tiles: z.array(tileSchema),
    gone: z.array(z.string()),
    problems: z.array(problemSchema).nullable(),
    events: z.array(eventSchema).nullable(),
  }),
  z.strictObject({ kind: z.literal('beat'), now: instant, seenAt: knownInstant }),
  z.strictObject({ kind: z.literal('end'), now: instant, reason: z.enum(WALL_ENDS) }),
]);

/** The types and the schemas say the same: this line does not compile otherwise. */
export const WALL_SCHEMAS_MATCH: readonly [
  Same<Frozen<z.infer<typeof wallAnswerSchema>>, Frozen<WallAnswer>>,
  Same<Frozen<z.infer<typeof wallFrameSchema>>, Frozen<WallFrame>>,
] = [true, true];
