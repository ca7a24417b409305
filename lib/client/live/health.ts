'use client';
// Howdah's own health, for the screens that must say when it is not what they need.
import type { UseQueryResult } from '@tanstack/react-query';
import { PATHS } from '../../contract/paths';
import type { HealthAnswer } from '../../contract/stream';
import { revive } from '../../language/carry';
import { based } from './base';
import { refusalIn } from './fetch';
import { useQuery } from './query';

const EACH_MS = 15_000;
const DEADLINE_MS = 8000;

/** 503 is an answer too, and says what is wrong; but the door before it has a 503 of its own. */
async function readHealth(signal: AbortSignal): Promise<HealthAnswer | null> {
  const answer = await fetch(based(PATHS.health), {
    headers: { accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  });
  return healthIn(answer.status, await answer.json().catch(() => null));
}

/**
 * `body`: parsed JSON. Null: it lives, and who asks may know no more (no grants, or the session just ended). Throws RequestFailed where
 * it is not Howdah's health.
 */
export function healthIn(status: number, body: unknown): HealthAnswer | null {
  const answer: unknown = revive(body);
  if ((status !== 200 && status !== 503) || !isAlive(answer)) throw refusalIn(status, body);
  return isWhole(answer) ? answer : null;
}

function isAlive(answer: unknown): answer is { readonly ok: boolean } {
  return typeof answer === 'object' && answer !== null && 'ok' in answer;
}

function isWhole(answer: object): answer is HealthAnswer {
  return 'store' in answer;
}

export function useHealth(): UseQueryResult<HealthAnswer | null> {
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => readHealth(signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS,
  });
}
