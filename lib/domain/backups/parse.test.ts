// pgBackRest's are what 2.45 printed; Barman's and WAL-G's are in the shapes of their documentation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainOf } from './backup';
import { fromInfo, parseReport, quoteLong, type Report } from './parse';
import { walListOf } from './wal-names';

const SYSTEM = '7714061439670257354';
const given = (name: string): string => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8');
const stanzasOf = (report: Report) => {
  if (report.kind !== 'stanzas') throw new Error(JSON.stringify(report));
  return report.stanzas;
};
const listOf = (names: readonly string[]) => walListOf(names.map((name, at) => ({ name, bytes: 1, at })));
const wal = (timeline: number, log: number, segment: number): string =>
  [timeline, log, segment].map((part) => part.toString(16).toUpperCase().padStart(8, '0')).join('');

describe('what pgBackRest prints', () => {
  it('is read with all digits of the system identifier, which a number would lose', () => {
    const [demo] = stanzasOf(parseReport(given('pgbackrest.json')));
    expect(demo).toMatchObject({ tool: 'pgbackrest', name: 'demo', systemIdentifier: SYSTEM, problem: null });
    expect(demo?.lastWal).toBe('00000001000000000000000D');
    expect(
      demo?.backups.map(({ kind, state, endedAt, databaseBytes, storedBytes }) => ({
        kind,
        state,
        endedAt,
        databaseBytes,
        storedBytes,
      })),
    ).toEqual([
      { kind: 'full', state: 'good', endedAt: 1796069903000, databaseBytes: 22992564, storedBytes: 3056848 },
      { kind: 'incremental', state: 'good', endedAt: 1796069912000, databaseBytes: 23115445, storedBytes: 178319 },
      { kind: 'full', state: 'good', endedAt: 1796069922000, databaseBytes: 23246517, storedBytes: 3087982 },
    ]);
  });

  it('says of a stanza that is not there what is wrong, and that it is nobody’s', () => {
    const [demo] = stanzasOf(parseReport(given('pgbackrest-missing.json')));
    expect(demo).toMatchObject({ systemIdentifier: null, problem: 'missing stanza path', backups: [] });
    expect(demo?.repositories).toEqual([{ key: '1', encrypted: false, problem: 'missing stanza path' }]);
  });

  it('is the same in backup.info of its repository', () => {
    const [info] = stanzasOf(fromInfo(given('backup.info'), 'demo'));
    const [printed] = stanzasOf(parseReport(given('pgbackrest.json')));
    expect(info?.backups).toEqual(printed?.backups);
    expect(info?.systemIdentifier).toBe(SYSTEM);
  });

  it('tells the backups of the cluster before an upgrade from those of now', () => {
    const [demo] = JSON.parse(quoteLong(given('pgbackrest.json')));
    demo.db.push({ id: 2, 'repo-key': 1, 'system-id': '7714061439670259999', version: '17' });
    demo.backup[2].database.id = 2;
    const found = stanzasOf(parseReport(JSON.stringify([demo])));
    expect(found.map(({ systemIdentifier, backups }) => [systemIdentifier, backups.length])).toEqual([
      [SYSTEM, 2],
      ['7714061439670259999', 1],
    ]);
  });

  it('lists its archive without a hole, and with one where a file is taken out', () => {
    const whole = parseReport(given('pgbackrest-archive.json'));
    if (whole.kind !== 'archive') throw new Error(whole.kind);
    expect(walListOf(whole.files)).toMatchObject({ firstWal: wal(1, 0, 2), lastWal: wal(1, 0, 13), holes: [] });
    const holed = whole.files.filter(({ name }) => !/000000010000000000000004-/.test(name));
    expect(walListOf(holed)?.holes).toEqual([{ firstWal: wal(1, 0, 4), count: 1, afterAt: 1796069904000, segment: 4 }]);
  });
});

describe('what the others print', () => {
  it('Barman: sizes and instants that are text, a failed one among good ones, no system identifier', () => {
    const [orders] = stanzasOf(parseReport(given('barman.json')));
    expect(orders).toMatchObject({ tool: 'barman', name: 'orders', systemIdentifier: null });
    expect(orders?.backups.map(({ label, state }) => `${label} ${state}`)).toEqual([
      '20261123T020001 good',
      '20261129T020002 failed',
      '20261130T020001 good',
    ]);
    expect(orders?.backups[2]).toMatchObject({ endedAt: 1796006320000, databaseBytes: 442274447360 });
  });

  it('Barman without a backup is a report, not a mistake', () => {
    expect(stanzasOf(parseReport('{"orders":[]}'))[0]?.backups).toEqual([]);
  });

  it('WAL-G: what a delta builds on', () => {
    const [of] = stanzasOf(parseReport(given('wal-g.json')));
    expect(of).toMatchObject({ tool: 'wal-g', systemIdentifier: SYSTEM });
    const [full, delta] = of?.backups ?? [];
    expect(delta).toMatchObject({ kind: 'incremental', prior: full?.label, host: 'n3' });
    expect(delta === undefined ? null : chainOf(delta, of?.backups ?? [])?.length).toBe(2);
  });
});

describe('WAL that is missing', () => {
  it('is none at the end of a log, where 16 MiB and 64 MiB segments end differently', () => {
    expect(listOf([wal(1, 0, 254), wal(1, 0, 255), wal(1, 1, 0)])?.holes).toEqual([]);
    expect(listOf([wal(1, 0, 62), wal(1, 0, 63), wal(1, 1, 0)])?.holes).toEqual([]);
    expect(listOf([wal(1, 0, 253), wal(1, 0, 254), wal(1, 1, 0)])?.holes).toMatchObject([
      { firstWal: wal(1, 0, 255), count: 1 },
    ]);
  });

  it('is none where the next timeline goes on, and some where nobody has a file', () => {
    expect(listOf([wal(1, 0, 1), wal(1, 0, 2), wal(2, 0, 2), wal(2, 0, 3)])?.holes).toEqual([]);
    expect(listOf([wal(1, 0, 1), wal(1, 0, 2), wal(2, 0, 4)])?.holes).toMatchObject([{ segment: 3, count: 1 }]);
  });

  it('is seen within a timeline also where another one has a file of that place', () => {
    expect(listOf([wal(1, 0, 1), wal(1, 0, 2), wal(2, 0, 1), wal(2, 0, 3)])?.holes).toMatchObject([{ segment: 2 }]);
  });

  it('is not asked of history files, labels and partial ones', () => {
    expect(listOf(['00000002.history', `${wal(1, 0, 1)}.partial`, `${wal(1, 0, 1)}.00000028.backup`])).toBeNull();
  });
});

describe('whatever else comes', () => {
  it.each([
    ['', /empty/],
    ['[]', /lists nothing/],
    ['{}', /no tool/],
    ['[1]', /no tool/],
    ['not json', /not JSON/],
    ['[backup:current]\nx={}', /backup\.info/],
  ])('%j is refused in words', (text, words) => {
    const report = parseReport(text);
    expect(report.kind === 'problem' ? String(report.text) : report.kind).toMatch(words);
  });

  it('names of objects do no harm', () => {
    const [odd] = stanzasOf(
      parseReport('{"__proto__":[{"backup_id":"constructor","status":"__proto__","size_bytes":1e400}]}'),
    );
    expect(odd?.name).toBe('__proto__');
    expect(odd?.backups[0]).toMatchObject({ label: 'constructor', state: 'partial', databaseBytes: null });
    expect({}).not.toHaveProperty('0');
  });

  it('no text throws, and none takes more than one walk', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) =>
        ['stanzas', 'archive', 'problem'].includes(parseReport(text).kind),
      ),
    );
    parseReport(`["${'\\"'.repeat(500_000)}`);
    parseReport(`[${'9'.repeat(1_000_000)}`);
    expect(parseReport('['.repeat(5000)).kind).toBe('problem');
  });

  it('numbers that a double holds stay numbers, and text stays text', () => {
    fc.assert(fc.property(fc.json(), (text) => quoteLong(text).length >= text.length));
    expect(quoteLong('{"a\\"1234567890123456":1234567890123456,"b":1234567890123456.5,"c":12}')).toBe(
      '{"a\\"1234567890123456":"1234567890123456","b":1234567890123456.5,"c":12}',
    );
  });
});
