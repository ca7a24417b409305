// The collector: one per Howdah, whatever the number of viewers. Turns the configured sources into scopes, gives each scope
// its pace by who looks at it, and hands every new snapshot to one listener. Free of Next and of the web server, so that it
// runs in a worker thread today and could be a process of its own tomorrow.

import type { HistoryAnswer } from '../../contract/history';
import type { ServerState } from '../../contract/stream';
import type { Activity } from '../../domain/activity/activity';
import { isAbout } from '../../domain/alerts/rules';
import type { BackupReport, RawBackups } from '../../domain/backups/backup';
import type { Snapshot } from '../../domain/cluster';
import type { ClusterEvent } from '../../domain/events';
import { type FleetRow, fleetRow } from '../../domain/fleet';
import type { MeasuredOutage } from '../../domain/outage-sample';
import { NO_NOTES, type Notes, type RawObservation, type Reading, type ReadingError } from '../../domain/raw';
import { ownOf } from '../../domain/record';
import type { RosterEntry } from '../../domain/roster';
import { parsePatroniStatus } from '../../domain/wire/patroni';
import type { DcsWatch } from '../../io/dcs/port';
import { isName } from '../../io/dcs/view';
import { say } from '../../language/sentence';
import type { BackupSettings } from '../config/backup-file';
import type { PollSettings, PostgresSettings, SourceConfig } from '../config/config';
import type { EntryConfig } from '../config/entry-file';
import { Naming } from '../config/naming';
import { sourceDigest } from '../config/source-digest';
import { roleOf } from '../tls-material';
import type { CareSight, Looked } from './care-poller';
import { careSight, twinsOf } from './care-sight';
import { EntryPoller } from './entry-poller';
import { problemsOf } from './problems';
import { ReadingCounts } from './reading-counts';
import { FORGET_MS, ScopeCollector } from './scope-collector';
import { Sites } from './sites';
import { endSource, type Inside, isPatroni, isWatched, openSource, patroniOf, type Source, sightOf } from './source';
import { twinSources } from './twin-sources';

export interface CollectorOptions {
  readonly sources: readonly SourceConfig[];
  readonly entries?: readonly EntryConfig[];
  readonly backups?: Pick<BackupSettings, 'policies'>;
  readonly poll: PollSettings;
  readonly now: () => number;
  /** Where anything may go at all: these sources are only tried. Absent: anywhere. */
  readonly isInside?: Inside;
  readonly onUpdate: (update: ScopeUpdate) => void;
  readonly onGone: (scope: string) => void;
  readonly onCare?: (source: SourceConfig, looked: Looked, intervalMs: number) => void;
}

export interface ScopeUpdate {
  readonly row: FleetRow;
  readonly snapshot: Snapshot;
  /** What changed since the snapshot before. */
  readonly events: readonly ClusterEvent[];
  /** Something a viewer must see at once, not with the next batch of rows. */
  readonly urgent: boolean;
}

export type CollectorState = Pick<ServerState, 'scopes' | 'members' | 'problems' | 'roundMs' | 'intervalMs'>;

const SEED_EVERY_MS = 5000;
/** Remembered ones are not brought back beyond this. */
const RECALLED_MAX = 5000;
/** One question in flight per node still holds: a slow node is asked as slowly as it answers. */
const ACTING_MS = 250;
const ACTING_HEALTH_MS = 500;

export class Collector {
  readonly #options: CollectorOptions;
  readonly #scopes = new Map<string, ScopeCollector>();
  #sources: readonly Source[];
  #naming: Naming;
  /** By name; made with the first cluster behind it. */
  readonly #entries = new Map<string, EntryPoller>();
  readonly #sites = new Sites();
  readonly counts = new ReadingCounts();
  #watched: ReadonlySet<string> = new Set();
  #fleetWatched = false;
  #acting: ReadonlySet<string> = new Set();
  #notes: Readonly<Record<string, Notes>> = {};
  #rosters: Readonly<Record<string, readonly RosterEntry[]>> | null = null;
  #outages: Readonly<Record<string, readonly MeasuredOutage[]>> = {};
  /** null: what was reported before this start is not known yet. */
  #reports: ReadonlyMap<string, BackupReport> | null = null;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#naming = new Naming(options.sources);
    this.#sources = options.sources.map((config) => this.#createSource(config));
  }

  #createSource(config: SourceConfig): Source {
    const source: Source = openSource(config, {
      ...this.#options,
      onChange: (scopes) => this.#onDcsChange(source, scopes),
      twins: () => twinsOf(source, this.#sources),
    });
    return source;
  }

  start(): void {
    for (const source of this.#sources) this.#startSource(source);
  }

  #startSource(source: Source): void {
    const { watch } = source;
    if (watch !== null) {
      watch.start();
      source.care?.start();
      this.#repeat(source, () => watch.checkHealth());
    }
    if (source.config.patroni.seeds.length > 0) this.#repeat(source, () => this.#askSeeds(source), SEED_EVERY_MS);
  }

  /** Those that are new begin, those that are gone end, changed ones begin anew; all others notice nothing. */
  setSources(configs: readonly SourceConfig[]): void {
    const naming = new Naming(configs);
    const kept = new Map(
      this.#sources.flatMap((source) => {
        const { name } = source.config;
        const isNamedSo = [...source.owned].every(([scope, one]) => naming.nameOf(name, scope) === one.scope);
        return isNamedSo ? [[sourceDigest(source.config), source] as const] : [];
      }),
    );
    const next = configs.map((config) => kept.get(sourceDigest(config)) ?? config);
    for (const source of this.#sources) {
      if (next.includes(source)) continue;
      for (const scope of [...source.owned.keys()]) this.#removeScope(source, scope);
      void endSource(source);
    }
    for (const [name, entry] of this.#entries) {
      if (entry.isHeard) continue;
      entry.close();
      this.#entries.delete(name);
    }
    this.#naming = naming;
    const fresh: Source[] = [];
    this.#sources = next.map((one) => {
      if ('owned' in one) return one;
      const made = this.#createSource(one);
      fresh.push(made);
      return made;
    });
    for (const source of fresh) this.#startSource(source);
    if (this.#rosters !== null) this.setRosters(this.#rosters);
  }

  async stop(): Promise<void> {
    for (const scope of this.#scopes.values()) scope.stop();
    for (const entry of this.#entries.values()) entry.close();
    await Promise.all(this.#sources.map(endSource));
  }

  /** Who looks: scopes whose page is open, and whether anybody looks at the fleet. */
  setViewers(watched: ReadonlySet<string>, fleet: boolean): void {
    this.#watched = watched;
    this.#fleetWatched = fleet;
    for (const scope of this.#scopes.values()) scope.setInterval(this.#intervalOf(scope.scope));
  }

  /** Scopes on which an action runs; one that comes new is asked at once. */
  setActing(acting: ReadonlySet<string>): void {
    this.#acting = acting;
    for (const scope of this.#scopes.values()) scope.setInterval(this.#intervalOf(scope.scope));
  }

  setNotes(notes: Readonly<Record<string, Notes>>): void {
    this.#notes = notes;
    for (const scope of this.#scopes.values()) scope.tell(ownOf(notes, scope.scope) ?? NO_NOTES);
  }

  setOutages(outages: Readonly<Record<string, readonly MeasuredOutage[]>>): void {
    this.#outages = outages;
    for (const scope of this.#scopes.values()) scope.tell({ outages: ownOf(outages, scope.scope) ?? [] });
  }

  setBackups(reports: readonly BackupReport[], gone: readonly string[]): void {
    const next = new Map(this.#reports ?? []);
    for (const report of reports) next.set(report.id, report);
    for (const id of gone) next.delete(id);
    this.#reports = next;
    const all = [...next.values()];
    for (const scope of this.#scopes.values()) scope.tell({ backups: this.#backupsOf(scope, all) });
  }

  #backupsOf({ scope, labels }: ScopeCollector, reports: readonly BackupReport[]): RawBackups {
    const found = this.#options.backups?.policies.find((one) => isAbout(one, scope, labels));
    return { reports, policy: found?.policy ?? null };
  }

  /** Clusters that were there are there until somebody says otherwise, also where nothing is left of them. */
  setRosters(rosters: Readonly<Record<string, readonly RosterEntry[]>> | null): void {
    this.#rosters = rosters;
    for (const name of Object.keys(rosters ?? {})) {
      const owner = this.#scopes.has(name) ? null : this.#naming.ownerOf(name);
      const source = this.#sources.find(({ config }) => config.name === owner?.source);
      if (owner === null || source === undefined || this.#scopes.size >= RECALLED_MAX) continue;
      const wanted = source.config.dcs?.scopes ?? null;
      if (wanted !== null && !wanted.includes(owner.scope)) continue;
      this.#addScope(source, owner.scope);
    }
    for (const scope of this.#scopes.values()) scope.setRoster(this.#rosterOf(scope.scope));
    for (const source of this.#sources) if (source.watch !== null) this.#discover(source, source.watch);
  }

  #rosterOf(scope: string): readonly RosterEntry[] | null {
    return this.#rosters === null ? null : (ownOf(this.#rosters, scope) ?? []);
  }

  #intervalOf(scope: string): number {
    const { watchedSeconds, fleetSeconds, idleSeconds } = this.#options.poll;
    if (this.#acting.has(scope)) return Math.min(ACTING_MS, watchedSeconds * 1000);
    if (this.#watched.has(scope)) return watchedSeconds * 1000;
    return (this.#fleetWatched ? fleetSeconds : idleSeconds) * 1000;
  }

  snapshotOf(scope: string): Snapshot | null {
    return this.#scopes.get(scope)?.snapshot ?? null;
  }

  async activityOf(scope: string, member: string): Promise<Reading<Activity> | null> {
    return (await this.#scopes.get(scope)?.activityOf(member)) ?? null;
  }

  /** The DCS of a source, for somebody who looks at it; null: no such source, or it reads none. */
  async careOf(name: string, fresh = false): Promise<CareSight | null> {
    const source = this.#sources.find(({ config }) => config.name === name);
    return source === undefined ? null : careSight(source, fresh);
  }

  /** Of each source that reads one, as it was last looked at. */
  cares(): readonly { readonly source: string; readonly looked: Looked }[] {
    const all = this.#sources.map(({ config, care }) => ({ source: config.name, looked: care?.looked() ?? null }));
    return all.flatMap(({ source, looked }) => (looked === null ? [] : [{ source, looked }]));
  }

  /** Why the DCS of a source cannot be read; null: it can, or there is none. */
  troubleOf(name: string): ReadingError | null {
    const watch = this.#sources.find(({ config }) => config.name === name)?.watch ?? null;
    return watch?.error ?? watch?.denied ?? null;
  }

  /** Its keys were listed once. */
  isListed(name: string): boolean {
    return this.#sources.find(({ config }) => config.name === name)?.watch?.listed === true;
  }

  scopes(): readonly string[] {
    return [...this.#scopes.keys()].sort();
  }

  rawOf(scope: string): RawObservation | null {
    return this.#scopes.get(scope)?.raw() ?? null;
  }

  historyOf(scope: string): HistoryAnswer | null {
    return this.#scopes.get(scope)?.sampler.history(scope, this.#options.now()) ?? null;
  }

  state(): CollectorState {
    const snapshots = [...this.#scopes.values()].flatMap((scope) => scope.snapshot ?? []);
    const rounds = snapshots.flatMap((snapshot) => snapshot.roundMs ?? []).sort((a, b) => a - b);
    const intervals = snapshots.map((snapshot) => snapshot.intervalMs);
    return {
      scopes: this.#scopes.size,
      members: snapshots.reduce((sum, snapshot) => sum + snapshot.cluster.members.length, 0),
      problems: [...this.#sources.flatMap((source) => problemsOf(source)), ...twinSources(this.#sources.map(sightOf))],
      roundMs: rounds[Math.floor(rounds.length / 2)] ?? null,
      intervalMs: intervals.length === 0 ? this.#options.poll.idleSeconds * 1000 : Math.min(...intervals),
    };
  }

  #repeat({ timers }: Source, task: () => Promise<void>, everyMs?: number): void {
    const again = (): void => {
      const interval = everyMs ?? this.#paceMs();
      const timer = setTimeout(() => {
        timers.delete(timer);
        again();
        void task();
      }, interval);
      timers.add(timer);
    };
    again();
    void task();
  }

  #paceMs(): number {
    const { watchedSeconds, fleetSeconds, idleSeconds } = this.#options.poll;
    if (this.#acting.size > 0) return Math.min(ACTING_HEALTH_MS, watchedSeconds * 1000);
    return (this.#watched.size > 0 ? watchedSeconds : this.#fleetWatched ? fleetSeconds : idleSeconds) * 1000;
  }

  #onDcsChange(source: Source, scopes: readonly string[]): void {
    const { watch } = source;
    if (watch === null || source.isOver) return;
    this.#discover(source, watch);
    const affected = scopes.length === 0 ? [...source.owned.keys()] : scopes;
    for (const scope of affected) source.owned.get(scope)?.onDcsChange();
  }

  /** A scope is there while it has a key of Patroni's; one that vanished from a readable DCS is gone. */
  #discover(source: Source, watch: DcsWatch): void {
    const wanted = source.config.dcs?.scopes ?? null;
    const present = new Set(
      watch.scopes().filter((scope) => (wanted === null || wanted.includes(scope)) && isPatroni(watch, scope)),
    );
    for (const scope of present) {
      source.hadKeys.add(scope);
      if (!source.owned.has(scope)) this.#addScope(source, scope);
    }
    if (!watch.listed || watch.error !== null) return;
    // Keys that vanish under members that answer are news, not the end of the cluster.
    for (const [scope, collector] of [...source.owned])
      if (!present.has(scope) && wanted === null && this.#isEnded(collector, collector.answersWithin(FORGET_MS)))
        this.#removeScope(source, scope);
  }

  /** Nobody is remembered of it. `isWatched`: somebody still answers, which does not count where a person said that it was removed. */
  #isEnded(collector: ScopeCollector, isWatched: boolean): boolean {
    const isRemembered = (this.#rosterOf(collector.scope)?.length ?? 0) > 0;
    return !isRemembered && (collector.wasRemembered || !isWatched);
  }

  #addScope(source: Source, name: string): void {
    const { config, watch, care } = source;
    const scope = this.#naming.nameOf(config.name, name);
    const collector = new ScopeCollector(
      {
        scope,
        patroniScope: source.watch?.patroniScope?.(name) ?? name,
        source: config.name,
        labels: config.labels,
        dcs: watch === null ? null : { watch, scope: name, troubles: () => care?.troubles ?? [] },
        declared: ownOf(config.members, name) ?? null,
        entries: this.#entriesOf(source, scope),
        seeds: source.seedsOf.get(name) ?? [],
        patroni: source.patroni,
        hosts: source.hosts,
        counted: (witness, reading) => this.counts.saw(config.name, witness, reading),
        postgres: config.postgres === null ? null : this.#roleOf(config.postgres, config.networks),
        deadlineMs: this.#options.poll.deadlineSeconds * 1000,
        now: this.#options.now,
        others: () => this.#sites.of(scope),
        onPublish: (published, events) => {
          const { snapshot } = published;
          if (snapshot === null) return;
          this.#sites.saw(snapshot);
          if (this.#isOver(source, name, published)) {
            this.#removeScope(source, name);
            return;
          }
          const urgent = events.some((event) => event.kind !== 'state_changed');
          this.#options.onUpdate({
            row: fleetRow(snapshot, published.sampler.spark(snapshot.observedAt)),
            snapshot,
            events,
            urgent,
          });
        },
      },
      this.#intervalOf(scope),
    );
    source.owned.set(name, collector);
    this.#scopes.set(scope, collector);
    collector.tell(ownOf(this.#notes, scope) ?? NO_NOTES);
    collector.setRoster(this.#rosterOf(scope));
    collector.tell({ outages: ownOf(this.#outages, scope) ?? [] });
    if (this.#reports !== null) collector.tell({ backups: this.#backupsOf(collector, [...this.#reports.values()]) });
    collector.start();
  }

  #roleOf(settings: PostgresSettings, networks: readonly string[] | null): ReturnType<typeof roleOf> {
    const role = roleOf(settings, networks);
    const { isInside = null } = this.#options;
    if (isInside === null) return role;
    return { ...role, isInside: (address) => isInside(address) && (role.isInside?.(address) ?? true) };
  }

  #entriesOf(source: Source, scope: string): readonly EntryPoller[] {
    const { config } = source;
    const fits = ({ sources, ...where }: EntryConfig): boolean =>
      (sources === null || sources.includes(config.name)) && isAbout(where, scope, config.labels);
    return (this.#options.entries ?? []).filter(fits).map((entry) => {
      const made =
        this.#entries.get(entry.name) ??
        new EntryPoller(entry, {
          patroni: patroniOf(config, this.#options.now),
          isRestSecure: config.patroni.tls !== null,
          role: config.postgres === null ? null : roleOf(config.postgres, config.networks),
          deadlineMs: this.#options.poll.deadlineSeconds * 1000,
          now: this.#options.now,
        });
      this.#entries.set(entry.name, made);
      return made;
    });
  }

  /** Its keys vanished, and nobody has answered for it for so long that there is nothing left to watch. */
  #isOver(source: Source, name: string, collector: ScopeCollector): boolean {
    const { watch, config } = source;
    if (watch === null || !watch.listed || watch.error !== null || (config.dcs?.scopes ?? null) !== null) return false;
    return !isPatroni(watch, name) && this.#isEnded(collector, isWatched(source, name, collector));
  }

  #removeScope(source: Source, name: string): void {
    const collector = source.owned.get(name);
    if (collector === undefined) return;
    collector.stop();
    source.owned.delete(name);
    source.hadKeys.delete(name);
    this.#scopes.delete(collector.scope);
    this.#sites.gone(collector.scope);
    this.#options.onGone(collector.scope);
  }

  /** Without a readable DCS a seed says which cluster it belongs to; several seeds may belong to several clusters. */
  async #askSeeds(source: Source): Promise<void> {
    if (source.watch?.listed === true) return;
    if (source.watch === null && source.owned.size > 0 && source.seedErrors.size === 0) return;
    await Promise.all(source.config.patroni.seeds.map((seed) => this.#askSeed(source, seed)));
  }

  async #askSeed(source: Source, seed: string): Promise<void> {
    const deadlineMs = this.#options.poll.deadlineSeconds * 1000;
    const answer = await source.patroni.get(seed, '/patroni', deadlineMs);
    if (source.isOver) return;
    const status = answer.ok ? parsePatroniStatus(answer.value) : null;
    if (status === null) {
      source.seedErrors.set(seed, answer.ok ? say`that is not Patroni` : answer.error.message);
      return;
    }
    source.seedErrors.delete(seed);
    if (source.watch?.listed === true) return;
    const scope = status.scope ?? 'patroni';
    if (!isName(scope)) {
      source.seedErrors.set(seed, say`its scope is no name that can be shown and stored`);
      return;
    }
    const seeds = source.seedsOf.get(scope) ?? [];
    if (!seeds.includes(seed)) seeds.push(seed);
    source.seedsOf.set(scope, seeds);
    if (source.owned.has(scope)) return;
    this.#addScope(source, scope);
  }
}
