// The DCS of a source as its page shows it, on the wire. With zod: the browser imports types.
import { z } from 'zod';
import { CARE_CODES, type Care } from '../domain/care/care';
import type { CareEvent, StandingFinding } from '../domain/care/care-events';
import { type Dependent, FATES } from '../domain/care/dependents';
import { DCS_KINDS } from '../domain/dcs-kind';
import { reasonSchema } from './actions';
import { bytes, count, health, instant, knownInstant, labels, name, severity } from './scalar';
import { shape, spoken } from './spoken';
import type { Proved, Same, Wire } from './wire';

const role = z.enum(['leader', 'follower', 'learner', 'leaderless']).nullable();
const took = shape({ p50Ms: count, p99Ms: count }).describe(
  'of what happened within about a minute, ms; null: nothing counts it, or too little happened',
);
const hour = z.array(count).describe('p99 each half minute of the last hour, ms, oldest first; null is a gap');
const fact = shape({ label: spoken, text: spoken, good: z.boolean().nullable() });

const member = shape({
  key: z.string(),
  name: z.string(),
  urls: z.array(z.string()),
  peerUrls: z.array(z.string()),
  role: role.describe('as it says now; null: it does not say'),
  was: role.describe('what it said last'),
  votes: z.boolean().nullable(),
  started: z.boolean().describe('false: it is in the list and has never been there'),
  answers: z.boolean().nullable().describe('null: it may, and does not let Howdah know'),
  silentSince: knownInstant,
  error: spoken.nullable(),
  observedAt: knownInstant.describe('of its newest good answer: all up to `alarms` is of then'),
  tookMs: count,
  version: name,
  term: name,
  position: count.describe('entries of its log that are agreed on'),
  behind: count.describe('entries behind the furthest member; null is unknown'),
  sizeBytes: bytes,
  inUseBytes: bytes,
  alarms: z.array(z.string()),
  countedAt: knownInstant.describe('of what it counts: all that follows is of then'),
  countsError: spoken.nullable(),
  quotaBytes: bytes,
  fsync: took,
  roundTrip: took,
  leaderChanges: count.describe('since it was started'),
  slowApplies: count.describe('since it was started'),
  aheadMs: count.describe('what its clock is ahead of that of Howdah; it tells whole seconds'),
  certificateEndsAt: knownInstant,
  facts: z.array(fact),
  fsyncMs: hour,
  roundTripMs: hour,
});

const care = shape({
  kind: z.enum(DCS_KINDS),
  at: instant,
  identity: name.describe('what it calls itself; null: it has no name'),
  unlisted: spoken
    .nullable()
    .describe('why its own list of members is not known: `members` are then the addresses of the settings'),
  leader: name.describe('key of a member'),
  leaderSince: knownInstant.describe('null: it has led since before Howdah looked'),
  term: name,
  versions: z.array(z.string()),
  votes: shape({
    voters: z.number(),
    answer: z.number(),
    unsure: z.number().describe('voters of which nobody knows whether they answer'),
    quorum: z.number(),
    proved: z.boolean().describe('somebody who answers knows a leader'),
    margin: z.number().describe('more that may fail; below zero: no quorum'),
  })
    .nullable()
    .describe('null: it is not known who votes'),
  members: z.array(member),
  facts: z.array(fact),
  ownCertificateEndsAt: knownInstant,
  elections: z.array(shape({ at: instant, leader: z.string(), term: name })).describe('seen by Howdah, newest first'),
});

const finding = shape({
  code: z.enum(CARE_CODES),
  severity,
  title: spoken,
  members: z.array(z.string()).describe('keys'),
  evidence: z.array(shape({ label: spoken, text: spoken })),
  advice: spoken,
  since: instant.describe('first seen by this Howdah'),
});

const event = shape({
  at: instant,
  kind: z.enum(['raised', 'cleared']),
  code: z.enum(CARE_CODES),
  severity,
  title: spoken,
});

const dependent = shape({
  scope: z.string(),
  health,
  fate: z.enum(FATES).describe('what its primary does when the DCS stops'),
  ttlSeconds: count,
  loopWaitSeconds: count,
});

const memberKey = z
  .string()
  .max(64)
  .regex(/^[0-9a-f]+$/, 'a key of a member');
export const dcsRequestSchema = z.discriminatedUnion('kind', [
  shape({ kind: z.literal('add_learner'), name: z.string().max(63), peerUrl: z.string().max(200) }),
  shape({ kind: z.enum(['promote', 'remove', 'move_leader', 'disarm']), member: memberKey }),
  shape({ kind: z.literal('defragment') }),
  shape({ kind: z.literal('snapshot') }),
]);
/** `POST /api/dcs/{source}/actions` */
export const dcsOrderSchema = shape({ request: dcsRequestSchema, reason: reasonSchema });
export type DcsOrder = Wire<typeof dcsOrderSchema>;

export const dcsActionSchema = shape({
  id: z.string(),
  title: spoken,
  actor: z.string(),
  reason: z.string(),
  at: instant,
  endedAt: knownInstant.describe('null: it runs'),
  outcome: z
    .enum(['done', 'refused', 'stopped', 'unknown'])
    .nullable()
    .describe('`unknown`: it may yet be done, and is not sent again'),
  text: spoken.nullable(),
  commands: z.array(z.string()).describe('what a person types next: it starts the member that was added'),
});
export type DcsActionState = Wire<typeof dcsActionSchema>;

const actions = shape({
  refused: spoken.nullable().describe('why nothing of it can be done from here by you; null: it can'),
  choices: z.array(
    shape({
      request: dcsRequestSchema,
      title: spoken,
      refused: spoken.nullable().describe('what forbids it now; null: nothing'),
      words: spoken,
      commands: z.array(z.string()).describe('the same by hand'),
    }),
  ),
  records: z.array(dcsActionSchema).describe('of this process, newest first; the access log has all'),
});

/** `GET /api/dcs/{source}` */
export const careSchema = shape({
  source: z.string(),
  labels,
  namespace: z.string(),
  staleAfterMs: z.number(),
  care: care.nullable().describe('null: nothing was seen yet'),
  margin: spoken.nullable().describe('how many may fail, in words'),
  findings: z.array(finding).describe('worst first'),
  events: z.array(event).describe('findings that began and ended since Howdah looks, newest first'),
  actions: actions.nullable().describe('null: still opening, or these are recordings'),
  clusters: z.array(dependent).describe('that keep their keys there and that you may see, worst hit first'),
  partial: z.boolean().describe('true: clusters that you may not see are not among them'),
});
export type CareAnswer = Wire<typeof careSchema>;

export type CareIsProved = Proved<
  [
    Same<typeof care, Care>,
    Same<typeof finding, StandingFinding>,
    Same<typeof event, CareEvent>,
    Same<typeof dependent, Dependent>,
  ]
>;
