// Keeps what was said when a cluster was paused by Howdah: who answers for it, why, until when. The note goes to the collector
// (so that the finding can nag) and, where it was asked for, ends the pause by an ordinary action when its time is over. A
// note lasts as long as the pause; it is kept in a small file, because it must survive a restart without the store.
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ActionRecord } from '../../domain/actions/action';
import { compareVersions } from '../../domain/key-version';
import type { PauseNote } from '../../domain/pause-note';
import { ownOf } from '../../domain/record';
import { type JsonObject, patroniBoolean } from '../../domain/wire/loose';
import { saidBy } from '../../language/spoken-error';
import { readDataObject } from '../data-file';
import { log } from '../log';

export interface PausesDeps {
  readonly dataDir: string;
  readonly now: () => number;
  readonly tell: (notes: Readonly<Record<string, PauseNote>>) => void;
  /** null: not known (no answer). */
  readonly isPaused: (scope: string) => boolean | null;
  readonly resume: (scope: string, note: PauseNote) => Promise<void>;
}

const FILE = 'pauses.json';
const CHECK_MS = 2000;
const AGAIN_MS = 60_000;
/** A row may still say "not paused" when the action that paused it has just closed. */
const SETTLE_MS = 15_000;

export class Pauses {
  readonly #deps: PausesDeps;
  readonly #file: string;
  readonly #triedAt = new Map<string, number>();
  readonly #own = new Set<string>();
  #notes: Record<string, PauseNote>;
  readonly #timer: NodeJS.Timeout;

  constructor(deps: PausesDeps) {
    this.#deps = deps;
    this.#file = path.join(deps.dataDir, FILE);
    this.#notes = readNotes(this.#file);
    deps.tell(this.#notes);
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Every closed action passes here. */
  onClosed(record: ActionRecord): void {
    const { request, outcome, scope } = record;
    const wanted = request.kind === 'pause' ? true : request.kind === 'resume' ? false : null;
    // An end that is not known may be the right one: what is seen decides.
    const came = outcome === 'done' || outcome === 'done_differently';
    if (wanted === null || !(came || (outcome === 'unknown' && this.#deps.isPaused(scope) === wanted))) return;
    if (request.kind === 'pause') {
      this.#own.add(record.id);
      this.#set(scope, {
        actionId: record.id,
        by: record.actor,
        owner: request.owner ?? record.actor,
        reason: record.reason,
        pausedAt: record.sentAt ?? record.requestedAt,
        until: request.until,
        autoResume: request.autoResume,
        systemIdentifier: record.bound.systemIdentifier,
        configRevision: record.revision,
      });
    }
    if (request.kind === 'resume') this.#set(scope, null);
  }

  /** A revision that does not pause ends what the note was about, also if it is paused anew right after. */
  onRevision(scope: string, revision: string, value: JsonObject): void {
    const note = ownOf(this.#notes, scope);
    if (note?.configRevision == null || patroniBoolean(value.pause) === true) return;
    if ((compareVersions(revision, note.configRevision) ?? 0) > 0) this.#set(scope, null);
  }

  /** The pause ended in a way that was not seen: the note is dropped. */
  drop(scope: string): void {
    this.#set(scope, null);
  }

  /** It was made by this process, which has watched it since. */
  isOwn(note: PauseNote): boolean {
    return this.#own.has(note.actionId);
  }

  #set(scope: string, note: PauseNote | null): void {
    const { [scope]: _old, ...others } = this.#notes;
    this.#notes = note === null ? others : { ...others, [scope]: note };
    this.#triedAt.delete(scope);
    this.#deps.tell(this.#notes);
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(this.#notes), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      log.error({ err: error }, 'the notes of pauses could not be kept');
    }
  }

  #check(): void {
    const now = this.#deps.now();
    for (const [scope, note] of Object.entries(this.#notes)) {
      const paused = this.#deps.isPaused(scope);
      // Resumed by somebody else: the note was about that pause and no other.
      if (paused === false && now - note.pausedAt > SETTLE_MS) this.#set(scope, null);
      if (paused !== true || !note.autoResume || note.until === null || now < note.until) continue;
      if (Math.abs(now - (this.#triedAt.get(scope) ?? 0)) < AGAIN_MS) continue;
      this.#triedAt.set(scope, now);
      void this.#deps
        .resume(scope, note)
        .catch((error: unknown) =>
          log.warn({ scope, reason: String(error) }, 'a pause could not be ended; trying again'),
        );
    }
  }
}

/** Before anybody reads them. */
export function renamePauses(dataDir: string, moves: readonly { readonly from: string; readonly to: string }[]): void {
  const file = path.join(dataDir, FILE);
  const names = new Map(moves.map(({ from, to }) => [from, to]));
  const notes = Object.entries(readNotes(file));
  if (!notes.some(([scope]) => names.has(scope))) return;
  const moved = Object.fromEntries(notes.map(([scope, note]) => [names.get(scope) ?? scope, note]));
  writeFileSync(`${file}.new`, JSON.stringify(moved), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readNotes(file: string): Record<string, PauseNote> {
  try {
    return (readDataObject(file, FILE) ?? {}) as Record<string, PauseNote>;
  } catch (error) {
    log.error(String(saidBy(error)));
    return {};
  }
}
