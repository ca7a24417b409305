// Mail over TLS from the first byte: the name in the certificate is asked for, and another one is refused.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, it } from 'vitest';
import type { Message } from '../../../telling/alerts/message';
import { buildSecret } from '../../config/secret';
import { TEST_CERT, TEST_KEY } from '../../config/test-pem';
import { smtpReceiver } from './smtp';

const MESSAGE = {
  id: 'i',
  group: 'g',
  title: 't',
  text: 'x',
  severity: 'warning',
  reason: 'new',
} as unknown as Message;

it.each([
  ['implicit', 'howdah-test', true],
  ['starttls', 'howdah-test', true],
  ['implicit', 'other', false],
  ['starttls', 'other', false],
] as const)('%s with a certificate for howdah-test, asked for as %s: %s', async (security, serverName, ok) => {
  const taken: string[] = [];
  const server = new SMTPServer({
    ...{ secure: security === 'implicit', cert: TEST_CERT, key: TEST_KEY, authOptional: true },
    onAuth: (auth, _, done) => done(null, { user: auth.username ?? '' }),
    onData: (stream, _, done) => {
      stream.on('data', (chunk) => taken.push(String(chunk)));
      stream.on('end', () => done());
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  const tls = { ca: TEST_CERT, cert: null, key: null, serverName, verify: true };
  const receiver = smtpReceiver({
    ...({ kind: 'smtp', name: 'm', language: 'en', host: '127.0.0.1', port, security, tls } as const),
    ...{ username: 'u', password: buildSecret('pw'), from: 'h@example.com', to: ['a@example.com'] },
  });
  expect((await receiver.send(MESSAGE, '', 1)).ok).toBe(ok);
  expect(taken.length > 0).toBe(ok);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
