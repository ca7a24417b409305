// The command as it is started: arguments, settings, exit codes. Nothing runs with its data folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const printed = vi.hoisted(() => ({ out: '', err: '' }));
vi.mock('./print', () => ({
  out: (text: string) => {
    printed.out += text;
  },
  err: (text: string) => {
    printed.err += text;
  },
}));

const before = { argv: process.argv, code: process.exitCode };
beforeEach(() => {
  vi.stubEnv('HOWDAH_DATA', mkdtempSync(join(tmpdir(), 'howdah-cli-')));
  vi.resetModules();
  [printed.out, printed.err] = ['', ''];
});
afterEach(() => {
  vi.unstubAllEnvs();
  process.argv = before.argv;
  process.exitCode = before.code;
});

async function howdah(...args: readonly string[]) {
  process.argv = ['node', 'howdah', ...args];
  await import('./main');
  return { status: process.exitCode, ...printed };
}

it('says how it is used: an answer where that was asked', async () => {
  expect(await howdah('--help')).toMatchObject({
    status: 0,
    out: expect.stringContaining('usage: howdah start'),
    err: '',
  });
});

it('says its version, which is that of package.json', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await howdah('--version')).toMatchObject({ status: 0, out: `howdah ${version}`, err: '' });
});

it('says how it is used: a wrong argument where nothing was asked', async () => {
  expect(await howdah()).toMatchObject({ status: 2, out: expect.stringContaining('usage: howdah start') });
});

it.each([
  [['list'], /no Howdah runs with the data folder/],
  [['--nonsense'], /nonsense/],
  [['list', '--config', '/nowhere/howdah.yaml'], /nowhere/],
  [['pause', 'demo', '--token', 'x', '--reason', 'why not', '--until', 'tomorrow'], /an instant with its offset/],
  [['failover', 'demo', '--token', 'x', '--reason', 'why not'], /--to member/],
  [['show', '--token', 'x'], /expected one cluster/],
  [['show', 'a', 'b', '--token', 'x'], /expected one cluster/],
  [['token', 'add', 'ci', '--token', 'x', '--days', 'soon'], /--days as a whole number/],
  [['explode', '--token', 'x'], /unknown command "explode"/],
])('%j is a wrong argument, exit code 2, and says why', async (args, words) => {
  expect(await howdah(...args)).toMatchObject({ status: 2, out: '', err: expect.stringMatching(words) });
});

it.each([[['check', '--nonsense']], [['check', 'demo']], [['check', 'demo', '--config', '/nowhere/howdah.yaml']]])(
  '%j is UNKNOWN for a monitor, exit code 3',
  async (args) => {
    expect(await howdah(...args)).toMatchObject({ status: 3, out: expect.stringMatching(/ UNKNOWN - /), err: '' });
  },
);

it('lists the checks', async () => {
  expect(await howdah('check', '--help')).toMatchObject({
    status: 0,
    out: expect.stringContaining('cluster_has_replica'),
  });
});

it('starts as a program, and makes no hash of a weak password from standard input', () => {
  const program = join(import.meta.dirname, 'howdah.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'user', 'hash'], {
    input: 'short\n',
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^howdah: /);
});
