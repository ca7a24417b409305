// Schemas of what comes in and goes out for actions: requests are parsed by them, answers are documented by them. Server side
// only. Semantic rules (a full instant, a member that exists) are the core's, in domain/actions/request.ts.
import { z } from 'zod';
import { ACTION_KINDS } from '../domain/action-kind';
import type { ActionRecord, ActionRequest, PreflightAnswer } from '../domain/actions/action';
import { OUTCOMES } from '../domain/actions/action';
import { authoritySchema, grantSchema, policySchema } from './access-words';
import type { ActionAnswer, ActionOrder, ActionsAnswer, AuditAnswer, RevisionsAnswer, SettingsAnswer } from './actions';

const instant = z.number().describe('epoch milliseconds on the clock of Howdah');
const knownInstant = instant.nullable();
const text = z.string().nullable();
const count = z.number().nullable();
const member = z.string().min(1).max(256);
const schedule = z
  .string()
  .max(64)
  .nullable()
  .describe('a full instant with its offset, such as 2026-11-21T03:00:00+01:00; null: now');
const jsonObject = z.record(z.string(), z.unknown());
const MAX_TEXT = 256 * 1024;

export const actionRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('switchover'), candidate: member.nullable(), scheduledAt: schedule }),
  z.strictObject({ kind: z.literal('cancel_switchover') }),
  z.strictObject({ kind: z.literal('failover'), candidate: member }),
  z.strictObject({
    kind: z.literal('pause'),
    owner: z.string().max(200).nullable(),
    until: knownInstant,
    autoResume: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('resume') }),
  z.strictObject({
    kind: z.literal('edit_config'),
    baseRevision: text,
    baseDigest: text,
    value: jsonObject,
    text: z.string().max(MAX_TEXT).nullable(),
  }),
  z.strictObject({
    kind: z.literal('restart'),
    members: z.array(member).min(1).max(200),
    onlyPending: z.boolean(),
    scheduledAt: schedule,
    timeoutSeconds: z.number().positive().max(86_400).nullable(),
  }),
  z.strictObject({ kind: z.literal('rolling_restart'), onlyPending: z.boolean() }),
  z.strictObject({ kind: z.literal('cancel_restart'), member }),
  z.strictObject({ kind: z.literal('reload'), members: z.array(member).min(1).max(200) }),
  z.strictObject({
    kind: z.literal('reinitialize'),
    member,
    fromLeader: z.boolean(),
    force: z.boolean(),
    override: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('demote_cluster'),
    host: z.string().max(1000).nullable(),
    port: z.number().int().min(1).max(65535).nullable(),
    restoreCommand: z.string().max(4000).nullable(),
    primarySlotName: z.string().max(63).nullable(),
  }),
  z.strictObject({ kind: z.literal('promote_cluster') }),
]);

export const idempotencyKeySchema = z
  .string()
  .min(8)
  .max(100)
  .regex(/^[\w.:-]+$/);

export const actionOrderSchema = z.strictObject({
  request: actionRequestSchema,
  token: z.string().max(100_000),
  reason: z.string().max(4000),
  confirmation: z.string().max(1000).nullable(),
  idempotencyKey: idempotencyKeySchema,
  breakGlass: z.boolean().exactOptional(),
});

const evidence = z.strictObject({ label: z.string(), text: z.string() });
const bound = z.strictObject({
  scope: z.string(),
  source: z.string(),
  systemIdentifier: text,
  leader: text,
  timeline: count,
  failoverRevision: text,
  syncRevision: text,
  configRevision: text,
  configDigest: text,
  members: z.array(z.string()),
});
const check = z.strictObject({
  code: z.string(),
  verdict: z.enum(['blocker', 'warning', 'note', 'passed']),
  title: z.string(),
  detail: z.string(),
  members: z.array(z.string()),
  evidence: z.array(evidence),
});
const expectedOutage = z.strictObject({ ms: count, minMs: count, maxMs: count, samples: z.array(z.number()) });
const way = z.enum(['dcs', 'rest']).nullable();
const kind = z.enum(ACTION_KINDS);

const preflight = z.strictObject({
  request: actionRequestSchema,
  scope: z.string(),
  observedAt: instant,
  summary: z.string(),
  verb: z.string(),
  checks: z.array(check),
  candidates: z.array(
    z.strictObject({
      member: z.string(),
      choice: z.enum(['eligible', 'refused', 'unknown']),
      reasons: z.array(z.strictObject({ by: z.enum(['patroni', 'howdah']), code: z.string(), text: z.string() })),
      words: z.string(),
      detail: z.string(),
      lagBytes: count,
      lagSeconds: count,
      atRiskBytes: count,
    }),
  ),
  steps: z.array(z.strictObject({ key: z.string(), title: z.string(), expectedAtMs: count })),
  way,
  wayReason: z.string(),
  outage: expectedOutage.nullable(),
  atRisk: z.strictObject({ bytes: count, seconds: count, text: z.string() }).nullable(),
  confirm: text,
  bound,
});

const facts = z.strictObject({
  at: instant,
  leader: z
    .strictObject({
      member: z.string(),
      at: instant,
      longestTransaction: z
        .strictObject({ pid: z.number(), seconds: z.number(), application: text, user: text, query: text })
        .nullable(),
      connections: count,
      preparedTransactions: z.strictObject({ count: z.number(), oldestSeconds: z.number() }).nullable(),
      unarchivedFiles: count,
      unarchivedBytes: count,
      baseBackups: z.array(
        z.strictObject({ pid: z.number(), phase: z.string(), streamedBytes: count, totalBytes: count }),
      ),
    })
    .nullable(),
  leaderProblem: text,
  running: z.strictObject({ id: z.string(), kind, actor: z.string(), requestedAt: instant }).nullable(),
  outages: z.array(
    z.strictObject({
      at: instant,
      ms: z.number(),
      by: z.enum(['probe', 'observation']),
      steps: z.record(z.string(), z.number()),
    }),
  ),
  restUser: z.boolean(),
  probe: z.boolean(),
  journalProblem: text,
  readOnly: z.boolean(),
  rights: z
    .strictObject({
      grants: z.array(grantSchema),
      policies: z.array(policySchema),
      admins: z.array(z.string()),
      secondPerson: z.enum(['to_ask', 'approved', 'break_glass']),
    })
    .nullable()
    .describe('of the one who asks; null: nobody has to sign in here'),
});

export const preflightAnswerSchema = z.strictObject({ preflight, facts, token: z.string() });

const moment = z.strictObject({
  at: instant,
  leader: text,
  timeline: count,
  paused: z.boolean().nullable(),
  configRevision: text,
  scheduledAt: text,
  members: z.array(
    z.strictObject({
      name: z.string(),
      role: z.enum(['leader', 'standby_leader', 'sync_standby', 'quorum_standby', 'replica']).nullable(),
      state: text,
      timeline: count,
      lagBytes: count,
      streaming: z.boolean().nullable(),
      startedAt: knownInstant,
      pendingRestart: z.boolean(),
    }),
  ),
  config: jsonObject.nullable(),
});

export const actionRecordSchema = z.strictObject({
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
  revision: text,
  sentAt: knownInstant,
  steps: z.array(
    z.strictObject({
      key: z.string(),
      title: z.string(),
      detail: text,
      state: z.enum(['waiting', 'current', 'done', 'skipped', 'failed']),
      reachedAt: knownInstant,
      expectedAtMs: count,
    }),
  ),
  seen: z.array(z.strictObject({ at: instant, source: z.string(), text: z.string() })),
  progress: z
    .strictObject({ label: z.string(), done: z.number(), total: count, unit: z.enum(['bytes', 'members']) })
    .nullable(),
  outage: z
    .strictObject({
      ms: z.number(),
      by: z.enum(['probe', 'observation']),
      precisionMs: z.number(),
      lastWritableAt: instant,
      writableAgainAt: knownInstant,
    })
    .nullable(),
  expectedOutage: expectedOutage.nullable(),
  before: moment,
  after: moment.nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  outcomeText: text,
  differs: z.array(z.string()),
  checks: z.array(check),
  closedAt: knownInstant,
  recovered: z.boolean(),
});

export const actionAnswerSchema = z.strictObject({ action: actionRecordSchema });
export const actionsAnswerSchema = z.strictObject({ actions: z.array(actionRecordSchema) });
export const auditAnswerSchema = z.strictObject({
  rows: z.array(actionRecordSchema),
  next: text,
  from: z.enum(['store', 'journal']),
  journal: z.strictObject({ entries: z.number(), head: text, problem: text }),
});
export const revisionsAnswerSchema = z.strictObject({
  scope: z.string(),
  revisions: z.array(
    z.strictObject({
      revision: z.string(),
      value: jsonObject,
      text,
      seenAt: knownInstant,
      actor: text,
      reason: text,
      actionId: text,
    }),
  ),
  problem: text,
});
export const settingsAnswerSchema = z.strictObject({
  scope: z.string(),
  at: instant,
  versions: z.record(
    z.string(),
    z.array(
      z.strictObject({
        name: z.string(),
        vartype: z.enum(['bool', 'enum', 'integer', 'real', 'string']),
        context: z.string(),
        unit: text,
        min: text,
        max: text,
        enumValues: z.array(z.string()).nullable(),
        bootValue: text,
        description: z.string(),
      }),
    ),
  ),
  members: z.array(
    z.strictObject({
      name: z.string(),
      version: text,
      problem: text,
      values: z.array(
        z.strictObject({
          name: z.string(),
          setting: text,
          shown: text,
          source: z.string(),
          file: text,
          pendingRestart: z.boolean(),
        }),
      ),
    }),
  ),
});

/** Compile-time proof that schema and type say the same, in both directions. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Frozen<T> = T extends (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
type Of<S extends z.ZodType> = Frozen<z.infer<S>>;
export const ACTION_SCHEMAS_MATCH: readonly [
  Same<Of<typeof actionRequestSchema>, Frozen<ActionRequest>>,
  Same<Of<typeof actionOrderSchema>, Frozen<ActionOrder>>,
  Same<Of<typeof preflightAnswerSchema>, Frozen<PreflightAnswer>>,
  Same<Of<typeof actionRecordSchema>, Frozen<ActionRecord>>,
  Same<Of<typeof actionAnswerSchema>, Frozen<ActionAnswer>>,
  Same<Of<typeof actionsAnswerSchema>, Frozen<ActionsAnswer>>,
  Same<Of<typeof auditAnswerSchema>, Frozen<AuditAnswer>>,
  Same<Of<typeof revisionsAnswerSchema>, Frozen<RevisionsAnswer>>,
  Same<Of<typeof settingsAnswerSchema>, Frozen<SettingsAnswer>>,
] = [true, true, true, true, true, true, true, true, true];
