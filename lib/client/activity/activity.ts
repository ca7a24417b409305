'use client';
// What goes on inside the PostgreSQL of a member, asked while somebody looks at it and at no other time.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ActivityAnswer } from '../../contract/activity';
import { PATHS } from '../../contract/paths';
import { getJson } from '../live/fetch';
import { useQuery } from '../live/query';

const EACH_MS = 2000;
/** Older than this it is no longer drawn as now. */
export const ACTIVITY_STALE_MS = 6000;

export type Inside = ActivityAnswer['inside'];
export type SessionRow = Inside['sessions'][number];
export type BlockingLine = Inside['blocking'][number];

/** `held`: the answer that is there stays. A tab that nobody sees asks nothing. */
export function useActivity(scope: string, member: string | null, held: boolean): UseQueryResult<ActivityAnswer> {
  return useQuery<ActivityAnswer>({
    queryKey: ['activity', scope, member],
    queryFn: ({ signal }) => getJson<ActivityAnswer>(PATHS.activity(scope, member ?? ''), signal),
    enabled: member !== null && !held,
    refetchInterval: held ? false : EACH_MS,
    staleTime: 0,
    retry: false,
  });
}
