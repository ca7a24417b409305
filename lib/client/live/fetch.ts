'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ApiError } from '../../contract/error';
import { PATHS } from '../../contract/paths';
import type { ConfigAnswer } from '../../contract/stream';
import { revive } from '../../language/carry';
import { isSentence, type Text } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
import { leave } from '../access/door';
import { t } from '../words/text';
import { based } from './base';
import { useQuery } from './query';

const DEADLINE_MS = 8000;
const EACH_MS = 10_000;

/** Howdah answered, and the answer is no. */
export class RequestFailed extends SpokenError {
  constructor(
    readonly code: string,
    message: Text,
    readonly status = 500,
    readonly details: unknown = null,
  ) {
    super(message);
  }
}

async function readAnswer<T>(answer: Response): Promise<T> {
  if (!answer.ok) throw refusalIn(answer.status, await answer.json().catch(() => null));
  return revive(await answer.json());
}

/**
 * Why the answer is no. `body`: parsed JSON, null where it was none. What stands between may refuse in a form of its own (a proxy, a
 * gateway): then its status is all that is said.
 */
export function refusalIn(status: number, body: unknown): RequestFailed {
  const error: unknown = revive(body);
  const { code, message, details }: Partial<Record<keyof ApiError, unknown>> =
    typeof error === 'object' && error !== null ? error : {};
  if (status === 401 && code === 'not_signed_in') leave();
  if (typeof code !== 'string' || !isText(message))
    return new RequestFailed('internal', t('Howdah answered {status}.', { status }), status);
  return new RequestFailed(code, message, status, details ?? null);
}

const isText = (value: unknown): value is Text => typeof value === 'string' || isSentence(value);

/** What the server's clock said, in whole seconds, in an answer that was under way between two instants of this one. */
export interface ClockReading {
  readonly date: number;
  readonly sentAt: number;
  readonly cameAt: number;
}

export async function getJson<T>(
  path: string,
  signal?: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
  onClock?: (reading: ClockReading) => void,
): Promise<T> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const sentAt = Date.now();
  const answer = await fetch(based(path), {
    headers: { accept: 'application/json', ...headers },
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  });
  const date = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isFinite(date)) onClock?.({ date, sentAt, cameAt: Date.now() });
  return readAnswer<T>(answer);
}

/** Rejects with RequestFailed where Howdah answered, with anything else where it is not known whether the request arrived. */
export async function postJson<T>(path: string, body: object, deadlineMs: number, signal?: AbortSignal): Promise<T> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const answer = await fetch(based(path), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  });
  return readAnswer<T>(answer);
}

export function useConfig(scope: string): UseQueryResult<ConfigAnswer> {
  return useQuery({
    queryKey: ['config', scope],
    queryFn: ({ signal }) => getJson<ConfigAnswer>(PATHS.config(scope), signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS,
  });
}
