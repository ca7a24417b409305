// The ways to tell people, after they were read and checked. What is a secret is a Secret; `target` of a receiver is made from the
// rest (see server/alerts).
import type { Language } from '../../language/language';
import type { Secret } from './secret';
import type { TlsProfile } from './settings';

interface Named {
  readonly name: string;
  /** In which messages are written. Of web push: for phones that did not say theirs. */
  readonly language: Language;
}

export interface AlertmanagerSettings extends Named {
  readonly kind: 'alertmanager';
  /** Without `/api/v2`; each member of a mesh gets every alert. */
  readonly urls: readonly string[];
  readonly username: string | null;
  readonly password: Secret | null;
  readonly tls: TlsProfile | null;
}

export interface WebhookSettings extends Named {
  readonly kind: 'webhook';
  /** May carry a token in its path. */
  readonly url: Secret;
  /** The key of the signature; null: the body is not signed. */
  readonly secret: Secret | null;
  /** null: Howdah's own JSON. */
  readonly template: WebhookTemplate | null;
  readonly tls: TlsProfile | null;
}

export type WebhookTemplate =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string };

export interface SlackSettings extends Named {
  readonly kind: 'slack';
  readonly url: Secret;
  readonly tls: TlsProfile | null;
}

export interface TelegramSettings extends Named {
  readonly kind: 'telegram';
  readonly url: string;
  readonly token: Secret;
  readonly chat: string;
  readonly tls: TlsProfile | null;
}

export interface SmtpSettings extends Named {
  readonly kind: 'smtp';
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte. `starttls`: required. `none`: in the clear, for a relay on this machine. */
  readonly security: 'implicit' | 'starttls' | 'none';
  readonly username: string | null;
  readonly password: Secret | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly tls: TlsProfile | null;
}

export interface WebPushSettings extends Named {
  readonly kind: 'webpush';
  /** `mailto:` or `https:`: whom a push service asks about this sender. */
  readonly subject: string;
  /** Push services beside the known ones, `host` or `host:port`. */
  readonly services: readonly string[];
  /** Absolute; null: `vapid.json` in the data folder. */
  readonly keyFile: string | null;
  readonly tls: TlsProfile | null;
}

export type ReceiverSettings =
  | AlertmanagerSettings
  | WebhookSettings
  | SlackSettings
  | TelegramSettings
  | SmtpSettings
  | WebPushSettings;
