'use client';
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import type { IncidentAnswer, NoteAnswer, NoteDraft } from '../../contract/history';
import { INCIDENT_MAX_MS } from '../../contract/limits';
import { PATHS } from '../../contract/paths';
import { measured } from '../../language/quantity';
import { getJson, postJson } from '../live/fetch';
import { useQuery } from '../live/query';
import { formatDuration } from '../words/format';
import { language, t } from '../words/text';
import { parseMoment } from './moment';

const EACH_MS = 10_000;
const POST_MS = 8000;
const DEFAULT_MS = 60 * 60_000;

export interface IncidentWindow {
  readonly from: number;
  readonly to: number;
}

export type ParsedWindow =
  | { readonly kind: 'window'; readonly window: IncidentWindow }
  | { readonly kind: 'problem'; readonly text: string };

/** Both null: the last hour. `now` 0: not known yet. */
export function parseWindow(from: string | null, to: string | null, now: number): ParsedWindow {
  const end = to === null ? now : momentOf(to, now);
  if (typeof end === 'string') return problem(t('To: {problem}', { problem: end }));
  const begin = from === null ? end - DEFAULT_MS : momentOf(from, now);
  if (typeof begin === 'string') return problem(t('From: {problem}', { problem: begin }));
  if (begin >= end) return problem(t('The window ends before it begins: from must be earlier than to.'));
  if (end - begin > INCIDENT_MAX_MS) {
    return problem(
      t('The window is {time} long; an incident holds at most 7 days.', { time: formatDuration(end - begin) }),
    );
  }
  return { kind: 'window', window: { from: begin, to: end } };
}

const problem = (text: string): ParsedWindow => ({ kind: 'problem', text });

/** Words where it is no moment. An end that lies ahead is now. */
function momentOf(text: string, now: number): number | string {
  const parsed = parseMoment(text, 0);
  if (parsed.kind === 'problem') return parsed.text;
  if (now > 0 && parsed.at > now) return now;
  return parsed.at;
}

export const PRESETS = [
  { word: measured(15, 'min'), ms: 15 * 60_000 },
  { word: measured(1, 'h'), ms: 60 * 60_000 },
  { word: measured(6, 'h'), ms: 6 * 60 * 60_000 },
  { word: measured(24, 'h'), ms: 24 * 60 * 60_000 },
  { word: measured(7, 'd'), ms: INCIDENT_MAX_MS },
] as const;

/** Around one moment: what led to it, and what came of it. */
export function windowAround(at: number, now: number): IncidentWindow {
  return { from: at - 10 * 60_000, to: Math.max(at + 60_000, Math.min(at + 20 * 60_000, now)) };
}

export function reportPath(scope: string, window: IncidentWindow, format: 'md' | 'html', zone: string): string {
  const own = language() === 'en' ? {} : { language: language() };
  const query = new URLSearchParams({ from: String(window.from), to: String(window.to), format, zone, ...own });
  return `${PATHS.incident(scope)}?${query}`;
}

/** IANA name of this browser's zone. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const keyOf = (scope: string, window: IncidentWindow | null) => ['incident', scope, window?.from, window?.to] as const;

/** null: no window that could be asked for. Asked again while the window reaches to now. */
export function useIncident(
  scope: string,
  window: IncidentWindow | null,
  isOpen: boolean,
): UseQueryResult<IncidentAnswer> {
  return useQuery({
    queryKey: keyOf(scope, window),
    queryFn: ({ signal }) =>
      getJson<IncidentAnswer>(`${PATHS.incident(scope)}?from=${window?.from ?? 0}&to=${window?.to ?? 0}`, signal),
    enabled: window !== null,
    refetchInterval: isOpen ? EACH_MS : false,
    staleTime: isOpen ? EACH_MS : 60_000,
  });
}

export interface NoteOrders {
  readonly add: (draft: NoteDraft) => Promise<void>;
  readonly withdraw: (id: string) => Promise<void>;
}

/** Rejects with the reason in words; what is shown is asked for anew after each that was taken. */
export function useNotes(scope: string): NoteOrders {
  const client = useQueryClient();
  const fresh = () => client.invalidateQueries({ queryKey: ['incident', scope] });
  return {
    add: async (draft) => {
      await postJson<NoteAnswer>(PATHS.notes(scope), draft, POST_MS);
      await fresh();
    },
    withdraw: async (id) => {
      await postJson<NoteAnswer>(PATHS.note(scope, id), {}, POST_MS);
      await fresh();
    },
  };
}
