'use client';
// Where the clusters are: asked while somebody looks, and each order sent once, by the press. What is typed for a look stays in the page.
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { PATHS } from '../../contract/paths';
import type {
  FoundAnswer,
  LookOrder,
  ReadAgain,
  SourceChange,
  SourceDraft,
  SourceEntry,
  SourceSaved,
  SourcesAnswer,
} from '../../contract/sources';
import { type DcsKind, dcsName } from '../../domain/dcs-kind';
import { getJson, postJson } from '../live/fetch';
import { useQuery } from '../live/query';
import { t } from '../words/text';

const EACH_MS = 5000;
/** A trial takes 7 s at most; names have to be looked up before. */
const LOOK_MS = 20_000;
/** Files are read, and the collector answers that it has read them. */
const ORDER_MS = 40_000;

const KEY = ['sources'];

export function useSources(): UseQueryResult<SourcesAnswer> {
  return useQuery<SourcesAnswer>({
    queryKey: KEY,
    queryFn: ({ signal }) => getJson<SourcesAnswer>(PATHS.sources, signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS / 2,
    retry: false,
  });
}

export const lookAtSource = (order: LookOrder): Promise<FoundAnswer> =>
  postJson<FoundAnswer>(PATHS.lookAtSource, order, LOOK_MS);

/** Each asks anew for what it may have changed. */
export function useSourceOrders() {
  const client = useQueryClient();
  const send = async <T>(path: string, body: object): Promise<T> => {
    const answer = await postJson<T>(path, body, ORDER_MS);
    await client.invalidateQueries({ queryKey: KEY });
    return answer;
  };
  return {
    add: (draft: SourceDraft) => send<SourceSaved>(PATHS.sources, draft),
    change: (id: string, change: SourceChange) => send<SourceSaved>(PATHS.source(id), change),
    remove: (id: string) => send<SourceSaved>(PATHS.removeSource(id), {}),
    readAgain: () => send<ReadAgain>(PATHS.readSources, {}),
  };
}

export function kindName(kind: SourceEntry['kind']): string {
  return kind === 'patroni' ? t('Patroni REST API') : dcsName(kind satisfies DcsKind);
}
