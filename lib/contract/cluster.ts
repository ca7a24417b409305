// The snapshot of a cluster as it crosses the wire. Its type is the core's (domain/cluster.ts); the proof that both say the same stands
// at the end. Strict: the recorded scenarios are checked against it, so that what is documented is what is sent. With zod: the
// browser imports the type alone.
import { z } from 'zod';
import type { Snapshot } from '../domain/cluster';
import { FINDING_CODES } from '../domain/cluster';
import {
  bytes,
  clusterRole,
  health,
  instant,
  jsonObject,
  knownInstant,
  labels,
  name,
  postgresRole,
  severity,
} from './scalar';
import { spoken } from './spoken';
import type { Proved, Same } from './wire';

const seconds = z.number().nullable().describe('seconds; null is unknown, or idle where `idle` is true');
const lsn = z.number().nullable().describe('WAL position in bytes; null is unknown');
const errorKind = z
  .enum(['timeout', 'refused', 'unreachable', 'tls', 'auth', 'denied', 'http', 'malformed', 'closed', 'skipped'])
  .nullable();

const witness = z.strictObject({
  state: z.enum(['fresh', 'stale', 'failed', 'never']).nullable().describe('null: not configured'),
  observedAt: knownInstant,
  tookMs: z.number().nullable(),
  error: spoken.nullable(),
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
  z.strictObject({ kind: z.literal('unknown'), reason: spoken }),
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
  scheduledRestart: z.strictObject({ at: z.string(), conditions: jsonObject }).nullable(),
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
  error: spoken.nullable(),
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
      value: jsonObject,
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
      error: spoken.nullable(),
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

export const evidence = z.strictObject({ label: spoken, text: spoken });
export const candidateReason = z.strictObject({ by: z.enum(['patroni', 'howdah']), code: z.string(), text: spoken });

/** `GET /api/clusters/{scope}` */
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
      title: spoken,
      members: z.array(z.string()),
      evidence: z.array(evidence),
      since: instant,
      advice: spoken,
    }),
  ),
  readiness: z.strictObject({
    failoverPossible: z.boolean().nullable(),
    reasons: z.array(spoken),
    candidates: z.array(
      z.strictObject({
        member: z.string(),
        eligible: z.boolean().nullable(),
        patroniWouldElect: z.boolean().nullable(),
        reasons: z.array(candidateReason),
        lagBytes: bytes,
      }),
    ),
  }),
});

export type Proof = Proved<[Same<typeof snapshotSchema, Snapshot>]>;
