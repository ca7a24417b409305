// What crosses the wire of telling: alerts, silences, receivers, push subscriptions.

import type { Alert, AlertRule, AlertSeverity, AlertState, Silence } from '../domain/alerts/alert';
import type { Language } from '../language/language';
import type { Text } from '../language/sentence';

export type { Alert, AlertRule, AlertSeverity, AlertState, Silence };

export type ReceiverKind = 'alertmanager' | 'webhook' | 'slack' | 'telegram' | 'smtp' | 'webpush';

/** A way to tell people, and whether it works. Holds no secret. */
export interface ReceiverState {
  readonly name: string;
  readonly kind: ReceiverKind;
  /** Where to, without secrets: a host, a chat, addresses, the number of phones. */
  readonly target: Text;
  /** `untried`: nothing was ever sent. `failing`: the newest attempt failed. */
  readonly state: 'ok' | 'failing' | 'untried';
  readonly lastOkAt: number | null;
  readonly lastFailedAt: number | null;
  readonly lastError: Text | null;
  /** Messages that wait, and since when the oldest does. */
  readonly queued: number;
  readonly oldestQueuedAt: number | null;
  /** When the next attempt is made; null: nothing waits. */
  readonly nextAttemptAt: number | null;
  /** Given up since the store was made: too old, or refused for good. */
  readonly givenUp: number;
}

/** `GET /api/alerts`. Open ones (pending, firing) first, worst first; then the resolved ones of the last 24 h. */
export interface AlertsAnswer {
  readonly alerts: readonly Alert[];
  /** Running and coming ones, then those that ended in the last 24 h. */
  readonly silences: readonly Silence[];
  readonly rules: readonly AlertRule[];
  readonly receivers: readonly ReceiverState[];
  /** `here`: this process evaluates and sends. `elsewhere`: another Howdah on the same store does. `nobody`: see problem. */
  readonly sender: 'here' | 'elsewhere' | 'nobody';
  /** Why telling does not work, in words; null: it does. */
  readonly problem: Text | null;
}

/** Body of `POST /api/alerts/{id}/acknowledge`; the answer is `{alert}`. `undo`: take an acknowledgement back. */
export interface AcknowledgeOrder {
  readonly reason: string;
  readonly undo: boolean;
}

export interface AlertAnswer {
  readonly alert: Alert;
}

/** Body of `POST /api/silences`; the answer is `{silence}`. `POST /api/silences/{id}/end` with `{}` ends one now. */
export interface SilenceDraft {
  readonly scope: string | null;
  readonly rule: string | null;
  readonly member: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** null: now. */
  readonly startsAt: number | null;
  readonly endsAt: number;
  /** At least 3 characters. */
  readonly reason: string;
}

export interface SilenceAnswer {
  readonly silence: Silence;
}

/** Answer of `POST /api/receivers/{name}/test` (body `{}`): one message was sent at once, past the outbox. */
export interface ReceiverTest {
  readonly ok: boolean;
  /** What the receiver answered, or why it did not. */
  readonly text: Text;
  readonly tookMs: number;
}

/** `GET /api/push`: what a browser needs to subscribe. */
export interface PushAnswer {
  /** The receiver's VAPID public key, base64url; null: no web push receiver is configured. */
  readonly publicKey: string | null;
  readonly devices: readonly PushDevice[];
}

export interface PushDevice {
  readonly id: string;
  /** As its owner named it. */
  readonly name: string;
  readonly addedAt: number;
  readonly lastOkAt: number | null;
  readonly lastError: Text | null;
}

/** Body of `POST /api/push`: what PushSubscription.toJSON() gave. `POST /api/push/{id}` with `{}` removes the device. */
export interface PushOrder {
  readonly name: string;
  /** In which the phone is told; without it that of the receiver. */
  readonly language?: Language | undefined;
  readonly subscription: {
    readonly endpoint: string;
    readonly keys: { readonly p256dh: string; readonly auth: string };
  };
}
