'use client';
// Typed GET with a deadline. Only what does not come by the stream: history and the dynamic configuration.
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { type ApiError, type ConfigAnswer, type HistoryAnswer, PATHS } from '../contract/stream';

const DEADLINE_MS = 8000;
const EACH_MS = 10_000;

export class RequestFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const answer = await fetch(path, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  });
  if (!answer.ok) {
    const error: Partial<ApiError> = await answer.json().catch(() => ({}));
    throw new RequestFailed(error.code ?? 'internal', error.message ?? `Howdah answered ${answer.status}.`);
  }
  return answer.json();
}

export function useHistory(scope: string): UseQueryResult<HistoryAnswer> {
  return useQuery({
    queryKey: ['history', scope],
    queryFn: ({ signal }) => getJson<HistoryAnswer>(PATHS.history(scope), signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS,
  });
}

export function useConfig(scope: string): UseQueryResult<ConfigAnswer> {
  return useQuery({
    queryKey: ['config', scope],
    queryFn: ({ signal }) => getJson<ConfigAnswer>(PATHS.config(scope), signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS,
  });
}
