'use client';
// The name of another site, for who may see it: its id is made of it.
import { siteId } from '../../domain/sites/site';
import { useFleet } from '../live/live';

/** null: no cluster that this person sees. */
export function useSiteName(id: string): string | null {
  return useFleet()?.rows.find(({ scope }) => siteId(scope) === id)?.scope ?? null;
}
