// The snapshot of a cluster as it crosses the wire. Its type is the core's (domain/cluster.ts); the proof that both say the same stands
// at the end. Strict: the recorded scenarios are checked against it, so that what is documented is what is sent. With zod: the
// browser imports the type alone.
import { z } from 'zod';
import { ACTION_KINDS } from '../domain/action-kind';
import { CAUSE_CODES, IMPACTS } from '../domain/cause/cause';
import { FINDING_CODES, type Snapshot } from '../domain/cluster';
import { DCS_KINDS } from '../domain/dcs-kind';
import { DCS_TROUBLES } from '../domain/raw';
import { backupState, baseBackup } from './backups';
import { entry } from './entry';
import { machine } from './hosts';
import { maintenanceSchema } from './maintenance';
import {
  bytes,
  clusterRole,
  count,
  exactNumbers,
  health,
  instant,
  jsonObject,
  knownInstant,
  labels,
  name,
  postgresRole,
  severity,
} from './scalar';
import { siteSchema } from './site';
import { shape, spoken } from './spoken';
import type { Proved, Same } from './wire';
import { errorKind, witness } from './witness';

const seconds = z.number().nullable().describe('seconds; null is unknown, or idle where `idle` is true');
const lsn = z.number().nullable().describe('WAL position in bytes; null is unknown');
const replication = z.discriminatedUnion('kind', [
  shape({ kind: z.literal('leader') }),
  shape({
    kind: z.literal('streaming'),
    upstream: name,
    by: z.enum(['walsender', 'wal_receiver', 'patroni']),
  }),
  shape({ kind: z.literal('archive_recovery') }),
  shape({ kind: z.literal('not_streaming'), since: knownInstant, why: spoken.nullable(), circle: z.boolean() }),
  shape({ kind: z.literal('unknown'), reason: spoken }),
]);

const stages = shape({
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

const pauseNoteSchema = shape({
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

const member = shape({
  name: z.string(),
  host: name,
  port: z.number().nullable(),
  apiUrl: name,
  listed: z.boolean(),
  leased: z.boolean().nullable().describe('does its key in the DCS go with a lease; null: no key was read'),
  identity: shape({
    verdict: z.enum([
      'own',
      'unheard',
      'alias',
      'other_name',
      'other_scope',
      'shared_address',
      'loopback',
      'name_twice',
    ]),
    text: spoken.nullable(),
    node: name,
    sql: spoken.nullable(),
  }).describe('whose answer stands at its addresses; what is not its own counts as no answer'),
  moves: z
    .array(shape({ at: instant, from: z.string() }))
    .optional()
    .describe('changes of its REST address within the last minute'),
  clusterRole,
  postgresRole,
  state: name,
  patroniSays: shape({ state: name, lagBytes: bytes }),
  timeline: z.number().nullable(),
  lsn,
  receivedLsn: lsn,
  replayedLsn: lsn,
  replayPaused: z.boolean().nullable(),
  replayedAt: knownInstant,
  upstream: name,
  replicateFrom: name,
  replication,
  lag: shape({
    receiveBytes: bytes,
    replayBytes: bytes,
    writeSeconds: seconds,
    flushSeconds: seconds,
    replaySeconds: seconds,
    idle: z.boolean(),
  }),
  stages: stages.nullable(),
  divergence: shape({
    kind: z.literal('forked'),
    forkLsn: lsn,
    pastBytes: bytes,
    memberTimeline: z.number(),
    memberLsn: z.number(),
    leaderTimeline: z.number(),
  }).nullable(),
  pendingRestart: shape({
    since: knownInstant,
    parameters: z.array(shape({ name: z.string(), from: name, to: name })),
    by: z.array(z.enum(['patroni', 'postgres', 'dcs'])),
  }).nullable(),
  scheduledRestart: shape({ at: z.string(), conditions: jsonObject }).nullable(),
  tags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  watchdog: z.literal('failed').nullable(),
  patroniVersion: name,
  postgresVersion: name,
  startedAt: knownInstant,
  systemIdentifier: name,
  clockOffsetSeconds: seconds,
  failsafeActive: z.boolean(),
  dcsUnseenSeconds: z
    .number()
    .optional()
    .describe('for how long its Patroni has not seen the DCS, which is there; absent: it has, or nobody can tell'),
  seesPause: z.boolean().nullable(),
  slots: z
    .array(
      shape({
        name: z.string(),
        kind: z.enum(['physical', 'logical']),
        active: z.boolean().nullable(),
        retainedBytes: bytes,
        walStatus: name,
        member: name,
        keeper: z
          .enum(['config', 'member_slots_ttl'])
          .optional()
          .describe('for what Patroni keeps it; absent: for nothing'),
      }),
    )
    .nullable(),
  archiver: shape({
    enabled: z.boolean(),
    archivedCount: z.number(),
    lastArchivedWal: name,
    lastArchivedAt: knownInstant,
    failedCount: z.number(),
    lastFailedWal: name,
    lastFailedAt: knownInstant,
    waiting: shape({ count: z.number(), sinceAt: knownInstant })
      .optional()
      .describe('finished WAL files that wait for it; absent: not asked, or not allowed to see'),
  }).nullable(),
  machine: machine.optional().describe('what node_exporter says; absent: it is not asked'),
  certificates: shape({ restEndsAt: knownInstant, postgresEndsAt: knownInstant })
    .optional()
    .describe('when the certificates end that it shows'),
  baseBackups: z.array(baseBackup).optional().describe('that are taken from it'),
  copies: z.array(z.string()).describe('members to which it sends a base backup'),
  externalStandbys: z.array(
    shape({ applicationName: z.string(), state: name, clientAddr: name, replaySeconds: count.optional() }),
  ),
  sqlGrantMissing: z.boolean(),
  witnesses: shape({ dcs: witness, patroni: witness, sql: witness }),
  observedAt: knownInstant,
  silent: z.boolean(),
});

const endpoint = shape({
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

const cluster = shape({
  systemIdentifier: name,
  initialize: name.describe('`/initialize`: empty while a bootstrap runs'),
  leader: shape({
    name: z.string(),
    known: z.boolean(),
    by: z.enum(['dcs', 'cluster', 'patroni']),
    observedAt: instant,
    since: knownInstant,
  }).nullable(),
  timeline: z.number().nullable(),
  paused: z.boolean().nullable(),
  pauseNote: pauseNoteSchema.nullable(),
  maintenance: maintenanceSchema.optional().describe('that is under way; absent: none is known of'),
  synchronousMode: z.enum(['off', 'on', 'quorum']).nullable(),
  roster: shape({
    known: z.boolean().describe('false: what was there before this start is not known'),
    by: z.enum(['file', 'seen']),
    names: z.array(z.string()),
    lost: z.array(shape({ name: z.string(), listedAt: knownInstant })),
  })
    .nullable()
    .describe('who belongs to the cluster, and who of them is not in the member list; null: nobody keeps one'),
  synchronousModeStrict: z.boolean(),
  sync: shape({
    leader: name,
    standbys: z.array(z.string()),
    quorum: z.number().nullable(),
    unconfirmed: z
      .array(z.string())
      .optional()
      .describe('those of /sync that stream and for which PostgreSQL of the leader does not wait'),
  }).nullable(),
  failsafe: shape({ enabled: z.boolean().nullable(), active: z.boolean() }),
  standbyCluster: shape({ host: name, port: z.number().nullable() }).nullable(),
  scheduledSwitchover: shape({ at: z.string(), from: name, to: name }).nullable(),
  pendingSwitchover: shape({ from: name, to: name }).nullable(),
  history: z.array(
    shape({
      timeline: z.number(),
      endLsn: lsn,
      startedAt: knownInstant,
      endedAt: knownInstant,
      leader: name,
      reason: name,
    }),
  ),
  config: shape({
    value: jsonObject,
    numbers: exactNumbers,
    revision: name,
    by: z.enum(['dcs', 'rest']),
    observedAt: instant,
    ttlSeconds: z.number(),
    loopWaitSeconds: z.number(),
    retryTimeoutSeconds: z.number(),
    maximumLagOnFailoverBytes: z.number(),
  }).nullable(),
  dcs: shape({
    kind: z.enum(DCS_KINDS),
    namespace: z.string(),
    state: z.enum(['fresh', 'stale', 'never']),
    currentAt: knownInstant,
    revision: name,
    error: spoken.nullable(),
    errorKind,
    excess: z
      .enum(['members', 'keys', 'bytes'])
      .nullable()
      .describe('of what there is more below the scope than is read'),
    sessionLimitSeconds: z
      .number()
      .nullable()
      .exactOptional()
      .describe('longer than this no key lives without its owner, whatever the ttl'),
    quorum: z.boolean().nullable(),
    endpoints: z.array(endpoint),
    leaderLease: shape({ ttlSeconds: z.number(), grantedSeconds: z.number(), observedAt: instant }).nullable(),
    keyRevisions: shape({ leader: z.string(), failover: z.string(), sync: z.string(), config: z.string() })
      .nullable()
      .describe("version by key, '0' where there is no such key"),
    configOwner: shape({ name: z.string(), rewrites: z.enum(['all', 'some']) })
      .optional()
      .describe('who writes its own document over the configuration, all of it or some of its keys'),
    rival: shape({ holder: z.string(), place: z.string() })
      .optional()
      .describe('the same cluster once more in the same DCS, led as well'),
    troubles: z
      .array(
        shape({
          kind: z.enum(DCS_TROUBLES),
          severity: z.enum(['critical', 'warning']),
          names: z.array(z.string()).describe('members of the DCS'),
          amount: z.number().nullable().describe('ms of an fsync, percent of the quota, epoch ms of the end'),
        }),
      )
      .optional()
      .describe('of the DCS itself; the whole is in /api/dcs/{source}'),
  }).nullable(),
  walBytesPerSecond: z.number().nullable(),
  writable: z.boolean().nullable(),
  members: z.array(member),
  site: siteSchema.optional().describe('the other site of the same data; absent: none is seen'),
  backups: backupState.optional().describe('absent: nobody reports any and none are asked for'),
  entries: z.array(entry).optional().describe('the doors by which clients come; absent: none is configured'),
});

export const evidence = shape({ label: spoken, text: spoken });
export const candidateReason = shape({ by: z.enum(['patroni', 'howdah']), code: z.string(), text: spoken });

/** `GET /api/clusters/{scope}` */
export const snapshotSchema = shape({
  scope: z.string(),
  patroniScope: z.string().optional().describe('as Patroni calls it, where `scope` is another word for it'),
  source: z.string(),
  labels,
  revision: z.number(),
  observedAt: instant,
  intervalMs: z.number(),
  staleAfterMs: z.number(),
  roundMs: z.number().nullable(),
  health,
  sources: z.array(
    shape({
      source: z.enum(['dcs', 'patroni', 'sql', 'cluster', 'entries']),
      configured: z.boolean(),
      answers: z.array(shape({ member: name, state: witness })),
      tookMs: z.number().nullable(),
      limitMs: z.number(),
    }),
  ),
  cluster,
  findings: z.array(
    shape({
      code: z.enum(FINDING_CODES),
      severity,
      title: spoken,
      members: z.array(z.string()),
      evidence: z.array(evidence),
      since: instant,
      advice: spoken,
    }),
  ),
  readiness: shape({
    failoverPossible: z.boolean().nullable(),
    reasons: z.array(spoken),
    candidates: z.array(
      shape({
        member: z.string(),
        eligible: z.boolean().nullable(),
        patroniWouldElect: z.boolean().nullable(),
        reasons: z.array(candidateReason),
        lagBytes: bytes,
      }),
    ),
  }),
  cause: shape({
    code: z.enum(CAUSE_CODES),
    severity,
    impact: z.enum(IMPACTS),
    headline: spoken,
    since: instant,
    notWritableSince: knownInstant,
    consequence: spoken,
    evidence: z.array(evidence),
    ifNobodyActs: spoken,
    explains: z.array(z.string()).describe('code:members:subject of the findings that follow from it'),
    steps: z.array(
      shape({
        action: shape({ kind: z.enum(ACTION_KINDS), member: name })
          .nullable()
          .describe('null: an instruction'),
        text: spoken,
        command: name,
        cost: z.array(spoken),
        refused: spoken.nullable(),
      }),
    ),
  })
    .nullable()
    .describe('why, what it costs and what to do; null: nothing needs a person'),
});

export type Proof = Proved<[Same<typeof snapshotSchema, Snapshot>]>;
