// What a way to tell people is: it sends one message to one address, once, within a deadline, and says how it went. Whether and
// when to try again is the outbox's matter. No text that leaves here holds a secret.

import type { ReceiverKind } from '../../../contract/alerts';
import type { Language } from '../../../language/language';
import { renamed, type Text } from '../../../language/sentence';
import { cutText, type Message } from '../../../telling/alerts/message';

export type Sent =
  | { readonly ok: true; readonly text: Text }
  | {
      readonly ok: false;
      readonly text: Text;
      /** Refused for good: the same again would be refused again. */
      readonly final: boolean;
      /** As the receiver asked; null: it did not. */
      readonly retryAfterMs: number | null;
      /** The address is no more: it is to be forgotten. */
      readonly gone?: true;
    };

export interface Receiver {
  readonly name: string;
  readonly kind: ReceiverKind;
  /** Where to, without secrets. */
  target(): Text;
  /** Of the messages to this address. */
  language(address: string): Language;
  /** Never rejects. `address`: of the outbox row, a phone's id, a mail address; else empty. `attempt`: 1 for the first. */
  send(message: Message, address: string, attempt: number): Promise<Sent>;
  /** Addresses a new message goes to now. */
  addresses(): readonly string[];
  /** Every minute while there are such alerts: what this receiver wants to hear again and again. */
  refresh?(messageOf: RefreshInput): Promise<Sent>;
  close(): Promise<void>;
}

export interface RefreshInput {
  readonly firing: readonly RefreshAlert[];
  /** Over, or kept quiet by a silence. */
  readonly ended: readonly RefreshAlert[];
  readonly now: number;
}

export interface RefreshAlert {
  readonly alert: Message['alerts'][number];
  readonly link: string;
}

/** A message that takes longer is not going to arrive; claims of the outbox last longer than this. */
export const SEND_MS = 10_000;
const TEXT_LENGTH = 200;

/** The text below the title, without the link, which every receiver shows in its own way. */
export function bodyOf({ text, link }: Pick<Message, 'text' | 'link'>): string {
  return text.split('\n').slice(1).join('\n').replace(link, '').trim();
}

/** Of Markdown nothing is left that a cluster could say; `@` calls nobody. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>~|]/g, '\\$&')
    .replace(/^(\s*)([#+-])/gm, '$1\\$2')
    .replaceAll('@', '@\u200b');
}

/** What an answer said, on one line, without what must not be seen. */
export function answerText(text: Text, secrets: readonly (string | null)[]): Text {
  const known = secrets.flatMap((secret) => (secret === null || secret === '' ? [] : [secret]));
  // The longest first: what is left of it, when a part of it is taken out, shows the rest.
  const longest = known.sort((a, b) => b.length - a.length);
  return renamed(text, (words) => {
    const line = words.replace(/\p{Cc}+/gu, ' ').trim();
    return cutText(
      longest.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), line),
      TEXT_LENGTH,
    );
  });
}
