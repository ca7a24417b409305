'use client';
// Howdah's own health, for the screens that must say when it is not what they need.
import type { UseQueryResult } from '@tanstack/react-query';
import { PATHS } from '../../contract/paths';
import type { HealthAnswer } from '../../contract/stream';
import { t } from '../words/text';
import { based } from './base';
import { useQuery } from './query';

const EACH_MS = 15_000;
const DEADLINE_MS = 8000;

/** 503 is an answer too: it says what is wrong. */
async function readHealth(signal: AbortSignal): Promise<HealthAnswer> {
  const answer = await fetch(based(PATHS.health), {
    headers: { accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  });
  if (!answer.ok && answer.status !== 503) throw new Error(t('Howdah answered {status}.', { status: answer.status }));
  return answer.json();
}

export function useHealth(): UseQueryResult<HealthAnswer> {
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => readHealth(signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS,
  });
}
