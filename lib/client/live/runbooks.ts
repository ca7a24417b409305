'use client';
// Runbooks and links of a cluster, as files and howdah.yaml have them.
import type { UseQueryResult } from '@tanstack/react-query';
import { PATHS } from '../../contract/paths';
import type { RunbooksAnswer } from '../../contract/runbooks';
import { getJson } from './fetch';
import { useQuery } from './query';

const EACH_MS = 60_000;

export function useRunbooks(scope: string): UseQueryResult<RunbooksAnswer> {
  return useQuery({
    queryKey: ['runbooks', scope],
    queryFn: ({ signal }) => getJson<RunbooksAnswer>(PATHS.runbooks(scope), signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS,
  });
}
