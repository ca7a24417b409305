// Clusters that were known, by the sources as they are written now: which of them would go by another name, and why nobody's name becomes
// somebody else's. A source is known again by its name, else by where it looks. Pure.

import { createHash } from 'node:crypto';
import type { DcsSettings, SourceConfig } from '../config/config';
import { Naming } from '../config/naming';

export interface KnownCluster {
  readonly source: string;
  /** Where its source looked. */
  readonly place: string;
  readonly from: SourceConfig['from'];
  /** As Patroni calls it. */
  readonly scope: string;
  /** By which everything here goes. */
  readonly name: string;
}

export interface Move {
  readonly source: string;
  readonly from: string;
  readonly to: string;
}

export interface Moved {
  readonly clusters: readonly KnownCluster[];
  readonly moves: readonly Move[];
}

const SHOWN = 5;

/** The same for the same DCS or the same seeds, in any order. */
export function placeOf({ dcs, patroni }: SourceConfig): string {
  const where = dcs === null ? [...patroni.seeds].sort() : placeWords(dcs);
  return createHash('sha256').update(JSON.stringify(where)).digest('hex').slice(0, 16);
}

/** Of etcd without its kind: so it was written before there were others. */
function placeWords(dcs: DcsSettings): readonly string[] {
  const where = [...[...dcs.hosts].sort(), dcs.namespace];
  switch (dcs.kind) {
    case 'etcd3':
      return where;
    case 'consul':
      return [dcs.kind, ...where, ...(dcs.dc === null ? [] : [dcs.dc])];
    case 'zookeeper':
    case 'kubernetes':
      return [dcs.kind, ...where];
  }
}

export function movedBy(known: readonly KnownCluster[], sources: readonly SourceConfig[]): Moved {
  const naming = new Naming(sources);
  const names = new Set(known.map(({ source }) => source));
  const newcomers = sources.filter(({ name }) => !names.has(name));
  const taken = new Set<string>();
  const found = known.map((cluster): KnownCluster => {
    const present =
      sources.find(({ name }) => name === cluster.source) ??
      newcomers.find((source) => placeOf(source) === cluster.place);
    if (present !== undefined)
      return { ...cluster, ...ofSource(present), name: naming.nameOf(present.name, cluster.scope) };
    const heir = naming.ownerOf(cluster.name);
    // Tried out on the command line, then written down: no other cluster is meant by that name.
    const inherits = heir === null ? undefined : newcomers.find(({ name }) => name === heir.source);
    if (cluster.from === 'flags' && heir !== null && inherits !== undefined)
      return { ...cluster, ...ofSource(inherits), scope: heir.scope };
    return cluster;
  });
  for (const { name, source } of found) if (sources.some((one) => one.name === source)) taken.add(name);
  const clusters = found.map((cluster): KnownCluster => {
    if (sources.some(({ name }) => name === cluster.source)) return cluster;
    // Of a source that is gone: it keeps its name unless that is somebody else's now.
    const isFree = (name: string): boolean => {
      const owner = naming.ownerOf(name);
      return !taken.has(name) && (owner === null || (owner.scope === name && name !== cluster.scope));
    };
    let name = cluster.name;
    for (let number = 1; !isFree(name) && number <= known.length + sources.length + 1; number += 1)
      name = `${cluster.scope}@${cluster.source}${number === 1 ? '' : `-${number}`}`;
    taken.add(name);
    return { ...cluster, name };
  });
  const moves = clusters.flatMap(({ name }, index): Move[] => {
    const before = known[index];
    return before === undefined || before.name === name ? [] : [{ source: before.source, from: before.name, to: name }];
  });
  return { clusters, moves };
}

export function ofSource(source: SourceConfig): Pick<KnownCluster, 'source' | 'place' | 'from'> {
  return { source: source.name, place: placeOf(source), from: source.from };
}

/** Why Howdah does not start so, and what to do. */
export function refusalOf(moves: readonly Move[]): string {
  const shown = moves.slice(0, SHOWN).map(({ source, from, to }) => `  ${from} of source ${source} would become ${to}`);
  const more = moves.length > SHOWN ? [`  and ${moves.length - SHOWN} more`] : [];
  return [
    'The sources have changed so that clusters would get other names, and rights, policies, silences, history and links go by the name:',
    ...shown,
    ...more,
    'Clusters of the first source have their bare scope, those of any other source are scope@source, or scope@alias where it has `alias:`.',
    'To keep the names, put the sources back into their order, or give a source the alias that its clusters had.',
    'If it is meant, start once with --move-names: what is kept in the store goes along; names in the file itself are yours to change.',
  ].join('\n');
}
