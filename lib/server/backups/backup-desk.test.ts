// Reports on a real store: kept over a restart, learned from another Howdah, by whom and of what.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { backupsSchema } from '../../contract/backups';
import type { BackupReport } from '../../domain/backups/backup';
import type { Snapshot } from '../../domain/cluster';
import { buildSecret } from '../config/secret';
import type { Feed } from '../feed';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { reportAnswer } from './answer';
import { BackupDesk, readReport, type Sent } from './backup-desk';
import { readRepository } from './pull';
import { reporterOf } from './reporter';

const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
const GIVEN = join(import.meta.dirname, '../../domain/backups/testdata');
const given = (name: string): string => readFileSync(join(GIVEN, name), 'utf8');
const SYSTEM = '7714061439670257354';
const SENT: Sent = { reporter: 'backup-host', lateAfterMs: 1000, scope: null };
const snapshot = (scope: string, systemIdentifier: string | null) =>
  ({
    scope,
    observedAt: 0,
    staleAfterMs: 1,
    cluster: { systemIdentifier, leader: null, members: [] },
  }) as unknown as Snapshot;
const stanzas = (text: string) => {
  const found = readReport(text);
  if (found.kind !== 'stanzas') throw new Error(found.kind);
  return found.stanzas;
};

describe.each<[string, string | null]>([
  ['SQLite', null],
  ...(POSTGRES === null ? [] : [['PostgreSQL', POSTGRES] satisfies [string, string]]),
])('reports of backups in %s', (_, url) => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  const open = async (folder: string, isFirst = false, now: () => number = Date.now) => {
    const store: Store = testStore(folder, url);
    await untilReady(store);
    if (isFirst) await store.query('DELETE FROM backup_report');
    const told: { reports: readonly BackupReport[]; gone: readonly string[] }[] = [];
    const desk = new BackupDesk({ store, now, tell: (reports, gone) => void told.push({ reports, gone }) });
    await desk.sync();
    const end = async (): Promise<void> => {
      await desk.stop();
      await store.close();
    };
    ends.push(end);
    return { desk, told, end };
  };

  it('are there after a restart, every digit of the system identifier too, and the collector is told of them', async () => {
    const folder = testFolder('backups');
    const one = await open(folder, true);
    expect(one.told).toEqual([{ reports: [], gone: [] }]);
    await one.desk.take(stanzas(given('pgbackrest.json')), SENT);
    expect(one.told[1]?.reports).toMatchObject([{ systemIdentifier: SYSTEM, reporter: 'backup-host', walAt: null }]);
    await one.end();
    const two = await open(folder);
    expect(two.told[0]?.reports).toMatchObject([{ systemIdentifier: SYSTEM, name: 'demo' }]);
    const answer = two.desk.answer(snapshot('orders', SYSTEM), null);
    expect(answer.reports[0]?.backups).toHaveLength(3);
    expect(answer.plans).toBeNull();
    const planned = JSON.parse(JSON.stringify(two.desk.answer(snapshot('orders', SYSTEM), 1796069950000)));
    expect(backupsSchema.safeParse(planned).error).toBeUndefined();
    expect(two.desk.answer(snapshot('others', '1'), null).reports).toEqual([]);
  });

  it('a report that comes again takes the place of the one before, and keeps the list of its archive', async () => {
    const { desk, told } = await open(testFolder('backups'), true);
    await desk.take(stanzas(given('pgbackrest.json')), SENT);
    const list = readReport(given('pgbackrest-archive.json'));
    if (list.kind !== 'archive') throw new Error(list.kind);
    await desk.takeArchive(list.files, SENT, null);
    await desk.take(stanzas(given('pgbackrest.json')), SENT);
    const last = told.at(-1)?.reports[0];
    expect(last?.wal).toMatchObject({ holes: [], firstWal: '000000010000000000000002' });
    expect(desk.answer(snapshot('orders', SYSTEM), null).reports).toHaveLength(1);
  });

  it('a list of an archive of which nothing was reported from there is refused', async () => {
    const { desk } = await open(testFolder('backups'), true);
    await desk.take(stanzas(given('pgbackrest.json')), SENT);
    const list = readReport(given('pgbackrest-archive.json'));
    if (list.kind !== 'archive') throw new Error(list.kind);
    await expect(desk.takeArchive(list.files, { ...SENT, reporter: 'other' }, null)).rejects.toThrow(
      /info --output=json/,
    );
    await expect(desk.takeArchive(list.files, SENT, 'x')).rejects.toThrow(/no report of this stanza/);
  });

  it('one that is missed for a month is forgotten', async () => {
    let at = Date.now();
    const { desk, told } = await open(testFolder('backups'), true, () => at);
    await desk.take(stanzas(given('barman.json')), { ...SENT, scope: 'orders' });
    at += 29 * 86_400_000;
    await desk.sync();
    expect(desk.answer(snapshot('orders', SYSTEM), null).reports).toHaveLength(1);
    at += 2 * 86_400_000;
    await desk.sync();
    expect(told.at(-1)?.gone).toHaveLength(1);
    expect(desk.answer(snapshot('orders', SYSTEM), null).reports).toEqual([]);
  });

  it('what another Howdah took on the same store is learned', async () => {
    if (url === null) return;
    const [one, two] = [await open(testFolder('backups'), true), await open(testFolder('backups'))];
    await one.desk.take(stanzas(given('wal-g.json')), SENT);
    await two.desk.sync();
    expect(two.desk.answer(snapshot('orders', SYSTEM), null).reports).toMatchObject([{ tool: 'wal-g' }]);
  });

  it('a token that is bound to clusters reports of those alone', async () => {
    const { desk } = await open(testFolder('backups'), true);
    desk.saw('orders', SYSTEM);
    desk.saw('billing', '1');
    const reporter = { name: 'r', token: buildSecret('t'.repeat(30)), labels: {} };
    const ask = (scopes: string[] | null, body: string, query = {}) =>
      reportAnswer(
        {
          config: { backups: { push: [{ ...reporter, scopes }], reportHours: 26 } } as never,
          backups: async () => desk,
          feed: { row: () => null } as unknown as Feed,
        },
        { authorization: `Bearer ${'t'.repeat(30)}`, query, body },
      );
    await expect(ask(['billing'], given('pgbackrest.json'))).rejects.toThrow(/does not report backups of that cluster/);
    await expect(ask(['billing'], given('barman.json'), { cluster: 'orders' })).rejects.toThrow(/does not report/);
    expect(await ask(['ord*'], given('pgbackrest.json'))).toMatchObject({
      taken: [{ name: 'demo', clusters: ['orders'] }],
    });
    expect(await ask(null, given('barman.json'), { cluster: 'billing' })).toMatchObject({
      taken: [{ clusters: ['billing'] }],
    });
    await expect(ask(null, 'nonsense')).rejects.toThrow(/no report of backups/);
  });
});

describe('a token', () => {
  const push = ['a', 'b'].map((name) => ({ name, token: buildSecret(name.repeat(30)), scopes: null, labels: {} }));

  it('is known whole or not at all', () => {
    expect(reporterOf(`Bearer ${'b'.repeat(30)}`, push)?.name).toBe('b');
    for (const wrong of [
      null,
      '',
      'Bearer ',
      `Bearer ${'b'.repeat(29)}`,
      `Basic ${'b'.repeat(30)}`,
      'Bearer howdah_1_2',
    ])
      expect(reporterOf(wrong, push)).toBeNull();
  });
});

describe('a repository that is mounted', () => {
  it('is read with its archive, and a WAL file that is taken away is missed, with the time of the one before', async () => {
    const folder = testFolder('repository');
    const archive = join(folder, 'archive/demo/15-1/0000000100000000');
    mkdirSync(join(folder, 'backup/demo'), { recursive: true });
    mkdirSync(archive, { recursive: true });
    writeFileSync(join(folder, 'backup/demo/backup.info'), given('backup.info'));
    for (const path of Object.keys(JSON.parse(given('pgbackrest-archive.json'))))
      if (/-[0-9a-f]{40}/.test(path)) writeFileSync(join(folder, 'archive/demo', path), 'x');
    expect((await readRepository(folder))[0]).toMatchObject({
      name: 'demo',
      systemIdentifier: SYSTEM,
      wal: { holes: [] },
    });
    const lost = '000000010000000000000004-160f3a3074b375bb1b3e17f9bd5f9a0ca27c8aa4.gz';
    renameSync(join(archive, lost), join(folder, 'lost'));
    const [stanza] = await readRepository(folder);
    expect(stanza?.wal?.holes).toMatchObject([{ firstWal: '000000010000000000000004', count: 1 }]);
    expect(stanza?.wal?.holes[0]?.afterAt).toBeGreaterThan(Date.now() - 3_600_000);
  });

  it('that is none is said to be none', async () => {
    await expect(readRepository(testFolder('repository'))).rejects.toThrow();
  });
});
