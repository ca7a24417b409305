// Does the configuration make every session read-only? Then nobody writes to a primary that is well by every other sign. A patroni.yml,
// or a setting of a role or a database, may overrule it. Pure.

import type { Cluster } from './cluster';
import { settingOf } from './own-sync';
import { patroniBoolean } from './wire/loose';

export function isReadOnly({ config, standbyCluster }: Pick<Cluster, 'config' | 'standbyCluster'>): boolean {
  if (config === null || standbyCluster !== null) return false;
  return patroniBoolean(settingOf(config.value, 'default_transaction_read_only')) === true;
}
