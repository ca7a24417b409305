// The past on the wire: series, events, leadership, one moment, an incident and its notes. With zod: the browser imports types.
import { z } from 'zod';
import { FINDING_CODES } from '../domain/cluster';
import { type ClusterEvent, EVENT_KINDS, type EventKind } from '../domain/events';
import type { Downtime, Unseen } from '../domain/incident/availability';
import type { FindingSpan, Incident, Leadership, LeadershipCause, Note } from '../domain/incident/incident';
import { actionRecordSchema } from './actions';
import { snapshotSchema } from './cluster';
import { NOTE_MAX } from './limits';
import { bytes, count, health, instant, knownInstant, name, severity } from './scalar';
import { shape, spoken } from './spoken';
import type { Proved, Same, Wire } from './wire';

export type { ClusterEvent, Downtime, EventKind, FindingSpan, Leadership, LeadershipCause, Note, Unseen };

/** One value per bucket, as long as `times`. */
const column = z.array(count.describe('null is a gap'));
const problem = spoken.nullable().describe('why less is shown than was asked for; null: nothing is missing');

const eventSchema = shape({
  id: z.string(),
  at: instant,
  by: z.enum(['seen', 'gap', 'history']),
  notBefore: knownInstant.describe('of a gap: it happened between this and `at`, while Howdah did not watch'),
  kind: z.enum(EVENT_KINDS),
  severity: severity.nullable(),
  member: name,
  code: z.enum(FINDING_CODES).nullable(),
  members: z.array(z.string()),
  text: spoken,
});

const scopedEvent = eventSchema.extend({ scope: z.string() });
export type ScopedEvent = Wire<typeof scopedEvent>;

/** Lag is the worst of the bucket, the rest its last. */
const memberSeries = shape({
  replayBytes: column,
  receiveBytes: column,
  replaySeconds: column,
  timeline: column,
  state: z.array(name),
});
export type MemberSeries = Wire<typeof memberSeries>;

/** `GET /api/clusters/{scope}/history` */
export const historySchema = shape({
  scope: z.string(),
  from: instant,
  to: instant,
  stepMs: z.number(),
  level: z
    .enum(['full', 'half_minute', 'ten_minutes', 'memory'])
    .describe('how fine the samples are that were kept; memory: the store is away, or there is none'),
  times: z.array(instant).describe('begin of each bucket, ascending, `stepMs` apart without holes'),
  members: z.record(z.string(), memberSeries),
  walBytesPerSecond: column,
  health: z.array(health.nullable()).describe('worst of the bucket'),
  leader: z.array(name),
  events: z.array(eventSchema).describe('of the window, newest first, at most 500'),
  eventsCut: z.boolean().describe('there are more events in the window'),
  keptFrom: knownInstant.describe('oldest sample that is kept of this scope; null: none, or not known'),
  problem,
});
export type HistoryAnswer = Wire<typeof historySchema>;
export type HistoryLevel = HistoryAnswer['level'];

/** `GET /api/events` */
export const eventsSchema = shape({
  events: z.array(scopedEvent),
  next: name.describe('pass as `before` for the next page; null: this was the last'),
  from: z
    .enum(['store', 'memory'])
    .describe('memory: the store is away, only what this process saw and still remembers'),
  problem,
});
export type EventsAnswer = Wire<typeof eventsSchema>;

/** `GET /api/clusters/{scope}/moment` */
export const momentSchema = shape({
  scope: z.string(),
  at: instant,
  snapshot: snapshotSchema.describe('the newest that was kept at or before `at`; `observedAt` says when it was true'),
  covered: z.boolean().describe('Howdah watched from the snapshot to `at`: nothing but numbers changed'),
  previous: eventSchema.nullable(),
  next: eventSchema.nullable(),
  keptFrom: instant,
  problem,
});
export type MomentAnswer = Wire<typeof momentSchema>;

const leadershipEntry = shape({
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
  outageMs: count,
});

/** `GET /api/clusters/{scope}/leadership` */
export const leadershipSchema = shape({
  scope: z.string(),
  entries: z.array(leadershipEntry).describe('oldest first'),
  problem,
});
export type LeadershipAnswer = Wire<typeof leadershipSchema>;

const note = shape({
  id: z.string(),
  scope: z.string(),
  at: instant,
  text: z.string(),
  actor: z.string(),
  writtenAt: instant,
  withdrawnAt: knownInstant,
});

export const noteDraftSchema = shape({ at: instant, text: z.string().trim().min(1).max(NOTE_MAX) });
export type NoteDraft = Wire<typeof noteDraftSchema>;
export const noteAnswerSchema = shape({ note });
export type NoteAnswer = Wire<typeof noteAnswerSchema>;

/** `GET /api/clusters/{scope}/incident` */
export const incidentSchema = shape({
  scope: z.string(),
  from: instant,
  to: instant,
  madeAt: instant,
  before: snapshotSchema.nullable(),
  after: snapshotSchema.nullable(),
  events: z.array(eventSchema),
  eventsCut: z.boolean(),
  findings: z.array(
    shape({
      code: z.enum(FINDING_CODES),
      severity,
      title: spoken,
      members: z.array(z.string()),
      from: knownInstant,
      to: knownInstant,
    }),
  ),
  actions: z.array(actionRecordSchema),
  leadership: z.array(leadershipEntry),
  history: historySchema,
  notes: z.array(note),
  blind: z.array(shape({ from: instant, to: instant })),
  problem,
});
export type IncidentAnswer = Wire<typeof incidentSchema>;

const downtime = shape({
  from: instant,
  to: instant.describe('where it is open: the end of the window'),
  open: z.boolean(),
  by: z.enum(['probe', 'observation']),
  ms: z.number().describe('what of it was watched'),
  planned: z.boolean().describe('an action of Howdah or a request by patronictl or REST began it'),
  cause: spoken.describe('what began it'),
  detail: spoken.nullable().describe('what ended it, or who asked for it and why'),
  lost: spoken.nullable(),
  actionId: name,
});
const unseenSpan = shape({ from: instant, to: instant, why: z.enum(['not_watched', 'not_known']) });

/** `GET /api/availability` */
export const availabilitySchema = shape({
  from: instant,
  to: instant.describe('as it was asked for, or now'),
  clusters: z
    .array(
      shape({
        scope: z.string(),
        labels: z.record(z.string(), z.string()),
        objectivePercent: count.describe('of the time that it should take writes; null: none is set'),
        unplannedMs: z.number(),
        plannedMs: z.number(),
        unseenMs: z.number().describe('neither up nor down: nobody watched, or nobody could tell'),
        outages: z.array(downtime).describe('newest first, at most 500; the sums are of all'),
        unseen: z.array(unseenSpan).describe('newest first, at most 500'),
      }),
    )
    .describe('the most unplanned first'),
  problem,
});
export type AvailabilityAnswer = Wire<typeof availabilitySchema>;
export type ClusterAvailability = AvailabilityAnswer['clusters'][number];

/** Howdah's memory, for health, the screens and /metrics. */
export const historyStateSchema = shape({
  buffered: z.number().describe('snapshots, samples and events that wait for the store'),
  bufferedBytes: z.number(),
  bufferLimitBytes: z.number(),
  droppedSamples: z
    .number()
    .describe('given up since the start because the buffer was full, or because the store refused them'),
  droppedFrames: z.number(),
  droppedEvents: z.number(),
  storedAt: knownInstant.describe('when the store last took something; null: not yet'),
  storedBytes: bytes.describe('bytes of the tables of the past; null: not measured yet'),
  limitBytes: z.number(),
  elsewhere: z.number().describe('scopes whose past another Howdah on this store writes'),
  problem: spoken.nullable(),
});
export type HistoryState = Wire<typeof historyStateSchema>;

export type Proof = Proved<
  [
    Same<typeof eventSchema, ClusterEvent>,
    Same<typeof leadershipEntry, Leadership>,
    Same<typeof note, Note>,
    Same<typeof downtime, Downtime>,
    Same<typeof unseenSpan, Unseen>,
    Same<typeof incidentSchema, Omit<Incident, 'history'> & Pick<IncidentAnswer, 'history'>>,
  ]
>;
