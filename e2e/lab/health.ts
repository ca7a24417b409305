// When a lab counts as healthy: what every test starts from and what heal.ts works towards.

import type { Lab } from './lab';

/** What keeps the lab from being healthy, in words; empty when it is. Believes a replica only if its upstream sends to it. */
export async function findProblems(lab: Lab): Promise<string[]> {
  const problems: string[] = [];
  const alive = await Promise.all(lab.etcdEndpoints.map((endpoint) => lab.etcd.healthy(endpoint)));
  alive.forEach((ok, at) => {
    if (!ok) problems.push(`etcd e${at + 1} is not healthy`);
  });
  const leader = await lab.leader().catch(() => null);
  if (leader === null) return [...problems, 'no leader'];
  const streaming = new Set<string>();
  for (const upstream of new Set([
    leader,
    ...lab.realMembers.map((member) => String(member.tags.replicatefrom ?? leader)),
  ])) {
    const rows = await lab
      .sql(upstream, "SELECT application_name AS name FROM pg_stat_replication WHERE state = 'streaming'")
      .catch(() => []);
    for (const row of rows) streaming.add(String(row.name));
  }
  const failover = (await lab.etcd.get(`${lab.prefix}failover`))?.value ?? '{}';
  if (failover !== '{}') problems.push(`failover key is ${failover}`);
  await Promise.all(
    lab.members.map(async ({ name, standIn }) => {
      if (name !== leader && !streaming.has(name)) problems.push(`${name} is not streaming`);
      if (standIn) return;
      const status = await lab.patroniStatus(name);
      if (status === null) problems.push(`${name}: REST does not answer`);
      else if (status.state !== 'running') problems.push(`${name}: state ${String(status.state)}`);
      else if (status.pending_restart === true) problems.push(`${name}: pending restart`);
      else if (status.pause === true) problems.push(`${name}: paused`);
      else if (status.scheduled_restart !== undefined) problems.push(`${name}: restart scheduled`);
      else if (status.cluster_unlocked === true) problems.push(`${name}: sees no leader`);
      else if (status.failsafe_mode_is_active === true) problems.push(`${name}: failsafe mode is active`);
      else if (name === leader && status.role !== 'master' && status.role !== 'primary')
        problems.push(`${name}: not promoted yet`);
      if ((await lab.etcd.get(`${lab.prefix}members/${name}`)) === null) problems.push(`${name}: no member key`);
    }),
  );
  return problems.sort();
}
