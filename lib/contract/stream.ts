// The fleet, the one stream that carries everything a browser looks at (fleet rows always, full snapshots of the scopes it asked for),
// and Howdah's own state. With zod: the browser imports types.
import { z } from 'zod';
import { IMPACTS } from '../domain/cause/cause';
import type { FleetMember, FleetRow } from '../domain/fleet';
import type { MemberGlyph } from '../domain/glyph';
import { actionRecordSchema } from './actions';
import { snapshotSchema } from './cluster';
import { historyStateSchema } from './history';
import {
  bytes,
  clusterRole,
  count,
  exactNumbers,
  glyph,
  health,
  instant,
  jsonObject,
  knownInstant,
  labels,
  name,
  postgresRole,
} from './scalar';
import { shape, spoken } from './spoken';
import type { Proved, Same, Wire } from './wire';

export type { FleetMember, FleetRow, MemberGlyph };

export const fleetRowSchema = shape({
  scope: z.string(),
  source: z.string(),
  labels,
  revision: z.number(),
  health,
  headline: shape({ code: z.string(), title: spoken, text: spoken }).nullable(),
  impact: z.enum(IMPACTS).nullable().describe('what it costs; clusters are ordered by it'),
  since: knownInstant,
  findings: shape({ critical: z.number(), unknown: z.number(), warning: z.number(), note: z.number() }),
  findingCodes: z.array(z.string()),
  leader: shape({ name: z.string(), known: z.boolean(), observedAt: instant }).nullable(),
  members: z.array(
    shape({ name: z.string(), glyph, clusterRole, postgresRole, state: name, host: name, silent: z.boolean() }),
  ),
  replayLagBytes: bytes,
  replayLagOverLimit: z.boolean(),
  maximumLagOnFailoverBytes: z.number(),
  timeline: count,
  paused: z.boolean().nullable(),
  maintenance: shape({ out: name, done: z.number(), total: z.number() })
    .optional()
    .describe('under way: who is out, how many are done; absent: none'),
  pendingRestarts: z.number(),
  scheduledSwitchoverAt: name,
  writable: z.boolean().nullable(),
  site: shape({
    role: z.enum(['primary', 'standby']),
    others: z.array(z.string()).describe('of the other clusters; who may see them can tell which they are'),
    lagBytes: bytes,
    lagSeconds: count,
  })
    .optional()
    .describe('its part in two sites of the same data; absent: no other site is seen'),
  observedAt: knownInstant,
  staleAfterMs: z.number(),
  spark: z.array(bytes),
});

const problems = z
  .array(shape({ source: z.string(), text: spoken }))
  .describe('sources that could not be read at all, or that read what another one reads');

const serverStateSchema = shape({
  now: instant.describe('epoch milliseconds at the server when this was made: the clock difference is learned from it'),
  version: z.string(),
  scopes: z.number(),
  members: z.number(),
  configured: z.boolean().describe('false: no source is configured, an empty install'),
  problems,
  roundMs: count,
  intervalMs: z.number(),
});
export type ServerState = Wire<typeof serverStateSchema>;

/** `GET /api/clusters` */
export const clustersSchema = shape({ server: serverStateSchema, clusters: z.array(fleetRowSchema) });

/** Each `data:` of `GET /api/stream`; the event's name is `kind`. */
export const streamFrameSchema = z.discriminatedUnion('kind', [
  shape({ kind: z.literal('hello'), server: serverStateSchema, rows: z.array(fleetRowSchema) }),
  shape({ kind: z.literal('rows'), rows: z.array(fleetRowSchema), gone: z.array(z.string()) }),
  shape({ kind: z.literal('snapshot'), snapshot: snapshotSchema }),
  shape({ kind: z.literal('action'), action: actionRecordSchema }).describe(
    'each change of an action of a scope asked for, whole each time',
  ),
  shape({ kind: z.literal('beat'), server: serverStateSchema }),
]);
export type StreamFrame = Wire<typeof streamFrameSchema>;

/** `GET /api/clusters/{scope}/config` */
export const configSchema = shape({
  scope: z.string(),
  revision: name.describe('version of the key; null: read over REST'),
  by: z.enum(['dcs', 'rest']),
  observedAt: instant,
  value: jsonObject,
  numbers: exactNumbers,
});
export type ConfigAnswer = Wire<typeof configSchema>;

/** Howdah's own database. It may be away: live screens go on, and so do actions, by the journal. */
const storeStateSchema = shape({
  kind: z.enum(['embedded', 'postgres']),
  state: z.enum(['opening', 'ready', 'down']),
  error: spoken.nullable().describe('why it is down, in words'),
  since: instant,
  behind: z.number().describe('journal entries that the store has not got yet'),
});
export type StoreState = Wire<typeof storeStateSchema>;

/** `GET /api/health`, for who may see nothing. */
export const aliveSchema = shape({ ok: z.boolean().describe('false: the status is 503') });

/** `GET /api/health` */
export const healthSchema = shape({
  ok: z.boolean().describe('false: the status is 503'),
  version: z.string(),
  startedAt: instant,
  collector: shape({
    ageMs: count.describe('since the collector last spoke; null: not yet'),
    scopes: z.number(),
    members: z.number(),
    roundMs: count,
    problems,
  }),
  streams: z.number(),
  scopes: z.array(
    shape({
      scope: z.string(),
      revision: z.number(),
      ageMs: count.describe('of the oldest newest answer; null: none yet'),
    }),
  ),
  store: storeStateSchema,
  journal: shape({
    entries: z.number(),
    problem: spoken.nullable().describe('null: it can be written'),
    broken: z.array(spoken).describe('what was found of the record and nobody has acknowledged'),
    streams: z
      .array(
        shape({
          name: z.string(),
          target: spoken,
          behind: z.number().describe('entries that it has not got yet'),
          dropAfter: z.number().describe('further behind it loses the oldest'),
          dropped: z.number().describe('entries that it never got'),
          droppedAt: instant.nullable(),
          lastOkAt: instant.nullable().describe('when it last took something'),
          failingSince: instant.nullable(),
          lastError: spoken.nullable(),
        }),
      )
      .describe('who is told the journal: `audit.streams`'),
  }).describe('the audit journal'),
  history: historyStateSchema
    .nullable()
    .describe('what is kept of the past; null: nothing is kept here (recordings, or the data folder cannot be used)'),
});
export type HealthAnswer = Wire<typeof healthSchema>;

export type Proof = Proved<[Same<typeof fleetRowSchema, FleetRow>]>;
