// Starts what is missing of a lab, from etcd up to the write load. What runs is left alone, so it also serves after a fault.

import path from 'node:path';
import { haproxyConfig, patronictlConfig } from './config-files';
import { prepareDatabase } from './database';
import { waitUntil } from './deadline';
import { type Say, step, type Toolbox } from './environments';
import type { Lab } from './lab';
import { PORTS, SCOPE } from './layout';

/** Starts what is missing. Idempotent; the data of an earlier run are found again. */
export async function ensureRunning(lab: Lab, say: Say = lab.say): Promise<void> {
  const { layout } = lab;
  lab.makeDir(layout.dataDir, 0o755);
  lab.makeDir(path.join(layout.dataDir, 'log'), 0o755);
  const toolbox = await lab.toolbox();
  for (const generation of new Set(Object.values(lab.state.memberGenerations))) await lab.toolbox(generation);
  say(`PostgreSQL ${toolbox.postgresVersion}, Patroni ${toolbox.patroniVersion}, etcd ${toolbox.etcdVersion}`);

  await step(say, 'starting etcd', async () => {
    for (const { name } of layout.etcd) await lab.startEtcd(name);
    await waitUntil('etcd has a quorum', 40_000, () => lab.etcd.healthy(lab.etcdEndpoints[0] ?? ''));
  });

  lab.setRestTreatment({});
  lab.writeOwned(path.join(layout.dataDir, 'patronictl.yml'), patronictlConfig(layout, lab.secrets));
  lab.writeOwned(path.join(layout.dataDir, 'haproxy.cfg'), haproxyConfig(layout));
  const routes = lab.realMembers.map(({ name, ip }) => ({ name, ip }));
  await lab.startAttendant('proxy', 'rest-proxy', [
    JSON.stringify(routes),
    String(PORTS.rest),
    String(PORTS.restBehindProxy),
    path.join(layout.dataDir, 'proxy.json'),
  ]);
  await lab.start('haproxy', 'haproxy', ['-db', '-f', path.join(layout.dataDir, 'haproxy.cfg')], lab.user);

  await step(say, `starting ${lab.realMembers.length} members`, async () => {
    for (const { name } of lab.realMembers) {
      await lab.writeMemberConfig(name);
      await lab.startPatroni(name);
      // The first member makes the cluster; the rest would only race it for the initialize key.
      if (lab.systemIdentifier === '') {
        await waitUntil('the first member to become leader', 90_000, () => lab.leader());
        await waitUntil('the system identifier', 30_000, async () => {
          const identifier = (await lab.etcd.get(`${lab.prefix}initialize`))?.value ?? '';
          if (identifier !== '') lab.remember({ systemIdentifier: identifier });
          return identifier;
        });
      }
    }
    await waitUntil('a leader that accepts writes', 90_000, async () => {
      const rows = await lab.sql(await lab.mustLeader(), 'SELECT pg_is_in_recovery() AS standby');
      return rows[0]?.standby === false;
    });
  });
  await step(say, 'roles and tables', () => prepareDatabase(lab));
  if (lab.members.some((member) => member.standIn)) await startStandIns(lab, toolbox);
  if (lab.state.load && lab.main('load') === undefined) await lab.setLoad(true);
}

async function startStandIns(lab: Lab, toolbox: Toolbox): Promise<void> {
  const [major = 0, minor = 0] = toolbox.postgresVersion.split('.').map(Number);
  const settings = {
    members: lab.members.filter((member) => member.standIn).map(({ name, ip, tags }) => ({ name, ip, tags })),
    endpoints: lab.etcdEndpoints,
    prefix: lab.prefix,
    scope: SCOPE,
    restPort: PORTS.rest,
    postgresPort: PORTS.postgres,
    replicationPassword: lab.secrets.replication,
    patroniVersion: toolbox.patroniVersion,
    serverVersion: major * 10_000 + minor,
    modernWords: !toolbox.patroniVersion.startsWith('3.0.'),
    ttlSeconds: lab.options.ttl,
    loopSeconds: lab.options.loopWait,
    user: lab.user === null ? '' : `${lab.user.uid}:${lab.user.gid}`,
  };
  await lab.startAttendant('stand-ins', 'stand-ins', [JSON.stringify(settings)]);
}
