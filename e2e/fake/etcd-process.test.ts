// A run of tests that is killed leaves no etcd behind; and should it, the next one ends it.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { identityOf } from '../lab/owner';
import { endLeftovers, startEtcd } from './etcd-process';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Another process that starts an etcd and waits: its own number, and that of its etcd. */
async function startOwner() {
  const file = JSON.stringify(new URL('./etcd-process.ts', import.meta.url).href);
  const script = `const { startEtcd } = await import(${file}); const { pid } = await startEtcd(); console.log(pid); setInterval(() => 0, 1000);`;
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => owner.kill('SIGKILL'));
  const pid = await new Promise<number>((resolve, reject) => {
    owner.stdout.once('data', (chunk) => resolve(Number(String(chunk))));
    owner.once('exit', () => reject(new Error('the owner ended before its etcd ran')));
  });
  const folder = /--data-dir=([^\0]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))?.[1] ?? '';
  ends.push(() => identityOf(pid) !== null && process.kill(pid, 'SIGKILL'));
  return { owner, pid, folder };
}

/** Who waits for the owner's end. */
function guardOf(pid: number): number {
  const guards = readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(`\0${pid}\0`);
    } catch {
      return false;
    }
  });
  return Number(guards[0]);
}

test('it ends with its owner, also where that is killed with -9', async () => {
  const { owner, pid, folder } = await startOwner();
  expect(identityOf(pid)).not.toBeNull();
  owner.kill('SIGKILL');
  await expect.poll(() => identityOf(pid), { timeout: 10_000 }).toBeNull();
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
});

test('what was left without its guard is ended by the next to start, with its data', async () => {
  const { owner, pid, folder } = await startOwner();
  process.kill(guardOf(pid), 'SIGKILL');
  owner.kill('SIGKILL');
  await expect.poll(() => identityOf(owner.pid ?? 0), { timeout: 10_000 }).toBeNull();
  const mine = await startEtcd();
  ends.push(() => mine.stop());
  await expect.poll(() => identityOf(pid), { timeout: 10_000 }).toBeNull();
  expect(existsSync(folder)).toBe(false);
});

test('what has an owner is left alone, and goes with its data when it is stopped', async () => {
  const other = await startOwner();
  const mine = await startEtcd();
  endLeftovers();
  expect([identityOf(other.pid) !== null, identityOf(mine.pid) !== null]).toEqual([true, true]);
  await mine.restart(10);
  expect(await mine.etcd.healthy(mine.url)).toBe(true);
  const { pid } = mine;
  await mine.stop();
  expect([identityOf(pid), Number.isNaN(guardOf(pid))]).toEqual([null, true]);
});
