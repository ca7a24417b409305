// `howdah doctor`: is this Howdah set up soundly? Each line is a fact; a problem makes the exit code 1.
import { statSync } from 'node:fs';
import type { MeAnswer } from '../contract/access';
import { PATHS } from '../contract/paths';
import type { FleetRow, HealthAnswer, ServerState } from '../contract/stream';
import { whereWords } from '../domain/access/access';
import { formatSeconds, plural } from '../language/quantity';
import { Directory } from '../server/access/directory';
import { isLoopback } from '../server/config/address';
import type { HowdahConfig } from '../server/config/config';
import { grantFor } from '../server/kubernetes-grant';
import { missingOf } from '../server/sources/missing';
import type { Api } from './api';
import { out } from './print';

interface Finding {
  readonly verdict: 'ok' | 'note' | 'problem';
  readonly text: string;
}

const COLLECTOR_SILENT_MS = 10_000;
const CLOCK_MS = 5000;

export async function doctor(config: HowdahConfig, api: Api | null, json: boolean): Promise<number> {
  const findings = [
    ...settings(config),
    ...folder(config.dataDir),
    ...(await directory(config)),
    ...(await running(api)),
  ];
  if (json) out(JSON.stringify(findings));
  else for (const { verdict, text } of findings) out(`${verdict.padEnd(8)} ${text}`);
  return findings.some(({ verdict }) => verdict === 'problem') ? 1 : 0;
}

function settings(config: HowdahConfig): readonly Finding[] {
  const { auth, listen, publicUrl, sources, secrets, receivers, warnings } = config;
  const found: Finding[] = [
    { verdict: 'ok', text: `settings from ${config.origin}: ${plural(sources.length, 'source')}` },
  ];
  const note = (text: string): void => void found.push({ verdict: 'note', text });
  for (const warning of warnings) note(`${warning.path}: ${warning.message}`);
  if (sources.length === 0) note('no source is configured: there is nothing to watch');
  for (const source of sources)
    for (const { title, text, commands } of missingOf(source)) {
      const how = commands.map(({ where, command }) => `\n         ${where}:\n           ${command}`);
      note(`source ${source.name}: ${title}. ${text}${how.join('')}`);
    }
  if (auth.kind === 'none') note('nobody signs in: whoever reaches the port may do everything');
  else if (publicUrl.startsWith('http:') && !isLoopback(listen.host))
    found.push({ verdict: 'problem', text: `people reach it as ${publicUrl}, without TLS: passwords go in the clear` });
  if (auth.kind !== 'none' && secrets.current === null)
    note(`HOWDAH_SECRET is not set: its key lies in ${config.dataDir}, beside what it closes`);
  if (auth.kind !== 'none' && auth.breakGlass === null)
    note('no break-glass account: while the store is away nobody new can sign in');
  if (receivers.length === 0) note('no receiver is configured: nobody is told of anything');
  return found;
}

async function directory({ auth: { ldap } }: HowdahConfig): Promise<readonly Finding[]> {
  if (ldap === null) return [];
  const found: Finding[] = [];
  if (ldap.bind === null)
    found.push({
      verdict: 'note',
      text: `${ldap.name}: without auth.ldap.bind nobody can be looked up: who left keeps a session to its end`,
    });
  try {
    await new Directory(ldap).probe();
    found.push({ verdict: 'ok', text: `${ldap.name} answers${ldap.bind === null ? '' : `, and has ${ldap.base}`}` });
  } catch (error) {
    found.push({ verdict: 'problem', text: `${ldap.name}: ${error instanceof Error ? error.message : String(error)}` });
  }
  return found;
}

function folder(dataDir: string): readonly Finding[] {
  try {
    const { mode } = statSync(dataDir);
    return (mode & 0o077) === 0
      ? [{ verdict: 'ok', text: `data folder ${dataDir}` }]
      : [{ verdict: 'problem', text: `data folder ${dataDir} is open to others: chmod 700` }];
  } catch {
    return [{ verdict: 'note', text: `data folder ${dataDir} is not there yet` }];
  }
}

async function running(api: Api | null): Promise<readonly Finding[]> {
  if (api === null) return [{ verdict: 'note', text: 'no Howdah runs with this data folder, and no --token is given' }];
  const found: Finding[] = [];
  const add = (verdict: Finding['verdict'], text: string): void => void found.push({ verdict, text });
  try {
    const asked = Date.now();
    const me = await api.get<MeAnswer>(PATHS.me);
    add(
      'ok',
      `${api.endpoint.url} answers ${me.name} (${me.kind}): ${me.grants.map((one) => `${one.role} of ${whereWords(one)}`).join('; ')}`,
    );
    if (me.unverifiedSince !== null) add('problem', 'rights cannot be checked now: the store is away');
    const health = await api.get<HealthAnswer>(PATHS.health);
    const { collector, store, journal } = health;
    const silent = collector.ageMs === null || collector.ageMs > COLLECTOR_SILENT_MS;
    const took =
      collector.roundMs === null ? 'no round yet' : `a round takes ${formatSeconds(collector.roundMs / 1000)}`;
    add(
      silent ? 'problem' : 'ok',
      `collector: ${plural(collector.scopes, 'cluster')}, ${plural(collector.members, 'member')}, ${took}`,
    );
    for (const { source, text } of collector.problems) {
      add('problem', `source ${source}: ${text}`);
      const grant = grantFor(String(text));
      if (grant !== null) add('note', `source ${source}: this role lets it watch (kubectl apply -f -):\n${grant}`);
    }
    add(
      store.state === 'ready' ? 'ok' : 'problem',
      `store (${store.kind}): ${store.state}${store.error === null ? '' : `, ${store.error}`}`,
    );
    if (store.behind > 0)
      add('note', `${plural(store.behind, 'journal entry', 'journal entries')} are not in the store yet`);
    add(
      journal.problem === null ? 'ok' : 'problem',
      journal.problem?.toString() ?? `journal: ${plural(journal.entries, 'entry', 'entries')}`,
    );
    if (health.history !== null && health.history.droppedSamples > 0)
      add('note', `${health.history.droppedSamples} samples were given up while the store was away`);
    const { server, clusters } = await api.get<{ server: ServerState; clusters: readonly FleetRow[] }>(PATHS.clusters);
    const skew = server.now - Date.now();
    if (Math.abs(skew) > CLOCK_MS + (Date.now() - asked))
      add('problem', `its clock differs by ${formatSeconds(skew / 1000)}`);
    for (const row of clusters)
      if (row.health === 'critical' || row.health === 'unknown')
        add('note', `${row.scope} is ${row.health}: ${row.headline?.title ?? 'no word'}`);
  } catch (error) {
    add('problem', error instanceof Error ? error.message : String(error));
  }
  return found;
}
