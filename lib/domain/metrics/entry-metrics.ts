// The doors of a cluster as samples. What a door said too long ago is not known: of it only that it is not seen. Bounded by the listeners
// and members that a snapshot keeps.
import type { Cluster } from '../cluster';
import type { Put } from './put';

const ENTRIES_MAX = 50;

export function entryMetrics({ entries = [] }: Cluster, put: Put): void {
  for (const { name: entry, kind, witness, listeners } of entries.slice(0, ENTRIES_MAX)) {
    if (witness.state !== 'never') put('howdah_entry_seen', witness.state === 'fresh', { entry, kind });
    for (const { name: listener, verdict, members, sessions, pool } of listeners) {
      if (verdict === 'unseen') continue;
      const at = { entry, listener };
      put('howdah_entry_verdict', 1, { ...at, verdict });
      for (const member of members) put('howdah_entry_leads_to', 1, { ...at, member });
      put('howdah_entry_sessions', sessions, at);
      if (pool === null) continue;
      put('howdah_pool_paused', pool.paused, at);
      put('howdah_pool_clients_waiting', pool.waiting, at);
      put('howdah_pool_oldest_wait_seconds', pool.waitSeconds, at);
      put('howdah_pool_connections_busy', pool.busy, at);
      put('howdah_pool_connections_limit', pool.size, at);
    }
  }
}
