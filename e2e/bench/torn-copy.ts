// What a power cut leaves of the embedded store, made from a copy of its files while its process stands still. SQLite promises: what was
// acknowledged is synced in the log, and the file itself is overwritten only with pages that the log still holds. So three things may
// be lost or half there, and all three are broken here: what was being appended to the log, any page of the file that the log holds,
// sector by sector as it was before or as nonsense, and the index of the log (-shm), which is never synced.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const SECTOR = 512;
const LOG_HEADER = 32;
const FRAME_HEADER = 24;
/** The first sector is of the file as it is or as it was: a disk writes one as a whole, and SQLite looks there for the page size. */
const FILE_HEADER_PAGE = 1;

export interface Torn {
  readonly pages: number;
  readonly tailBytes: number;
}

/** Breaks the copy `file` and `file-wal` in place. `before`: the file at an earlier moment; empty: there was none. */
export function tear(file: string, before: Uint8Array, chance: () => number): Torn {
  const log = existsSync(`${file}-wal`) ? readFileSync(`${file}-wal`) : Buffer.alloc(0);
  if (log.length < LOG_HEADER) return { pages: 0, tailBytes: 0 };
  const pageSize = log.readUInt32BE(8);
  const { end, pages } = committed(log, pageSize);
  const tail = nonsense(log, pageSize, chance);
  // Frames of an earlier turn may follow: they are overwritten as an append would.
  writeFileSync(`${file}-wal`, Buffer.concat([log.subarray(0, end), tail, log.subarray(end + tail.length)]));
  const data = readFileSync(file);
  for (const page of pages) tearPage(data, before, (page - 1) * pageSize, pageSize, chance);
  writeFileSync(file, data);
  return { pages: pages.size, tailBytes: tail.length };
}

/** Where the last whole transaction ends, and the pages that are in those before it. */
function committed(log: Buffer, pageSize: number): { readonly end: number; readonly pages: ReadonlySet<number> } {
  const salt = log.subarray(16, 24);
  let end = LOG_HEADER;
  const pages = new Set<number>();
  const open: number[] = [];
  for (let at = LOG_HEADER; at + FRAME_HEADER + pageSize <= log.length; at += FRAME_HEADER + pageSize) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    open.push(log.readUInt32BE(at));
    if (log.readUInt32BE(at + 4) === 0) continue;
    for (const page of open.splice(0)) pages.add(page);
    end = at + FRAME_HEADER + pageSize;
  }
  return { end, pages };
}

/** What an append that the power ended may have left. */
function nonsense(log: Buffer, pageSize: number, chance: () => number): Buffer {
  const kind = Math.floor(4 * chance());
  const length = Math.floor(chance() * 3 * (FRAME_HEADER + pageSize));
  if (kind === 0) return Buffer.alloc(0);
  if (kind === 1) return Buffer.alloc(length);
  if (kind === 2) return Buffer.from(Array.from({ length }, () => Math.floor(256 * chance())));
  // A frame that looks right, salt and all, and is not of this place.
  const frame = Buffer.from(log.subarray(LOG_HEADER, LOG_HEADER + FRAME_HEADER + pageSize));
  return frame.subarray(0, Math.min(frame.length, length));
}

function tearPage(data: Buffer, before: Uint8Array, at: number, pageSize: number, chance: () => number): void {
  for (let sector = at; sector < Math.min(at + pageSize, data.length); sector += SECTOR) {
    const kind = Math.floor(3 * chance());
    const isHeader = at === (FILE_HEADER_PAGE - 1) * pageSize && sector === 0;
    if (kind === 1 && sector + SECTOR <= before.length) data.set(before.subarray(sector, sector + SECTOR), sector);
    else if (kind === 2 && !isHeader) data.fill(Math.floor(256 * chance()), sector, sector + SECTOR);
  }
}
