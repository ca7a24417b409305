'use client';
// What differs between members and from a profile: looked at by the server every few minutes, asked here while somebody looks.
import type { UseQueryResult } from '@tanstack/react-query';
import type { DriftAnswer, FleetDriftAnswer } from '../../contract/drift';
import { PATHS } from '../../contract/paths';
import { getJson } from '../live/fetch';
import { useQuery } from '../live/query';
import { csvLine } from '../words/format';

const EACH_MS = 30_000;

export type Drift = DriftAnswer;
export type SettingsDrift = NonNullable<DriftAnswer['settings']>;
export type SettingRow = SettingsDrift['differing'][number];
export type ValueCell = SettingRow['values'][number];
export type FleetDrift = FleetDriftAnswer;
export type FleetDriftRow = FleetDriftAnswer['clusters'][number];

/** `look`: how often somebody asked for what is now; 0: what is known will do. */
export function useDrift(scope: string, look: number): UseQueryResult<DriftAnswer> {
  return useQuery<DriftAnswer>({
    queryKey: ['drift', scope, look],
    queryFn: ({ signal }) => getJson<DriftAnswer>(`${PATHS.drift(scope)}${look === 0 ? '' : '?fresh=1'}`, signal),
    refetchInterval: EACH_MS,
    staleTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
}

export function useFleetDrift(): UseQueryResult<FleetDriftAnswer> {
  return useQuery<FleetDriftAnswer>({
    queryKey: ['drift'],
    queryFn: ({ signal }) => getJson<FleetDriftAnswer>(PATHS.fleetDrift, signal),
    refetchInterval: EACH_MS,
    staleTime: 0,
    retry: false,
  });
}

export function fleetDriftCsv({ clusters }: FleetDriftAnswer): string {
  const lines = clusters.map(({ scope, profile, differing, overrides, others, deviations }) =>
    csvLine([
      ...[scope, profile, differing, overrides, others],
      deviations.map(({ verdict, text }) => (verdict === 'unknown' ? `unknown: ${text}` : String(text))).join('; '),
    ]),
  );
  return ['cluster,profile,settings,overrides,others,deviations', ...lines].join('\n');
}
