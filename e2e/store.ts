// The store's suites on a real PostgreSQL of this machine: a cluster of its own in a temporary folder, on a loopback address, ended
// and removed afterwards. The lab's clusters are left alone: their failovers are another test's matter.
import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { waitUntil } from './lab/deadline';
import { labUser, prepareToolbox, type Say } from './lab/environments';

export interface TemporaryPostgres {
  /** Of an empty database. */
  readonly url: string;
  end(): Promise<void>;
}

export async function startPostgres(say: Say, address: string, port: number): Promise<TemporaryPostgres> {
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-store-'));
  const { postgresBin } = await prepareToolbox('distro', say, folder);
  const user = labUser();
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const identity = user === null ? {} : { uid: user.uid, gid: user.gid };
  const data = path.join(folder, 'data');
  const run = (program: string, args: readonly string[]): ChildProcess =>
    spawn(path.join(postgresBin, program), [...args], {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, HOME: folder, LC_ALL: 'C.UTF-8' },
    });
  const made = await ended(run('initdb', ['-D', data, '-U', 'howdah', '-A', 'trust', '-E', 'UTF8', '--no-sync']));
  if (made !== 0) throw new Error(`initdb ended with ${made}`);
  const settings = [
    'fsync=off',
    'shared_buffers=16MB',
    'max_prepared_transactions=5',
    `unix_socket_directories=${folder}`,
    'log_min_messages=fatal',
  ];
  const server = run('postgres', [
    ...['-D', data, '-h', address, '-p', String(port)],
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  const url = `postgres://howdah@${address}:${port}/postgres`;
  await waitUntil('the PostgreSQL of the store to answer', 60_000, async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    await client.connect();
    await client.end();
    return true;
  });
  return {
    url,
    end: async () => {
      const over = ended(server);
      server.kill('SIGINT');
      await over;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}
