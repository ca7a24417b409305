// What people read: title, what happened, since when, what to do, and where to look. Plain text; a receiver dresses it for its
// own format. Pure; times in UTC, because a message is read in every zone.
import { formatInstant, formatSeconds, plural } from '../words';
import type { Alert, AlertSeverity } from './alert';
import type { Telling, TellingReason } from './groups';
import { rankSeverity } from './rules';

export interface Message {
  /** Unique and the same in every attempt: who gets it twice can tell. */
  readonly id: string;
  /** The incident: messages of one belong together. */
  readonly group: string;
  readonly reason: TellingReason;
  /** Empty: about Howdah itself. */
  readonly scope: string;
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
const LINE_LENGTH = 300;
/** An incident's page begins a little before the first sign. */
const BEFORE_MS = 5 * 60_000;
const AFTER_MS = 2 * 60_000;

export function composeMessage(telling: Telling, publicUrl: string): Message {
  const { id, group, reason, scope, at, alerts } = telling;
  const firing = alerts.filter(({ state }) => state === 'firing');
  const over = alerts.filter(({ state }) => state === 'resolved');
  const first = firing[0] ?? over[0];
  const severity = alerts.reduce<AlertSeverity>(
    (worst, alert) => (rankSeverity(alert.severity) > rankSeverity(worst) ? alert.severity : worst),
    'note',
  );
  const link = linkOf(telling, publicUrl);
  const more = (reason === 'over' ? over : firing).length - 1;
  const about = scope === '' ? 'Howdah' : scope;
  const headline = first === undefined ? 'nothing to tell' : first.title;
  const title = cut(`${headOf(reason, severity)}: ${about}: ${headline}${more > 0 ? ` (and ${more} more)` : ''}`);
  const shown = firing.slice(0, ALERTS_SHOWN).flatMap((alert) => [...linesOf(alert, at), '']);
  const hidden = firing.length - ALERTS_SHOWN;
  const lines = [
    title,
    '',
    ...shown,
    ...(hidden > 0 ? [`And ${plural(hidden, 'alert')} more.`, ''] : []),
    ...(over.length > 0 ? [...over.slice(0, ALERTS_SHOWN).map((alert) => `Over: ${overLine(alert)}`), ''] : []),
    link,
  ];
  const advice = reason === 'over' ? '' : (first?.advice ?? '');
  return { id, group, reason, scope, severity, at, title, text: lines.join('\n'), advice, link, alerts };
}

function headOf(reason: TellingReason, severity: AlertSeverity): string {
  const word = { critical: 'CRITICAL', warning: 'Warning', note: 'Note' }[severity];
  switch (reason) {
    case 'over':
      return 'Over';
    case 'worse':
      return `Worse, ${word}`;
    case 'still':
      return `Still ${word}`;
    case 'test':
      return 'Test';
    case 'new':
      return word;
  }
}

function linesOf(alert: Alert, now: number): readonly string[] {
  const evidence = alert.evidence.slice(0, EVIDENCE_SHOWN).map((line) => cut(`  ${line}`));
  const more = alert.evidence.length - EVIDENCE_SHOWN;
  const acknowledged =
    alert.acknowledged === null ? [] : [`Acknowledged by ${alert.acknowledged.by}: ${alert.acknowledged.reason}`];
  return [
    cut(`${alert.title} (${alert.severity})`),
    `Since ${instant(alert.since)}, for ${formatSeconds(Math.max(0, now - alert.since) / 1000)}.`,
    ...evidence,
    ...(more > 0 ? [`  and ${plural(more, 'fact')} more`] : []),
    cut(`What to do: ${alert.advice}`),
    ...acknowledged.map(cut),
  ];
}

function overLine(alert: Alert): string {
  const end = alert.resolvedAt ?? alert.seenAt;
  const lasted = formatSeconds(Math.max(0, end - alert.since) / 1000);
  return cut(`${alert.title}; ${instant(alert.since)} to ${instant(end)}, ${lasted}`);
}

export function instant(at: number): string {
  return formatInstant(new Date(at).toISOString());
}

/** Live where it goes on; the incident where it is over. */
export function linkOf(
  telling: Pick<Telling, 'scope' | 'reason' | 'openedAt' | 'at' | 'alerts'>,
  publicUrl: string,
): string {
  const base = publicUrl.replace(/\/+$/, '');
  const { scope, reason, openedAt, at, alerts } = telling;
  if (scope === '') return `${base}/alerts`;
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
