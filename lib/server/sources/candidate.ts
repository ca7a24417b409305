// What somebody pasted or typed, as a source like any other: read by the readers of the settings, from that text alone. A typed credential wins
// over one in the text. Pure but for reading what it is given.
import { stringify } from 'yaml';
import type { LookOrder } from '../../contract/sources';
import { say, type Text } from '../../language/sentence';
import {
  CONSUL_DEFAULT_PORT,
  ETCD_DEFAULT_PORT,
  hostAndPort,
  parseAddress,
  ZOOKEEPER_DEFAULT_PORT,
} from '../config/address';
import { freeName } from '../config/flag-sources';
import { readPatronictl } from '../config/patronictl';
import { formatProblem, type Report } from '../config/problem';
import { buildSecret, type Secret } from '../config/secret';
import type { SourceConfig } from '../config/source-file';
import { closedFiles, readItem, writeItem } from './added';

export interface Candidate {
  readonly source: SourceConfig | null;
  /** With line and column where it is a file; no text of it is quoted where a secret may stand. */
  readonly problems: readonly Text[];
}

/** A file by this name is what was pasted. */
const PASTED = 'pasted.yml';
const PORTS: Readonly<Record<number, NonNullable<LookOrder['kind']>>> = {
  [ETCD_DEFAULT_PORT]: 'etcd3',
  [CONSUL_DEFAULT_PORT]: 'consul',
  8501: 'consul',
  [ZOOKEEPER_DEFAULT_PORT]: 'zookeeper',
  6443: 'kubernetes',
};

export function candidateOf(order: LookOrder, taken: ReadonlySet<string>): Candidate {
  if ((order.text === undefined) === (order.address === undefined))
    return wrong(say`a file or an address, and not both`);
  const read = order.text === undefined ? typed(order, taken) : pasted(order.text, order, taken);
  if (read.source === null) return read;
  // What is kept is what this reads again: nothing that it would not take goes further.
  const again = readItem(writeItem(withCredentials(read.source, order)));
  return 'name' in again
    ? { source: again, problems: read.problems }
    : { source: null, problems: again.map(formatProblem) };
}

const wrong = (...problems: Text[]): Candidate => ({ source: null, problems });

function pasted(text: string, { ca }: LookOrder, taken: ReadonlySet<string>): Candidate {
  const report: Report = { problems: [], warnings: [] };
  const files = closedFiles(PASTED, text, ca?.trim() || null);
  const imported = readPatronictl(PASTED, { files, report });
  const said = (list: Report['problems']): string[] => list.map(formatProblem);
  if (imported === null || report.problems.length > 0) return wrong(...said(report.problems));
  const { dcs, patroni, scope } = imported;
  const name = freeName(scope ?? hostOf(dcs?.hosts[0] ?? patroni.seeds[0] ?? ''), new Set(taken));
  return { source: { ...EMPTY, name, dcs, patroni }, problems: said(report.warnings) };
}

const EMPTY: Omit<SourceConfig, 'name' | 'dcs' | 'patroni'> = {
  ...{ alias: null, labels: {}, postgres: null, probe: null, signal: null, hosts: null, members: {}, networks: null },
  from: 'added',
};

function typed({ address = '', kind = 'auto', namespace, ca }: LookOrder, taken: ReadonlySet<string>): Candidate {
  const parts = address.split(',').map((part) => part.trim());
  const [first = ''] = parts;
  const parsed = parseAddress(first, { scheme: 'http', port: 0 }) ?? parseAddress(first, { scheme: 'http', port: 1 });
  if (parsed === null) return wrong(say`expected http(s)://host:port or host:port, without user, password or path`);
  const what = kind === 'auto' ? (PORTS[parsed.port] ?? 'patroni') : kind;
  if (what === 'kubernetes')
    return wrong(
      say`that is an API server of Kubernetes: its section stands in howdah.yaml, because its key is a file or the account of the pod`,
    );
  const hosts = what === 'zookeeper' ? parts.map((part) => hostAndPort(part, ZOOKEEPER_DEFAULT_PORT) ?? part) : parts;
  const tls = parsed.scheme === 'https' && ca?.trim() ? { tls: { ca } } : {};
  const where = namespace?.trim() ? { namespace } : {};
  const section = what === 'patroni' ? { hosts, ...tls } : { hosts, ...where, ...tls };
  const name = freeName(hostOf(first), new Set(taken));
  const read = readItem(
    stringify({ sources: [{ name, [what === 'etcd3' ? 'etcd' : what]: section }] }).replaceAll('${', () => '$${'),
  );
  if ('name' in read) return { source: read, problems: [] };
  const problems = read.map(({ expected, message }) => say`expected ${expected}, ${message}`);
  return wrong(...problems);
}

function withCredentials(source: SourceConfig, { dcs, rest, sql }: LookOrder): SourceConfig {
  const own = source.dcs;
  return {
    ...source,
    dcs:
      own === null || own.kind === 'kubernetes'
        ? own
        : own.kind === 'consul'
          ? { ...own, token: secretOf(dcs?.password) ?? own.token }
          : {
              ...own,
              username: dcs?.username?.trim() || own.username,
              password: secretOf(dcs?.password) ?? own.password,
            },
    patroni: {
      ...source.patroni,
      username: rest?.username?.trim() || source.patroni.username,
      password: secretOf(rest?.password) ?? source.patroni.password,
    },
    postgres: sql?.username?.trim()
      ? {
          ...{ username: sql.username.trim(), password: secretOf(sql.password), tls: null, allowCleartext: false },
          database: sql.database?.trim() || 'postgres',
        }
      : source.postgres,
  };
}

const secretOf = (text: string | undefined): Secret | null => (text ? buildSecret(text) : null);

function hostOf(address: string): string {
  return parseAddress(address, { scheme: 'http', port: 1 })?.host ?? address;
}
