// Pauses databases of PgBouncer and answers for it that none stays paused: what is about to be paused stands in a file of the data folder
// (fsync) before the first PAUSE leaves, and is forgotten when SHOW DATABASES says that it is not paused any more. So it is resumed after a
// kill -9 too, and by the next start. The decision a newcomer would question: PgBouncer does not say who paused, so what was paused before
// is never touched, and what stands in the file counts as ours.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { leadsOn, PAUSE_MS } from '../../domain/actions/pools';
import { isObject, list, number, text } from '../../domain/wire/loose';
import type { PoolConsole } from '../../io/pgbouncer-admin';
import { joined, say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { elapsed } from '../clock';
import { damaged, readDataObject, wordsOf } from '../data-file';
import { log } from '../log';
import type { Reach } from './reach';

/** What stands in the file, from before the PAUSE until it is seen that it is over. */
export interface PoolNote {
  readonly actionId: string;
  readonly scope: string;
  readonly source: string;
  readonly entry: string;
  readonly database: string;
  readonly target: string;
  /** The cluster before: the way leads on where another timeline of it answers. */
  readonly systemIdentifier: string | null;
  readonly timeline: number | null;
  readonly at: number;
  /** Resumed then, whatever is seen. */
  readonly resumeBy: number;
}

export type PoolEnd = 'resumed' | 'ended_elsewhere';

export interface PoolKeeperDeps {
  readonly dataDir: string;
  readonly now: () => number;
  readonly reach: Pick<Reach, 'console' | 'whoAnswers'>;
  readonly sleep?: (ms: number) => Promise<void>;
}

const FILE = 'pools.json';
const CONSOLE_MS = 2000;
const LOOK_MS = 200;
const WAY_MS = 2000;
/** Sign-ins under way at once. */
const LOOKS_OUT = 2;
const AGAIN_MS = [200, 500, 1000, 2000, 5000] as const;
/** A PAUSE whose answer was lost may arrive after the look that found nothing: so the second look comes later. */
const LOST_MS = 1000;
const STOP_MS = 900;
const HOLDERS_MAX = 3;

const keyOf = ({ entry, database }: Pick<PoolNote, 'entry' | 'database'>): string => JSON.stringify([entry, database]);

export class PoolKeeper {
  readonly #deps: PoolKeeperDeps;
  readonly #file: string;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #notes = new Map<string, PoolNote>();
  /** Being resumed, each once. */
  readonly #resuming = new Map<string, Promise<PoolEnd>>();
  /** Of an earlier life: they wait for nobody but the way, or this. */
  readonly #hurried = new Set<string>();
  /** PAUSE was answered: nothing of it is on its way any more. */
  readonly #answered = new Set<string>();
  #stopped = false;

  constructor(deps: PoolKeeperDeps) {
    this.#deps = deps;
    this.#file = path.join(deps.dataDir, FILE);
    this.#sleep = deps.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /** Picks up what an earlier life left paused. Never throws. */
  start(): void {
    try {
      for (const note of readNotes(this.#file)) this.#notes.set(keyOf(note), note);
    } catch (error) {
      log.error(String(saidBy(error)));
    }
    for (const note of this.#notes.values()) {
      log.warn({ entry: note.entry, database: note.database }, 'was left paused, and is resumed');
      void this.#resumeWhenOpen(note);
    }
  }

  /** What another Howdah, which is gone, may have left paused. */
  adopt(notes: readonly PoolNote[]): void {
    const strange = notes.filter((note) => !this.#notes.has(keyOf(note)));
    if (strange.length === 0) return;
    try {
      this.#keep(strange);
    } catch (error) {
      log.error({ err: error }, 'what another Howdah paused could not be written down');
    }
    for (const note of strange) void this.#resumeWhenOpen(note);
  }

  /** What is still owed of an action. */
  owed(actionId: string): readonly PoolNote[] {
    return [...this.#notes.values()].filter((note) => note.actionId === actionId);
  }

  /** Why not all of them are paused; null: they are. What was paused by then is still owed. */
  async pause(notes: readonly PoolNote[]): Promise<Text | null> {
    const taken = notes.find((note) => this.#notes.has(keyOf(note)));
    if (taken !== undefined) return say`${nameOf(taken)} is paused by another action of Howdah`;
    if (this.#stopped) return say`Howdah is stopping`;
    try {
      this.#keep(notes);
    } catch (error) {
      return say`what is about to be paused could not be written down: ${wordsOf(error)}`;
    }
    const failures = (await Promise.all(notes.map((note) => this.#pauseOne(note)))).filter((why) => why !== null);
    return failures.length === 0 ? null : joined(failures, '; ');
  }

  async #pauseOne(note: PoolNote): Promise<Text | null> {
    const name = nameOf(note);
    const console = this.#deps.reach.console(note.entry);
    if (console === null) {
      this.#forget(note);
      return say`${name}: there is no user of admin_users for it`;
    }
    const answer = await console.pause(note.database, PAUSE_MS);
    if (answer.kind === 'paused') {
      this.#answered.add(keyOf(note));
      return null;
    }
    if (answer.kind !== 'unknown') this.#forget(note);
    if (answer.kind === 'was_paused') return say`${name} was paused by somebody else just now`;
    if (answer.kind === 'refused' || answer.error.kind !== 'timeout') return say`${name}: ${answer.error.message}`;
    const holders = await holdersOf(console, note.database);
    return holders === null
      ? say`${name} did not come to rest within ${PAUSE_MS / 1000} s: a transaction was open`
      : say`${name} did not come to rest within ${PAUSE_MS / 1000} s, because of ${holders}`;
  }

  /** Resolves when new connections by its way have come to the new leader twice in a row, or at its limit. */
  async untilOpen(note: PoolNote, isOver: () => boolean): Promise<boolean> {
    const { reach, now } = this.#deps;
    /** What each look found, in the order in which they began. */
    const looks: (boolean | undefined)[] = [];
    let out = 0;
    let isOpen = false;
    const look = async (at: number): Promise<void> => {
      out += 1;
      looks[at] = leadsOn(await reach.whoAnswers(note.source, note.entry, note.target, WAY_MS), note);
      out -= 1;
      if (looks[at] && (looks[at - 1] === true || looks[at + 1] === true)) isOpen = true;
    };
    // A clock that is set back must not keep clients waiting.
    const latest = elapsed() + (note.resumeBy - note.at);
    while (!isOpen && !isOver() && !this.#stopped && now() < note.resumeBy && elapsed() < latest) {
      // One that hangs at a server which is going away does not hold up the next.
      if (out < LOOKS_OUT) void look(looks.push(undefined) - 1);
      await this.#sleep(LOOK_MS);
    }
    return isOpen;
  }

  /** Tried until it is seen that it is not paused any more, or until Howdah stops. What does not stand in the file is not ours. */
  resume(note: PoolNote): Promise<PoolEnd> {
    const key = keyOf(note);
    if (this.#notes.get(key) !== note) return Promise.resolve('ended_elsewhere');
    const known = this.#resuming.get(key);
    if (known !== undefined) return known;
    const ended = this.#resumeOne(note).finally(() => this.#resuming.delete(key));
    this.#resuming.set(key, ended);
    return ended;
  }

  /** The action is over: what is left of it waits for nothing more. */
  release(actionId: string): void {
    this.#hurried.add(actionId);
    for (const note of this.owed(actionId)) void this.resume(note);
  }

  /** Somebody else saw that it is not paused any more: a pause from now on is not ours. */
  forget(note: PoolNote): void {
    if (!this.#resuming.has(keyOf(note))) this.#forget(note);
  }

  /** Nothing is left paused by a Howdah that stops in order; what cannot be reached is for the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(
      [...this.#notes.values()].map(async (note) => {
        const console = this.#deps.reach.console(note.entry);
        const reading = await console?.resume(note.database, STOP_MS);
        if (reading?.ok) this.#forget(note);
      }),
    );
  }

  async #resumeWhenOpen(note: PoolNote): Promise<void> {
    await this.untilOpen(note, () => this.#hurried.has(note.actionId) || this.#notes.get(keyOf(note)) !== note);
    await this.resume(note);
  }

  async #resumeOne(note: PoolNote): Promise<PoolEnd> {
    const isAnswered = this.#answered.has(keyOf(note));
    let sent = false;
    let wasGone = false;
    for (let tries = 0; !this.#stopped && this.#notes.get(keyOf(note)) === note; tries += 1) {
      const console = this.#deps.reach.console(note.entry);
      const reading = (await console?.resume(note.database, CONSOLE_MS)) ?? null;
      if (console !== null && reading?.ok && reading.value === 'resumed') {
        sent = true;
        wasGone = false;
        // With nothing of ours under way, whoever pauses it from now on is somebody else.
        if (!isAnswered || (await isPaused(console, note.database)) === null) continue;
        this.#forget(note);
        return 'resumed';
      }
      if (reading?.ok) {
        if (isAnswered || wasGone) {
          this.#forget(note);
          return sent ? 'resumed' : 'ended_elsewhere';
        }
        wasGone = true;
        await this.#sleep(LOST_MS);
        continue;
      }
      wasGone = false;
      if (tries % 20 === 0) log.warn({ entry: note.entry, reason: reading?.error.message }, 'RESUME failed');
      await this.#sleep(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] ?? LOST_MS);
    }
    return sent ? 'resumed' : 'ended_elsewhere';
  }

  #keep(notes: readonly PoolNote[]): void {
    const all = new Map(this.#notes);
    for (const note of notes) all.set(keyOf(note), note);
    writeNotes(this.#file, [...all.values()]);
    for (const [key, note] of all) this.#notes.set(key, note);
  }

  #forget(note: PoolNote): void {
    const key = keyOf(note);
    if (!this.#notes.delete(key)) return;
    this.#answered.delete(key);
    try {
      writeNotes(this.#file, [...this.#notes.values()]);
    } catch (error) {
      log.error({ err: error }, 'that a database is resumed could not be written down');
    }
  }
}

function nameOf({ entry, database }: PoolNote): Text {
  return say`${database} on ${entry}`;
}

/** null: it cannot be asked. What is not there is not paused. */
async function isPaused(console: PoolConsole, database: string): Promise<boolean | null> {
  const reading = await console.show('DATABASES', CONSOLE_MS);
  if (!reading.ok) return null;
  return reading.value.some(({ name, paused }) => name === database && paused === '1');
}

/** Whose transactions PAUSE waits for; null: none is seen. */
async function holdersOf(console: PoolConsole, database: string): Promise<Text | null> {
  const reading = await console.show('SERVERS', CONSOLE_MS);
  if (!reading.ok) return null;
  const busy = reading.value.filter((row) => row.database === database && row.state === 'active');
  if (busy.length === 0) return null;
  const some = busy.slice(0, HOLDERS_MAX).map((row): Text => {
    const application = row.application_name ?? '';
    const who = application === '' ? (row.user ?? '') : `${row.user ?? ''}, ${application}`;
    return say`pid ${row.remote_pid ?? '?'} (${who})`;
  });
  const more = busy.length - some.length;
  return joined(more > 0 ? [...some, say`${more} more`] : some, ', ');
}

/** On the disk when it returns. */
function writeNotes(file: string, notes: readonly PoolNote[]): void {
  const next = `${file}.new`;
  const handle = openSync(next, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify({ notes }));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, file);
  const folder = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function readNotes(file: string): readonly PoolNote[] {
  const json = readDataObject(file, FILE);
  if (json === null) return [];
  return list(json.notes).map((entry) => {
    if (!isObject(entry)) throw new Error(String(damaged(file, FILE)));
    const word = (name: string): string => {
      const value = text(entry[name]);
      if (value === null) throw new Error(String(damaged(file, FILE)));
      return value;
    };
    return {
      ...{ actionId: word('actionId'), scope: word('scope'), source: word('source') },
      ...{ entry: word('entry'), database: word('database'), target: word('target') },
      ...{ systemIdentifier: text(entry.systemIdentifier), timeline: number(entry.timeline) },
      ...{ at: number(entry.at) ?? 0, resumeBy: number(entry.resumeBy) ?? 0 },
    };
  });
}
