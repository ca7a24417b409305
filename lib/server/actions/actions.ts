// Everything that acts, put together for one process: lock, journal, store, index, executor, pauses, outages, revisions. The lock and the
// journal come first and decide whether this process may act at all; the store follows in the background.

import type { ActionOrder, AuditAnswer, RevisionsAnswer, SettingsAnswer } from '../../contract/actions';
import { REASON_MAX } from '../../contract/limits';
import type { StoreState } from '../../contract/stream';
import type { ActionRecord, Check } from '../../domain/actions/action';
import { differ } from '../../domain/actions/bound';
import { RESUME_TRAPS } from '../../domain/actions/judge';
import type { Snapshot } from '../../domain/cluster';
import { isAtLeast } from '../../domain/key-version';
import type { PauseNote } from '../../domain/pause-note';
import type { Notes } from '../../domain/raw';
import { ownOf, setOwn } from '../../domain/record';
import { type JsonObject, parseObject, patroniBoolean } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
import type { PageQuery } from '../audit/answer';
import { AuditIndex } from '../audit/audit-index';
import { type Journal, openJournal } from '../audit/journal';
import { RecordWatch } from '../audit/record';
import { homeOf } from '../audit/store-witness';
import { AuditStreams } from '../audit/streams';
import type { HowdahConfig } from '../config/config';
import { log } from '../log';
import type { Names } from '../names/names';
import { Refusal } from '../route';
import type { Session } from '../store/driver';
import { openStore, type Store } from '../store/store';
import { Executor, type ExecutorDeps } from './executor';
import { Maintenances, renameMaintenances } from './maintenances';
import { OutagesTold, type OutagesToldDeps } from './outages-told';
import { Pauses, renamePauses } from './pauses';
import { PoolKeeper } from './pool-keeper';
import { Reach } from './reach';
import { byHowdah } from './record';
import { Revisions } from './revisions';
import { readSettings } from './settings';

export interface ActionsDeps extends Pick<ExecutorDeps, 'watch' | 'newest' | 'now'> {
  readonly config: HowdahConfig;
  /** null: recordings, which keep nothing. */
  readonly names: Names | null;
  /** See StoreOptions. */
  readonly prepare: (session: Session) => Promise<void>;
  readonly publish: (record: ActionRecord) => void;
  readonly tellNotes: (notes: Readonly<Record<string, Notes>>) => void;
  readonly tellOutages: OutagesToldDeps['tell'];
  readonly isPaused: (scope: string) => boolean | null;
  /** The change that runs on the DCS of a source; null: none. */
  readonly dcsChange: (source: string) => Text | null;
}

const ADOPT_MS = 15_000;
const SETTINGS_MS = 2000;
const AUDIT_PAGE = 50;
/** Revisions of `/config` that are read back to prove that a pause had no break. */
const PAUSE_REVISIONS = 200;
const AUDIT_PAGE_MAX = 500;

export class Actions {
  readonly executor: Executor;
  readonly journal: Journal;
  readonly index: AuditIndex;
  readonly store: Store;
  readonly record: RecordWatch;
  readonly streams: AuditStreams;
  readonly #deps: ActionsDeps;
  readonly #reach: Reach;
  readonly #pauses: Pauses;
  readonly #maintenances: Maintenances;
  #pauseNotes: Readonly<Record<string, PauseNote>> = {};
  readonly #outages: OutagesTold;
  readonly #revisions: Revisions;
  readonly #adopting: NodeJS.Timeout;
  readonly #ends: (() => void)[] = [];
  readonly #settings = new Map<string, { readonly askedAt: number; readonly answer: Promise<SettingsAnswer> }>();

  private constructor(deps: ActionsDeps, journal: Journal, store: Store) {
    this.#deps = deps;
    this.journal = journal;
    this.store = store;
    const home = homeOf(deps.config);
    const present = presentOf(deps.names);
    this.index = new AuditIndex(store, journal, { present, home });
    this.record = new RecordWatch({
      folder: deps.config.dataDir,
      ...{ journal, store, home, now: deps.now, keepDays: deps.config.audit.keepDays },
      behind: () => this.index.behind(),
    });
    const { dataDir: folder, audit } = deps.config;
    this.streams = new AuditStreams({ folder, journal, settings: audit.streams, now: deps.now });
    this.#reach = new Reach(deps.config, deps.now);
    this.#revisions = new Revisions(this.index, this.#reach);
    const keeper = new PoolKeeper({ dataDir: deps.config.dataDir, now: deps.now, reach: this.#reach });
    if (deps.config.replay === null) keeper.start();
    this.executor = new Executor({
      journal,
      index: this.index,
      reach: this.#reach,
      keeper,
      now: deps.now,
      watch: deps.watch,
      newest: deps.newest,
      present,
      readOnly: readOnlyReason(deps.config),
      dcsChange: deps.dcsChange,
      settings: (scope) => this.settings(scope),
      sharedStore: deps.config.databaseUrl !== null,
      publish: (record) => {
        if (record.phase === 'closed') {
          this.#pauses.onClosed(record);
          this.#maintenances.onClosed(record);
          this.#outages.onClosed(record);
        }
        deps.publish(record);
      },
    });
    this.#pauses = new Pauses({
      dataDir: deps.config.dataDir,
      now: deps.now,
      tell: (notes) => this.#tellNotes(notes),
      isPaused: deps.isPaused,
      resume: (scope, note) => this.#resume(scope, note),
    });
    this.#maintenances = new Maintenances(deps.config.dataDir, () => this.#tellNotes());
    this.#outages = new OutagesTold({ store, tell: deps.tellOutages });
    this.#ends.push(() => this.#outages.stop());
    this.#ends.push(store.onReady(() => void this.#revisions.flush()));
    this.#adopting = setInterval(() => void this.executor.adoptAbandoned(), ADOPT_MS);
  }

  /** Rejects where the journal cannot be opened. The caller holds the lock of the data folder. */
  static async open(deps: ActionsDeps): Promise<Actions> {
    const { config, now, names, prepare } = deps;
    const segmentBytes = config.audit.segmentMegabytes * 1024 * 1024;
    const journal = await openJournal(config.dataDir, { now, segmentBytes });
    for (const warning of journal.warnings) log.warn(warning);
    if (names !== null) renamePauses(config.dataDir, names.moves);
    if (names !== null) renameMaintenances(config.dataDir, names.moves);
    const store = openStore({ dataDir: config.dataDir, databaseUrl: config.databaseUrl, now, log, prepare });
    const actions = new Actions(deps, journal, store);
    await actions.executor.remember();
    actions.#maintenances.catchUp(actions.executor.recent());
    actions.#tellNotes();
    void actions.executor.recover();
    return actions;
  }

  async stop(): Promise<void> {
    clearInterval(this.#adopting);
    this.#pauses.stop();
    for (const end of this.#ends) end();
    await this.executor.stop();
    await Promise.all([this.record.stop(), this.streams.stop()]);
    this.index.close();
    await this.store.close();
    await this.journal.close();
  }

  #tellNotes(pauses = this.#pauseNotes): void {
    this.#pauseNotes = pauses;
    // The pauses are read before there are maintenances.
    const maintenances = this.#maintenances?.notes ?? {};
    const scopes = new Set([...Object.keys(pauses), ...Object.keys(maintenances)]);
    const notes: Record<string, Notes> = {};
    for (const scope of scopes)
      setOwn(notes, scope, {
        pauseNote: ownOf(pauses, scope) ?? null,
        maintenance: ownOf(maintenances, scope) ?? null,
      });
    this.#deps.tellNotes(notes);
  }

  storeState(): StoreState {
    const { kind, state, error, notice, since } = this.store.state();
    return { kind, state, error: error ?? notice, since, behind: this.index.behind() };
  }

  sawRevision(scope: string, revision: string, value: JsonObject, at: number): void {
    this.#pauses.onRevision(scope, revision, value);
    void this.#revisions.saw({ scope, revision, value, at });
  }

  /** One reading for all editors that ask within a few seconds: the load on the members must not grow with viewers. */
  settings(scope: string): Promise<SettingsAnswer> {
    const known = this.#settings.get(scope);
    if (known !== undefined && Math.abs(this.#deps.now() - known.askedAt) < SETTINGS_MS) return known.answer;
    const answer = this.#readSettings(scope);
    this.#settings.set(scope, { askedAt: this.#deps.now(), answer });
    answer.catch(() => this.#settings.delete(scope));
    return answer;
  }

  async #readSettings(scope: string): Promise<SettingsAnswer> {
    const snapshot = await this.#deps.newest(scope);
    const reach = this.#reach.of(snapshot);
    if (reach === null) throw new Refusal('not_ready', say`this is a recording: there is no PostgreSQL to ask`);
    return readSettings(snapshot, reach, this.#deps.now);
  }

  async revisions(scope: string): Promise<RevisionsAnswer> {
    const snapshot = await this.#deps.newest(scope);
    return this.#revisions.list(snapshot, await this.known(scope));
  }

  /** The running one first, then newest first. */
  async list(scope: string): Promise<readonly ActionRecord[]> {
    const records = await this.known(scope);
    return [...records].sort((a, b) => rank(a) - rank(b) || b.requestedAt - a.requestedAt).slice(0, AUDIT_PAGE);
  }

  /** Of this process and of the store, as far as a page reaches; in no order. */
  async known(scope: string): Promise<readonly ActionRecord[]> {
    const own = this.executor.recent().filter((record) => record.scope === scope);
    const page = await this.index.list({ scope, limit: 200 }).catch(() => ({ records: [] }));
    const byId = new Map([...page.records, ...own].map((record) => [record.id, record]));
    return [...byId.values()];
  }

  async audit(query: PageQuery): Promise<AuditAnswer> {
    const limit = Math.min(AUDIT_PAGE_MAX, Math.max(1, query.limit ?? AUDIT_PAGE));
    const { breaches } = this.record.state();
    const journal = {
      entries: this.journal.entries(),
      head: this.journal.head(),
      problem: this.journal.problem(),
      breaches: breaches.map(({ id, file, found }) => ({ id, file, found: [...found] })),
    };
    const own = this.executor
      .recent()
      .filter((record) => query.scope === null || record.scope === query.scope)
      .filter((record) => query.scopes === null || query.scopes.includes(record.scope));
    try {
      const page = await this.index.list({
        limit,
        ...(query.scope === null ? {} : { scope: query.scope }),
        ...(query.scopes === null ? {} : { scopes: query.scopes }),
        ...(query.before === null ? {} : { before: query.before }),
      });
      // What runs here is newer in memory than in the store.
      const live = new Map(own.map((record) => [record.id, record]));
      return {
        rows: page.records.map((record) => live.get(record.id) ?? record),
        next: page.next,
        from: 'store',
        journal,
      };
    } catch {
      return { rows: query.before === null ? own.slice(0, limit) : [], next: null, from: 'journal', journal };
    }
  }

  /** Rejects where it must be left to a person: the finding goes on saying so. */
  async #resume(scope: string, note: PauseNote): Promise<void> {
    const snapshot = await this.#deps.newest(scope);
    const { token, preflight } = await this.executor.preflight(scope, { kind: 'resume' });
    const leave = (check: Check | undefined): void => {
      if (check !== undefined) throw new SpokenError(say`left to a person: ${check.title}. ${check.detail}`);
    };
    // Asked first: with another identifier it does not look like the same pause either.
    leave(preflight.checks.find(({ code, verdict }) => verdict === 'blocker' && code === 'initialize_key_wrong'));
    if (!(await this.#isSamePause(snapshot, note))) return this.#pauses.drop(scope);
    leave(preflight.checks.find(({ code, verdict }) => verdict === 'warning' && RESUME_TRAPS.includes(code)));
    const order: ActionOrder = {
      request: { kind: 'resume' },
      token,
      reason: String(say`The pause was to end: ${note.reason}`).slice(0, REASON_MAX),
      confirmation: null,
      idempotencyKey: `auto-resume-${note.actionId}-${Math.floor(this.#deps.now() / 60_000)}`,
    };
    await this.executor.start(scope, order, byHowdah(`howdah, as ${note.owner} asked`));
  }

  /** Paused without a break since then: proved by etcd's history of `/config`, or watched by this process all the while. */
  async #isSamePause(snapshot: Snapshot, note: PauseNote): Promise<boolean> {
    if (differ(snapshot.cluster.systemIdentifier, note.systemIdentifier)) return false;
    const reach = this.#reach.of(snapshot);
    const current = snapshot.cluster.dcs?.keyRevisions?.config ?? null;
    const since = note.configRevision;
    if (reach?.dcs == null || current === null || since === null) return this.#pauses.isOwn(note);
    const past = await reach.dcs.past(reach.dcsScope, 'config', current, PAUSE_REVISIONS);
    const until = past.filter(({ revision }) => isAtLeast(revision, since));
    const whole = until.some(({ revision }) => revision === since) || this.#pauses.isOwn(note);
    return whole && until.every(({ value }) => patroniBoolean(parseObject(value)?.pause) === true);
  }
}

function rank(record: ActionRecord): number {
  return record.phase === 'open' ? 0 : 1;
}

function readOnlyReason(config: HowdahConfig): Text | null {
  if (config.replay !== null) return say`These are recordings: nothing can be done to them.`;
  return config.readOnly ? say`This Howdah only watches: readOnly is set in its configuration.` : null;
}

/** What a record of the journal is about now: it keeps the name of its time. */
function presentOf(names: Names | null) {
  return (record: ActionRecord): ActionRecord => {
    const scope = names?.present(record.scope, record.requestedAt) ?? record.scope;
    return scope === record.scope ? record : { ...record, scope, bound: { ...record.bound, scope } };
  };
}
