'use client';
// The only door to React Query's hooks. What stands inside a page's Suspense hydrates late: by then the live connection and other
// parts of the page have filled the cache, and a first pass that read it would not draw what the server drew (React error 418).
// So until its own boundary has hydrated a query answers as it did on the server, where nothing is known yet; then it is drawn
// again at once with what the cache holds.
import {
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryOptions,
  type UseInfiniteQueryResult,
  type UseQueryOptions,
  type UseQueryResult,
  useInfiniteQuery as useInfiniteQueryOfCache,
  useQuery as useQueryOfCache,
} from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

/** What every query says on the server. */
const UNASKED = {
  data: undefined,
  error: null,
  status: 'pending',
  fetchStatus: 'fetching',
  isPending: true,
  isLoading: true,
  isFetching: true,
  isInitialLoading: true,
  isSuccess: false,
  isError: false,
  isLoadingError: false,
  isRefetchError: false,
  isRefetching: false,
  isPlaceholderData: false,
  isPaused: false,
  isStale: true,
  isFetched: false,
  isFetchedAfterMount: false,
  isEnabled: true,
  dataUpdatedAt: 0,
  errorUpdatedAt: 0,
  failureCount: 0,
  failureReason: null,
  errorUpdateCount: 0,
} as const;

const NO_PAGES = {
  hasNextPage: false,
  hasPreviousPage: false,
  isFetchingNextPage: false,
  isFetchingPreviousPage: false,
  isFetchNextPageError: false,
  isFetchPreviousPageError: false,
} as const;

const subscribeToNothing = (): (() => void) => () => undefined;

/** False on the server and in the pass that hydrates the boundary this stands in; true from then on, and wherever nothing hydrates. */
function useHydrated(): boolean {
  return useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  );
}

export function useQuery<T, Key extends QueryKey = QueryKey>(
  options: UseQueryOptions<T, Error, T, Key>,
): UseQueryResult<T> {
  const result = useQueryOfCache(options);
  if (useHydrated()) return result;
  const { refetch } = result;
  return { ...UNASKED, refetch };
}

export function useInfiniteQuery<T, Key extends QueryKey, Param>(
  options: UseInfiniteQueryOptions<T, Error, InfiniteData<T, Param>, Key, Param>,
): UseInfiniteQueryResult<InfiniteData<T, Param>> {
  const result = useInfiniteQueryOfCache(options);
  if (useHydrated()) return result;
  const { refetch, fetchNextPage, fetchPreviousPage } = result;
  return { ...UNASKED, ...NO_PAGES, refetch, fetchNextPage, fetchPreviousPage };
}
