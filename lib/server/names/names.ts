// Remembers in the data folder which cluster goes by which name, so that a changed file cannot give a name to another cluster unnoticed:
// it is asked before anything starts, also while the store is away. A few lines of JSON, written when a cluster is seen first.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isObject, type JsonObject, list, parseObject, text } from '../../domain/wire/loose';
import type { HowdahConfig, SourceConfig } from '../config/config';
import { Naming } from '../config/naming';
import { wordsOf } from '../data-file';
import { log } from '../log';
import { type KnownCluster, type Move, movedBy, ofSource, refusalOf } from './moves';

type Settings = Pick<HowdahConfig, 'dataDir' | 'sources' | 'moveNames' | 'meant' | 'replay'>;

interface Memory {
  readonly clusters: readonly KnownCluster[];
  /** Newest last: what was called `from` until then is called `to`. */
  readonly renames: readonly { readonly at: number; readonly moves: readonly Pick<Move, 'from' | 'to'>[] }[];
}

const FILE = 'clusters.json';
const CLUSTERS_MAX = 20_000;
const RENAMES_MAX = 100;

/** null: everything goes by the name that it had. */
export function namesProblem({ dataDir, sources, moveNames, meant, replay }: Settings): string | null {
  if (replay !== null) return null;
  const memory = readMemory(dataDir);
  if (typeof memory === 'string')
    return `${path.join(dataDir, FILE)} ${memory}. It keeps which cluster goes by which name, so that no name passes to another cluster. If the sources are the same as before, remove it: it is made again.`;
  const { moves } = movedBy(memory.clusters, sources);
  const isMeant = (move: Move): boolean => meant.some(({ from, to }) => from === move.from && to === move.to);
  return moveNames || moves.every(isMeant) ? null : refusalOf(moves);
}

export class Names {
  readonly #file: string;
  #sources: readonly SourceConfig[];
  #naming: Naming;
  #known: Map<string, KnownCluster>;
  /** What this start moved. */
  readonly moves: readonly Move[];
  #renames: Memory['renames'];

  /** The caller holds the lock of the data folder. Throws words for people where namesProblem has some. */
  constructor(settings: Settings, now: number) {
    const problem = namesProblem(settings);
    if (problem !== null) throw new Error(problem);
    const memory = readMemory(settings.dataDir);
    const { clusters, renames } = typeof memory === 'string' ? NOTHING : memory;
    this.#file = path.join(settings.dataDir, FILE);
    this.#sources = settings.sources;
    this.#naming = new Naming(settings.sources);
    const moved = movedBy(clusters, settings.sources);
    this.moves = moved.moves;
    this.#known = new Map(moved.clusters.map((cluster) => [cluster.name, cluster]));
    this.#renames =
      moved.moves.length === 0
        ? renames
        : [...renames, { at: now, moves: moved.moves.map(({ from, to }) => ({ from, to })) }].slice(-RENAMES_MAX);
    if (clusters.length > 0) this.#write();
  }

  /** Names that would move if these were the sources. */
  movesBy(sources: readonly SourceConfig[]): readonly Move[] {
    return movedBy(this.known(), sources).moves;
  }

  /** Without a start: the caller has seen that no name moves by it. */
  setSources(sources: readonly SourceConfig[]): void {
    const { clusters } = movedBy(this.known(), sources);
    this.#sources = sources;
    this.#naming = new Naming(sources);
    this.#known = new Map(clusters.map((cluster) => [cluster.name, cluster]));
    this.#write();
  }

  /** Its source is still among those that are watched; also where nothing is known of it. */
  isWatched(name: string): boolean {
    const source = this.#known.get(name)?.source;
    return source === undefined || this.#sources.some((one) => one.name === source);
  }

  known(): readonly KnownCluster[] {
    return [...this.#known.values()];
  }

  /** Clusters that are there; those not known before. */
  saw(names: readonly string[]): readonly KnownCluster[] {
    const fresh = names.flatMap((name): KnownCluster[] => {
      const owner = this.#known.has(name) ? null : this.#naming.ownerOf(name);
      const source = this.#sources.find((one) => one.name === owner?.source);
      if (owner === null || source === undefined || this.#known.size >= CLUSTERS_MAX) return [];
      const cluster = { ...ofSource(source), scope: owner.scope, name };
      this.#known.set(name, cluster);
      return [cluster];
    });
    if (fresh.length > 0) this.#write();
    return fresh;
  }

  /** What is now called what was called so at that moment: entries of the journal keep the name of their time. */
  present(name: string, at: number): string {
    return this.#renames
      .filter((rename) => rename.at > at)
      .reduce((current, { moves }) => moves.find(({ from }) => from === current)?.to ?? current, name);
  }

  /** What the store carried besides: names of before there were any here. */
  carried(renames: readonly Pick<Move, 'from' | 'to'>[], at: number): void {
    const own = new Set(this.moves.map(({ from }) => from));
    const moves = renames.filter(({ from }) => !own.has(from)).map(({ from, to }) => ({ from, to }));
    if (moves.length === 0) return;
    this.#renames = [...this.#renames, { at, moves }].slice(-RENAMES_MAX);
    this.#write();
  }

  #write(): void {
    const memory: Memory & JsonObject = { version: 1, clusters: this.known(), renames: this.#renames };
    try {
      writeFileSync(`${this.#file}.new`, `${JSON.stringify(memory)}\n`, { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      log.error({ err: error }, 'the names of the clusters could not be kept');
    }
  }
}

const NOTHING: Memory = { clusters: [], renames: [] };

/** A text: there is something, and what is wrong with it. */
function readMemory(dataDir: string): Memory | string {
  let written: string;
  try {
    written = readFileSync(path.join(dataDir, FILE), 'utf8');
  } catch (error) {
    const isThere = !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
    return isThere ? `cannot be read: ${wordsOf(error)}` : NOTHING;
  }
  const json = parseObject(written);
  if (json?.version !== 1) return 'is damaged';
  const clusters = list(json.clusters).flatMap(clusterOf);
  const renames = list(json.renames).flatMap((rename) => {
    const at = isObject(rename) && typeof rename.at === 'number' ? rename.at : null;
    const moves = list(isObject(rename) ? rename.moves : null).flatMap(moveOf);
    return at === null ? [] : [{ at, moves }];
  });
  return { clusters, renames };
}

function moveOf(value: unknown): Pick<Move, 'from' | 'to'>[] {
  const [from, to] = isObject(value) ? [text(value.from), text(value.to)] : [null, null];
  return from === null || to === null ? [] : [{ from, to }];
}

function clusterOf(value: unknown): KnownCluster[] {
  if (!isObject(value)) return [];
  const [source, place, scope, name] = [text(value.source), text(value.place), text(value.scope), text(value.name)];
  if (source === null || place === null || scope === null || name === null) return [];
  return [{ source, place, from: value.from === 'flags' ? 'flags' : 'file', scope, name }];
}
