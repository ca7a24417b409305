// Incoming webhooks as Slack has them, and others like it: one JSON `text` in their mrkdwn. Whoever knows the
// address may post there, so that it is a secret as a whole.

import { say } from '../../../language/sentence';
import type { Speaker } from '../../../language/speaker';
import { speakerOf } from '../../../language/speakers';
import { cutText, type Message } from '../../../telling/alerts/message';
import type { SlackSettings } from '../../config/receiver-settings';
import { hostOf, Poster, secretsOf } from './http';
import { bodyOf, type Receiver } from './receiver';

const TEXT_MAX = 3500;

export function slackReceiver(settings: SlackSettings): Receiver {
  const poster = new Poster(settings.tls);
  const url = settings.url.reveal();
  return {
    name: settings.name,
    kind: 'slack',
    language: () => settings.language,
    target: () => hostOf(url),
    addresses: () => [''],
    send: (message) =>
      poster.post({
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: slackText(message, speakerOf(settings.language)) }),
        secrets: secretsOf(url),
      }),
    close: () => poster.close(),
  };
}

/** Of mrkdwn only `&`, `<` and `>` are special in a text; the link is written as one. */
export function slackText(message: Message, { speak }: Pick<Speaker, 'speak'>): string {
  const { title, link } = message;
  const shown = cutText(bodyOf(message), TEXT_MAX);
  return `*${escapeSlack(title)}*\n${escapeSlack(shown)}\n<${escapeSlack(link)}|${escapeSlack(speak(say`Open in Howdah`))}>`;
}

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
