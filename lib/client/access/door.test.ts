import { describe, expect, it } from 'vitest';
import { isOutside, ownPath, signInPath } from './door';

describe('where a sign-in goes on to', () => {
  it('is a path of our own, with its query', () => {
    expect(ownPath('/clusters/orders?at=1#x')).toBe('/clusters/orders?at=1#x');
    expect(ownPath('/')).toBe('/');
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    '/\n/evil.example',
    'javascript:alert(1)',
    'evil.example',
    ' /clusters',
    '',
  ])('is never another site: %j', (next) => {
    expect(ownPath(next)).toBe('/');
    expect(new URL(ownPath(next), 'http://howdah.example').origin).toBe('http://howdah.example');
  });

  it('is not the door itself', () => {
    expect(ownPath('/sign-in?next=/sign-in')).toBe('/');
    expect(ownPath('/setup')).toBe('/');
    expect(ownPath('/setups')).toBe('/setups');
  });

  it('is kept in the address of the sign-in page', () => {
    expect(signInPath('/audit?scope=a b')).toBe('/sign-in?next=%2Faudit%3Fscope%3Da%20b');
    expect(signInPath('/')).toBe('/sign-in');
    expect(signInPath('//evil.example')).toBe('/sign-in');
  });

  it('is outside for the pages of those who have not signed in', () => {
    expect(isOutside('/wall/abc')).toBe(true);
    expect(isOutside('/walls')).toBe(false);
    expect(isOutside('/')).toBe(false);
  });
});
