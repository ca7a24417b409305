// Schemas of telling: what alerts.ts describes, for the published API and its tests. Server side only.
import { z } from 'zod';
import { FINDING_CODES } from '../domain/cluster';
import { LANGUAGES } from '../language/language';
import type {
  AcknowledgeOrder,
  AlertAnswer,
  AlertsAnswer,
  PushAnswer,
  PushOrder,
  ReceiverTest,
  SilenceAnswer,
  SilenceDraft,
} from './alerts';
import { type Frozen, instant, name, type Same, severity } from './schema';

const knownInstant = instant.nullable();
const labels = z.record(z.string(), z.string());
const alertSeverity = z.enum(['critical', 'warning', 'note']);
const code = z.enum(FINDING_CODES);

const alertSchema = z.strictObject({
  id: z.string(),
  rule: z.string(),
  scope: z.string().describe('empty: about Howdah itself'),
  key: z.string(),
  member: name,
  code: code.nullable(),
  severity: alertSeverity,
  state: z.enum(['pending', 'firing', 'resolved']),
  title: z.string(),
  evidence: z.array(z.string()),
  advice: z.string(),
  since: instant,
  firedAt: knownInstant,
  seenAt: instant,
  resolvedAt: knownInstant,
  acknowledged: z.strictObject({ by: z.string(), at: instant, reason: z.string() }).nullable(),
  silencedBy: z.array(z.string()),
  group: z.string().describe('alerts of one group are told in one message'),
  toldAt: knownInstant,
});

const ruleSchema = z.strictObject({
  name: z.string(),
  test: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('finding'), codes: z.array(code), atLeast: severity.nullable() }),
    z.strictObject({
      kind: z.literal('above'),
      measure: z.enum([
        'replay_lag_bytes',
        'receive_lag_bytes',
        'replay_lag_seconds',
        'paused_seconds',
        'pending_restart_seconds',
        'observation_age_seconds',
      ]),
      limit: z.number(),
    }),
    z.strictObject({ kind: z.literal('no_failover_possible') }),
  ]),
  severity: alertSeverity.nullable(),
  forSeconds: z.number(),
  clearSeconds: z.number(),
  scopes: z.array(z.string()).nullable(),
  labels,
  receivers: z.array(z.string()).nullable(),
});

const silenceSchema = z.strictObject({
  id: z.string(),
  scope: name,
  rule: name,
  member: name,
  labels,
  startsAt: instant,
  endsAt: instant,
  reason: z.string(),
  by: z.string(),
  createdAt: instant,
  endedAt: knownInstant,
  endedBy: name,
});

const receiverSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['alertmanager', 'webhook', 'slack', 'telegram', 'smtp', 'webpush']),
  target: z.string(),
  state: z.enum(['ok', 'failing', 'untried']),
  lastOkAt: knownInstant,
  lastFailedAt: knownInstant,
  lastError: name,
  queued: z.number(),
  oldestQueuedAt: knownInstant,
  nextAttemptAt: knownInstant,
  givenUp: z.number(),
});

export const alertsSchema = z.strictObject({
  alerts: z.array(alertSchema),
  silences: z.array(silenceSchema),
  rules: z.array(ruleSchema),
  receivers: z.array(receiverSchema),
  sender: z.enum(['here', 'elsewhere', 'nobody']),
  problem: name,
});

const reason = z.string().trim().min(3, 'expected a reason of at least 3 characters').max(2000);
const matcher = z.string().trim().min(1).max(200).nullable();
const when = instant.int().min(0).max(8.64e15);

export const acknowledgeSchema = z.strictObject({ reason, undo: z.boolean() });
export const alertAnswerSchema = z.strictObject({ alert: alertSchema });
export const silenceDraftSchema = z.strictObject({
  scope: matcher.describe('`*` stands for whatever text; null: every cluster'),
  rule: matcher,
  member: matcher,
  labels: z.record(z.string().max(200), z.string().max(200)),
  startsAt: when.nullable(),
  endsAt: when,
  reason,
});
export const silenceAnswerSchema = z.strictObject({ silence: silenceSchema });
export const receiverTestSchema = z.strictObject({ ok: z.boolean(), text: z.string(), tookMs: z.number() });

export const pushAnswerSchema = z.strictObject({
  publicKey: name,
  devices: z.array(
    z.strictObject({ id: z.string(), name: z.string(), addedAt: instant, lastOkAt: knownInstant, lastError: name }),
  ),
});
const base64url = z.string().regex(/^[A-Za-z0-9_-]{16,200}=*$/);
export const pushOrderSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  language: z.enum(LANGUAGES).optional(),
  subscription: z.object({
    endpoint: z.string().url().max(2000),
    keys: z.object({ p256dh: base64url, auth: base64url }),
  }),
});

/** Compile-time proof that schema and type say the same, in both directions. */
export const ALERT_SCHEMAS_MATCH: readonly [
  Same<Frozen<z.infer<typeof alertsSchema>>, Frozen<AlertsAnswer>>,
  Same<Frozen<z.infer<typeof alertAnswerSchema>>, Frozen<AlertAnswer>>,
  Same<Frozen<z.infer<typeof acknowledgeSchema>>, Frozen<AcknowledgeOrder>>,
  Same<Frozen<z.infer<typeof silenceDraftSchema>>, Frozen<SilenceDraft>>,
  Same<Frozen<z.infer<typeof silenceAnswerSchema>>, Frozen<SilenceAnswer>>,
  Same<Frozen<z.infer<typeof receiverTestSchema>>, Frozen<ReceiverTest>>,
  Same<Frozen<z.infer<typeof pushAnswerSchema>>, Frozen<PushAnswer>>,
  Same<Frozen<z.infer<typeof pushOrderSchema>>, Frozen<PushOrder>>,
] = [true, true, true, true, true, true, true, true];
