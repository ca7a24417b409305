// Schemas of the past: what history.ts describes, for the published API and its tests. Server side only.
import { z } from 'zod';
import { FINDING_CODES } from '../domain/cluster';
import { EVENT_KINDS } from '../domain/events';
import { actionRecordSchema } from './action-schema';
import type {
  EventsAnswer,
  HistoryAnswer,
  IncidentAnswer,
  LeadershipAnswer,
  MomentAnswer,
  NoteAnswer,
  NoteDraft,
} from './history';
import { type Frozen, health, instant, name, type Same, severity, snapshotSchema } from './schema';

const knownInstant = instant.nullable();
const column = z.array(z.number().nullable());

export const eventSchema = z.strictObject({
  id: z.string(),
  at: instant,
  by: z.enum(['seen', 'gap', 'history']),
  notBefore: knownInstant.describe('of a gap: it happened between this and `at`, while Howdah did not watch'),
  kind: z.enum(EVENT_KINDS),
  severity: severity.nullable(),
  member: name,
  code: z.enum(FINDING_CODES).nullable(),
  members: z.array(z.string()),
  text: z.string(),
});

const memberSeries = z.strictObject({
  replayBytes: column,
  receiveBytes: column,
  replaySeconds: column,
  timeline: column,
  state: z.array(name),
});

export const historySchema = z.strictObject({
  scope: z.string(),
  from: instant,
  to: instant,
  stepMs: z.number(),
  level: z.enum(['full', 'half_minute', 'ten_minutes', 'memory']),
  times: z.array(instant),
  members: z.record(z.string(), memberSeries),
  walBytesPerSecond: column,
  health: z.array(health.nullable()),
  leader: z.array(name),
  events: z.array(eventSchema),
  eventsCut: z.boolean(),
  keptFrom: knownInstant,
  problem: name,
});

export const eventsSchema = z.strictObject({
  events: z.array(eventSchema.extend({ scope: z.string() })),
  next: name,
  from: z.enum(['store', 'memory']),
  problem: name,
});

export const momentSchema = z.strictObject({
  scope: z.string(),
  at: instant,
  snapshot: snapshotSchema,
  covered: z.boolean(),
  previous: eventSchema.nullable(),
  next: eventSchema.nullable(),
  keptFrom: instant,
  problem: name,
});

const leadershipEntry = z.strictObject({
  timeline: z.number(),
  leader: name,
  startedAt: knownInstant,
  endedAt: knownInstant,
  forkLsn: name,
  current: z.boolean(),
  cause: z.enum(['bootstrap', 'switchover', 'failover', 'automatic', 'unknown']),
  actor: name,
  actionId: name,
  reason: name,
  outageMs: z.number().nullable(),
});

export const leadershipSchema = z.strictObject({
  scope: z.string(),
  entries: z.array(leadershipEntry),
  problem: name,
});

const note = z.strictObject({
  id: z.string(),
  scope: z.string(),
  at: instant,
  text: z.string(),
  actor: z.string(),
  writtenAt: instant,
  withdrawnAt: knownInstant,
});

export const noteDraftSchema = z.strictObject({ at: instant, text: z.string().trim().min(1).max(4000) });
export const noteAnswerSchema = z.strictObject({ note });
export const emptySchema = z.strictObject({});

export const incidentSchema = z.strictObject({
  scope: z.string(),
  from: instant,
  to: instant,
  madeAt: instant,
  before: snapshotSchema.nullable(),
  after: snapshotSchema.nullable(),
  events: z.array(eventSchema),
  eventsCut: z.boolean(),
  findings: z.array(
    z.strictObject({
      code: z.enum(FINDING_CODES),
      severity,
      title: z.string(),
      members: z.array(z.string()),
      from: knownInstant,
      to: knownInstant,
    }),
  ),
  actions: z.array(actionRecordSchema),
  leadership: z.array(leadershipEntry),
  history: historySchema,
  notes: z.array(note),
  blind: z.array(z.strictObject({ from: instant, to: instant })),
  problem: name,
});

/** Compile-time proof that schema and type say the same, in both directions. */
export const HISTORY_SCHEMAS_MATCH: readonly [
  Same<Frozen<z.infer<typeof historySchema>>, Frozen<HistoryAnswer>>,
  Same<Frozen<z.infer<typeof eventsSchema>>, Frozen<EventsAnswer>>,
  Same<Frozen<z.infer<typeof momentSchema>>, Frozen<MomentAnswer>>,
  Same<Frozen<z.infer<typeof leadershipSchema>>, Frozen<LeadershipAnswer>>,
  Same<Frozen<z.infer<typeof noteAnswerSchema>>, Frozen<NoteAnswer>>,
  Same<Frozen<z.infer<typeof noteDraftSchema>>, Frozen<NoteDraft>>,
  Same<Frozen<z.infer<typeof incidentSchema>>, Frozen<IncidentAnswer>>,
] = [true, true, true, true, true, true, true];
