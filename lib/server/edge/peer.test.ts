import { describe, expect, it } from 'vitest';
import { insideOf } from '../../io/networks';
import { assessArrival, isClaim, type Met, peerOf, plainAddress } from './peer';

const isTrusted = insideOf(['127.0.0.1', '10.0.0.0/8', 'fd00::/16']);
const met = (address: string | undefined, headers: Met['headers'] = {}, encrypted = false) =>
  assessArrival({ address, encrypted, headers: { host: 'own:3000', ...headers } }, isTrusted);

describe('where a request came from', () => {
  it('is the other end of the socket, whatever it claims', () => {
    const claims = { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' };
    expect(met('192.168.0.9', claims)).toEqual({ peer: '192.168.0.9', secure: false, host: 'own:3000' });
    expect(met('::ffff:192.168.0.9', claims, true)).toEqual({ peer: '192.168.0.9', secure: true, host: 'own:3000' });
    expect(met(undefined, claims)).toEqual({ peer: null, secure: false, host: 'own:3000' });
  });

  it('is what a trusted proxy says', () => {
    const said = {
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'h.example.com',
    };
    for (const proxy of ['127.0.0.1', '::ffff:10.1.2.3', 'fd00::9'])
      expect(met(proxy, said)).toEqual({ peer: '203.0.113.7', secure: true, host: 'h.example.com' });
    expect(met('10.1.2.3')).toEqual({ peer: '10.1.2.3', secure: false, host: 'own:3000' });
    expect(met('10.1.2.3', { 'x-forwarded-proto': 'http' }, true).secure).toBe(false);
  });

  it('cannot be written by who stands before the proxy: what the proxy appended counts', () => {
    const peer = (chain: string) => met('10.0.0.1', { 'x-forwarded-for': chain }).peer;
    expect(peer('1.1.1.1, 203.0.113.7')).toBe('203.0.113.7');
    expect(peer('1.1.1.1, 203.0.113.7, 10.9.9.9')).toBe('203.0.113.7');
    expect(peer('1.1.1.1, junk, 10.9.9.9')).toBe('10.9.9.9');
    expect(peer('junk')).toBe('10.0.0.1');
    expect(peer('10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
    expect(met('10.0.0.1', { 'x-forwarded-host': 'evil.example, h.example.com' }).host).toBe('h.example.com');
    expect(met('10.0.0.1', { 'x-forwarded-proto': ['https', 'http'] }).secure).toBe(false);
  });

  it.each([
    ['10.0.0.5', '10.0.0.5'],
    ['10.0.0.5:4711', '10.0.0.5'],
    ['[FD00::5]:4711', 'fd00::5'],
    ['[fd00::5]', 'fd00::5'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:10.0.0.5', '10.0.0.5'],
    ['unknown', null],
    ['_hidden', null],
    ['', null],
    ['10.0.0.256', null],
  ])('%s is the address %s', (text, address) => {
    expect(plainAddress(text)).toBe(address);
  });

  it('is told to handlers by headers that nobody else may send', () => {
    expect(peerOf(new Request('http://own', { headers: { 'x-howdah-peer': '1.2.3.4' } }))).toBe('1.2.3.4');
    expect(peerOf(new Request('http://own'))).toBeNull();
    for (const name of ['x-howdah-peer', 'x-howdah-nonce', 'x-forwarded-prefix', 'forwarded', 'x-real-ip'])
      expect(isClaim(name)).toBe(true);
    for (const name of ['host', 'origin', 'cookie', 'x-howdah-active']) expect(isClaim(name)).toBe(false);
  });
});
