// The messages between the web server and the collector's thread. Snapshots travel as JSON text: they are encoded once, here,
// for all viewers.
import type { FleetRow } from '../../domain/fleet';
import type { CollectorState } from './collector';

export type ToCollector =
  | { readonly kind: 'viewers'; readonly scopes: readonly string[]; readonly fleet: boolean }
  | { readonly kind: 'ask'; readonly id: number; readonly what: 'snapshot' | 'history'; readonly scope: string }
  | { readonly kind: 'stop' };

export type FromCollector =
  | { readonly kind: 'rows'; readonly rows: readonly FleetRow[]; readonly gone: readonly string[] }
  | { readonly kind: 'snapshot'; readonly scope: string; readonly revision: number; readonly json: string }
  | { readonly kind: 'answer'; readonly id: number; readonly json: string | null }
  | { readonly kind: 'state'; readonly state: CollectorState }
  | { readonly kind: 'fatal'; readonly message: string }
  | { readonly kind: 'stopped' };
