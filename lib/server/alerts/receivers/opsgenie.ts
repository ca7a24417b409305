// Opsgenie by its Alert API (POST /v2/alerts): one alert there is one group here, by `alias`; what is over is closed. Both are taken with
// 202. The key of an API integration is a secret.

import { cutText, type Message } from '../../../telling/alerts/message';
import type { OpsgenieSettings } from '../../config/receiver-settings';
import { hostOf, Poster } from './http';
import { dedupKeyOf } from './pagerduty';
import { bodyOf, type Receiver } from './receiver';

const MESSAGE_MAX = 130;
const DESCRIPTION_MAX = 15_000;
const PRIORITIES = { critical: 'P1', warning: 'P3', note: 'P5' } as const;

export function opsgenieReceiver(settings: OpsgenieSettings): Receiver {
  const poster = new Poster(settings.tls);
  const key = settings.apiKey.reveal();
  const post = (path: string, body: object) =>
    poster.post({
      url: `${settings.url}/v2/alerts${path}`,
      headers: { 'content-type': 'application/json', authorization: `GenieKey ${key}` },
      body: JSON.stringify({ source: 'Howdah', ...body }),
      secrets: [key],
    });
  const close = (message: Message) =>
    post(`/${encodeURIComponent(dedupKeyOf(message))}/close?identifierType=alias`, {
      note: cutText(message.title, DESCRIPTION_MAX),
    });
  return {
    name: settings.name,
    kind: 'opsgenie',
    language: () => settings.language,
    target: () => hostOf(settings.url),
    addresses: () => [''],
    send: async (message) => {
      if (message.reason === 'over') return close(message);
      const sent = await post('', opsgenieAlert(message));
      // A test wakes whoever is on call and leaves nothing open.
      return sent.ok && message.reason === 'test' ? close(message) : sent;
    },
    close: () => poster.close(),
  };
}

function opsgenieAlert(message: Message): object {
  const { title, severity, scope, link, alerts } = message;
  const [first] = alerts;
  return {
    message: cutText(title, MESSAGE_MAX),
    alias: dedupKeyOf(message),
    description: cutText(`${title}\n\n${bodyOf(message)}\n\n${link}`, DESCRIPTION_MAX),
    priority: PRIORITIES[severity],
    entity: scope === '' ? 'howdah' : scope,
    tags: ['howdah', severity],
    details: { link, code: first?.code ?? '', member: first?.member ?? '' },
  };
}
