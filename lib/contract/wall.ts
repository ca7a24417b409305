// A wall on the wire: its own stream, whole texts in the wall's language, at most one frame a second. The types of what it shows are
// those of telling/wall. With zod: the browser imports types.

import { z } from 'zod';
import { IMPACTS } from '../domain/cause/cause';
import { LOUD } from '../domain/severity';
import type * as telling from '../telling/wall/wall';
import { WALL_ENDS, WALL_MARKS, type WallEnd, type WallMark } from '../telling/wall/wall';
import { wallSettings } from './access';
import { glyph, health, instant, knownInstant, name } from './scalar';
import { rendered, shape } from './spoken';
import type { Proved, Same, Wire } from './wire';

export type { WallEnd, WallMark };
export type WallTile = telling.WallTile<string>;
export type WallMembers = telling.WallMembers<string>;
export type WallProblem = telling.WallProblem<string>;
export type WallEvent = telling.WallEvent<string>;

const tileSchema = shape({
  scope: z.string(),
  health,
  impact: z.enum(IMPACTS).nullable(),
  words: rendered.nullable().describe('what is wrong, in a few words'),
  since: knownInstant,
  leader: name,
  lag: rendered.nullable().describe('worst replay lag, with its unit'),
  timeline: z.number().nullable(),
  marks: z.array(z.enum(WALL_MARKS)),
  observedAt: knownInstant,
  staleAfterMs: z.number(),
});

const problemSchema = shape({
  scope: z.string(),
  health,
  label: rendered,
  title: rendered,
  number: rendered.nullable().describe('null: the time since `since`'),
  numberWords: rendered,
  since: instant,
  members: z.array(
    shape({
      glyph,
      tone: z.enum(['plain', ...LOUD]),
      names: z.string(),
      text: rendered,
    }),
  ),
  more: z.number(),
  failoverPossible: z.boolean().nullable(),
  failover: rendered,
});

const eventSchema = shape({ id: z.string(), scope: z.string(), at: instant, text: rendered });

/** What the screen itself needs to know of its settings. */
const wallLook = shape(wallSettings).pick({ name: true, theme: true, language: true, sound: true });
export type WallLook = Wire<typeof wallLook>;

const clock = { now: instant, seenAt: knownInstant.describe('when the collector last spoke; null: not yet') };

/** `GET /api/wall/{key}`: what a new screen gets first. 404 and 403 with `details.reason`: see WallEnd. */
export const wallAnswerSchema = shape({
  kind: z.literal('hello'),
  ...clock,
  build: z
    .string()
    .describe('another one than the page was loaded with: Howdah was upgraded, the page loads itself again, once'),
  wall: wallLook,
  tiles: z.array(tileSchema),
  problems: z.array(problemSchema),
  events: z.array(eventSchema),
});

/** Each `data:` of `GET /api/wall/{key}/stream` */
export const wallFrameSchema = z.discriminatedUnion('kind', [
  wallAnswerSchema,
  shape({
    kind: z.literal('update'),
    ...clock,
    tiles: z.array(tileSchema).describe('those that changed'),
    gone: z.array(z.string()),
    problems: z.array(problemSchema).nullable().describe('all of them; null: as before'),
    events: z.array(eventSchema).nullable().describe('newest first; null: as before'),
  }),
  shape({ kind: z.literal('beat'), ...clock }),
  shape({ kind: z.literal('end'), now: instant, reason: z.enum(WALL_ENDS) }),
]);
export type WallFrame = Wire<typeof wallFrameSchema>;

export type Proof = Proved<
  [Same<typeof tileSchema, WallTile>, Same<typeof problemSchema, WallProblem>, Same<typeof eventSchema, WallEvent>]
>;
