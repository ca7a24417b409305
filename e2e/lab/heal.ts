// Puts a lab right, whatever was done to it. One routine for all faults, working from what is there rather than from notes
// about what was broken: so it also serves after a crash, after two faults at once, and after a fault that went wrong.

import { rmSync } from 'node:fs';
import { memberDataDir } from './config-files';
import { sleep, waitUntil } from './deadline';
import { step } from './environments';
import type { Lab } from './lab';
import { ensureRunning } from './start';

const HEAL_DEADLINE_MS = 240_000;
/** How long a member may take to follow by itself before it is rebuilt. */
const PATIENCE_MS = 12_000;
const REBUILD_MS = 40_000;
/** Problems that a rebuild cures, where time does not; the others (failsafe mode still active, paused) only take time. */
const NEEDS_REBUILD = /^n\d+(?: is not streaming|: state |: REST does not answer)/;

/** Slots, settings and pauses that faults leave in PostgreSQL. Not all apply to every member; none may stop the rest. */
async function cleanPostgres(lab: Lab, member: string): Promise<void> {
  const ask = (text: string): Promise<Record<string, unknown>[]> => lab.sql(member, text).catch(() => []);
  await ask('ALTER SYSTEM RESET ALL');
  await ask('SELECT pg_reload_conf()');
  await ask("SELECT pg_stat_reset_shared('archiver')");
  await ask('SELECT pg_wal_replay_resume() WHERE pg_is_in_recovery() AND pg_is_wal_replay_paused()');
  await ask(
    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'lab\\_%' AND NOT active",
  );
}

async function restartIfPending(lab: Lab, member: string): Promise<void> {
  const rows = await lab.sql(member, 'SELECT 1 FROM pg_settings WHERE pending_restart').catch(() => []);
  const flagged = (await lab.patroniStatus(member))?.pending_restart === true;
  if (rows.length > 0 || flagged) {
    lab.say(`restarting ${member}: pending restart`);
    await lab.rest(member, 'POST', '/restart', {}, 60_000).catch(() => undefined);
  }
}

/** A PostgreSQL of another cluster can only be thrown away: Patroni refuses to run it. */
async function dropStranger(lab: Lab, member: string): Promise<void> {
  const control = await lab
    .runPostgresProgram('pg_controldata', ['-D', memberDataDir(lab.layout, member)])
    .catch(() => '');
  const identifier = /system identifier:\s*(\d+)/.exec(control)?.[1];
  if (identifier === undefined || lab.systemIdentifier === '' || identifier === lab.systemIdentifier) return;
  await discardData(lab, member);
}

async function discardData(lab: Lab, member: string): Promise<void> {
  lab.say(`throwing away the data of ${member}`);
  await lab.killMember(member);
  rmSync(memberDataDir(lab.layout, member), { recursive: true, force: true });
}

async function healEtcd(lab: Lab): Promise<void> {
  for (const { name } of lab.layout.etcd) await lab.startEtcd(name);
  await waitUntil('every etcd member answers', 40_000, async () => {
    const alive = await Promise.all(
      lab.etcdEndpoints.map((endpoint) => lab.etcd.callAt(endpoint, 'maintenance/status', {}).then(() => true)),
    );
    return alive.every(Boolean);
  });
  if ((await lab.etcd.alarms()).length > 0) {
    await lab.etcd.removePrefix('/howdah-lab/').catch(() => undefined);
    await lab.etcd.recoverSpace();
  }
  // What filled it may be deleted only after the alarm is off.
  await lab.etcd.removePrefix('/howdah-lab/').catch(() => undefined);
}

async function healDcsKeys(lab: Lab): Promise<void> {
  const standard = JSON.stringify(lab.standardConfig());
  const config = await lab.etcd.get(`${lab.prefix}config`);
  if (config !== null && config.value !== standard) await lab.etcd.put(config.key, standard);
  const failover = await lab.etcd.get(`${lab.prefix}failover`);
  if (failover !== null && failover.value !== '{}') await lab.etcd.put(failover.key, '{}');
  // Patroni leaves this key behind when failsafe mode is turned off.
  await lab.etcd.remove(`${lab.prefix}failsafe`);
  const known = new Set(lab.members.map(({ name }) => `${lab.prefix}members/${name}`));
  for (const { key } of await lab.etcd.list(`${lab.prefix}members/`)) if (!known.has(key)) await lab.etcd.remove(key);
  const initialize = await lab.etcd.get(`${lab.prefix}initialize`);
  if (lab.systemIdentifier !== '' && initialize?.value !== lab.systemIdentifier) {
    await lab.etcd.put(`${lab.prefix}initialize`, lab.systemIdentifier);
  }
}

/** Waits for health; rebuilds, one way then the harder way, every member that does not get there by itself. */
async function converge(lab: Lab): Promise<void> {
  const illSince = new Map<string, number>();
  const rebuilt = new Map<string, number>();
  const end = Date.now() + HEAL_DEADLINE_MS;
  for (;;) {
    const problems = await lab.problems();
    if (problems.length === 0) return;
    if (Date.now() > end) throw new Error(`lab ${lab.name} does not heal: ${problems.join('; ')}`);
    const leader = await lab.leader().catch(() => null);
    for (const { name } of lab.realMembers) {
      const ill = problems.some(
        (problem) => (problem.startsWith(`${name} `) || problem.startsWith(`${name}:`)) && NEEDS_REBUILD.test(problem),
      );
      if (!ill) illSince.delete(name);
      else if (!illSince.has(name)) illSince.set(name, Date.now());
      if (problems.includes(`${name}: pending restart`)) await restartIfPending(lab, name);
      const waited = Date.now() - (illSince.get(name) ?? Date.now());
      if (!ill || leader === null || leader === name || waited < PATIENCE_MS) continue;
      const leaderWrites = !problems.some((problem) => problem.startsWith(`${leader}:`));
      if (!leaderWrites) continue;
      const started = rebuilt.get(name);
      if (started === undefined) {
        lab.say(`rebuilding ${name} (${problems.filter((problem) => problem.startsWith(name)).join('; ')})`);
        rebuilt.set(name, Date.now());
        await lab.rest(name, 'POST', '/reinitialize', { force: true }).catch(() => undefined);
      } else if (Date.now() - started > REBUILD_MS) {
        rebuilt.set(name, Date.now());
        await discardData(lab, name);
        await lab.startPatroni(name);
      }
    }
    await sleep(500);
  }
}

/** Undoes every fault and returns when the cluster is healthy; a member that cannot follow is rebuilt. */
export async function healLab(lab: Lab): Promise<void> {
  await step(lab.say, `healing lab ${lab.name}`, async () => {
    lab.thaw();
    await lab.endPart('lease-holder');
    lab.setRestTreatment({});
    await healEtcd(lab);
    for (const process of lab.processes()) {
      if (process.main && process.variant !== '') await lab.kill(process.part);
    }
    for (const { name } of lab.realMembers) await dropStranger(lab, name);
    await healDcsKeys(lab);
    for (const { name } of lab.realMembers) {
      await lab.reconfigureMember(name);
      await lab.startPatroni(name);
    }
    await waitUntil('a leader', 90_000, () => lab.leader());
    for (const { name } of lab.realMembers) {
      await cleanPostgres(lab, name);
      // A scheduled restart; "nothing scheduled" is an answer too.
      await lab.rest(name, 'DELETE', '/restart').catch(() => undefined);
    }
    // Patroni applies the restored configuration in its next loop; only then is it known who must restart.
    await sleep((lab.options.loopWait + 1) * 1000);
    const leader = await lab.mustLeader();
    await restartIfPending(lab, leader);
    for (const name of await lab.replicas()) await restartIfPending(lab, name);
    await ensureRunning(lab, () => undefined);
    await converge(lab);
    lab.forgetFaults();
  });
}
