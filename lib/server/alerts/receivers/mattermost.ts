// Incoming webhooks of Mattermost: Markdown in `text`. Whoever knows the address may post there, so that it is a secret as a whole.

import { say } from '../../../language/sentence';
import type { Speaker } from '../../../language/speaker';
import { speakerOf } from '../../../language/speakers';
import { cutText, type Message } from '../../../telling/alerts/message';
import type { MattermostSettings } from '../../config/receiver-settings';
import { hostOf, Poster, secretsOf } from './http';
import { bodyOf, escapeMarkdown, type Receiver } from './receiver';

/** 16383 is what a post may hold; escapes may double it. */
const TEXT_MAX = 7000;

export function mattermostReceiver(settings: MattermostSettings): Receiver {
  const poster = new Poster(settings.tls);
  const url = settings.url.reveal();
  return {
    name: settings.name,
    kind: 'mattermost',
    language: () => settings.language,
    target: () => hostOf(url),
    addresses: () => [''],
    send: (message) =>
      poster.post({
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: mattermostText(message, speakerOf(settings.language)) }),
        secrets: secretsOf(url),
      }),
    close: () => poster.close(),
  };
}

/** Nothing of a cluster is markup, and nobody is called by its name. A parenthesis would end the link. */
export function mattermostText(message: Message, { speak }: Pick<Speaker, 'speak'>): string {
  const link = message.link.replaceAll('(', '%28').replaceAll(')', '%29');
  const shown = escapeMarkdown(cutText(bodyOf(message), TEXT_MAX));
  return `**${escapeMarkdown(message.title)}**\n${shown}\n[${speak(say`Open in Howdah`)}](${link})`;
}
