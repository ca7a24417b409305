import { describe, expect, it } from 'vitest';
import { PATHS } from '../../contract/paths';
import { isName, isReadable, nameOf } from './path';

const lastOf = (path: string): string => path.split('/').at(-1) ?? '';

describe('a name in a path', () => {
  it.each([
    'demo',
    'demo/0',
    '..',
    '.',
    '__proto__',
    'constructor',
    'a b',
    '50%',
    '%ff',
    'a?b#c',
    'пример',
    '%2F',
    'x'.repeat(200),
  ])('comes as it was sent: %s', (name) => {
    const path = PATHS.cluster(name);
    expect(isReadable(path)).toBe(true);
    expect(nameOf(lastOf(path))).toBe(name);
  });

  it('is decoded once', () => {
    expect(nameOf('demo%2F0')).toBe('demo/0');
    expect(nameOf('demo%252F0')).toBe('demo%2F0');
    expect(nameOf('a b')).toBe('a b');
  });

  it('is none when it is empty, too long, or no text', () => {
    for (const part of ['', 'x'.repeat(201), '%', '50%', '%ff', '%E0%A4%A', '%zz', '%00', 'a%00b'])
      expect(nameOf(part)).toBeNull();
    for (const text of ['', 'x'.repeat(201), 'a\0b']) expect(isName(text)).toBe(false);
    for (const text of ['50%', '%ff', '%00', 'x'.repeat(200)]) expect(isName(text)).toBe(true);
  });
});

describe('a path that cannot be read', () => {
  it.each(['/api/clusters/%ff', '/clusters/%', '/%E0%A4%A/x', '/api/clusters/a%00b?x=1'])('%s', (url) => {
    expect(isReadable(url)).toBe(false);
  });

  it('is not one with an odd query, which is read by other rules', () => {
    expect(isReadable('/api/events?text=50%&scope=%ff')).toBe(true);
  });
});
