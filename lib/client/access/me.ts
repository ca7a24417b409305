'use client';
// Who looks, and what they may: asked once a minute, which also keeps a session of somebody who is there from ending. The words of
// a refusal are those of the server, from the same function.
import type { UseQueryResult } from '@tanstack/react-query';
import type { MeAnswer } from '../../contract/access';
import { PATHS } from '../../contract/paths';
import { denial, type Permission, type Target } from '../../domain/access/access';
import { getJson } from '../live/fetch';
import { useFleet } from '../live/live';
import { useQuery } from '../live/query';
import { wire } from '../words/text';

const EACH_MS = 60_000;
/** The person touched or typed since the last asking: the server lets the session go on for it. */
const ACTIVE_HEADER = 'x-howdah-active';
const SIGNS = ['pointerdown', 'keydown', 'touchstart', 'wheel'] as const;

let isActive = true;
let isHeard = false;

function noteActivity(): void {
  isActive = true;
}

/** For as long as the page is there. */
function hearActivity(): void {
  if (isHeard) return;
  isHeard = true;
  for (const sign of SIGNS) addEventListener(sign, noteActivity, { capture: true, passive: true });
}

async function readMe(signal: AbortSignal): Promise<MeAnswer> {
  hearActivity();
  const wasActive = isActive;
  isActive = false;
  try {
    return await getJson<MeAnswer>(PATHS.me, signal, wasActive ? { [ACTIVE_HEADER]: '1' } : {});
  } catch (error) {
    // It did not hear of it.
    if (wasActive) isActive = true;
    throw error;
  }
}

export function useMeQuery(): UseQueryResult<MeAnswer> {
  return useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => readMe(signal),
    refetchInterval: EACH_MS,
    refetchOnWindowFocus: 'always',
    staleTime: EACH_MS / 2,
  });
}

/** undefined: not known yet, or not any longer. */
export function useMe(): MeAnswer | undefined {
  return useMeQuery().data;
}

/** Why this person may not, in this language; null: they may, or it is not known and the server will say. */
export function mayNot(me: MeAnswer | undefined, permission: Permission, target: Target | null): string | null {
  const why = me === undefined ? null : denial(me.grants, permission, target, me.admins);
  return why === null ? null : wire(why);
}

/** On a cluster of which only the name is at hand; '': on none in particular. */
export function useMayOn(permission: Permission, scope: string): string | null {
  const labels = useFleet()?.rows.find((row) => row.scope === scope)?.labels;
  return useMay(permission, labels === undefined ? null : { scope, labels });
}

export function useMay(permission: Permission, target: Target | null): string | null {
  return mayNot(useMe(), permission, target);
}
