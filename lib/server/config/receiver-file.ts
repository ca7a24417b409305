// Reads `receivers:` of howdah.yaml: a name, a language and exactly one kind each. What would only fail in the night of the first alert is
// refused here: a template with an unknown field, an address that is none, two web push receivers.
import type { ReceiverKind } from '../../contract/alerts';
import { LANGUAGES } from '../../language/language';
import { unknownFields } from '../alerts/template';
import { readTexts, readUniqueName, readWord } from './alert-file';
import type { ReceiverSettings, WebhookTemplate } from './receiver-settings';
import type { Secret } from './secret';
import type { TlsProfile } from './settings';
import type { Field } from './yaml-field';

const KINDS: readonly ReceiverKind[] = ['alertmanager', 'webhook', 'slack', 'telegram', 'smtp', 'webpush'];
const MAIL = /^[^\s@<>]+@[^\s@<>]+$/;

type Named = Pick<ReceiverSettings, 'name' | 'language'>;
type ReadTls = (field: Field) => TlsProfile | null;

export function readReceivers(field: Field, readTls: ReadTls): readonly ReceiverSettings[] {
  if (!field.isAbsent && !field.isList)
    field.problem({ expected: 'a list of receivers', message: `got ${field.kind}` });
  const names = new Set<string>();
  let phones = 0;
  return field.items().flatMap((item): readonly ReceiverSettings[] => {
    if (!item.expectMap(['name', 'language', ...KINDS])) {
      if (item.isAbsent) item.problem({ expected: 'a receiver', message: 'got nothing' });
      return [];
    }
    const name = readUniqueName(item, names, 'receiver');
    const kinds = KINDS.filter((kind) => !item.get(kind).isAbsent);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      const message = kind === undefined ? 'the receiver has none of them' : `it has ${kinds.join(' and ')}`;
      item.problem({ expected: `one of ${KINDS.join(', ')}`, message });
      return [];
    }
    if (kind === 'webpush') phones += 1;
    if (kind === 'webpush' && phones > 1) {
      item.problem({ expected: 'one webpush receiver', message: 'there is another: every phone subscribes to one' });
    }
    const language = readWord(item.get('language'), LANGUAGES) ?? 'en';
    const read = READ[kind]({ name, language }, item.get(kind), readTls);
    return read === null ? [] : [read];
  });
}

const READ: Readonly<Record<ReceiverKind, (named: Named, field: Field, readTls: ReadTls) => ReceiverSettings | null>> =
  {
    alertmanager: (named, field, readTls) => {
      if (!field.expectMap(['urls', 'username', 'password', 'tls'])) return null;
      const expected = 'addresses such as http://127.0.0.1:9093';
      const at = field.get('urls');
      if (at.isAbsent) at.problem({ expected, message: 'it is missing' });
      const urls = (readTexts(at, expected) ?? []).flatMap((text) => {
        const url = plainUrl(text);
        return url ?? at.problem({ expected, message: 'one of them is something else' }) ?? [];
      });
      const username = field.get('username').readText('a user name');
      const password = field.get('password').readSecret();
      return { kind: 'alertmanager', ...named, urls, username, password, tls: readTls(field.get('tls')) };
    },
    webhook: (named, field, readTls) => {
      if (!field.expectMap(['url', 'secret', 'template', 'tls'])) return null;
      const url = readSecretUrl(field.get('url'));
      const secret = field.get('secret').readSecret();
      const template = readTemplate(field.get('template'));
      return url === null ? null : { kind: 'webhook', ...named, url, secret, template, tls: readTls(field.get('tls')) };
    },
    slack: (named, field, readTls) => {
      if (!field.expectMap(['url', 'tls'])) return null;
      const url = readSecretUrl(field.get('url'));
      return url === null ? null : { kind: 'slack', ...named, url, tls: readTls(field.get('tls')) };
    },
    telegram: (named, field, readTls) => {
      if (!field.expectMap(['token', 'chat', 'url', 'tls'])) return null;
      const token = needSecret(field.get('token'), 'the token of the bot');
      const chat = needText(field.get('chat'), 'the number of a chat, or @name');
      const at = field.get('url');
      const url = plainUrl(at.readText('the address of a bot API') ?? 'https://api.telegram.org');
      if (url === null) at.problem({ expected: 'the address of a bot API', message: at.got });
      const tls = readTls(field.get('tls'));
      return token === null || chat === null || url === null
        ? null
        : { kind: 'telegram', ...named, url, token, chat, tls };
    },
    smtp: (named, field, readTls) => {
      if (!field.expectMap(['host', 'port', 'security', 'username', 'password', 'from', 'to', 'tls'])) return null;
      const host = needText(field.get('host'), 'the name of a mail server');
      const security = readWord(field.get('security'), ['implicit', 'starttls', 'none'] as const) ?? 'starttls';
      const usual = { implicit: 465, starttls: 587, none: 25 }[security];
      const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65535;
      const port = field.get('port').readNumber('a port from 1 to 65535', isPort) ?? usual;
      const username = field.get('username').readText('a user name');
      const password = field.get('password').readSecret();
      if (username !== null && security === 'none') {
        const expected = 'security: starttls or implicit';
        field.get('security').problem({ expected, message: 'a password would go in the clear' });
      }
      const from = readMail(field.get('from'), needText(field.get('from'), 'a mail address'));
      const to = field.get('to');
      if (to.isAbsent) to.problem({ expected: 'mail addresses', message: 'it is missing' });
      const addresses = (readTexts(to, 'mail addresses') ?? []).flatMap((text) => readMail(to, text) ?? []);
      const tls = readTls(field.get('tls'));
      if (host === null || from === null) return null;
      return { kind: 'smtp', ...named, host, port, security, username, password, from, to: addresses, tls };
    },
    webpush: (named, field, readTls) => {
      if (!field.expectMap(['subject', 'services', 'keyFile', 'tls'])) return null;
      const at = field.get('subject');
      const expected = 'mailto:address or https://host, for the push services';
      const subject = needText(at, expected);
      const good = subject !== null && (/^https:\/\/\S+$/.test(subject) || MAIL.test(subject.replace(/^mailto:/, '')));
      if (subject !== null && !(good && /^(mailto|https):/.test(subject))) at.problem({ expected, message: at.got });
      const services = readTexts(field.get('services'), 'host or host:port') ?? [];
      const file = field.get('keyFile').readText('the path of a file');
      const keyFile = file === null ? null : field.get('keyFile').resolvePath(file);
      return { kind: 'webpush', ...named, subject: subject ?? '', services, keyFile, tls: readTls(field.get('tls')) };
    },
  };

function needText(field: Field, expected: string): string | null {
  const text = field.readText(expected)?.trim() ?? null;
  if (field.isAbsent || text === '') return field.problem({ expected, message: 'it is missing' });
  return text;
}

function needSecret(field: Field, expected: string): Secret | null {
  return field.isAbsent ? field.problem({ expected, message: 'it is missing' }) : field.readSecret();
}

/** Without credentials, query and trailing slash. */
function plainUrl(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search + url.hash !== '')
    return null;
  return text.replace(/\/+$/, '');
}

/** Whoever knows the address may post there: it is a secret as a whole. */
function readSecretUrl(field: Field): Secret | null {
  const expected = 'http(s)://host/path';
  const secret = needSecret(field, expected);
  if (secret === null) return null;
  const url = URL.parse(secret.reveal());
  if (url !== null && /^https?:$/.test(url.protocol)) return secret;
  return field.problem({ expected, message: 'it is something else (not shown, it may hold a token)' });
}

function readMail(field: Field, text: string | null): string | null {
  if (text === null) return null;
  return MAIL.test(text)
    ? text
    : field.problem({ expected: 'mail addresses such as dba@example.com', message: field.got });
}

/** A map or list is JSON whose texts hold fields; text is sent as text. */
function readTemplate(field: Field): WebhookTemplate | null {
  if (field.isAbsent) return null;
  const template: WebhookTemplate =
    field.isMap || field.isList
      ? { kind: 'json', value: plainValue(field) }
      : { kind: 'text', text: field.readText('text or a map, with {{field}}') ?? '' };
  const unknown = unknownFields(template);
  if (unknown.length === 0) return template;
  return field.problem({ expected: 'fields of a message', message: `there is no {{${unknown[0]}}}` });
}

function plainValue(field: Field): unknown {
  if (field.isMap) return Object.fromEntries([...field.entries()].map(([key, value]) => [key, plainValue(value)]));
  if (field.isList) return field.items().map(plainValue);
  const text = typeof field.plain === 'string' ? field.readText('text') : null;
  return text ?? field.plain;
}
