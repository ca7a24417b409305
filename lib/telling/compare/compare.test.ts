import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from '../../domain/events';
import { type ClusterSpec, HEAD, NOW, steady } from '../../domain/testkit';
import { compareSnapshots, toldBetween } from './compare';

const MiB = 1024 * 1024;
const spec: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] };
const before = steady(spec);
const later = (change: Partial<ClusterSpec>) => steady({ ...spec, now: NOW + 600_000, ...change });
const said = (comparison: ReturnType<typeof compareSnapshots>): string[] =>
  comparison.differs.map((one) => `${one.subject}: ${one.before} -> ${one.after}`);

describe('two moments of a cluster', () => {
  it('in which nothing happened differ in nothing, whatever the positions did', () => {
    const { differs, findings, config, notCompared, equal } = compareSnapshots(before, later({}), true);
    expect(differs).toEqual([]);
    expect(findings).toEqual([]);
    expect(config).toEqual([]);
    expect(notCompared).toEqual([]);
    expect(equal.length).toBeGreaterThan(20);
  });

  it('around a switchover differ in who leads, the timeline and the two roles', () => {
    const after = later({
      leader: 'n2',
      members: [
        { name: 'n1', role: 'replica', timeline: 2 },
        { name: 'n2', role: 'primary', timeline: 2 },
        { name: 'n3', timeline: 2 },
      ],
    });
    const lines = said(compareSnapshots(before, after, true));
    expect(lines).toContain('leader: n1 -> n2');
    expect(lines).toContain('timeline: 1 -> 2');
    expect(lines).toContain('n1, role: leader -> replica');
    expect(lines).toContain('n2, role: replica -> leader');
    expect(lines).toContain('n3, follows: n1 -> n2');
    // They went along with the cluster.
    expect(lines.filter((line) => /^n\d, timeline/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('n3, role'))).toEqual([]);
  });

  it('differ in lag where it may keep a member from taking over, and not for a few kB', () => {
    const lagging = (bytes: number) =>
      compareSnapshots(
        before,
        later({ members: [{ name: 'n1' }, { name: 'n2', lsn: HEAD - bytes, received: HEAD }, { name: 'n3' }] }),
        true,
      );
    expect(said(lagging(20 * MiB)).filter((line) => line.includes('n2, replay lag'))).toHaveLength(1);
    expect(said(lagging(4096)).filter((line) => line.includes('replay lag'))).toEqual([]);
  });

  it('do not compare what was not seen at one of them, and never call it equal', () => {
    const after = later({ members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3', rest: 'lost', sql: 'lost' }] });
    const { differs, equal, notCompared } = compareSnapshots(before, after, true);
    const keys = notCompared.map(({ key }) => key);
    expect(keys).toContain('n3/state');
    expect(keys).toContain('n3/lag');
    expect([...differs, ...equal].map(({ key }) => key)).not.toContain('n3/lag');
  });

  it('have the findings that are new, and those that are over', () => {
    const after = later({ config: { pause: true } });
    expect(compareSnapshots(before, after, true).findings.map(({ change, finding }) => [change, finding.code])).toEqual(
      [['new', 'paused']],
    );
    expect(compareSnapshots(after, before, true).findings.map(({ change, finding }) => [change, finding.code])).toEqual(
      [['over', 'paused']],
    );
  });

  it('have the leaves of the configuration that were set differently', () => {
    const of = (work_mem: string) => ({ postgresql: { parameters: { work_mem } } });
    const { config } = compareSnapshots(steady({ ...spec, config: of('16MB') }), later({ config: of('24MB') }), true);
    expect(config).toEqual([{ path: ['postgresql', 'parameters', 'work_mem'], before: '16MB', after: '24MB' }]);
  });

  it('have a member that came and one that went', () => {
    const after = later({ members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n4' }] });
    const lines = said(compareSnapshots(before, after, true));
    expect(lines).toContain('n4, in the member list: no -> yes');
    expect(lines).toContain('n3, in the member list: yes -> no');
  });
});

describe('two clusters', () => {
  it('do not differ in what is each one its own', () => {
    const other = { ...before, cluster: { ...before.cluster, systemIdentifier: '7' } };
    expect(said(compareSnapshots(before, other, true))).toHaveLength(1);
    expect(said(compareSnapshots(before, other, false))).toEqual([]);
  });
});

describe('what told of a difference', () => {
  const event = (kind: ClusterEvent['kind'], at: number, members: readonly string[]): ClusterEvent => ({
    ...{ id: `${at}`, at, by: 'seen', notBefore: null, kind, severity: null, code: null, members, text: kind },
    member: members[0] ?? null,
  });
  it('is the newest event of its kind about its member, and none about another', () => {
    const after = later({ members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3', paused: true }] });
    const [state] = compareSnapshots(before, after, true).differs.filter(({ key }) => key === 'n3/state');
    const events = [
      event('replay_paused', 1, ['n3']),
      event('replay_paused', 2, ['n3']),
      event('replay_paused', 3, ['n2']),
    ];
    expect(state && toldBetween(state, events)?.at).toBe(2);
    expect(state && toldBetween(state, events.slice(2))).toBeNull();
  });
});
