// A name that was given is never another cluster's, unless somebody says that this is meant.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadGood } from '../config/test-load';
import { testFolder } from '../store/test-store';
import { Names, namesProblem } from './names';

const settings = (dataDir: string, sources: string, ...argv: string[]) => ({
  ...loadGood({ argv: ['--config', '/w/howdah.yaml', ...argv], files: { '/w/howdah.yaml': `sources: [${sources}]` } }),
  dataDir,
});
const flags = (dataDir: string, ...argv: string[]) => ({ ...loadGood({ argv }), dataDir });
const A = '{name: a, etcd: {hosts: e1}}';
const B = '{name: b, etcd: {hosts: e2}}';

/** Where `a` has demo and billing, and `b` has demo. */
function known(sources = `${A}, ${B}`): string {
  const folder = testFolder('names');
  const names = new Names(settings(folder, sources), 1000);
  names.saw(['demo', 'demo@b', 'billing']);
  return folder;
}
const problem = (folder: string, sources: string): string | null => namesProblem(settings(folder, sources));

describe('a changed file', () => {
  it.each([
    ['the same file', `${A}, ${B}`],
    ['a source more at the end', `${A}, ${B}, {name: c, etcd: {hosts: e3}}`],
    ['the last source removed', A],
    ['the first source renamed, where it looks unchanged', `{name: north, etcd: {hosts: e1}}, ${B}`],
    ['a source of another kind at the end', `${A}, ${B}, {name: c, consul: {hosts: e1}}`],
    ['one more of yet another kind', `${A}, ${B}, {name: c, zookeeper: {hosts: e1}}`],
    ['another address of a source', `{name: a, etcd: {hosts: e9}}, ${B}`],
    ['another source renamed, with its old name as alias', `${A}, {name: south, alias: b, etcd: {hosts: e2}}`],
    ['the first source removed, and the next keeps its names by an alias', '{name: b, alias: b, etcd: {hosts: e2}}'],
  ])('starts with %s', (_, sources) => {
    expect(problem(known(), sources)).toBeNull();
  });

  it.each([
    [
      'sources in another order',
      `${B}, ${A}`,
      ['demo of source a would become demo@a', 'demo@b of source b would become demo'],
    ],
    ['the first source removed', B, ['demo of source a would become demo@a', 'demo@b of source b would become demo']],
    ['a new first source', `{name: c, etcd: {hosts: e3}}, ${A}, ${B}`, ['demo of source a would become demo@a']],
    ['an alias', `${A}, {name: b, alias: prod, etcd: {hosts: e2}}`, ['demo@b of source b would become demo@prod']],
    [
      'another source renamed',
      `${A}, {name: south, etcd: {hosts: e2}}`,
      ['demo@b of source b would become demo@south'],
    ],
    ['another first source', `{name: c, etcd: {hosts: e3}}, ${B}`, ['demo of source a would become demo@a']],
    [
      'an alias that another source had as its name',
      `${A}, {name: c, alias: b, etcd: {hosts: e3}}`,
      ['demo@b of source b would become'],
    ],
  ])('is refused with %s, and says what would move and how to say that it is meant', (_, sources, words) => {
    const folder = known();
    const why = problem(folder, sources) ?? '';
    for (const word of words) expect(why).toContain(word);
    expect(why).toContain('--move-names');
    expect(() => new Names(settings(folder, sources), 2000)).toThrow(/--move-names/);
    // Asking changed nothing.
    expect(problem(folder, `${A}, ${B}`)).toBeNull();
  });

  it('is taken where it is meant, once; nothing then has the name of another, and the old names are known by their time', () => {
    const folder = known();
    const names = new Names(settings(folder, `${B}, ${A}`, '--move-names'), 2000);
    expect(names.known().map(({ source, scope, name }) => [source, scope, name])).toEqual([
      ['a', 'demo', 'demo@a'],
      ['b', 'demo', 'demo'],
      ['a', 'billing', 'billing@a'],
    ]);
    expect(problem(folder, `${B}, ${A}`)).toBeNull();
    expect(problem(folder, `${A}, ${B}`)).not.toBeNull();
    expect([names.present('demo', 1500), names.present('demo@b', 1500)]).toEqual(['demo@a', 'demo']);
    expect([names.present('demo', 2500), names.present('demo@b', 2500)]).toEqual(['demo', 'demo@b']);
    const back = new Names(settings(folder, `${A}, ${B}`, '--move-names'), 3000);
    expect([back.present('demo', 1500), back.present('demo', 2500)]).toEqual(['demo', 'demo@b']);
  });

  it('of a source that is gone keeps its names apart from those of a later one', () => {
    const folder = known();
    new Names(settings(folder, A), 2000);
    const c = '{name: b, etcd: {hosts: e7}}';
    // The same name is the same source: Howdah cannot know that it was meant for another.
    expect(problem(folder, `${A}, ${c}`)).toBeNull();
  });
});

it('the order in which clusters are seen changes nothing', () => {
  for (const order of [
    ['demo@b', 'demo'],
    ['demo', 'demo@b'],
  ]) {
    const names = new Names(settings(testFolder('names'), `${A}, ${B}`), 1);
    for (const name of order) names.saw([name]);
    const found = Object.fromEntries(names.known().map(({ name, source }) => [name, source]));
    expect(found).toEqual({ demo: 'a', 'demo@b': 'b' });
  }
});

describe('sources of the command line', () => {
  it('that were tried out hand their names to the file that names the same clusters', () => {
    const folder = testFolder('names');
    new Names(flags(folder, '--patroni', '10.0.0.1'), 1).saw(['demo']);
    expect(problem(folder, '{name: main, etcd: {hosts: e1}}')).toBeNull();
    const names = new Names(settings(folder, '{name: main, etcd: {hosts: e1}}'), 2);
    expect(names.known()).toMatchObject([{ source: 'main', scope: 'demo', name: 'demo', from: 'file' }]);
  });

  it('in another order are other names', () => {
    const files = { '/w/a.yml': 'scope: a\netcd3: {host: e1}\n', '/w/b.yml': 'scope: b\netcd3: {host: e2}\n' };
    const of = (dataDir: string, ...names: string[]) => ({
      ...loadGood({ argv: names.flatMap((name) => ['--patronictl', `/w/${name}.yml`]), files }),
      dataDir,
    });
    const folder = testFolder('names');
    new Names(of(folder, 'a', 'b'), 1).saw(['a', 'b@b']);
    expect(namesProblem(of(folder, 'a', 'b'))).toBeNull();
    expect(namesProblem(of(folder, 'b', 'a'))).toContain('b@b of source b would become b');
  });
});

it('a damaged memory stops the start and names the file; recordings have none', () => {
  const folder = testFolder('names');
  writeFileSync(path.join(folder, 'clusters.json'), '{"version": 1,');
  expect(problem(folder, A)).toContain(path.join(folder, 'clusters.json'));
  expect(namesProblem({ ...settings(folder, A), replay: '/recordings' })).toBeNull();
});

it('hostile names are names', () => {
  const folder = testFolder('names');
  const names = new Names(settings(folder, `${A}, ${B}`), 1);
  names.saw(['__proto__', 'constructor@b', 'demo@b@a']);
  expect(existsSync(path.join(folder, 'clusters.json'))).toBe(true);
  const again = new Names(settings(folder, `${A}, ${B}`), 2);
  expect(again.known().map(({ source, scope }) => `${source}:${scope}`)).toEqual([
    'a:__proto__',
    'b:constructor',
    'a:demo@b',
  ]);
  expect(again.present('__proto__', 0)).toBe('__proto__');
});
