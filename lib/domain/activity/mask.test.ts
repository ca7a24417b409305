import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masked } from './mask';

describe('a masked statement', () => {
  it.each([
    ['UPDATE t SET v = 10 WHERE id = 1', 'UPDATE t SET v = ? WHERE id = ?'],
    ["SELECT * FROM orders2 WHERE name = 'O''Brien' AND x > 1.5e-3", 'SELECT * FROM orders2 WHERE name = ? AND x > ?'],
    ['SELECT $1, "Weird ""name""" FROM a.b_1', 'SELECT $1, "Weird ""name""" FROM a.b_1'],
    ["SELECT E'a', B'101', X'ff', N'x', U&'d'", 'SELECT ?, ?, ?, ?, ?'],
    ['DO $$ BEGIN PERFORM secret(); END $$', 'DO ?'],
    ["SELECT $a$it's$a$ -- token abc\n, 0xDEAD", 'SELECT ? , ?'],
    ['SELECT /* user=ann /* deep */ still */ 1', 'SELECT ?'],
    ["ALTER ROLE app PASSWORD 'hunter2'", 'ALTER ROLE app PASSWORD ?'],
    ['SET SESSION app.user TO ann', 'SET SESSION app.user TO ?'],
    ["like'foo'", 'like?'],
  ])('%s', (statement, shown) => {
    expect(masked(statement)).toBe(shown);
  });

  it('ends where its text was cut within a literal, a comment or a name', () => {
    expect(masked("SELECT 'hunt")).toBe('SELECT ? …');
    expect(masked('SELECT $x$ hunt')).toBe('SELECT ? …');
    expect(masked('SELECT 1 /* hunt')).toBe('SELECT ? …');
    expect(masked('SELECT "hunt')).toBe('SELECT …');
  });

  it('ends where a backslash lets a literal end in two places', () => {
    for (const statement of [
      "SELECT 'C:\\' AND pw = 'hunter2'",
      "SELECT 'it\\'s', 'hunter2'",
      "SELECT E'it\\'s', 'hunter2'",
    ])
      expect(masked(statement)).toBe('SELECT ? …');
  });

  it('never holds a value, in whatever literal it stands and wherever the text is cut', () => {
    const secret = 'hunter2';
    const literal = fc.constantFrom(
      `'${secret}'`,
      `'it''s ${secret}'`,
      `E'\\'${secret}'`,
      `'\\' || '${secret}'`,
      `$$${secret}$$`,
      `$t$ ' ${secret} $t$`,
      `/* ${secret} ' */ 1`,
      `-- ${secret} '\n 2`,
      `U&'${secret}'`,
    );
    const piece = fc.oneof(
      literal,
      fc.constantFrom('SELECT', 'a', '"b"', '$1', '1.5', ',', '=', '(', ')', '::text', '||', 'x$y'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(400), (pieces, cut) => {
        expect(masked(pieces.join(' ').slice(0, cut))).not.toContain('hunter');
      }),
    );
  });

  it('stays short', () => {
    expect(masked(`SELECT ${'a, '.repeat(1000)}`).length).toBeLessThanOrEqual(300);
  });
});
