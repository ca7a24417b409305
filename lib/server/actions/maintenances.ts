// Keeps the maintenances that are under way: one note for a cluster, made from the closed records of the presses (domain/actions/maintenance.ts). The
// journal has every press before it counts; the file spares a new start reading all of it, and what closed in the instant of a crash is
// taken from the journal. It sends nothing and decides nothing: checks do, on the snapshot that carries the note.
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ActionRecord } from '../../domain/actions/action';
import { noteAfter } from '../../domain/actions/maintenance';
import type { MaintenanceNote } from '../../domain/maintenance-note';
import { ownOf } from '../../domain/record';
import { saidBy } from '../../language/spoken-error';
import { readDataObject } from '../data-file';
import { log } from '../log';

interface Kept {
  /** When the newest press that it knows of was closed. */
  readonly at: number;
  /** Presses that it knows of, newest last. */
  readonly ids: readonly string[];
  readonly note: MaintenanceNote;
}

const FILE = 'maintenances.json';
/** Twice as many as the members that a plan may name. */
const IDS_MAX = 500;

export class Maintenances {
  readonly #file: string;
  readonly #tell: () => void;
  #kept: Readonly<Record<string, Kept>>;

  /** `tell`: something changed. */
  constructor(dataDir: string, tell: () => void) {
    this.#file = path.join(dataDir, FILE);
    this.#tell = tell;
    this.#kept = read(this.#file);
  }

  get notes(): Readonly<Record<string, MaintenanceNote>> {
    return Object.fromEntries(Object.entries(this.#kept).map(([scope, { note }]) => [scope, note]));
  }

  /** What the journal knows and the file may not: every record that this process remembers, in any order. */
  catchUp(records: readonly ActionRecord[]): void {
    const known = new Map(Object.entries(this.#kept).map(([scope, { at }]) => [scope, at]));
    for (const record of [...records].sort((a, b) => (a.closedAt ?? 0) - (b.closedAt ?? 0)))
      if ((record.closedAt ?? 0) > (known.get(record.scope) ?? 0)) this.#take(record);
  }

  /** Every closed action passes here. One that was found again by a recovery is old news, or was never done. */
  onClosed(record: ActionRecord): void {
    if (record.recovered) this.catchUp([record]);
    else this.#take(record);
  }

  #take(record: ActionRecord): void {
    const { id, scope, closedAt } = record;
    const kept = ownOf(this.#kept, scope) ?? null;
    if (record.request.kind !== 'maintenance' || kept?.ids.includes(id) === true) return;
    const note = noteAfter(kept?.note ?? null, record);
    if (note === (kept?.note ?? null)) return;
    const { [scope]: _old, ...others } = this.#kept;
    const ids = [...(kept?.ids ?? []), id].slice(-IDS_MAX);
    this.#kept = note === null ? others : { ...others, [scope]: { at: closedAt ?? record.requestedAt, ids, note } };
    this.#tell();
    write(this.#file, this.#kept);
  }
}

/** Before anybody reads them. */
export function renameMaintenances(
  dataDir: string,
  moves: readonly { readonly from: string; readonly to: string }[],
): void {
  const file = path.join(dataDir, FILE);
  const names = new Map(moves.map(({ from, to }) => [from, to]));
  const kept = Object.entries(read(file));
  if (!kept.some(([scope]) => names.has(scope))) return;
  write(file, Object.fromEntries(kept.map(([scope, one]) => [names.get(scope) ?? scope, one])));
}

function write(file: string, kept: Readonly<Record<string, Kept>>): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    log.error({ err: error }, 'the notes of maintenances could not be kept; the journal has them');
  }
}

function read(file: string): Readonly<Record<string, Kept>> {
  try {
    return (readDataObject(file, FILE) ?? {}) as unknown as Record<string, Kept>;
  } catch (error) {
    log.error(String(saidBy(error)));
    return {};
  }
}
