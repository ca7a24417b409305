// Microsoft Teams by the webhook of a workflow ("When a Teams webhook request is received"): an Adaptive Card. Whoever knows the address
// may post there, so that it is a secret as a whole. An old connector takes it too, and refuses with 200.

import { say, type Text } from '../../../language/sentence';
import type { Speaker } from '../../../language/speaker';
import { speakerOf } from '../../../language/speakers';
import { cutText, type Message } from '../../../telling/alerts/message';
import type { TeamsSettings } from '../../config/receiver-settings';
import { hostOf, Poster, secretsOf } from './http';
import { bodyOf, escapeMarkdown, type Receiver } from './receiver';

/** 28 kB is what a message may hold. */
const TEXT_MAX = 8000;
const LINES_MAX = 60;
const COLORS = { critical: 'Attention', warning: 'Warning', note: 'Default' } as const;

export function teamsReceiver(settings: TeamsSettings): Receiver {
  const poster = new Poster(settings.tls);
  const url = settings.url.reveal();
  return {
    name: settings.name,
    kind: 'teams',
    language: () => settings.language,
    target: () => hostOf(url),
    addresses: () => [''],
    send: (message) =>
      poster.post(
        {
          url,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(teamsCard(message, speakerOf(settings.language))),
          secrets: secretsOf(url),
        },
        refusalOf,
      ),
    close: () => poster.close(),
  };
}

function teamsCard(message: Message, { speak }: Pick<Speaker, 'speak'>): object {
  const { title, link, severity, reason } = message;
  const block = (text: string, more: object): object => ({
    type: 'TextBlock',
    text: escapeMarkdown(text),
    wrap: true,
    ...more,
  });
  const lines = cutText(bodyOf(message), TEXT_MAX).split('\n').slice(0, LINES_MAX);
  const color = reason === 'over' ? 'Default' : COLORS[severity];
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            block(title, { weight: 'Bolder', size: 'Medium', color }),
            // A line break within one block is a space there.
            ...lines.map((line) => block(line, { spacing: line === '' ? 'Small' : 'None' })),
          ],
          actions: [{ type: 'Action.OpenUrl', title: speak(say`Open in Howdah`), url: link }],
        },
      },
    ],
  };
}

function refusalOf(text: string): Text | null {
  return /HTTP error|Webhook message delivery failed/i.test(text) ? text : null;
}
