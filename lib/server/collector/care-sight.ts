// The DCS of a source and the clusters on it, put together for somebody who looks.
import { dependentsOf } from '../../domain/care/dependents';
import type { Snapshot } from '../../domain/cluster';
import type { SourceConfig } from '../config/config';
import type { CarePoller, CareSight } from './care-poller';

interface Source {
  readonly config: Pick<SourceConfig, 'name' | 'labels' | 'dcs'>;
  readonly care: CarePoller | null;
  readonly owned: ReadonlyMap<string, { readonly snapshot: Snapshot | null }>;
}

/** null: it reads none. */
export async function careSight({ config, care, owned }: Source, fresh: boolean): Promise<CareSight | null> {
  if (care === null) return null;
  const looked = await care.shown(fresh);
  const snapshots = [...owned.values()].flatMap(({ snapshot }) => snapshot ?? []);
  return {
    source: config.name,
    labels: config.labels,
    namespace: config.dcs?.namespace ?? '',
    looked,
    clusters: dependentsOf(snapshots),
  };
}

/** Names of the other sources that read the same DCS. */
export function twinsOf(
  source: Pick<Source, 'care'>,
  all: readonly Pick<Source, 'config' | 'care'>[],
): readonly string[] {
  const identity = source.care?.identity ?? null;
  if (identity === null) return [];
  return all
    .filter((other) => other.care !== source.care && other.care?.identity === identity)
    .map(({ config }) => config.name);
}
