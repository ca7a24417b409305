// What is broken in `bench -- truth`, and what of each contestant's words counts as right and as wrong. Written from what the fault means, before
// anybody was asked. `prepare` makes the state in which it happens, `make` breaks it and returns at once: from then on the clock runs.
//
// Howdah is right where its cause is one of `causes` and names the member that is hit, or, where it has none, where one of `findings` names
// it. Any other cause, and the right one of another member, is wrong. The others are right with one true statement about the fault, whatever they say beside it, and wrong where they have none and say
// of what is broken that it works. What is no longer listed at all is silence.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CauseCode } from '../../lib/domain/cause/cause';
import type { FindingCode } from '../../lib/domain/cluster';
import { memberDataDir } from '../lab/config-files';
import { sleep, waitUntil } from '../lab/deadline';
import { applyFault, freezeReceiver, setTags, turnOnSync } from '../lab/faults';
import type { Lab } from '../lab/lab';
import type { Said } from './truth-contestants';

type Test = (said: Said) => boolean;

interface Words {
  readonly right: Test;
  readonly wrong: Test;
}

export interface TruthFault {
  readonly about: string;
  readonly hits: 'leader' | 'replica';
  readonly causes: readonly CauseCode[];
  readonly findings: readonly FindingCode[];
  /** The DCS is hit, or every standby: the cause has not to name the member. */
  readonly ofNobody?: boolean;
  /** `name`: of the member that is hit. */
  readonly patronictl: (name: string) => Words;
  readonly checkPatroni: (name: string) => Words;
  readonly rules: (name: string) => Words;
  readonly prepare?: (lab: Lab, name: string) => Promise<void>;
  readonly make: (lab: Lab, name: string) => Promise<void>;
}

const says =
  (pattern: RegExp): Test =>
  (said) =>
    said.some((line) => pattern.test(line));
const never: Test = () => false;
const words = (right: RegExp | null, wrong: RegExp | null = null): Words => ({
  right: right === null ? never : says(right),
  wrong: wrong === null ? never : says(wrong),
});

/** Its row says that it runs. */
const runs = (name: string): RegExp => new RegExp(`^${name} .* (running|streaming) `);
/** Its row is there and says that it does not. */
const runsNot = (name: string): RegExp => new RegExp(`^${name} (?!.* (running|streaming) )`);
const listedDead = (name: string): Words => words(runsNot(name), runs(name));
/** A lag of a mebibyte or more, received or replayed. */
const lags = (name: string): RegExp => new RegExp(`^${name} .* 0/\\w+ (?:[1-9]\\d*|\\d+ 0/\\w+ [1-9]\\d*)(?: |$)`);

const alarmed = (name: string, service: string): RegExp => new RegExp(`^${name} ${service} (?!OK)`);
const nodeDead = (name: string): Words =>
  words(new RegExp(`^(?:${name} NODEISALIVE|cluster CLUSTERHASREPLICA|cluster CLUSTERNODECOUNT) (?!OK)`));
const noLeader = (name: string): Words =>
  words(new RegExp(`^(?:cluster CLUSTERHASLEADER|${name} NODEISALIVE) (?!OK)`), /^cluster CLUSTERHASLEADER OK/);
const fires = (name: string, alerts: string): Words => words(new RegExp(`^(?:${name}|cluster) (?:${alerts})$`));
const lagAlarm = words(alarmed('cluster', 'CLUSTERHASREPLICA'), /^cluster CLUSTERHASREPLICA OK/);

/** On `leader`, and seen there before it counts. Loopback gives no standby an address of its own: who is connected stays so. */
async function forbidInHba(lab: Lab, leader: string): Promise<void> {
  const { postgresql } = lab.standardConfig() as { postgresql: { pg_hba: string[] } };
  const reject = 'host replication replicator 127.0.0.0/8 reject';
  await lab.patchConfig({ postgresql: { pg_hba: [reject, ...postgresql.pg_hba] } });
  await waitUntil('the line in force', 20_000, async () => {
    const rows = await lab.sql(leader, "SELECT 1 FROM pg_hba_file_rules WHERE auth_method = 'reject'");
    return rows.length > 0;
  });
}

const cutOff = (lab: Lab, leader: string, standby: string): Promise<unknown> =>
  lab.sql(leader, 'SELECT pg_terminate_backend(pid) FROM pg_stat_replication WHERE application_name = $1', [standby]);

export const TRUTH_FAULTS = {
  'leader-killed': {
    about: 'Patroni and PostgreSQL of the leader are killed',
    hits: 'leader',
    // After 20 s another may lead, and the key of the dead one has gone with its lease.
    causes: ['leader_silent', 'leader_gone_election_due', 'member_silent', 'member_lost'],
    findings: [],
    patronictl: listedDead,
    checkPatroni: noLeader,
    rules: (name) => fires(name, 'PatroniDown|PatroniHasNoLeader|PatroniClusterUnlocked'),
    make: (lab, name) => lab.killMember(name),
  },
  'leader-frozen': {
    about: 'the machine of the leader hangs: it accepts connections and never answers',
    hits: 'leader',
    causes: ['leader_silent', 'leader_gone_election_due', 'member_silent', 'member_lost'],
    findings: [],
    patronictl: listedDead,
    checkPatroni: noLeader,
    rules: (name) => fires(name, 'PatroniDown|PatroniHasNoLeader|PatroniClusterUnlocked'),
    make: async (lab, name) => lab.freezeMember(name),
  },
  'leader-patroni-dead': {
    about: 'Patroni of the leader is killed, its PostgreSQL takes writes',
    hits: 'leader',
    // The key ends after about 20 s, and another is elected beside it.
    causes: ['leader_patroni_dead', 'patroni_dead', 'key_lost_primary_works', 'two_primaries', 'stray_primary'],
    findings: [],
    patronictl: (name) => words(new RegExp(`^${name} (?!.* (Leader|running|streaming) )`)),
    checkPatroni: (name) => words(alarmed(name, 'NODEISALIVE')),
    rules: (name) => fires(name, 'PatroniDown'),
    make: (lab, name) => lab.kill(`patroni-${name}`),
  },
  'standby-killed': {
    about: 'Patroni and PostgreSQL of a standby are killed',
    hits: 'replica',
    causes: ['member_silent', 'postgres_down', 'member_lost'],
    findings: ['member_unreachable'],
    patronictl: listedDead,
    checkPatroni: nodeDead,
    rules: (name) => fires(name, 'PatroniDown|PatroniReplicaMissing'),
    make: (lab, name) => lab.killMember(name),
  },
  'standby-frozen': {
    about: 'the machine of a standby hangs',
    hits: 'replica',
    causes: ['member_silent', 'member_lost'],
    findings: ['member_unreachable'],
    patronictl: listedDead,
    checkPatroni: nodeDead,
    rules: (name) => fires(name, 'PatroniDown|PatroniReplicaMissing'),
    make: async (lab, name) => lab.freezeMember(name),
  },
  'receiver-frozen': {
    about: 'the WAL receiver of a standby hangs, and 24 MiB are written',
    hits: 'replica',
    causes: ['standby_frozen', 'standby_slow'],
    findings: ['lag_high'],
    patronictl: (name) => words(lags(name), new RegExp(`^${name} .* streaming `)),
    checkPatroni: () => lagAlarm,
    rules: (name) => fires(name, 'PatroniReplicaLag'),
    make: async (lab, name) => {
      await freezeReceiver(lab, name);
      await lab.writeWal(24);
    },
  },
  'paused-leader-gone': {
    about: 'in maintenance pause the leader is killed: nobody will take over',
    hits: 'leader',
    causes: ['leader_gone_paused'],
    findings: [],
    patronictl: listedDead,
    checkPatroni: noLeader,
    rules: (name) => fires(name, 'PatroniDown|PatroniHasNoLeader|PatroniClusterUnlocked'),
    prepare: (lab) => lab.setPause(true),
    make: (lab, name) => lab.killMember(name),
  },
  'dcs-without-quorum': {
    about: 'two of three etcd members are killed',
    hits: 'leader',
    ofNobody: true,
    causes: ['dcs_no_quorum'],
    findings: [],
    patronictl: () => words(/^error /),
    checkPatroni: () => words(alarmed('cluster', 'CLUSTERHASLEADER'), /^cluster CLUSTERHASLEADER OK/),
    rules: (name) => fires(`${name}|n\\d`, 'PatroniDcsNotSeen|PatroniHasNoLeader|PatroniClusterUnlocked'),
    make: async (lab) => {
      for (const { name } of lab.layout.etcd.slice(1)) await lab.kill(`etcd-${name}`);
    },
  },
  'etcd-frozen-failsafe': {
    about: 'every etcd member hangs; failsafe mode is on and holds the primary',
    hits: 'leader',
    ofNobody: true,
    causes: ['dcs_unreachable', 'failsafe_holds', 'dcs_no_quorum'],
    findings: [],
    patronictl: () => words(/^error /),
    checkPatroni: () => words(null, /^cluster CLUSTERHASLEADER OK/),
    rules: (name) => fires(`${name}|n\\d`, 'PatroniDcsNotSeen|PatroniFailsafeActive'),
    prepare: async (lab) => {
      await lab.patchConfig({ failsafe_mode: true });
      await waitUntil('the failsafe key', 30_000, () => lab.etcd.get(`${lab.prefix}failsafe`));
      await sleep((lab.options.loopWait + 1) * 1000);
    },
    make: async (lab) => {
      for (const { name } of lab.layout.etcd) lab.freeze(`etcd-${name}`);
    },
  },
  'etcd-member-dead': {
    about: 'one of three etcd members is killed: the next loss ends the quorum',
    hits: 'leader',
    ofNobody: true,
    causes: ['dcs_member_down'],
    findings: ['dcs_endpoint_down'],
    patronictl: () => words(null),
    checkPatroni: () => words(null),
    rules: () => words(null),
    make: (lab) => lab.kill(`etcd-${lab.layout.etcd.at(-1)?.name ?? ''}`),
  },
  'replay-paused': {
    about: 'replay is paused on a standby, and 24 MiB are written; in maintenance pause, else Patroni resumes it',
    hits: 'replica',
    causes: ['replay_held'],
    findings: ['replay_paused'],
    patronictl: (name) => words(lags(name), new RegExp(`^${name} .* streaming `)),
    checkPatroni: () => lagAlarm,
    rules: (name) => fires(name, 'PatroniReplicaLag|PatroniReplayPaused'),
    prepare: (lab) => lab.setPause(true),
    make: async (lab, name) => {
      await lab.sql(name, 'SELECT pg_wal_replay_pause()');
      await lab.writeWal(24);
    },
  },
  'sync-standbys-gone': {
    about: 'strict synchronous mode, and every standby is killed: no commit returns',
    hits: 'replica',
    ofNobody: true,
    causes: ['commits_hang'],
    findings: [],
    patronictl: listedDead,
    checkPatroni: nodeDead,
    rules: (name) => fires(name, 'PatroniDown|PatroniReplicaMissing'),
    prepare: async (lab) => {
      await turnOnSync(lab, true);
      await sleep((lab.options.loopWait + 1) * 1000);
    },
    make: async (lab) => {
      for (const name of await lab.replicas()) await lab.killMember(name);
    },
  },
  'archive-failing': {
    about: 'archive_command begins to fail',
    hits: 'leader',
    causes: ['archive_failing'],
    findings: ['archiving_failing'],
    patronictl: () => words(null),
    checkPatroni: () => words(null),
    rules: () => words(null),
    prepare: async (lab) => {
      const command = `test ! -e ${archiveMark(lab)}`;
      await lab.patchConfig({ postgresql: { parameters: { archive_mode: 'on', archive_command: command } } });
      await waitUntil('a pending restart on every member', 30_000, async () => {
        const answers = await Promise.all(lab.realMembers.map(({ name }) => lab.patroniStatus(name)));
        return answers.every((answer) => answer?.pending_restart === true);
      });
      for (const name of [...(await lab.replicas()), await lab.mustLeader()])
        await lab.rest(name, 'POST', '/restart', {}, 60_000);
      await lab.waitHealthy(60_000);
    },
    make: async (lab, name) => {
      writeFileSync(archiveMark(lab), '');
      await lab.sql(name, 'SELECT pg_switch_wal()');
    },
  },
  'hba-refuses': {
    about: 'pg_hba.conf of the leader rejects replication, and the connection of a standby ends',
    hits: 'replica',
    causes: ['standby_cannot_stream'],
    findings: ['replica_not_streaming'],
    patronictl: (name) => words(new RegExp(`^${name} (?!.* streaming )`), new RegExp(`^${name} .* streaming `)),
    checkPatroni: () => words(alarmed('cluster', '(?:CLUSTERHASREPLICA|CLUSTERNODECOUNT)')),
    rules: (name) => fires(name, 'PatroniReplicaNotStreaming'),
    prepare: async (lab) => forbidInHba(lab, await lab.mustLeader()),
    make: async (lab, name) => void (await cutOff(lab, await lab.mustLeader(), name)),
  },
  'role-missing': {
    about: 'a standby logs in to its leader as a role that does not exist',
    hits: 'replica',
    causes: ['standby_cannot_stream'],
    findings: ['replica_not_streaming'],
    patronictl: (name) => words(new RegExp(`^${name} (?!.* streaming )`), new RegExp(`^${name} .* streaming `)),
    checkPatroni: () => words(alarmed('cluster', '(?:CLUSTERHASREPLICA|CLUSTERNODECOUNT)')),
    rules: (name) => fires(name, 'PatroniReplicaNotStreaming'),
    make: (lab, name) => applyFault(lab, 'break-replication', name),
  },
  'pending-restart-alter-system': {
    about: 'ALTER SYSTEM of a setting that needs a restart, on a standby',
    hits: 'replica',
    causes: [],
    findings: ['pending_restart'],
    patronictl: (name) => words(new RegExp(`^${name} .*\\*`)),
    checkPatroni: (name) =>
      words(alarmed(name, 'NODEISPENDINGRESTART'), new RegExp(`^${name} NODEISPENDINGRESTART OK`)),
    rules: (name) => fires(name, 'PatroniPendingRestart'),
    make: async (lab, name) => {
      await lab.sql(name, 'ALTER SYSTEM SET max_files_per_process = 900');
      await lab.sql(name, 'SELECT pg_reload_conf()');
    },
  },
  'pending-restart-everywhere': {
    about: 'max_connections is raised in the dynamic configuration',
    hits: 'leader',
    causes: [],
    findings: ['pending_restart'],
    patronictl: (name) => words(new RegExp(`^${name} .*(\\*|max_connections)`)),
    checkPatroni: (name) => words(alarmed(name, 'NODEISPENDINGRESTART')),
    rules: (name) => fires(name, 'PatroniPendingRestart'),
    make: (lab) => lab.patchConfig({ postgresql: { parameters: { max_connections: 55 } } }),
  },
  'member-key-gone': {
    about: 'a standby is ended and its key deleted: the cluster of three is one of two',
    hits: 'replica',
    causes: ['member_lost'],
    findings: [],
    patronictl: listedDead,
    checkPatroni: nodeDead,
    rules: (name) => fires(name, 'PatroniDown|PatroniReplicaMissing'),
    make: async (lab, name) => {
      await lab.killMember(name);
      await lab.etcd.remove(`${lab.prefix}members/${name}`);
    },
  },
  'second-primary': {
    about: 'in maintenance pause a standby is promoted by hand: two take writes',
    hits: 'replica',
    causes: ['two_primaries'],
    findings: [],
    patronictl: (name) => words(new RegExp(`^${name} (?!\\S+ Replica )`), new RegExp(`^${name} \\S+ Replica `)),
    checkPatroni: () => words(null, /^cluster CLUSTERHASLEADER OK/),
    rules: (name) => fires(name, 'PatroniMultiplePrimaries'),
    prepare: (lab) => lab.setPause(true),
    make: async (lab, name) =>
      void (await lab.runPostgresProgram('pg_ctl', ['-D', memberDataDir(lab.layout, name), '-w', 'promote'])),
  },
  'standby-forked': {
    about: 'after a failover a standby has WAL that the new leader does not have',
    hits: 'replica',
    causes: ['standby_forked'],
    findings: [],
    patronictl: (name) => words(new RegExp(`^${name} (?!.* streaming )`), new RegExp(`^${name} .* streaming `)),
    checkPatroni: () => words(alarmed('cluster', '(?:CLUSTERHASREPLICA|CLUSTERNODECOUNT)')),
    rules: (name) => fires(name, 'PatroniReplicaNotStreaming|PatroniTimelineMismatch'),
    make: (lab, name) => applyFault(lab, 'forked-replica', name),
  },
  'postgres-start-fails': {
    about: 'PostgreSQL of a standby dies and cannot start again',
    hits: 'replica',
    causes: ['postgres_down'],
    findings: ['member_not_running'],
    patronictl: listedDead,
    checkPatroni: () => words(alarmed('cluster', '(?:CLUSTERHASREPLICA|CLUSTERNODECOUNT)')),
    rules: (name) => fires(name, 'PatroniPostgresDown|PatroniReplicaMissing'),
    prepare: async (lab, name) => {
      await lab.reconfigureMember(name, (config) => {
        const postgresql = config.postgresql as { parameters: Record<string, unknown> };
        postgresql.parameters.shared_preload_libraries = 'howdah_lab_missing';
      });
      await sleep((lab.options.loopWait + 2) * 1000);
    },
    make: (lab, name) => lab.kill(`postgres-${name}`),
  },
  'nobody-may-take-over': {
    about: 'every standby is tagged nofailover',
    hits: 'leader',
    causes: ['not_protected'],
    findings: ['no_failover_candidate'],
    patronictl: () => words(/nofailover/),
    checkPatroni: () => words(null),
    rules: () => words(null),
    make: async (lab) => {
      for (const name of await lab.replicas()) await setTags(lab, name, { nofailover: true });
    },
  },
} as const satisfies Record<string, TruthFault>;

export type TruthFaultName = keyof typeof TRUTH_FAULTS;

export const isTruthFault = (name: string): name is TruthFaultName => Object.hasOwn(TRUTH_FAULTS, name);

/** archive_command fails while this file is there. */
export const archiveMark = (lab: Lab): string => path.join(lab.layout.dataDir, 'archive-fails');
