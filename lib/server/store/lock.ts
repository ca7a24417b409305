// One Howdah for one data folder: the journal has one writer, and the embedded store one that decides. The lock is SQLite's on a file in
// the folder, which stays empty: an fcntl lock, so that only who may write the folder can take it, containers on one volume see each
// other, and the kernel gives it back however the process ends. Where folders are shared between hosts locks may not be: owner.json is
// touched while it is held, and an owner on another host is watched before it is called dead.
import { mkdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { field, number, parseObject, text } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';
import { damaged, wordsOf } from '../data-file';

export type LockResult =
  | { readonly ok: true; release(): Promise<void> }
  /** `taken`: by another Howdah; else the folder cannot be used now. */
  | { readonly ok: false; readonly taken: boolean; readonly message: Text };

interface Owner {
  readonly pid: number | null;
  readonly host: string | null;
  readonly startedAt: number | null;
}

const BEAT_MS = 2000;
/** An owner.json that was not touched for this long belongs to nobody. */
const STALE_MS = 3 * BEAT_MS;
const WATCH_MS = 250;
const FILE = 'lock';
const TRIES = 3;

/** Makes the folder when there is none. Waits up to 6 s, and only where the last owner was on another host. */
export async function takeLock(folder: string): Promise<LockResult> {
  const unusable = (message: Text): LockResult => ({ ok: false, taken: false, message });
  let real: string;
  try {
    // mkdir of a folder that is there fails on a disk that takes no writes.
    real = await realpath(folder).catch(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return realpath(folder);
    });
  } catch (error) {
    return unusable(say`the folder ${folder} cannot be made: ${reasonOf(error)}`);
  }
  const file = path.join(real, 'owner.json');
  const refuse = async (): Promise<LockResult> => ({
    ok: false,
    taken: true,
    message: refusal(folder, await readOwner(file)),
  });
  let held: Held | null;
  try {
    await writeFile(path.join(real, FILE), '', { flag: 'a', mode: 0o600 });
    held = await holdSoon(path.join(real, FILE));
  } catch (error) {
    const file = path.join(real, FILE);
    const isSpoiled = /not a database|EISDIR/.test(String(error));
    return unusable(isSpoiled ? damaged(file, FILE) : say`the folder ${folder} cannot be written: ${reasonOf(error)}`);
  }
  if (held === null) return refuse();
  const last = await readOwner(file);
  if (last !== null && last.host !== hostname() && (await isTouched(file))) {
    held.close();
    return refuse();
  }
  try {
    const owner: Owner = { pid: process.pid, host: hostname(), startedAt: Date.now() };
    await writeFile(`${file}.new`, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (error) {
    held.close();
    return unusable(say`${file} cannot be written: ${reasonOf(error)}. It says who has the data folder; remove it.`);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return {
    ok: true,
    release: async () => {
      clearInterval(beat);
      if (!held.isOpen) return;
      await rm(file, { force: true }).catch(() => undefined);
      held.close();
    },
  };
}

/** Is somebody behind the lock now? For readers that only look, such as `npm run audit`. */
export async function isOwned(folder: string): Promise<boolean> {
  try {
    const file = path.join(await realpath(folder), FILE);
    await stat(file);
    const held = hold(file);
    held?.close();
    return held === null;
  } catch {
    return false;
  }
}

/** Who only looks has it for a moment. */
async function holdSoon(file: string): Promise<Held | null> {
  for (let tries = 1; ; tries += 1) {
    const held = hold(file);
    if (held !== null || tries === TRIES) return held;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

type Held = Pick<InstanceType<typeof DatabaseSync>, 'isOpen' | 'close'>;

/** null: somebody else has it. Throws where the file cannot be used. */
function hold(file: string): Held | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (/locked|busy/i.test(String(error))) return null;
    throw error;
  }
}

function refusal(folder: string, owner: Owner | null): Text {
  const who = owner?.pid == null ? say`another Howdah` : ownerWords(owner, owner.pid);
  return say`the folder ${folder} belongs to ${who}; give this one its own with HOWDAH_DATA`;
}

function ownerWords(owner: Owner, pid: number): Text {
  const there = owner.host === null || owner.host === hostname() ? null : owner.host;
  const who = there === null ? say`the Howdah with pid ${pid}` : say`the Howdah with pid ${pid} on ${there}`;
  return owner.startedAt === null ? who : say`${who} since ${new Date(owner.startedAt).toISOString()}`;
}

async function readOwner(file: string): Promise<Owner | null> {
  const json = parseObject(await readFile(file, 'utf8').catch(() => ''));
  if (json === null) return null;
  return { pid: number(json.pid), host: text(field(json, 'host')), startedAt: number(json.startedAt) };
}

/** Its own clock against itself: two hosts need not agree on the time. */
async function isTouched(file: string): Promise<boolean> {
  const touched = async (): Promise<number | null> =>
    stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
  const first = await touched();
  for (let waited = 0; waited < STALE_MS; waited += WATCH_MS) {
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    const now = await touched();
    if (now === null) return false;
    if (now !== first) return true;
  }
  return false;
}

/** SQLite has words of its own for what a file's error has a code for. */
function reasonOf(error: unknown): Text {
  if (/disk is full/.test(String(error))) return say`the disk is full`;
  return /readonly/.test(String(error)) ? say`the file system is read-only` : wordsOf(error);
}
