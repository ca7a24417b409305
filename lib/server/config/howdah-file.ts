// Reads howdah.yaml. One function per section, each total: it reports what is wrong and returns the best it could read,
// because the caller throws everything away when there was any problem. The keys are described in docs/configuration.md.

import type { ApprovalPolicy } from '../../domain/access/access';
import { formatAddress, normaliseNamespace, parseAddress } from './address';
import { type AlertSettings, readAlerts, readPublicUrl } from './alert-file';
import { type AuthSettings, readApprovals, readAuth } from './auth-file';
import { type ListenFile, readListen } from './listen-file';
import { readPatronictl } from './patronictl';
import { readReceivers } from './receiver-file';
import type { ReceiverSettings } from './receiver-settings';
import {
  DEFAULT_HISTORY,
  DEFAULT_NAMESPACE,
  DEFAULT_POLL,
  ETCD_DEFAULT_PORT,
  type EtcdSettings,
  type HistorySettings,
  PATRONI_DEFAULT_PORT,
  type PatroniSettings,
  type PollSettings,
  type PostgresSettings,
  type Report,
  type SourceConfig,
  type TlsProfile,
} from './settings';
import { readTls } from './tls';
import { type Field, type Files, openYaml } from './yaml-field';

export interface HowdahFile {
  readonly listen: ListenFile;
  readonly poll: PollSettings;
  readonly sources: readonly SourceConfig[];
  /** Absolute. */
  readonly data: string | null;
  readonly operator: string | null;
  readonly readOnly: boolean;
  readonly history: HistorySettings;
  readonly publicUrl: string | null;
  readonly alerts: AlertSettings;
  readonly receivers: readonly ReceiverSettings[];
  readonly auth: AuthSettings;
  readonly approvals: readonly ApprovalPolicy[];
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

/** Null after reporting. */
export function readHowdahFile(file: string, files: Files, report: Report): HowdahFile | null {
  const root = openYaml({ file, files, report, dialect: 'howdah' });
  if (root === null) return null;
  root.expectMap([
    'listen',
    'poll',
    'sources',
    'data',
    'operator',
    'readOnly',
    'history',
    'publicUrl',
    'alerts',
    'receivers',
    'auth',
    'approvals',
  ]);
  const listen = readListen(root.get('listen'));
  const list = root.get('sources');
  if (!list.isAbsent && !list.isList) list.problem({ expected: 'a list of sources', message: `got ${list.kind}` });
  const names = new Set<string>();
  const sources = list.items().flatMap((item) => readSource(item, names, { files, report }) ?? []);
  const receivers = readReceivers(root.get('receivers'), readTlsSection);
  return {
    listen,
    poll: readPoll(root.get('poll')),
    sources,
    data: readFolder(root.get('data')),
    operator: readOperator(root.get('operator')),
    readOnly: root.get('readOnly').readBoolean() ?? false,
    publicUrl: readPublicUrl(root.get('publicUrl')),
    alerts: readAlerts(
      root.get('alerts'),
      receivers.map(({ name }) => name),
    ),
    receivers,
    history: readHistory(root.get('history')),
    auth: readAuth(root.get('auth')),
    approvals: readApprovals(root.get('approvals')),
  };
}

function readFolder(field: Field): string | null {
  const expected = 'a folder';
  const name = field.readText(expected);
  if (name?.trim() === '') return field.problem({ expected, message: field.got });
  return name === null ? null : field.resolvePath(name);
}

function readOperator(field: Field): string | null {
  const expected = 'a name of up to 100 characters';
  const name = field.readText(expected)?.trim() ?? null;
  const good = name === null || (name !== '' && name.length <= 100 && !/\p{Cc}/u.test(name));
  return good ? name : field.problem({ expected, message: field.got });
}

function readPoll(field: Field): PollSettings {
  field.expectMap(Object.keys(DEFAULT_POLL));
  const seconds = (key: keyof PollSettings, limit: number): number => {
    const value = field.get(key).readNumber(`seconds from 0.2 to ${limit}`, (n) => n >= 0.2 && n <= limit);
    return value ?? DEFAULT_POLL[key];
  };
  return {
    watchedSeconds: seconds('watchedSeconds', 3600),
    fleetSeconds: seconds('fleetSeconds', 3600),
    idleSeconds: seconds('idleSeconds', 3600),
    deadlineSeconds: seconds('deadlineSeconds', 60),
  };
}

function readHistory(field: Field): HistorySettings {
  field.expectMap(Object.keys(DEFAULT_HISTORY));
  const number = (key: keyof HistorySettings, unit: string, from: number, to: number): number => {
    const value = field.get(key).readNumber(`${unit} from ${from} to ${to}`, (n) => n >= from && n <= to);
    return value ?? DEFAULT_HISTORY[key];
  };
  const settings = {
    fullDays: number('fullDays', 'days', 0.1, 400),
    days: number('days', 'days', 1, 4000),
    coarseDays: number('coarseDays', 'days', 1, 4000),
    eventsDays: number('eventsDays', 'days', 1, 4000),
    megabytes: number('megabytes', 'megabytes', 10, 1_000_000),
  };
  if (settings.fullDays > settings.days)
    field.get('fullDays').problem({ expected: 'at most `days`', message: `got ${settings.fullDays}` });
  if (settings.coarseDays < settings.days)
    field.get('coarseDays').problem({ expected: 'at least `days`', message: `got ${settings.coarseDays}` });
  return settings;
}

function readSource(field: Field, names: Set<string>, context: { files: Files; report: Report }): SourceConfig | null {
  if (!field.expectMap(['name', 'labels', 'etcd', 'patroni', 'postgres', 'probe', 'patronictl'])) {
    return field.isAbsent ? field.problem({ expected: 'a source', message: 'got nothing' }) : null;
  }
  const name = readName(field, names);
  const imported = readImported(field.get('patronictl'), context);
  const etcd = field.get('etcd').isAbsent ? (imported?.etcd ?? null) : readEtcd(field.get('etcd'));
  const own = field.get('patroni').isAbsent ? null : readPatroni(field.get('patroni'));
  const patroni = own ?? imported?.patroni ?? { seeds: [], username: null, password: null, tls: null };
  const reachable = ['etcd', 'patronictl'].some((key) => !field.get(key).isAbsent);
  if (!reachable && field.get('patroni').get('hosts').isAbsent) {
    field.problem({ expected: 'etcd, patroni.hosts or patronictl', message: 'the source has none of them' });
  }
  const labels = readLabels(field.get('labels'));
  const [postgres, probe] = [readPostgres(field.get('postgres')), readPostgres(field.get('probe'))];
  return { name, labels, etcd, patroni, postgres, probe };
}

function readName(field: Field, names: Set<string>): string {
  const at = field.get('name');
  const expected = 'a name of up to 64 letters, digits, dots, dashes and underscores';
  const name = at.readText(expected);
  if (at.isAbsent) at.problem({ expected, message: 'it is missing' });
  if (name === null) return '';
  if (!NAME.test(name)) at.problem({ expected, message: at.got });
  if (names.has(name)) at.problem({ expected: 'a name of its own', message: 'another source has the same name' });
  names.add(name);
  return name;
}

function readImported(
  field: Field,
  { files, report }: { files: Files; report: Report },
): ReturnType<typeof readPatronictl> {
  const name = field.readText('the path of a patronictl or Patroni file');
  return name === null ? null : readPatronictl(field.resolvePath(name), { files, report });
}

function readLabels(field: Field): Record<string, string> {
  if (field.isAbsent) return {};
  if (!field.isMap) field.problem({ expected: 'a map of text to text', message: `got ${field.kind}` });
  const expected = 'text (quote true and false)';
  const labels = [...field.entries()].map(([key, value]) => [key, value.readText(expected) ?? ''] as const);
  return Object.fromEntries(labels);
}

function readEtcd(field: Field): EtcdSettings | null {
  if (!field.expectMap(['hosts', 'namespace', 'scopes', 'username', 'password', 'tls'])) return null;
  const tls = readTlsSection(field.get('tls'));
  if (tls?.verify === false) {
    // npm etcd3 1.1.2 has no such option; ignoring the wish would end in a handshake error nobody understands.
    const at = field.get('tls').get('verify');
    at.problem({ expected: 'true, or ca or serverName that fit', message: "etcd's certificate is always checked" });
  }
  const hosts = readHosts(field.get('hosts'), { port: ETCD_DEFAULT_PORT, secure: tls !== null });
  const namespace = field.get('namespace').readText('a key prefix such as /service/');
  const username = field.get('username').readText('a user name');
  const password = field.get('password').readSecret();
  if (password !== null && username === null && field.get('username').isAbsent) {
    field.get('password').problem({ expected: 'username beside it', message: 'username is missing' });
  }
  const scopes = readScopes(field.get('scopes'));
  return {
    hosts,
    namespace: namespace === null ? DEFAULT_NAMESPACE : normaliseNamespace(namespace),
    scopes,
    username,
    password,
    tls,
  };
}

function readScopes(field: Field): string[] | null {
  const texts = readList(field, 'a list of scopes, or no such key for all of them');
  if (texts === null) return null;
  for (const { at, text } of texts) {
    if (text === '' || text.includes('/')) at.problem({ expected: 'a scope: text without slashes', message: at.got });
  }
  return [...new Set(texts.map(({ text }) => text))];
}

function readPatroni(field: Field): PatroniSettings | null {
  if (!field.expectMap(['hosts', 'username', 'password', 'tls'])) return null;
  const tls = readTlsSection(field.get('tls'));
  const hosts = field.get('hosts');
  const seeds = hosts.isAbsent ? [] : readHosts(hosts, { port: PATRONI_DEFAULT_PORT, secure: tls !== null });
  const username = field.get('username').readText('a user name');
  return { seeds, username, password: field.get('password').readSecret(), tls };
}

function readPostgres(field: Field): PostgresSettings | null {
  if (!field.expectMap(['username', 'password', 'database', 'tls'])) return null;
  const at = field.get('username');
  const username = at.readText('a role name');
  if (at.isAbsent) at.problem({ expected: 'the role Howdah connects as', message: 'it is missing' });
  const database = field.get('database').readText('a database name') ?? 'postgres';
  const tls = readTlsSection(field.get('tls'));
  return { username: username ?? '', password: field.get('password').readSecret(), database, tls };
}

function readTlsSection(field: Field): TlsProfile | null {
  if (!field.expectMap(['ca', 'cert', 'key', 'serverName', 'verify'])) return null;
  return readTls({
    ca: field.get('ca'),
    cert: field.get('cert'),
    key: field.get('key'),
    serverName: field.get('serverName').readText('a host name'),
    verify: field.get('verify').readBoolean() ?? true,
    passphrase: null,
  });
}

/** `scheme://host:port` each; without a scheme https where tls is configured, else http. The etcd client takes one scheme only. */
function readHosts(field: Field, rule: { port: number; secure: boolean }): string[] {
  const example = `addresses such as http://10.0.0.11:${rule.port}`;
  const texts = readList(field, example);
  if (texts === null) {
    if (field.isAbsent) field.problem({ expected: example, message: 'it is missing' });
    return [];
  }
  const schemes = new Set<string>();
  const hosts = texts.flatMap(({ at, text }) => {
    const address = parseAddress(text, { scheme: rule.secure ? 'https' : 'http', port: rule.port });
    if (address === null) {
      const expected = `host:port or http(s)://host:port, without user, password or path`;
      return at.problem({ expected, message: at.got }) ?? [];
    }
    schemes.add(address.scheme);
    return formatAddress(address);
  });
  if (rule.port === ETCD_DEFAULT_PORT && schemes.size > 1)
    field.problem({ expected: 'http or https for all hosts', message: 'got both' });
  if (rule.secure && schemes.has('http')) {
    field.problem({ expected: 'https hosts, because tls is given', message: 'got http' });
  }
  return [...new Set(hosts)];
}

interface ListedText {
  readonly at: Field;
  readonly text: string;
}

/** A list of texts, or one text with commas as Patroni allows. Null when absent or reported; never empty. */
function readList(field: Field, expected: string): ListedText[] | null {
  if (field.isAbsent) return null;
  const fields = field.isList ? field.items() : [field];
  const texts = fields.flatMap((at) => {
    const text = at.readText(expected);
    if (text === null && at.isAbsent) at.problem({ expected, message: 'got nothing' });
    return (text?.split(',') ?? []).map((part) => ({ at, text: part.trim() }));
  });
  if (texts.length === 0 && field.isList && fields.length === 0)
    field.problem({ expected, message: 'the list is empty' });
  return texts.length === 0 ? null : texts;
}
