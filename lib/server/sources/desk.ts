// The sources while Howdah runs: which there are, one that is tried, added, changed and removed, and the settings that are read again. One
// order at a time. The journal is written first; what comes of it is what a start with the same files would be, or nothing: settings with
// a problem, names that would move and clusters on which an action runs stop it, and all goes on as before.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type {
  FoundAnswer,
  LookOrder,
  ReadAgain,
  SourceChange,
  SourceDraft,
  SourceSaved,
  SourcesAnswer,
} from '../../contract/sources';
import type { FleetRow } from '../../domain/fleet';
import { say, type Text } from '../../language/sentence';
import type { AccessNote } from '../access/access-log';
import type { Keys } from '../access/keys';
import type { CollectorState } from '../collector/collector';
import { formatProblem, type HowdahConfig, type LoadResult, type SourceConfig } from '../config/config';
import { Naming, takenNames } from '../config/naming';
import { sourcesDigest } from '../config/source-digest';
import { wordsOf } from '../data-file';
import { log } from '../log';
import { type Move, placeOf, refusalOf } from '../names/moves';
import type { Names } from '../names/names';
import { Refusal } from '../route';
import { ADDED_MAX, type Beside, besideText, readBeside, readItem, sealEntry, writeBeside, writeItem } from './added';
import { allowed, networksOf, pinned } from './allowed';
import { candidateOf } from './candidate';
import type { LiveConfig } from './live';
import { differenceOf, sourcesAnswer } from './readings';
import type { Seen } from './trial';

export interface SourceDeskDeps {
  readonly live: LiveConfig;
  /** null: recordings. */
  readonly names: Names | null;
  readonly keys: Keys;
  /** The settings as they stand in the files now; with a text, as if that were what the file of the added sources holds. */
  readonly load: (beside: string | null) => LoadResult;
  /** Tells the collector to read them; the digest of the sources that it read. Rejects where it does not answer. */
  readonly readAgain: (digest: string) => Promise<string>;
  /** The names of clusters of these sources mean something else now, or nothing. */
  readonly onNames: () => void;
  readonly rows: () => readonly FleetRow[];
  readonly problems: () => CollectorState['problems'];
  readonly busy: (scopes: readonly string[]) => readonly string[];
  /** Resolves when it is on the disk. Rejects with a Refusal: then nothing may be changed. */
  readonly write: (
    kind: 'source_added' | 'source_changed' | 'source_removed' | 'sources_read',
    note: AccessNote,
  ) => Promise<void>;
  readonly now: () => number;
}

export interface SourceBy {
  readonly name: string;
  readonly address: string | null;
}

const TRIAL_MS = 600_000;
const TRIALS_MAX = 20;
const MOVES_SHOWN = 20;
/** The file may be written just while it is read. */
const READS_MAX = 3;
interface Trial {
  readonly source: SourceConfig;
  readonly until: number;
}

export class SourceDesk {
  readonly #deps: SourceDeskDeps;
  readonly #trials = new Map<string, Trial>();
  #working: Promise<unknown> = Promise.resolve();
  #isLooking = false;

  constructor(deps: SourceDeskDeps) {
    this.#deps = deps;
    this.#sealAnew();
  }

  /** By the secret of now, so that the one of before can be left out. */
  #sealAnew(): void {
    const { keys, live } = this.#deps;
    const stale = live.config.added.filter(({ isStale }) => isStale);
    if (stale.length === 0) return;
    try {
      const beside = this.#beside();
      const sources = new Map(stale.map(({ id, source }) => [id, source]));
      const entries = beside.entries.map((entry) => {
        const source = sources.get(entry.id) ?? null;
        return source === null ? entry : sealEntry(keys, entry.id, source);
      });
      writeBeside(live.config.dataDir, { ...beside, entries });
    } catch (error) {
      log.warn({ err: error }, 'the added sources are still sealed by the secret of before');
    }
  }

  list(): SourcesAnswer {
    const { live, rows, problems } = this.#deps;
    return sourcesAnswer(live.config, { rows: rows(), problems: problems(), refused: this.#refusal() });
  }

  #refusal(): Text | null {
    return this.#deps.names === null ? say`these are recordings: nothing is watched here` : null;
  }

  #checkOpen(): Names {
    const { names } = this.#deps;
    if (names === null) throw new Refusal('refused', say`these are recordings: nothing is watched here`);
    return names;
  }

  /** Asks what is written there, with what was sent along. Nothing is kept but the trial itself, in memory, for ten minutes. */
  async look(order: LookOrder): Promise<FoundAnswer> {
    this.#checkOpen();
    if (this.#isLooking) throw new Refusal('refused', say`another source is being tried: try again in a few seconds`);
    this.#isLooking = true;
    try {
      return await this.#look(order);
    } finally {
      this.#isLooking = false;
    }
  }

  async #look(order: LookOrder): Promise<FoundAnswer> {
    const { live, now } = this.#deps;
    const { config } = live;
    const { source: read, problems } = candidateOf(order, takenNames(config.sources));
    const at = now();
    if (read === null) return { ...NOTHING, at, problems: [...problems] };
    const source = { ...read, networks: [...(networksOf(config) ?? [])] };
    if (source.networks.length === 0) Object.assign(source, { networks: null });
    const { dcs, name } = source;
    const about = {
      ...{ at, kind: dcs?.kind ?? ('patroni' as const), hosts: [...(dcs?.hosts ?? source.patroni.seeds)], name },
      ...{ namespace: dcs?.namespace ?? null, secrets: countSecrets(source), yaml: forFile(source) },
    };
    const isInside = allowed(config);
    let seen: Seen;
    try {
      // The collector's readers: of this thread only while somebody tries a source.
      const { tryOut } = await import('./trial');
      seen = await tryOut(await pinned(source, isInside), isInside, now);
    } catch (error) {
      if (!Refusal.is(error)) throw error;
      return { ...NOTHING, ...about, problems: [...problems, error.body.message] };
    }
    const trial = randomUUID();
    for (const [id, { until }] of this.#trials)
      if (until < at || this.#trials.size >= TRIALS_MAX) this.#trials.delete(id);
    this.#trials.set(trial, { source, until: at + TRIAL_MS });
    const scopes = seen.scopes.map((one) => ({ ...one, known: this.#knownAs(source, one.scope) }));
    return { ...about, ...seen, trial, scopes, problems: [...problems, ...seen.problems] };
  }

  /** As what a cluster at the same place is watched already. */
  #knownAs(source: SourceConfig, scope: string): string | null {
    const { sources } = this.#deps.live.config;
    const naming = new Naming(sources);
    const twin = sources.find((one) => {
      const scopes = one.dcs?.scopes ?? null;
      return placeOf(one) === placeOf(source) && (scopes === null || scopes.includes(scope));
    });
    return twin === undefined ? null : naming.nameOf(twin.name, scope);
  }

  add({ trial, name, scopes, labels }: SourceDraft, by: SourceBy): Promise<SourceSaved> {
    return this.#alone(async () => {
      this.#checkOpen();
      const { live, now, keys } = this.#deps;
      const tried = this.#trials.get(trial);
      if (tried === undefined || tried.until < now())
        throw new Refusal('not_found', say`what was tried is kept for ten minutes: look once more, then add it`);
      const { dcs } = tried.source;
      const wanted = {
        ...tried.source,
        name,
        labels,
        dcs: dcs === null ? null : { ...dcs, scopes: scopes === null ? null : [...scopes] },
      } as SourceConfig;
      const source = checked(wanted);
      this.#checkName(source, live.config.sources);
      const { entries } = this.#beside();
      if (entries.length >= ADDED_MAX) throw new Refusal('refused', say`at most ${ADDED_MAX} sources are added here`);
      const entry = sealEntry(keys, randomUUID(), source);
      const what = say`Add the source ${name}: ${entry.where}`;
      await this.#keep([...entries, entry], 'source_added', { by, what });
      this.#trials.delete(trial);
      return { id: entry.id, pending: false };
    });
  }

  /** Another name of the source leaves those of its clusters as they are: the name of before stays behind their `@`. */
  change(id: string, change: SourceChange, by: SourceBy): Promise<SourceSaved> {
    return this.#alone(async () => {
      this.#checkOpen();
      const { live, keys } = this.#deps;
      const before = live.config.added.find((one) => one.id === id);
      if (before === undefined) throw new Refusal('not_found', say`no such source was added here`);
      if (before.source === null)
        throw new Refusal('refused', say`${before.name} cannot be changed: ${before.aside ?? ''}`);
      const { sources } = live.config;
      const isBare = sources[0]?.name === before.name && before.source.alias === null;
      const alias = change.alias === undefined ? (isBare ? null : (before.source.alias ?? before.name)) : change.alias;
      const name = change.name ?? before.name;
      const source = checked({
        ...before.source,
        ...{ name, alias: alias === name ? null : alias, labels: change.labels ?? before.source.labels },
      });
      const others = sources.filter((one) => one !== before.source);
      this.#checkName(source, others);
      const { entries } = this.#beside();
      const next = entries.map((entry) => (entry.id === id ? sealEntry(keys, id, source) : entry));
      const what = say`Change the source ${before.name}: ${wordsOfChange(before.source, source)}`;
      if (change.moveNames === true && (await this.#keepForLater(next, { by, what }))) return { id, pending: true };
      await this.#keep(next, 'source_changed', { by, what });
      return { id, pending: false };
    });
  }

  remove(id: string, by: SourceBy): Promise<SourceSaved> {
    return this.#alone(async () => {
      this.#checkOpen();
      const { entries } = this.#beside();
      const entry = entries.find((one) => one.id === id);
      if (entry === undefined) throw new Refusal('not_found', say`no such source was added here`);
      const next = entries.filter((one) => one !== entry);
      const what = say`Remove the source ${entry.name}: ${entry.where}`;
      await this.#keep(next, 'source_removed', { by, what });
      return { id, pending: false };
    });
  }

  /** Reads the settings again. Rejects with a Refusal where they have a problem; then nothing was changed. */
  read(by: SourceBy): Promise<ReadAgain> {
    return this.#alone(async () => {
      this.#checkOpen();
      const next = this.#loaded();
      const done = differenceOf(this.#deps.live.config, next);
      const changed = [...done.begun, ...done.ended, ...done.restarted];
      const words = changed.length === 0 ? say`nothing changed` : changed.join(', ');
      await this.#deps.write('sources_read', {
        ...{ actor: by.name, address: by.address },
        text: say`Read the settings again: ${words}`,
      });
      await this.#take(next);
      return done;
    });
  }

  /** Checked in every way: whoever takes it may. `beside`: see the dependency `load`. */
  #loaded(beside: string | null = null): HowdahConfig {
    const config = this.#read(beside);
    this.#check(config);
    return config;
  }

  #read(beside: string | null): HowdahConfig {
    const loaded = this.#deps.load(beside);
    if (loaded.ok) return loaded.config;
    const problems = loaded.problems.map(formatProblem).join('\n');
    throw new Refusal('refused', say`the settings have a problem, nothing was changed: ${problems}`);
  }

  #check(next: HowdahConfig): void {
    const names = this.#checkOpen();
    const moves = names.movesBy(next.sources);
    if (moves.length > 0) throw new Refusal('refused', movedWords(moves));
    const { ended, restarted } = differenceOf(this.#deps.live.config, next);
    const scopes = this.#deps
      .rows()
      .flatMap(({ scope, source }) => (ended.includes(source) || restarted.includes(source) ? scope : []));
    const busy = this.#deps.busy(scopes);
    if (busy.length > 0)
      throw new Refusal(
        'refused',
        say`an action runs on ${busy.join(', ')}: nothing was changed, try again when it is over`,
      );
  }

  #beside(): Beside {
    try {
      return readBeside(this.#deps.live.config.dataDir, (name) => readFileSync(name, 'utf8'));
    } catch (error) {
      throw new Refusal('not_ready', say`nothing was changed: ${wordsOf(error)}`);
    }
  }

  #checkName(source: SourceConfig, others: readonly SourceConfig[]): void {
    const taken = takenNames(others);
    const clash = [...takenNames([source])].find((name) => taken.has(name));
    if (clash === undefined) return;
    const line = this.#deps.live.config.lines.get(source.name);
    throw new Refusal(
      'conflict',
      line === undefined
        ? say`another source has the name or alias ${clash}`
        : say`the file has a source of this name in line ${line}, and the file comes first`,
    );
  }

  /** What a start would make of it is asked first; then the journal, the file, and all of it counts. */
  async #keep(
    entries: Beside['entries'],
    kind: 'source_added' | 'source_changed' | 'source_removed',
    { by, what }: { readonly by: SourceBy; readonly what: Text },
  ): Promise<void> {
    const next = { entries, meant: [] };
    this.#loaded(besideText(next));
    await this.#deps.write(kind, { actor: by.name, address: by.address, text: what });
    this.#put(next);
    await this.#take(this.#loaded());
  }

  /** Names of clusters move by it, with rights and history, which is done while nobody asks for them: at a start. false: none does. */
  async #keepForLater(
    entries: Beside['entries'],
    { by, what }: { readonly by: SourceBy; readonly what: Text },
  ): Promise<boolean> {
    const moves = this.#checkOpen().movesBy(this.#read(besideText({ entries, meant: [] })).sources);
    if (moves.length === 0) return false;
    const shown = moves.map(({ from, to }) => `${from}: ${to}`).slice(0, MOVES_SHOWN);
    const text = say`${what}; from the next start clusters have other names: ${shown.join(', ')}`;
    await this.#deps.write('source_changed', { actor: by.name, address: by.address, text });
    this.#put({ entries, meant: moves.map(({ from, to }) => ({ from, to })) });
    return true;
  }

  #put(beside: Beside): void {
    try {
      writeBeside(this.#deps.live.config.dataDir, beside);
    } catch (error) {
      throw new Refusal('not_ready', say`nothing was changed: ${wordsOf(error)}`);
    }
  }

  async #take(config: HowdahConfig): Promise<void> {
    const { live, names, onNames, readAgain } = this.#deps;
    let next = config;
    live.take(next);
    names?.setSources(next.sources);
    onNames();
    for (let read = 1; ; read += 1) {
      const digest = await readAgain(sourcesDigest(next.sources)).catch(() => null);
      // A collector that does not answer is ended and begun anew, and reads them then.
      if (digest === null || digest === sourcesDigest(next.sources)) break;
      if (read === READS_MAX) {
        log.warn('the settings change faster than they can be read: read them again');
        break;
      }
      next = this.#loaded();
      live.take(next);
      names?.setSources(next.sources);
    }
    onNames();
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#working.then(work);
    this.#working = done.catch(() => undefined);
    return done;
  }
}

const NOTHING: FoundAnswer = {
  ...{ trial: null, at: 0, tookMs: 0, kind: null, hosts: [], namespace: null, name: '', secrets: 0, problems: [] },
  ...{ scopes: [], missing: [], yaml: null },
};

/** As the reader of the settings would take it from the file. */
function checked(source: SourceConfig): SourceConfig {
  const read = readItem(writeItem(source));
  if ('name' in read) return read;
  throw new Refusal('bad_request', read.map(formatProblem).join('; '));
}

function movedWords(moves: readonly Move[]): Text {
  return say`nothing was changed. ${refusalOf(moves)}`;
}

function wordsOfChange(before: SourceConfig, after: SourceConfig): Text {
  const labels = (of: SourceConfig): string =>
    Object.entries(of.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(', ') || '-';
  if (before.name !== after.name) return say`its name is ${after.name} now, labels ${labels(after)}`;
  return say`labels ${labels(before)} become ${labels(after)}`;
}

function countSecrets(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if ('reveal' in value) return 1;
  return Object.values(value).reduce((sum: number, part) => sum + countSecrets(part), 0);
}

/** For howdah.yaml, where a secret is a file that only Howdah may read. */
function forFile(source: SourceConfig): string {
  return writeItem(source, (_, at) => ({ file: `/etc/howdah/secrets/${[source.name, ...at].join('-')}` }));
}
