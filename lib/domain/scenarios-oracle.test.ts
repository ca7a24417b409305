// What must and must not be found in each recording, by what was done to the cluster (e2e/lab/faults.ts, e2e/lab/record-all.ts) and
// by nothing else: `expected.txt` is recorded output, this table is what the fault means to a DBA. A code that stands in neither
// list of its row must not be there. A recording without a row fails, and so does a row without a recording.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FindingCode, Snapshot } from './cluster';
import { parseRecording } from './recording';
import type { Severity } from './severity';
import { buildSnapshot } from './snapshot';

const ROOT = join(import.meta.dirname, 'testdata');

/** How loud; several where it depends on what has passed since; with a number of seconds: only once it has lasted so long. */
type Loud = Severity | readonly [Severity, ...Severity[]] | { readonly after: number; readonly is: Severity };

interface Oracle {
  readonly must?: Partial<Readonly<Record<FindingCode, Loud>>>;
  /** What may come of it, sooner or later, and says nothing wrong. */
  readonly may?: readonly FindingCode[];
  /** Default: yes. null: nobody can tell, and nobody may say yes. */
  readonly writable?: boolean | null;
  /** Would somebody take over by himself? Default: yes. null: nobody can tell. */
  readonly failover?: boolean | null;
  /** Patroni itself, or Howdah, refuses somebody as a candidate for this reason. */
  readonly refuses?: string;
}

/** Nothing was done, or something that a DBA need not hear of. */
const CALM: Oracle = {};
const SILENT: Loud = 'unknown';

/** By what was done: the recording's name without its generation. */
const ORACLES: Readonly<Record<string, Oracle>> = {
  healthy: CALM,
  idle: CALM,
  'idle-slot': CALM,
  'just-switched-over': CALM,
  'cascade-healthy': CALM,
  'quorum-commit': CALM,
  sync: CALM,
  // 1.5 s is within the deadline of a question.
  'slow-rest': CALM,
  // Patroni starts it again within a loop; where the first look comes before that, it is down.
  'kill-postgres': { may: ['member_not_running', 'member_unreachable', 'replica_not_streaming'] },

  // A process is gone or frozen. Its PostgreSQL goes on, and streams.
  'kill-patroni': { must: { member_unreachable: 'warning' }, refuses: 'unreachable' },
  'hang-rest': { must: { member_unreachable: 'warning' }, refuses: 'unreachable' },
  // The oldest recording is of a watcher that asked PostgreSQL only after Patroni had answered or not.
  'stop-patroni': { must: { member_unreachable: ['warning', 'unknown'] }, refuses: 'unreachable' },
  // The whole node. Its key stays until the lease ends.
  'kill-member': { must: { member_unreachable: SILENT, stale_member_key: 'note' }, refuses: 'unreachable' },
  'stale-member-key': { must: { member_unreachable: SILENT, stale_member_key: 'note' }, refuses: 'unreachable' },
  'orphan-member-key': { must: { member_unreachable: SILENT }, may: ['stale_member_key'] },
  // Patroni asks its PostgreSQL before it answers, so both are silent; the frozen walsender's row stays.
  'stop-postgres': { must: { member_unreachable: SILENT }, refuses: 'unreachable' },
  'postgres-start-fails': {
    must: { member_not_running: 'warning' },
    may: ['replica_not_streaming'],
    refuses: 'not_running',
  },
  // No key any more: somebody took it away, so it is less than unknown.
  'remove-member': { must: { member_unreachable: 'warning' } },
  // 25 stand-ins whose Patroni answers and whose PostgreSQL refuses; nobody shall elect them.
  thirty: { must: { member_not_running: 'warning' }, refuses: 'nofailover' },

  // WAL does not flow, is not replayed, or has forked.
  'break-replication': {
    must: { replica_not_streaming: { after: 5, is: 'warning' } },
    may: ['replica_not_streaming'],
    refuses: 'not_streaming',
  },
  'cascade-upstream-gone': {
    must: {
      member_unreachable: SILENT,
      stale_member_key: 'note',
      replica_not_streaming: { after: 5, is: 'warning' },
    },
    refuses: 'unreachable',
  },
  'timeline-behind': {
    must: { timeline_behind: 'warning', replica_not_streaming: 'warning' },
    refuses: 'timeline_behind',
  },
  'forked-replica': { must: { replica_diverged: 'critical' }, refuses: 'diverged' },
  lag: { must: { lag_high: 'warning' }, refuses: 'lag' },
  'pause-replay': { must: { replay_paused: 'warning', paused: 'warning' }, failover: false },
  'lag-unknown': { must: { lag_unknown: 'unknown' } },

  // Two primaries: what the second wrote is in nobody's history.
  'second-primary': {
    must: {
      multiple_primaries: 'critical',
      primary_without_leader_key: 'critical',
      replica_diverged: 'critical',
      member_unreachable: 'warning',
    },
    refuses: 'second_primary',
  },
  'second-primary-paused': {
    must: {
      multiple_primaries: 'critical',
      primary_without_leader_key: 'critical',
      replica_diverged: 'critical',
      paused: 'warning',
    },
    failover: false,
    refuses: 'second_primary',
  },
  'system-id-mismatch': {
    must: { system_identifier_mismatch: 'critical', paused: 'warning' },
    // The stranger runs as a primary.
    may: ['multiple_primaries', 'primary_without_leader_key', 'replica_diverged'],
    failover: false,
  },

  // Nobody leads, or who leads does not write. While the key is held nobody else may take it, and they say so by streaming from nobody.
  'leader-key-without-primary': {
    // It answers nobody and nobody receives from it: not only unseen.
    must: { leader_key_without_primary: 'critical', member_unreachable: 'critical' },
    writable: false,
  },
  'primary-without-leader-key': {
    must: { primary_without_leader_key: 'critical', no_leader: ['warning', 'critical'], member_unreachable: 'warning' },
    may: ['no_failover_candidate'],
    writable: null,
    failover: false,
    refuses: 'nofailover',
  },
  'no-leader': {
    must: { no_leader: ['warning', 'critical'], member_unreachable: ['warning', 'unknown'] },
    may: ['no_failover_candidate'],
    writable: false,
    failover: false,
    refuses: 'nofailover',
  },
  // Stopped in good order a moment ago. All others carry nofailover, so there is no election to wait for.
  'short-leader-gap': {
    must: { no_leader: 'critical', member_unreachable: ['unknown', 'warning'] },
    may: ['stale_member_key'],
    writable: false,
    failover: false,
    refuses: 'nofailover',
  },
  nofailover: { must: { no_failover_candidate: 'warning' }, failover: false, refuses: 'nofailover' },
  watchdog: { refuses: 'watchdog' },
  'config-not-in-force': { must: { config_not_in_force: 'warning' } },
  'near-config-null': CALM,

  // Synchronous replication.
  'sync-standby-gone': {
    must: { sync_standby_missing: 'warning', no_failover_candidate: 'warning', member_unreachable: SILENT },
    may: ['stale_member_key'],
    failover: false,
    refuses: 'not_sync',
  },
  'sync-strict-blocked': {
    must: { sync_standby_missing: 'critical', no_failover_candidate: 'warning', member_unreachable: SILENT },
    may: ['stale_member_key'],
    writable: false,
    failover: false,
    refuses: 'unreachable',
  },

  // The DCS. Without a quorum Patroni demotes its primary; where not one endpoint answers, nobody knows of a quorum.
  'stop-etcd': { must: { dcs_endpoint_down: 'warning' } },
  'kill-etcd': { must: { dcs_endpoint_down: 'warning' } },
  'etcd-alarm': { must: { dcs_alarm: 'critical' } },
  'freeze-quorum': {
    must: { dcs_no_quorum: 'critical', no_leader: 'critical', dcs_unreachable: 'unknown' },
    writable: false,
    failover: false,
  },
  'kill-quorum': {
    must: { dcs_no_quorum: 'critical', no_leader: 'critical', dcs_unreachable: 'unknown' },
    writable: false,
    failover: false,
  },
  'freeze-all-etcd': {
    must: { dcs_unreachable: 'unknown', no_leader: 'critical' },
    writable: false,
    failover: null,
  },
  // The primary goes on by the word of its replicas: it leads, it is no stray, and nobody could take over from it.
  failsafe: { must: { failsafe_active: 'warning', dcs_unreachable: 'unknown' }, failover: null },

  // What somebody asked for, or left.
  pause: { must: { paused: 'warning' }, failover: false },
  'scheduled-switchover': { must: { scheduled_switchover: 'note' } },
  'failed-switchover-key': { must: { scheduled_switchover: 'note' } },
  'scheduled-restart': { must: { scheduled_restart: 'note' } },
  'pending-restart-dcs': { must: { pending_restart: 'note' } },
  'pending-restart-alter-system': { must: { pending_restart: 'note' } },
  // 64 MiB: it grows, and is far from filling a disk.
  'slot-retains': { must: { slot_retains_wal: 'note' } },
  'archiving-failing': { must: { archiving_failing: 'warning' } },
  'clock-skew': { must: { clock_skew: 'warning' } },
  // A note between minor versions, more between major ones.
  'version-mismatch': { must: { version_mismatch: ['note', 'warning'] } },
};

interface Meta {
  readonly fault: string | null;
  readonly generation: string;
}

const recordings = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({
    name,
    meta: JSON.parse(readFileSync(join(ROOT, name, 'scenario.json'), 'utf8')) as Meta,
    deed: name.slice(name.indexOf('-') + 1),
  }));

function replay(name: string): { readonly snapshot: Snapshot; readonly seconds: number } {
  const folder = join(ROOT, name);
  const raws = readdirSync(folder)
    .filter((file) => file.startsWith('frame-'))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((file) => parseRecording(readFileSync(join(folder, file), 'utf8')));
  let snapshot: Snapshot | null = null;
  for (const raw of raws) snapshot = buildSnapshot(raw, snapshot, null).snapshot;
  if (snapshot === null) throw new Error(`${name} has no frames`);
  return { snapshot, seconds: (snapshot.observedAt - (raws[0]?.now ?? 0)) / 1000 };
}

/** Codes that must be there by now, and how loud. */
function due(oracle: Oracle, seconds: number): readonly (readonly [FindingCode, readonly Severity[]])[] {
  const must = Object.entries(oracle.must ?? {}) as [FindingCode, Loud][];
  return must.flatMap(([code, loud]): [FindingCode, readonly Severity[]][] => {
    if (typeof loud === 'string') return [[code, [loud]]];
    if ('after' in loud) return seconds >= loud.after ? [[code, [loud.is]]] : [];
    return [[code, loud]];
  });
}

describe('every recording', () => {
  it.each(recordings)('$name has a row, which is about what was done', ({ deed, meta, name }) => {
    expect(Object.keys(ORACLES)).toContain(deed);
    expect(name.startsWith(`${meta.generation}-`) || name.startsWith('derived-')).toBe(true);
    if (meta.fault !== null) expect(deed).toBe(meta.fault);
  });

  it('is what each row is about', () => {
    const deeds = new Set(recordings.map(({ deed }) => deed));
    expect(Object.keys(ORACLES).filter((deed) => !deeds.has(deed))).toEqual([]);
  });
});

describe.each(recordings)('in $name', ({ name, deed }) => {
  const oracle = ORACLES[deed] ?? {};
  const { snapshot, seconds } = replay(name);
  const wanted = due(oracle, seconds);
  const severitiesOf = (code: FindingCode): readonly Severity[] =>
    snapshot.findings.filter((finding) => finding.code === code).map(({ severity }) => severity);

  it(`is found: ${wanted.map(([code]) => code).join(', ') || 'nothing'}`, () => {
    const missing = wanted.filter(([code]) => severitiesOf(code).length === 0).map(([code]) => code);
    expect(missing).toEqual([]);
    const allowed = new Set<FindingCode>([...wanted.map(([code]) => code), ...(oracle.may ?? [])]);
    expect(
      snapshot.findings.filter(({ code }) => !allowed.has(code)).map(({ code, title }) => `${code}: ${title}`),
    ).toEqual([]);
    for (const [code, severities] of wanted)
      for (const severity of severitiesOf(code))
        expect(`${code} ${severities.includes(severity) || severity}`).toBe(`${code} true`);
  });

  it('says whether it is writable, and whether somebody would take over', () => {
    const { writable = true, failover = true } = oracle;
    expect({ writable: snapshot.cluster.writable, failover: snapshot.readiness.failoverPossible }).toEqual({
      writable,
      failover,
    });
  });

  if (oracle.refuses !== undefined)
    it(`refuses a candidate: ${oracle.refuses}`, () => {
      const reasons = snapshot.readiness.candidates.flatMap((candidate) => candidate.reasons.map(({ code }) => code));
      expect(reasons).toContain(oracle.refuses);
    });
});
