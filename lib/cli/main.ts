// `npx howdah`: the same API as the browser, for scripts, ChatOps and people in a terminal. Exit codes: 0 done, 1 refused or failed,
// 2 a wrong argument or setting, 3 sent and it cannot be said how it ended.

import { parseArgs } from 'node:util';
import { PATHS } from '../contract/paths';
import type { FleetRow } from '../contract/stream';
import type { Snapshot } from '../domain/cluster';
import { formatBytes } from '../language/quantity';
import { hashPassword, weakness } from '../server/access/passwords';
import { configFromProcess, formatProblem, type HowdahConfig } from '../server/config/config';
import { VERSION } from '../server/version';
import { apiDesk, token, Usage, user } from './access';
import { act, EXIT } from './act';
import { Api, ApiFailed, endpointOf } from './api';
import { audit } from './audit';
import { pushBackups } from './backups';
import { CHECK_FLAGS, CHECK_USAGE, check, refuseCheck } from './check';
import { doctor } from './doctor';
import { drift } from './drift';
import { health } from './health';
import { withAccounts } from './offline';
import { err, out, table } from './print';
import { backup, carryOver, restore } from './store';
import { wait } from './wait';

const USAGE = `usage: howdah start [flags]        the server; howdah start --help
       howdah list
       howdah show <cluster>
       howdah drift [cluster]       every cluster against its profile, or what differs between the members of one: 0 alike, 1 not, 3 unknown
       howdah check [cluster]       one cluster or all as a monitoring plugin: exit code 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
       howdah check <check> <cluster> [--member name] [--warning range] [--critical range] ...
                                    the checks of check_patroni; \`howdah check --help\` lists them
       howdah wait <cluster> [--for ok|leader|writable|streaming|idle] [--timeout seconds]
       howdah switchover <cluster> --reason text [--to member] [--at instant]
       howdah failover <cluster> --to member --reason text
       howdah pause <cluster> --reason text [--until instant] [--auto-resume]
       howdah resume <cluster> --reason text
       howdah user [list | add | grant | disable | enable | unlock | reset | remove-totp | sign-out] [name]
                   [--role viewer|operator|admin] [--cluster name-or-pattern]... [--label key=value]...
       howdah user hash             a password (from standard input) as argon2id, for the break-glass account
       howdah token [list | add name | revoke id] [--role ...] [--cluster ...] [--label ...] [--days n] [--owner name]
       howdah backup <file>         the embedded store, also while Howdah runs
       howdah restore <file>        while it does not; the store before it is kept
       howdah carry-over            once, from the PGlite folder of an earlier Howdah
       howdah audit verify [--anchor file]... [folder]
                                    does the record hold, also against heads that were kept elsewhere
       howdah audit export --format json|csv [--cluster name] [folder]
       howdah backups push [--cluster name] [--stanza name]
                                    a report from standard input, such as of pgbackrest info --output=json
       howdah doctor
       howdah health                does the Howdah of this data folder live: exit code 0, else 1

--url, --token       another Howdah (or HOWDAH_URL, HOWDAH_TOKEN); without a token the running one of this data folder
--config, -c         the settings to take the data folder from; HOWDAH_CONFIG, HOWDAH_DATA
--yes, -y            nobody is asked            --detach       do not wait for the end
--break-glass        without the second person  --json         for scripts
--version            --help
`;

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof Usage) {
    err(`howdah: ${error.message}`);
    return EXIT.usage;
  }
  err(`howdah: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof ApiFailed && error.code === 'not_signed_in')
    err('howdah: the token is unknown, revoked or expired');
  return EXIT.failed;
});

function parse(argv: string[]) {
  return parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      token: { type: 'string' },
      config: { type: 'string', short: 'c' },
      reason: { type: 'string', short: 'r' },
      to: { type: 'string' },
      at: { type: 'string' },
      until: { type: 'string' },
      'auto-resume': { type: 'boolean' },
      role: { type: 'string' },
      cluster: { type: 'string', multiple: true },
      label: { type: 'string', multiple: true },
      days: { type: 'string' },
      format: { type: 'string' },
      anchor: { type: 'string', multiple: true },
      owner: { type: 'string' },
      stanza: { type: 'string' },
      for: { type: 'string' },
      timeout: { type: 'string' },
      ...CHECK_FLAGS,
      yes: { type: 'boolean', short: 'y' },
      json: { type: 'boolean' },
      detach: { type: 'boolean' },
      'break-glass': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
}

async function main(argv: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    const wrong = new Usage(error instanceof Error ? error.message : String(error));
    if (argv[0] === 'check') return refuseCheck(wrong);
    throw wrong;
  }
  const { values, positionals } = parsed;
  const [command, ...args] = positionals;
  if (values.version === true) {
    out(`howdah ${VERSION}`);
    return EXIT.done;
  }
  if (values.help === true || command === undefined) {
    out(command === 'check' ? CHECK_USAGE : USAGE.trimEnd());
    return values.help === true ? EXIT.done : EXIT.usage;
  }
  const json = values.json === true;
  if (command === 'user' && args[0] === 'hash') return hash();
  if (command === 'backups')
    return pushBackups(values, args, { cluster: values.cluster?.[0] ?? null, stanza: values.stanza ?? null });
  if (command === 'check') return check(() => apiOf(values).found(), args, values, json);
  const { config, api, found } = apiOf(values);
  const where = { role: values.role ?? null, scopes: values.cluster ?? [], labels: values.label ?? [] };
  if (command === 'audit')
    return audit(config, args, {
      format: values.format ?? null,
      scope: values.cluster?.[0] ?? null,
      anchors: values.anchor ?? [],
    });
  if (command === 'doctor') return doctor(config, api, json);
  if (command === 'user') {
    if (api !== null) await user(apiDesk(api), args, where, json);
    else await withAccounts(config, (desk) => user(desk, args, where, json));
    return EXIT.done;
  }
  if (command === 'backup' || command === 'restore') {
    const [file, ...more] = args;
    if (file === undefined || more.length > 0) throw new Usage(`expected one file: howdah ${command} <file>`);
    await (command === 'backup' ? backup : restore)(config, file);
    return EXIT.done;
  }
  if (command === 'carry-over') {
    await carryOver(config);
    return EXIT.done;
  }
  const options = {
    reason: values.reason ?? null,
    yes: values.yes === true,
    json,
    detach: values.detach === true,
    breakGlass: values['break-glass'] === true,
  };
  const scope = (): string => {
    const [name, ...more] = args;
    if (name === undefined || more.length > 0) throw new Usage(`expected one cluster: howdah ${command} <cluster>`);
    return name;
  };
  switch (command) {
    case 'health':
      return health(api ?? new Api({ url: values.url ?? listenUrl(config), token: '', local: true }));
    case 'list':
      return list(found(), json);
    case 'drift':
      return drift(found(), args.length === 0 ? null : scope(), json);
    case 'show':
      return show(found(), scope(), json);
    case 'wait':
      return wait(found(), scope(), { for: values.for ?? null, timeout: values.timeout ?? null });
    case 'token': {
      const days = Number(values.days ?? '90');
      if (!Number.isInteger(days)) throw new Usage('expected --days as a whole number');
      await token(found(), args, { ...where, days, owner: values.owner ?? null }, json);
      return EXIT.done;
    }
    case 'switchover':
      return act(
        found(),
        scope(),
        { kind: 'switchover', candidate: values.to ?? null, scheduledAt: values.at ?? null },
        options,
      );
    case 'failover':
      if (values.to === undefined) throw new Usage('expected --to member');
      return act(found(), scope(), { kind: 'failover', candidate: values.to }, options);
    case 'pause':
      return act(
        found(),
        scope(),
        {
          kind: 'pause',
          owner: null,
          until: values.until === undefined ? null : instant(values.until),
          autoResume: values['auto-resume'] === true,
        },
        options,
      );
    case 'resume':
      return act(found(), scope(), { kind: 'resume' }, options);
    default:
      throw new Usage(`unknown command "${command}"; see howdah --help`);
  }
}

interface Found {
  readonly config: HowdahConfig;
  /** null: no Howdah runs with the data folder, and no other is named. */
  readonly api: Api | null;
  /** Throws Usage where `api` is null. */
  readonly found: () => Api;
}

/** The settings, and the Howdah that is asked. Throws Usage where the settings are wrong. */
function apiOf(values: ReturnType<typeof parse>['values']): Found {
  const flags = values.config === undefined ? [] : ['--config', values.config];
  const loaded = configFromProcess({ ...process.env, HOWDAH_ARGV: JSON.stringify(flags) });
  if (!loaded.ok) throw new Usage(loaded.problems.map(formatProblem).join('\n'));
  const { config } = loaded;
  const given = {
    url: values.url ?? (process.env.HOWDAH_URL || null),
    token: values.token ?? (process.env.HOWDAH_TOKEN || null),
  };
  const endpoint = endpointOf(given, config.dataDir);
  const api = endpoint === null ? null : new Api(endpoint);
  const found = (): Api => {
    if (api !== null) return api;
    throw new Usage(`no Howdah runs with the data folder ${config.dataDir}; give --url and --token, or --config`);
  };
  return { config, api, found };
}

/** Of a Howdah of these settings on this machine, where it left no key: nobody signs in there, or it does not run. */
function listenUrl({ listen }: HowdahConfig): string {
  const host = ['0.0.0.0', '::'].includes(listen.host) ? '127.0.0.1' : listen.host;
  return `${listen.tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${listen.port}`;
}

function instant(text: string): number {
  const at = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new Usage(`expected an instant with its offset, such as 2026-11-21T03:00:00Z, got "${text}"`);
  return at;
}

async function list(api: Api, json: boolean): Promise<number> {
  const { clusters } = await api.get<{ clusters: readonly FleetRow[] }>(PATHS.clusters);
  if (json) out(JSON.stringify(clusters));
  else
    out(
      table(
        ['cluster', 'health', 'leader', ' TL', ' replay lag', 'members', ''],
        clusters.map((row) => [
          row.scope,
          row.health,
          row.leader === null ? 'none' : row.leader.known ? row.leader.name : `unknown, was ${row.leader.name}`,
          row.timeline === null ? 'unknown' : String(row.timeline),
          row.replayLagBytes === null ? 'unknown' : String(formatBytes(row.replayLagBytes)),
          String(row.members.length),
          [String(row.headline?.title ?? ''), row.paused === true ? 'paused' : '']
            .filter((part) => part !== '')
            .join('; '),
        ]),
      ),
    );
  return EXIT.done;
}

async function show(api: Api, scope: string, json: boolean): Promise<number> {
  const snapshot = await api.get<Snapshot>(PATHS.cluster(scope));
  if (json) {
    out(JSON.stringify(snapshot));
    return EXIT.done;
  }
  const { cluster, findings, readiness, health } = snapshot;
  const age = Math.max(0, Date.now() - snapshot.observedAt) / 1000;
  out(`${scope}: ${health}, seen ${age.toFixed(1)} s ago${cluster.paused === true ? ', paused' : ''}`);
  out(
    table(
      ['member', 'role', 'PostgreSQL', 'state', ' TL', ' receive lag', ' replay lag', ''],
      cluster.members.map((member) => [
        member.name,
        member.clusterRole ?? 'unknown',
        member.postgresRole,
        member.state ?? 'unknown',
        member.timeline === null ? 'unknown' : String(member.timeline),
        bytes(member.name === cluster.leader?.name ? 0 : member.lag.receiveBytes),
        bytes(member.name === cluster.leader?.name ? 0 : member.lag.replayBytes),
        member.pendingRestart === null ? '' : 'pending restart',
      ]),
    ),
  );
  for (const finding of findings) out(`${finding.severity}: ${finding.title}\n  ${finding.advice}`);
  const best = readiness.candidates.find(({ eligible }) => eligible);
  out(
    readiness.failoverPossible === true
      ? `failover is possible, to ${best?.member ?? 'unknown'}`
      : `no failover possible: ${readiness.reasons.join('; ')}`,
  );
  return EXIT.done;
}

function bytes(value: number | null): string {
  return value === null ? 'unknown' : String(formatBytes(value));
}

async function hash(): Promise<number> {
  if (process.stdin.isTTY) err('The password, then Enter (it is shown):');
  let password = '';
  for await (const chunk of process.stdin) {
    password += String(chunk);
    if (password.includes('\n')) break;
  }
  password = password.split(/\r?\n/)[0] ?? '';
  const weak = weakness(password, '');
  if (weak !== null) throw new Usage(String(weak));
  out(await hashPassword(password));
  process.stdin.destroy();
  return EXIT.done;
}
