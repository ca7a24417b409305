import { QueryClient } from '@tanstack/react-query';

/** Streamed keys never refetch and never expire; the stream is their only writer. */
function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: { queries: { refetchOnWindowFocus: false, retry: 1, gcTime: 300_000 } },
  });
  const streamed = { staleTime: Number.POSITIVE_INFINITY, gcTime: Number.POSITIVE_INFINITY, refetchOnReconnect: false };
  // Rows that did not change keep their identity in the reducer; comparing 300 of them again would cost more than it saves.
  client.setQueryDefaults(['fleet'], { ...streamed, structuralSharing: false });
  client.setQueryDefaults(['cluster'], streamed);
  return client;
}

let ofPage: QueryClient | null = null;

/** The one store of what a page knows, as long as it lives; on the server one for each answer. */
export function queryClient(): QueryClient {
  if (typeof window === 'undefined') return createQueryClient();
  ofPage ??= createQueryClient();
  return ofPage;
}
