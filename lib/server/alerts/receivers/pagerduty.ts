// PagerDuty by its Events API v2 (developer.pagerduty.com): one incident there is one group here, by `dedup_key`; what is over is resolved.
// The routing key of a service is a secret. It takes an event with 202.

import { createHash } from 'node:crypto';
import { say } from '../../../language/sentence';
import { speakerOf } from '../../../language/speakers';
import { cutText, type Message } from '../../../telling/alerts/message';
import type { PagerDutySettings } from '../../config/receiver-settings';
import { hostOf, Poster } from './http';
import { bodyOf, type Receiver } from './receiver';

const SUMMARY_MAX = 1024;
const DETAILS_MAX = 8000;
const SEVERITIES = { critical: 'critical', warning: 'warning', note: 'info' } as const;

export function pagerDutyReceiver(settings: PagerDutySettings): Receiver {
  const poster = new Poster(settings.tls);
  const key = settings.routingKey.reveal();
  const post = (event: object) =>
    poster.post({
      url: `${settings.url}/v2/enqueue`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ routing_key: key, ...event }),
      secrets: [key],
    });
  return {
    name: settings.name,
    kind: 'pagerduty',
    language: () => settings.language,
    target: () => hostOf(settings.url),
    addresses: () => [''],
    send: async (message) => {
      const open = speakerOf(settings.language).speak(say`Open in Howdah`);
      if (message.reason === 'over') return post(resolveEvent(message));
      const sent = await post(triggerEvent(message, open));
      // A test wakes whoever is on call and leaves nothing open.
      return sent.ok && message.reason === 'test' ? post(resolveEvent(message)) : sent;
    },
    close: () => poster.close(),
  };
}

/** At most 255 characters, and the same for every message of an incident. */
export function dedupKeyOf({ group, reason, id }: Pick<Message, 'group' | 'reason' | 'id'>): string {
  const own = reason === 'test' ? id : group;
  return own.length <= 200 ? `howdah/${own}` : `howdah/${createHash('sha256').update(own).digest('hex')}`;
}

function resolveEvent(message: Message): object {
  return { event_action: 'resolve', dedup_key: dedupKeyOf(message) };
}

function triggerEvent(message: Message, open: string): object {
  const { title, severity, scope, at, advice, link, alerts } = message;
  return {
    event_action: 'trigger',
    dedup_key: dedupKeyOf(message),
    client: 'Howdah',
    client_url: link,
    links: [{ href: link, text: open }],
    payload: {
      summary: cutText(title, SUMMARY_MAX),
      source: scope === '' ? 'howdah' : scope,
      severity: SEVERITIES[severity],
      timestamp: new Date(at).toISOString(),
      group: scope === '' ? 'howdah' : scope,
      class: alerts[0]?.code ?? alerts[0]?.rule ?? 'howdah',
      ...(alerts[0]?.member == null ? {} : { component: alerts[0].member }),
      custom_details: { text: cutText(bodyOf(message), DETAILS_MAX), advice },
    },
  };
}
