import { describe, expect, it } from 'vitest';
import { isAllowed, judge, type Manifest, parseLock, readAudit } from './dependencies';

const lock = (packages: Readonly<Record<string, object>>) =>
  parseLock(JSON.stringify({ packages: { '': { name: 'own' }, ...packages } }));
const judged = (packages: Readonly<Record<string, object>>, manifest?: Manifest) =>
  judge(lock(packages), () => (manifest === undefined ? { version: '1.0.0', licence: 'MIT' } : manifest));

describe('what is shipped', () => {
  it.each(['MIT', 'Apache-2.0', '(MIT OR GPL-2.0-only)', 'MIT AND ISC', '(BSD-3-Clause)', 'OFL-1.1', 'MPL-2.0'])(
    'may be under %s',
    (licence) => {
      expect(isAllowed(licence)).toBe(true);
    },
  );

  it.each(['GPL-3.0-only', 'MIT AND LGPL-3.0-or-later', 'AGPL-3.0', 'SEE LICENSE IN x', 'UNLICENSED', '', 'BUSL-1.1'])(
    'may not be under %j',
    (licence) => {
      expect(isAllowed(licence)).toBe(false);
      expect(judged({ 'node_modules/a': { version: '1.0.0' } }, { version: '1.0.0', licence })).toHaveLength(1);
    },
  );

  it('is named with what is wrong: no licence, another version, not there, a script of its own', () => {
    const a = { 'node_modules/a': { version: '1.0.0', license: 'MIT' } };
    expect(judged(a)).toEqual([]);
    expect(judged(a, { version: '1.0.0', licence: null })).toEqual([]);
    expect(judged({ 'node_modules/a': { version: '1.0.0' } }, { version: '1.0.0', licence: null })).toEqual([
      'a is under no licence that is named',
    ]);
    expect(judged(a, { version: '1.0.1', licence: 'MIT' })).toEqual([
      'node_modules/a is 1.0.1, the lock file names 1.0.0',
    ]);
    expect(judged(a, null)).toEqual(['node_modules/a is in the lock file and not installed']);
    const script = { version: '1.0.0', hasInstallScript: true };
    expect(judged({ 'node_modules/b/node_modules/a': script })).toEqual(['a runs a script when it is installed']);
    expect(judged({ 'node_modules/esbuild': script })).toEqual([]);
    expect(judged({ 'node_modules/a': { ...script, dev: true } })).toHaveLength(1);
  });

  it('leaves alone what only builds, and what is for other machines', () => {
    expect(
      judged({ 'node_modules/a': { version: '1.0.0', dev: true } }, { version: '1.0.0', licence: 'GPL-3.0' }),
    ).toEqual([]);
    expect(judged({ 'node_modules/a': { version: '1.0.0', optional: true } }, null)).toEqual([]);
  });

  it('an exception is for that package and that licence', () => {
    const by = (name: string, licence: string) =>
      judged({ [`node_modules/${name}`]: { version: '1.0.0' } }, { version: '1.0.0', licence });
    expect(by('caniuse-lite', 'CC-BY-4.0')).toEqual([]);
    expect(by('other', 'CC-BY-4.0')).toHaveLength(1);
    expect(by('caniuse-lite', 'GPL-3.0')).toHaveLength(1);
  });
});

describe('the answer of the registry', () => {
  it('counts what is high or critical', () => {
    const vulnerabilities = { a: { severity: 'low' }, b: { severity: 'critical' }, c: { severity: 'high' } };
    const audit = readAudit(JSON.stringify({ vulnerabilities, metadata: {} }));
    expect(audit).toEqual({
      kind: 'known',
      serious: ['b has a known vulnerability (critical)', 'c has a known vulnerability (high)'],
    });
  });

  it.each(['', 'npm error', '{"message":"405 Method Not Allowed"}', '{"error":{}}'])('%j is none', (output) => {
    expect(readAudit(output)).toEqual({ kind: 'silent' });
  });
});
