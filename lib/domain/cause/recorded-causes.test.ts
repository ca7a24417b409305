import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import { keyFinding } from '../findings/rule';
import type { RawObservation } from '../raw';
import { parseRecording } from '../recording';
import { buildSnapshot } from '../snapshot';
import type { CauseCode } from './cause';

const TESTDATA = path.join(import.meta.dirname, '../testdata');

/** What was done to the cluster, and what a person must be told is the cause; several: which depends on whom it hit and when. */
const CAUSES: Readonly<Record<string, readonly (CauseCode | null)[]>> = {
  healthy: [null],
  'config-not-in-force': ['config_not_in_force'],
  'near-config-null': [null],
  idle: [null],
  'idle-slot': [null],
  'just-switched-over': [null],
  'cascade-healthy': [null],
  sync: [null],
  'quorum-commit': [null],
  'lag-unknown': [null],
  'clock-skew': [null],
  'version-mismatch': [null],
  'slow-rest': [null],
  pause: [null],
  'pending-restart-dcs': [null],
  'pending-restart-alter-system': [null],
  'scheduled-restart': [null],
  'scheduled-switchover': [null],
  'failed-switchover-key': [null],
  watchdog: ['not_protected', null],
  // The leader was killed, and all others carry nofailover.
  'short-leader-gap': ['leader_gone_nobody_eligible'],
  'no-leader': ['leader_gone_nobody_eligible', 'leader_gone_overdue', 'leader_gone_election_due', 'leader_gone_paused'],
  'second-primary': ['two_primaries'],
  'second-primary-paused': ['two_primaries'],
  // Its Patroni is frozen too: nobody will start it, and the key expires.
  'leader-key-without-primary': ['leader_silent'],
  'primary-without-leader-key': ['key_lost_primary_works'],
  failsafe: ['dcs_unreachable', 'dcs_no_quorum'],
  'freeze-all-etcd': ['dcs_unreachable'],
  'freeze-quorum': ['dcs_no_quorum'],
  'kill-quorum': ['dcs_no_quorum'],
  'kill-etcd': ['dcs_member_down'],
  'stop-etcd': ['dcs_member_down'],
  'etcd-alarm': ['dcs_refuses_writes'],
  // Not strict, and Patroni has taken it out of /sync: commits go on.
  'sync-standby-gone': ['member_silent'],
  'sync-strict-blocked': ['commits_hang'],
  'system-id-mismatch': ['wrong_identifier'],
  'forked-replica': ['standby_forked'],
  'archiving-failing': ['archive_failing'],
  // Less than a GiB is worth a note, no more.
  'slot-retains': ['slot_retains', null],
  // Recorded within the first seconds where it is still a note.
  'break-replication': ['standby_cannot_stream', null],
  'timeline-behind': ['standby_cannot_stream'],
  'cascade-upstream-gone': ['member_silent', 'member_lost', 'postgres_down'],
  lag: ['standby_slow', 'replay_held', 'standby_frozen'],
  'pause-replay': ['replay_held'],
  nofailover: ['not_protected'],
  thirty: ['postgres_down'],
  'postgres-start-fails': ['postgres_down'],
  // Frozen, not ended: its Patroni waits for it and answers nobody either.
  'stop-postgres': ['member_silent'],
  'kill-postgres': ['postgres_down', 'leader_postgres_dead', null],
  'hang-rest': ['patroni_dead', 'leader_patroni_dead'],
  'kill-patroni': ['patroni_dead', 'leader_patroni_dead'],
  'stop-patroni': ['patroni_dead', 'leader_patroni_dead', 'member_silent', 'member_lost'],
  'kill-member': ['member_silent', 'member_lost'],
  'remove-member': ['member_lost'],
  'stale-member-key': ['member_silent'],
  'orphan-member-key': ['member_silent'],
};

function lastFrame(name: string): Snapshot {
  const folder = path.join(TESTDATA, name);
  const frames = readdirSync(folder).filter((file) => file.startsWith('frame-'));
  const read = (file: string): RawObservation => parseRecording(readFileSync(path.join(folder, file), 'utf8'));
  const last = frames
    .sort()
    .reduce<Snapshot | null>((before, file) => buildSnapshot(read(file), before, 5).snapshot, null);
  if (last === null) throw new Error(`${name} has no frames`);
  return last;
}

describe.each(readdirSync(TESTDATA))('the cause of the recording %s', (name) => {
  const fault = name.replace(/^[^-]+-/, '');

  it('is what was done to the cluster', () => {
    expect(CAUSES[fault], `no expectation for ${fault}`).toBeDefined();
    expect(CAUSES[fault]).toContain(lastFrame(name).cause?.code ?? null);
  });

  it('explains its worst finding, says what happens if nobody acts, and has a next step', () => {
    const { cause, findings } = lastFrame(name);
    if (cause === null) return;
    const [worst] = findings;
    const explained = findings.filter((finding) => cause.explains.includes(keyFinding(finding)));
    expect(explained.map(({ severity }) => severity)).toContain(worst?.severity);
    expect(String(cause.ifNobodyActs)).not.toBe('');
    expect(cause.steps.length).toBeGreaterThan(0);
    expect(cause.evidence.length).toBeGreaterThan(0);
  });
});
