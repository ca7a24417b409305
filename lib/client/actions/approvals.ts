'use client';
// The second person: requests that wait for one, who may decide them, and the orders of a person. Nothing is asked of the server
// where no policy asks for a second person.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Approval, ApprovalAnswer, ApprovalDraft, ApprovalsAnswer, MeAnswer } from '../../contract/access';
import { PATHS } from '../../contract/paths';
import { denial, type Target } from '../../domain/access/access';
import type { ActionRequest } from '../../domain/actions/action';
import { canonical } from '../../domain/actions/bound';
import { secondPersonFor } from '../../domain/actions/consequences';
import type { Snapshot } from '../../domain/cluster';
import { useMe } from '../access/me';
import { getJson, postJson } from '../live/fetch';
import { useFleet } from '../live/live';
import { useQuery } from '../live/query';
import { wire } from '../words/text';

const EACH_MS = 5000;
const POST_MS = 15_000;
/** What was decided stays told for this long. */
const TOLD_MS = 15 * 60_000;

/** A request, and what the one who looks may do about it. */
export interface Request {
  readonly approval: Approval;
  readonly isOwn: boolean;
  /** Why this person may not decide it; null: they may. */
  readonly mayNot: string | null;
}

export function useApprovals(): readonly Approval[] {
  const me = useMe();
  const answer = useQuery({
    queryKey: ['approvals'],
    queryFn: ({ signal }) => getJson<ApprovalsAnswer>(PATHS.approvals, signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS / 2,
    enabled: me !== undefined && me.policies.length > 0,
    retry: false,
  });
  return answer.data?.approvals ?? NONE;
}

const NONE: readonly Approval[] = [];

/** The newest word on one request; what is given until there is one. */
export function useApproval(given: Approval): Approval {
  return useApprovals().find(({ id }) => id === given.id) ?? given;
}

/** Newest that was asked for exactly this; one that waits before one that was decided. null: none. */
export function approvalOf(approvals: readonly Approval[], scope: string, request: ActionRequest): Approval | null {
  const same = approvals.filter((one) => one.scope === scope && canonical(one.request) === canonical(request));
  return same.find(({ state }) => state === 'waiting') ?? [...same].sort((a, b) => b.askedAt - a.askedAt)[0] ?? null;
}

/** Pure. `labels` of the cluster: empty where they are not known. */
export function requestOf(approval: Approval, me: MeAnswer, labels: Target['labels']): Request {
  const isOwn = approval.askedBy === me.name;
  const target = { scope: approval.scope, labels };
  const why =
    denial(me.grants, 'approve', target, me.admins) ?? denial(me.grants, approval.request.kind, target, me.admins);
  return { approval, isOwn, mayNot: why === null ? null : wire(why) };
}

export interface Requests {
  /** Soonest end first. */
  readonly waiting: readonly Request[];
  /** Of those, how many wait for the one who looks. */
  readonly forMe: number;
  /** Own ones that were decided a moment ago, newest first. */
  readonly decided: readonly Approval[];
}

/** `scope` null: of all clusters. `now`: server time. */
export function sortRequests(
  approvals: readonly Approval[],
  me: MeAnswer | undefined,
  labelsOf: (scope: string) => Target['labels'],
  scope: string | null,
  now: number,
): Requests {
  const about = me === undefined ? [] : approvals.filter((one) => scope === null || one.scope === scope);
  const waiting = about
    .filter(({ state, expiresAt }) => state === 'waiting' && expiresAt > now)
    .flatMap((approval) => (me === undefined ? [] : [requestOf(approval, me, labelsOf(approval.scope))]))
    .sort((a, b) => a.approval.expiresAt - b.approval.expiresAt);
  const decided = about
    .filter(({ state, askedBy, decidedAt, expiresAt }) => {
      if (askedBy !== me?.name || state === 'waiting' || state === 'withdrawn') return false;
      return now - (decidedAt ?? expiresAt) < TOLD_MS;
    })
    .sort((a, b) => (b.decidedAt ?? b.expiresAt) - (a.decidedAt ?? a.expiresAt));
  return { waiting, forMe: waiting.filter(({ isOwn, mayNot }) => !isOwn && mayNot === null).length, decided };
}

export function useRequests(scope: string | null, now: number): Requests {
  const me = useMe();
  const approvals = useApprovals();
  const rows = useFleet()?.rows;
  return useMemo(() => {
    const labelsOf = (name: string) => rows?.find((row) => row.scope === name)?.labels ?? {};
    return sortRequests(approvals, me, labelsOf, scope, now);
  }, [approvals, me, rows, scope, now]);
}

/** A policy asks for a second person; false also where that is not known. */
export function useAsksForTwo(request: ActionRequest | null, snapshot: Snapshot | undefined): boolean {
  const me = useMe();
  if (me === undefined || request === null || snapshot === undefined) return false;
  return secondPersonFor(me.policies, request, snapshot, snapshot.cluster) !== null;
}

export interface ApprovalOrders {
  readonly ask: (scope: string, draft: ApprovalDraft) => Promise<Approval>;
  readonly decline: (id: string, words: string | null) => Promise<Approval>;
  readonly withdraw: (id: string) => Promise<Approval>;
}

async function order(client: QueryClient, path: string, body: object): Promise<Approval> {
  const refresh = () => client.invalidateQueries({ queryKey: ['approvals'] });
  try {
    const { approval } = await postJson<ApprovalAnswer>(path, body, POST_MS);
    await refresh();
    return approval;
  } catch (error) {
    // It may have arrived without its answer.
    void refresh();
    throw error;
  }
}

/** Each rejects with the reason in words. */
export function useApprovalOrders(): ApprovalOrders {
  const client = useQueryClient();
  return {
    ask: (scope, draft) => order(client, PATHS.askApproval(scope), draft),
    decline: (id, words) => order(client, PATHS.decline(id), { words }),
    withdraw: (id) => order(client, PATHS.withdraw(id), { words: null }),
  };
}
