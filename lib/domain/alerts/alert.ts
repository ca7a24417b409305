// The model of telling: what a rule looks for, what it found (a condition), and the alert that lives from the first sign to the
// last word. Pure data. Instants are epoch ms.
import type { Text } from '../../language/sentence';
import type { CareCode } from '../care/care';
import type { FindingCode } from '../cluster';
import type { AlertSeverity, Severity } from '../severity';

/** The numbers that rules can be about. Bytes and seconds are said by the name. */
export const MEASURES = [
  'replay_lag_bytes',
  'receive_lag_bytes',
  'replay_lag_seconds',
  'paused_seconds',
  'pending_restart_seconds',
  'observation_age_seconds',
] as const;
export type Measure = (typeof MEASURES)[number];

/** What is looked for. `finding` without codes: every finding of at least `severity`. */
export type RuleTest =
  | { readonly kind: 'finding'; readonly codes: readonly FindingCode[]; readonly atLeast: Severity | null }
  | { readonly kind: 'above'; readonly measure: Measure; readonly limit: number }
  /** If the leader died now, Patroni would not fail over. */
  | { readonly kind: 'no_failover_possible' }
  /** Of the DCS of a source, told once for all clusters there. Without codes: every one. */
  | { readonly kind: 'dcs'; readonly codes: readonly CareCode[]; readonly atLeast: Severity | null };

export interface AlertRule {
  /** Unique; letters, digits, dashes. */
  readonly name: string;
  readonly test: RuleTest;
  /** null: of the finding, or `warning`. */
  readonly severity: AlertSeverity | null;
  /** It must hold this long before anybody is told. */
  readonly forSeconds: number;
  /** It must be gone this long before it counts as over. */
  readonly clearSeconds: number;
  /** null: every scope. Patterns with `*`. */
  readonly scopes: readonly string[] | null;
  /** All of these labels; empty: whatever the labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Names of receivers; null: all of them. */
  readonly receivers: readonly string[] | null;
}

/** One thing that one rule finds now on one cluster. `key` tells it from others of the same rule: a member, a finding. */
export interface Condition {
  readonly rule: string;
  readonly scope: string;
  /** Stable while the same thing lasts; unique within rule and scope. */
  readonly key: string;
  readonly member: string | null;
  readonly code: FindingCode | null;
  readonly severity: AlertSeverity;
  /** What is, with member and number. */
  readonly title: Text;
  /** Why, in the words of the cluster page; null: no cause explains it. */
  readonly cause: Text | null;
  /** Fact by fact, each with its source. */
  readonly evidence: readonly Text[];
  /** What to do: one sentence, an imperative. */
  readonly advice: Text;
  /** Since when it is so, where that is known better than "first seen by the rule". */
  readonly since: number;
}

export type AlertState = 'pending' | 'firing' | 'resolved';

export interface Acknowledgement {
  readonly by: string;
  readonly at: number;
  readonly reason: string;
}

export interface Alert {
  /** Of rule, scope and key and the moment it began. */
  readonly id: string;
  /** `receiver-failing` is Howdah's own: `key` is the receiver. */
  readonly rule: string;
  /** Empty: about Howdah itself; the path of its page: about the DCS of a source. */
  readonly scope: string;
  readonly key: string;
  readonly member: string | null;
  readonly code: FindingCode | null;
  readonly severity: AlertSeverity;
  readonly state: AlertState;
  readonly title: Text;
  readonly cause: Text | null;
  readonly evidence: readonly Text[];
  readonly advice: Text;
  readonly since: number;
  /** null: still pending. */
  readonly firedAt: number | null;
  /** The condition was last seen. */
  readonly seenAt: number;
  readonly resolvedAt: number | null;
  readonly acknowledged: Acknowledgement | null;
  /** Silences that keep it quiet now. */
  readonly silencedBy: readonly string[];
  /** Alerts of one group are told in one message. */
  readonly group: string;
  /** When somebody was last told; null: not yet. */
  readonly toldAt: number | null;
}

/** What is kept quiet, until when and why. Every field that is not null must fit. */
export interface Silence {
  readonly id: string;
  readonly scope: string | null;
  readonly rule: string | null;
  readonly member: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: number;
  /** Ended by a person before its time; null: not. */
  readonly endedAt: number | null;
  readonly endedBy: string | null;
}
