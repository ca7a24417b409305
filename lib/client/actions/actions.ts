'use client';
import { skipToken, type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { Approval, ApprovalAnswer } from '../../contract/access';
import type { ActionAnswer, ActionOrder, ActionsAnswer, RefusalDetails } from '../../contract/actions';
import { PATHS } from '../../contract/paths';
import { DESK_KINDS } from '../../domain/action-kind';
import type { ActionFacts, ActionRecord, ActionRequest, Preflight, PreflightAnswer } from '../../domain/actions/action';
import { canonical } from '../../domain/actions/bound';
import type { CheckRow } from '../../domain/actions/checks/check';
import { judge } from '../../domain/actions/judge';
import type { Snapshot } from '../../domain/cluster';
import type { Text } from '../../language/sentence';
// Actions from the browser: opening the dialog, judging a request, sending it once, following it to its end. What may be sent and
// when is decided in order.ts.
import { SpokenError, saidBy } from '../../language/spoken-error';
import { clockNow } from '../live/clock';
import { getJson, postJson, RequestFailed } from '../live/fetch';
import { createMailbox } from '../live/mailbox';
import { useQuery } from '../live/query';
import { t } from '../words/text';
import { type Decision, type Keep, newerAction, readDecision } from './decision';

/** A typed time or member settles before the server is asked. */
const SETTLE_MS = 250;
const CHECK_EACH_MS = 5000;
const CHECK_DEADLINE_MS = 15_000;
/** The server observes, writes its journal and sends before it answers. */
const ORDER_DEADLINE_MS = 30_000;
const FOLLOW_EACH_MS = 2000;
const GLANCE_EACH_MS = 20_000;

export interface OpenedAction {
  readonly scope: string;
  /** What is not chosen yet is empty: candidate null or '', no members. */
  readonly request: ActionRequest;
  /** Shown above the checks: the leaf diff of a configuration. */
  readonly summary?: ReactNode;
  /** Somebody asks the one who looks to be the second person for exactly this. */
  readonly approval?: Approval;
  readonly onAccepted?: (action: ActionRecord) => void;
}

/** Where the dialog of an action is asked for, and heard. */
export const ACTION_DIALOG = createMailbox<OpenedAction>();

/** Opens it from any button. */
export function openAction(
  scope: string,
  request: ActionRequest,
  more: Pick<OpenedAction, 'summary' | 'onAccepted' | 'approval'> = {},
): void {
  ACTION_DIALOG.call({ scope, request, ...more });
}

// ---- before

export interface PreflightView {
  /** The newest judgement: the server's, or this browser's on a newer snapshot. */
  readonly preflight: Preflight | null;
  /** The server's newest answer to exactly this request; its token is what may be sent. */
  readonly answer: PreflightAnswer | null;
  readonly facts: ActionFacts | null;
  /** By this browser's clock when the server last answered; null: it has not. */
  readonly answeredAt: number | null;
  /** Why the server's check failed last; null: it did not. */
  readonly problem: Text | null;
  readonly again: () => void;
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

const NO_ROWS: readonly CheckRow[] = [];

/** Loaded with the first action that needs them. null: not there yet. */
function useDeskChecks(needed: boolean): readonly CheckRow[] | null {
  const [rows, setRows] = useState<readonly CheckRow[] | null>(null);
  useEffect(() => {
    if (needed) void import('../../domain/actions/checks/desk').then((found) => setRows(found.deskChecks(null)));
  }, [needed]);
  return needed ? rows : NO_ROWS;
}

export function useFacts(scope: string): ActionFacts | null {
  return useQuery<ActionFacts | null>({ queryKey: ['action-facts', scope], queryFn: skipToken }).data ?? null;
}

/** Beside the request: who decides it besides the one who asks. `?approval=<id>`, `?breakGlass=1`, or nothing. */
export function decidedWith(approvalId: string | null, breakGlass: boolean): string {
  if (approvalId !== null) return `?approval=${encodeURIComponent(approvalId)}`;
  return breakGlass ? '?breakGlass=1' : '';
}

/** `snapshot`: however it came. `request` null: not complete yet, nothing is asked. `query` is of decidedWith. */
export function usePreflight(
  snapshot: Snapshot | undefined,
  scope: string,
  request: ActionRequest | null,
  open: boolean,
  query: string,
): PreflightView {
  const client = useQueryClient();
  const facts = useFacts(scope);
  const more = useDeskChecks(request !== null && DESK_KINDS.includes(request.kind));
  const text = request === null ? '' : canonical(request);
  const settled = useSettled(text);
  const server = useQuery({
    queryKey: ['preflight', scope, text, query],
    queryFn: async ({ signal }) => {
      const path = `${PATHS.preflight(scope)}${query}`;
      const answer = await postJson<PreflightAnswer>(path, request ?? {}, CHECK_DEADLINE_MS, signal);
      client.setQueryData<ActionFacts>(['action-facts', scope], answer.facts);
      return answer;
    },
    enabled: open && text !== '' && settled === text,
    refetchInterval: CHECK_EACH_MS,
    refetchOnMount: 'always',
    retry: false,
    gcTime: 0,
  });
  const answer = server.data ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` is the request by value
  const own = useMemo(() => {
    if (snapshot === undefined || request === null || more === null) return null;
    return judge(request, snapshot, facts, clockNow(), more);
  }, [snapshot, text, facts, more]);
  const { refetch } = server;
  const again = useCallback(() => void refetch(), [refetch]);
  const newest = answer !== null && (own === null || answer.preflight.observedAt > own.observedAt);
  return {
    preflight: newest ? answer.preflight : own,
    answer,
    facts: answer?.facts ?? facts,
    answeredAt: answer === null ? null : server.dataUpdatedAt,
    problem: server.error === null ? null : saidBy(server.error),
    again,
  };
}

// ---- sending

export type Refusal = Omit<RefusalDetails, 'bound'>;

export type Reply =
  | { readonly kind: 'accepted'; readonly action: ActionRecord }
  | { readonly kind: 'refused'; readonly message: Text; readonly details: Refusal | null }
  /** The request left and no answer came: it may have arrived. */
  | { readonly kind: 'lost'; readonly message: Text };

/** Approving runs what was asked for: the action is that of the one who asked. */
async function approve(scope: string, approvalId: string, order: ActionOrder): Promise<ActionAnswer> {
  const { token, confirmation, idempotencyKey } = order;
  const body = { token, confirmation, idempotencyKey };
  const { approval } = await postJson<ApprovalAnswer>(PATHS.approve(approvalId), body, ORDER_DEADLINE_MS);
  return getJson<ActionAnswer>(PATHS.action(scope, approval.actionId ?? '')).catch((error: unknown) => {
    // It runs: that it could not be read is no refusal.
    throw new SpokenError(saidBy(error));
  });
}

/** Sends once. Never rejects. `approvalId` null: nobody asked for it. */
export async function runAction(scope: string, order: ActionOrder, approvalId: string | null = null): Promise<Reply> {
  try {
    const { action } =
      approvalId === null
        ? await postJson<ActionAnswer>(PATHS.actions(scope), order, ORDER_DEADLINE_MS)
        : await approve(scope, approvalId, order);
    return { kind: 'accepted', action };
  } catch (error) {
    if (error instanceof RequestFailed && !(error.status >= 500 && error.code === 'internal')) {
      return { kind: 'refused', message: saidBy(error), details: error.code === 'refused' ? detailsOf(error) : null };
    }
    return { kind: 'lost', message: error instanceof RequestFailed ? saidBy(error) : t('The connection broke off.') };
  }
}

function detailsOf(error: RequestFailed): Refusal | null {
  const { details } = error;
  if (typeof details !== 'object' || details === null) return null;
  const { changes = [], blockers = [], running = null } = details as Partial<RefusalDetails>;
  return { changes, blockers, running };
}

/** Safari's private windows and embedded views may forbid the storage itself. */
export function tabKeep(): Keep {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
}

/** `crypto.randomUUID` is absent on plain http with a host name. */
export function makeKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A decision of this tab that was sent and got no answer, after a reload as well; null: none. */
export function unansweredDecision(): Decision | null {
  const decision = readDecision(tabKeep());
  return decision?.sentAt == null ? null : decision;
}

// ---- following

const isAbsent = (error: Error | null): boolean => error instanceof RequestFailed && error.code === 'not_found';

export function useAction(scope: string, id: string): UseQueryResult<ActionRecord> {
  const client = useQueryClient();
  return useQuery<ActionRecord>({
    queryKey: ['action', scope, id],
    queryFn: async ({ signal }) => {
      const { action } = await getJson<ActionAnswer>(PATHS.action(scope, id), signal);
      // The stream may have been faster than this answer.
      return newerAction(client.getQueryData<ActionRecord>(['action', scope, id]), action);
    },
    refetchInterval: ({ state }) => (state.data?.phase === 'closed' || isAbsent(state.error) ? false : FOLLOW_EACH_MS),
    refetchOnMount: 'always',
    retry: false,
  });
}

/** What the page knows of the newest action, without asking for it: for the many that only look. */
export function useKnownAction(scope: string): ActionRecord | null {
  return useQuery<ActionRecord | null>({ queryKey: ['newest-action', scope], queryFn: skipToken }).data ?? null;
}

/** The running one, else the newest; null: none yet; undefined: not known. Asks, once for the whole page. */
export function useNewestAction(scope: string): ActionRecord | null | undefined {
  const client = useQueryClient();
  return useQuery<ActionRecord | null>({
    queryKey: ['newest-action', scope],
    queryFn: async ({ signal }) => {
      const { actions } = await getJson<ActionsAnswer>(PATHS.actions(scope), signal);
      const [newest] = actions;
      if (newest === undefined) return null;
      return newerAction(client.getQueryData<ActionRecord | null>(['newest-action', scope]), newest);
    },
    refetchInterval: (query) => (query.state.data?.phase === 'open' ? FOLLOW_EACH_MS : GLANCE_EACH_MS),
    retry: false,
  }).data;
}
