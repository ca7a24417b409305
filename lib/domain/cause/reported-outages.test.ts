// More trouble that people have reported of Patroni, made by hand from their reports. Each expectation was written from the report,
// before Howdah was asked; the near miss stands beside it.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import { type ClusterSpec, HEAD, type MemberSpec, MIB, play, SYSTEM, steady } from '../testkit';
import type { Cause } from './cause';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const trio: readonly MemberSpec[] = [n1, n2, n3];
const apart = (member: MemberSpec): MemberSpec => ({ ...member, upstream: null });
const left = (member: MemberSpec): MemberSpec => ({ ...member, rest: 'refused', sql: 'refused', key: null });

const played = (begin: ClusterSpec, then: ClusterSpec, rounds: number): Snapshot =>
  play([begin, begin, ...Array.from({ length: rounds }, () => then)]).snapshot;
const causeOf = ({ cause }: Snapshot): Cause => {
  if (cause === null) throw new Error('no cause');
  return cause;
};
const told = ({ headline, consequence, ifNobodyActs, steps, evidence }: Cause): string =>
  [
    headline,
    consequence,
    ifNobodyActs,
    ...evidence.flatMap(({ label, text }) => [label, text]),
    ...steps.flatMap(({ text, command, cost, refused }) => [text, command ?? '', ...cost, refused ?? '']),
  ].join('\n');
const acts = ({ steps }: Cause): readonly string[] =>
  steps.flatMap(({ action }) => (action === null ? [] : [`${action.kind} ${action.member ?? ''}`.trim()]));

describe('maximum_lag_on_failover of 0 in strict synchronous mode', () => {
  // The leader wrote a little that no commit waited for, and went down: nobody is close enough to what /status says.
  const strict = (maximum: number): Partial<ClusterSpec> => ({
    config: { synchronous_mode: true, synchronous_mode_strict: true, maximum_lag_on_failover: maximum },
    sync: { leader: 'n1', sync_standby: 'n2,n3' },
    status: { optime: HEAD + 8192 },
  });
  const gone: readonly MemberSpec[] = [left(n1), apart(n2), apart(n3)];

  it('elects nobody, for ever: why, and that by hand nothing confirmed is lost', () => {
    const cause = causeOf(played({ members: trio, ...strict(0) }, { leader: null, members: gone, ...strict(0) }, 40));
    expect([cause.code, cause.impact]).toEqual(['leader_gone_nobody_eligible', 'not_writable']);
    expect(told(cause)).toContain('8 KiB behind, limit 0 B');
    const failover = cause.steps.find(({ action }) => action?.kind === 'failover');
    expect(failover?.refused).toBeNull();
    expect(failover?.cost.join(' ')).toContain('8 KiB of WAL that no commit waited for: n2 confirmed every commit');
  });

  it('with the usual limit elects one of them', () => {
    const snapshot = played({ members: trio, ...strict(MIB) }, { leader: null, members: gone, ...strict(MIB) }, 8);
    expect(causeOf(snapshot).code).toBe('leader_gone_election_due');
  });
});

describe('a leader whose data directory is gone', () => {
  // Its Patroni has given the key up and waits for somebody to bootstrap from.
  const emptied: MemberSpec = {
    ...n1,
    role: 'replica',
    state: 'stopped',
    sql: 'refused',
    upstream: null,
    patroni: { role: 'uninitialized', state: 'stopped', database_system_identifier: null, xlog: null, timeline: null },
    key: { role: 'uninitialized', state: 'stopped' },
  };

  it('is never to be failed over to nor waited for: a standby takes over', () => {
    const snapshot = played({ members: trio }, { leader: null, members: [emptied, apart(n2), apart(n3)] }, 8);
    const cause = causeOf(snapshot);
    expect(cause.impact).toBe('not_writable');
    expect(acts(cause)).not.toContain('failover n1');
    const able = snapshot.readiness.candidates.filter(({ eligible }) => eligible === true).map(({ member }) => member);
    expect(able).toEqual(['n2', 'n3']);
    expect(told(cause)).not.toMatch(/Wait for n1/);
  });
});

describe('one member that is all there is, stopped, and nobody leads', () => {
  const alone: ClusterSpec = {
    leader: null,
    members: [{ ...n1, role: 'replica', state: 'stopped', sql: 'refused', upstream: null }],
  };

  it('is an outage, and nobody is told to throw its only copy away', () => {
    const cause = causeOf(steady(alone, 60));
    expect(cause.impact).toBe('not_writable');
    expect(told(cause)).not.toMatch(/[Rr]einitialize|remove/);
    expect(acts(cause).filter((act) => act.startsWith('reinitialize'))).toEqual([]);
  });
});

describe('an old primary that came back and waits in crash recovery', () => {
  const history = [[1, HEAD - MIB, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n2']];
  const back = (state: string): ClusterSpec => ({
    leader: 'n2',
    history,
    members: [
      { ...n1, role: 'replica', state, timeline: 1, sql: 'refused', upstream: null },
      { ...n2, role: 'primary', timeline: 2 },
      { ...n3, timeline: 2, upstream: 'n2' },
    ],
  });

  it('is one standby less, writes go on, and what a rebuild removes is said', () => {
    const cause = causeOf(steady(back('crashed'), 30));
    expect([cause.code, cause.impact]).toEqual(['postgres_down', 'degraded']);
    expect(String(cause.consequence)).toContain('Writes go on.');
    const rebuild = cause.steps.find(({ action }) => action?.kind === 'reinitialize');
    expect(rebuild?.cost.join(' ')).toContain('Removes whatever only n1 has');
  });

  it('while it is only starting is no alarm yet', () => {
    expect(steady(back('starting'), 3).findings.filter(({ severity }) => severity === 'critical')).toEqual([]);
  });
});

describe('a former leader that has been stopping for minutes', () => {
  it('is not called a second primary, and the new leader is believed', () => {
    const spec: ClusterSpec = {
      leader: 'n2',
      history: [[1, HEAD, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n2']],
      members: [
        { ...n1, role: 'demoted', state: 'stopping', timeline: 1, sql: 'refused', upstream: null },
        { ...n2, role: 'primary', timeline: 2 },
        { ...n3, timeline: 2, upstream: 'n2' },
      ],
    };
    const snapshot = steady(spec, 120);
    expect(snapshot.findings.map(({ code }) => code)).not.toContain('multiple_primaries');
    expect([snapshot.cluster.leader?.name, snapshot.cluster.writable]).toEqual(['n2', true]);
    expect(causeOf(snapshot).impact).toBe('degraded');
  });
});

describe('a primary that slept, woke and took the key back over a newer timeline', () => {
  // /history names a later timeline than the holder of the key is on, and a member has it.
  const history = [[1, HEAD - MIB, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n2']];
  const stolen: ClusterSpec = {
    leader: 'n1',
    history,
    members: [
      { ...n1, timeline: 1, lsn: HEAD },
      { ...n2, role: 'primary', timeline: 2 },
      { ...apart(n3), timeline: 2 },
    ],
  };

  it('is two primaries, and neither is thrown away on the word of the key alone', () => {
    const cause = causeOf(steady(stolen, 8));
    expect(cause.impact).toBe('two_primaries');
    expect(told(cause)).not.toMatch(/^Reinitialize/m);
    expect(acts(cause).filter((act) => act.startsWith('reinitialize'))).toEqual([]);
  });
});

describe('two members that stream while a slot of one is missing', () => {
  it('are well: what streams needs no slot, and nothing is alarmed', () => {
    const snapshot = steady({ members: [{ ...n1, slow: { slots: [] } }, n2, n3] }, 8);
    expect([snapshot.cause, snapshot.health]).toEqual([null, 'ok']);
  });
});

describe('a standby whose pg_rewind was cut off and that waits for WAL that will never come', () => {
  const history = [[1, HEAD - MIB, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n1']];
  const stuck: ClusterSpec = {
    history,
    members: [
      { ...n1, timeline: 2 },
      { ...n2, timeline: 2 },
      { ...n3, state: 'starting', timeline: 1, sql: 'refused', upstream: null },
    ],
  };

  it('is warned of when its start takes too long, and may be rebuilt', () => {
    const snapshot = steady(stuck, 1200);
    const cause = causeOf(snapshot);
    expect([cause.code, cause.severity]).toEqual(['postgres_down', 'warning']);
    expect(acts(cause)).toContain('reinitialize n3');
  });

  it('is a note while it starts', () => {
    expect(steady(stuck, 5).cause).toBeNull();
  });
});

describe('all members started anew while the key of the DCS is of another life', () => {
  it('names the key, and nobody is told to reinitialize the members', () => {
    const other = '7999999999999999999';
    const snapshot = steady(
      {
        leader: null,
        keys: { initialize: other },
        members: trio.map((member) => ({ ...apart(member), role: 'replica' as const })),
      },
      8,
    );
    const cause = causeOf(snapshot);
    expect([cause.code, cause.impact]).toEqual(['initialize_key_wrong', 'not_writable']);
    expect(told(cause)).not.toMatch(/Wait|elects/);
    expect(snapshot.readiness.candidates.filter(({ eligible }) => eligible === true)).toEqual([]);
    expect(told(cause)).toContain(other);
    expect(acts(cause).filter((act) => act.startsWith('reinitialize'))).toEqual([]);
  });

  it('is not said where it is theirs', () => {
    const snapshot = steady({ keys: { initialize: SYSTEM }, members: trio }, 8);
    expect(snapshot.findings.map(({ code }) => code)).not.toContain('initialize_key_wrong');
  });
});

describe('the patroni of the sync standby stopped in a pause', () => {
  const sync = { config: { synchronous_mode: true, pause: true }, sync: { leader: 'n1', sync_standby: 'n2' } };

  it('while its PostgreSQL streams on: commits do not hang, and nobody says so', () => {
    const snapshot = played({ members: trio, ...sync }, { members: [n1, { ...n2, rest: 'refused' }, n3], ...sync }, 15);
    expect(causeOf(snapshot).code).toBe('patroni_dead');
    expect(told(causeOf(snapshot))).not.toMatch(/commits hang/);
  });

  it('with its PostgreSQL gone too: commits hang or not by who still confirms, and the pause is no excuse', () => {
    const snapshot = played(
      { members: trio, ...sync },
      { members: [n1, { ...n2, rest: 'refused', sql: 'refused', upstream: null }, n3], ...sync },
      15,
    );
    expect(causeOf(snapshot).code).toBe('commits_hang');
  });
});
