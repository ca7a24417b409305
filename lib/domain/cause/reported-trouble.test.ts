// Trouble that people have reported of Patroni, and what a person must be told of it: each expectation was written from the report,
// before Howdah was asked. What would be dangerous to say is asked for too.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import type { RawObservation, ReadingErrorKind } from '../raw';
import { buildSnapshot } from '../snapshot';
import { type ClusterSpec, cluster, HEAD, type MemberSpec, MIB, memberOf, NOW, steady } from '../testkit';
import type { Cause } from './cause';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const trio: readonly MemberSpec[] = [n1, n2, n3];
const dead = (member: MemberSpec): MemberSpec => ({ ...member, rest: 'refused', sql: 'refused' });
const left = (member: MemberSpec): MemberSpec => ({ ...dead(member), key: null });
const apart = (member: MemberSpec): MemberSpec => ({ ...member, upstream: null });

type Change = (raw: RawObservation, first: RawObservation) => RawObservation;

/** `begin`, a second each, then `then` for so many rounds. */
function later(
  begin: readonly ClusterSpec[],
  then: ClusterSpec,
  rounds: number,
  change: Change = (raw) => raw,
): Snapshot {
  const first = cluster({ ...(begin[0] ?? then), now: NOW });
  const moments = [...begin, ...Array.from({ length: rounds }, () => then)];
  const last = moments.reduce<Snapshot | null>((before, spec, index) => {
    const raw = cluster({ ...spec, now: NOW + index * 1000 });
    return buildSnapshot(index < begin.length ? raw : change(raw, first), before, 5).snapshot;
  }, null);
  if (last === null) throw new Error('no moment');
  return last;
}

const HEALTHY: readonly ClusterSpec[] = [{ members: trio }, { members: trio }];

const causeOf = ({ cause }: Snapshot): Cause => {
  if (cause === null) throw new Error('no cause');
  return cause;
};
const told = (cause: Cause): string =>
  [
    cause.headline,
    cause.consequence,
    cause.ifNobodyActs,
    ...cause.steps.flatMap(({ text, command, cost }) => [text, command ?? '', ...cost]),
  ].join('\n');
const costOf = (cause: Cause, kind: string): string =>
  cause.steps.find(({ action }) => action?.kind === kind)?.cost.join(' ') ?? '';
const eligible = ({ readiness }: Snapshot): readonly string[] =>
  readiness.candidates.filter((candidate) => candidate.eligible === true).map(({ member }) => member);

describe('the leader', () => {
  it('whose disk is full and whose PostgreSQL crashed: what it wrote last is not known, and no failover claims that', () => {
    const snapshot = later(
      HEALTHY,
      { members: [{ ...n1, state: 'crashed', sql: 'refused' }, apart(n2), apart(n3)] },
      15,
    );
    const cause = causeOf(snapshot);
    expect([cause.code, cause.impact]).toEqual(['leader_postgres_dead', 'not_writable']);
    expect(String(cause.ifNobodyActs)).toContain('then gives the key up and n2 takes over');
    expect(costOf(cause, 'failover')).toContain('whatever nobody had received');
  });

  it('that refuses clients while Patroni sees it run, and feeds nobody: nothing is written, and no standby is to be rebuilt', () => {
    const snapshot = later(HEALTHY, { members: [{ ...n1, sql: 'refused' }, apart(n2), apart(n3)] }, 15);
    const cause = causeOf(snapshot);
    expect([snapshot.cluster.writable, cause.code, cause.impact]).toEqual([null, 'leader_unheard', 'not_writable']);
    expect(told(cause)).not.toMatch(/Writes go on|Reinitialize/);
    expect(String(cause.ifNobodyActs)).toContain('nobody is elected');
  });

  it('that refuses clients and feeds its standbys: whether clients write is not known', () => {
    const cause = causeOf(later(HEALTHY, { members: [{ ...n1, sql: 'refused' }, n2, n3] }, 15));
    expect([cause.code, cause.severity, cause.impact]).toEqual(['leader_unheard', 'critical', 'unknown']);
  });

  it('that answered SQL and no longer does is not called well on the word of Patroni alone', () => {
    const mute: Change = (raw, first) => ({
      ...raw,
      members: raw.members.map((member) =>
        member.name === 'n1' && member.sql !== null
          ? {
              ...member,
              sql: {
                last: {
                  ok: false,
                  error: { kind: 'timeout', message: 'no answer in time' },
                  at: raw.now,
                  tookMs: 3000,
                },
                good: first.members[0]?.sql?.good ?? null,
              },
            }
          : member,
      ),
    });
    const snapshot = later(HEALTHY, { members: trio }, 15, mute);
    expect([snapshot.health, snapshot.cluster.writable, snapshot.cause?.code]).toEqual([
      'unknown',
      null,
      'leader_unheard',
    ]);
    // Two limits have to pass: one slow answer is none of this.
    expect(later(HEALTHY, { members: trio }, 4, mute).cause).toBeNull();
    // One that never answered Howdah says nothing: its role, its network.
    const never: Change = (raw) => ({
      ...raw,
      members: raw.members.map((member) => ({
        ...member,
        sql: {
          last: { ok: false, error: { kind: 'timeout', message: 'no answer in time' }, at: raw.now, tookMs: 3000 },
          good: null,
        },
      })),
    });
    expect(later([], { members: trio }, 15, never).cluster.writable).toBe(true);
  });

  it('that holds the key and stays in recovery is to be promoted, not started', () => {
    const cause = causeOf(later([{ members: trio }], { leader: 'n2', members: [left(n1), apart(n2), apart(n3)] }, 30));
    expect([cause.code, String(cause.headline)]).toEqual([
      'leader_postgres_dead',
      'n2 holds the leader key and is still in recovery',
    ]);
    expect(told(cause)).not.toContain('tries to start it');
  });

  it('that stops for minutes is not being started either', () => {
    const cause = causeOf(later(HEALTHY, { members: [{ ...n1, state: 'stopping', sql: 'refused' }, n2, n3] }, 60));
    expect(String(cause.ifNobodyActs)).toContain('keeps the key until PostgreSQL has stopped');
  });

  it('that lost its key and works on, while all others have left it, is not to be stopped', () => {
    const cause = causeOf(
      later(HEALTHY, { leader: null, members: [{ ...n1, lsn: HEAD + MIB }, apart(n2), apart(n3)] }, 15),
    );
    expect(cause.code).toBe('key_lost_primary_works');
    expect(told(cause)).toContain('Do not stop PostgreSQL on n1');
  });

  it('that slept through the promotion of another one does not get the key back', () => {
    const history = [[1, HEAD - MIB, 'no recovery target specified', '2026-11-19T19:06:04+00:00', 'n2']];
    const begin: ClusterSpec = {
      leader: 'n2',
      history,
      members: [dead(n1), { ...n2, role: 'primary', timeline: 2 }, { ...n3, timeline: 2 }],
    };
    const woken: ClusterSpec = { leader: null, history, members: [n1, dead(n2), apart({ ...n3, timeline: 2 })] };
    const cause = causeOf(later([begin, begin], woken, 8));
    expect(cause.code).toBe('key_lost_primary_works');
    expect(String(cause.ifNobodyActs)).toContain('demotes it and does not take the key');
    expect(told(cause)).toContain('Send no client to n1');
    expect(told(cause)).not.toContain('Do not stop');
  });

  it('that came back in recovery during a pause has all that was written: to fail over to it loses nothing', () => {
    const pause = { config: { pause: true } };
    const members = [{ ...apart(n1), role: 'replica' as const, lsn: HEAD + MIB }, apart(n2), apart(n3)];
    const cause = causeOf(later([{ members: trio, ...pause }], { leader: null, members, ...pause }, 15));
    expect(cause.code).toBe('leader_gone_paused');
    expect(cause.steps[0]?.action).toEqual({ kind: 'failover', member: 'n1' });
    expect(costOf(cause, 'failover')).toBe('Loses 0 B. demo stays paused.');
  });

  it('whose Patroni is dead in a pause: nobody is elected, so nobody is told to stop its PostgreSQL', () => {
    const cause = causeOf(
      later(HEALTHY, { members: [{ ...n1, rest: 'refused' }, n2, n3], config: { pause: true } }, 15),
    );
    expect(cause.code).toBe('leader_patroni_dead');
    expect(told(cause)).not.toContain('pg_ctl stop');
  });
});

describe('the key', () => {
  it('that outlived its ttl twice under a dead holder is not waited for', () => {
    const members = [dead(n1), apart(n2), apart(n3)];
    expect(told(causeOf(later(HEALTHY, { members }, 20)))).toContain('Wait for the key');
    const late = causeOf(later(HEALTHY, { members }, 70));
    expect([late.code, late.impact]).toEqual(['leader_silent', 'not_writable']);
    expect(told(late)).not.toMatch(/\bWait\b|expires within/);
    expect(late.steps.some(({ action }) => action?.kind === 'failover')).toBe(true);
  });

  it('whose holder is silent beside two primaries makes nobody rebuild either of them', () => {
    const members: readonly MemberSpec[] = [
      dead(n1),
      { ...n2, role: 'primary', timeline: 2 },
      { ...n3, role: 'primary', timeline: 2 },
    ];
    const snapshot = later([{ members: trio }], { leader: 'n1', members }, 12);
    expect(causeOf(snapshot).impact).toBe('two_primaries');
    const advice = snapshot.findings
      .filter(({ code }) => code === 'primary_without_leader_key')
      .map((one) => one.advice);
    expect(advice).toHaveLength(2);
    expect(advice.join(' ')).not.toContain('then reinitialize it');
  });
});

describe('an outage', () => {
  it('whose standbys are all far behind: what a failover loses is measured by the last word of the leader', () => {
    const [b, c] = [
      { ...n2, lsn: HEAD - 5 * MIB },
      { ...n3, lsn: HEAD - 9 * MIB },
    ];
    const snapshot = later(
      [{ members: [n1, b, c] }],
      { leader: null, members: [left(n1), apart(b), apart(c)], status: { optime: HEAD } },
      40,
    );
    const cause = causeOf(snapshot);
    expect(cause.code).toBe('leader_gone_nobody_eligible');
    expect(costOf(cause, 'failover')).toContain('Loses 5 MiB');
  });

  it('of all members at once is called that, and no reads are promised', () => {
    const cause = causeOf(later(HEALTHY, { leader: null, members: trio.map(left) }, 60));
    expect(String(cause.headline)).toBe('All 3 members are gone: none answers');
    expect(told(cause)).not.toContain('reads go on');
  });

  it('in strict mode with only members left that never confirmed: by hand alone, and it says what that loses', () => {
    const nosync = { tags: { nosync: true } };
    const strict = {
      config: { synchronous_mode: true, synchronous_mode_strict: true },
      sync: { leader: 'n1', sync_standby: 'n3' },
    };
    const members = [left(n1), left(n2), left(n3), { ...apart({ name: 'n4' }), ...nosync }];
    const cause = causeOf(later([], { leader: null, members, ...strict }, 40));
    expect(cause.code).toBe('leader_gone_unconfirmed');
    // Howdah began late: who led stands in /sync.
    expect(String(cause.headline)).toMatch(/^n1 is gone/);
    expect(costOf(cause, 'failover')).toContain('are lost');
  });

  it('with a sync standby that is tagged nosync: Patroni elects it all the same', () => {
    const sync = { config: { synchronous_mode: true }, sync: { leader: 'n1', sync_standby: 'n2' } };
    const members = [left(n1), { ...apart(n2), tags: { nosync: true } }, apart(n3)];
    expect(eligible(later([{ members: trio, ...sync }], { leader: null, members, ...sync }, 8))).toEqual(['n2']);
  });
});

describe('quorum mode', () => {
  const quorum = (count: number): Partial<ClusterSpec> => ({
    config: { synchronous_mode: 'quorum' },
    sync: { leader: 'n1', sync_standby: 'n2,n3', quorum: count },
  });

  it('with the last voter left elects nobody, because the votes are missing', () => {
    const snapshot = later(
      [{ members: trio, ...quorum(1) }],
      { leader: null, members: [left(n1), apart(n2), left(n3)], ...quorum(1) },
      40,
    );
    expect(eligible(snapshot)).toEqual([]);
    const cause = causeOf(snapshot);
    expect(cause.code).toBe('leader_gone_nobody_eligible');
    expect(cause.evidence.map(({ text }) => String(text))).toContain('1 of the 2 votes of /sync that it needs');
    // A request that names the candidate asks for no votes.
    expect(cause.steps.some(({ action, refused }) => action?.kind === 'failover' && refused === null)).toBe(true);
  });

  it('with both voters, or with all of them confirming each commit, elects', () => {
    const gone = { leader: null, members: [left(n1), apart(n2), apart(n3)] };
    expect(eligible(later([], { ...gone, ...quorum(1) }, 8))).toEqual(['n2', 'n3']);
    const alone = { leader: null, members: [left(n1), apart(n2), left(n3)] };
    expect(eligible(later([], { ...alone, ...quorum(0) }, 8))).toEqual(['n2']);
  });

  it('gives one outside /sync the vote of each inside that is not ahead, and no vote of its own', () => {
    const four = (behind: number): readonly MemberSpec[] => [
      left(n1),
      apart(n2),
      apart(n3),
      { ...apart({ name: 'n4' }), lsn: HEAD - behind },
    ];
    expect(eligible(later([], { leader: null, members: four(0), ...quorum(1) }, 8))).toContain('n4');
    expect(eligible(later([], { leader: null, members: four(4096), ...quorum(1) }, 8))).not.toContain('n4');
  });

  it('elects nobody whose voters are out of reach, also before the leader is lost', () => {
    const snapshot = later([], { members: [n1, n2, dead(n3)], ...quorum(1) }, 8);
    expect(snapshot.readiness.failoverPossible).toBe(false);
    expect(later([], { members: trio, ...quorum(1) }, 8).readiness.failoverPossible).toBe(true);
  });
});

describe('commits that hang', () => {
  it('while the Patroni of the leader is dead are not mended by Patroni', () => {
    const sync = { config: { synchronous_mode: true }, sync: { leader: 'n1', sync_standby: 'n2' } };
    const cause = causeOf(
      later([{ members: trio, ...sync }], { members: [{ ...n1, rest: 'refused' }, dead(n2), n3], ...sync }, 12),
    );
    expect(cause.code).toBe('commits_hang');
    expect(String(cause.ifNobodyActs)).toContain('nobody takes it out of /sync');
    expect(cause.steps[0]?.command).toBe('systemctl start patroni');
  });
});

describe('strict mode', () => {
  const strict = {
    config: { synchronous_mode: true, synchronous_mode_strict: true },
    sync: { leader: 'n1', sync_standby: 'n2' },
  };

  it('does not let commits go on by itself when the only standby that streams is lost', () => {
    const alone = later([{ members: [n1, n2], ...strict }], { members: [n1, dead(n2)], ...strict }, 12);
    expect(String(causeOf(alone).ifNobodyActs)).toContain('commits hang on');
    expect(causeOf(alone).steps.at(-1)?.command).toContain('synchronous_mode_strict=false');
    const other = later([{ members: trio, ...strict }], { members: [n1, dead(n2), n3], ...strict }, 12);
    expect(String(causeOf(other).ifNobodyActs)).toContain('commits go on');
  });
});

describe('the DCS', () => {
  it('that is silent while failsafe_mode holds the primary and one member is silent: writes may end at any moment', () => {
    const failsafe = { config: { failsafe_mode: true } };
    const active = { patroni: { failsafe_mode_is_active: true } };
    const members = [{ ...n1, ...active }, { ...n2, ...active }, dead(n3)];
    const cause = causeOf(later([{ members: trio, ...failsafe }], { dcs: 'stale', members, ...failsafe }, 8));
    expect([cause.code, cause.impact]).toEqual(['dcs_unreachable', 'will_stop']);
    expect(String(cause.consequence)).toContain('n3 does not answer');
    const all = [
      { ...n1, ...active },
      { ...n2, ...active },
      { ...n3, ...active },
    ];
    expect(
      causeOf(later([{ members: trio, ...failsafe }], { dcs: 'stale', members: all, ...failsafe }, 8)).impact,
    ).toBe('no_failover');
  });

  it('that is silent while failsafe_mode did not hold the primary is an outage', () => {
    const members = trio.map((member) => ({ ...apart(member), role: 'replica' as const }));
    const cause = causeOf(later([], { dcs: 'stale', members, config: { failsafe_mode: true } }, 15));
    expect([cause.severity, cause.impact]).toEqual(['critical', 'not_writable']);
  });

  it.each<[ReadingErrorKind, string]>([
    ['denied', 'permission denied'],
    ['auth', 'sign-in refused'],
    ['tls', 'TLS failed: self-signed certificate'],
  ])('that does not let Howdah in (%s) is not down: nobody is told to bring it back', (kind, message) => {
    const refuses: Change = (raw) => {
      const failed = { last: { ok: false, error: { kind, message }, at: raw.now, tookMs: 5 }, good: null } as const;
      return raw.dcs === null
        ? raw
        : {
            ...raw,
            dcs: {
              ...raw.dcs,
              error: { kind, message },
              endpoints: raw.dcs.endpoints.map((endpoint) => ({ ...endpoint, quorumRead: failed })),
            },
          };
    };
    const snapshot = later(
      HEALTHY,
      { members: trio, dcs: 'stale', endpoints: [{ name: 'e1', leads: true }] },
      15,
      refuses,
    );
    const cause = causeOf(snapshot);
    expect([cause.code, cause.severity, cause.impact]).toEqual(['dcs_unreachable', 'unknown', 'unknown']);
    expect(String(cause.headline)).toBe(`The DCS does not let Howdah in: ${message}`);
    expect(told(cause)).not.toMatch(/Bring the DCS back|demotes itself/);
    // Its process answers: a refused read is no lost quorum.
    expect(snapshot.cluster.dcs?.quorum).toBeNull();
  });

  it('of four members with two left has no quorum, and the two that are missing are named', () => {
    const endpoints = [
      { name: 'e1', read: 'timeout' },
      { name: 'e2', read: 'timeout' },
      { name: 'e3', status: 'refused', read: 'refused' },
      { name: 'e4', status: 'refused', read: 'refused' },
    ] as const;
    const cause = causeOf(later([], { members: trio, dcsAgeMs: 20_000, endpoints }, 15));
    expect([cause.code, cause.impact]).toEqual(['dcs_no_quorum', 'will_stop']);
    expect(String(cause.steps[0]?.text)).toBe('Bring http://e3:2379 and http://e4:2379 of the DCS back');
  });

  it('that was restored from an old copy, with a history shorter than the timelines of all members, forks nobody', () => {
    const history = [[3, HEAD - 30 * MIB, 'no recovery target specified', '2026-10-19T19:06:04+00:00', 'n1']];
    const members: readonly MemberSpec[] = [
      { ...n1, role: 'replica', timeline: 7 },
      { ...n2, role: 'primary', timeline: 7 },
      { ...n3, timeline: 7 },
    ];
    expect(later([], { leader: 'n2', members, history }, 15).cause).toBeNull();
  });
});

describe('a standby cluster', () => {
  const standby_cluster = { host: '10.200.0.1', port: 5432 };
  const follows: MemberSpec = {
    ...n1,
    role: 'replica',
    upstream: null,
    fast: {
      wal_receiver: {
        status: 'streaming',
        received_tli: 1,
        sender_host: '10.200.0.1',
        sender_port: 5432,
        slot_name: 'n1',
      },
    },
  };

  it('that gave its key up in a pause still follows its source, and the pause is to end', () => {
    const members = [follows, { ...n2, upstream: 'n1' }, { ...n3, upstream: 'n1' }];
    const cause = causeOf(later([], { leader: null, members, config: { pause: true, standby_cluster } }, 20));
    expect(cause.code).toBe('standby_leader_gone');
    expect(String(cause.consequence)).toContain('n1 still follows the source');
    expect(cause.steps[0]?.action?.kind).toBe('resume');
  });

  it('whose leader does not stream follows nobody: that is not one standby less, and nothing is rebuilt', () => {
    const members: readonly MemberSpec[] = [
      { ...n1, role: 'standby_leader', upstream: null },
      { ...n2, upstream: 'n1' },
    ];
    const cause = causeOf(later([], { members, config: { standby_cluster } }, 20));
    expect(String(cause.consequence)).toBe('Nobody follows the source; what is read here grows old.');
    expect(told(cause)).not.toContain('Reinitialize');
  });
});

describe('a member', () => {
  const FORK = [[1, HEAD - MIB, 'no recovery target specified', '2026-11-19T19:06:04+00:00', 'n2']];

  it('that led before and cannot start: to rebuild it removes what only it has, and that is said', () => {
    const old: MemberSpec = { ...apart(n1), role: 'replica', state: 'start failed', timeline: 1, sql: 'refused' };
    const members: readonly MemberSpec[] = [old, { ...n2, role: 'primary', timeline: 2 }, { ...n3, timeline: 2 }];
    const cause = causeOf(later([{ members: trio }], { leader: 'n2', members, history: FORK }, 40));
    expect([cause.code, String(cause.headline)]).toEqual(['postgres_down', 'PostgreSQL on n1: start failed']);
    expect(costOf(cause, 'reinitialize')).toContain('Removes whatever only n1 has');
  });

  it('on the timeline number of the leader and ahead of it comes of two promotions, and has forked', () => {
    const members: readonly MemberSpec[] = [
      { ...n1, timeline: 2 },
      { ...apart(n2), timeline: 2, lsn: HEAD + 4 * MIB },
      { ...n3, timeline: 2 },
    ];
    const cause = causeOf(later([], { members, history: FORK }, 15));
    expect(cause.code).toBe('standby_forked');
    expect(costOf(cause, 'reinitialize')).toContain('Removes what only n2 has');
  });

  it('whose replay stopped because its max_connections is too low must be restarted: resumed it would shut down', () => {
    const raised = { old_value: '100', new_value: '300' };
    const held: MemberSpec = {
      ...n2,
      paused: true,
      patroni: { pending_restart: true, pending_restart_reason: { max_connections: raised } },
    };
    const snapshot = later([], { members: [n1, held, n3] }, 15);
    const cause = causeOf(snapshot);
    expect(cause.steps[0]?.action).toEqual({ kind: 'restart', member: 'n2' });
    const advice = snapshot.findings.find(({ code }) => code === 'replay_paused')?.advice;
    expect(`${told(cause)}${advice}`).not.toContain('pg_wal_replay_resume');
    // Where the primary waits for the same restart, somebody paused it.
    const leader = { ...n1, patroni: held.patroni ?? {} };
    expect(told(causeOf(later([], { members: [leader, held, n3] }, 15)))).toContain('pg_wal_replay_resume');
  });

  it('whose replay is paused may still be elected: it is no standby less', () => {
    const cause = causeOf(later([], { members: [n1, { ...n2, paused: true }, n3] }, 15));
    expect([cause.code, String(cause.consequence)]).toEqual([
      'replay_held',
      'Writes go on. A failover is still possible.',
    ]);
  });

  it('that is copied for an hour does not refuse connections: the copy is what one looks at', () => {
    const copied: MemberSpec = { ...apart(n3), state: 'creating replica', sql: 'refused' };
    const hour = Array.from({ length: 60 }, (_, index) => ({ members: [n1, n2, copied], now: NOW + index * 60_000 }));
    const last = hour.reduce<Snapshot | null>((before, spec) => buildSnapshot(cluster(spec), before, 5).snapshot, null);
    if (last === null) throw new Error('no moment');
    expect(String(causeOf(last).headline)).toMatch(/^PostgreSQL on n3: creating replica for/);
    expect(String(causeOf(last).steps[0]?.text)).toContain('what the copy does');
  });

  it('whose slot has lost its WAL cannot read it any more: it is to be rebuilt, not brought back', () => {
    const lost = { slot_name: 'n2', slot_type: 'physical', active: false, wal_status: 'lost' };
    const snapshot = later([], { members: [{ ...n1, slow: { slots: [lost] } }, apart(n2), n3] }, 15);
    expect(memberOf(snapshot, 'n1').slots?.[0]?.walStatus).toBe('lost');
    const cause = causeOf(snapshot);
    expect(String(cause.headline)).toBe('n2 does not stream: n1 no longer has the WAL it needs');
    const advice = snapshot.findings.find(({ code }) => code === 'slot_retains_wal')?.advice;
    expect(`${told(cause)}${advice}`).not.toContain('Bring n2 back');
  });

  it('that keeps gigabytes in a slot which Patroni does not move on fills its disk, by design or not', () => {
    const far = 6 * 1024 * MIB;
    const held = (restart: string): readonly MemberSpec[] => {
      const slots = [
        { slot_name: 'n3', slot_type: 'physical', active: false, restart_lsn: restart, wal_status: 'extended' },
      ];
      return [
        { ...n1, lsn: far },
        { ...n2, lsn: far, slow: { slots } },
        { ...n3, lsn: far },
      ];
    };
    const cause = causeOf(later([], { members: held('0/40000000') }, 15));
    expect(cause.code).toBe('slot_retains');
    expect(told(cause)).not.toContain('Bring n3 back');
    expect(later([], { members: held('1/78000000') }, 15).cause).toBeNull();
  });

  it('that is tagged nofailover needs no repair: the tag is what stands in the way', () => {
    const tagged = { tags: { nofailover: true } };
    const cause = causeOf(later([], { members: [n1, { ...n2, ...tagged }, { ...n3, ...tagged }] }, 15));
    expect(cause.code).toBe('not_protected');
    expect(String(cause.steps[0]?.text)).toContain('Take nofailover out of the tags');
    expect(told(cause)).not.toContain('Repair');
  });

  it.each([
    ['failover_priority 0', { failover_priority: 0 }, 'Take failover_priority out of the tags in patroni.yml on n2'],
    ['both', { nofailover: true, failover_priority: 0 }, 'Take nofailover and failover_priority out of the tags'],
  ])('that %s keeps from taking over is told of that tag, in the finding too', (_, tags, step) => {
    const snapshot = later([], { members: [n1, { ...n2, tags }, { ...n3, tags }] }, 15);
    const advice = snapshot.findings.find(({ code }) => code === 'no_failover_candidate')?.advice;
    expect(String(causeOf(snapshot).steps[0]?.text)).toContain(step);
    expect(String(advice)).toContain(step);
  });

  it('that is tagged and forked besides is not brought back by taking out the tag', () => {
    const tags = { nofailover: true };
    const members = [n1, { ...apart(n2), tags }, { ...apart(n3), tags }];
    const snapshot = later([], { members }, 15);
    const advice = snapshot.findings.find(({ code }) => code === 'no_failover_candidate')?.advice;
    expect(String(advice)).toContain('Repair one standby');
    expect(told(causeOf(snapshot))).not.toContain('Take nofailover out');
  });

  const ghost: MemberSpec = { name: 'ghost', rest: 'refused', sql: 'refused', upstream: null };
  const withGhost = (member: MemberSpec, more: Partial<ClusterSpec> = {}): Cause =>
    causeOf(steady({ members: [n1, n2, n3, member], ...more }, 12));

  it('that never was, a key without a lease, is told as a key: which, and how it goes', () => {
    const cause = withGhost({ ...ghost, leased: false });
    expect(String(cause.headline)).toBe('ghost is only a key: it never answered and has no lease');
    expect(cause.steps.map(({ command }) => command)).toEqual(['etcdctl del /service/demo/members/ghost']);
    expect(String(cause.steps[0]?.text)).toContain('Make sure that no Patroni runs as ghost on 10.0.0.4');
    expect(told(cause)).not.toMatch(/host, network|standby is missing/);
  });

  it('that never answered and whose key has a lease is looked at, for some Patroni may renew it', () => {
    const cause = withGhost(ghost);
    expect(String(cause.headline)).toBe('ghost does not answer');
    expect(`${told(cause)} ${cause.ifNobodyActs}`).toContain('goes with its lease');
    expect(cause.steps.map(({ command }) => command)).toEqual(['systemctl status patroni']);
  });

  it('that answered before is no mere key, whatever its key lacks', () => {
    const members = [n1, n2, { ...n3, leased: false }];
    const cause = causeOf(
      later([], { members: [n1, n2, { ...n3, ...ghost, name: 'n3', rest: 'lost', sql: 'lost', leased: false }] }, 12),
    );
    expect(steady({ members }).cause).toBeNull();
    expect(told(cause)).not.toContain('etcdctl del');
  });
});
