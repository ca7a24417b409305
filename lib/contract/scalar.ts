// The small schemas that all others are made of.

import { z } from 'zod';
import { HEALTHS, SEVERITIES } from '../domain/severity';

export const instant = z.number().describe('epoch milliseconds on the clock of Howdah');
export const knownInstant = instant.nullable();
export const name = z.string().nullable();
export const count = z.number().nullable();
export const bytes = count.describe('bytes; null is unknown');
export const labels = z.record(z.string(), z.string());
export const jsonObject = z.record(z.string(), z.unknown());
export const exactNumbers = z
  .array(z.object({ path: z.array(z.union([z.string(), z.number()])), source: z.string() }))
  .describe('numbers of `value` as they are stored where a double cannot hold them: 1.0, integers beyond 2^53');
export const severity = z.enum(SEVERITIES);
export const health = z.enum(HEALTHS);
export const clusterRole = z.enum(['leader', 'standby_leader', 'sync_standby', 'quorum_standby', 'replica']).nullable();
export const postgresRole = z.enum(['primary', 'replica', 'unknown']);
export const glyph = z.enum([
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
]);
/** The body of what needs to be told nothing. */
export const emptySchema = z.strictObject({});
export const okSchema = z.strictObject({ ok: z.literal(true) });
