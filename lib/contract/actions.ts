// Actions, the audit and the configuration editor on the wire: requests are parsed by these schemas, answers documented. The model is
// the core's (domain/actions), and so are its rules of meaning (a full instant, a member that exists: domain/actions/request.ts).
// With zod: the browser imports types.

import { z } from 'zod';
import { ACTION_KINDS } from '../domain/action-kind';
import {
  type ActionRecord,
  type ActionRequest,
  OUTCOMES,
  POOL_STATES,
  type PreflightAnswer,
} from '../domain/actions/action';
import type { SettingDefinition, SettingValue } from '../domain/config/guc';
import { candidateReason, evidence } from './cluster';
import { BREAK_GLASS_REASON_MIN, REASON_MAX, REASON_MIN } from './limits';
import { maintenanceRequestSchema } from './maintenance';
import { authoritySchema, grantSchema, policySchema } from './rights';
import { clusterRole, count, instant, jsonObject, knownInstant, name } from './scalar';
import { shape, spoken } from './spoken';
import type { Proved, Same, Wire } from './wire';

export type { SettingDefinition, SettingValue };

const member = z.string().min(1).max(256);
const schedule = z
  .string()
  .max(64)
  .nullable()
  .describe('a full instant with its offset, such as 2026-11-21T03:00:00+01:00; null: now');
const MAX_TEXT = 256 * 1024;
const pausePools = z
  .boolean()
  .exactOptional()
  .describe('pause the databases of PgBouncer around the handover: clients wait and see no error');

export const actionRequestSchema = z.discriminatedUnion('kind', [
  shape({ kind: z.literal('switchover'), candidate: member.nullable(), scheduledAt: schedule, pausePools }),
  shape({ kind: z.literal('cancel_switchover') }),
  shape({ kind: z.literal('failover'), candidate: member }),
  shape({
    kind: z.literal('pause'),
    owner: z.string().max(200).nullable(),
    until: knownInstant,
    autoResume: z.boolean(),
  }),
  shape({ kind: z.literal('resume') }),
  shape({
    kind: z.literal('edit_config'),
    baseRevision: name,
    baseDigest: name,
    value: jsonObject,
    text: z.string().max(MAX_TEXT).nullable(),
    force: z.boolean().exactOptional().describe('store what the checks of the configuration forbid; for an admin'),
  }),
  shape({
    kind: z.literal('restart'),
    members: z.array(member).min(1).max(200),
    onlyPending: z.boolean(),
    scheduledAt: schedule,
    timeoutSeconds: z.number().positive().max(86_400).nullable(),
  }),
  shape({ kind: z.literal('rolling_restart'), onlyPending: z.boolean(), pausePools }),
  shape({ kind: z.literal('cancel_restart'), member }),
  shape({ kind: z.literal('reload'), members: z.array(member).min(1).max(200) }),
  shape({
    kind: z.literal('reinitialize'),
    member,
    fromLeader: z.boolean(),
    force: z.boolean(),
    override: z.boolean(),
  }),
  shape({
    kind: z.literal('demote_cluster'),
    host: z.string().max(1000).nullable(),
    port: z.number().int().min(1).max(65535).nullable(),
    restoreCommand: z.string().max(4000).nullable(),
    primarySlotName: z.string().max(63).nullable(),
  }),
  shape({ kind: z.literal('promote_cluster') }),
  shape({
    kind: z.literal('end_session'),
    member,
    pid: z.number().int().min(1).max(2_147_483_647),
    backendStart: z
      .string()
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
      .describe('of the activity: the session is another one where it differs'),
    how: z.enum(['cancel', 'terminate']),
  }),
  maintenanceRequestSchema,
]);

export const idempotencyKeySchema = z
  .string()
  .min(8)
  .max(100)
  .regex(/^[\w.:-]+$/)
  .describe('chosen by the client once per decision: the same key never acts twice');

/** Why somebody does it, in their own words. */
export const reasonSchema = z
  .string()
  .trim()
  .min(REASON_MIN, `expected a reason of ${REASON_MIN} to ${REASON_MAX} characters`)
  .max(REASON_MAX, `expected a reason of ${REASON_MIN} to ${REASON_MAX} characters`);

/** Body of `POST /api/clusters/{scope}/actions` */
export const actionOrderSchema = shape({
  request: actionRequestSchema,
  token: z.string().max(100_000).describe('of the preflight that the person saw'),
  reason: reasonSchema,
  confirmation: z
    .string()
    .max(1000)
    .nullable()
    .describe('what was typed where `preflight.confirm` asks for it, else null'),
  idempotencyKey: idempotencyKeySchema,
  breakGlass: z
    .boolean()
    .exactOptional()
    .describe(
      `do without the second person that is needed here: recorded and told; the reason is of at least ${BREAK_GLASS_REASON_MIN} characters`,
    ),
});
export type ActionOrder = Wire<typeof actionOrderSchema>;

const bound = shape({
  scope: z.string(),
  source: z.string(),
  systemIdentifier: name,
  leader: name,
  timeline: count,
  failoverRevision: name,
  syncRevision: name,
  configRevision: name,
  configDigest: name,
  members: z.array(z.string()),
});
const check = shape({
  code: z.string(),
  verdict: z.enum(['blocker', 'warning', 'note', 'passed']),
  title: spoken,
  detail: spoken,
  members: z.array(z.string()),
  evidence: z.array(evidence),
});
const expectedOutage = shape({ ms: count, minMs: count, maxMs: count, samples: z.array(z.number()) });
const way = z.enum(['dcs', 'rest', 'sql', 'howdah']).nullable().describe('howdah: nothing is sent, it is noted');
const kind = z.enum(ACTION_KINDS);

const preflight = shape({
  request: actionRequestSchema,
  scope: z.string(),
  observedAt: instant,
  summary: spoken,
  verb: spoken,
  checks: z.array(check),
  candidates: z.array(
    shape({
      member: z.string(),
      choice: z.enum(['eligible', 'refused', 'unknown']),
      reasons: z.array(candidateReason),
      words: spoken,
      detail: spoken,
      lagBytes: count,
      lagSeconds: count,
      atRiskBytes: count,
    }),
  ),
  steps: z.array(shape({ key: z.string(), title: spoken, expectedAtMs: count })),
  way,
  wayReason: spoken,
  outage: expectedOutage.nullable(),
  atRisk: shape({ bytes: count, seconds: count, text: spoken }).nullable(),
  pools: shape({ offered: z.boolean(), text: spoken })
    .nullable()
    .describe('may databases of PgBouncer be paused around it; null: none is known'),
  confirm: name,
  bound,
});

const facts = shape({
  at: instant,
  leader: shape({
    member: z.string(),
    at: instant,
    longestTransaction: shape({
      pid: z.number(),
      seconds: z.number(),
      application: name,
      user: name,
      query: name,
    }).nullable(),
    connections: count,
    preparedTransactions: shape({ count: z.number(), oldestSeconds: z.number() }).nullable(),
    unarchivedFiles: count,
    unarchivedBytes: count,
    baseBackups: z.array(shape({ pid: z.number(), phase: z.string(), streamedBytes: count, totalBytes: count })),
  }).nullable(),
  leaderProblem: spoken.nullable(),
  running: shape({ id: z.string(), kind, actor: spoken, requestedAt: instant }).nullable(),
  outages: z.array(
    shape({
      at: instant,
      ms: z.number(),
      by: z.enum(['probe', 'observation']),
      steps: z.record(z.string(), z.number()),
      pausedMs: z.number().exactOptional(),
    }),
  ),
  restUser: z.boolean(),
  probe: z.boolean(),
  signal: z.boolean(),
  journalProblem: spoken.nullable(),
  dcsChange: z.exactOptional(spoken).describe('the change of its DCS that runs now; absent: none'),
  readOnly: z.boolean(),
  rights: shape({
    grants: z.array(grantSchema),
    policies: z.array(policySchema),
    admins: z.array(z.string()),
    secondPerson: z.enum(['to_ask', 'approved', 'break_glass']),
  })
    .nullable()
    .describe('of the one who asks; null: nobody has to sign in here'),
  pools: z
    .array(
      shape({
        entry: z.string(),
        database: name.describe('null: about the whole PgBouncer'),
        target: name,
        obstacle: spoken.nullable().describe('why it is not paused around a handover; null: it can be'),
        clients: z.number(),
        loginRetrySeconds: count,
        waitLimitSeconds: count,
      }),
    )
    .exactOptional(),
});

export const preflightAnswerSchema = shape({ preflight, facts, token: z.string() });

const moment = shape({
  at: instant,
  reached: shape({ member: z.string(), lsn: z.number() })
    .nullable()
    .exactOptional()
    .describe('how far the leader was known to have written'),
  leader: name,
  timeline: count,
  paused: z.boolean().nullable(),
  configRevision: name,
  scheduledAt: name,
  members: z.array(
    shape({
      name: z.string(),
      role: clusterRole,
      state: name,
      timeline: count,
      lagBytes: count,
      streaming: z.boolean().nullable(),
      startedAt: knownInstant,
      pendingRestart: z.boolean(),
      postgres: name.exactOptional(),
      patroni: name.exactOptional(),
    }),
  ),
  config: jsonObject.nullable(),
});

export const actionRecordSchema = shape({
  id: z.string(),
  scope: z.string(),
  request: actionRequestSchema,
  actor: z.string(),
  authority: authoritySchema.exactOptional(),
  reason: z.string(),
  idempotencyKey: z.string(),
  requestedAt: instant,
  phase: z.enum(['open', 'closed']),
  bound,
  way,
  wake: z.enum(['patch', 'touch', 'none']).nullable(),
  revision: name,
  sentAt: knownInstant,
  steps: z.array(
    shape({
      key: z.string(),
      title: spoken,
      detail: spoken.nullable(),
      state: z.enum(['waiting', 'current', 'done', 'skipped', 'failed']),
      reachedAt: knownInstant,
      expectedAtMs: count,
    }),
  ),
  seen: z.array(shape({ at: instant, source: spoken, text: spoken })),
  progress: shape({ label: spoken, done: z.number(), total: count, unit: z.enum(['bytes', 'members']) }).nullable(),
  outage: shape({
    ms: z.number(),
    by: z.enum(['probe', 'observation']),
    precisionMs: z.number(),
    lastWritableAt: instant,
    writableAgainAt: knownInstant,
  }).nullable(),
  expectedOutage: expectedOutage.nullable(),
  before: moment,
  after: moment.nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  outcomeText: spoken.nullable(),
  differs: z.array(spoken),
  lost: spoken
    .exactOptional()
    .describe('bytes lost and seconds not writable, of a switchover or failover that came about'),
  clients: shape({
    sessions: count.describe('client connections of the old leader right before'),
    doors: z.array(
      shape({
        entry: z.string(),
        listener: z.string(),
        ms: count.describe('how long it led to no leader; null: no gap was seen, or it did not end'),
        precisionMs: z.number(),
        isOpen: z.boolean(),
      }),
    ),
    pools: z.array(
      shape({
        entry: z.string(),
        database: z.string(),
        target: z.string(),
        state: z.enum(POOL_STATES),
        pausedAt: knownInstant,
        resumedAt: knownInstant,
        waiting: count,
      }),
    ),
  })
    .exactOptional()
    .describe('what clients saw of a handover'),
  checks: z.array(check),
  closedAt: knownInstant,
  recovered: z.boolean(),
});

/** `details` of an error with code `refused`, of an action. */
export const refusalDetailsSchema = shape({
  changes: z.array(spoken).describe('what changed since the preflight'),
  blockers: z.array(check).describe('checks that forbid it now'),
  running: shape({ id: z.string(), kind: z.string(), actor: z.string() })
    .nullable()
    .describe('the action that runs on this cluster'),
  bound: shape({ before: bound.nullable(), now: bound.nullable() }).describe(
    'what the decision was bound to, and what is now',
  ),
});
export type RefusalDetails = Wire<typeof refusalDetailsSchema>;

/** Answer of `POST …/actions` (202; 200 when the key was seen before) and of `GET …/actions/{id}` */
export const actionAnswerSchema = shape({ action: actionRecordSchema });
export type ActionAnswer = Wire<typeof actionAnswerSchema>;
export const actionsAnswerSchema = shape({
  actions: z.array(actionRecordSchema).describe('the running one first, then the newest'),
});
export type ActionsAnswer = Wire<typeof actionsAnswerSchema>;
export const auditAnswerSchema = shape({
  rows: z.array(actionRecordSchema),
  next: name.describe('pass as `before` for the next page; null: this was the last'),
  from: z.enum(['store', 'journal']).describe('journal: the store is away, only what this process knows is shown'),
  journal: shape({
    entries: z.number(),
    head: name.describe('SHA-256 of the newest entry; null: empty'),
    problem: spoken.nullable(),
    breaches: z
      .array(shape({ id: z.string(), file: name, found: z.array(spoken) }))
      .describe('what was found of the record itself and nobody has acknowledged yet'),
  }),
});
export type AuditAnswer = Wire<typeof auditAnswerSchema>;
/** `POST /api/audit/acknowledge` */
export const recordAcknowledgementSchema = shape({
  breaches: z.array(z.string().max(64)).min(1).max(100).describe('ids, of `journal.breaches`'),
  reason: reasonSchema,
});
export type RecordAcknowledgement = Wire<typeof recordAcknowledgementSchema>;
/** One revision of the dynamic configuration. */
const configRevision = shape({
  revision: z.string().describe('version of the key in the DCS'),
  value: jsonObject,
  text: name.describe("as it was typed in Howdah's editor; null: written by something else, or as JSON"),
  seenAt: knownInstant.describe("when Howdah first saw it; null: it is from before, found in the DCS's own history"),
  actor: name.describe('who, where it was done by Howdah; null: by patronictl, REST or Patroni itself'),
  reason: name,
  actionId: name,
});
export type ConfigRevision = Wire<typeof configRevision>;
export const revisionsAnswerSchema = shape({
  scope: z.string(),
  revisions: z.array(configRevision).describe('newest first'),
  problem: spoken.nullable().describe('what could not be read; null: all is there'),
});
export type RevisionsAnswer = Wire<typeof revisionsAnswerSchema>;
const settingDefinition = shape({
  name: z.string(),
  vartype: z.enum(['bool', 'enum', 'integer', 'real', 'string']),
  context: z.string(),
  unit: name,
  min: name,
  max: name,
  enumValues: z.array(z.string()).nullable(),
  bootValue: name,
  description: z.string(),
});
const settingValue = shape({
  name: z.string(),
  setting: name,
  shown: name,
  source: z.string(),
  file: name,
  pendingRestart: z.boolean(),
});
/** `GET /api/clusters/{scope}/settings` */
export const settingsAnswerSchema = shape({
  scope: z.string(),
  at: instant,
  versions: z.record(z.string(), z.array(settingDefinition)).describe('by server version such as `15.18`'),
  members: z.array(
    shape({
      name: z.string(),
      version: name.describe('null: it could not be asked, `problem` says why'),
      problem: spoken.nullable(),
      values: z.array(settingValue),
    }),
  ),
});
export type SettingsAnswer = Wire<typeof settingsAnswerSchema>;

export type Proof = Proved<
  [
    Same<typeof actionRequestSchema, ActionRequest>,
    Same<typeof preflightAnswerSchema, PreflightAnswer>,
    Same<typeof actionRecordSchema, ActionRecord>,
    Same<typeof settingDefinition, SettingDefinition>,
    Same<typeof settingValue, SettingValue>,
  ]
>;
