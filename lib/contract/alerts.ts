// Telling on the wire: alerts, silences, rules, receivers, push subscriptions. With zod: the browser imports types.
import { z } from 'zod';
import { type Alert, type AlertRule, type AlertState, MEASURES, type Silence } from '../domain/alerts/alert';
import { CARE_CODES } from '../domain/care/care';
import { FINDING_CODES } from '../domain/cluster';
import { ALERT_SEVERITIES } from '../domain/severity';
import { LANGUAGES } from '../language/language';
import { reasonSchema } from './actions';
import { instant, knownInstant, labels, name, severity } from './scalar';
import { shape, spoken } from './spoken';
import type { Proved, Same, Wire } from './wire';

export type { Alert, AlertRule, AlertState, Silence };

const alertSeverity = z.enum(ALERT_SEVERITIES);
const code = z.enum(FINDING_CODES);

const alertSchema = shape({
  id: z.string(),
  rule: z.string(),
  scope: z.string().describe('empty: about Howdah itself; `/dcs/NAME`: about the DCS of a source'),
  key: z.string(),
  member: name,
  code: code.nullable(),
  severity: alertSeverity,
  state: z.enum(['pending', 'firing', 'resolved']),
  title: spoken,
  cause: spoken.nullable().describe('why, as the cluster page says it; null: no cause explains it'),
  evidence: z.array(spoken),
  advice: spoken,
  since: instant,
  firedAt: knownInstant,
  seenAt: instant,
  resolvedAt: knownInstant,
  acknowledged: shape({ by: z.string(), at: instant, reason: z.string() }).nullable(),
  silencedBy: z.array(z.string()),
  group: z.string().describe('alerts of one group are told in one message'),
  toldAt: knownInstant,
});

const ruleSchema = shape({
  name: z.string(),
  test: z.discriminatedUnion('kind', [
    shape({ kind: z.literal('finding'), codes: z.array(code), atLeast: severity.nullable() }),
    shape({
      kind: z.literal('above'),
      measure: z.enum(MEASURES),
      limit: z.number(),
    }),
    shape({ kind: z.literal('no_failover_possible') }),
    shape({ kind: z.literal('dcs'), codes: z.array(z.enum(CARE_CODES)), atLeast: severity.nullable() }),
  ]),
  severity: alertSeverity.nullable(),
  forSeconds: z.number(),
  clearSeconds: z.number(),
  scopes: z.array(z.string()).nullable(),
  labels,
  receivers: z.array(z.string()).nullable(),
});

const silenceSchema = shape({
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

const receiverSchema = shape({
  name: z.string(),
  kind: z.enum([
    'alertmanager',
    'webhook',
    'slack',
    'mattermost',
    'teams',
    'telegram',
    'pagerduty',
    'opsgenie',
    'smtp',
    'webpush',
  ]),
  target: spoken.describe('where to, without secrets: a host, a chat, addresses, the number of phones'),
  state: z
    .enum(['ok', 'failing', 'untried'])
    .describe('untried: nothing was ever sent; failing: the newest attempt failed'),
  lastOkAt: knownInstant,
  lastFailedAt: knownInstant,
  lastError: spoken.nullable(),
  queued: z.number().describe('messages that wait'),
  oldestQueuedAt: knownInstant,
  nextAttemptAt: knownInstant.describe('null: nothing waits'),
  givenUp: z.number().describe('since the store was made: too old, or refused for good'),
});
export type ReceiverState = Wire<typeof receiverSchema>;
export type ReceiverKind = ReceiverState['kind'];

/** `GET /api/alerts` */
export const alertsSchema = shape({
  alerts: z
    .array(alertSchema)
    .describe('open ones (pending, firing) first, worst first; then the resolved ones of the last 24 h'),
  silences: z.array(silenceSchema).describe('running and coming ones, then those that ended in the last 24 h'),
  rules: z.array(ruleSchema),
  receivers: z.array(receiverSchema),
  sender: z
    .enum(['here', 'elsewhere', 'nobody'])
    .describe(
      'here: this process evaluates and sends; elsewhere: another Howdah on the same store does; nobody: see `problem`',
    ),
  problem: spoken.nullable().describe('why telling does not work; null: it does'),
});
export type AlertsAnswer = Wire<typeof alertsSchema>;

const matcher = z.string().trim().min(1).max(200).nullable();
const when = instant.int().min(0).max(8.64e15);

export const acknowledgeSchema = shape({
  reason: reasonSchema,
  undo: z.boolean().describe('take an acknowledgement back'),
});
export type AcknowledgeOrder = Wire<typeof acknowledgeSchema>;
export const alertAnswerSchema = shape({ alert: alertSchema });
export type AlertAnswer = Wire<typeof alertAnswerSchema>;
export const silenceDraftSchema = shape({
  scope: matcher.describe('`*` stands for whatever text; null: every cluster'),
  rule: matcher,
  member: matcher,
  labels: z.record(z.string().max(200), z.string().max(200)),
  startsAt: when.nullable().describe('null: now'),
  endsAt: when,
  reason: reasonSchema,
});
export type SilenceDraft = Wire<typeof silenceDraftSchema>;
export const silenceAnswerSchema = shape({ silence: silenceSchema });
export type SilenceAnswer = Wire<typeof silenceAnswerSchema>;
export const receiverTestSchema = shape({ ok: z.boolean(), text: spoken, tookMs: z.number() });
export type ReceiverTest = Wire<typeof receiverTestSchema>;

const pushDevice = shape({
  id: z.string(),
  name: z.string().describe('as its owner named it'),
  addedAt: instant,
  lastOkAt: knownInstant,
  lastError: spoken.nullable(),
});
export type PushDevice = Wire<typeof pushDevice>;
/** `GET /api/push`: what a browser needs to subscribe. */
export const pushAnswerSchema = shape({
  publicKey: name.describe("the receiver's VAPID public key, base64url; null: no web push receiver is configured"),
  devices: z.array(pushDevice),
});
export type PushAnswer = Wire<typeof pushAnswerSchema>;
const base64url = z.string().regex(/^[A-Za-z0-9_-]{16,200}=*$/);
/** Body of `POST /api/push`: what PushSubscription.toJSON() gave. */
export const pushOrderSchema = shape({
  name: z.string().trim().min(1).max(100),
  language: z.enum(LANGUAGES).optional().describe('in which the phone is told; without it that of the receiver'),
  subscription: z.object({
    endpoint: z.string().url().max(2000),
    keys: z.object({ p256dh: base64url, auth: base64url }),
  }),
});
export type PushOrder = Wire<typeof pushOrderSchema>;

export type Proof = Proved<
  [Same<typeof alertSchema, Alert>, Same<typeof ruleSchema, AlertRule>, Same<typeof silenceSchema, Silence>]
>;
