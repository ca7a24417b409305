import { describe, expect, it } from 'vitest';
import { Refusal, scopeParam } from './route';

describe('the scope of a path', () => {
  it('is decoded once', () => {
    expect(scopeParam({ scope: 'demo%2F0' })).toBe('demo/0');
    expect(scopeParam({ scope: 'a b' })).toBe('a b');
  });

  it('is refused when empty, too long or not decodable', () => {
    for (const scope of ['', 'x'.repeat(201), '%', '%E0%A4%A']) expect(() => scopeParam({ scope })).toThrow(Refusal);
  });
});
