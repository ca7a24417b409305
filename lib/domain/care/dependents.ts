// What becomes of a cluster when its DCS stops, as far as it is known now. Pure.
import type { Snapshot } from '../cluster';
import type { Health } from '../severity';

/** `demotes`: its primary, within the ttl. `failsafe`, `paused`: it goes on. `standby`: it takes no writes anyway. */
export const FATES = ['demotes', 'failsafe', 'paused', 'standby', 'unknown'] as const;
export type Fate = (typeof FATES)[number];

export interface Dependent {
  readonly scope: string;
  readonly health: Health;
  readonly fate: Fate;
  /** Within which a primary demotes itself. */
  readonly ttlSeconds: number | null;
  readonly loopWaitSeconds: number | null;
}

/** Whom it costs most first. */
export function dependentsOf(snapshots: readonly Snapshot[]): readonly Dependent[] {
  return snapshots
    .map(({ scope, health, cluster }): Dependent => {
      const ttlSeconds = cluster.config?.ttlSeconds ?? null;
      const loopWaitSeconds = cluster.config?.loopWaitSeconds ?? null;
      return { scope, health, fate: fateOf(cluster), ttlSeconds, loopWaitSeconds };
    })
    .sort((a, b) => FATES.indexOf(a.fate) - FATES.indexOf(b.fate) || (a.scope < b.scope ? -1 : 1));
}

function fateOf({ paused, failsafe, standbyCluster, config }: Snapshot['cluster']): Fate {
  if (standbyCluster !== null) return 'standby';
  if (paused === true) return 'paused';
  if (failsafe.enabled === true) return 'failsafe';
  return config === null || paused === null || failsafe.enabled === null ? 'unknown' : 'demotes';
}
