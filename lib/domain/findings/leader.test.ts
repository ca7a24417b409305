import { describe, expect, it } from 'vitest';
import type { FindingCode, Snapshot } from '../cluster';
import type { Severity } from '../severity';
import { type ClusterSpec, codesOf, GENERATIONS, type MemberSpec, NOW, play, steady } from '../testkit';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const trio = [n1, n2, n3];

const severityOf = (snapshot: Snapshot, code: FindingCode): Severity | null =>
  snapshot.findings.find((finding) => finding.code === code)?.severity ?? null;
const loud = (snapshot: Snapshot): readonly string[] =>
  snapshot.findings.filter((finding) => finding.severity === 'critical').map((finding) => finding.code);

describe.each(GENERATIONS)('a healthy cluster of Patroni %s', (version) => {
  it('has no findings, is ok and writable, and names its leader', () => {
    const snapshot = steady({ version, members: trio });
    expect(codesOf(snapshot)).toEqual([]);
    expect(snapshot.health).toBe('ok');
    expect(snapshot.cluster).toMatchObject({ writable: true, leader: { name: 'n1', known: true, by: 'dcs' } });
  });

  it('is the same without SQL', () => {
    const members = trio.map((member) => ({ ...member, sql: 'off' }) as const);
    expect(steady({ version, members })).toMatchObject({ health: 'ok', findings: [] });
  });

  it('is the same without a DCS of ours', () => {
    const snapshot = steady({ version, members: trio, dcs: 'off' });
    expect(codesOf(snapshot)).toEqual([]);
    expect(snapshot.health).toBe('ok');
    expect(snapshot.cluster.leader).toMatchObject({ name: 'n1', known: true });
  });
});

describe('no_leader', () => {
  const gone: ClusterSpec = { leader: null, members: [{ ...n1, role: 'replica' }, n2, n3] };

  it('is a warning while an election is due and critical once the ttl has passed', () => {
    expect(severityOf(steady(gone), 'no_leader')).toBe('warning');
    const late = play([...Array.from({ length: 33 }, () => gone)]).snapshot;
    expect(severityOf(late, 'no_leader')).toBe('critical');
  });

  it('is not known, so not said, where neither the DCS nor one of the members can be read', () => {
    const members: MemberSpec[] = [{ ...n1, rest: 'timeout', sql: 'timeout' }, n2, n3];
    const snapshot = play([{ members: trio }, { leader: null, dcs: 'stale', members }]).snapshot;
    expect(codesOf(snapshot)).not.toContain('no_leader');
    expect(snapshot.health).toBe('unknown');
    expect(snapshot.cluster.writable).toBeNull();
  });

  it('is said without the DCS where every member answers that it is in recovery', () => {
    expect(severityOf(steady({ ...gone, dcs: 'stale' }), 'no_leader')).toBe('critical');
  });

  it('is said of a standby cluster too', () => {
    const config = { standby_cluster: { host: '10.1.0.1', port: 5432 } };
    const members = trio.map((member) => ({ ...member, role: 'replica', upstream: null }) as const);
    expect(codesOf(steady({ leader: null, config, members }))).toContain('no_leader');
  });
});

describe('multiple_primaries', () => {
  const two = (n2state: Partial<MemberSpec> = {}): ClusterSpec => ({
    members: [n1, { ...n2, role: 'primary', timeline: 2, ...n2state }, n3],
  });

  it.each(GENERATIONS)('is critical on Patroni %s when two rounds in a row show two primaries', (version) => {
    const snapshot = steady({ ...two(), version }, 2);
    expect(severityOf(snapshot, 'multiple_primaries')).toBe('critical');
    expect(snapshot.findings.find((finding) => finding.code === 'multiple_primaries')?.members).toEqual(['n1', 'n2']);
  });

  it('is not claimed from two answers of different moments', () => {
    const snapshot = play([
      { members: trio },
      { leader: 'n2', members: [{ ...n1, ageMs: 900 }, { ...n2, role: 'primary' }, n3] },
    ]).snapshot;
    expect(codesOf(snapshot)).not.toContain('multiple_primaries');
  });

  it('is not claimed of an answer that was only published twice', () => {
    const moments = [{ members: trio }, { ...two(), now: NOW + 1000 }, { ...two({ ageMs: 4 }), now: NOW + 1004 }];
    const again = moments.map((moment, index) =>
      index === 2 ? { ...moment, members: moment.members.map((member) => ({ ...member, ageMs: 4 })) } : moment,
    );
    expect(codesOf(play(again).snapshot)).not.toContain('multiple_primaries');
  });

  it('stays while it lasts, also when a snapshot is published between two rounds', () => {
    const between = { members: two().members.map((member) => ({ ...member, ageMs: 100 })), now: NOW + 2100 };
    const { all } = play([two(), two(), two(), between]);
    expect(all.map((snapshot) => codesOf(snapshot).includes('multiple_primaries'))).toEqual([false, true, true, true]);
  });

  it('is over when the second one is in recovery again', () => {
    expect(codesOf(play([two(), two(), { members: trio }]).snapshot)).not.toContain('multiple_primaries');
  });

  it('is not said of a primary that does not answer any more', () => {
    const silent = two({ rest: 'timeout', sql: 'timeout' });
    expect(codesOf(steady(silent))).not.toContain('multiple_primaries');
  });
});

describe('leader_key_without_primary', () => {
  it.each(GENERATIONS)('is critical on Patroni %s when the holder of the key is in recovery for long', (version) => {
    const spec: ClusterSpec = { version, members: [{ ...n1, role: 'replica' }, n2, n3] };
    expect(severityOf(steady(spec), 'leader_key_without_primary')).toBe('critical');
    expect(steady(spec).cluster.writable).toBe(false);
  });

  it('is critical when PostgreSQL of the holder refuses and its Patroni is frozen', () => {
    const spec: ClusterSpec = { members: [{ ...n1, rest: 'timeout', sql: 'refused' }, n2, n3] };
    expect(severityOf(steady(spec), 'leader_key_without_primary')).toBe('critical');
  });

  it('gives a holder that is still in recovery ten seconds to promote, and no more', () => {
    const taken: ClusterSpec = { leader: 'n2', members: trio.map((member) => ({ ...member, role: 'replica' })) };
    const { all } = play([{ members: trio }, ...Array.from({ length: 14 }, () => taken)]);
    const said = all.map((snapshot) => codesOf(snapshot).includes('leader_key_without_primary'));
    // The key was taken in the second moment.
    expect(said.indexOf(true)).toBe(11);
    expect(said.slice(11)).not.toContain(false);
  });

  it('is not claimed of a holder that merely does not answer', () => {
    const spec: ClusterSpec = { members: [{ ...n1, rest: 'timeout', sql: 'timeout' }, n2, n3] };
    const snapshot = steady(spec);
    expect(codesOf(snapshot)).not.toContain('leader_key_without_primary');
    expect(snapshot.cluster.writable).toBeNull();
    expect(snapshot.health).toBe('unknown');
  });

  it('is not claimed of a standby leader', () => {
    const config = { standby_cluster: { host: '10.1.0.1', port: 5432 } };
    const members: MemberSpec[] = [
      { ...n1, role: 'standby_leader', patroni: { replication_state: 'streaming' } },
      n2,
      n3,
    ];
    expect(codesOf(steady({ config, members }))).not.toContain('leader_key_without_primary');
  });
});

describe('primary_without_leader_key', () => {
  it('is critical when a primary runs while another holds the key', () => {
    const spec: ClusterSpec = { members: [n1, { ...n2, role: 'primary', timeline: 2 }, n3] };
    expect(severityOf(steady(spec), 'primary_without_leader_key')).toBe('critical');
  });

  it('is critical, and says not to stop it, when nobody holds the key', () => {
    const finding = steady({
      leader: null,
      members: trio.map((m) => ({ ...m, upstream: m === n1 ? null : 'n1' })),
    }).findings.find((entry) => entry.code === 'primary_without_leader_key');
    expect(finding).toMatchObject({ severity: 'critical', members: ['n1'] });
    expect(finding?.advice).toContain('Do not stop n1');
  });

  it('is not said of a primary that failsafe_mode holds', () => {
    const safe = { cluster_unlocked: true, failsafe_mode_is_active: true };
    const spec: ClusterSpec = {
      dcs: 'stale',
      config: { failsafe_mode: true },
      members: [{ ...n1, patroni: safe }, n2, n3],
    };
    expect(codesOf(steady(spec))).not.toContain('primary_without_leader_key');
    // The DCS is back and the key not taken again yet.
    const back: ClusterSpec = { ...spec, dcs: 'fresh', leader: null };
    expect(codesOf(steady(back))).not.toContain('primary_without_leader_key');
    expect(codesOf(steady({ ...back, members: trio }))).toContain('primary_without_leader_key');
  });

  it('is not said from one old answer when the key has just moved', () => {
    const gap = { leader: null, members: trio };
    const moved = { leader: 'n2', members: [{ ...n1, ageMs: 300 }, n2, n3] };
    const { all } = play([
      { members: trio },
      { ...gap, now: NOW + 300 },
      { ...moved, now: NOW + 310 },
      { ...moved, now: NOW + 320 },
    ]);
    for (const snapshot of all) expect(codesOf(snapshot)).not.toContain('primary_without_leader_key');
  });
});

describe.each(GENERATIONS)('a switchover on Patroni %s', (version) => {
  const demoted: MemberSpec = { ...n1, role: 'demoted', state: 'stopped', sql: 'refused' };
  const lost = { upstream: null, key: { replication_state: undefined }, patroni: { replication_state: undefined } };
  const gap: ClusterSpec = { version, leader: null, members: [demoted, { ...n2, ...lost }, { ...n3, ...lost }] };
  const promoting: ClusterSpec = { version, leader: 'n2', members: [demoted, { ...n2, ...lost }, { ...n3, ...lost }] };
  const promoted: ClusterSpec = {
    version,
    leader: 'n2',
    history: [[1, 0x0400_0000, 'no recovery target specified', new Date(NOW + 3000).toISOString(), 'n2']],
    members: [
      { ...n1, role: 'replica', timeline: 2, key: { role: 'demoted', state: 'stopped' } },
      { ...n2, role: 'primary', timeline: 2 },
      { ...n3, timeline: 1, upstream: 'n2' },
    ],
  };
  const { all } = play([{ version, members: trio }, gap, promoting, promoting, promoted, promoted, promoted], 700);

  it('raises nothing critical in any of its moments', () => {
    expect(all.flatMap(loud)).toEqual([]);
  });

  it('says that somebody leads from the moment the key moves', () => {
    expect(all.map((snapshot) => snapshot.cluster.leader?.name ?? null)).toEqual([
      'n1',
      null,
      'n2',
      'n2',
      'n2',
      'n2',
      'n2',
    ]);
  });

  it('ends without findings, the live answer of the old leader winning over its key', () => {
    expect(codesOf(all.at(-1) as Snapshot)).toEqual([]);
    expect(all.at(-1)?.cluster.members[0]).toMatchObject({ postgresRole: 'replica', state: 'streaming' });
    expect(all.at(-1)?.cluster.members[2]).toMatchObject({ divergence: null });
  });
});

describe('failsafe_active', () => {
  const safe = { cluster_unlocked: true, failsafe_mode_is_active: true };
  const members: MemberSpec[] = [
    { ...n1, patroni: safe },
    { ...n2, patroni: safe },
    { ...n3, patroni: safe },
  ];
  const config = { failsafe_mode: true };

  it.each(GENERATIONS)('is told on Patroni %s with the primary still writable and the leader known', (version) => {
    const snapshot = steady({ version, dcs: 'stale', config, members });
    expect(codesOf(snapshot)).toContain('failsafe_active');
    expect(codesOf(snapshot)).not.toContain('no_leader');
    expect(snapshot.cluster).toMatchObject({ writable: true, leader: { name: 'n1', known: true } });
    expect(snapshot.health).not.toBe('ok');
  });

  it('keeps the leader known without a DCS of ours too', () => {
    const spec: ClusterSpec = { version: '4.1.5', dcs: 'off', document: 'closed', config, members };
    const snapshot = play([
      { members: trio, dcs: 'off' },
      { ...spec, now: NOW + 10_000 },
    ]).snapshot;
    expect(snapshot.cluster).toMatchObject({ writable: true, leader: { name: 'n1', known: true } });
  });

  it('is not told when the failsafe key is there but the mode is off', () => {
    const keys = { failsafe: '{"n1":"http://10.0.0.1:8008/patroni"}' };
    expect(codesOf(steady({ members: trio, keys }))).toEqual([]);
  });
});

describe('no_failover_candidate', () => {
  it('is a warning when no standby may take over, and counts a forked one that Patroni would elect', () => {
    const forked = {
      name: 'n2',
      timeline: 1,
      lsn: 0x0300_0000,
      upstream: null,
      patroni: { replication_state: undefined },
    };
    const history = [[1, 0x0200_0000, 'no recovery target specified', '2026-11-20T00:00:00+00:00', 'n1']];
    const finding = steady({
      version: '3.0.2',
      history,
      config: { maximum_lag_on_failover: 2 ** 30 },
      members: [{ ...n1, timeline: 2 }, forked],
    }).findings.find((entry) => entry.code === 'no_failover_candidate');
    expect(finding?.severity).toBe('warning');
    expect(finding?.advice).toContain('Patroni itself would elect n2');
  });

  it('is not said while one candidate is left', () => {
    const members: MemberSpec[] = [n1, { ...n2, tags: { nofailover: true } }, n3];
    expect(codesOf(steady({ members }))).not.toContain('no_failover_candidate');
    const both: MemberSpec[] = [n1, { ...n2, tags: { nofailover: true } }, { ...n3, tags: { nofailover: true } }];
    expect(codesOf(steady({ members: both }))).toContain('no_failover_candidate');
  });

  it('is not said while paused, where nothing fails over anyway', () => {
    const members: MemberSpec[] = [n1, { ...n2, tags: { nofailover: true } }];
    expect(codesOf(steady({ members, config: { pause: true } }))).toEqual(['paused']);
  });
});

describe('paused', () => {
  it.each(['true', 'on', 'yes', 1, true])('is a warning for pause: %s', (pause) => {
    expect(severityOf(steady({ members: trio, config: { pause } }), 'paused')).toBe('warning');
  });

  it.each([false, null, 'off', 'maybe'])('is not said for pause: %s', (pause) => {
    expect(codesOf(steady({ members: trio, config: { pause } }))).toEqual([]);
  });
});

describe('scheduled_switchover', () => {
  it('is a note that names both ends and the time', () => {
    const failover = { leader: 'n1', member: 'n2', scheduled_at: '2026-11-21T03:00:00+00:00' };
    const snapshot = steady({ members: trio, failover });
    expect(severityOf(snapshot, 'scheduled_switchover')).toBe('note');
    expect(snapshot.cluster.scheduledSwitchover).toEqual({ at: failover.scheduled_at, from: 'n1', to: 'n2' });
  });

  it('is not said of a key that Patroni emptied, nor of one that names nobody', () => {
    for (const failover of [{}, { scheduled_at: '2026-11-21T03:00:00+00:00' }])
      expect(codesOf(steady({ members: trio, failover }))).toEqual([]);
  });
});
