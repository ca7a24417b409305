// A real pgBackRest on a PostgreSQL of its own: what it prints is read as it is, a WAL file that is taken out of its archive is missed, and
// the command of the plan really leads back to the moment.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupReport, Stanza } from '../../lib/domain/backups/backup';
import { parseReport } from '../../lib/domain/backups/parse';
import { planOf } from '../../lib/domain/backups/plan';
import { walListOf } from '../../lib/domain/backups/wal-names';
import { windowOf } from '../../lib/domain/backups/window';
import { readRepository } from '../../lib/server/backups/pull';
import { labUser, postgresMajors } from '../lab/environments';

const PORT = '54987';
const RESTORED_PORT = '54988';
const bin = `/usr/lib/postgresql/${postgresMajors()[0]}/bin`;
const user = labUser();
const folder = mkdtempSync(path.join(tmpdir(), 'howdah-pgbackrest-'));
const repository = path.join(folder, 'repo');
const config = path.join(folder, 'pgbackrest.conf');

function run(program: string, args: readonly string[]): string {
  const as = user === null ? {} : { uid: user.uid, gid: user.gid };
  return execFileSync(program, args, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...as });
}

const backrest = (...args: readonly string[]): string =>
  run('pgbackrest', [`--config=${config}`, '--stanza=demo', ...args]);
const sql = (statement: string, port = PORT): string =>
  run(`${bin}/psql`, ['-XAtq', '-h', folder, '-p', port, '-U', 'postgres', '-d', 'postgres', '-c', statement]).trim();
const start = (data: string, port: string): string =>
  run(`${bin}/pg_ctl`, [
    '-D',
    data,
    '-w',
    '-t',
    '120',
    '-l',
    path.join(folder, `${port}.log`),
    '-o',
    `-p ${port}`,
    'start',
  ]);
const stop = (data: string): string => run(`${bin}/pg_ctl`, ['-D', data, '-w', '-m', 'fast', 'stop']);
const data = path.join(folder, 'data');

/** Finishes a WAL file and waits until it is in the archive. */
function archived(): void {
  const count = (): number => Number(sql('SELECT archived_count FROM pg_stat_archiver'));
  const before = count();
  sql("SELECT pg_create_restore_point('something to archive')");
  sql('SELECT pg_switch_wal()');
  for (let turn = 0; count() <= before; turn += 1) {
    if (turn > 200) throw new Error('nothing is archived');
    sql('SELECT pg_sleep(0.3)');
  }
}

function reportOf(stanza: Stanza | undefined): BackupReport {
  if (stanza === undefined) throw new Error('there is no stanza');
  const now = Date.now();
  return { ...stanza, id: 'r', reporter: 'lab', receivedAt: now, scope: null, lateAfterMs: 60_000, walAt: now };
}

function printed(): BackupReport {
  const report = parseReport(backrest('info', '--output=json'));
  if (report.kind !== 'stanzas') throw new Error(report.kind);
  return reportOf(report.stanzas[0]);
}

describe('pgBackRest as it is', { retry: 0 }, () => {
  let moment = 0;

  beforeAll(() => {
    for (const name of ['repo', 'log', 'lock']) mkdirSync(path.join(folder, name));
    if (user !== null)
      for (const name of ['', 'repo', 'log', 'lock']) chownSync(path.join(folder, name), user.uid, user.gid);
    chmodSync(folder, 0o755);
    writeFileSync(
      config,
      `[global]\nrepo1-path=${repository}\nrepo1-retention-full=9\nlog-path=${folder}/log\nlock-path=${folder}/lock\nspool-path=${folder}/lock\nstart-fast=y\n[demo]\npg1-path=${data}\npg1-socket-path=${folder}\npg1-port=${PORT}\npg1-user=postgres\n`,
    );
    run(`${bin}/initdb`, ['-D', data, '-A', 'trust', '-U', 'postgres']);
    const archive = `pgbackrest --config=${config} --stanza=demo archive-push %p`;
    const settings = `unix_socket_directories = '${folder}'\nlisten_addresses = ''\nfsync = off\narchive_mode = on\narchive_command = '${archive}'\n`;
    writeFileSync(path.join(data, 'postgresql.auto.conf'), settings);
    start(data, PORT);
    backrest('stanza-create');
    backrest('backup', '--type=full');
    sql('CREATE TABLE kept AS SELECT 1 AS n');
    archived();
    sql('SELECT pg_sleep(1.2)');
    moment = Number(sql('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint'));
    sql('SELECT pg_sleep(1.2)');
    sql('DELETE FROM kept');
    archived();
  });

  afterAll(() => {
    for (const place of [data, path.join(folder, 'back')])
      try {
        stop(place);
      } catch {
        // It does not run.
      }
    rmSync(folder, { recursive: true, force: true });
  });

  it('is read as it prints, the same as from its repository, whole', async () => {
    const system = sql('SELECT system_identifier FROM pg_control_system()');
    expect(printed()).toMatchObject({
      name: 'demo',
      systemIdentifier: system,
      problem: null,
      backups: [{ kind: 'full' }],
    });
    const [mounted] = await readRepository(repository);
    expect(mounted).toMatchObject({ systemIdentifier: system, wal: { holes: [] } });
    expect(mounted?.backups).toEqual(printed().backups);
    const list = parseReport(backrest('repo-ls', 'archive/demo', '--recurse', '--output=json'));
    expect(list.kind === 'archive' ? walListOf(list.files)?.holes : list).toEqual([]);
  });

  it('the command of the plan leads back to the moment', async () => {
    const [mounted] = await readRepository(repository);
    const plan = planOf(reportOf(mounted), moment, Date.now());
    expect(plan).toMatchObject({ possible: true });
    const back = path.join(folder, 'back');
    const [command = ''] = plan.commands;
    run('sh', ['-c', command.replace('pgbackrest', `pgbackrest --config=${config}`).replace(/\/path\/to\/\S+/, back)]);
    start(back, RESTORED_PORT);
    await expect.poll(() => sql('SELECT pg_is_in_recovery()', RESTORED_PORT), { timeout: 60_000 }).toBe('f');
    expect(sql('SELECT n FROM kept', RESTORED_PORT)).toBe('1');
    expect(sql('SELECT count(*) FROM kept')).toBe('0');
    stop(back);
  });

  it('a WAL file that is taken out is missed until the next backup has ended', async () => {
    archived();
    const [database = ''] = readdirSync(path.join(repository, 'archive/demo')).filter((name) => /-1$/.test(name));
    const archive = path.join(repository, 'archive/demo', database, '0000000100000000');
    const files = readdirSync(archive)
      .filter((name) => /^[0-9A-F]{24}-/.test(name))
      .sort();
    const lost = files.at(-2) ?? '';
    renameSync(path.join(archive, lost), path.join(folder, 'lost'));
    const [holed] = await readRepository(repository);
    expect(holed?.wal?.holes).toMatchObject([{ firstWal: lost.slice(0, 24), count: 1 }]);
    expect(windowOf(reportOf(holed)).gaps).toMatchObject([{ toAt: null }]);
    expect(planOf(reportOf(holed), Date.now(), Date.now() + 1000)).toMatchObject({ possible: false });
    backrest('backup', '--type=full');
    const [healed] = await readRepository(repository);
    expect(windowOf(reportOf(healed)).spans).toHaveLength(2);
    expect(planOf(reportOf(healed), Date.now(), Date.now() + 1000)).toMatchObject({ possible: true });
  });
});
