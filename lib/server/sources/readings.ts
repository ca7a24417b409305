// What a reading of the settings tells: the sources that there are, as the page shows them, and how two readings differ. Pure.
import type { ReadAgain, SourceEntry, SourcesAnswer } from '../../contract/sources';
import type { FleetRow } from '../../domain/fleet';
import type { Text } from '../../language/sentence';
import type { CollectorState } from '../collector/collector';
import { formatProblem, type HowdahConfig, type SourceConfig } from '../config/config';
import { digestOf, sourceDigest } from '../config/source-digest';
import { missingOf, spread } from './missing';

const CLUSTERS_SHOWN = 1000;
/** Parts that are not the sources': what is made of the start alone. */
const NOT_READ = ['sources', 'added', 'lines', 'warnings', 'origin', 'moveNames', 'replay', 'meant'];

export function sourcesAnswer(
  { sources, added, lines, origin }: Pick<HowdahConfig, 'sources' | 'added' | 'lines' | 'origin'>,
  {
    rows,
    problems,
    refused,
  }: {
    readonly rows: readonly FleetRow[];
    readonly problems: CollectorState['problems'];
    readonly refused: Text | null;
  },
): SourcesAnswer {
  const ids = new Map(added.map(({ id, source }) => [source, id]));
  const entries = sources.map((source): SourceEntry => {
    const { name, from, alias, labels, dcs, patroni } = source;
    return {
      ...{ id: ids.get(source) ?? null, name, from, line: lines.get(name) ?? null, alias, labels: { ...labels } },
      kind: dcs?.kind ?? 'patroni',
      hosts: [...(dcs?.hosts ?? patroni.seeds)],
      namespace: dcs?.namespace ?? null,
      clusters: rows.flatMap((row) => (row.source === name ? row.scope : [])).slice(0, CLUSTERS_SHOWN),
      problems: problems.flatMap((one) => (one.source === name ? one.text : [])),
      missing: missingOf(source).map(spread),
      aside: null,
    };
  });
  const aside = added.flatMap(({ id, name, aside: why }): SourceEntry[] =>
    why === null
      ? []
      : [
          {
            ...{ id, name, from: 'added', line: lines.get(name) ?? null, alias: null, labels: {}, kind: 'patroni' },
            ...{ hosts: [], namespace: null, clusters: [], problems: [], missing: [], aside: why },
          },
        ],
  );
  return { file: origin, sources: [...entries, ...aside], refused };
}

export function differenceOf(config: HowdahConfig, next: HowdahConfig): ReadAgain {
  const before = new Map(config.sources.map((source) => [source.name, source]));
  const after = new Map(next.sources.map((source) => [source.name, source]));
  const isSame = (source: SourceConfig): boolean => {
    const old = before.get(source.name);
    return old !== undefined && sourceDigest(old) === sourceDigest(source);
  };
  return {
    begun: [...after.keys()].filter((name) => !before.has(name)),
    ended: [...before.keys()].filter((name) => !after.has(name)),
    restarted: [...after.values()].filter((one) => before.has(one.name) && !isSame(one)).map(({ name }) => name),
    later: laterParts(config, next),
    warnings: next.warnings.map(formatProblem),
  };
}

function laterParts(before: HowdahConfig, after: HowdahConfig): string[] {
  const parts = (config: HowdahConfig): Map<string, string> =>
    new Map(
      Object.entries({ ...config, listen: { ...config.listen, tls: null } }).flatMap(([key, value]) =>
        NOT_READ.includes(key) ? [] : [[key, digestOf(value)] as const],
      ),
    );
  const old = parts(before);
  return [...parts(after)].flatMap(([key, digest]) => (old.get(key) === digest ? [] : [key])).sort();
}
