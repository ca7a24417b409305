// Synchronous replication that PostgreSQL does by itself: `synchronous_standby_names` of the dynamic configuration, which Patroni passes
// on while synchronous_mode is off and then never changes (postgresql/config.py v3.0.2 and v4.1.5). A patroni.yml may overrule it. Pure.

import type { Cluster, Member } from './cluster';
import { leaderOf } from './members';
import { isSince } from './patroni-version';
import { field, type Json, text } from './wire/loose';

export interface OwnSync {
  /** As it is configured. */
  readonly setting: string;
  /** How many must confirm each commit, and how many that could are seen to stream. */
  readonly needed: number;
  readonly streaming: number;
  /** Members that could and do not. */
  readonly missing: readonly string[];
}

/** `FIRST 2 (a, b)`, `ANY 1 (a, b)`, `2 (a, b)`, `a, b`. Names in quotes lose them; null: nobody is asked for. */
function parseStandbyNames(setting: string): { readonly needed: number; readonly names: readonly string[] } | null {
  const [, count, within] = /^\s*(?:[a-z]+\s+)?(\d+)\s*\((.*)\)\s*$/i.exec(setting) ?? [];
  const names = (within ?? setting)
    .split(',')
    .map((name) => name.trim().replace(/^"|"$/g, ''))
    .filter((name) => name !== '');
  const needed = count === undefined ? 1 : Number(count);
  return names.length === 0 || needed < 1 ? null : { needed, names };
}

/** null: PostgreSQL waits for nobody by itself, or nobody can be asked who streams. */
export function ownSyncOf(cluster: Cluster): OwnSync | null {
  const { config, synchronousMode, standbyCluster, members } = cluster;
  const leader = leaderOf(cluster);
  if (config === null || synchronousMode !== 'off' || standbyCluster !== null) return null;
  if (leader === null || leader.silent || leader.postgresRole !== 'primary') return null;
  // In between Patroni took the setting away on the primary.
  if (isSince(leader.patroniVersion, 3, 1) === true && isSince(leader.patroniVersion, 3, 3, 2) === false) return null;
  const setting = settingOf(config.value, 'synchronous_standby_names');
  const asked = setting === null ? null : parseStandbyNames(setting);
  const commit = settingOf(config.value, 'synchronous_commit')?.toLowerCase() ?? 'on';
  if (setting === null || asked === null || ['off', 'local', 'false', 'no', '0'].includes(commit)) return null;
  const isAsked = (name: string): boolean =>
    asked.names.some((one) => one === '*' || one.toLowerCase() === name.toLowerCase());
  const others = members.filter((member) => member.name !== leader.name && isAsked(member.name));
  const missing = others.filter(isMissing).map(({ name }) => name);
  const strangers = leader.externalStandbys.filter(
    ({ applicationName, state }) => state === 'streaming' && isAsked(applicationName),
  );
  // Whoever may stream counts as if it did: an alarm needs somebody who denies it.
  const streaming = others.length - missing.length + strangers.length;
  return { setting, needed: asked.needed, streaming, missing };
}

function isMissing({ silent, replication }: Member): boolean {
  return silent ? replication.kind !== 'streaming' : replication.kind === 'not_streaming';
}

/** A parameter of PostgreSQL in the dynamic configuration, as text. */
export function settingOf(config: Readonly<Record<string, Json>>, name: string): string | null {
  const value = field(field(config.postgresql, 'parameters'), name);
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : text(value);
}
