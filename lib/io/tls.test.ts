import { expect, it } from 'vitest';
import { sslOf, type TlsMaterial } from './tls';

const NOTHING: TlsMaterial = { ca: null, cert: null, key: null, serverName: null, verify: true };

it('a profile reaches pg with each of its parts, and with none that it has not', () => {
  const all = { ca: 'CA', cert: 'CERT', key: 'KEY', serverName: 'db.example', verify: true };
  expect(sslOf(all)).toEqual({
    rejectUnauthorized: true,
    ca: 'CA',
    cert: 'CERT',
    key: 'KEY',
    servername: 'db.example',
  });
  expect(sslOf(NOTHING)).toEqual({ rejectUnauthorized: true });
});

it('a certificate goes unchecked only where that was said', () => {
  expect(sslOf({ ...NOTHING, verify: false })).toEqual({ rejectUnauthorized: false });
  expect(sslOf({ ...NOTHING, ca: 'CA' })).toMatchObject({ rejectUnauthorized: true });
});
