// What can be broken, as rows: what the fault is, and how to cause it so that it lasts until `heal`. A row returns only
// when the fault can be observed. Nothing here undoes anything: heal.ts does, for all rows alike.

import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Json, memberDataDir, memberDir } from './config-files';
import { sleep, waitUntil } from './deadline';
import { prepareFaketime, step } from './environments';
import type { Lab } from './lab';
import { NAMESPACE, PORTS, SCOPE } from './layout';
import { signalProcess } from './processes';

interface Fault {
  readonly about: string;
  /** Whom it hits when nobody is named: the leader, the last replica, or nobody in particular. */
  readonly hits: 'leader' | 'replica' | 'etcd' | 'cluster';
  readonly cause: (lab: Lab, target: string) => Promise<void>;
}

/** Settings of one member's patroni.yml. */
const section = (config: Json, key: string): Json => {
  const value = (config[key] ?? {}) as Json;
  config[key] = value;
  return value;
};

export async function setTags(lab: Lab, member: string, tags: Json): Promise<void> {
  await lab.reconfigureMember(member, (config) => Object.assign(section(config, 'tags'), tags));
  await waitUntil(`${member} to publish its tags`, 20_000, async () => {
    const key = await lab.etcd.get(`${lab.prefix}members/${member}`);
    const published = (JSON.parse(key?.value ?? '{}') as { tags?: Json }).tags ?? {};
    return Object.entries(tags).every(([tag, value]) => published[tag] === value);
  });
}

async function forbidFailover(lab: Lab, members: readonly string[]): Promise<void> {
  for (const member of members) await setTags(lab, member, { nofailover: true });
}

/** Keeps the leases behind these keys alive, whatever becomes of the Patroni that owns them. */
async function holdLeases(lab: Lab, keys: readonly string[]): Promise<void> {
  const leases = await Promise.all(keys.map(async (key) => (await lab.etcd.get(`${lab.prefix}${key}`))?.lease ?? '0'));
  const held = [...new Set(leases.filter((lease) => lease !== '0'))];
  await lab.startAttendant('lease-holder', 'lease-holder', [lab.etcdEndpoints.join(','), held.join(',')]);
}

function pidOfWorker(lab: Lab, member: string, title: RegExp): number | null {
  for (const process of lab.processes()) {
    if (process.part !== `postgres-${member}`) continue;
    const command = readFileSync(`/proc/${process.pid}/cmdline`, 'latin1');
    if (title.test(command)) return process.pid;
  }
  return null;
}

/** Stops a replica's WAL receiver: it falls behind by more than what the socket's buffers still take. */
export async function freezeReceiver(lab: Lab, member: string): Promise<void> {
  const pid = await waitUntil(`the WAL receiver of ${member}`, 10_000, () => pidOfWorker(lab, member, /walreceiver/));
  signalProcess(pid, 'SIGSTOP');
}

/** Stops the leader's WAL sender for a replica: not one byte more reaches it, also not when the leader is killed. */
async function freezeSender(lab: Lab, leader: string, member: string): Promise<void> {
  const pid = await waitUntil(`the WAL sender for ${member}`, 10_000, async () => {
    const rows = await lab.sql(leader, 'SELECT pid FROM pg_stat_replication WHERE application_name = $1', [member]);
    return typeof rows[0]?.pid === 'number' ? rows[0].pid : null;
  });
  signalProcess(pid, 'SIGSTOP');
}

async function lsn(lab: Lab, member: string): Promise<bigint> {
  const rows = await lab.sql(
    member,
    `SELECT (CASE WHEN pg_is_in_recovery() THEN GREATEST(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                  ELSE pg_current_wal_flush_lsn() END - '0/0')::text AS at`,
  );
  return BigInt(String(rows[0]?.at ?? '0'));
}

async function forkReplica(lab: Lab, forked: string): Promise<void> {
  const old = await lab.mustLeader();
  const heir = (await lab.replicas()).find((name) => name !== forked);
  if (heir === undefined) throw new Error('forked-replica needs two replicas');
  const load = lab.processes().some((process) => process.part === 'load');
  if (load) await lab.endPart('load');
  const others = (await lab.replicas()).filter((name) => name !== heir);
  await forbidFailover(lab, others);
  await freezeSender(lab, old, heir);
  // With its Patroni frozen the leader does not publish these writes, so the heir is not too far behind to be elected. They
  // are more than the heir will write for a long time: for Patroni the forked replica then has no lag, being ahead.
  lab.freeze(`patroni-${old}`);
  await lab.writeWal(64, old);
  const end = await lsn(lab, old);
  await waitUntil(`${forked} has what ${heir} lacks`, 20_000, async () => (await lsn(lab, forked)) >= end);
  await lab.killMember(old);
  // As its lease would by itself, a ttl later.
  await lab.etcd.remove(`${lab.prefix}leader`);
  await step(lab.say, `waiting for ${heir} to take over from ${old}`, () =>
    waitUntil(`${heir} leads`, 60_000, async () => (await lab.leader()) === heir),
  );
  await waitUntil(`${heir} writes`, 30_000, async () => {
    const rows = await lab.sql(heir, 'SELECT pg_is_in_recovery() AS standby');
    return rows[0]?.standby === false;
  });
  // The old leader has forked too; it comes back from a new base backup, so that one member is healthy again.
  rmSync(memberDataDir(lab.layout, old), { recursive: true, force: true });
  await lab.startPatroni(old);
  for (const name of others) await lab.reconfigureMember(name);
  await waitUntil(`${old} streams from ${heir}`, 60_000, async () => {
    const rows = await lab.sql(
      heir,
      "SELECT application_name AS name FROM pg_stat_replication WHERE state = 'streaming'",
    );
    return rows.some((row) => row.name === old);
  });
  if (load) await lab.setLoad(true);
  await sleep((lab.options.loopWait + 1) * 1000);
}

async function strangeSystemIdentifier(lab: Lab, member: string): Promise<void> {
  await lab.setPause(true);
  const data = memberDataDir(lab.layout, member);
  // Else its Patroni makes a standby of the new data directory before PostgreSQL is started there.
  lab.freeze(`patroni-${member}`);
  await lab.kill(`postgres-${member}`);
  rmSync(data, { recursive: true, force: true });
  // A killed PostgreSQL leaves its socket's lock, and its number may not be free yet.
  for (const suffix of ['', '.lock']) {
    rmSync(path.join(memberDir(lab.layout, member), `.s.PGSQL.${PORTS.postgres}${suffix}`), { force: true });
  }
  const passwordFile = path.join(memberDir(lab.layout, member), 'initdb-password');
  lab.writeOwned(passwordFile, lab.secrets.superuser);
  await lab.runPostgresProgram('initdb', [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--pwfile',
    passwordFile,
  ]);
  lab.writeOwned(
    path.join(data, 'postgresql.auto.conf'),
    [
      `listen_addresses = '${lab.member(member).ip}'`,
      `port = ${PORTS.postgres}`,
      `unix_socket_directories = '${memberDir(lab.layout, member)}'`,
      "shared_buffers = '16MB'",
      'max_connections = 40',
      'fsync = off',
      '',
    ].join('\n'),
  );
  lab.writeOwned(path.join(data, 'pg_hba.conf'), 'local all all trust\nhost all all 127.0.0.0/8 scram-sha-256\n');
  await lab.runPostgresProgram('pg_ctl', [
    '-D',
    data,
    '-w',
    '-l',
    path.join(lab.layout.dataDir, 'log', `stranger-${member}.log`),
    'start',
  ]);
  await lab.sql(member, `CREATE ROLE howdah LOGIN PASSWORD '${lab.secrets.howdah}'; GRANT pg_monitor TO howdah`);
  lab.thaw(`patroni-${member}`);
  await sleep((lab.options.loopWait + 1) * 1000);
}

async function fillEtcd(lab: Lab): Promise<void> {
  const block = 'x'.repeat(1024 * 1024);
  await waitUntil('etcd to raise its alarm', 60_000, async () => {
    for (let n = 0; n < 40; n += 1) {
      const full = await lab.etcd.put(`/howdah-lab/fill-${n}`, block).then(
        () => false,
        () => true,
      );
      if (full) break;
    }
    return (await lab.etcd.alarms()).includes('NOSPACE');
  });
}

export async function turnOnSync(lab: Lab, strict: boolean): Promise<string> {
  await lab.patchConfig({ synchronous_mode: true, ...(strict ? { synchronous_mode_strict: true } : {}) });
  return waitUntil('a sync standby', 40_000, async () => {
    const value = (await lab.etcd.get(`${lab.prefix}sync`))?.value ?? '{}';
    return (JSON.parse(value) as { sync_standby?: string | null }).sync_standby ?? null;
  });
}

async function pendingEverywhere(lab: Lab): Promise<void> {
  await waitUntil('a pending restart on every member', 30_000, async () => {
    const answers = await Promise.all(lab.realMembers.map((member) => lab.patroniStatus(member.name)));
    return answers.every((answer) => answer?.pending_restart === true);
  });
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

const etcdNames = (lab: Lab): string[] => lab.layout.etcd.map((member) => `etcd-${member.name}`);

export const FAULTS = {
  'kill-patroni': {
    about: 'SIGKILL to Patroni; PostgreSQL goes on, the member key stays until its lease expires',
    hits: 'replica',
    cause: (lab, target) => lab.kill(`patroni-${target}`),
  },
  'stop-patroni': {
    about: 'SIGSTOP to Patroni: REST accepts and never answers, the lease expires after ttl',
    hits: 'replica',
    cause: async (lab, target) => lab.freeze(`patroni-${target}`),
  },
  'kill-member': {
    about: 'SIGKILL to Patroni and PostgreSQL: the node is gone, its member key stays until the lease expires',
    hits: 'replica',
    cause: (lab, target) => lab.killMember(target),
  },
  'kill-postgres': {
    about: 'SIGKILL to PostgreSQL; Patroni starts it again',
    hits: 'replica',
    cause: (lab, target) => lab.kill(`postgres-${target}`),
  },
  'postgres-start-fails': {
    about: 'PostgreSQL is killed and cannot start again (a library that does not exist)',
    hits: 'replica',
    cause: async (lab, target) => {
      await lab.reconfigureMember(target, (config) => {
        const parameters = section(section(config, 'postgresql'), 'parameters');
        parameters.shared_preload_libraries = 'howdah_lab_missing';
      });
      await sleep((lab.options.loopWait + 2) * 1000);
      await lab.kill(`postgres-${target}`);
      await waitUntil(
        `${target} fails to start`,
        40_000,
        async () => (await lab.patroniStatus(target))?.state === 'start failed',
      );
    },
  },
  'stop-postgres': {
    about: 'SIGSTOP to every process of PostgreSQL: it accepts and never answers',
    hits: 'replica',
    cause: async (lab, target) => lab.freeze(`postgres-${target}`),
  },
  'stop-etcd': {
    about: 'SIGSTOP to one etcd member',
    hits: 'etcd',
    cause: async (lab, target) => lab.freeze(`etcd-${target}`),
  },
  'kill-etcd': {
    about: 'SIGKILL to one etcd member',
    hits: 'etcd',
    cause: (lab, target) => lab.kill(`etcd-${target}`),
  },
  'freeze-quorum': {
    about: 'SIGSTOP to two of three etcd members: no write and no linearizable read any more',
    hits: 'cluster',
    cause: async (lab) => {
      for (const part of etcdNames(lab).slice(1)) lab.freeze(part);
    },
  },
  'kill-quorum': {
    about: 'SIGKILL to two of three etcd members',
    hits: 'cluster',
    cause: async (lab) => {
      for (const part of etcdNames(lab).slice(1)) await lab.kill(part);
    },
  },
  'freeze-all-etcd': {
    about: 'SIGSTOP to all etcd members',
    hits: 'cluster',
    cause: async (lab) => {
      for (const part of etcdNames(lab)) lab.freeze(part);
    },
  },
  'pause-replay': {
    about:
      'replay paused on a replica, 24 MiB received and not replayed; in maintenance pause, or Patroni would resume it',
    hits: 'replica',
    cause: async (lab, target) => {
      await lab.setPause(true);
      await lab.sql(target, 'SELECT pg_wal_replay_pause()');
      await lab.writeWal(24);
      await sleep((lab.options.loopWait + 1) * 1000);
    },
  },
  'break-replication': {
    about: 'one replica logs in to the leader as a role that does not exist: it runs, and cannot stream',
    hits: 'replica',
    cause: async (lab, target) => {
      await lab.reconfigureMember(target, (config) => {
        const authentication = section(section(config, 'postgresql'), 'authentication');
        section(authentication, 'replication').username = 'nobody';
      });
      await waitUntil(`${target} to stop streaming`, 40_000, async () =>
        (await lab.problems()).includes(`${target} is not streaming`),
      );
    },
  },
  'remove-member': {
    about: 'a replica is stopped in good order and its member key deleted, as when a node is taken out of service',
    hits: 'replica',
    cause: async (lab, target) => {
      await lab.endPart(`patroni-${target}`, 20_000);
      await lab.kill(`postgres-${target}`);
      await lab.etcd.remove(`${lab.prefix}members/${target}`);
    },
  },
  'slow-rest': {
    about: "a member's REST answers after 1.5 s",
    hits: 'replica',
    cause: async (lab, target) => {
      lab.setRestTreatment({ [target]: { delayMs: 1500 } });
      await sleep(500);
    },
  },
  'hang-rest': {
    about: "a member's REST accepts and never answers; Patroni itself is well and keeps its lease",
    hits: 'replica',
    cause: async (lab, target) => {
      lab.setRestTreatment({ [target]: { hang: true } });
      await sleep(500);
    },
  },
  'forked-replica': {
    about:
      'the named replica is ahead of the new leader, on the old timeline: running, lag 0 for Patroni, never to stream again',
    hits: 'replica',
    cause: forkReplica,
  },
  'second-primary': {
    about: "a replica promoted behind Patroni's back while its Patroni is frozen and its lease held",
    hits: 'replica',
    cause: async (lab, target) => {
      await holdLeases(lab, [`members/${target}`]);
      lab.freeze(`patroni-${target}`);
      await lab.runPostgresProgram('pg_ctl', ['-D', memberDataDir(lab.layout, target), '-w', 'promote']);
    },
  },
  'second-primary-paused': {
    about: "a replica promoted behind Patroni's back in maintenance pause: its Patroni answers and leaves it so",
    hits: 'replica',
    cause: async (lab, target) => {
      await lab.setPause(true);
      await lab.runPostgresProgram('pg_ctl', ['-D', memberDataDir(lab.layout, target), '-w', 'promote']);
      await sleep((lab.options.loopWait + 1) * 1000);
    },
  },
  'leader-key-without-primary': {
    about:
      "the leader's PostgreSQL is dead, its Patroni frozen, and its lease held: the key says leader, nobody is primary",
    hits: 'leader',
    cause: async (lab, target) => {
      await holdLeases(lab, ['leader', `members/${target}`]);
      lab.freeze(`patroni-${target}`);
      await lab.kill(`postgres-${target}`);
    },
  },
  'primary-without-leader-key': {
    about:
      "the leader key is deleted while the leader's Patroni is frozen and no replica may take over: a primary without the key",
    hits: 'leader',
    cause: async (lab, target) => {
      await forbidFailover(lab, await lab.replicas());
      await holdLeases(lab, [`members/${target}`]);
      lab.freeze(`patroni-${target}`);
      await lab.etcd.remove(`${lab.prefix}leader`);
      await sleep((lab.options.loopWait + 1) * 1000);
    },
  },
  'no-leader': {
    about: 'the leader is killed, no replica may take over, and the leader key has expired',
    hits: 'leader',
    cause: async (lab, target) => {
      await forbidFailover(lab, await lab.replicas());
      await lab.killMember(target);
      await step(lab.say, 'waiting for the leader key to expire', () =>
        waitUntil('no leader', 60_000, async () => (await lab.leader()) === null),
      );
    },
  },
  'pending-restart-dcs': {
    about: 'max_connections raised in the dynamic configuration: every member waits for a restart',
    hits: 'cluster',
    cause: async (lab) => {
      await lab.patchConfig({ postgresql: { parameters: { max_connections: 55 } } });
      await pendingEverywhere(lab);
    },
  },
  'pending-restart-alter-system': {
    about: 'ALTER SYSTEM SET max_files_per_process and a reload: only PostgreSQL knows, no Patroni flags it',
    hits: 'replica',
    cause: async (lab, target) => {
      await lab.sql(target, 'ALTER SYSTEM SET max_files_per_process = 900');
      await lab.sql(target, 'SELECT pg_reload_conf()');
      await waitUntil('pg_settings to say so', 10_000, async () => {
        return (await lab.sql(target, 'SELECT 1 FROM pg_settings WHERE pending_restart')).length > 0;
      });
    },
  },
  sync: {
    about: 'synchronous mode, with a sync standby',
    hits: 'cluster',
    cause: async (lab) => {
      await turnOnSync(lab, false);
      await sleep((lab.options.loopWait + 1) * 1000);
    },
  },
  'sync-standby-gone': {
    about: 'synchronous mode; the sync standby is dead and no other replica may be one: commits wait for nobody',
    hits: 'cluster',
    cause: async (lab) => {
      const standby = await turnOnSync(lab, false);
      for (const name of await lab.replicas()) if (name !== standby) await setTags(lab, name, { nosync: true });
      await lab.killMember(standby);
      await waitUntil('the sync key to lose it', 60_000, async () => {
        const value = (await lab.etcd.get(`${lab.prefix}sync`))?.value ?? '{}';
        return !(JSON.parse(value) as { sync_standby?: string | null }).sync_standby;
      });
    },
  },
  'sync-strict-blocked': {
    about: 'strict synchronous mode and every replica dead: all looks calm while each commit hangs',
    hits: 'cluster',
    cause: async (lab) => {
      await turnOnSync(lab, true);
      await sleep((lab.options.loopWait + 1) * 1000);
      for (const name of await lab.replicas()) await lab.killMember(name);
      await waitUntil('a commit to hang', 60_000, async () => {
        const leader = await lab.mustLeader();
        const rows = await lab.sql(leader, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        return rows.length > 0;
      });
    },
  },
  lag: {
    about: "a replica's WAL receiver is frozen and 48 MiB written: it falls behind in receiving",
    hits: 'replica',
    cause: async (lab, target) => {
      await freezeReceiver(lab, target);
      await lab.writeWal(48);
      await sleep((lab.options.loopWait + 1) * 1000);
    },
  },
  pause: {
    about: 'maintenance pause',
    hits: 'cluster',
    cause: (lab) => lab.setPause(true),
  },
  'scheduled-switchover': {
    about: 'a switchover scheduled in one hour',
    hits: 'replica',
    cause: async (lab, target) => {
      const leader = await lab.mustLeader();
      const body = { leader, candidate: target, scheduled_at: inAnHour() };
      const answer = await lab.rest(leader, 'POST', '/switchover', body, 20_000);
      if (answer.status !== 202) throw new Error(`scheduling a switchover: ${answer.status} ${answer.text}`);
    },
  },
  'scheduled-restart': {
    about: 'a restart of one member scheduled in one hour',
    hits: 'replica',
    cause: async (lab, target) => {
      const answer = await lab.rest(target, 'POST', '/restart', { schedule: inAnHour() }, 20_000);
      if (answer.status !== 202) throw new Error(`scheduling a restart: ${answer.status} ${answer.text}`);
      await sleep((lab.options.loopWait + 1) * 1000);
    },
  },
  failsafe: {
    about: 'failsafe mode on, then all of etcd frozen: the primary goes on by the word of its replicas',
    hits: 'cluster',
    cause: async (lab) => {
      await lab.patchConfig({ failsafe_mode: true });
      await waitUntil('the failsafe key', 30_000, () => lab.etcd.get(`${lab.prefix}failsafe`));
      await sleep((lab.options.loopWait + 1) * 1000);
      for (const part of etcdNames(lab)) lab.freeze(part);
      const leader = lab.realMembers.map((member) => member.name);
      await waitUntil('failsafe mode to be active', 60_000, async () => {
        const answers = await Promise.all(leader.map((name) => lab.patroniStatus(name)));
        return answers.some((answer) => answer?.failsafe_mode_is_active === true);
      });
    },
  },
  'etcd-alarm': {
    about: 'etcd filled up to its quota: a NOSPACE alarm, and no write is taken any more',
    hits: 'cluster',
    cause: fillEtcd,
  },
  'slot-retains': {
    about: 'a replication slot at the leader that nobody reads holds 64 MiB of WAL',
    hits: 'leader',
    cause: async (lab, target) => {
      await lab.sql(target, "SELECT pg_create_physical_replication_slot('lab_retained', true)");
      await lab.writeWal(64, target);
      await sleep((lab.options.loopWait + 1) * 1000);
    },
  },
  'archiving-failing': {
    about: 'archiving turned on with a command that always fails (with the restarts that needs)',
    hits: 'cluster',
    cause: async (lab) => {
      await lab.patchConfig({ postgresql: { parameters: { archive_mode: 'on', archive_command: 'false' } } });
      await pendingEverywhere(lab);
      for (const name of [...(await lab.replicas()), await lab.mustLeader()]) {
        await lab.rest(name, 'POST', '/restart', {}, 60_000);
      }
      await lab.waitHealthy(60_000);
      await waitUntil('a failed archive attempt', 60_000, async () => {
        const leader = await lab.mustLeader();
        await lab.sql(leader, 'SELECT pg_switch_wal()');
        const rows = await lab.sql(leader, 'SELECT failed_count::int AS n FROM pg_stat_archiver');
        return Number(rows[0]?.n ?? 0) > 0;
      });
    },
  },
  'clock-skew': {
    about: "one member's Patroni lives 90 s in the future; its PostgreSQL goes on with the right clock",
    hits: 'replica',
    cause: async (lab, target) => {
      await prepareFaketime(lab.say);
      const { faketimeLibrary } = await lab.toolbox();
      if (faketimeLibrary === null)
        throw new Error('clock-skew: libfaketime was not found (start the lab again after its installation)');
      await lab.kill(`patroni-${target}`);
      await lab.startPatroni(target, {
        variant: 'clock-skew',
        env: {
          LD_PRELOAD: faketimeLibrary,
          FAKETIME: '+90s',
          DONT_FAKE_MONOTONIC: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        },
      });
      await waitUntil(`${target} answers again`, 30_000, () => lab.patroniStatus(target));
    },
  },
  'system-id-mismatch': {
    about: 'in maintenance pause, a member runs a PostgreSQL of another cluster',
    hits: 'replica',
    cause: strangeSystemIdentifier,
  },
  'version-mismatch': {
    about: "one member's Patroni replaced by another generation's, its PostgreSQL untouched",
    hits: 'replica',
    cause: async (lab, target) => {
      if (lab.generation === 'trixie')
        throw new Error('version-mismatch: the other Patronis cannot run the PostgreSQL of trixie');
      const other = lab.generation === 'patroni41' ? 'patroni40' : 'patroni41';
      await lab.toolbox(other);
      await lab.kill(`patroni-${target}`);
      await lab.startPatroni(target, { variant: 'version', generation: other });
      await waitUntil(`${target} answers again`, 30_000, () => lab.patroniStatus(target));
      await sleep((lab.options.loopWait + 1) * 1000);
    },
  },
  'stale-member-key': {
    about: 'a member is dead, and its member key stays because its lease is held',
    hits: 'replica',
    cause: async (lab, target) => {
      await holdLeases(lab, [`members/${target}`]);
      await lab.killMember(target);
    },
  },
  'orphan-member-key': {
    about: 'a member key without a lease, of a member that never was here',
    hits: 'cluster',
    cause: async (lab) => {
      const ip = `${lab.layout.prefix}250`;
      const value = {
        conn_url: `postgres://${ip}:${PORTS.postgres}/postgres`,
        api_url: `http://${ip}:${PORTS.rest}/patroni`,
        state: 'running',
        role: 'replica',
        version: '3.0.2',
        xlog_location: 67108864,
        timeline: 1,
      };
      await lab.etcd.put(`${lab.prefix}members/ghost`, JSON.stringify(value));
    },
  },
  nofailover: {
    about: 'every replica is tagged nofailover: no candidate',
    hits: 'cluster',
    cause: async (lab) => forbidFailover(lab, await lab.replicas()),
  },
  watchdog: {
    about: 'a member that requires a watchdog device which does not exist',
    hits: 'replica',
    cause: async (lab, target) => {
      await lab.reconfigureMember(target, (config) => {
        config.watchdog = { mode: 'required', device: '/dev/howdah-lab-missing', safety_margin: 5 };
      });
      await sleep((lab.options.loopWait + 1) * 1000);
      await waitUntil(
        `${target} to report its watchdog`,
        20_000,
        async () => (await lab.patroniStatus(target))?.watchdog_failed === true,
      );
    },
  },
  'cascade-upstream-gone': {
    about: 'shape cascade: n2, from which n4 replicates, is dead',
    hits: 'cluster',
    cause: async (lab) => {
      if (!lab.realMembers.some((member) => member.tags.replicatefrom === 'n2'))
        throw new Error('cascade-upstream-gone: needs shape cascade');
      if ((await lab.leader()) === 'n2') await lab.switchover('n1');
      await lab.killMember('n2');
    },
  },
  'failed-switchover-key': {
    about: 'a /failover key that asks for a switchover to a member that does not exist, far in the future',
    hits: 'cluster',
    cause: async (lab) => {
      const value = { leader: await lab.mustLeader(), member: 'nobody', scheduled_at: inAnHour() };
      await lab.etcd.put(`${NAMESPACE}${SCOPE}/failover`, JSON.stringify(value));
    },
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);

async function defaultTarget(lab: Lab, hits: Fault['hits']): Promise<string> {
  if (hits === 'etcd') return lab.layout.etcd.at(-1)?.name ?? '';
  if (hits === 'leader') return lab.mustLeader();
  if (hits === 'replica')
    return (await lab.replicas()).filter((name) => lab.member(name).tags.replicatefrom === undefined).at(-1) ?? '';
  return '';
}

/** Causes the fault and returns once it shows. Without a member it hits the row's default. */
export async function applyFault(lab: Lab, name: FaultName, member?: string): Promise<void> {
  const fault: Fault = FAULTS[name];
  if (member !== undefined && fault.hits !== 'etcd') lab.member(member);
  const target = member ?? (await defaultTarget(lab, fault.hits));
  // Noted first: a fault that fails half way must be healed too.
  lab.rememberFault({ name, member: target === '' ? null : target, at: new Date().toISOString() });
  await step(lab.say, `fault ${name}${target === '' ? '' : ` at ${target}`}`, () => fault.cause(lab, target));
}
