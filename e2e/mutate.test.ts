import { describe, expect, it } from 'vitest';
import { faultsOf, shuffled } from './mutate';

/** The text with each of its faults in turn. */
function planted(source: string): string[] {
  return faultsOf('some.ts', source).map(
    ({ start, end, instead }) => source.slice(0, start) + instead + source.slice(end),
  );
}

describe('the faults of a file', () => {
  it.each([
    ['const a = b > c;', ['const a = b >= c;']],
    ['const a = b && c;', ['const a = b || c;']],
    ['const a = b ?? c;', ['const a = b;']],
    ['const a = !b;', ['const a = b;']],
    ['const a = b === 7;', ['const a = b !== 7;', 'const a = b === 8;']],
    ['const a = b ? c : d;', ['const a = b ? d : c;']],
    ['const a = [b, ...c];', ['const a = [...c];', 'const a = [b];']],
    ['const a = [b];', ['const a = [];']],
    ['const a = { ...b, c };', ['const a = { c };']],
    ['const a = true;', ['const a = false;']],
    ['function f(a) { if (a) return; g(); }', ['function f(a) { if (false && (a)) return; g(); }']],
    [
      'for (const a of b) { if (a) { g(); continue; } h(); }',
      ['for (const a of b) { if (false && (a)) { g(); continue; } h(); }'],
    ],
  ])('%s', (source, wanted) => {
    expect(planted(source)).toEqual(wanted);
  });

  it.each([
    'type A = 1 | 2; interface B { readonly c: true }',
    'const a = (b: string): 5 => b;',
    'if (a) b(); else c();',
    "const a = 'b > c'; // d > e",
    'import { a } from "./b";',
    'const a = b + c;',
  ])('are none in: %s', (source) => {
    expect(planted(source)).toEqual([]);
  });

  it('are found in code that says its type, and keep their line', () => {
    const source = 'const a = 1;\nconst b = [c < d] as const satisfies readonly boolean[];';
    expect(faultsOf('x.ts', source).map(({ line, what }) => `${line} ${what}`)).toEqual([
      '1 1 is one more',
      '2 an element dropped',
      '2 < is <=',
    ]);
  });
});

it('one seed is one order, another seed another', () => {
  const all = Array.from({ length: 50 }, (_, index) => index);
  expect(shuffled(all, 1)).toEqual(shuffled(all, 1));
  expect(shuffled(all, 1)).not.toEqual(shuffled(all, 2));
  expect([...shuffled(all, 3)].sort((a, b) => a - b)).toEqual(all);
});
