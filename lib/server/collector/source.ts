// One source as the collector holds it: its readers, its clusters, its timers, and how it ends. What is asked when is the collector's.

import { openCare, openWatch } from '../../io/dcs/open';
import type { DcsWatch } from '../../io/dcs/port';
import { createPatroniReader, type PatroniReader } from '../../io/patroni';
import type { Text } from '../../language/sentence';
import type { SourceConfig } from '../config/config';
import { accessOf } from '../dcs-access';
import { material } from '../tls-material';
import { CarePoller, type Looked } from './care-poller';
import { type Hosts, hostsOf } from './hosts';
import { FORGET_MS, type ScopeCollector } from './scope-collector';
import type { SourceSight } from './twin-sources';

export type Inside = (address: string) => boolean;

export interface Source {
  readonly config: SourceConfig;
  readonly patroni: PatroniReader;
  readonly hosts: Hosts | null;
  readonly watch: DcsWatch | null;
  /** null where `watch` is. */
  readonly care: CarePoller | null;
  readonly owned: Map<string, ScopeCollector>;
  readonly seedErrors: Map<string, Text>;
  /** By scope, the seeds that said they belong to it; grows while scopes hold the array. */
  readonly seedsOf: Map<string, string[]>;
  /** Scopes that had keys in this DCS: only those can lose them. */
  readonly hadKeys: Set<string>;
  readonly timers: Set<NodeJS.Timeout>;
  /** An answer that comes after the end is nobody's. */
  isOver: boolean;
}

export interface SourceContext {
  readonly now: () => number;
  /** Where anything may go at all, for a source that is only tried; null: anywhere. */
  readonly isInside?: Inside | null;
  readonly onChange: (scopes: readonly string[]) => void;
  readonly twins: () => readonly string[];
  readonly onCare?: (source: SourceConfig, looked: Looked, intervalMs: number) => void;
}

export function openSource(config: SourceConfig, context: SourceContext): Source {
  const { now, isInside = null, onChange, twins, onCare } = context;
  const { dcs } = config;
  const onLook = (looked: Looked, intervalMs: number): void => onCare?.(config, looked, intervalMs);
  return {
    config,
    patroni: patroniOf(config, now, isInside),
    hosts: isInside === null ? hostsOf(config, now) : null,
    watch: dcs === null ? null : openWatch(accessOf(dcs), { now, onChange }),
    care:
      dcs === null || isInside !== null ? null : new CarePoller(openCare(accessOf(dcs), now), { now, twins, onLook }),
    owned: new Map(),
    seedErrors: new Map(),
    seedsOf: new Map(),
    hadKeys: new Set(),
    timers: new Set(),
    isOver: false,
  };
}

export function patroniOf({ patroni }: SourceConfig, now: () => number, isInside: Inside | null = null): PatroniReader {
  return createPatroniReader({ tls: material(patroni.tls), now, ...(isInside === null ? {} : { isInside }) });
}

/** Its clusters are the caller's to end. */
export async function endSource(source: Source): Promise<void> {
  source.isOver = true;
  for (const timer of source.timers) clearTimeout(timer);
  source.timers.clear();
  source.care?.stop();
  await Promise.all([source.watch?.stop(), source.patroni.close(), source.hosts?.reader.close()]);
}

/** It had keys, and somebody still answers for it. */
export function isWatched({ hadKeys }: Source, name: string, collector: ScopeCollector): boolean {
  return hadKeys.has(name) && collector.answersWithin(FORGET_MS);
}

export function isPatroni(watch: DcsWatch, scope: string): boolean {
  const keys = watch.keysOf(scope) ?? [];
  return keys.some(
    ({ key }) => key === 'leader' || key === 'config' || key === 'initialize' || key.startsWith('members/'),
  );
}

export function sightOf({ config, owned }: Source): SourceSight {
  const seen = [...owned].flatMap(([scope, { snapshot }]) =>
    snapshot === null ? [] : [[scope, snapshot.cluster] as const],
  );
  return { source: config.name, clusters: new Map(seen) };
}
