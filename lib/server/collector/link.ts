// The messages between the web server and the collector's thread. Snapshots travel as JSON text: they are encoded once, here,
// for all viewers.

import type { ConditionReport } from '../../domain/alerts/conditions';
import type { BackupReport } from '../../domain/backups/backup';
import type { FleetRow } from '../../domain/fleet';
import type { MeasuredOutage } from '../../domain/outage-sample';
import type { Notes } from '../../domain/raw';
import type { RosterEntry, RosterSight } from '../../domain/roster';
import type { JsonObject } from '../../domain/wire/loose';
import type { CollectorState } from './collector';
import type { PastBatch } from './tape';

/**
 * `metrics`: of all scopes, whatever `scope` says. `activity`: of one member, a Reading. `care`: of the DCS of the source `scope`; looked at anew where
 * `member` is `fresh`. `sources`: read the settings again, which should have this digest; answers with that of those which count now. */
export type Question = 'snapshot' | 'history' | 'metrics' | 'activity' | 'care' | 'sources';

export type ToCollector =
  | { readonly kind: 'viewers'; readonly scopes: readonly string[]; readonly fleet: boolean }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly what: Question;
      readonly scope: string;
      readonly member?: string;
    }
  /** Scopes on which an action runs: asked as fast as is decent, snapshots sent like to a viewer. */
  | { readonly kind: 'acting'; readonly scopes: readonly string[] }
  /** What was said through Howdah of pauses and maintenances; the whole list each time. */
  | { readonly kind: 'notes'; readonly notes: Readonly<Record<string, Notes>> }
  /** Who is remembered of each cluster, the whole list each time; null: not known. */
  | { readonly kind: 'rosters'; readonly rosters: Readonly<Record<string, readonly RosterEntry[]>> | null }
  /** What earlier handovers of each cluster took, newest first; the whole list each time. */
  | { readonly kind: 'outages'; readonly outages: Readonly<Record<string, readonly MeasuredOutage[]>> }
  /** What is reported of backups: what is new or came again, and ids of what is forgotten. Until the first of these nothing is known. */
  | { readonly kind: 'backups'; readonly reports: readonly BackupReport[]; readonly gone: readonly string[] }
  | { readonly kind: 'stop' };

export type FromCollector =
  | { readonly kind: 'rows'; readonly rows: readonly FleetRow[]; readonly gone: readonly string[] }
  | { readonly kind: 'snapshot'; readonly scope: string; readonly revision: number; readonly json: string }
  /** A revision of a scope's dynamic configuration that was not seen before, whoever wrote it. */
  | {
      readonly kind: 'config';
      readonly scope: string;
      readonly revision: string;
      readonly value: JsonObject;
      readonly at: number;
    }
  /** The member list, when it is another than before and each minute. */
  | { readonly kind: 'roster'; readonly scope: string; readonly sight: RosterSight }
  /** What is to be kept. */
  | { readonly kind: 'past'; readonly batch: PastBatch }
  /** What the rules of telling find, when it changed or after a few seconds. */
  | { readonly kind: 'conditions'; readonly reports: readonly ConditionReport[] }
  | { readonly kind: 'answer'; readonly id: number; readonly json: string | null }
  | { readonly kind: 'state'; readonly state: CollectorState }
  | { readonly kind: 'fatal'; readonly message: string }
  | { readonly kind: 'stopped' };
