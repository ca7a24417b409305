// The published shapes as schemas: the OpenAPI document is generated from them, and the recorded scenarios are checked
// against them, so that what is documented is what is sent. Strict: a field that is not described here fails that check.
// Server side only; a browser needs the types alone.

import { z } from 'zod';
import type { Snapshot } from '../domain/cluster';
import { FINDING_CODES } from '../domain/cluster';
import type { Sentence } from '../language/sentence';
import type { ConfigAnswer, FleetRow, HealthAnswer, ServerState } from './stream';
import { ERROR_CODES } from './stream';

export const instant = z.number().describe('epoch milliseconds on the clock of Howdah');
const knownInstant = instant.nullable();
export const name = z.string().nullable();
export const bytes = z.number().nullable().describe('bytes; null is unknown');
const seconds = z.number().nullable().describe('seconds; null is unknown, or idle where `idle` is true');
const lsn = z.number().nullable().describe('WAL position in bytes; null is unknown');
export const severity = z.enum(['critical', 'unknown', 'warning', 'note']);
export const health = z.enum(['critical', 'unknown', 'warning', 'note', 'ok']);
const clusterRole = z.enum(['leader', 'standby_leader', 'sync_standby', 'quorum_standby', 'replica']).nullable();
const postgresRole = z.enum(['primary', 'replica', 'unknown']);
const errorKind = z
  .enum(['timeout', 'refused', 'unreachable', 'tls', 'auth', 'denied', 'http', 'malformed', 'closed', 'skipped'])
  .nullable();
const labels = z.record(z.string(), z.string());

const witness = z.strictObject({
  state: z.enum(['fresh', 'stale', 'failed', 'never']).nullable().describe('null: not configured'),
  observedAt: knownInstant,
  tookMs: z.number().nullable(),
  error: name,
  errorKind,
});

const replication = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('leader') }),
  z.strictObject({
    kind: z.literal('streaming'),
    upstream: name,
    by: z.enum(['walsender', 'wal_receiver', 'patroni']),
  }),
  z.strictObject({ kind: z.literal('archive_recovery') }),
  z.strictObject({ kind: z.literal('not_streaming'), since: knownInstant }),
  z.strictObject({ kind: z.literal('unknown'), reason: z.string() }),
]);

const stages = z.strictObject({
  upstream: z.string(),
  sentBytes: bytes,
  writeBytes: bytes,
  flushBytes: bytes,
  replayBytes: bytes,
  writeSeconds: seconds,
  flushSeconds: seconds,
  replaySeconds: seconds,
  syncState: name,
  state: name,
  replyAt: knownInstant,
  observedAt: instant,
});

const pauseNoteSchema = z.strictObject({
  actionId: z.string(),
  by: z.string(),
  owner: z.string(),
  reason: z.string(),
  pausedAt: instant,
  until: knownInstant,
  autoResume: z.boolean(),
  systemIdentifier: name,
  configRevision: name,
});

const member = z.strictObject({
  name: z.string(),
  host: name,
  port: z.number().nullable(),
  apiUrl: name,
  listed: z.boolean(),
  clusterRole,
  postgresRole,
  state: name,
  patroniSays: z.strictObject({ state: name, lagBytes: bytes }),
  timeline: z.number().nullable(),
  lsn,
  receivedLsn: lsn,
  replayedLsn: lsn,
  replayPaused: z.boolean().nullable(),
  replayedAt: knownInstant,
  upstream: name,
  replicateFrom: name,
  replication,
  lag: z.strictObject({
    receiveBytes: bytes,
    replayBytes: bytes,
    writeSeconds: seconds,
    flushSeconds: seconds,
    replaySeconds: seconds,
    idle: z.boolean(),
  }),
  stages: stages.nullable(),
  divergence: z
    .strictObject({
      kind: z.literal('forked'),
      forkLsn: lsn,
      pastBytes: bytes,
      memberTimeline: z.number(),
      memberLsn: z.number(),
      leaderTimeline: z.number(),
    })
    .nullable(),
  pendingRestart: z
    .strictObject({
      since: knownInstant,
      parameters: z.array(z.strictObject({ name: z.string(), from: name, to: name })),
      by: z.array(z.enum(['patroni', 'postgres', 'dcs'])),
    })
    .nullable(),
  scheduledRestart: z.strictObject({ at: z.string(), conditions: z.record(z.string(), z.unknown()) }).nullable(),
  tags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  watchdog: z.literal('failed').nullable(),
  patroniVersion: name,
  postgresVersion: name,
  startedAt: knownInstant,
  systemIdentifier: name,
  clockOffsetSeconds: seconds,
  failsafeActive: z.boolean(),
  seesPause: z.boolean().nullable(),
  slots: z
    .array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['physical', 'logical']),
        active: z.boolean().nullable(),
        retainedBytes: bytes,
        walStatus: name,
        member: name,
      }),
    )
    .nullable(),
  archiver: z
    .strictObject({
      enabled: z.boolean(),
      archivedCount: z.number(),
      lastArchivedWal: name,
      lastArchivedAt: knownInstant,
      failedCount: z.number(),
      lastFailedWal: name,
      lastFailedAt: knownInstant,
    })
    .nullable(),
  externalStandbys: z.array(z.strictObject({ applicationName: z.string(), state: name, clientAddr: name })),
  sqlGrantMissing: z.boolean(),
  witnesses: z.strictObject({ dcs: witness, patroni: witness, sql: witness }),
  observedAt: knownInstant,
  silent: z.boolean(),
});

const endpoint = z.strictObject({
  url: z.string(),
  name,
  state: z.enum(['leader', 'follower', 'learner', 'no_quorum', 'down', 'unknown']),
  version: name,
  dbSizeBytes: bytes,
  raftTerm: name,
  alarms: z.array(z.string()),
  tookMs: z.number().nullable(),
  observedAt: knownInstant,
  error: name,
});

const cluster = z.strictObject({
  systemIdentifier: name,
  leader: z
    .strictObject({
      name: z.string(),
      known: z.boolean(),
      by: z.enum(['dcs', 'cluster', 'patroni']),
      observedAt: instant,
      since: knownInstant,
    })
    .nullable(),
  timeline: z.number().nullable(),
  paused: z.boolean().nullable(),
  pauseNote: pauseNoteSchema.nullable(),
  synchronousMode: z.enum(['off', 'on', 'quorum']).nullable(),
  synchronousModeStrict: z.boolean(),
  sync: z.strictObject({ leader: name, standbys: z.array(z.string()), quorum: z.number().nullable() }).nullable(),
  failsafe: z.strictObject({ enabled: z.boolean().nullable(), active: z.boolean() }),
  standbyCluster: z.strictObject({ host: name, port: z.number().nullable() }).nullable(),
  scheduledSwitchover: z.strictObject({ at: z.string(), from: name, to: name }).nullable(),
  pendingSwitchover: z.strictObject({ from: name, to: name }).nullable(),
  history: z.array(
    z.strictObject({
      timeline: z.number(),
      endLsn: lsn,
      startedAt: knownInstant,
      endedAt: knownInstant,
      leader: name,
      reason: name,
    }),
  ),
  config: z
    .strictObject({
      value: z.record(z.string(), z.unknown()),
      revision: name,
      by: z.enum(['dcs', 'rest']),
      observedAt: instant,
      ttlSeconds: z.number(),
      loopWaitSeconds: z.number(),
      retryTimeoutSeconds: z.number(),
      maximumLagOnFailoverBytes: z.number(),
    })
    .nullable(),
  dcs: z
    .strictObject({
      kind: z.literal('etcd3'),
      namespace: z.string(),
      state: z.enum(['fresh', 'stale', 'never']),
      currentAt: knownInstant,
      revision: name,
      error: name,
      quorum: z.boolean().nullable(),
      endpoints: z.array(endpoint),
      leaderLease: z
        .strictObject({ ttlSeconds: z.number(), grantedSeconds: z.number(), observedAt: instant })
        .nullable(),
      keyRevisions: z
        .strictObject({ leader: z.string(), failover: z.string(), sync: z.string(), config: z.string() })
        .nullable()
        .describe("mod_revision by key, '0' where there is no such key"),
    })
    .nullable(),
  walBytesPerSecond: z.number().nullable(),
  writable: z.boolean().nullable(),
  members: z.array(member),
});

export const snapshotSchema = z.strictObject({
  scope: z.string(),
  source: z.string(),
  labels,
  revision: z.number(),
  observedAt: instant,
  intervalMs: z.number(),
  staleAfterMs: z.number(),
  roundMs: z.number().nullable(),
  health,
  sources: z.array(
    z.strictObject({
      source: z.enum(['dcs', 'patroni', 'sql', 'cluster']),
      configured: z.boolean(),
      answers: z.array(z.strictObject({ member: name, state: witness })),
      tookMs: z.number().nullable(),
      limitMs: z.number(),
    }),
  ),
  cluster,
  findings: z.array(
    z.strictObject({
      code: z.enum(FINDING_CODES),
      severity,
      title: z.string(),
      members: z.array(z.string()),
      evidence: z.array(z.strictObject({ label: z.string(), text: z.string() })),
      since: instant,
      advice: z.string(),
    }),
  ),
  readiness: z.strictObject({
    failoverPossible: z.boolean().nullable(),
    reasons: z.array(z.string()),
    candidates: z.array(
      z.strictObject({
        member: z.string(),
        eligible: z.boolean().nullable(),
        patroniWouldElect: z.boolean().nullable(),
        reasons: z.array(z.strictObject({ by: z.enum(['patroni', 'howdah']), code: z.string(), text: z.string() })),
        lagBytes: bytes,
      }),
    ),
  }),
});

const glyph = z.enum([
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

export const fleetRowSchema = z.strictObject({
  scope: z.string(),
  source: z.string(),
  labels,
  revision: z.number(),
  health,
  headline: z.strictObject({ code: z.string(), title: z.string(), text: z.string() }).nullable(),
  findings: z.strictObject({ critical: z.number(), unknown: z.number(), warning: z.number(), note: z.number() }),
  findingCodes: z.array(z.string()),
  leader: z.strictObject({ name: z.string(), known: z.boolean(), observedAt: instant }).nullable(),
  members: z.array(z.strictObject({ name: z.string(), glyph, clusterRole, postgresRole, state: name })),
  replayLagBytes: bytes,
  replayLagOverLimit: z.boolean(),
  maximumLagOnFailoverBytes: z.number(),
  timeline: z.number().nullable(),
  paused: z.boolean().nullable(),
  pendingRestarts: z.number(),
  scheduledSwitchoverAt: name,
  writable: z.boolean().nullable(),
  observedAt: knownInstant,
  staleAfterMs: z.number(),
  spark: z.array(bytes),
});

const problems = z.array(z.strictObject({ source: z.string(), text: z.string() }));

export const serverStateSchema = z.strictObject({
  now: instant,
  version: z.string(),
  scopes: z.number(),
  members: z.number(),
  configured: z.boolean(),
  problems,
  roundMs: z.number().nullable(),
  intervalMs: z.number(),
});

export const clustersSchema = z.strictObject({ server: serverStateSchema, clusters: z.array(fleetRowSchema) });

export const configSchema = z.strictObject({
  scope: z.string(),
  revision: name,
  by: z.enum(['dcs', 'rest']),
  observedAt: instant,
  value: z.record(z.string(), z.unknown()),
});

export const healthSchema = z.strictObject({
  ok: z.boolean(),
  version: z.string(),
  startedAt: instant,
  collector: z.strictObject({
    ageMs: z.number().nullable(),
    scopes: z.number(),
    members: z.number(),
    roundMs: z.number().nullable(),
    problems,
  }),
  streams: z.number(),
  scopes: z.array(z.strictObject({ scope: z.string(), revision: z.number(), ageMs: z.number().nullable() })),
  store: z.strictObject({
    kind: z.enum(['embedded', 'postgres']),
    state: z.enum(['opening', 'ready', 'down']),
    error: name,
    since: instant,
    behind: z.number(),
  }),
  journal: z.strictObject({ entries: z.number(), problem: name }),
  history: z
    .strictObject({
      buffered: z.number(),
      bufferedBytes: z.number(),
      bufferLimitBytes: z.number(),
      droppedSamples: z.number(),
      droppedFrames: z.number(),
      droppedEvents: z.number(),
      storedAt: knownInstant,
      storedBytes: bytes,
      limitBytes: z.number(),
      elsewhere: z.number().describe('scopes whose past another Howdah on this store writes'),
      problem: name,
    })
    .nullable(),
});

export const errorSchema = z.strictObject({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  details: z.unknown().optional(),
});

/** Compile-time proof that schema and type say the same, in both directions. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** On the wire a sentence is its English; the form beside it is the business of lib/language/carry.ts. */
export type Frozen<T> = T extends Sentence
  ? string
  : T extends (infer E)[]
    ? readonly Frozen<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Frozen<T[K]> }
      : T;
export const SCHEMAS_MATCH: readonly [
  Same<Frozen<z.infer<typeof snapshotSchema>>, Frozen<Snapshot>>,
  Same<Frozen<z.infer<typeof fleetRowSchema>>, Frozen<FleetRow>>,
  Same<Frozen<z.infer<typeof configSchema>>, Frozen<ConfigAnswer>>,
  Same<Frozen<z.infer<typeof healthSchema>>, Frozen<HealthAnswer>>,
  Same<Frozen<z.infer<typeof serverStateSchema>>, Frozen<ServerState>>,
] = [true, true, true, true, true];
