import { describe, expect, it } from 'vitest';
import { type ClusterSpec, GENERATIONS, HEAD, type MemberSpec, memberOf, NOW, play, steady } from './testkit';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const members: readonly MemberSpec[] = [n1, n2];

describe('who leads', () => {
  it('is who holds the key while the DCS is read, whatever the members say', () => {
    expect(steady({ leader: 'n2', members }).cluster.leader).toMatchObject({ name: 'n2', known: true, by: 'dcs' });
  });

  it('is known since the change Howdah saw, also across a gap without a leader, and not known since when at the start', () => {
    const gap: ClusterSpec = { leader: null, members: [{ ...n1, role: 'replica' }, n2] };
    expect(play([{ members }]).snapshot.cluster.leader?.since).toBeNull();
    expect(play([{ members }, gap, { leader: 'n2', members }]).snapshot.cluster.leader?.since).toBe(NOW + 2000);
    expect(play([{ members, dcs: 'never' }, { members }]).snapshot.cluster.leader?.since ?? null).toBeNull();
  });

  it('is taken from the history where that names it', () => {
    const at = NOW - 3_600_000;
    const history = [[1, 1000, 'x', new Date(at).toISOString(), 'n1']];
    expect(steady({ history, members: [{ ...n1, timeline: 2 }, n2] }).cluster.leader?.since).toBe(at);
  });

  it('is not guessed from two members that both claim it where no DCS is read', () => {
    const spec: ClusterSpec = { dcs: 'off', document: 'closed', members: [n1, { ...n2, role: 'primary' }] };
    expect(steady(spec).cluster.leader?.known ?? false).toBe(false);
  });
});

describe('the configuration', () => {
  it.each([
    ['ttl', 5, 20],
    ['ttl', 'abc', 30],
    ['ttl', '40', 40],
    ['ttl', null, 30],
    ['ttl', -1, 20],
    ['ttl', 25.5, 25],
  ])('%s of %j counts as %i, as Patroni takes it', (key, value, seconds) => {
    expect(steady({ members, config: { [key]: value } }).cluster.config?.ttlSeconds).toBe(seconds);
  });

  it('that is no object counts as absent, with nothing turned on', () => {
    const { cluster } = steady({ members, keys: { config: '[]' } });
    expect(cluster).toMatchObject({ config: null, synchronousMode: null, standbyCluster: null });
  });

  it('makes a standby cluster only with a host, a port or a restore_command', () => {
    expect(steady({ members, config: { standby_cluster: {} } }).cluster.standbyCluster).toBeNull();
    expect(steady({ members, config: { standby_cluster: { host: '' } } }).cluster.standbyCluster).toBeNull();
    const standby = steady({ members, config: { standby_cluster: { restore_command: 'cp' } } }).cluster;
    expect(standby).toMatchObject({ standbyCluster: { host: null, port: null }, writable: null });
    expect(standby.members[0]?.clusterRole).toBe('standby_leader');
  });
});

describe('positions', () => {
  it('received never stands behind replayed: after a restart the received one is old', () => {
    const member = memberOf(steady({ members: [n1, { ...n2, received: HEAD - 5_000_000, lsn: HEAD }] }), 'n2');
    expect(member).toMatchObject({ receivedLsn: HEAD, replayedLsn: HEAD, lag: { receiveBytes: 0 } });
  });

  it('of a silent leader give no lag: an old position is not compared with a live one', () => {
    const silent = { ...n1, rest: 'timeout', sql: 'timeout' } as const;
    expect(memberOf(steady({ members: [silent, n2] }), 'n2').lag).toMatchObject({
      receiveBytes: null,
      replayBytes: null,
    });
  });

  it('of an idle standby are caught up, its null intervals meaning idle and not unknown', () => {
    const row = {
      application_name: 'n2',
      state: 'streaming',
      sent_lsn: '0/4000000',
      replay_lsn: '0/4000000',
      replay_s: null,
    };
    const member = memberOf(steady({ members: [{ ...n1, fast: { replication: [row] } }, n2] }), 'n2');
    expect(member.lag).toMatchObject({ replayBytes: 0, replaySeconds: null, idle: true });
  });
});

describe.each(GENERATIONS)('roles of Patroni %s', (version) => {
  it('are the same words: leader and primary, replica and replica', () => {
    const { cluster } = steady({ version, members });
    expect(cluster.members.map(({ clusterRole, postgresRole, state }) => [clusterRole, postgresRole, state])).toEqual([
      ['leader', 'primary', 'running'],
      ['replica', 'replica', 'streaming'],
    ]);
  });

  it('are not believed of PostgreSQL while it does not run: role is only the intention then', () => {
    const stopped = steady({ version, members: [{ ...n1, state: 'stopped', sql: 'refused' }, n2] });
    expect(memberOf(stopped, 'n1').postgresRole).toBe('unknown');
    expect(stopped.cluster.writable).toBe(false);
  });
});

describe('what memory adds', () => {
  const stops = (change: Partial<MemberSpec> = {}): ClusterSpec => ({
    members: [
      { ...n1, timeline: 2 },
      { ...n2, upstream: null, rest: 'timeout', timeline: 1, ...change },
    ],
  });
  const streams: ClusterSpec = {
    members: [
      { ...n1, timeline: 2 },
      { ...n2, timeline: 2 },
    ],
  };

  it('a restart is pending since it was first seen, and goes on from there', () => {
    const pending: ClusterSpec = { members: [n1, { ...n2, patroni: { pending_restart: true } }] };
    const since = (...moments: ClusterSpec[]) =>
      play(moments).all.map((snapshot) => memberOf(snapshot, 'n2').pendingRestart?.since ?? null);
    expect(since({ members }, pending, pending, pending)).toEqual([null, NOW + 1000, NOW + 1000, NOW + 1000]);
    expect(since({ members }, pending, { members }, pending)).toEqual([null, NOW + 1000, null, NOW + 3000]);
  });

  it('since when is not known of one that was pending at the first look', () => {
    const pending: ClusterSpec = { members: [n1, { ...n2, patroni: { pending_restart: true } }] };
    expect(memberOf(play([pending]).snapshot, 'n2').pendingRestart).toMatchObject({ since: null });
  });

  it('a standby that stopped streaming stays on the timeline it had: pg_control says only the one of its last restartpoint', () => {
    expect(memberOf(play([streams, stops(), stops()]).snapshot, 'n2').timeline).toBe(2);
    expect(memberOf(play([stops()]).snapshot, 'n2').timeline).toBe(1);
  });

  it('a postmaster that was started since may be on another one', () => {
    const restarted = stops({ fast: { started_ms: NOW - 10 } });
    expect(memberOf(play([streams, restarted]).snapshot, 'n2').timeline).toBe(1);
  });
});

describe('lag in seconds', () => {
  const quiet = { paused: true, fast: { replayed_ms: NOW - 600_000 } } as const;
  const seconds = (change: Partial<MemberSpec>): number | null =>
    memberOf(steady({ members: [n1, { ...n2, ...quiet, ...change }] }), 'n2').lag.replaySeconds;

  it('goes on growing where replay is paused over received WAL', () => {
    expect(seconds({ lsn: HEAD - 4096, received: HEAD })).toBeGreaterThanOrEqual(600);
  });

  it('does not grow on a standby that has replayed all there is, paused or not: nothing waits', () => {
    expect(seconds({ lsn: HEAD, received: HEAD })).toBeLessThan(1);
    expect(seconds({ paused: false, lsn: HEAD - 4096, received: HEAD })).toBeLessThan(1);
  });
});
