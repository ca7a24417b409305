// The ways to tell people, `receivers:` of howdah.yaml: a name, a language and exactly one kind each. What would only fail in the
// night of the first alert is refused here: a template with an unknown field, an address that is none, two web push receivers.
// What is a secret is a Secret; `target` of a receiver is made from the rest (see server/alerts).
import { z } from 'zod';
import { LANGUAGES } from '../../language/language';
import { unknownFields, type WebhookTemplate } from '../alerts/template';
import { ownName } from './alert-file';
import { tls } from './tls';
import { build, location, maybe, named, optionalSecret, port, secret, section, some, text } from './yaml-schema';

const RECEIVERS_LIMIT = 100;
const MAIL = /^[^\s@<>]+@[^\s@<>]+$/;
const KINDS = [
  'alertmanager',
  'webhook',
  'slack',
  'mattermost',
  'teams',
  'telegram',
  'pagerduty',
  'opsgenie',
  'smtp',
  'webpush',
] as const;

/** Without credentials and query. */
const isPlainUrl = (written: string): boolean => {
  const url = URL.parse(written);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search + url.hash === '';
};
const plainUrl = (expected: string) => text(expected, isPlainUrl).transform((url) => url.replace(/\/+$/, ''));

/** Whoever knows the address may post there: it is a secret as a whole. */
export const secretUrl = secret(
  'http(s)://host/path',
  (url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ''),
  'it is something else (not shown, it may hold a token)',
);

/** A map or list is JSON whose texts hold fields; text is sent as text. */
const template = z
  .unknown()
  .optional()
  .transform((value, ctx): WebhookTemplate | null => {
    if (value == null) return null;
    const made: WebhookTemplate =
      typeof value === 'object' ? { kind: 'json', value } : { kind: 'text', text: String(value) };
    const [unknown] = unknownFields(made);
    if (unknown !== undefined)
      ctx.addIssue({ code: 'custom', message: 'fields of a message', params: { found: `there is no {{${unknown}}}` } });
    return made;
  });

const ADDRESSES = 'addresses such as http://127.0.0.1:9093';
const MAILS = 'mail addresses such as dba@example.com';
const SUBJECT = 'mailto:address or https://host, for the push services';

const alertmanager = section({
  /** Without `/api/v2`; each member of a mesh gets every alert. */
  urls: some(plainUrl(ADDRESSES), ADDRESSES),
  username: maybe(text('a user name')),
  password: optionalSecret(),
  tls,
});
const webhook = section({
  /** May carry a token in its path. */
  url: secretUrl,
  /** The key of the signature; null: the body is not signed. */
  secret: optionalSecret(),
  /** null: Howdah's own JSON. */
  template,
  tls,
});
const slack = section({ url: secretUrl, tls });
const mattermost = section({ url: secretUrl, tls });
const teams = section({ url: secretUrl, tls });
const pagerduty = section({
  routingKey: secret('the integration key of a service'),
  /** Of the EU: https://events.eu.pagerduty.com. */
  url: maybe(plainUrl('the address of the Events API'), 'https://events.pagerduty.com'),
  tls,
});
const opsgenie = section({
  apiKey: secret('the key of an API integration'),
  /** Of the EU: https://api.eu.opsgenie.com. */
  url: maybe(plainUrl('the address of the Alert API'), 'https://api.opsgenie.com'),
  tls,
});
const telegram = section({
  url: maybe(plainUrl('the address of a bot API'), 'https://api.telegram.org'),
  token: secret('the token of the bot'),
  chat: text('the number of a chat, or @name'),
  tls,
});
const mail = section({
  host: text('the name of a mail server'),
  port: maybe(port),
  /** `implicit`: TLS from the first byte. `starttls`: required. `none`: in the clear, for a relay on this machine. */
  security: maybe(z.enum(['implicit', 'starttls', 'none']), 'starttls' as const),
  username: maybe(text('a user name')),
  password: optionalSecret(),
  from: text(MAILS, MAIL),
  to: some(text(MAILS, MAIL), MAILS),
  tls,
});
type Mail = z.infer<typeof mail> & { port: number };
const smtp = build(mail, (parts, complain) => {
  if (parts.username != null && parts.security === 'none')
    complain(['security'], 'security: starttls or implicit', 'a password would go in the clear');
  const usual = { implicit: 465, starttls: 587, none: 25 }[parts.security ?? 'none'];
  return { ...parts, port: parts.port ?? usual } as Mail;
});
const webpush = section({
  /** `mailto:` or `https:`: whom a push service asks about this sender. */
  subject: text(
    SUBJECT,
    (subject) => /^https:\/\/\S+$/.test(subject) || (/^mailto:/.test(subject) && MAIL.test(subject.slice(7))),
  ),
  /** Push services beside the known ones, `host` or `host:port`. */
  services: maybe(some(text('host or host:port'), 'host or host:port').readonly(), []),
  /** Absolute; null: `vapid.json` in the data folder. */
  keyFile: maybe(location('the path of a file')),
  tls,
});

const of = <S extends z.ZodType, K extends string>(kind: K, schema: S) =>
  maybe(schema.transform((settings) => ({ kind, ...(settings as z.output<S> & object) })));

const receiver = build(
  section({
    name: ownName,
    /** In which messages are written. Of web push: for phones that did not say theirs. */
    language: maybe(z.enum(LANGUAGES), 'en' as const),
    alertmanager: of('alertmanager', alertmanager),
    webhook: of('webhook', webhook),
    slack: of('slack', slack),
    mattermost: of('mattermost', mattermost),
    teams: of('teams', teams),
    telegram: of('telegram', telegram),
    pagerduty: of('pagerduty', pagerduty),
    opsgenie: of('opsgenie', opsgenie),
    smtp: of('smtp', smtp),
    webpush: of('webpush', webpush),
  }),
  (parts, complain) => {
    const kinds = KINDS.filter((kind) => parts[kind] !== null);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      const found = kind === undefined ? 'the receiver has none of them' : `it has ${kinds.join(' and ')}`;
      complain([], `one of ${KINDS.join(', ')}`, found);
    }
    const { name = '', language = 'en' } = parts;
    return { name, language, ...((kind && parts[kind]) ?? z.NEVER) };
  },
);

export const receivers = maybe(
  named(receiver, 'receiver', RECEIVERS_LIMIT).superRefine((list, ctx) => {
    const [, second] = list.flatMap(({ kind }, index) => (kind === 'webpush' ? [index] : []));
    const params = { found: 'there is another: every phone subscribes to one' };
    if (second !== undefined) ctx.addIssue({ code: 'custom', path: [second], message: 'one webpush receiver', params });
  }),
  [],
);

export type ReceiverSettings = Readonly<z.infer<typeof receiver>>;
type Kind<K extends ReceiverSettings['kind']> = Extract<ReceiverSettings, { readonly kind: K }>;
export type AlertmanagerSettings = Kind<'alertmanager'>;
export type WebhookSettings = Kind<'webhook'>;
export type SlackSettings = Kind<'slack'>;
export type MattermostSettings = Kind<'mattermost'>;
export type TeamsSettings = Kind<'teams'>;
export type PagerDutySettings = Kind<'pagerduty'>;
export type OpsgenieSettings = Kind<'opsgenie'>;
export type TelegramSettings = Kind<'telegram'>;
export type SmtpSettings = Kind<'smtp'>;
export type WebPushSettings = Kind<'webpush'>;
