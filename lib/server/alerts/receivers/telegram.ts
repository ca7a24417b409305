// The bot API of Telegram: sendMessage, plain text. The token stands in the path, so that the address is never shown or logged.

import { say, type Text } from '../../../language/sentence';
import { cutText } from '../../../telling/alerts/message';
import type { TelegramSettings } from '../../config/receiver-settings';
import { hostOf, Poster } from './http';
import type { Receiver } from './receiver';

/** 4096 is what a message may hold after entities were parsed; there are none. */
const TEXT_MAX = 4000;

export function telegramReceiver(settings: TelegramSettings): Receiver {
  const poster = new Poster(settings.tls);
  const token = settings.token.reveal();
  return {
    name: settings.name,
    kind: 'telegram',
    language: () => settings.language,
    target: () => `chat ${settings.chat} at ${hostOf(settings.url)}`,
    addresses: () => [''],
    send: (message) => {
      const { text, link } = message;
      const body = {
        chat_id: settings.chat,
        text: text.length > TEXT_MAX ? `${cutText(text, TEXT_MAX - link.length)}\n${link}` : cutText(text, TEXT_MAX),
        link_preview_options: { is_disabled: true },
        disable_notification: message.severity === 'note',
      };
      return poster.post(
        {
          url: `${settings.url}/bot${token}/sendMessage`,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          secrets: [token],
        },
        refusalOf,
      );
    },
    close: () => poster.close(),
  };
}

/** `{ok: false, description}` may come with any status. */
function refusalOf(text: string): Text | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('ok' in value)) return say`not the answer of a bot API`;
    if (value.ok === true) return null;
    return 'description' in value && typeof value.description === 'string' ? value.description : say`refused`;
  } catch {
    return say`not the answer of a bot API`;
  }
}
