// Sources that are named on the command line: one for --etcd or --zookeeper and --patroni together, one for each --patronictl file.
// Credentials do not belong on a command line, where `ps` shows them: the PostgreSQL role comes from the environment,
// everything else from a file.

import path from 'node:path';
import {
  DEFAULT_NAMESPACE,
  ETCD_DEFAULT_PORT,
  formatAddress,
  hostAndPort,
  normaliseNamespace,
  PATRONI_DEFAULT_PORT,
  parseAddress,
  ZOOKEEPER_DEFAULT_PORT,
} from './address';
import type { Flags } from './flags';
import { foldName, takenNames } from './naming';
import { readPatronictl } from './patronictl';
import { outsideProblem, type Report } from './problem';
import { buildSecret } from './secret';
import type { PostgresSettings } from './settings';
import type { SourceConfig } from './source-file';
import { formatGot } from './words';
import type { Env, Files } from './yaml-file';

const NAME_MAX = 60;
const FLAGS = { alias: null, from: 'flags', labels: {}, members: {}, probe: null, networks: null } as const;

export function hasSourceFlags(flags: Flags): boolean {
  return flags.patroni.length + dcsFlags(flags).length + flags.patronictl.length > 0;
}

/** By name, those that say where the keys are. */
function dcsFlags(flags: Flags): readonly string[] {
  return [...flags.etcd.map(() => '--etcd'), ...flags.zookeeper.map(() => '--zookeeper')];
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
  const etcd = readUrls('--etcd', flags.etcd, ETCD_DEFAULT_PORT, report);
  const zookeeper = readHosts('--zookeeper', flags.zookeeper, ZOOKEEPER_DEFAULT_PORT, report);
  const seeds = readUrls('--patroni', flags.patroni, PATRONI_DEFAULT_PORT, report);
  const namespace = flags.namespace === null ? DEFAULT_NAMESPACE : normaliseNamespace(flags.namespace);
  const named = [...new Set(dcsFlags(flags))];
  if (flags.namespace !== null && named.length === 0)
    report.problems.push(
      outsideProblem('command line', '--namespace', '--etcd or --zookeeper beside it', 'both are missing'),
    );
  if (named.length > 1)
    report.problems.push(outsideProblem('command line', named[1] ?? '', 'one DCS', `${named[0]} is there too`));
  const sources: SourceConfig[] = [];
  if (named.length + flags.patroni.length > 0) {
    const none = { username: null, password: null, tls: null };
    const rest = { namespace, scopes: null, ...none };
    const [dcs = null] = [
      ...(etcd.length === 0 ? [] : [{ kind: 'etcd3' as const, hosts: etcd, ...rest }]),
      ...(zookeeper.length === 0 ? [] : [{ kind: 'zookeeper' as const, hosts: zookeeper, ...rest }]),
    ];
    const name = freeName('flags', names);
    sources.push({ ...FLAGS, name, dcs, patroni: { seeds, ...none }, postgres });
  }
  for (const file of flags.patronictl) {
    const imported = readPatronictl(file, { files, report });
    if (imported === null) continue;
    const name = freeName(imported.scope ?? path.basename(file).replace(/\.ya?ml$/, ''), names);
    sources.push({ ...FLAGS, name, dcs: imported.dcs, patroni: imported.patroni, postgres });
  }
  return sources;
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
function freeName(wanted: string, names: Set<string>): string {
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
