// `howdah check`: a plugin for Nagios, Icinga and their like, and a gate for CI. Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN,
// also where Howdah does not answer or an argument is wrong: a monitor must not take either for a state of the cluster.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { PATHS } from '../contract/paths';
import type { FleetRow } from '../contract/stream';
import type { Snapshot } from '../domain/cluster';
import { bySeverity } from '../domain/severity';
import { field, parseObject, text } from '../domain/wire/loose';
import { plural } from '../language/quantity';
import { Usage } from './access';
import type { Api } from './api';
import { CHECKS, type Checked, type CheckOptions, checked, statusOf } from './checks';
import { bytesOf, printed, type Result, range, STATUS, worstStatus } from './nagios';
import { out } from './print';

const AGE_SECONDS = 30;
const SHOWN = 20;
/** A hash or a timeline with its name. */
const STATE_BYTES = 4096;

export const CHECK_USAGE = `usage: howdah check                           all clusters, the worst first
       howdah check [health] <cluster>        what its page says
       howdah check <check> <cluster> [...]   as check_patroni; there a node is --member name

cluster_node_count           --warning, --critical, --healthy-warning, --healthy-critical
cluster_has_leader
cluster_has_replica          --warning, --critical, --sync-warning, --sync-critical, --max-lag 16MB
cluster_is_in_maintenance
cluster_has_scheduled_action
cluster_config_has_changed   --hash, or --state-file FILE [--save]
node_is_alive, node_is_primary, node_is_pending_restart
node_is_leader               --is-standby-leader
node_is_replica              --max-lag 16MB, --is-sync, --is-async
node_tl_has_changed          --timeline, or --state-file FILE [--save]
node_patroni_version         --patroni-version

ranges: 2: fewer than two alert, 10 more than ten, @1:3 one to three. --max-age seconds: older is UNKNOWN (30)
exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, also for a wrong argument and a Howdah that does not answer`;

/** Of the command line, as they are written there. */
export const CHECK_FLAGS = {
  member: { type: 'string', short: 'm' },
  warning: { type: 'string', short: 'w' },
  critical: { type: 'string' },
  'healthy-warning': { type: 'string' },
  'healthy-critical': { type: 'string' },
  'sync-warning': { type: 'string' },
  'sync-critical': { type: 'string' },
  'max-lag': { type: 'string' },
  'max-age': { type: 'string' },
  'is-sync': { type: 'boolean' },
  'is-async': { type: 'boolean' },
  'is-standby-leader': { type: 'boolean' },
  'patroni-version': { type: 'string' },
  hash: { type: 'string' },
  timeline: { type: 'string' },
  'state-file': { type: 'string' },
  save: { type: 'boolean' },
} as const;

export type CheckValues = { readonly [K in keyof typeof CHECK_FLAGS]?: string | boolean | undefined };

/** `args`: nothing, a cluster, or the name of a check and a cluster. `connect` may throw. Never rejects. */
export async function check(
  connect: () => Api,
  args: readonly string[],
  values: CheckValues,
  json: boolean,
): Promise<number> {
  let name = 'howdah';
  let result: Result;
  try {
    const [first, second, ...more] = args;
    if (more.length > 0) throw new Usage('expected howdah check [check] [cluster]');
    name = first !== undefined && (second !== undefined || Object.hasOwn(CHECKS, first)) ? first : 'health';
    const scope = name === first ? second : first;
    if (name !== 'health' && scope === undefined)
      throw new Usage(`expected one cluster: howdah check ${name} <cluster>`);
    result = scope === undefined ? await fleet(connect()) : await cluster(connect, name, scope, values);
  } catch (error) {
    result = unknownFor(error);
  }
  out(json ? JSON.stringify({ check: name, ...result }) : printed(name, result));
  return STATUS[result.status];
}

/** Of arguments that could not even be read. */
export function refuseCheck(error: unknown): number {
  out(printed('howdah', unknownFor(error)));
  return STATUS.UNKNOWN;
}

function unknownFor(error: unknown): Result {
  return { status: 'UNKNOWN', text: error instanceof Error ? error.message : String(error), metrics: [] };
}

async function fleet(api: Api): Promise<Result> {
  const { clusters } = await api.get<{ clusters: readonly FleetRow[] }>(PATHS.clusters);
  const loud = clusters
    .filter(({ health }) => statusOf(health) !== 'OK')
    .sort((a, b) => bySeverity(a.health, b.health));
  const metrics = [
    { name: 'clusters', value: clusters.length },
    { name: 'troubled', value: loud.length },
  ];
  if (clusters.length === 0) return { status: 'UNKNOWN', text: 'Howdah shows no cluster', metrics };
  const words = ({ scope, headline, health }: FleetRow): string => `${scope}: ${headline?.title ?? health}`;
  const [first] = loud;
  return {
    status: worstStatus(loud.map(({ health }) => statusOf(health))),
    text:
      first === undefined
        ? `${plural(clusters.length, 'cluster')} healthy`
        : `${words(first)}${loud.length > 1 ? `, and ${plural(loud.length - 1, 'more', 'more')}` : ''}`,
    more: loud.slice(0, SHOWN).map((row) => `${row.health}: ${words(row)}`),
    metrics,
  };
}

async function cluster(connect: () => Api, name: string, scope: string, values: CheckValues): Promise<Result> {
  const maxAge = Number(values['max-age'] ?? AGE_SECONDS);
  if (!(maxAge > 0)) throw new Usage('expected --max-age in seconds');
  const file = given(values, 'state-file');
  const kept = file === null ? null : keptIn(file);
  const options = optionsOf(values, kept);
  const snapshot = await connect().get<Snapshot>(PATHS.cluster(scope));
  const found: Checked = checked(name, snapshot, options, Date.now() - snapshot.observedAt, maxAge * 1000);
  if (file === null || found.now === undefined) return found;
  const isFirst = options.before === null;
  if (isFirst || values.save === true) keep(file, found.now);
  return isFirst
    ? { status: 'OK', text: `${found.now} is kept in ${file} from now on`, metrics: found.metrics }
    : found;
}

function given(values: CheckValues, name: keyof CheckValues): string | null {
  const value = values[name];
  return typeof value === 'string' ? value : null;
}

export function optionsOf(values: CheckValues, kept: string | null): CheckOptions {
  const limits = (name: keyof CheckValues) => {
    const value = given(values, name);
    return value === null ? null : range(value, `--${name}`);
  };
  const maxLag = given(values, 'max-lag');
  return {
    member: given(values, 'member'),
    warning: limits('warning'),
    critical: limits('critical'),
    healthyWarning: limits('healthy-warning'),
    healthyCritical: limits('healthy-critical'),
    syncWarning: limits('sync-warning'),
    syncCritical: limits('sync-critical'),
    maxLag: maxLag === null ? null : bytesOf(maxLag, '--max-lag'),
    isSync: values['is-sync'] === true,
    isAsync: values['is-async'] === true,
    isStandbyLeader: values['is-standby-leader'] === true,
    patroniVersion: given(values, 'patroni-version'),
    before: given(values, 'hash') ?? given(values, 'timeline') ?? kept,
  };
}

/** null: there is no such file yet. */
function keptIn(file: string): string | null {
  let words: string;
  try {
    words = readFileSync(file, 'utf8').slice(0, STATE_BYTES);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const value = text(field(parseObject(words), 'value'));
  if (value === null) throw new Usage(`${file} was not written by howdah check; name another --state-file`);
  return value;
}

function keep(file: string, value: string): void {
  writeFileSync(`${file}.new`, `${JSON.stringify({ value })}\n`);
  renameSync(`${file}.new`, file);
}
