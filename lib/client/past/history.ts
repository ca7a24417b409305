'use client';
// The past, asked for: series of a window, the cluster at a moment, who led when. A past window does not change and is asked once.
import type { UseQueryResult } from '@tanstack/react-query';
import type { HistoryAnswer, LeadershipAnswer, MomentAnswer } from '../../contract/history';
import { PATHS } from '../../contract/paths';
import { clockNow } from '../live/clock';
import { getJson, RequestFailed } from '../live/fetch';
import { useQuery } from '../live/query';
import { POINTS_MAX } from './chart-series';
import { type ChartWindow, LIVE_DEFAULT, spanOf } from './chart-window';

const HOUR = 3_600_000;
const LEADERSHIP_EACH_MS = 60_000;
/** Written a little later than it happened: a window that ends this close to now is asked for again. */
const SETTLED_MS = 90_000;

const isAnswer = (error: Error): boolean => error instanceof RequestFailed && error.status < 500;
/** Once more where it is not known whether Howdah heard it; never where it said no. */
const retry = (count: number, error: Error): boolean => count < 1 && !isAnswer(error);

function eachMs(window: ChartWindow): number | false {
  if (window.kind === 'past') return window.to > clockNow() - SETTLED_MS ? 30_000 : false;
  return window.spanMs <= HOUR ? 10_000 : window.spanMs <= 24 * HOUR ? 30_000 : 120_000;
}

function historyPath(scope: string, window: ChartWindow, now: number): string {
  if (window.kind === 'live' && window.spanMs === spanOf(LIVE_DEFAULT)) return PATHS.history(scope);
  const { from, to } = window.kind === 'past' ? window : { from: now - window.spanMs, to: now };
  return `${PATHS.history(scope)}?from=${Math.round(from)}&to=${Math.round(to)}&points=${POINTS_MAX}`;
}

/** The window before is shown until the next one is there. */
export function useHistory(scope: string, window: ChartWindow = LIVE_DEFAULT): UseQueryResult<HistoryAnswer> {
  const each = eachMs(window);
  return useQuery<HistoryAnswer>({
    queryKey: [
      'history',
      scope,
      window.kind === 'live' ? window.spanMs : window.from,
      window.kind === 'live' ? 0 : window.to,
    ],
    queryFn: ({ signal }) => getJson<HistoryAnswer>(historyPath(scope, window, clockNow() || Date.now()), signal),
    refetchInterval: each,
    staleTime: each === false ? Number.POSITIVE_INFINITY : each,
    placeholderData: (before, query) => (query?.queryKey[1] === scope ? before : undefined),
    retry,
  });
}

/** The moment before is shown until the next one is there: `isPlaceholderData` says so. */
export function useMoment(scope: string, at: number | null): UseQueryResult<MomentAnswer> {
  return useQuery<MomentAnswer>({
    queryKey: ['moment', scope, at],
    queryFn: ({ signal }) => getJson<MomentAnswer>(`${PATHS.moment(scope)}?at=${at}`, signal),
    enabled: at !== null,
    // What came next is known only later.
    staleTime: (query) => (query.state.data?.next == null ? 10_000 : Number.POSITIVE_INFINITY),
    placeholderData: (before, query) => (query?.queryKey[1] === scope ? before : undefined),
    retry,
  });
}

/** `timeline`: the newest that the page knows; another one asks again. */
export function useLeadership(scope: string, timeline: number | null): UseQueryResult<LeadershipAnswer> {
  return useQuery<LeadershipAnswer>({
    queryKey: ['leadership', scope, timeline],
    queryFn: ({ signal }) => getJson<LeadershipAnswer>(PATHS.leadership(scope), signal),
    refetchInterval: LEADERSHIP_EACH_MS,
    staleTime: LEADERSHIP_EACH_MS,
    placeholderData: (before, query) => (query?.queryKey[1] === scope ? before : undefined),
    retry,
  });
}
