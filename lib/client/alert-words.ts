// Alerts, rules, silences and receivers in words. Pure.
import type { Alert, AlertRule, AlertSeverity, AlertsAnswer, ReceiverState, Silence } from '../contract/alerts';
import type { Measure } from '../domain/alerts/alert';
import { formatBytes, formatDuration, formatTime, plural } from './format';

const MEASURES: Readonly<Record<Measure, { readonly words: string; readonly isBytes: boolean }>> = {
  replay_lag_bytes: { words: 'replay lag of a member', isBytes: true },
  receive_lag_bytes: { words: 'receive lag of a member', isBytes: true },
  replay_lag_seconds: { words: 'replay lag of a member', isBytes: false },
  paused_seconds: { words: 'paused', isBytes: false },
  pending_restart_seconds: { words: 'a pending restart', isBytes: false },
  observation_age_seconds: { words: 'nothing new from the cluster', isBytes: false },
};

const CODES_NAMED = 4;

/** `A finding critical or worse, for 5 s; over when gone for 30 s`. */
export function ruleWords(rule: AlertRule): string {
  const { forSeconds, clearSeconds } = rule;
  const held = forSeconds === 0 ? 'at once' : `after ${formatDuration(forSeconds * 1000)}`;
  return `${testWords(rule)}: told ${held}, over when gone for ${formatDuration(clearSeconds * 1000)}`;
}

function testWords({ test }: AlertRule): string {
  switch (test.kind) {
    case 'no_failover_possible':
      return 'No automatic failover would be possible';
    case 'above': {
      const { words, isBytes } = MEASURES[test.measure];
      const limit = isBytes ? formatBytes(test.limit) : formatDuration(test.limit * 1000);
      return `${capital(words)} ${test.measure === 'observation_age_seconds' || words === 'paused' ? 'for more than' : isBytes || words.endsWith('member') ? 'over' : 'older than'} ${limit}`;
    }
    case 'finding': {
      const least = test.atLeast === null ? '' : `, ${test.atLeast} or worse`;
      if (test.codes.length === 0) return `Every finding${least}`;
      if (test.codes.length <= CODES_NAMED) return `Finding ${test.codes.join(', ')}${least}`;
      return `One of ${test.codes.length} findings${least}`;
    }
  }
}

/** Which clusters, and who is told. */
export function ruleReach({ scopes, labels, receivers }: AlertRule): string {
  const marks = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const where = [...(scopes ?? []), ...marks];
  return `${where.length === 0 ? 'every cluster' : where.join(', ')}; ${receivers === null ? 'every receiver' : receivers.join(', ')}`;
}

/** What a silence keeps quiet: `lag-bytes on orders, member n2`. */
export function silenceWords({
  scope,
  rule,
  member,
  labels,
}: Pick<Silence, 'scope' | 'rule' | 'member' | 'labels'>): string {
  const marks = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const where = [scope === null ? 'every cluster' : scope, ...marks].join(', ');
  return `${rule === null ? 'Every rule' : rule} on ${where}${member === null ? '' : `, member ${member}`}`;
}

export type SilencePhase = 'running' | 'coming' | 'over';

export function phaseOf({ startsAt, endsAt, endedAt }: Silence, now: number): SilencePhase {
  if (endedAt !== null || endsAt <= now) return 'over';
  return startsAt > now ? 'coming' : 'running';
}

/** Who was told when, or why nobody was. */
export function toldWords(
  alert: Alert,
  answer: Pick<AlertsAnswer, 'receivers' | 'rules' | 'sender'>,
  now: number,
): string {
  if (alert.toldAt !== null) {
    const rule = answer.rules.find(({ name }) => name === alert.rule);
    const names = rule?.receivers ?? answer.receivers.map(({ name }) => name);
    const whom = names.length === 0 ? 'nobody is configured' : names.join(', ');
    return `told ${whom} at ${formatTime(alert.toldAt, now)}`;
  }
  if (alert.state === 'pending') return 'nobody told yet: it must last';
  if (alert.silencedBy.length > 0) return 'nobody told: silenced';
  if (answer.receivers.length === 0) return 'nobody told: no receiver is configured';
  return answer.sender === 'nobody' ? 'nobody told: nobody sends' : 'nobody told yet';
}

export function receiverWords(receiver: ReceiverState, now: number): string {
  const { state, lastOkAt, lastFailedAt } = receiver;
  if (state === 'untried') return 'never used';
  if (state === 'ok') return lastOkAt === null ? 'ok' : `ok, last at ${formatTime(lastOkAt, now)}`;
  const since = lastOkAt === null ? 'never worked' : `last worked at ${formatTime(lastOkAt, now)}`;
  return `failing${lastFailedAt === null ? '' : `, last tried at ${formatTime(lastFailedAt, now)}`}, ${since}`;
}

/** What waits and what was given up; null: nothing of either. */
export function queueWords(
  { queued, oldestQueuedAt, nextAttemptAt, givenUp }: ReceiverState,
  now: number,
): string | null {
  const parts: string[] = [];
  if (queued > 0) {
    const oldest = oldestQueuedAt === null ? '' : `, the oldest for ${formatDuration(now - oldestQueuedAt)}`;
    const next =
      nextAttemptAt === null
        ? ''
        : nextAttemptAt <= now
          ? ', tried now'
          : `, tried in ${formatDuration(nextAttemptAt - now)}`;
    parts.push(`${plural(queued, 'message')} waiting${oldest}${next}`);
  }
  if (givenUp > 0) parts.push(`${plural(givenUp, 'message')} given up`);
  return parts.length === 0 ? null : parts.join('; ');
}

const RANK: Readonly<Record<AlertSeverity, number>> = { critical: 0, warning: 1, note: 2 };

/** Firing before pending, quiet ones last of their kind, worst first, oldest first. */
export function byUrgency(a: Alert, b: Alert): number {
  return (
    Number(a.state !== 'firing') - Number(b.state !== 'firing') ||
    RANK[a.severity] - RANK[b.severity] ||
    Number(isQuiet(a)) - Number(isQuiet(b)) ||
    a.since - b.since
  );
}

export function isQuiet(alert: Alert): boolean {
  return alert.acknowledged !== null || alert.silencedBy.length > 0;
}

export interface AlertCount {
  readonly firing: number;
  /** Of those, not acknowledged and not silenced. */
  readonly loud: number;
  readonly worst: AlertSeverity | null;
}

export function countAlerts(alerts: readonly Alert[]): AlertCount {
  const firing = alerts.filter(({ state }) => state === 'firing');
  const loud = firing.filter((alert) => !isQuiet(alert));
  const [worst = null] = loud.map(({ severity }) => severity).sort((a, b) => RANK[a] - RANK[b]);
  return { firing: firing.length, loud: loud.length, worst };
}

export const SILENCE_PRESETS = [
  { value: '1h', word: '1 h' },
  { value: '4h', word: '4 h' },
  { value: 'morning', word: 'Until tomorrow 9:00' },
  { value: 'date', word: 'Until…' },
] as const;
export type SilencePreset = (typeof SILENCE_PRESETS)[number]['value'];

/** In the zone of the browser; null: a date is asked for. */
export function silenceEnd(preset: SilencePreset, now: number): number | null {
  if (preset === 'date') return null;
  if (preset !== 'morning') return now + (preset === '1h' ? 1 : 4) * 3_600_000;
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, 9).getTime();
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
