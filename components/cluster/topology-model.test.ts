import { describe, expect, it } from 'vitest';
import { type ClusterSpec, HEAD, type MemberSpec, MIB, play, steady } from '@/lib/domain/testkit';
import { type TopologyNode, topologyNodes } from './topology-model';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const draw = (spec: ClusterSpec): ReadonlyMap<string, TopologyNode> =>
  new Map(topologyNodes(steady(spec)).map((node) => [node.name, node]));
const node = (members: readonly MemberSpec[], name: string, more: Partial<ClusterSpec> = {}): TopologyNode => {
  const found = draw({ members, ...more }).get(name);
  if (found === undefined) throw new Error(`${name} is not drawn`);
  return found;
};

describe('whom a member hangs from', () => {
  const wanted = { replicatefrom: 'n2' };

  it('is whom it streams from, whatever its replicatefrom asks for', () => {
    expect(node([n1, n2, { name: 'n3', tags: wanted, upstream: 'n1' }], 'n3').parent).toBe('n1');
    expect(node([n1, n2, { name: 'n3', tags: wanted, upstream: 'n2' }], 'n3').parent).toBe('n2');
    expect(node([n1, n2, { name: 'n3', upstream: 'n2' }], 'n3').parent).toBe('n2');
  });

  it('is where it should be while it does not stream: its replicatefrom, else the leader', () => {
    expect(node([n1, n2, { name: 'n3', tags: wanted, upstream: null }], 'n3').parent).toBe('n2');
    expect(node([n1, n2, { name: 'n3', upstream: null }], 'n3').parent).toBe('n1');
    expect(node([n1, n2, { name: 'n3', tags: { replicatefrom: 'gone' }, upstream: null }], 'n3').parent).toBe('n1');
  });

  it('is nobody for the leader and for a second primary', () => {
    const members: MemberSpec[] = [n1, { ...n2, role: 'primary' }];
    expect([node(members, 'n1').parent, node(members, 'n2').parent]).toEqual([null, null]);
  });
});

describe('the line to the upstream', () => {
  it('says how far behind, and is broken where nothing streams', () => {
    expect(node([n1, { ...n2, lsn: HEAD - 3 * MIB, received: HEAD }], 'n2').edge).toMatchObject({
      kind: 'async',
      above: '3 MiB',
    });
    expect(node([n1, { ...n2, upstream: null }], 'n2').edge).toMatchObject({ kind: 'broken', above: 'not streaming' });
  });

  it('is not idle with bytes under way, also where the walsender has no interval', () => {
    const silent = { replication: [{ application_name: 'n2', state: 'streaming', replay_s: null }] };
    const edge = (lsn: number) =>
      node(
        [
          { ...n1, fast: silent },
          { ...n2, lsn, received: lsn },
        ],
        'n2',
      ).edge;
    expect(edge(HEAD - 3 * MIB)).toMatchObject({ above: '3 MiB', below: '' });
    expect(edge(HEAD)).toMatchObject({ above: '0 B', below: 'idle' });
  });

  it('is not known, and drawn so, for a member that does not answer', () => {
    const silent = node([n1, { ...n2, rest: 'timeout', sql: 'timeout' }], 'n2');
    expect(silent).toMatchObject({ edge: { kind: 'unknown', tone: 'unknown' }, strong: 'no answer', mute: true });
    expect(silent.tone).toBe('unknown');
  });

  it('is quiet while WAL flows, whatever else troubles the member; loud where the trouble is the flow', () => {
    const snapshot = steady({ members: [n1, n2] });
    const told = (code: string) =>
      topologyNodes({
        ...snapshot,
        findings: [
          { code, severity: 'warning', members: ['n2'], title: '', advice: '', evidence: [], since: 0 } as never,
        ],
      }).find(({ name }) => name === 'n2');
    expect(told('member_not_running')).toMatchObject({ tone: 'warning', edge: { tone: 'plain' } });
    expect(told('lag_high')).toMatchObject({ tone: 'warning', edge: { tone: 'warning' } });
  });

  it('is that of a sync standby only for who is in /sync', () => {
    const sync = { config: { synchronous_mode: true }, sync: { leader: 'n1', sync_standby: 'n2' } };
    const members = [n1, n2, { name: 'n3' }];
    expect([node(members, 'n2', sync).edge?.kind, node(members, 'n3', sync).edge?.kind]).toEqual(['sync', 'async']);
  });
});

describe('who leads', () => {
  it('is drawn as leader only while that is known and it answers', () => {
    expect(node([n1, n2], 'n1')).toMatchObject({ leads: true, strong: null });
    const silent: ClusterSpec = { members: [{ ...n1, rest: 'timeout', sql: 'timeout' }, n2] };
    expect(topologyNodes(play([{ members: [n1, n2] }, silent]).snapshot)[0]).toMatchObject({
      leads: false,
      strong: 'no answer',
    });
    const blind = topologyNodes(play([{ members: [n1, n2] }, { members: [n1, n2], dcs: 'stale' }]).snapshot)[0];
    expect(blind).toMatchObject({ leads: false, strong: 'leader unknown' });
  });
});

describe('a second primary', () => {
  it('is drawn as a primary first of all, and only then as forked', () => {
    const history = [[1, HEAD - MIB, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n1']];
    const forked: ClusterSpec = {
      history,
      members: [
        { ...n1, timeline: 2 },
        { ...n2, role: 'primary', timeline: 1, lsn: HEAD },
        { name: 'n3', timeline: 2 },
      ],
    };
    expect(draw(forked).get('n2')).toMatchObject({ strong: 'primary', role: 'without the leader key, forked' });
    expect(
      steady(forked)
        .findings.map(({ code }) => code)
        .slice(0, 3),
    ).toEqual(['multiple_primaries', 'primary_without_leader_key', 'replica_diverged']);
    expect(node([n1, { ...n2, role: 'primary' }], 'n2')).toMatchObject({
      strong: 'primary',
      role: 'without the leader key',
    });
  });

  it('is nobody who leads, nor one that is silent and was a primary', () => {
    expect(node([n1, n2], 'n1').strong).toBeNull();
    const was = play([
      { members: [n1, { ...n2, role: 'primary' }] },
      { members: [n1, { ...n2, role: 'primary', rest: 'timeout', sql: 'timeout' }] },
    ]).snapshot;
    expect(topologyNodes(was)[1]?.strong).toBe('no answer');
  });
});

describe('a forked member', () => {
  it('says how far past the fork it is, and what patronictl says of it', () => {
    const forked = node(
      [
        { ...n1, timeline: 2 },
        { ...n2, timeline: 1, lsn: HEAD + MIB, upstream: null },
      ],
      'n2',
      { history: [[1, HEAD - MIB, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n1']] },
    );
    expect(forked).toMatchObject({ strong: 'forked', tone: 'critical', mute: false, noted: true });
    expect(forked.fork?.[0]).toBe('2 MiB past the fork');
    expect(forked.line?.text).toMatch(/^patronictl: /);
  });
});
