// What is wrong with the record of this data folder, and who has acknowledged it. Checked whole at the start and each day, sooner
// where a file that is not written any more was touched; acknowledged by an entry of the journal itself, so that the acknowledgement
// is as hard to remove as what it is about.
import { rm } from 'node:fs/promises';
import { plural, say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { log } from '../log';
import { Refusal } from '../route';
import type { Store } from '../store/store';
import { type Breach, breachOf } from './chain';
import { journalPaths, keptState, syncFolder } from './files';
import type { Journal } from './journal';
import { record } from './record-entry';
import { type Home, lostJournal, storeAnchors } from './store-witness';
import { type Verification, verifyJournal } from './verify';

export interface RecordState {
  /** Not acknowledged; empty: nothing, or not looked yet. */
  readonly breaches: readonly (Breach & { readonly at: number })[];
  /** null: not yet. */
  readonly checkedAt: number | null;
}

export interface RecordDeps {
  readonly folder: string;
  readonly journal: Journal;
  readonly store: Store;
  readonly home: Home;
  readonly now: () => number;
  /** Entries that the store has not got yet: what it has not got is not removed. */
  readonly behind: () => number;
  /** Files of the journal that are full are removed after so long; null: never. */
  readonly keepDays: number | null;
}

const LOOK_MS = 60_000;
const DAY_MS = 86_400_000;

export class RecordWatch {
  readonly #deps: RecordDeps;
  readonly #timer: NodeJS.Timeout;
  readonly #ends: readonly (() => void)[];
  #state: RecordState = { breaches: [], checkedAt: null };
  #kept = '';
  #journal: string;
  #running: Promise<void> | null = null;

  constructor(deps: RecordDeps) {
    this.#deps = deps;
    this.#journal = deps.journal.id;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    this.#timer.unref();
    this.#ends = [
      deps.store.onReady(() => void this.check()),
      deps.journal.onAppend(() => {
        if (deps.journal.id === this.#journal) return;
        this.#journal = deps.journal.id;
        void this.check();
      }),
    ];
    void this.check();
  }

  state(): RecordState {
    return this.#state;
  }

  /** What is wrong, one sentence each. */
  problems(): readonly Text[] {
    return this.#state.breaches.map(({ file, found }) =>
      file === null ? say`${found[0] ?? ''}` : say`${file}: ${found[0] ?? ''}`,
    );
  }

  /** Checks everything now; one after the other. Never rejects. */
  check(): Promise<void> {
    const next = (this.#running ?? Promise.resolve()).then(() => this.#check());
    this.#running = next;
    return next;
  }

  /** By an entry of the journal. Throws a Refusal where one of them is not there (any more), or nothing can be written. */
  async acknowledge(
    ids: readonly string[],
    { actor, address, reason }: { readonly actor: string; readonly address: string | null; readonly reason: string },
  ): Promise<void> {
    await this.check();
    const breaches = this.#state.breaches.filter(({ id }) => ids.includes(id));
    if (breaches.length !== new Set(ids).size)
      throw new Refusal('refused', say`what was found of the record has changed meanwhile; look again`);
    const text = say`${plural(breaches.length, 'finding')} about the record acknowledged: ${reason}`;
    await record(this.#deps.journal, { kind: 'record_acknowledged', actor, address, text, breaches, reason }).catch(
      (error: unknown) => {
        throw new Refusal('not_ready', say`nothing was changed: ${saidBy(error)}`);
      },
    );
    await this.check();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const end of this.#ends) end();
    await this.#running;
  }

  async #look(): Promise<void> {
    const { now, folder } = this.#deps;
    const due = Math.abs(now() - (this.#state.checkedAt ?? 0)) > DAY_MS;
    if (due || (await keptState(journalPaths(folder))) !== this.#kept) await this.check();
  }

  async #check(): Promise<void> {
    try {
      const { folder, now } = this.#deps;
      const kept = await keptState(journalPaths(folder));
      let verified = await verifyJournal(folder);
      if (await this.#sayLost(verified)) verified = await verifyJournal(folder);
      this.#kept = kept;
      // What is wrong with the file that is written can only be looked into; the next start sets it aside.
      const own = verified.problems.slice(0, verified.problems.length - verified.breaches.length);
      const current = own.length === 0 ? [] : [breachOf('journal.jsonl', String(own[0]), own)];
      const since = new Map(this.#state.breaches.map(({ id, at }) => [id, at]));
      const breaches = [...current, ...verified.breaches];
      this.#state = {
        breaches: breaches.map((breach) => ({ ...breach, at: since.get(breach.id) ?? now() })),
        checkedAt: now(),
      };
      if (this.#state.breaches.length > 0)
        log.error({ problems: verified.problems.map(String) }, 'the record is broken');
      else await this.#retire(verified);
    } catch (error) {
      log.error({ err: error }, 'the record could not be checked');
    }
  }

  /** Whole journals that the store knows and the folder does not. */
  async #sayLost({ journals, breaches, acknowledged }: Verification): Promise<boolean> {
    const { store, home, journal } = this.#deps;
    if (store.state().state !== 'ready') return false;
    const lost = (await storeAnchors(store, home))
      .filter((anchor) => !journals.includes(anchor.journal))
      .map(lostJournal);
    const known = new Set([...acknowledged, ...breaches.map(({ id }) => id)]);
    const news = lost.filter(({ id }) => !known.has(id));
    if (news.length === 0) return false;
    const text = news[0]?.found[0] ?? '';
    await record(journal, { kind: 'record_broken', actor: 'howdah', text, breaches: news });
    return true;
  }

  /** The oldest first, and only in a record that holds: the entry says where the chain begins from then on. */
  async #retire({ full }: Verification): Promise<void> {
    const { keepDays, now, journal, folder, behind } = this.#deps;
    if (keepDays === null || behind() > 0) return;
    const paths = journalPaths(folder);
    for (const { file, leftAt, seq, hash } of full) {
      if (now() - leftAt < keepDays * DAY_MS) return;
      const text = say`${file} is removed: it was left more than ${keepDays} days ago`;
      await record(journal, {
        kind: 'record_retired',
        actor: 'howdah',
        text,
        breaches: [],
        retired: { file, seq, hash },
      });
      await rm(paths.at(file), { force: true });
      await syncFolder(paths.folder);
    }
  }
}
