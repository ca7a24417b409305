// A disk without room, and one that takes no writes: said in words, survived, and over when there is room again.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Notes } from '../history/notes';
import { Opening } from '../opening';
import { Refusal } from '../route';
import { takeLock } from './lock';
import { testStore, untilReady } from './test-store';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A file system of 2 MiB; only root can make one. */
function smallDisk(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  ends.push(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

function fill(folder: string): string {
  const file = path.join(folder, 'filler');
  try {
    for (let size = 64 * 1024; size >= 1; size = Math.floor(size / 2))
      try {
        for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
      } catch {
        // Smaller pieces may still fit.
      }
  } catch {
    // Full.
  }
  return file;
}

const isRoot = process.getuid?.() === 0;

it.skipIf(!isRoot)(
  'a note on a full disk is refused in words, and kept when there is room again',
  async () => {
    const disk = smallDisk();
    const store = testStore(disk);
    ends.push(() => store.close());
    await untilReady(store);
    const notes = new Notes(store, Date.now);
    await notes.add('demo', 1, 'before', 'anna');
    const filler = fill(disk);
    const long = 'x'.repeat(200_000);
    const refused = await notes.add('demo', 2, long, 'anna').catch((error: unknown) => error);
    expect(Refusal.is(refused) && refused.body).toEqual({
      code: 'not_ready',
      message: 'the note was not kept: the disk is full',
    });
    rmSync(filler);
    await expect
      .poll(
        () =>
          notes.add('demo', 3, long, 'anna').then(
            ({ at }) => at,
            () => null,
          ),
        { timeout: 20_000 },
      )
      .toBe(3);
  },
  60_000,
);

it.skipIf(!isRoot)(
  'a data folder on a full or read-only disk is waited for',
  async () => {
    const disk = smallDisk();
    const folder = path.join(disk, 'data');
    const filler = fill(disk);
    const open = async (): Promise<string> => {
      const lock = await takeLock(folder);
      if (!lock.ok) {
        expect(lock.taken).toBe(false);
        throw new Error(String(lock.message));
      }
      ends.push(() => lock.release());
      return 'open';
    };
    const full = new Opening(open, 50);
    ends.push(() => full.stop());
    await expect.poll(() => String(full.problem())).toMatch(/cannot be (made|written): .*disk is full/);
    rmSync(filler);
    await expect.poll(() => full.now()).toBe('open');

    const other = smallDisk();
    mkdirSync(path.join(other, 'data'));
    execFileSync('mount', ['-o', 'remount,ro', other]);
    const readOnly = await takeLock(path.join(other, 'data'));
    expect(readOnly).toMatchObject({ ok: false, taken: false });
    expect(readOnly.ok ? '' : String(readOnly.message)).toContain('the file system is read-only');
    execFileSync('mount', ['-o', 'remount,rw', other]);
    const healed = await takeLock(path.join(other, 'data'));
    expect(healed.ok).toBe(true);
    if (healed.ok) await healed.release();
  },
  60_000,
);
