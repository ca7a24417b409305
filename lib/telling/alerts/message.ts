// What people read: title, what happened, since when, what to do, and where to look. Plain text; a receiver dresses it for its
// own format. Pure; times in UTC, because a message is read in every zone. In the language of whoever is told: what is composed
// here is said part by part, what a person wrote stays as it was written.

import type { Alert } from '../../domain/alerts/alert';
import { sourceOfScope } from '../../domain/alerts/dcs-scope';
import type { Telling, TellingReason } from '../../domain/alerts/groups';
import { type AlertSeverity, worstOf } from '../../domain/severity';
import { formatInstant, formatSeconds, plural } from '../../language/quantity';
import { isSameText, say, type Text } from '../../language/sentence';
import { ENGLISH, type Speaker } from '../../language/speaker';

export interface Message {
  /** Unique and the same in every attempt: who gets it twice can tell. */
  readonly id: string;
  /** The incident: messages of one belong together. */
  readonly group: string;
  readonly reason: TellingReason;
  /** Empty: about several clusters, or about Howdah itself. */
  readonly scope: string;
  /** The clusters that have one trouble; absent: it is about one, or about Howdah itself. */
  readonly scopes?: readonly string[];
  /** Of the worst alert in it. */
  readonly severity: AlertSeverity;
  readonly at: number;
  readonly title: string;
  readonly text: string;
  readonly advice: string;
  readonly link: string;
  readonly alerts: readonly Alert[];
}

/** A phone shows little, a chat takes 4,000 characters: the rest stands behind the link. */
const ALERTS_SHOWN = 8;
const EVIDENCE_SHOWN = 6;
const CLUSTERS_SHOWN = 20;
const LINE_LENGTH = 300;
/** An incident's page begins a little before the first sign. */
const BEFORE_MS = 5 * 60_000;
const AFTER_MS = 2 * 60_000;

/** Says a text of the core in the reader's language. */
type Speak = Speaker['speak'];

export function composeMessage(telling: Telling, publicUrl: string, speak: Speak = ENGLISH.speak): Message {
  if (telling.shared !== undefined) return composeShared(telling, telling.shared, publicUrl, speak);
  const { id, group, reason, scope, at, alerts } = telling;
  const firing = alerts.filter(({ state }) => state === 'firing');
  const over = alerts.filter(({ state }) => state === 'resolved');
  // What the cause explains speaks for the cluster, as everywhere else.
  const first = firing.find(({ cause }) => cause !== null) ?? firing[0] ?? over[0];
  const severity = worstOf(alerts.map((alert) => alert.severity)) ?? 'note';
  const link = linkOf(telling, publicUrl);
  const told = reason === 'over' ? over : firing;
  // What has the same cause is one trouble.
  const cause = first?.cause ?? null;
  const more = told.filter(
    (alert) => alert !== first && (cause === null || !isSameText(alert.cause ?? '', cause)),
  ).length;
  const source = sourceOfScope(scope);
  const about = scope === '' ? 'Howdah' : source === null ? scope : `DCS ${source}`;
  const headline = speak(first === undefined ? say`nothing to tell` : (cause ?? first.title));
  const rest = more > 0 ? [speak(say`(and ${more} more)`)] : [];
  const title = cut([`${speak(headOf(reason, severity))}: ${about}: ${headline}`, ...rest].join(' '));
  const shown = firing.slice(0, ALERTS_SHOWN).flatMap((alert) => [...linesOf(alert, at, speak), '']);
  const hidden = firing.length - ALERTS_SHOWN;
  const lines = [
    title,
    '',
    ...shown,
    ...(hidden > 0 ? [speak(say`And ${plural(hidden, 'alert')} more.`), ''] : []),
    ...(over.length > 0 ? [...over.slice(0, ALERTS_SHOWN).map((alert) => overLine(alert, speak)), ''] : []),
    link,
  ];
  const advice = reason === 'over' ? '' : speak(first?.advice ?? '');
  const text = lines.join('\n');
  return { id, group, reason, scope, severity, at, title, text, advice, link, alerts: alerts.map(said(speak)) };
}

/** One trouble of several clusters: what it is, and of each cluster a line. */
function composeShared(
  telling: Telling,
  { title: what, text: about, scopes }: NonNullable<Telling['shared']>,
  publicUrl: string,
  speak: Speak,
): Message {
  const { id, group, reason, scope, at, alerts } = telling;
  const [first] = alerts;
  const severity = worstOf(alerts.map((alert) => alert.severity)) ?? 'note';
  const headline = what ?? say`${plural(scopes.length, 'cluster')}: ${first?.cause ?? first?.title ?? ''}`;
  const title = cut(`${speak(headOf(reason, severity))}: ${speak(headline)}`);
  const lines = scopes.slice(0, CLUSTERS_SHOWN).flatMap((name) => {
    const worst = alerts.find((alert) => alert.scope === name);
    if (worst === undefined) return [];
    return worst.state === 'resolved'
      ? `${name}: ${overLine(worst, speak)}`
      : `${name}: ${shortLine(worst, at, speak)}`;
  });
  const hidden = scopes.length - CLUSTERS_SHOWN;
  const firing = alerts.filter(({ state }) => state === 'firing');
  const advice = reason === 'over' ? '' : speak(firing[0]?.advice ?? '');
  const link = linkOf(telling, publicUrl);
  const text = [
    title,
    '',
    ...(about === null ? [] : [cut(speak(about)), '']),
    ...lines.map(cut),
    ...(hidden > 0 ? [speak(say`And ${plural(hidden, 'cluster')} more.`)] : []),
    '',
    ...(advice === '' ? [] : [cut(speak(say`What to do: ${advice}`)), '']),
    link,
  ].join('\n');
  return { id, group, reason, scope, scopes, severity, at, title, text, advice, link, alerts: alerts.map(said(speak)) };
}

function shortLine(alert: Alert, now: number, speak: Speak): string {
  const lasted = formatSeconds(Math.max(0, now - alert.since) / 1000);
  return `${speak(alert.title)} (${speak(SEVERITY[alert.severity])}). ${speak(say`Since ${instant(alert.since)}, for ${lasted}.`)}`;
}

/** What is for people in it; codes, names and moments are the same in every language. */
function said(speak: Speak): (alert: Alert) => Alert {
  return (alert) => ({
    ...alert,
    title: speak(alert.title),
    cause: alert.cause === null ? null : speak(alert.cause),
    evidence: alert.evidence.map(speak),
    advice: speak(alert.advice),
  });
}

function headOf(reason: TellingReason, severity: AlertSeverity): Text {
  const word = { critical: say`CRITICAL`, warning: say`Warning`, note: say`Note` }[severity];
  switch (reason) {
    case 'over':
      return say`Over`;
    case 'worse':
      return say`Worse, ${word}`;
    case 'still':
      return say`Still ${word}`;
    case 'test':
      return say`Test`;
    case 'new':
      return word;
  }
}

const SEVERITY: Readonly<Record<AlertSeverity, Text>> = {
  critical: say`critical`,
  warning: say`warning`,
  note: say`note`,
};

function linesOf(alert: Alert, now: number, speak: Speak): readonly string[] {
  const evidence = alert.evidence.slice(0, EVIDENCE_SHOWN).map((line) => cut(`  ${speak(line)}`));
  const more = alert.evidence.length - EVIDENCE_SHOWN;
  const acknowledged =
    alert.acknowledged === null
      ? []
      : [speak(say`Acknowledged by ${alert.acknowledged.by}: ${alert.acknowledged.reason}`)];
  return [
    cut(`${speak(alert.title)} (${speak(SEVERITY[alert.severity])})`),
    speak(say`Since ${instant(alert.since)}, for ${formatSeconds(Math.max(0, now - alert.since) / 1000)}.`),
    ...evidence,
    ...(more > 0 ? [`  ${speak(say`and ${plural(more, 'fact')} more`)}`] : []),
    cut(speak(say`What to do: ${alert.advice}`)),
    ...acknowledged.map(cut),
  ];
}

function overLine(alert: Alert, speak: Speak): string {
  const end = alert.resolvedAt ?? alert.seenAt;
  const lasted = formatSeconds(Math.max(0, end - alert.since) / 1000);
  const span = speak(say`${instant(alert.since)} to ${instant(end)}, ${lasted}`);
  return `${speak(say`Over`)}: ${cut([speak(alert.title), span].join('; '))}`;
}

export function instant(at: number): string {
  return formatInstant(new Date(at).toISOString());
}

/** Live where it goes on; the incident where it is over. */
export function linkOf(
  telling: Pick<Telling, 'scope' | 'reason' | 'openedAt' | 'at' | 'alerts' | 'shared'>,
  publicUrl: string,
): string {
  const base = publicUrl.replace(/\/+$/, '');
  const { scope, reason, openedAt, at, alerts } = telling;
  if (telling.shared !== undefined) return `${base}/`;
  if (scope === '') return `${base}/alerts`;
  const source = sourceOfScope(scope);
  if (source !== null) return `${base}/dcs/${encodeURIComponent(source)}`;
  const page = `${base}/clusters/${encodeURIComponent(scope)}`;
  if (reason === 'over') {
    const from = Math.min(openedAt, ...alerts.map(({ since }) => since)) - BEFORE_MS;
    const oldest = at - 24 * 3600_000;
    return `${page}/incident?from=${Math.max(from, oldest)}&to=${at + AFTER_MS}`;
  }
  const code = alerts.find(({ state }) => state === 'firing')?.code ?? null;
  return code === null ? page : `${page}#finding-${code}`;
}

function cut(line: string): string {
  return cutText(line.replace(/\p{Cc}+/gu, ' '), LINE_LENGTH);
}

/** At most `limit` UTF-16 units, as receivers count them, and never half a character. */
export function cutText(text: string, limit: number): string {
  const whole = text.replace(/\p{Cs}/gu, '\ufffd');
  return whole.length > limit ? `${whole.slice(0, limit - 3).replace(/[\ud800-\udbff]$/, '')}...` : whole;
}
