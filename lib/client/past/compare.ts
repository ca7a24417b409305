'use client';
import type { Snapshot } from '../../domain/cluster';
import { leafName, leafText } from '../../domain/config/diff';
import type { ClusterEvent } from '../../domain/events';
// Which two are compared, as the address says it, and the comparison as text to take away.
import { type Comparison, type Difference, SECTIONS, toldBetween } from '../../telling/compare/compare';
import { exactTime } from '../words/format';
import { t, wire } from '../words/text';
import { parseMoment } from './moment';

export interface CompareChoice {
  /** null: an hour ago. Of two clusters: now. */
  readonly before: number | null;
  /** null: now. */
  readonly after: number | null;
  /** The other cluster, which is the one after; null: the same. */
  readonly other: string | null;
}

export interface ReadCompare {
  readonly choice: CompareChoice;
  /** What in the address could not be used. */
  readonly notices: readonly string[];
}

export function parseCompare(query: URLSearchParams): ReadCompare {
  const notices: string[] = [];
  const moment = (key: 'before' | 'after'): number | null => {
    const given = query.get(key);
    if (given === null) return null;
    const parsed = parseMoment(given, 0);
    if (parsed.kind === 'moment') return parsed.at;
    notices.push(parsed.text);
    return null;
  };
  const other = query.get('with')?.slice(0, 200) || null;
  return { choice: { before: moment('before'), after: moment('after'), other }, notices };
}

export function comparePath(scope: string, { before, after, other }: CompareChoice): string {
  const query = new URLSearchParams();
  if (before !== null) query.set('before', String(Math.round(before)));
  if (after !== null) query.set('after', String(Math.round(after)));
  if (other !== null) query.set('with', other);
  const text = query.toString();
  return `/clusters/${encodeURIComponent(scope)}/compare${text === '' ? '' : `?${text}`}`;
}

/** An event is seen a round after it happened, and its snapshot is that of the change: what it changed is shown from then on. */
const JUST_BEFORE_MS = 1;
const SETTLED_MS = 10_000;

/** Just before an event, and when what it caused has been seen. */
export function aroundEvent({ at, notBefore }: Pick<ClusterEvent, 'at' | 'notBefore'>, now: number): CompareChoice {
  const after = at + SETTLED_MS;
  return { before: (notBefore ?? at) - JUST_BEFORE_MS, after: now > 0 && after > now ? null : after, other: null };
}

export const HOUR_MS = 3_600_000;

interface TextOptions {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly events: readonly ClusterEvent[];
}

/** In the language of the screen. */
export function compareText(comparison: Comparison, { before, after, events }: TextOptions): string {
  const title = (snapshot: Snapshot): string => `${snapshot.scope}, ${exactTime(snapshot.observedAt)}`;
  const line = (one: Difference): string => {
    const told = toldBetween(one, events);
    const why = told === null ? '' : ` (${exactTime(told.at)} ${wire(told.text)})`;
    return `${wire(one.subject)}: ${wire(one.before)} -> ${wire(one.after)}${why}`;
  };
  const { differs, config, findings, equal, notCompared } = comparison;
  const change = { new: t('new'), over: t('over'), changed: t('changed') } as const;
  return [
    `${t('Before')}: ${title(before)}`,
    `${t('After')}: ${title(after)}`,
    '',
    ...SECTIONS.flatMap((section) => differs.filter((one) => one.section === section).map(line)),
    ...(config ?? []).map(
      ({ path, before: was, after: is }) => `${leafName(path)}: ${wire(leafText(was))} -> ${wire(leafText(is))}`,
    ),
    ...findings.map((one) => `${change[one.change]}: ${wire(one.finding.title)}`),
    '',
    t('Equal: {n}. Not compared: {names}.', {
      n: equal.length,
      names: notCompared.map(({ subject }) => wire(subject)).join('; ') || t('nothing'),
    }),
  ].join('\n');
}
