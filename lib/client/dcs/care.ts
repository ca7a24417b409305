'use client';
// The DCS of a source, asked while somebody looks at it and at no other time.
import type { UseQueryResult } from '@tanstack/react-query';
import type { CareAnswer, DcsActionState, DcsOrder } from '../../contract/care';
import { PATHS } from '../../contract/paths';
import { getJson, postJson } from '../live/fetch';
import { useQuery } from '../live/query';

const EACH_MS = 2000;

export type Care = NonNullable<CareAnswer['care']>;
export type CareMember = Care['members'][number];

export type DcsOrderRequest = DcsOrder['request'];

/** A fresh look at every member goes before. */
const ORDER_MS = 20_000;

export function sendDcsOrder(source: string, request: DcsOrderRequest, reason: string): Promise<DcsActionState> {
  return postJson<DcsActionState>(PATHS.dcsActions(source), { request, reason }, ORDER_MS);
}

export const dcsPath = (source: string): string => `/dcs/${encodeURIComponent(source)}`;

/** A tab that nobody sees asks nothing. */
export function useCare(source: string): UseQueryResult<CareAnswer> {
  return useQuery<CareAnswer>({
    queryKey: ['dcs', source],
    queryFn: ({ signal }) => getJson<CareAnswer>(PATHS.dcs(source), signal),
    refetchInterval: EACH_MS,
    staleTime: 0,
    retry: false,
  });
}
