import { describe, expect, it } from 'vitest';
import type { Snapshot } from './cluster';
import { haproxy, other } from './entries/test-doors';
import { fleetRow, worstReplayLag } from './fleet';
import { SEVERITIES } from './severity';
import { buildSnapshot } from './snapshot';
import { type ClusterSpec, cluster, HEAD, type MemberSpec, MIB, NOW, play, steady } from './testkit';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const base: ClusterSpec = { members: [n1, n2] };
const kinds = (...moments: ClusterSpec[]): string[] => play(moments).changes.map((change) => change.kind);
const gone = { ...n2, rest: 'lost', sql: 'lost' } as const;

describe('events', () => {
  it('are none at the first snapshot and none when nothing changes', () => {
    expect(kinds(base)).toEqual([]);
    expect(kinds(base, base)).toEqual([]);
  });

  it('tell once that a member stopped answering, and once that it answers again', () => {
    const silent = { members: [n1, gone] };
    expect(kinds(base, silent)).toContain('member_silent');
    expect(kinds(base, silent, silent)).toEqual([]);
    expect(kinds(base, silent, base)).toContain('member_answers');
  });

  it('tell that a member answers which failed to since Howdah began, but not the first answer of one not asked before', () => {
    const failing = { members: [n1, { ...n2, rest: 'refused', sql: 'refused' } as const] };
    expect(kinds(failing, base)).toContain('member_answers');
    const unasked = { members: [n1, { ...n2, rest: 'never', sql: 'never' } as const] };
    expect(kinds(unasked, base)).not.toContain('member_answers');
  });

  it('tell a loss of the leader and a new leader, with both names', () => {
    const lost = { leader: null, members: [{ ...n1, role: 'replica' as const }, n2] };
    expect(kinds(base, lost)).toContain('leader_lost');
    const { changes } = play([
      base,
      {
        leader: 'n2',
        members: [
          { ...n1, role: 'replica' },
          { ...n2, role: 'primary' },
        ],
      },
    ]);
    expect(changes.find((change) => change.kind === 'leader_changed')?.text).toBe('n2 leads, after n1');
  });

  it('do not tell of a lost leader when it is only the DCS that is silent', () => {
    expect(kinds(base, { ...base, dcs: 'stale' })).not.toContain('leader_lost');
  });

  it('tell members that come and go, pause and resume, and the names of changed settings', () => {
    expect(kinds({ members: [n1] }, base)).toContain('member_joined');
    expect(kinds(base, { members: [n1] })).toContain('member_left');
    expect(kinds(base, { ...base, config: { pause: true } })).toContain('paused');
    expect(kinds({ ...base, config: { pause: true } }, base)).toContain('resumed');
  });

  it('tell a member that moves to another address, and not one whose address is missing for a moment', () => {
    const raw = cluster(base);
    const movedTo = (own: { readonly host?: string | null; readonly apiUrl?: string | null }) => ({
      ...raw,
      members: raw.members.map((member) => (member.name === 'n2' ? { ...member, ...own } : member)),
    });
    const { snapshot } = buildSnapshot(raw, null, 5);
    const told = (own: Parameters<typeof movedTo>[0]) =>
      buildSnapshot(movedTo(own), snapshot, 5).changes.filter(({ kind }) => kind === 'member_moved');
    expect(told({ host: '203.0.113.9' }).map(({ member, text }) => [member, String(text)])).toEqual([
      ['n2', expect.stringContaining('203.0.113.9')],
    ]);
    expect(told({ apiUrl: 'http://203.0.113.9:8008' })).toHaveLength(1);
    expect([told({}), told({ host: null }), told({ apiUrl: null })]).toEqual([[], [], []]);
  });

  it('tell a pause as a pause alone, and of a configuration the keys that changed', () => {
    const saved = (config: ClusterSpec['config'], revision: string, after: Snapshot | null) => {
      const raw = cluster({ ...base, config: { ...config } });
      const keys = raw.dcs?.keys?.map((key) => (key.key === 'config' ? { ...key, version: revision } : key)) ?? null;
      return buildSnapshot({ ...raw, dcs: raw.dcs === null ? null : { ...raw.dcs, keys } }, after, 5);
    };
    const { snapshot } = saved({}, '50', null);
    const told = (config: ClusterSpec['config'], revision = '51') =>
      saved(config, revision, snapshot)
        .changes.filter(({ kind }) => kind !== 'finding_raised')
        .map(({ kind, text }) => `${kind}: ${text}`);
    expect(told({ pause: true })).toEqual(['paused: paused: no automatic failover']);
    const prefix = 'config_changed: dynamic configuration changed:';
    expect(told({ ttl: 40, loop_wait: 5 })).toEqual([`${prefix} ttl: 30 to 40, loop_wait: 10 to 5`]);
    expect(told({ pause: true, ttl: 40 })).toEqual([
      'paused: paused: no automatic failover',
      `${prefix} ttl: 30 to 40`,
    ]);
    expect(told({})).toEqual([]);
  });

  it('name the parameter that changed, from what to what, and no value that may hold a password', () => {
    const told = (before: object, after: object) => {
      const saved = (config: object, revision: string, earlier: Snapshot | null) => {
        const raw = cluster({ ...base, config: { ...config } });
        const keys = raw.dcs?.keys?.map((key) => (key.key === 'config' ? { ...key, version: revision } : key)) ?? null;
        return buildSnapshot({ ...raw, dcs: raw.dcs === null ? null : { ...raw.dcs, keys } }, earlier, 5);
      };
      const { snapshot } = saved(before, '50', null);
      const { changes } = saved(after, '51', snapshot);
      const event = changes.find(({ kind }) => kind === 'config_changed');
      return String(event?.text ?? '').replace('dynamic configuration changed: ', '');
    };
    const parameters = (values: object) => ({ postgresql: { parameters: values } });
    expect(told(parameters({ shared_buffers: '128MB' }), parameters({ shared_buffers: '256MB' }))).toBe(
      'shared_buffers: 128MB to 256MB',
    );
    expect(told({}, parameters({ work_mem: '8MB' }))).toBe('work_mem set to 8MB');
    expect(told({ synchronous_mode: true }, {})).toBe('synchronous_mode removed, was true');
    expect(told({ postgresql: { pg_hba: ['a', 'b'] } }, { postgresql: { pg_hba: ['a', 'c'] } })).toBe(
      'postgresql.pg_hba changed',
    );
    expect(told({ postgresql: { pg_hba: ['a'] } }, { postgresql: { pg_hba: ['a', 'c'] } })).toBe(
      'postgresql.pg_hba: 1 line to 2 lines',
    );
    const conninfo = (password: string) => parameters({ primary_conninfo: `host=x password=${password}` });
    expect(told(conninfo('one'), conninfo('two'))).toBe('primary_conninfo changed');
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`p${n}`, n]));
    expect(told({}, parameters(many))).toMatch(/^p0 set to 0, .*p5 set to 5 and 3 more$/);
  });

  it('tell a finding when it is raised and when it is over', () => {
    const skewed = { members: [n1, { ...n2, clockMs: 9000 }] };
    expect(kinds(base, skewed)).toEqual(['finding_raised']);
    expect(kinds(base, skewed, skewed)).toEqual([]);
    expect(kinds(base, skewed, base)).toEqual(['finding_cleared']);
  });
});

describe('findings', () => {
  const bad: MemberSpec[] = [
    { ...n1, patroni: { pending_restart: true } },
    { ...n2, role: 'primary', timeline: 5 },
    { name: 'n3', rest: 'timeout', sql: 'timeout' },
    { name: 'n4', clockMs: 9000 },
  ];

  it('stand worst first, unknown before warning', () => {
    const { findings, health } = steady({ members: bad });
    const order = findings.map((finding) => SEVERITIES.indexOf(finding.severity));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(findings.map((finding) => finding.severity))).toEqual(
      new Set(['critical', 'unknown', 'warning', 'note']),
    );
    expect(health).toBe('critical');
    expect(SEVERITIES.indexOf('unknown')).toBeLessThan(SEVERITIES.indexOf('warning'));
  });

  it('keep the instant at which they were first seen, and begin anew after a gap', () => {
    const skewed: ClusterSpec = { members: [n1, { ...n2, clockMs: 9000 }] };
    const { all } = play([base, skewed, skewed, base, skewed], 1000);
    expect(all.map((snapshot) => snapshot.findings[0]?.since ?? null)).toEqual([
      null,
      NOW + 1000,
      NOW + 1000,
      null,
      NOW + 4000,
    ]);
  });
});

describe('a fleet row', () => {
  it('has an unknown lag, not zero, when no standby can be measured', () => {
    expect(worstReplayLag(steady({ members: [n1, gone] }).cluster)).toBeNull();
    expect(worstReplayLag(steady({ ...base, dcs: 'stale' }).cluster)).toBeNull();
    expect(worstReplayLag(steady({ members: [n1] }).cluster)).toBe(0);
  });

  it('shows the worst lag and the worst finding', () => {
    const row = fleetRow(steady({ members: [n1, { ...n2, lsn: HEAD - 3 * MIB }, { name: 'n3' }] }), []);
    expect(row).toMatchObject({
      replayLagBytes: 3 * MIB,
      replayLagOverLimit: true,
      impact: 'degraded',
      headline: { code: 'standby_slow' },
    });
  });

  it('is never ok while a listed member is silent or the leader is not known', () => {
    for (const spec of [
      { members: [n1, gone] },
      { ...base, dcs: 'stale' as const },
      { ...base, dcs: 'never' as const, members: [] },
    ])
      expect(fleetRow(steady(spec), []).health).not.toBe('ok');
  });
});

describe('a door', () => {
  const at = (leader: 'n1' | 'n2', to: 'n1' | 'n2' | 'nobody'): ClusterSpec => ({
    leader,
    members: ['n1', 'n2', 'n3'].map((name) => ({
      name,
      role: name === leader ? ('primary' as const) : ('replica' as const),
    })),
    entries: [
      {
        kind: 'haproxy',
        answer: haproxy({ primary: ['n1', 'n2', 'n3'].map((name) => (name === to ? { name } : other(name))) }),
      },
    ],
  });
  const moves = (moments: readonly ClusterSpec[]): string[] =>
    moments.flatMap((_, index) =>
      play(moments.slice(0, index + 1))
        .changes.filter(({ kind }) => kind === 'entry_moved')
        .map(({ text }) => String(text)),
    );

  it('that follows a switchover is one event, with how long after, also by way of nobody', () => {
    expect(
      moves([at('n1', 'n1'), at('n1', 'n1'), at('n2', 'nobody'), at('n2', 'nobody'), at('n2', 'n2'), at('n2', 'n2')]),
    ).toEqual(['lb primary moved from n1 to n2, 2 s after n2 became leader']);
  });

  it('that leads to nobody for a while and back has not moved', () => {
    expect(moves([at('n1', 'n1'), at('n1', 'nobody'), at('n1', 'n1')])).toEqual([]);
  });
});
