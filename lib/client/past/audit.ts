'use client';
// The audit as the browser reads it: pages of actions, newest first, and what of them a filter lets through.
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { AuditAnswer, RecordAcknowledgement } from '../../contract/actions';
import { PATHS } from '../../contract/paths';
import type { ActionRecord } from '../../domain/actions/action';
import { getJson, postJson } from '../live/fetch';
import { useInfiniteQuery } from '../live/query';
import { wire } from '../words/text';

const PAGE = 50;
const EACH_MS = 15_000;
/** The whole record is read before and after. */
const ACKNOWLEDGE_MS = 60_000;

export interface AuditFilter {
  /** null: every cluster. Asked of the server; the rest is filtered here, over what is loaded. */
  readonly scope: string | null;
  readonly kind: string;
  readonly outcome: string;
  readonly text: string;
}

export function auditPath(scope: string | null, before: string | null, format: 'json' | 'csv' | null = null): string {
  const query = new URLSearchParams();
  if (scope !== null) query.set('scope', scope);
  if (format === null) query.set('limit', String(PAGE));
  else query.set('format', format);
  if (before !== null) query.set('before', before);
  return `${PATHS.audit}?${query}`;
}

export function useAudit(filter: AuditFilter): UseInfiniteQueryResult<InfiniteData<AuditAnswer>> {
  return useInfiniteQuery({
    queryKey: ['audit', filter.scope],
    queryFn: ({ pageParam, signal }) => getJson<AuditAnswer>(auditPath(filter.scope, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: AuditAnswer) => page.next,
    // Further pages are the past: only the first is asked for again.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : EACH_MS),
    staleTime: EACH_MS,
  });
}

export function acknowledgeRecord(order: RecordAcknowledgement): Promise<unknown> {
  return postJson(PATHS.acknowledgeRecord, order, ACKNOWLEDGE_MS);
}

/** `words`: how the action is said on screen, so that what is read can be searched. */
export function passesFilter(row: ActionRecord, filter: AuditFilter, words: string): boolean {
  if (filter.kind !== '' && row.request.kind !== filter.kind) return false;
  if (filter.outcome !== '' && (row.outcome ?? 'open') !== filter.outcome) return false;
  const line =
    `${row.scope} ${words} ${row.actor} ${row.reason} ${wire(row.outcomeText ?? '')} ${row.id}`.toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => line.includes(word));
}
