import { describe, expect, it } from 'vitest';
import { say } from '../../language/sentence';
import { judge } from '../actions/judge';
import type { Snapshot } from '../cluster';
import { byImpact, fleetRow } from '../fleet';
import {
  type ClusterSpec,
  GENERATIONS,
  HEAD,
  type MemberSpec,
  MIB,
  play,
  quietFacts,
  SYSTEM,
  steady,
} from '../testkit';
import { CAUSE_ROWS, EVIDENCE_MAX, STEPS_MAX } from './assess-cause';
import { CAUSE_CODES, type Cause, IMPACTS } from './cause';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const trio: readonly MemberSpec[] = [n1, n2, n3];
const PAUSED = { pause: true };
const gone: MemberSpec = { ...n1, rest: 'refused', sql: 'refused' };
const apart = (member: MemberSpec): MemberSpec => ({ ...member, upstream: null });

/** The leader answered well, then no more; the others receive nothing. */
const lost = (spec: Partial<ClusterSpec> = {}): Snapshot =>
  play([
    { members: trio, ...spec },
    { members: trio, ...spec },
    ...Array.from({ length: 8 }, () => ({ members: [gone, apart(n2), apart(n3)], ...spec })),
  ]).snapshot;

const causeOf = (snapshot: Snapshot): Cause => {
  if (snapshot.cause === null) throw new Error('no cause');
  return snapshot.cause;
};
const code = (snapshot: Snapshot): string | null => snapshot.cause?.code ?? null;
const acts = (cause: Cause): readonly string[] =>
  cause.steps.flatMap(({ action }) => (action === null ? [] : [`${action.kind} ${action.member ?? ''}`.trim()]));

describe('no cause', () => {
  it.each(GENERATIONS)('stands in a healthy cluster of Patroni %s, paused a moment ago or not', (version) => {
    expect(steady({ version, members: trio }).cause).toBeNull();
    expect(steady({ version, members: trio, config: PAUSED }).cause).toBeNull();
  });

  it('is made of a note: a pending restart of today, a standby that reconnects', () => {
    expect(steady({ members: [n1, { ...n2, patroni: { pending_restart: true } }, n3] }).cause).toBeNull();
    expect(steady({ members: [n1, apart(n2), n3] }, 4).cause).toBeNull();
  });
});

describe('the primary is gone', () => {
  it.each(GENERATIONS)(
    'and the cluster of Patroni %s paused: critical at once, nobody waits for Patroni',
    (version) => {
      const snapshot = lost({ version, config: PAUSED, leader: null });
      const cause = causeOf(snapshot);
      expect([cause.code, cause.severity, cause.impact]).toEqual(['leader_gone_paused', 'critical', 'not_writable']);
      expect(snapshot.health).toBe('critical');
      expect(acts(cause)).toEqual(['failover n2', 'resume']);
      expect(`${cause.headline} ${cause.ifNobodyActs} ${cause.steps.map(({ text }) => text).join()}`).not.toMatch(
        /\bwait/i,
      );
    },
  );

  it('says the same words on the first frame of the pause without a leader as later', () => {
    const first = play([
      { members: trio, config: PAUSED },
      { members: [gone, apart(n2), apart(n3)], config: PAUSED, leader: null },
    ]).snapshot;
    expect(code(first)).toBe('leader_gone_paused');
    expect(first.health).toBe('critical');
  });

  it('on the first timeline too, which no history names: it is called by its name, whether its key is left or not', () => {
    const after = { members: [{ ...gone, key: null }, apart(n2), apart(n3)], leader: null };
    for (const spec of [after, { ...after, config: PAUSED }, { ...after, members: [gone, apart(n2), apart(n3)] }]) {
      const seen = play([{ members: trio }, ...Array.from({ length: 6 }, () => spec)]).snapshot;
      expect(String(causeOf(seen).headline)).toMatch(/^n1 is gone/);
    }
    // Howdah began in the middle: no source says who it was.
    expect(String(causeOf(steady(after, 6)).headline)).toMatch(/^Nobody leads/);
  });

  it('while its key is still held: nobody receives, so it is critical; it says when the key ends and who comes then', () => {
    const cause = causeOf(lost());
    expect([cause.code, cause.severity]).toEqual(['leader_silent', 'critical']);
    expect(String(cause.ifNobodyActs)).toMatch(/expires within .*; then n2 takes over/);
  });

  it('only for Howdah, where others still receive from it: unknown, and no failover is advised', () => {
    const cause = causeOf(steady({ members: [{ ...n1, rest: 'timeout', sql: 'timeout' }, n2, n3] }, 8));
    expect([cause.code, cause.severity, acts(cause)]).toEqual(['leader_silent', 'unknown', []]);
    // A host that hangs looks the same until its key is renewed, or is not.
    expect(String(cause.headline)).toBe('Howdah does not reach n1; n2 and n3 are still connected to it');
    expect(String(cause.consequence)).toContain('Whether n1 works is not known');
    expect(String(cause.ifNobodyActs)).toMatch(/^The key expires within .* unless n1 renews it; then n2 takes over/);
    expect(cause.steps).toHaveLength(2);
  });

  it('and an election is due, then overdue', () => {
    const members = [gone, apart(n2), apart(n3)];
    expect(code(steady({ leader: null, members }, 8))).toBe('leader_gone_election_due');
    const late = steady({ leader: null, members }, 40);
    expect(code(late)).toBe('leader_gone_overdue');
    expect(causeOf(late).steps[0]?.action).toEqual({ kind: 'failover', member: 'n2' });
  });

  it('and nobody may take over, each with its reason; the tag that forbids it is a step', () => {
    const tagged = { tags: { nofailover: true } };
    const cause = causeOf(
      steady({ leader: null, members: [gone, { ...apart(n2), ...tagged }, { ...apart(n3), ...tagged }] }, 8),
    );
    expect(cause.code).toBe('leader_gone_nobody_eligible');
    expect(cause.evidence.filter(({ text }) => /nofailover/.test(String(text)))).toHaveLength(2);
    expect(cause.steps.some(({ command }) => command === 'patronictl reload demo n2')).toBe(true);
  });

  it('and nobody that confirmed its commits answers: the failover says what it loses', () => {
    const members = [gone, { ...n2, rest: 'refused', sql: 'refused' } as const, { ...apart(n3), lsn: HEAD - MIB }];
    const cause = causeOf(
      steady(
        { leader: null, members, config: { synchronous_mode: true }, sync: { leader: 'n1', sync_standby: 'n2' } },
        8,
      ),
    );
    expect(cause.code).toBe('leader_gone_unconfirmed');
    expect(cause.steps.find(({ action }) => action?.kind === 'failover')?.cost.join(' ')).toMatch(/lost/);
  });
});

describe('the cost of a next step', () => {
  const took = (...ms: readonly number[]) => ms.map((one, index) => ({ at: index, ms: one, by: 'probe' as const }));
  const failover = (snapshot: Snapshot) => causeOf(snapshot).steps.find(({ action }) => action?.kind === 'failover');

  it('is what earlier handovers of this cluster took, in the number that the preflight says', () => {
    const outages = took(1800, 2000, 2900);
    const snapshot = lost({ config: PAUSED, leader: null, outages });
    const step = failover(snapshot);
    expect(step?.cost[0]).toEqual(say`Takes writes again in about ${'2 s'}: measured ${'3 times'} here.`);
    const facts = quietFacts(snapshot, { outages: outages.map((one) => ({ ...one, steps: {} })) });
    const request = { kind: 'failover', candidate: step?.action?.member ?? '' } as const;
    expect(judge(request, snapshot, facts, snapshot.observedAt).outage).toMatchObject({ ms: 2000 });
  });

  it('counts the newest eight and no more, and says once of one', () => {
    const many = took(60_000, 60_000, ...Array.from({ length: 8 }, () => 1000));
    expect(String(failover(lost({ config: PAUSED, leader: null, outages: many }))?.cost[0])).toContain(
      'about 1 s: measured 8 times',
    );
    const once = lost({ config: PAUSED, leader: null, outages: took(4000) });
    expect(String(failover(once)?.cost[0])).toBe('Takes writes again in about 4 s: measured once here.');
  });

  it('is not said where nothing was measured, and never of a restart', () => {
    const unmeasured = failover(lost({ config: PAUSED, leader: null }));
    expect(unmeasured?.cost.map(String).join(' ')).not.toMatch(/about|measured/);
    const hung = steady(
      { members: [{ ...n1, state: 'stopped', sql: 'refused' }, apart(n2), apart(n3)], outages: took(2000) },
      8,
    );
    const restart = causeOf(hung).steps.find(({ action }) => action?.kind === 'restart');
    expect(restart).toBeDefined();
    expect(restart?.cost.map(String).join(' ')).not.toMatch(/measured/);
  });
});

describe('the holder of the key', () => {
  it('whose Patroni is dead works on: a second primary is to come, and that is said before it is there', () => {
    const cause = causeOf(steady({ members: [{ ...n1, rest: 'refused' }, n2, n3] }, 8));
    expect([cause.code, cause.impact]).toEqual(['leader_patroni_dead', 'data_at_risk']);
    expect(String(cause.consequence)).toContain('two at once');
  });

  it('that lost the key and works on is not to be stopped', () => {
    const cause = causeOf(steady({ leader: null, members: trio }, 4));
    expect(cause.code).toBe('key_lost_primary_works');
    expect(cause.steps.map(({ text }) => String(text)).join()).toContain('Do not stop PostgreSQL on n1');
    expect(acts(cause)).toEqual([]);
  });
});

describe('two primaries', () => {
  const two: ClusterSpec = { members: [n1, { ...n2, role: 'primary', timeline: 2 }, n3] };

  it('are told apart by the key: clients leave the other', () => {
    const cause = causeOf(steady(two));
    expect([cause.code, cause.impact]).toEqual(['two_primaries', 'two_primaries']);
    expect(String(cause.headline)).toBe('Two primaries: clients must leave n2');
  });

  it('are not told apart without it: nobody is stopped or rebuilt on a guess', () => {
    const cause = causeOf(steady({ ...two, leader: null }));
    expect(String(cause.headline)).toBe('Two primaries: n1 and n2');
    expect(acts(cause)).toEqual([]);
    expect(cause.steps.every(({ command }) => !/pg_ctl/.test(command ?? ''))).toBe(true);
  });

  it('stand above everything else in the fleet', () => {
    const rows = [steady(two), lost({ config: PAUSED, leader: null })].map((snapshot) => fleetRow(snapshot, []));
    expect(rows.reverse().sort(byImpact)[0]?.headline?.code).toBe('two_primaries');
  });
});

describe('the old primary whose Patroni died and whose key expired', () => {
  const dead: MemberSpec = { ...n1, rest: 'refused' };
  const expired: MemberSpec = { ...dead, key: null };
  const moments = (old: MemberSpec, heir: MemberSpec): readonly ClusterSpec[] => [
    { members: trio },
    ...Array.from({ length: 4 }, () => ({ members: [{ ...old, key: {} }, n2, n3] })),
    ...Array.from({ length: 3 }, () => ({ leader: 'n2', members: [old, heir, apart(n3)] })),
  ];

  it('is never told as a member that left, and is a danger before the new leader has been promoted', () => {
    const { all } = play(moments(expired, apart(n2)));
    expect(all.map(code)).not.toContain('member_lost');
    const cause = causeOf(all.at(-1) as Snapshot);
    expect(cause.code).toBe('stray_primary');
    expect(cause.severity).toBe('critical');
    expect(String(cause.headline)).toBe('n1 runs as a primary without the leader key, which n2 holds');
    expect(acts(cause)).toEqual([]);
  });

  it('is one of two primaries as soon as the other is one', () => {
    expect(code(play(moments(expired, { ...n2, role: 'primary', timeline: 2 })).snapshot)).toBe('two_primaries');
  });

  it('has left where its PostgreSQL is gone too', () => {
    const heir: MemberSpec = { ...n2, role: 'primary', timeline: 2 };
    expect(code(play(moments({ ...expired, sql: 'refused' }, heir)).snapshot)).toBe('member_lost');
  });
});

describe('the DCS', () => {
  it('silent while the primary outlived the ttl twice is silent only from here: unknown, not an outage', () => {
    const cause = causeOf(steady({ members: trio, dcs: 'stale' }));
    expect([cause.code, String(cause.headline)]).toEqual([
      'dcs_unreachable',
      expect.stringMatching(/^The DCS has not/),
    ]);
    const longer = play([
      { members: trio },
      { members: trio, dcs: 'stale', config: { ttl: 20 } },
      { members: trio, dcs: 'stale', config: { ttl: 20 } },
    ]).snapshot;
    expect(String(causeOf(longer).headline)).toBe('Howdah alone does not reach the DCS');
    expect(causeOf(longer).severity).toBe('unknown');
  });

  it('silent with nobody left as a primary is an outage', () => {
    const cause = causeOf(
      steady({ dcs: 'stale', members: trio.map((member) => ({ ...apart(member), role: 'replica' })) }),
    );
    expect([cause.code, cause.impact]).toEqual(['dcs_unreachable', 'not_writable']);
  });
});

describe('a standby', () => {
  it('whose cascade upstream is dead is told as that, and not as pg_hba', () => {
    const down: MemberSpec = { ...n2, rest: 'refused', sql: 'refused' };
    const fed: MemberSpec = { ...n3, upstream: null, tags: { replicatefrom: 'n2' } };
    const snapshot = steady({ members: [n1, down, fed] }, 12);
    expect(code(snapshot)).toBe('member_silent');
    const finding = snapshot.findings.find(({ code: found }) => found === 'replica_not_streaming');
    expect(String(finding?.advice)).not.toContain('pg_hba');
    expect(causeOf(snapshot).explains.some((key) => key.startsWith('replica_not_streaming:n3'))).toBe(true);
  });

  it('that forked and whose Patroni is gone is not to be reinitialized, for nobody is there to do it: its data go aside first', () => {
    const history = [[1, HEAD - MIB, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n1']];
    const forked = { ...apart(n3), timeline: 1, lsn: HEAD };
    const lead = [
      { ...n1, timeline: 2 },
      { ...n2, timeline: 2 },
    ];
    const alive = causeOf(steady({ history, members: [...lead, forked] }));
    expect([alive.code, acts(alive)]).toEqual(['standby_forked', ['reinitialize n3']]);
    const begin = { history, members: [...lead, forked] };
    const dead = { history, members: [...lead, { ...forked, rest: 'lost', sql: 'lost' } as const] };
    const cause = causeOf(play([begin, begin, dead, dead]).snapshot);
    expect([cause.code, acts(cause)]).toEqual(['standby_forked', []]);
    expect(cause.steps.map(({ text }) => String(text))).toEqual([
      'Stop Patroni on n3, then its PostgreSQL if that still runs, and move its data directory aside',
      'Start Patroni on n3: it finds no data and copies the leader',
    ]);
    const paused = causeOf(play([begin, begin, dead, dead].map((spec) => ({ ...spec, config: PAUSED }))).snapshot);
    expect(String(paused.steps.at(-1)?.text)).toBe(
      'Start Patroni on n3, then reinitialize it: while paused it copies nothing by itself',
    );
  });

  it('that stands alone says with it that nobody could take over', () => {
    const cause = causeOf(steady({ members: [n1, apart(n2)] }, 12));
    expect([cause.code, cause.impact]).toEqual(['standby_cannot_stream', 'no_failover']);
  });

  it('of many with one trouble is one cause', () => {
    const many = Array.from({ length: 12 }, (_, index): MemberSpec => ({ name: `m${index}`, sql: 'refused' }));
    const cause = causeOf(steady({ members: [n1, ...many] }, 12));
    expect(String(cause.headline)).toBe('PostgreSQL refuses connections on 12 members');
    expect(cause.explains.length).toBeGreaterThanOrEqual(12);
  });
});

describe('the keys of a cluster', () => {
  const NONE = { config: null, initialize: null, leader: null, status: null };
  const away = (members: readonly MemberSpec[], keys: ClusterSpec['keys'] = NONE, more: Partial<ClusterSpec> = {}) => {
    const without = members.map((member) => ({ ...member, key: null }));
    const after = { members: without, keys, ...more };
    return play([{ members: trio, ...more }, ...Array.from({ length: 4 }, () => after)]).snapshot;
  };
  /** As after a restart: nothing was seen before, the roster is all that is known. */
  const recalled = (members: readonly MemberSpec[], declared: readonly string[] | null = null): Snapshot => {
    const seen = members.map(({ name }) => ({
      ...{ name, systemIdentifier: SYSTEM, firstAt: 1, listedAt: 2 },
      ...{ apiUrl: null, host: null, port: null },
    }));
    const without = members.map((member) => ({ ...member, key: null }));
    return steady({ members: without, keys: NONE, roster: { seen, declared } }, 4);
  };
  const mute = { rest: 'refused', sql: 'refused' } as const;
  const standbys = [apart(n2), apart(n3)].map((member): MemberSpec => ({ ...member, role: 'replica' }));
  const words = (cause: Cause): string =>
    [cause.headline, cause.consequence, cause.ifNobodyActs, ...cause.steps.flatMap(({ text, cost }) => [text, ...cost])]
      .map(String)
      .join(' ');

  it('that are gone while a primary runs are critical, and one trouble', () => {
    const snapshot = away(trio);
    expect([code(snapshot), snapshot.health, snapshot.cluster.writable]).toEqual(['keys_gone', 'critical', null]);
    expect(String(causeOf(snapshot).headline)).toBe('The keys of the cluster are gone; n1 still runs as a primary');
    expect(acts(causeOf(snapshot))).toEqual([]);
    expect(causeOf(snapshot).impact).toBe('data_at_risk');
    expect(String(causeOf(snapshot).steps[0]?.text)).toContain('Do not stop PostgreSQL on n1');
    expect(words(causeOf(snapshot))).not.toContain('removed on purpose');
  });

  it('that are gone while standbys alone answer: nobody takes writes, or the one that does not answer may', () => {
    const [gone, half] = [recalled(standbys), recalled([{ ...n1, ...mute }, ...standbys])];
    expect([code(gone), causeOf(gone).impact, code(half), causeOf(half).impact]).toEqual([
      ...['keys_gone', 'not_writable', 'keys_gone', 'unknown'],
    ]);
    expect(String(causeOf(gone).headline)).toContain('still runs on n2 and n3, as a standby');
    expect(String(causeOf(half).consequence)).toContain('whether n1 does is not known');
    expect(words(causeOf(half))).not.toMatch(/primary|Clients may still work/);
  });

  it('that are gone and nobody answers: what is known, both that it may mean, and whom to start first', () => {
    const snapshot = recalled(trio.map((member) => ({ ...member, ...mute })));
    const cause = causeOf(snapshot);
    expect([cause.code, cause.severity, cause.impact]).toEqual(['keys_gone', 'critical', 'unknown']);
    expect(String(cause.headline)).toBe('The keys of the cluster are gone, and none of n1, n2 and n3 answers');
    expect(words(cause)).not.toMatch(/runs as a primary|Clients may still work|still runs/);
    expect(cause.steps.map(({ command }) => command)).toEqual([
      ...['etcdctl get --prefix --keys-only /service/', null, 'systemctl start patroni'],
    ]);
    expect(String(cause.steps[1]?.text)).toContain('say so on its page');
    expect(String(cause.steps[2]?.text)).toContain('on the member that led last');
    expect(cause.evidence.map(({ label }) => String(label))).toEqual(['DCS', 'n1', 'n2', 'n3']);
  });

  it('names whom to start first where it is known who led, and the file where the file says who should be there', () => {
    const silent = trio.map((member) => ({ ...member, ...mute }));
    const seen = trio.map(({ name }) => ({
      ...{ name, systemIdentifier: SYSTEM, firstAt: 1, listedAt: 2 },
      ...{ apiUrl: null, host: null, port: null },
    }));
    const led = causeOf(away(silent, NONE, { roster: { seen, declared: null } }));
    expect(String(led.steps[2]?.text)).toContain('start Patroni first on n1, which led last');
    const filed = causeOf(recalled(silent, ['n1', 'n2', 'n3']));
    expect(String(filed.steps[1]?.text)).toContain('howdah.yaml');
  });

  it('that are gone while Patroni answers without PostgreSQL does not say that nobody answers', () => {
    const stopped = trio.map((member): MemberSpec => ({ ...member, state: 'stopped', sql: 'refused' }));
    const cause = causeOf(recalled(stopped));
    expect(String(cause.headline)).toBe(
      'The keys of the cluster are gone, and PostgreSQL is seen to run on none of n1, n2 and n3',
    );
    expect(cause.impact).toBe('unknown');
  });

  it('are not called gone where nobody runs any more, or one of them stands', () => {
    expect(code(away(trio.map((member) => ({ ...member, rest: 'refused', sql: 'refused' }))))).not.toBe('keys_gone');
    expect(code(away(trio, { ...NONE, initialize: SYSTEM }))).not.toBe('keys_gone');
  });
});

describe('a name', () => {
  it('is quoted where a shell or SQL would read it otherwise', () => {
    const odd = "n2; rm -rf '/'";
    const tagged = { tags: { nofailover: true } };
    const members = [gone, { ...apart({ name: odd }), ...tagged }];
    const commands = causeOf(steady({ leader: null, members }, 8)).steps.flatMap(({ command }) => command ?? []);
    expect(commands).toContain(`patronictl reload demo 'n2; rm -rf '\\''/'\\'''`);
  });
});

describe('the table', () => {
  it('has a row for each code, with a meaning', () => {
    expect(CAUSE_ROWS.map((row) => row.code).sort()).toEqual([...CAUSE_CODES].sort());
    for (const { meaning } of CAUSE_ROWS) expect(meaning).toMatch(/\.$/);
  });

  it('gives at most three steps and five facts, and knows what it costs', () => {
    for (const snapshot of [lost(), lost({ config: PAUSED, leader: null }), steady({ members: [n1, apart(n2)] }, 12)]) {
      const cause = causeOf(snapshot);
      expect(cause.steps.length).toBeLessThanOrEqual(STEPS_MAX);
      expect(cause.evidence.length).toBeLessThanOrEqual(EVIDENCE_MAX);
      expect(IMPACTS).toContain(cause.impact);
    }
  });

  it('remembers since when, over the change from one cause of the outage to the next', () => {
    const spec = { members: [gone, apart(n2), apart(n3)], leader: null };
    const due = steady(spec, 8);
    const late = steady(spec, 40);
    expect(causeOf(late).notWritableSince).toBe(causeOf(due).notWritableSince);
  });
});
