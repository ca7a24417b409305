import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withLeaf } from '../../domain/config/diff';
import { exactNumbers } from '../../domain/wire/json-text';
import type { JsonObject } from '../../domain/wire/loose';
import { formatConfig, parseConfig, updateText } from './document';

/** Made by yaml.safe_load and json.dumps, as patronictl edit-config reads and stores; null: one of the two fails. */
const TABLE = JSON.parse(readFileSync(join(import.meta.dirname, 'testdata/pyyaml-6.0.4.json'), 'utf8')) as readonly {
  readonly text: string;
  readonly stored: string | null;
}[];
/** What Howdah refuses although patronictl takes it: it could not store it faithfully, or a slip is more likely. */
const STRICTER = [
  /^a: [-+]?[\d.]+(e\+\d)?\n$/,
  /^a: -?(\d{16,}|0x[\dA-F]{14})\n$/,
  /^a: [!&]/,
  /^(1|1\.5|yes|~|null): /,
  /^a: 1\na: 2/,
  /<<:/,
];

const TEXT = `# orders, dynamic configuration. Owner: dba-core
ttl: 30
loop_wait: 10  # as always

postgresql:
  use_slots: true
  parameters:
    # memory
    work_mem: 32MB
    log_line_prefix: '%m [%p] '  # with pid
    archive_mode: on
  pg_hba:
    # ours
    - hostssl all all 10.0.0.0/8 scram-sha-256
    - hostssl replication replicator 10.0.0.0/8 scram-sha-256  # standbys
# the end
`;
const value = (text: string): JsonObject => {
  const parsed = parseConfig(text, 'yaml').value;
  if (parsed === null) throw new Error('does not parse');
  return parsed;
};
const change = (path: readonly (string | number)[], leaf: unknown): string =>
  updateText(TEXT, 'yaml', withLeaf(value(TEXT), path, leaf));

describe('parseConfig', () => {
  it.each(TABLE)('stores of %j what patronictl stores, or refuses it', ({ text, stored }) => {
    const parsed = parseConfig(text, 'yaml');
    if (parsed.value === null) {
      expect(parsed.problems.some(({ severity }) => severity === 'error')).toBe(true);
      expect(stored === null || STRICTER.some((pattern) => pattern.test(text))).toBe(true);
    } else {
      expect(stored).not.toBeNull();
      expect(parsed.value).toEqual(JSON.parse(stored ?? 'null'));
      // Not 1 for 1.0: JSON.parse does not tell them apart.
      expect(exactNumbers(stored ?? '').filter(({ source }) => /^-?\d+\.0$|^-?\d{16,}$/.test(source))).toEqual([]);
    }
  });

  it('reads nothing as an empty configuration', () => {
    expect(parseConfig('', 'yaml').value).toEqual({});
    expect(parseConfig('# only a comment\n', 'yaml').value).toEqual({});
    expect(parseConfig('', 'json').value).toEqual({});
  });

  it.each([
    ['ttl: 30\nttl: 20\n', 'yaml', /twice/],
    ['a:\n\tb: 1\n', 'yaml', /tab/i],
    ['a: &x 1\nb: *x\n', 'yaml', /not stored/],
    ['- a\n- b\n', 'yaml', /keys and values/],
    ['a: !!binary aGk=\n', 'yaml', /.+/],
    ['a: 12345678901234567890\n', 'yaml', /too large/],
    ['a: .inf\n', 'yaml', /JSON/],
    ['a: 1\n---\nb: 2\n', 'yaml', /One document/],
    ['a: "open\n', 'yaml', /.+/],
    ['{"a": 1,}', 'json', /not JSON/],
    ['{"a": 1, "a": 2}', 'json', /twice/],
    ['[1]', 'json', /object/],
    ['{"a": 12345678901234567890}', 'json', /too large/],
  ] as const)('refuses %j', (text, format, words) => {
    const parsed = parseConfig(text, format);
    expect(parsed.value).toBeNull();
    expect(parsed.problems[0]?.text).toMatch(words);
    expect(parsed.problems[0]?.from).toBeLessThanOrEqual(text.length);
  });

  it('lets a number stand that only the stored text can hold, and refuses a new one', () => {
    const kept = exactNumbers('{"a":9007199254740993,"b":1.0,"c":1e5}');
    const text = 'a: 9007199254740993\nb: 1.0\nc: 1.0e+5\n';
    expect(parseConfig(text, 'yaml', kept)).toMatchObject({ problems: [], value: { b: 1, c: 100_000 } });
    expect(parseConfig('{"a":9007199254740993,"b":1.0,"c":1e5}', 'json', kept)).toMatchObject({ problems: [] });
    for (const [other, words] of [
      [text, /too large/],
      ['b: 1.0\n', /store 1, patronictl 1.0/],
    ] as const)
      expect(parseConfig(other, 'yaml').problems[0]?.text).toMatch(words);
    expect(parseConfig(text.replace('993', '994'), 'yaml', kept).problems).toMatchObject([{ severity: 'error' }]);
    expect(parseConfig('{"a":9007199254740994}', 'json', kept).problems).toMatchObject([{ severity: 'error' }]);
    const stays = { severity: 'warning', text: expect.stringMatching(/Stored as 1.0/) };
    expect(parseConfig(text.replace('1.0\n', '1\n'), 'yaml', kept).problems).toMatchObject([stays]);
    expect(parseConfig('{"b": 1}', 'json', kept).problems).toMatchObject([stays]);
    expect(parseConfig('{"b": 2}', 'json', kept).problems).toEqual([]);
  });

  it('shows such a number as it is stored', () => {
    const stored = '{"a":9007199254740993,"b":{"c":[1.0,1e5]},"d":1}';
    const value = JSON.parse(stored) as JsonObject;
    const kept = exactNumbers(stored);
    expect(formatConfig(value, 'yaml', kept)).toBe('a: 9007199254740993\nb:\n  c:\n    - 1.0\n    - 1.0e+5\nd: 1\n');
    expect(formatConfig(value, 'json', kept)).toContain('"a": 9007199254740993');
    expect(updateText('d: 2 # two\n', 'yaml', value, kept)).toBe(
      'd: 1 # two\na: 9007199254740993\nb:\n  c:\n    - 1.0\n    - 1.0e+5\n',
    );
  });

  it('knows where a leaf stands, and its parent where it is absent', () => {
    const parsed = parseConfig(TEXT, 'yaml');
    const at = (path: readonly (string | number)[]): string | null => {
      const range = parsed.rangeOf(path);
      return range && TEXT.slice(range.from, range.to);
    };
    expect(at(['loop_wait'])).toBe('loop_wait: 10');
    expect(at(['postgresql', 'parameters', 'work_mem'])).toBe('work_mem: 32MB');
    expect(at(['postgresql', 'pg_hba', 1])).toBe('hostssl replication replicator 10.0.0.0/8 scram-sha-256');
    expect(at(['postgresql', 'parameters', 'absent'])).toBe('parameters');
    expect(at(['absent'])).toBeNull();
    const json = formatConfig(value(TEXT), 'json');
    const range = parseConfig(json, 'json').rangeOf(['loop_wait']);
    expect(range && json.slice(range.from, range.to)).toBe('"loop_wait": 10');
  });
});

describe('updateText', () => {
  it('touches only the line of a changed leaf', () => {
    expect(change(['loop_wait'], 5)).toBe(TEXT.replace('loop_wait: 10', 'loop_wait: 5'));
    expect(change(['postgresql', 'parameters', 'work_mem'], '64MB')).toBe(TEXT.replace('32MB', '64MB'));
    expect(change(['postgresql', 'parameters', 'log_line_prefix'], '%p ')).toBe(TEXT.replace("'%m [%p] '", "'%p '"));
  });

  it('removes the line of a removed leaf, inserts beside its neighbours', () => {
    expect(change(['postgresql', 'parameters', 'archive_mode'], undefined)).toBe(
      TEXT.replace('    archive_mode: on\n', ''),
    );
    expect(change(['postgresql', 'parameters', 'max_connections'], 200)).toBe(
      TEXT.replace('archive_mode: on\n', 'archive_mode: on\n    max_connections: 200\n'),
    );
    expect(change(['failsafe_mode'], true)).toBe(TEXT.replace('# standbys\n', '# standbys\nfailsafe_mode: true\n'));
    expect(change(['slots'], { a: { type: 'physical' } })).toContain('\nslots:\n  a:\n    type: physical\n');
  });

  it('keeps the comments beside the lines of a list', () => {
    const added = change(
      ['postgresql', 'pg_hba'],
      [
        'hostssl all all 10.0.0.0/8 scram-sha-256',
        'local all all peer',
        'hostssl replication replicator 10.0.0.0/8 scram-sha-256',
      ],
    );
    expect(added).toBe(
      TEXT.replace('    - hostssl replication', '    - local all all peer\n    - hostssl replication'),
    );
    const fewer = change(['postgresql', 'pg_hba'], ['hostssl replication replicator 10.0.0.0/8 scram-sha-256']);
    expect(fewer).toContain('# ours');
    expect(fewer).toContain('# standbys');
  });

  it.each(['# after\n', '\n# after\n', ''])(
    'touches nothing behind a list whose last line goes or comes: %j',
    (after) => {
      const text = (items: readonly string[]): string =>
        `a:\n  list:\n${items.map((item) => `    - ${item}\n`).join('')}${after}b: 1\n`;
      const list = (...items: readonly string[]) => ({ a: { list: items }, b: 1 });
      expect(updateText(text(['x', 'y']), 'yaml', list('x'))).toBe(text(['x']));
      expect(updateText(text(['x']), 'yaml', list('x', 'y'))).toBe(text(['x', 'y']));
      expect(updateText(text(['x', 'y']), 'yaml', list('x', 'z'))).toBe(text(['x', 'z']));
    },
  );

  it('has all comments left when the last key of a map goes', () => {
    const text = '# head\npostgresql:\n  # inner\n  parameters:\n    work_mem: 4MB\nttl: 30 # tail\n';
    const next = updateText(text, 'yaml', { postgresql: { parameters: {} }, ttl: 30 });
    expect(value(next)).toEqual({ postgresql: { parameters: {} }, ttl: 30 });
    for (const comment of ['# head', '# inner', '# tail']) expect(next).toContain(comment);
  });

  it('starts from nothing, and from what does not parse', () => {
    expect(value(updateText('', 'yaml', { ttl: 30 }))).toEqual({ ttl: 30 });
    expect(updateText('# owner: dba\n', 'yaml', { ttl: 30 })).toBe('# owner: dba\nttl: 30\n');
    expect(value(updateText('a: [', 'yaml', { ttl: 30 }))).toEqual({ ttl: 30 });
    expect(updateText('{}', 'json', { ttl: 30 })).toBe('{\n  "ttl": 30\n}\n');
  });

  it('always says exactly the value that was asked for, in both formats', () => {
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(
        'on',
        '8GB',
        '',
        ' x ',
        'a: b',
        '# no',
        '- x',
        'null',
        '1',
        'it\'s "q"',
        '%m [%p] ',
        'a\nb',
        '*',
        '&',
        '@x',
        '!t',
      ),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.constantFrom<unknown>('a', 'b # c', 1, '- x'), { maxLength: 3 }),
    );
    const names = fc.constantFrom('ttl', 'postgresql', 'parameters', 'work_mem', 'a.b', 'x: y');
    const config = fc.letrec<{ node: unknown; object: JsonObject }>((tie) => ({
      node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('object')),
      object: fc.array(fc.tuple(names, tie('node')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    })).object;
    fc.assert(
      fc.property(config, config, (from, to) => {
        expect(parseConfig(formatConfig(from, 'yaml'), 'yaml').value).toEqual(from);
        expect(parseConfig(formatConfig(from, 'json'), 'json').value).toEqual(from);
        expect(parseConfig(updateText(formatConfig(from, 'yaml'), 'yaml', to), 'yaml').value).toEqual(to);
        expect(parseConfig(updateText(TEXT, 'yaml', to), 'yaml').value).toEqual(to);
      }),
      { numRuns: 200 },
    );
  });
});
