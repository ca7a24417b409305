import { describe, expect, it } from 'vitest';
import { differencesOf } from './differences';
import { type DriftAnswers, parseFacts } from './facts';

const version = (name: string, postgresVersion: string | null = '15.18', patroniVersion: string | null = '4.1.5') => ({
  name,
  postgresVersion,
  patroniVersion,
});
const facts = (name: string, answers: DriftAnswers) => parseFacts(name, 1, answers, []);
const catalog = (change: object = {}) => ({
  catalog: {
    checksums: 'on',
    libc: '2.36',
    icu: '153.120',
    databases: [{ name: 'app', recorded: '2.36', actual: '2.36', locale: 'UTF8, en_US.UTF-8' }],
    ...change,
  },
});
const kinds = (...members: readonly DriftAnswers[]) =>
  differencesOf(
    [],
    members.map((answers, index) => facts(`n${index + 1}`, answers)),
  ).map(({ kind }) => kind);

describe('what differs besides settings', () => {
  it('names versions of PostgreSQL and Patroni, and takes an unknown one for nothing', () => {
    expect(differencesOf([version('n1'), version('n2', '15.20'), version('n3', null)], [])).toMatchObject([
      { kind: 'postgresql', values: [{ text: '15.18' }, { text: '15.20' }, { text: null }] },
    ]);
    expect(differencesOf([version('n1'), version('n2', '15.18', '4.0.7')], [])).toMatchObject([{ kind: 'patroni' }]);
    expect(differencesOf([version('n1'), version('n2'), version('n3', null, null)], [])).toEqual([]);
  });

  it('names checksums that only some have', () => {
    expect(kinds(catalog(), catalog({ checksums: 'off' }))).toEqual(['checksums']);
    expect(kinds(catalog({ checksums: 'off' }), catalog({ checksums: 'off' }))).toEqual([]);
    expect(kinds(catalog(), {})).toEqual([]);
  });

  it('names another glibc or ICU, by which text sorts in another order', () => {
    expect(kinds(catalog(), catalog({ libc: '2.41' }))).toEqual(['library']);
    expect(kinds(catalog(), catalog({ icu: '153.128' }))).toEqual(['library']);
    expect(kinds(catalog(), catalog({ libc: null }))).toEqual([]);
  });

  it('names a database whose collation is of an older library, with the statements that mend it', () => {
    const moved = catalog({ databases: [{ name: 'My db', recorded: '2.31', actual: '2.36', locale: 'x' }] });
    const [found] = differencesOf([], [facts('n1', moved), facts('n2', moved)]);
    expect(found).toMatchObject({ kind: 'collation', subject: 'My db' });
    expect(found?.command).toBe('REINDEX DATABASE "My db"; ALTER DATABASE "My db" REFRESH COLLATION VERSION;');
    const unversioned = catalog({ databases: [{ name: 'app', recorded: null, actual: '2.36', locale: 'C' }] });
    expect(kinds(unversioned, unversioned)).toEqual([]);
  });

  it('names an extension whose files are missing on one machine, or of another version', () => {
    const has = (available: string | null) => ({
      extensions: { database: 'app', rows: [{ name: 'postgis', installed: '3.3.2', available, has_version: true }] },
    });
    const [missing] = differencesOf([], [facts('n1', has('3.3.2')), facts('n2', has(null))]);
    expect(String(missing?.why)).toMatch(/install its package/);
    expect(kinds(has('3.3.2'), has('3.4.0'))).toEqual(['extension']);
    // Newer files than what is installed, everywhere the same: that is an upgrade to come and no drift.
    expect(kinds(has('3.4.0'), has('3.4.0'))).toEqual([]);
    expect(kinds(has('3.4.0'), {})).toEqual([]);
  });

  it('names rules that only some have, their order and what is wrong in them, and no line that moved', () => {
    const rule = (text: string, line: number, error: string | null = null) => ({ text, line, error });
    const [one, two] = [rule('host all all 10.0.0.0/8 scram-sha-256', 1), rule('local all all peer', 2)];
    expect(
      kinds(
        { hba: [one, two] },
        {
          hba: [
            { ...one, line: 5 },
            { ...two, line: 9 },
          ],
        },
      ),
    ).toEqual([]);
    expect(kinds({ hba: [one, two] }, { hba: [one] })).toEqual(['hba']);
    expect(kinds({ hba: [one, two] }, { hba: [two, one] })).toEqual(['hba']);
    expect(kinds({ hba: [one, rule('', 3, 'invalid authentication method "scram"')] })).toEqual(['hba_error']);
    expect(kinds({ hba: [one] }, {})).toEqual([]);
  });

  it('is not brought down by an answer that is nonsense', () => {
    for (const wrong of [null, 7, 'x', [], [null, 3, [[]]], { rows: 'x', databases: 3 }])
      expect(kinds({ settings: wrong, catalog: wrong, extensions: wrong, hba: wrong }, catalog())).toEqual([]);
  });
});
