import { describe, expect, it } from 'vitest';
import type { Finding, FindingCode, Snapshot } from '../cluster';
import { glyphOf } from '../fleet';
import {
  type ClusterSpec,
  codesOf,
  GENERATIONS,
  type Generation,
  type MemberSpec,
  memberOf,
  NOW,
  play,
  steady,
} from '../testkit';
import type { JsonObject } from '../wire/loose';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const find = (snapshot: Snapshot, code: FindingCode): Finding | undefined =>
  snapshot.findings.find((finding) => finding.code === code);
const with2 = (n2spec: Partial<MemberSpec>, more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  members: [n1, { ...n2, ...n2spec }, n3],
  ...more,
});

describe('member_unreachable', () => {
  it.each(GENERATIONS)('is unknown on Patroni %s for a silent member, which is never drawn as good', (version) => {
    const snapshot = steady(with2({ rest: 'timeout', sql: 'timeout' }, { version }));
    expect(find(snapshot, 'member_unreachable')).toMatchObject({ severity: 'unknown', members: ['n2'] });
    expect(memberOf(snapshot, 'n2').silent).toBe(true);
    expect(glyphOf(memberOf(snapshot, 'n2'), snapshot.cluster)).toBe('unknown');
  });

  it('is a warning when Patroni alone is gone', () => {
    const finding = find(steady(with2({ rest: 'refused' })), 'member_unreachable');
    expect(finding).toMatchObject({ severity: 'warning' });
    expect(finding?.title).toContain('PostgreSQL does');
  });

  it.each(['lost', 'cut'] as const)('is said at once of a Patroni whose answer is young and that is %s now', (rest) => {
    const snapshot = steady(with2({ rest }));
    expect(find(snapshot, 'member_unreachable')).toMatchObject({ severity: 'warning', members: ['n2'] });
    expect(memberOf(snapshot, 'n2').silent).toBe(false);
  });

  it('is not said of one late answer while the last good one is young', () => {
    expect(codesOf(steady(with2({ rest: 'late', sql: 'late' })))).not.toContain('member_unreachable');
    expect(memberOf(steady(with2({ rest: 'late', sql: 'late' })), 'n2').silent).toBe(false);
  });

  it('is said at once where the process behind a young answer is gone', () => {
    const snapshot = steady(with2({ rest: 'lost', sql: 'lost' }));
    expect(find(snapshot, 'member_unreachable')?.severity).toBe('unknown');
    expect(memberOf(snapshot, 'n2').silent).toBe(true);
  });

  it('is not said of a member that was never asked: that is unknown, not ill', () => {
    const snapshot = play([with2({ rest: 'never', sql: 'never' })]).snapshot;
    expect(codesOf(snapshot)).toEqual([]);
    expect(snapshot.health).toBe('unknown');
    expect(memberOf(snapshot, 'n2')).toMatchObject({ postgresRole: 'unknown', observedAt: null, silent: true });
    expect(glyphOf(memberOf(snapshot, 'n2'), snapshot.cluster)).toBe('unknown');
  });
});

describe('stale_member_key', () => {
  it.each(GENERATIONS)(
    'tells on Patroni %s that the DCS still lists a dead node as running or streaming',
    (version) => {
      const snapshot = steady(with2({ rest: 'refused', sql: 'refused' }, { version }));
      expect(find(snapshot, 'stale_member_key')).toMatchObject({ severity: 'note', members: ['n2'] });
      expect(memberOf(snapshot, 'n2').patroniSays).toMatchObject({ lagBytes: 0 });
      expect(find(snapshot, 'member_unreachable')?.severity).toBe('unknown');
    },
  );

  it('is not said when the key itself says stopped, nor of a node that is only slow', () => {
    expect(
      codesOf(
        steady(with2({ rest: 'refused', sql: 'refused', key: { state: 'stopped', replication_state: undefined } })),
      ),
    ).not.toContain('stale_member_key');
    expect(codesOf(steady(with2({ rest: 'timeout', sql: 'timeout' })))).not.toContain('stale_member_key');
  });
});

describe('member_not_running', () => {
  it.each(['start failed', 'stopped', 'crashed', 'restart failed (running)'])(
    'is a warning for a replica in state %s',
    (state) => {
      const snapshot = steady(with2({ state, sql: 'refused', upstream: null }));
      expect(find(snapshot, 'member_not_running')).toMatchObject({ severity: 'warning', members: ['n2'] });
      expect(glyphOf(memberOf(snapshot, 'n2'), snapshot.cluster)).toBe('not_running');
    },
  );

  it.each(['starting', 'creating replica', 'initalizing new cluster'])('is a note while it is %s', (state) => {
    expect(find(steady(with2({ state, sql: 'refused', upstream: null })), 'member_not_running')?.severity).toBe('note');
  });

  it('is not said of the live states of any version', () => {
    expect(codesOf(steady(with2({ state: 'running' })))).toEqual([]);
  });
});

describe('config_not_in_force', () => {
  const stored = (config: JsonObject, version: Generation = '4.1.5') =>
    find(steady({ members: [{ name: 'n1' }, { name: 'n2' }], version, config }), 'config_not_in_force');

  it('names the members and the reason, and health is not ok', () => {
    expect(String(stored({ ttl: null })?.title)).toBe(
      'The configuration is stored, but not in force on n1 and n2, because ttl has no value',
    );
    expect(steady({ members: [{ name: 'n1' }, { name: 'n2' }], config: { ttl: null } }).health).toBe('warning');
    expect(stored({ check_timeline: 'on' }, '3.0.2')).toMatchObject({ severity: 'warning', members: ['n1', 'n2'] });
  });

  it('is about one member where only its version refuses it', () => {
    const mixed = {
      members: [{ name: 'n1' }, { name: 'n2', version: '3.0.2' }],
      config: { maximum_lag_on_failover: null },
    };
    expect(find(steady(mixed), 'config_not_in_force')).toMatchObject({ members: ['n2'] });
  });

  it.each([{ check_timeline: 'on' }, { maximum_lag_on_failover: null }, { ttl: '30' }, { ttl: 30.5 }])(
    'is not said of %j on 4.1.5',
    (config) => {
      expect(stored(config)).toBeUndefined();
    },
  );
});

describe('system_identifier_mismatch', () => {
  const other = '7999999999999999999';

  it('is critical for a member with the data of another cluster', () => {
    const alien = { patroni: { database_system_identifier: other }, fast: { system_identifier: other } };
    expect(find(steady(with2(alien)), 'system_identifier_mismatch')).toMatchObject({
      severity: 'critical',
      members: ['n2'],
    });
  });

  it('is not said where the identifier was rounded on its way: such a number is no identifier', () => {
    const rounded = { patroni: { database_system_identifier: 7710406339524703000 }, sql: 'off' as const };
    expect(codesOf(steady(with2(rounded)))).toEqual([]);
  });
});

describe('version_mismatch', () => {
  it('is a note between minor versions and a warning between major ones', () => {
    expect(find(steady(with2({ version: '4.1.4' })), 'version_mismatch')?.severity).toBe('note');
    expect(find(steady(with2({ version: '3.3.11' })), 'version_mismatch')?.severity).toBe('warning');
  });

  it('shows one cluster of master and primary alike: the role is the same', () => {
    const snapshot = steady({ version: '4.0.7', members: [{ ...n1, version: '3.3.11' }, n2, n3] });
    expect(memberOf(snapshot, 'n1').postgresRole).toBe('primary');
    expect(codesOf(snapshot)).toEqual(['version_mismatch']);
  });

  it('is not said of a member that does not answer', () => {
    expect(codesOf(steady(with2({ version: '3.3.11', rest: 'timeout', sql: 'timeout' })))).not.toContain(
      'version_mismatch',
    );
  });
});

describe('pending_restart', () => {
  it('comes from pg_settings where Patroni before 3.3 gives no reason', () => {
    const slow = { pending: [{ name: 'max_connections', from: '40' }] };
    // Nobody says the new value: what runs is not named as if it were it.
    const unsaid = steady({ version: '3.0.2', members: [{ name: 'n1', slow }] }).findings.find(
      ({ code }) => code === 'pending_restart',
    );
    expect(String(unsaid?.title)).toBe('Pending restart on n1: max_connections, 40 until then');
    const config = { postgresql: { parameters: { max_connections: 100 } } };
    const snapshot = steady(with2({ patroni: { pending_restart: true }, slow }, { version: '3.0.2', config }));
    expect(memberOf(snapshot, 'n2').pendingRestart).toMatchObject({
      parameters: [{ name: 'max_connections', from: '40', to: '100' }],
      by: ['patroni', 'postgres'],
    });
    expect(find(snapshot, 'pending_restart')).toMatchObject({ severity: 'note', members: ['n2'] });
  });

  it('takes the reason of Patroni from 3.3 on; an unknown new value is null, not a question mark', () => {
    const reason = { work_mem: { old_value: '4MB', new_value: '?' } };
    const snapshot = steady(with2({ sql: 'off', patroni: { pending_restart: true, pending_restart_reason: reason } }));
    expect(memberOf(snapshot, 'n2').pendingRestart?.parameters).toEqual([{ name: 'work_mem', from: '4MB', to: null }]);
    // The value that runs is not told as if it were the new one.
    expect(String(find(snapshot, 'pending_restart')?.title)).toBe('Pending restart on n2: work_mem, 4MB until then');
  });

  it('is said without a reason where nobody gives one, and not said where nobody sets the flag', () => {
    expect(codesOf(steady(with2({ sql: 'off', patroni: { pending_restart: true } }, { version: '3.0.2' })))).toEqual([
      'pending_restart',
    ]);
    expect(codesOf(steady(with2({ patroni: { pending_restart: false } })))).toEqual([]);
    expect(codesOf(steady(with2({ patroni: { pending_restart: 'true' } })))).toEqual([]);
  });
});

describe('scheduled_restart', () => {
  it('is a note with the conditions, from REST or from the key', () => {
    const restart = { schedule: '2026-11-21T03:00:00+00:00', restart_pending: true, postmaster_start_time: 'x' };
    const snapshot = steady(with2({ patroni: { scheduled_restart: restart } }));
    expect(memberOf(snapshot, 'n2').scheduledRestart).toEqual({
      at: restart.schedule,
      conditions: { restart_pending: true },
    });
    expect(codesOf(snapshot)).toEqual(['scheduled_restart']);
  });

  it('is not said of a schedule without a time', () => {
    expect(codesOf(steady(with2({ patroni: { scheduled_restart: { restart_pending: true } } })))).toEqual([]);
  });
});

describe('clock_skew', () => {
  it('is a warning past three seconds either way, and names who', () => {
    for (const clockMs of [3600, -3600])
      expect(find(steady(with2({ clockMs })), 'clock_skew')).toMatchObject({ severity: 'warning', members: ['n2'] });
  });

  it('is not said within the limit, nor of a slow answer, whose half belongs to the way back', () => {
    expect(codesOf(steady(with2({ clockMs: 2900 })))).toEqual([]);
    expect(codesOf(steady(with2({ tookMs: 1900 })))).toEqual([]);
  });

  it('suspects its own host when every clock differs', () => {
    const members = [n1, n2, n3].map((member) => ({ ...member, clockMs: 8000 }));
    expect(find(steady({ members }), 'clock_skew')?.advice).toContain("Howdah's own host");
  });
});

describe('observation_stale', () => {
  it('says that Howdah is behind, and nothing is drawn as good', () => {
    const members = [n1, n2, n3].map((member) => ({ ...member, ageMs: 4000 }));
    const snapshot = steady({ members });
    expect(find(snapshot, 'observation_stale')).toMatchObject({ severity: 'unknown', members: ['n1', 'n2', 'n3'] });
    expect(snapshot.cluster.members.map((member) => glyphOf(member, snapshot.cluster))).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
    expect(snapshot.cluster.writable).toBeNull();
  });

  it('is not said of answers within their limit', () => {
    const members = [n1, n2, n3].map((member) => ({ ...member, ageMs: 2900 }));
    expect(codesOf(steady({ members }))).toEqual([]);
  });
});

describe('a member that left the list', () => {
  const left: ClusterSpec = with2({ key: null, rest: 'refused', sql: 'refused' });

  it('stays shown as not listed, and is a warning instead of an alarm', () => {
    const snapshot = play([with2({}), { ...left, now: NOW + 60_000 }]).snapshot;
    expect(memberOf(snapshot, 'n2')).toMatchObject({ listed: false, silent: true });
    expect(find(snapshot, 'member_unreachable')?.severity).toBe('warning');
  });

  it('has not left for a moment without its key, as Patroni itself takes it away and writes it again', () => {
    const without = (goneMs: number) => play([with2({}), { ...with2({ key: null, goneMs }), now: NOW + 10_000 }]);
    const kinds = (goneMs: number) => without(goneMs).changes.map(({ kind }) => kind);
    expect(memberOf(without(1900).snapshot, 'n2').listed).toBe(true);
    expect([kinds(1900), codesOf(without(1900).snapshot)]).toEqual([[], []]);
    expect(memberOf(without(2100).snapshot, 'n2').listed).toBe(false);
    expect(kinds(2100)).toContain('member_left');
  });

  it('is not listed either where only /cluster says who is', () => {
    const snapshot = steady({ ...left, dcs: 'off' });
    expect(memberOf(snapshot, 'n2').listed).toBe(false);
    expect(memberOf(snapshot, 'n3').listed).toBe(true);
  });
});

describe('a value that a witness never gave', () => {
  it('is null: not zero, not minus one, not empty', () => {
    const bare = { body: { state: 'running', role: 'replica', server_version: 150018, patroni: {} } };
    const member = memberOf(
      steady({
        members: [
          { ...n1, sql: 'off' },
          { ...n2, rest: bare, sql: 'off' },
        ],
      }),
      'n2',
    );
    expect(member).toMatchObject({
      receivedLsn: null,
      replayedLsn: null,
      replayPaused: null,
      slots: null,
      archiver: null,
    });
    expect(member.lag).toMatchObject({ receiveBytes: null, replayBytes: null, replaySeconds: null, idle: false });
  });
});
