// One Howdah for one data folder: the journal has one writer, and the embedded store one that decides. On Linux the lock is an
// abstract socket named after the folder, which the kernel releases however the process ends; elsewhere a socket file that is taken
// over when nobody answers behind it. Both are blind across containers that share a volume, so owner.json is touched while the lock is
// held, and a strange owner is watched before it is called dead.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readlink, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { field, number, parseObject, text } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';

export type LockResult =
  | { readonly ok: true; release(): Promise<void> }
  | { readonly ok: false; readonly message: Text };

interface Owner {
  readonly pid: number | null;
  readonly host: string | null;
  /** Where the socket can be seen from; two containers on one volume differ here. */
  readonly network: string | null;
  readonly startedAt: number | null;
}

const BEAT_MS = 2000;
/** An owner.json that was not touched for this long belongs to nobody. */
const STALE_MS = 3 * BEAT_MS;
const WATCH_MS = 250;
const ANSWER_MS = 1000;

/** Makes the folder when there is none. Waits up to 6 s, and only where the last owner was in another container or host. */
export async function takeLock(folder: string): Promise<LockResult> {
  let real: string;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    real = await realpath(folder);
  } catch (error) {
    return { ok: false, message: say`the folder ${folder} cannot be made: ${wordsOf(error)}` };
  }
  const file = path.join(real, 'owner.json');
  const network = await networkOf();
  const server = await listen(socketOf(real));
  if (server === null) return { ok: false, message: refusal(folder, await readOwner(file)) };
  const give = (message: Text): Promise<LockResult> => close(server).then(() => ({ ok: false, message }));
  const last = await readOwner(file);
  const sameView = last !== null && last.host === hostname() && last.network === network && network !== null;
  if (last !== null && !sameView && (await isTouched(file))) return give(refusal(folder, last));
  try {
    const owner: Owner = { pid: process.pid, host: hostname(), network, startedAt: Date.now() };
    await writeFile(`${file}.new`, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (error) {
    return give(say`the folder ${folder} cannot be written: ${wordsOf(error)}`);
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
      await rm(file, { force: true }).catch(() => undefined);
      await close(server);
    },
  };
}

/** Is somebody behind the lock now? For readers that only look, such as `npm run audit`. */
export async function isOwned(folder: string): Promise<boolean> {
  try {
    return await answers(socketOf(await realpath(folder)));
  } catch {
    return false;
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

function socketOf(real: string): string {
  const name = `howdah-${createHash('sha256').update(real).digest('hex').slice(0, 32)}`;
  return process.platform === 'linux' ? `\0${name}` : path.join(tmpdir(), `${name}.sock`);
}

/** null: somebody else has it. */
async function listen(name: string): Promise<Server | null> {
  const first = await tryListen(name);
  if (first !== null || name.startsWith('\0')) return first;
  if (await answers(name)) return null;
  await rm(name, { force: true });
  return tryListen(name);
}

function tryListen(name: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    server.listen(name, () => resolve(server.unref()));
  });
}

function answers(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(true), ANSWER_MS);
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

async function readOwner(file: string): Promise<Owner | null> {
  const json = parseObject(await readFile(file, 'utf8').catch(() => ''));
  if (json === null) return null;
  const one = (key: string): string | null => text(field(json, key));
  return { pid: number(json.pid), host: one('host'), network: one('network'), startedAt: number(json.startedAt) };
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

async function networkOf(): Promise<string | null> {
  if (process.platform !== 'linux') return 'one';
  return readlink('/proc/self/ns/net').catch(() => null);
}

function wordsOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
