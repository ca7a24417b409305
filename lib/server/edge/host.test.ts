import { describe, expect, it } from 'vitest';
import { isOwnHost, isOwnOrigin, type OwnNames } from './host';

const config: OwnNames = {
  auth: { kind: 'sign_in' },
  publicUrl: 'https://Howdah.example.com/db/howdah',
  listen: { host: '10.0.0.5', names: ['db.example.com', 'fd00::5'] },
};
const open: OwnNames = { ...config, auth: { kind: 'none' } };

describe('a host is ours', () => {
  it.each([
    ...['localhost', 'LOCALHOST:3000', '127.0.0.1:3000', '127.9.9.9', '[::1]:3000', 'localhost.'],
    ...['howdah.example.com', 'HOWDAH.example.com:443', 'db.example.com:8443', 'db.example.com.', '10.0.0.5:3000'],
    '[fd00::5]:3000',
  ])('%s', (host) => {
    expect(isOwnHost(host, config)).toBe(true);
  });

  it.each([
    ...[null, '', ':3000', 'evil.example', 'howdah.example.com.evil.example', 'xhowdah.example.com'],
    ...['howdah.example.com@evil.example', 'evil.example/howdah.example.com', 'localhost:3000:1', 'localhost evil'],
    ...['127.0.0.1.evil.example', '10.0.0.6', '[fd00::6]', 'db.example.com, evil.example', 'localhost#', '[localhost]'],
    // Nobody can make an address of them: whatever asks for one would fail.
    ...['localhost:99999', '127.0.0.1:65536', '[::1]:99999'],
  ])('not %s', (host) => {
    expect(isOwnHost(host, config)).toBe(false);
  });

  it('on loopback names only where nobody signs in', () => {
    for (const host of ['howdah.example.com', 'db.example.com', '10.0.0.5']) expect(isOwnHost(host, open)).toBe(false);
    expect(isOwnHost('localhost:3000', open)).toBe(true);
  });
});

describe('an origin is ours', () => {
  const by = (host: string | null, secure: boolean) => ({ host, secure });

  it('when it is the one people are told, whatever a proxy made of the host', () => {
    expect(isOwnOrigin('https://howdah.example.com', by('127.0.0.1:3000', false), config)).toBe(true);
    expect(isOwnOrigin('http://howdah.example.com', by('127.0.0.1:3000', false), config)).toBe(false);
    expect(isOwnOrigin('https://howdah.example.com:8443', by('127.0.0.1:3000', false), config)).toBe(false);
  });

  it('when scheme, name and port are those it was sent to', () => {
    expect(isOwnOrigin('http://localhost:3000', by('localhost:3000', false), config)).toBe(true);
    expect(isOwnOrigin('https://localhost:3000', by('localhost:3000', false), config)).toBe(false);
    expect(isOwnOrigin('http://localhost:3000', by('localhost:3000', true), config)).toBe(false);
    expect(isOwnOrigin('http://localhost:3001', by('localhost:3000', false), config)).toBe(false);
    expect(isOwnOrigin('http://127.0.0.1:3000', by('localhost:3000', false), config)).toBe(false);
    expect(isOwnOrigin('https://db.example.com', by('db.example.com:443', true), config)).toBe(true);
  });

  it('never by naming the same foreign name twice', () => {
    expect(isOwnOrigin('http://evil.example', by('evil.example', false), config)).toBe(false);
    expect(isOwnOrigin('https://db.example.com', by('db.example.com', true), open)).toBe(false);
  });

  it.each(['null', '', 'localhost:3000', 'http://localhost:3000/', 'http://x@localhost:3000', 'file:///x'])(
    'never %j',
    (origin) => {
      expect(isOwnOrigin(origin, by('localhost:3000', false), config)).toBe(false);
    },
  );
});
