// A name is its cluster's for ever: by source and scope, by the file alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Naming } from './naming';
import { loadGood, loadProblems, yaml } from './test-load';

const of = (...sources: (string | [string, string])[]): Naming =>
  new Naming(
    sources.map((source) =>
      typeof source === 'string' ? { name: source, alias: null } : { name: source[0], alias: source[1] },
    ),
  );

describe('the name of a cluster', () => {
  it('is the bare scope of the first source, and says the source of every other', () => {
    const naming = of('main', 'prod', ['berlin', 'b']);
    expect(naming.nameOf('main', 'demo')).toBe('demo');
    expect(naming.nameOf('prod', 'demo')).toBe('demo@prod');
    expect(naming.nameOf('berlin', 'demo')).toBe('demo@b');
    // Also where nobody else has that scope.
    expect(naming.nameOf('prod', 'only-here')).toBe('only-here@prod');
    expect(naming.nameOf('prod', 'citus/1')).toBe('citus/1@prod');
  });

  it('of a first source with an alias says it too', () => {
    const naming = of(['main', 'm'], 'prod');
    expect(naming.nameOf('main', 'demo')).toBe('demo@m');
    expect(naming.ownerOf('demo')).toBeNull();
  });

  it('with one source is the scope, whatever stands in it', () => {
    expect(of('main').nameOf('main', 'a@b')).toBe('a@b');
    expect(of('main').nameOf('main', 'a@main')).toBe('a@main');
  });

  it('of a scope with an @ never reads as a cluster of another source', () => {
    const naming = of('main', 'prod');
    expect(naming.nameOf('main', 'demo@prod')).toBe('demo@prod@main');
    expect(naming.nameOf('prod', 'demo')).toBe('demo@prod');
    expect(naming.nameOf('main', 'demo@else')).toBe('demo@else');
    expect(naming.ownerOf('demo@prod@main')).toEqual({ source: 'main', scope: 'demo@prod' });
  });

  it('is one of one cluster only, and says which, for any scopes and sources', () => {
    const part = fc.stringMatching(/^[ab@]{1,5}$/);
    const sources = fc.uniqueArray(fc.constantFrom('a', 'b', 'aa', 'ab'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sources, fc.array(part, { minLength: 1, maxLength: 12 }), (names, scopes) => {
        const naming = of(...names);
        for (const source of names)
          for (const scope of scopes) expect(naming.ownerOf(naming.nameOf(source, scope))).toEqual({ source, scope });
      }),
    );
  });
});

describe('an alias', () => {
  const two = (first: string, second: string): string[] =>
    loadProblems(yaml(`sources:\n- {name: a, etcd: {hosts: e1}${first}}\n- {name: b, etcd: {hosts: e2}${second}}\n`));
  it.each([
    ['the name of another source', ', alias: b', ''],
    ['another alias', ', alias: x', ', alias: x'],
    ['another one but for the case', ', alias: x', ', alias: X'],
  ])('may not be %s', (_, first, second) => {
    expect(two(first, second).join()).toMatch(/alias: expected a word of its own/);
  });

  it('holds no @ and no slash', () => {
    expect(two(', alias: "x@y"', '').join()).toMatch(/sources\[0\]\.alias/);
    expect(two(', alias: "x/y"', '').join()).toMatch(/sources\[0\]\.alias/);
  });

  it('may be the name of its own source', () => {
    expect(two(', alias: a', '')).toEqual([]);
  });
});

describe('sources of the command line', () => {
  it('come after those of the file, and are told apart from their names and aliases', () => {
    const { sources } = loadGood({
      argv: ['--config', '/w/howdah.yaml', '--etcd', 'e1'],
      files: { '/w/howdah.yaml': 'sources: [{name: main, alias: Flags, etcd: {hosts: e0}}]' },
    });
    expect(sources.map(({ name }) => name)).toEqual(['main', 'flags-2']);
  });

  it('take no name from a patronictl file that would read as two', () => {
    const file = 'scope: "demo@prod"\netcd3: {host: "e1:2379"}\n';
    const { sources } = loadGood({ argv: ['--patronictl', '/w/p.yml'], files: { '/w/p.yml': file } });
    expect(sources.map(({ name }) => name)).toEqual(['demo-prod']);
  });
});
