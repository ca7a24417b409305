import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isOwned, type LockResult, takeLock } from './lock';

const children: ChildProcess[] = [];
const folders: string[] = [];
const held: LockResult[] = [];

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'howdah-lock-'));
  folders.push(made);
  return made;
}

async function take(where: string): Promise<LockResult> {
  const lock = await takeLock(where);
  held.push(lock);
  return lock;
}

/** A process that takes the lock and keeps it. */
async function owner(where: string): Promise<ChildProcess> {
  const script = `import(${JSON.stringify(path.resolve(import.meta.dirname, 'lock.ts'))}).then(async ({ takeLock }) => {
    const lock = await takeLock(${JSON.stringify(where)});
    console.log(lock.ok ? 'taken' : lock.message);
    setInterval(() => undefined, 1000);
  });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  children.push(child);
  const said = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
  expect(said.trim()).toBe('taken');
  return child;
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', resolve));
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const lock of held.splice(0)) if (lock.ok) await lock.release();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('the lock of a data folder', () => {
  it('is given once, by whatever path the folder is named, and again after its release', async () => {
    const where = path.join(folder(), 'deep/data');
    const first = await take(where);
    expect(first.ok).toBe(true);
    expect(await isOwned(where)).toBe(true);
    const link = path.join(folder(), 'link');
    symlinkSync(where, link);
    const second = await take(link);
    expect(second).toMatchObject({ ok: false });
    expect(second.ok ? '' : second.message).toMatch(
      new RegExp(`^the folder .*link belongs to the Howdah with pid ${process.pid} since 2.*HOWDAH_DATA$`),
    );
    if (first.ok) await first.release();
    expect(existsSync(path.join(where, 'owner.json'))).toBe(false);
    expect(await take(where)).toMatchObject({ ok: true });
    expect((await takeLock(folder())).ok).toBe(true);
  });

  it('of another process is respected, and free at once after kill -9', async () => {
    const where = folder();
    const child = await owner(where);
    const refused = await take(where);
    expect(refused.ok ? '' : refused.message).toContain(`pid ${child.pid}`);
    const gone = ended(child);
    child.kill('SIGKILL');
    await gone;
    const started = Date.now();
    expect(await take(where)).toMatchObject({ ok: true });
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it('is not taken from an owner in another container that still touches owner.json', async () => {
    const where = folder();
    const file = path.join(where, 'owner.json');
    writeFileSync(file, JSON.stringify({ pid: 7, host: 'elsewhere', network: 'net:[1]', startedAt: 1 }));
    const beat = setInterval(() => utimesSync(file, new Date(), new Date()), 100);
    const refused = await take(where);
    clearInterval(beat);
    expect(refused.ok ? '' : refused.message).toContain('pid 7 on elsewhere since 1970');
    expect(await isOwned(where)).toBe(false);
  });

  it("is nobody else's to take: whoever listens on names of this machine does not keep Howdah from starting", async () => {
    const where = folder();
    const real = createHash('sha256').update(realpathSync(where)).digest('hex').slice(0, 32);
    const squatter = createServer().listen(`\0howdah-${real}`);
    await once(squatter, 'listening');
    const lock = await take(where);
    squatter.close();
    expect(lock.ok).toBe(true);
  });

  it('is one lock however often it is looked at, and a reader leaves it where it is', async () => {
    const where = folder();
    const child = await owner(where);
    for (let look = 0; look < 3; look += 1) expect(await isOwned(where)).toBe(true);
    expect(await take(where)).toMatchObject({ ok: false, taken: true });
    const gone = ended(child);
    child.kill('SIGKILL');
    await gone;
    expect(await isOwned(where)).toBe(false);
    expect(await isOwned(path.join(where, 'nowhere'))).toBe(false);
  });

  it('of two that start at once is given to one, also where the last owner was killed', async () => {
    const where = folder();
    const child = await owner(where);
    const gone = ended(child);
    child.kill('SIGKILL');
    await gone;
    const both = await Promise.all([take(where), take(where), take(where)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('is refused in words where the folder cannot be made', async () => {
    const file = path.join(folder(), 'file');
    writeFileSync(file, '');
    expect(await take(path.join(file, 'x'))).toEqual({
      ok: false,
      taken: false,
      message: `the folder ${path.join(file, 'x')} cannot be made: a part of its path is no folder`,
    });
  });
});
