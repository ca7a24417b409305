'use client';
// Pages of events, newest first. Only the first page is asked for again: what is older does not change.
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { EventsAnswer } from '../../contract/history';
import { getJson } from '../live/fetch';
import { useInfiniteQuery } from '../live/query';
import { type EventFilter, eventsRequest } from './event-filter';

const EACH_MS = 10_000;

export function useEvents(filter: EventFilter): UseInfiniteQueryResult<InfiniteData<EventsAnswer>> {
  return useInfiniteQuery({
    queryKey: ['events', eventsRequest(filter, null)],
    queryFn: ({ pageParam, signal }) => getJson<EventsAnswer>(eventsRequest(filter, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: EventsAnswer) => page.next,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : EACH_MS),
    staleTime: EACH_MS,
  });
}
