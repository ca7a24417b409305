// Names of WAL files in an archive, and what is missing between them. A name is timeline, log and segment, eight hex digits each; how
// many segments a log has follows from wal_segment_size, which no list tells: it is read off the names. Pure.
import type { WalHole, WalList } from './backup';

export interface WalFile {
  readonly name: string;
  readonly bytes: number | null;
  readonly at: number | null;
}

const NAME = /^[0-9A-F]{24}/;
const HOLES_MAX = 50;
/** Of 1 MiB and of 1 GiB. */
const PER_LOG_MAX = 4096;
const PER_LOG_MIN = 4;

/** The WAL file of a file of the archive: without what a tool appends; null: a history file, a backup label, a partial one. */
export function walName(file: string): string | null {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const [name] = NAME.exec(base) ?? [];
  if (name === undefined || /^.{24}(\.[0-9A-F]{8}\.backup|\.partial|\.history)/.test(base)) return null;
  return name;
}

function timelineOfWal(name: string): number {
  return Number.parseInt(name.slice(0, 8), 16);
}

/** Its place in the stream of WAL, in segments. */
export function segmentOf(name: string, perLog: number): number {
  return Number.parseInt(name.slice(8, 16), 16) * perLog + Number.parseInt(name.slice(16, 24), 16);
}

function nameAt(timeline: number, segment: number, perLog: number): string {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
  return hex(timeline) + hex(Math.floor(segment / perLog)) + hex(segment % perLog);
}

/** With one log alone nothing depends on it, and 16 MiB are what nearly everybody has. */
function perLogOf(names: readonly string[]): number {
  const logs = new Set(names.map((name) => name.slice(8, 16)));
  const greatest = names.reduce((most, name) => Math.max(most, Number.parseInt(name.slice(16, 24), 16)), 0);
  if (logs.size < 2) return Math.max(256, powerAbove(greatest));
  return Math.min(PER_LOG_MAX, Math.max(PER_LOG_MIN, powerAbove(greatest)));
}

function powerAbove(value: number): number {
  let power = 1;
  while (power <= value) power *= 2;
  return power;
}

/**
 * What the archive holds. What is missing is missing for certain: within a timeline between files that are there, and where no timeline
 * has it. A timeline that nobody went on with can hide a file that another one lacks at its beginning. null: no WAL file is among them.
 */
export function walListOf(files: readonly WalFile[]): WalList | null {
  const known = new Map<string, WalFile>();
  for (const file of files) {
    const name = walName(file.name);
    if (name !== null) known.set(name, file);
  }
  const names = [...known.keys()].sort();
  const [first] = names;
  if (first === undefined) return null;
  const perLog = perLogOf(names);
  const placed = names
    .map((name) => ({ name, segment: segmentOf(name, perLog), at: known.get(name)?.at ?? null }))
    .sort((a, b) => a.segment - b.segment || (a.name < b.name ? -1 : 1));
  const timelines = [...new Set(placed.map(({ name }) => timelineOfWal(name)))];
  const rows = timelines.map((timeline) => placed.filter(({ name }) => timelineOfWal(name) === timeline));
  const holes = [placed, ...(rows.length > 1 ? rows : [])].flatMap((row) => holesIn(row, perLog));
  const apart = new Map(holes.map((hole) => [hole.segment, hole]));
  const last = placed.at(-1);
  const sizes = [...known.values()].map(({ bytes }) => bytes);
  return {
    firstWal: placed[0]?.name ?? first,
    lastWal: last?.name ?? first,
    lastAt: last?.at ?? null,
    files: known.size,
    bytes: sizes.some((size) => size === null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    perLog,
    holes: [...apart.values()].sort((a, b) => a.segment - b.segment).slice(0, HOLES_MAX),
  };
}

function holesIn(
  row: readonly { readonly name: string; readonly segment: number; readonly at: number | null }[],
  perLog: number,
): WalHole[] {
  return row.flatMap(({ name, segment }, index) => {
    const before = row[index - 1];
    if (before === undefined || segment <= before.segment + 1) return [];
    const from = before.segment + 1;
    const timeline = timelineOfWal(name);
    return [{ firstWal: nameAt(timeline, from, perLog), count: segment - from, afterAt: before.at, segment: from }];
  });
}
