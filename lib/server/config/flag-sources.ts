// Sources that are named on the command line: one for the DCS and --patroni together, one for each --kubernetes, one for each --patronictl
// file.
// Credentials do not belong on a command line, where `ps` shows them: the PostgreSQL role comes from the environment,
// everything else from a file.

import path from 'node:path';
import {
  CONSUL_DEFAULT_PORT,
  DEFAULT_NAMESPACE,
  ETCD_DEFAULT_PORT,
  formatAddress,
  hostAndPort,
  normaliseNamespace,
  PATRONI_DEFAULT_PORT,
  parseAddress,
  ZOOKEEPER_DEFAULT_PORT,
} from './address';
import type { DcsSettings } from './dcs-file';
import type { Flags } from './flags';
import { readCluster, settingsOf } from './kubernetes-file';
import { foldName, takenNames } from './naming';
import { readPatronictl } from './patronictl';
import { outsideProblem, type Report } from './problem';
import { buildSecret } from './secret';
import type { PostgresSettings } from './settings';
import type { SourceConfig } from './source-file';
import { formatGot } from './words';
import type { Env, Files } from './yaml-file';

const NAME_MAX = 60;
const NONE = { username: null, password: null, tls: null } as const;
const NO_PATRONI = { seeds: [], ...NONE };
const FLAGS = {
  alias: null,
  from: 'flags',
  labels: {},
  members: {},
  probe: null,
  signal: null,
  hosts: null,
  networks: null,
} as const;

export function hasSourceFlags(flags: Flags): boolean {
  const { patroni, kubernetes, patronictl } = flags;
  return patroni.length + dcsFlags(flags) + kubernetes.length + patronictl.length > 0;
}

/** Of those that --namespace belongs to. */
function dcsFlags({ etcd, consul, zookeeper }: Flags): number {
  return etcd.length + consul.length + zookeeper.length;
}

/** `written`: the sources in a file that is read as well; those of the command line come after them. */
export function readFlagSources(
  flags: Flags,
  written: readonly SourceConfig[],
  files: Files,
  report: Report,
): SourceConfig[] {
  const names = new Set(takenNames(written));
  const postgres = hasSourceFlags(flags) ? readPostgresVariables(files.env, report) : null;
  const seeds = readUrls('--patroni', flags.patroni, PATRONI_DEFAULT_PORT, report);
  const dcs = readDcsFlags(flags, report);
  const sources: SourceConfig[] = [];
  if (dcsFlags(flags) + flags.patroni.length > 0) {
    const name = freeName('flags', names);
    sources.push({ ...FLAGS, name, dcs, patroni: { ...NO_PATRONI, seeds }, postgres });
  }
  for (const written of flags.kubernetes) {
    const context = written || null;
    const cluster = readCluster({ kubeconfig: null, context }, { files, report });
    if (cluster === null) continue;
    const look = { namespaces: [cluster.namespace ?? 'default'], scopes: null, selector: null, scopeLabel: null };
    const name = freeName(context ?? 'kubernetes', names);
    sources.push({ ...FLAGS, name, dcs: settingsOf(cluster, look), patroni: NO_PATRONI, postgres });
  }
  for (const file of flags.patronictl) {
    const imported = readPatronictl(file, { files, report });
    if (imported === null) continue;
    const name = freeName(imported.scope ?? path.basename(file).replace(/\.ya?ml$/, ''), names);
    sources.push({ ...FLAGS, name, dcs: imported.dcs, patroni: imported.patroni, postgres });
  }
  return sources;
}

/** null: none is named, or more than one. */
function readDcsFlags(flags: Flags, report: Report): DcsSettings | null {
  const complain = (...of: [path: string, expected: string, message: string]): void =>
    void report.problems.push(outsideProblem('command line', ...of));
  const where = {
    namespace: flags.namespace === null ? DEFAULT_NAMESPACE : normaliseNamespace(flags.namespace),
    scopes: null,
    tls: null,
  };
  const etcd = readUrls('--etcd', flags.etcd, ETCD_DEFAULT_PORT, report);
  const consul = readUrls('--consul', flags.consul, CONSUL_DEFAULT_PORT, report);
  const zookeeper = readHosts('--zookeeper', flags.zookeeper, ZOOKEEPER_DEFAULT_PORT, report);
  const named: { readonly flag: string; readonly dcs: DcsSettings }[] = [];
  if (flags.etcd.length > 0)
    named.push({ flag: '--etcd', dcs: { kind: 'etcd3', hosts: etcd, ...where, username: null, password: null } });
  if (flags.consul.length > 0)
    named.push({ flag: '--consul', dcs: { kind: 'consul', hosts: consul, ...where, token: null, dc: null } });
  if (flags.zookeeper.length > 0)
    named.push({
      flag: '--zookeeper',
      dcs: { kind: 'zookeeper', hosts: zookeeper, ...where, username: null, password: null },
    });
  const [first, second] = named;
  if (first !== undefined && second !== undefined) complain(second.flag, 'one DCS', `${first.flag} is there too`);
  if (flags.namespace !== null && first === undefined)
    complain('--namespace', 'a DCS beside it', 'none of --etcd, --consul and --zookeeper is there');
  return first?.dcs ?? null;
}

function readUrls(flag: string, texts: readonly string[], port: number, report: Report): string[] {
  const addresses = texts.flatMap((text) => {
    const address = parseAddress(text, { scheme: 'http', port });
    if (address !== null) return address;
    const expected = `http(s)://host:port, without user, password or path`;
    report.problems.push(outsideProblem('command line', flag, expected, formatGot(text)));
    return [];
  });
  if (flag === '--etcd' && new Set(addresses.map(({ scheme }) => scheme)).size > 1) {
    report.problems.push(outsideProblem('command line', flag, 'http or https for all of them', 'got both'));
  }
  return [...new Set(addresses.map(formatAddress))];
}

function readHosts(flag: string, texts: readonly string[], port: number, report: Report): string[] {
  const hosts = texts.flatMap((text) => {
    const host = hostAndPort(text, port);
    if (host === null)
      report.problems.push(outsideProblem('command line', flag, 'host:port, without scheme or path', formatGot(text)));
    return host ?? [];
  });
  return [...new Set(hosts)];
}

function readPostgresVariables(env: Env, report: Report): PostgresSettings | null {
  const username = env.HOWDAH_PG_USER || null;
  const password = env.HOWDAH_PG_PASSWORD || null;
  if (username === null && password === null) return null;
  if (username === null) {
    const found = 'HOWDAH_PG_PASSWORD is set alone';
    report.problems.push(outsideProblem('environment', 'HOWDAH_PG_USER', 'HOWDAH_PG_USER beside it', found));
    return null;
  }
  return {
    username,
    password: password === null ? null : buildSecret(password),
    database: 'postgres',
    tls: null,
    allowCleartext: false,
  };
}

/** A scope or a file's name may hold what the name of a source may not. */
export function freeName(wanted: string, names: Set<string>): string {
  const plain =
    wanted
      .replace(/[^\p{L}\p{N}._-]/gu, '-')
      .replace(/^[._-]+/, '')
      .slice(0, NAME_MAX) || 'flags';
  let name = plain;
  for (let number = 2; names.has(foldName(name)); number++) name = `${plain}-${number}`;
  names.add(foldName(name));
  return name;
}
