// Alerts, rules, silences and receivers in words. Pure.

import type { Alert, AlertRule, AlertsAnswer, ReceiverState, Silence } from '../../contract/alerts';
import type { Measure } from '../../domain/alerts/alert';
import { sourceOfScope } from '../../domain/alerts/dcs-scope';
import { type AlertSeverity, bySeverity, worstOf } from '../../domain/severity';
import { measured } from '../../language/quantity';
import { formatBytes, formatCount, formatDuration, formatTime } from '../words/format';
import { form, t, tn } from '../words/text';

const MEASURES: Readonly<Record<Measure, { readonly words: string; readonly isBytes: boolean }>> = {
  replay_lag_bytes: { words: form('Replay lag of a member over {limit}'), isBytes: true },
  receive_lag_bytes: { words: form('Receive lag of a member over {limit}'), isBytes: true },
  replay_lag_seconds: { words: form('Replay lag of a member over {limit}'), isBytes: false },
  paused_seconds: { words: form('Paused for more than {limit}'), isBytes: false },
  pending_restart_seconds: { words: form('A pending restart older than {limit}'), isBytes: false },
  observation_age_seconds: { words: form('Nothing new from the cluster for more than {limit}'), isBytes: false },
};

/** Inside a sentence; forms, said by `t`. */
export const SEVERITY_WORDS: Readonly<Record<AlertSeverity | 'unknown', string>> = {
  critical: form('critical'),
  warning: form('warning'),
  note: form('note'),
  unknown: form('unknown'),
};

const CODES_NAMED = 4;

/** `Any finding, critical or worse: alerts after 5 s, resolves after 30 s`. */
export function ruleWords(rule: AlertRule): string {
  const { forSeconds, clearSeconds } = rule;
  const [test, clear] = [testWords(rule), formatDuration(clearSeconds * 1000)];
  if (forSeconds === 0) return t('{test}: alerts at once, resolves after {clear}', { test, clear });
  const held = formatDuration(forSeconds * 1000);
  return t('{test}: alerts after {held}, resolves after {clear}', { test, held, clear });
}

function testWords({ test }: AlertRule): string {
  switch (test.kind) {
    case 'no_failover_possible':
      return t('No automatic failover would be possible');
    case 'above': {
      const { words, isBytes } = MEASURES[test.measure];
      const limit = isBytes ? formatBytes(test.limit) : formatDuration(test.limit * 1000);
      return t(words, { limit });
    }
    case 'dcs': {
      const what =
        test.codes.length === 0
          ? t('Any finding of a DCS')
          : test.codes.length <= CODES_NAMED
            ? t('Finding {codes} of a DCS', { codes: test.codes.join(', ') })
            : tn(test.codes.length, 'One of {n} finding of a DCS', 'One of {n} findings of a DCS');
      if (test.atLeast === null) return what;
      return t('{what}, {severity} or worse', { what, severity: t(SEVERITY_WORDS[test.atLeast]) });
    }
    case 'finding': {
      const what =
        test.codes.length === 0
          ? t('Any finding')
          : test.codes.length <= CODES_NAMED
            ? t('Finding {codes}', { codes: test.codes.join(', ') })
            : tn(test.codes.length, 'One of {n} finding', 'One of {n} findings');
      if (test.atLeast === null) return what;
      return t('{what}, {severity} or worse', { what, severity: t(SEVERITY_WORDS[test.atLeast]) });
    }
  }
}

/** Which clusters, and who is told. */
export function ruleReach({ test, scopes, labels, receivers }: AlertRule): string {
  const marks = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const where = [...(scopes ?? []), ...marks];
  return `${where.length > 0 ? where.join(', ') : t(test.kind === 'dcs' ? 'all sources' : 'all clusters')}; ${receivers === null ? t('all receivers') : receivers.join(', ')}`;
}

/** As people call what an alert or a silence is about. */
export function scopeName(scope: string): string {
  const source = sourceOfScope(scope);
  return source === null ? scope : `DCS ${source}`;
}

/** What a silence keeps quiet: `lag-bytes on orders, member n2`. */
export function silenceWords({
  scope,
  rule,
  member,
  labels,
}: Pick<Silence, 'scope' | 'rule' | 'member' | 'labels'>): string {
  const marks = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const where = [scope === null ? t('on all clusters') : t('on {scope}', { scope: scopeName(scope) }), ...marks].join(
    ', ',
  );
  const whole = `${rule === null ? t('All rules') : rule} ${where}`;
  return member === null ? whole : t('{whole}, member {member}', { whole, member });
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
    const whom = names.length === 0 ? t('nobody is configured') : names.join(', ');
    return t('told {whom} at {time}', { whom, time: formatTime(alert.toldAt, now) });
  }
  if (alert.state === 'pending') return t('nobody told yet: it has to last longer');
  if (alert.silencedBy.length > 0) return t('nobody told: silenced');
  if (answer.receivers.length === 0) return t('nobody told: no receiver is configured');
  return t(answer.sender === 'nobody' ? 'nobody told: nobody sends' : 'nobody told yet');
}

export function receiverWords(receiver: ReceiverState, now: number): string {
  const { state, lastOkAt, lastFailedAt } = receiver;
  if (state === 'untried') return t('never used');
  if (state === 'ok') return lastOkAt === null ? t('ok') : t('ok, last at {time}', { time: formatTime(lastOkAt, now) });
  return [
    t('failing'),
    ...(lastFailedAt === null ? [] : [t('last tried at {time}', { time: formatTime(lastFailedAt, now) })]),
    lastOkAt === null ? t('never worked') : t('last worked at {time}', { time: formatTime(lastOkAt, now) }),
  ].join(', ');
}

/** What waits and what was given up; null: nothing of either. */
export function queueWords(
  { queued, oldestQueuedAt, nextAttemptAt, givenUp }: ReceiverState,
  now: number,
): string | null {
  const parts: string[] = [];
  if (queued > 0) {
    const waiting = [tn(queued, '{n} message waiting', '{n} messages waiting', { n: formatCount(queued) })];
    if (oldestQueuedAt !== null)
      waiting.push(t('the oldest for {time}', { time: formatDuration(now - oldestQueuedAt) }));
    if (nextAttemptAt !== null)
      waiting.push(
        nextAttemptAt <= now ? t('tried now') : t('tried in {time}', { time: formatDuration(nextAttemptAt - now) }),
      );
    parts.push(waiting.join(', '));
  }
  if (givenUp > 0)
    parts.push(tn(givenUp, '{n} message given up', '{n} messages given up', { n: formatCount(givenUp) }));
  return parts.length === 0 ? null : parts.join('; ');
}

/** Firing before pending, quiet ones last of their kind, worst first, oldest first. */
export function byUrgency(a: Alert, b: Alert): number {
  return (
    Number(a.state !== 'firing') - Number(b.state !== 'firing') ||
    bySeverity(a.severity, b.severity) ||
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
  const worst = worstOf(loud.map(({ severity }) => severity)) ?? null;
  return { firing: firing.length, loud: loud.length, worst };
}

/** The words are quantities, or forms said by `t`. */
export const SILENCE_PRESETS = [
  { value: '1h', word: measured(1, 'h') },
  { value: '4h', word: measured(4, 'h') },
  { value: 'morning', word: form('Until tomorrow 9:00') },
  { value: 'date', word: form('Until…') },
] as const;
export type SilencePreset = (typeof SILENCE_PRESETS)[number]['value'];

/** In the zone of the browser; null: a date is asked for. */
export function silenceEnd(preset: SilencePreset, now: number): number | null {
  if (preset === 'date') return null;
  if (preset !== 'morning') return now + (preset === '1h' ? 1 : 4) * 3_600_000;
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, 9).getTime();
}
