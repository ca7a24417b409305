import fc from 'fast-check';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { fillIcu, parseIcu } from './icu';

const ours = (text: string, values: Readonly<Record<string, string | number>>): string | null => {
  const message = parseIcu(text);
  return message === null ? null : (fillIcu(message, values, 'ru')?.join('') ?? null);
};

const theirs = (text: string, values: Readonly<Record<string, string | number>>): string | null => {
  try {
    return String(new IntlMessageFormat(text, 'ru', undefined, { ignoreTag: true }).format(values));
  } catch {
    return null;
  }
};

describe('an ICU message', () => {
  it.each([
    "it's {a}",
    "'{a}' is '{'quoted'}' and '' one",
    '{a, plural, =1 {один} one {# раз} few {# раза} other {# раз, {b}}}',
    "{a, plural, other {'#' is #}} and # is text",
    '{b, select, x {икс} other {{a, plural, one {# y} other {# ys}}}}',
    '{a, number} of {a, number, ::.0}',
  ])('%s reads as by the reference implementation', (text) => {
    for (const a of [0, 1, 3, 11, 21, 1.5])
      for (const b of ['x', 'y']) expect(ours(text, { a, b })).toBe(theirs(text, { a, b }));
  });

  it('is none where a brace is left open, an arm is missing or a kind is not known', () => {
    for (const text of ['{a', 'a}', '{a, plural, one {x}}', '{a, plural, other {x}', '{a, date}', '{}'])
      expect(parseIcu(text)).toBeNull();
  });

  it('says nothing where a value is missing, and takes none from a prototype', () => {
    expect(ours('{a} {b}', { a: 1 })).toBeNull();
    expect(ours('{constructor}', {})).toBeNull();
  });

  it('keeps what is no text as it is', () => {
    const bold = { bold: true };
    expect(fillIcu(parseIcu('a {b} c') ?? [], { b: bold }, 'ru')).toEqual(['a ', bold, ' c']);
  });

  it('whatever is written: where it is understood, it reads as by the reference implementation', () => {
    const piece = fc.constantFrom(
      '{a}',
      "'",
      '{',
      '}',
      '#',
      'x',
      ' ',
      '{a, plural, one {',
      '} other {',
      '}}',
      '=1',
      '<',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const said = ours(text, { a: 3 });
        expect(said === null || said === theirs(text, { a: 3 })).toBe(true);
      }),
    );
  });
});
