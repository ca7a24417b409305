'use client';
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import type {
  AcknowledgeOrder,
  AlertAnswer,
  AlertsAnswer,
  ReceiverTest,
  SilenceAnswer,
  SilenceDraft,
} from '../../contract/alerts';
import { PATHS } from '../../contract/paths';
import { saidBy } from '../../language/spoken-error';
import { getJson, postJson } from '../live/fetch';
import { useQuery } from '../live/query';
import { t, wire } from '../words/text';

const EACH_MS = 5000;
const BADGE_EACH_MS = 20_000;
const POST_MS = 8000;
/** A receiver may take its whole deadline to answer. */
const TEST_MS = 45_000;

export function useAlerts(eachMs = EACH_MS): UseQueryResult<AlertsAnswer> {
  return useQuery({
    queryKey: ['alerts'],
    queryFn: ({ signal }) => getJson<AlertsAnswer>(PATHS.alerts, signal),
    refetchInterval: eachMs,
    staleTime: eachMs / 2,
    retry: false,
  });
}

/** For the navigation: nothing where nothing is known. */
export function useAlertsSlowly(): AlertsAnswer | undefined {
  return useAlerts(BADGE_EACH_MS).data;
}

export interface AlertOrders {
  readonly acknowledge: (id: string, order: AcknowledgeOrder) => Promise<void>;
  readonly silence: (draft: SilenceDraft) => Promise<void>;
  readonly endSilence: (id: string) => Promise<void>;
  readonly test: (name: string) => Promise<ReceiverTest>;
}

/** Each rejects with the reason in words. */
export function useAlertOrders(): AlertOrders {
  const client = useQueryClient();
  const fresh = () => client.invalidateQueries({ queryKey: ['alerts'] });
  return {
    acknowledge: async (id, order) => {
      await postJson<AlertAnswer>(PATHS.acknowledge(id), order, POST_MS);
      await fresh();
    },
    silence: async (draft) => {
      await postJson<SilenceAnswer>(PATHS.silences, draft, POST_MS);
      await fresh();
    },
    endSilence: async (id) => {
      await postJson<SilenceAnswer>(PATHS.endSilence(id), {}, POST_MS);
      await fresh();
    },
    test: async (name) => {
      const answer = await postJson<ReceiverTest>(PATHS.receiverTest(name), {}, TEST_MS);
      await fresh();
      return answer;
    },
  };
}

export function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return t('Howdah did not answer in time.');
  return error instanceof Error ? wire(saidBy(error)) : t('Howdah did not answer.');
}
