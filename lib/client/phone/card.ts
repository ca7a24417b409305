'use client';
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Approval, ApprovalsAnswer } from '../../contract/access';
import type { AuditAnswer } from '../../contract/actions';
import type { AlertsAnswer } from '../../contract/alerts';
import type { EventsAnswer, ScopedEvent } from '../../contract/history';
import { PATHS } from '../../contract/paths';
import type { ActionFacts, ActionRecord, ActionRequest, PreflightAnswer } from '../../domain/actions/action';
import type { Alert } from '../../domain/alerts/alert';
import type { Snapshot } from '../../domain/cluster';
import type { Text } from '../../language/sentence';
// What the incident card reads, for a bad link: few small requests instead of the stream, each read again by itself with growing
// pauses until it succeeds. What was read stays when the link is gone. Nothing here writes; orders go by actions.ts and alerts.ts.
import { saidBy } from '../../language/spoken-error';
import { buildCard, type Card } from '../../telling/card/card';
import { WINDOW_MS } from '../../telling/card/writable';
import { useFacts } from '../actions/actions';
import { newerAction } from '../actions/decision';
import { bumpClock, clockNow, useNow } from '../live/clock';
import { type ClockReading, getJson, postJson, RequestFailed } from '../live/fetch';
import { useQuery } from '../live/query';
import { type ClockSpan, narrowClock, offsetOf } from './card-clock';

const SNAPSHOT_EACH_MS = 2000;
const AROUND_EACH_MS = 15_000;
const ACTION_EACH_MS = 10_000;
const FACTS_EACH_MS = 30_000;
const FACTS_DEADLINE_MS = 15_000;
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 8000;
/** Nothing came for this long although it was asked for: the link is gone, whatever the phone says. */
const LOST_AFTER_MS = 6000;
const EVENTS_MAX = 60;

/** The server said no: asking again at once changes nothing. */
function isAnswered(error: Error | null): boolean {
  return error instanceof RequestFailed && error.status >= 400 && error.status < 500 && error.status !== 429;
}

/** Reads go on for ever, with growing pauses; also where the phone believes that it is offline. */
const READ = {
  networkMode: 'always',
  retry: (_: number, error: Error) => !isAnswered(error),
  retryDelay: (failures: number) => Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(10, failures)),
  refetchOnMount: 'always',
  refetchOnWindowFocus: 'always',
  refetchOnReconnect: 'always',
} as const;

let span: ClockSpan | null = null;

function learnClock(reading: ClockReading): void {
  span = narrowClock(span, reading);
  bumpClock(offsetOf(span));
}

function useSnapshot(scope: string): UseQueryResult<Snapshot> {
  const client = useQueryClient();
  return useQuery<Snapshot>({
    queryKey: ['cluster', scope],
    queryFn: async ({ signal }) => {
      const came = await getJson<Snapshot>(PATHS.cluster(scope), signal, {}, learnClock);
      const was = client.getQueryData<Snapshot>(['cluster', scope]);
      // A slow answer must not bring back what was before a faster one.
      return was !== undefined && was.observedAt > came.observedAt ? was : came;
    },
    ...READ,
    refetchInterval: ({ state }) => (isAnswered(state.error) ? AROUND_EACH_MS : SNAPSHOT_EACH_MS),
  });
}

function useTenMinutes(scope: string): readonly ScopedEvent[] {
  const { data } = useQuery<EventsAnswer>({
    queryKey: ['card-events', scope],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({
        scope,
        from: String(Math.max(0, Math.floor(clockNow() - WINDOW_MS))),
        limit: String(EVENTS_MAX),
      });
      return getJson<EventsAnswer>(`${PATHS.events}?${query}`, signal);
    },
    ...READ,
    refetchInterval: AROUND_EACH_MS,
  });
  return data?.events ?? [];
}

function useOpenAlerts(scope: string): readonly Alert[] {
  const { data } = useQuery<AlertsAnswer>({
    queryKey: ['alerts'],
    queryFn: ({ signal }) => getJson<AlertsAnswer>(PATHS.alerts, signal),
    ...READ,
    refetchInterval: AROUND_EACH_MS,
  });
  return useMemo(() => (data?.alerts ?? []).filter((alert) => alert.scope === scope), [data, scope]);
}

/** The newest action, by one row of the audit: the whole list is too much for a bad link. null: none, or not known. */
function useNewest(scope: string): ActionRecord | null {
  const client = useQueryClient();
  const { data = null } = useQuery<ActionRecord | null>({
    queryKey: ['newest-action', scope],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ scope, limit: '1' });
      const { rows } = await getJson<AuditAnswer>(`${PATHS.audit}?${query}`, signal);
      const [newest] = rows;
      const was = client.getQueryData<ActionRecord | null>(['newest-action', scope]) ?? null;
      if (newest === undefined || (was !== null && was.requestedAt > newest.requestedAt)) return was;
      return newerAction(was, newest);
    },
    ...READ,
    refetchInterval: ACTION_EACH_MS,
  });
  return data;
}

/**
 * What only the server knows before an action: rights, earlier outages, what goes on. By the preflight of `request`, which
 * changes nothing and may be asked as often as a read.
 */
function useAskedFacts(scope: string, request: ActionRequest | null): ActionFacts | null {
  const client = useQueryClient();
  const facts = useFacts(scope);
  useQuery<number>({
    queryKey: ['card-facts', scope],
    queryFn: async ({ signal }) => {
      const answer = await postJson<PreflightAnswer>(PATHS.preflight(scope), request ?? {}, FACTS_DEADLINE_MS, signal);
      client.setQueryData<ActionFacts>(['action-facts', scope], answer.facts);
      return answer.facts.at;
    },
    enabled: request !== null,
    ...READ,
    refetchInterval: FACTS_EACH_MS,
  });
  return facts;
}

export interface Link {
  /** `failing`: the newest question has no answer; what is shown is what was. */
  readonly phase: 'connecting' | 'open' | 'lost';
  /** By this browser's clock: the newest answer; null: none yet. */
  readonly cameAt: number | null;
  /** Howdah answered, and the answer is no: its words. null: it did not. */
  readonly refusal: { readonly code: string; readonly message: Text } | null;
  readonly again: () => void;
}

export interface CardView {
  readonly card: Card | null;
  readonly snapshot: Snapshot | undefined;
  readonly newest: ActionRecord | null;
  readonly facts: ActionFacts | null;
  readonly events: readonly ScopedEvent[];
  readonly link: Link;
}

export function useCard(scope: string): CardView {
  const read = useSnapshot(scope);
  const events = useTenMinutes(scope);
  const alerts = useOpenAlerts(scope);
  const newest = useNewest(scope);
  const now = useNow();
  const snapshot = read.data;
  const known = useFacts(scope);
  const card = useMemo(
    () => (snapshot === undefined ? null : buildCard({ snapshot, events, action: newest, alerts, facts: known, now })),
    [snapshot, events, newest, alerts, known, now],
  );
  const first = card?.options.find((option) => option.kind === 'act');
  const facts = useAskedFacts(scope, first?.kind === 'act' ? first.request : null);
  const link = useLink(read);
  return { card, snapshot, newest, facts, events, link };
}

/** When somebody began to look: nothing is read behind a locked screen, and that is no loss of the link. */
function useLookedAt(): number {
  const [at, setAt] = useState(() => Date.now());
  useEffect(() => {
    const onChange = () => {
      if (!document.hidden) setAt(Date.now());
    };
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, []);
  return at;
}

function useLink({
  data,
  dataUpdatedAt,
  failureCount,
  error,
  errorUpdatedAt,
  refetch,
}: UseQueryResult<Snapshot>): Link {
  // Looked at with each tick of the clock: silence makes no event.
  useNow();
  const openedAt = useLookedAt();
  const refusal =
    error instanceof RequestFailed && isAnswered(error) ? { code: error.code, message: saidBy(error) } : null;
  const heardAt = Math.max(dataUpdatedAt, refusal === null ? 0 : errorUpdatedAt);
  const silent = Date.now() - Math.max(heardAt, openedAt) > LOST_AFTER_MS;
  const isVisible = typeof document === 'undefined' || !document.hidden;
  const lost = refusal === null && (failureCount > 0 || (silent && isVisible));
  useEffect(() => {
    const again = () => void refetch({ cancelRefetch: true });
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, [refetch]);
  return {
    phase: lost ? 'lost' : data === undefined && refusal === null ? 'connecting' : 'open',
    cameAt: data === undefined ? null : dataUpdatedAt,
    refusal,
    again: () => void refetch({ cancelRefetch: true }),
  };
}

// ---- the followed action

const FOLLOW_EACH_MS = 1000;

/** Read until it is closed, over every loss of the link. */
export function useFollowed(scope: string, id: string | null): ActionRecord | null {
  const client = useQueryClient();
  const { data } = useQuery<ActionRecord>({
    queryKey: ['action', scope, id],
    queryFn: async ({ signal }) => {
      const { action } = await getJson<{ readonly action: ActionRecord }>(PATHS.action(scope, id ?? ''), signal);
      const newest = newerAction(client.getQueryData<ActionRecord>(['action', scope, id]), action);
      client.setQueryData<ActionRecord | null>(['newest-action', scope], (was) =>
        was == null || was.requestedAt <= newest.requestedAt ? newerAction(was, newest) : was,
      );
      return newest;
    },
    enabled: id !== null,
    ...READ,
    refetchInterval: ({ state }) =>
      state.data?.phase === 'closed' || isAnswered(state.error) ? false : FOLLOW_EACH_MS,
  });
  return data ?? null;
}

// ---- the second person

/** Those that wait on this cluster, and those decided lately. Asked only where one is needed. */
export function useCardApprovals(scope: string, enabled: boolean): readonly Approval[] {
  const { data } = useQuery<ApprovalsAnswer>({
    queryKey: ['approvals', scope],
    queryFn: ({ signal }) => getJson<ApprovalsAnswer>(`${PATHS.approvals}?${new URLSearchParams({ scope })}`, signal),
    enabled,
    ...READ,
    refetchInterval: SNAPSHOT_EACH_MS * 2,
  });
  return data?.approvals ?? [];
}
