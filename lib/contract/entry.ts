// The doors of a cluster as they cross the wire: part of its snapshot. Types are the core's (domain/entries/entry.ts); contract/cluster.ts
// proves that both say the same.
import { z } from 'zod';
import { ENTRY_KINDS, ENTRY_VERDICTS, SERVER_CHECKS, SERVER_STATES } from '../domain/entries/entry';
import { instant, knownInstant, name } from './scalar';
import { shape } from './spoken';
import { witness } from './witness';

const seconds = z.number().nullable().describe('seconds; null is unknown');
const count = z.number().nullable().describe('null is unknown');

const server = shape({
  name: z.string(),
  address: name.describe('null: the door does not say'),
  member: name.describe('null: no member of this cluster'),
  matchedBy: z.enum(['address', 'name', 'identity']).nullable(),
  takes: z.boolean().describe('new connections come to it'),
  state: z.enum(SERVER_STATES),
  status: name.describe('the same in the word of the door'),
  check: z.enum(SERVER_CHECKS),
  checkSince: instant.describe('since when the check has found that, as far as Howdah saw'),
  checkCode: count,
  sessions: count,
  changedAt: knownInstant,
});

const pool = shape({
  target: name,
  paused: z.boolean(),
  disabled: z.boolean(),
  mode: name,
  size: count,
  clients: z.number(),
  waiting: z.number(),
  waitSeconds: z.number(),
  waitLimitSeconds: seconds,
  busy: z.number(),
  idle: z.number(),
  loginRetrySeconds: seconds,
  waitingSince: knownInstant,
  stuckSince: knownInstant,
});

const listener = shape({
  name: z.string(),
  purpose: z.enum(['primary', 'replicas']).nullable(),
  purposeBy: z.enum(['file', 'behaviour', 'name']).nullable(),
  verdict: z.enum(ENTRY_VERDICTS),
  since: instant,
  members: z.array(z.string()).describe('to whom new connections come'),
  led: shape({ member: z.string(), since: instant }).nullable().describe('whom it led to alone when that was last so'),
  turnedAt: z.array(instant),
  sessions: count,
  waiting: count,
  servers: z.array(server),
  pool: pool.nullable(),
});

export const entry = shape({
  name: z.string(),
  kind: z.enum(ENTRY_KINDS),
  address: z.string(),
  version: name,
  witness,
  limitMs: z.number(),
  listeners: z.array(listener),
});
