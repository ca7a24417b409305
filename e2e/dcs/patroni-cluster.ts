// Three real members of Patroni 4.1 and PostgreSQL on any DCS, beside the labs: for what no contract of a store can show, that Patroni
// and Howdah understand each other there. Ended with `stop`, and what an earlier run left is ended at the start.
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { type Json, memberConfig, memberConfigFile, memberDir } from '../lab/config-files';
import { sleep, waitUntil } from '../lab/deadline';
import { labUser, preparePatroniOnAnyDcs, runTool, type Say } from '../lab/environments';
import { loadSecrets, PORTS, planLayout, SCOPE } from '../lab/layout';
import { findProcesses, partEnvironment, signalProcess, startPart } from '../lab/processes';

const TIMING = { loopWait: 5, ttl: 20, retryTimeout: 5, pgRewind: false } as const;
const UP_MS = 240_000;
const END_MS = 20_000;

export interface PatroniCluster {
  readonly scope: string;
  /** Of the REST API, for Howdah. */
  readonly rest: { readonly username: string; readonly password: string };
  restUrl(member: string): string;
  patronictl(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** `dcs` is the section of patroni.yml that names it. Resolves when one leads and two stream. */
export async function startPatroniCluster(name: string, dcs: Json, say: Say): Promise<PatroniCluster> {
  const layout = planLayout(name, 'demo');
  const secrets = loadSecrets(layout);
  const { python, patroni, patronictl: control, postgresBin } = await preparePatroniOnAnyDcs(say);
  const user = labUser();
  const own = (file: string): void => {
    if (user !== null) chownSync(file, user.uid, user.gid);
  };
  const stop = async (): Promise<void> => {
    for (const { pid } of findProcesses(layout.dataDir)) signalProcess(pid, 'SIGKILL');
    await waitUntil('the members to end', END_MS, () => findProcesses(layout.dataDir).length === 0);
    rmSync(layout.dataDir, { recursive: true, force: true });
  };
  await stop();
  mkdirSync(layout.dataDir, { recursive: true });
  own(layout.dataDir);
  for (const member of layout.members) {
    const { etcd3: _etcd, restapi, ...config } = memberConfig(layout, secrets, member, TIMING, postgresBin);
    const listen = `${member.ip}:${PORTS.rest}`;
    mkdirSync(memberDir(layout, member.name), { recursive: true, mode: 0o700 });
    own(memberDir(layout, member.name));
    const file = memberConfigFile(layout, member.name);
    // A copy without shared objects: YAML would write those as anchors.
    const whole = structuredClone({ ...config, ...dcs, restapi: { ...(restapi as Json), listen } });
    writeFileSync(file, stringify(whole, { aliasDuplicateObjects: false }), { mode: 0o600 });
    own(file);
  }
  const first = layout.members[0]?.name ?? '';
  const env = partEnvironment(layout.dataDir, { part: 'patronictl', file: '', args: [], user });
  const patronictl = async (...args: readonly string[]): Promise<string> => {
    const words = [control, '-c', memberConfigFile(layout, first), ...args];
    const { stdout, stderr, code } = await runTool({ file: python, args: words, user }, env, layout.dataDir, 60_000);
    if (code !== 0) throw new Error(`patronictl ${args.join(' ')}: ${(stderr || stdout).trim().slice(-500)}`);
    return stdout;
  };
  try {
    for (const member of layout.members) {
      const args = [patroni, memberConfigFile(layout, member.name)];
      await startPart(layout.dataDir, { part: `patroni-${member.name}`, file: python, args, user });
      // The first one makes the cluster.
      if (member.name === first) await sleep(1000);
    }
    await waitUntil('a leader and two that stream', UP_MS, async () => {
      const rows = JSON.parse(await patronictl('list', '-f', 'json')) as { Role: string; State: string }[];
      const leads = rows.some(({ Role, State }) => Role === 'Leader' && State === 'running');
      return leads && rows.filter(({ State }) => State === 'streaming').length === 2;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    scope: SCOPE,
    rest: { username: 'patroni', password: secrets.rest },
    restUrl: (member) => `http://${layout.members.find(({ name: one }) => one === member)?.ip}:${PORTS.rest}`,
    patronictl,
    stop,
  };
}
