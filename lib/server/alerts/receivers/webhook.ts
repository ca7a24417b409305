// A POST to whatever listens. Signed: `Howdah-Signature: v1=<hex>` is HMAC-SHA256 over `<Howdah-Timestamp>.<body>`, so that a
// recorded request cannot be sent again later; `Howdah-Id` is the same in every attempt.
import { createHmac } from 'node:crypto';
import type { WebhookSettings } from '../../config/receiver-settings';
import { renderBody } from '../template';
import { hostOf, Poster, secretsOf } from './http';
import type { Receiver } from './receiver';

export function webhookReceiver(settings: WebhookSettings, now: () => number): Receiver {
  const poster = new Poster(settings.tls);
  const url = settings.url.reveal();
  return {
    name: settings.name,
    kind: 'webhook',
    language: () => settings.language,
    target: () => hostOf(url),
    addresses: () => [''],
    send: (message, _address, attempt) => {
      const { contentType, text } = renderBody(settings.template, message);
      const key = settings.secret?.reveal() ?? null;
      const timestamp = String(now());
      const signature =
        key === null
          ? {}
          : { 'howdah-signature': `v1=${signBody(key, timestamp, text)}`, 'howdah-timestamp': timestamp };
      return poster.post({
        url,
        headers: {
          'content-type': contentType,
          'howdah-id': message.id,
          'idempotency-key': message.id,
          'howdah-attempt': String(attempt),
          ...signature,
        },
        body: text,
        secrets: [key, ...secretsOf(url)],
      });
    },
    close: () => poster.close(),
  };
}

export function signBody(key: string, timestamp: string, body: string): string {
  return createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
}
