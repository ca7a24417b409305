import { describe, expect, it } from 'vitest';
import { type FleetRow, fleetRow } from '../fleet';
import { type ClusterSpec, type MemberSpec, steady } from '../testkit';
import { sharedCauses } from './shared';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const trio: readonly MemberSpec[] = [n1, n2, n3];
const dead = (member: MemberSpec): MemberSpec => ({ ...member, rest: 'refused', sql: 'refused', upstream: null });

/** The row of one cluster of many; members of the lab stand on 10.0.0.1 to 3. */
function row(scope: string, spec: ClusterSpec, change: Partial<FleetRow> = {}): FleetRow {
  return { ...fleetRow(steady(spec, 8), []), scope, ...change };
}

const silent: ClusterSpec = { members: trio, dcs: 'stale' };
const healthy: ClusterSpec = { members: trio };

describe('a DCS', () => {
  it('that is silent for 41 clusters is one cause, and each of them is quiet', () => {
    const all = Array.from({ length: 41 }, (_, index) => row(`c${index}`, silent));
    const shared = sharedCauses([...all, row('other', healthy)]);
    expect(shared.map(({ code, title }) => [code, String(title)])).toEqual([
      ['dcs', 'The DCS of 41 clusters does not answer'],
    ]);
    expect([shared[0]?.scopes.length, shared[0]?.quiet.length]).toEqual([41, 41]);
  });

  it('of one cluster alone, or of another source, is no shared cause', () => {
    expect(sharedCauses([row('a', silent), row('b', healthy)])).toEqual([]);
    expect(sharedCauses([row('a', silent), row('b', silent, { source: 'elsewhere' })])).toEqual([]);
  });

  it('leaves the cluster loud that has a worse trouble of its own', () => {
    const two: ClusterSpec = { ...silent, members: [n1, { ...n2, role: 'primary', timeline: 2 }, n3] };
    const shared = sharedCauses([row('a', silent), row('b', silent), row('c', two)]);
    expect(shared.flatMap(({ quiet }) => quiet)).toEqual(['a', 'b']);
  });

  it('counts who still takes writes', () => {
    const lost: ClusterSpec = {
      dcs: 'stale',
      members: trio.map((member) => ({ ...member, role: 'replica' as const, upstream: null })),
    };
    const [shared] = sharedCauses([row('a', lost), row('b', lost)]);
    expect([String(shared?.text), shared?.health]).toEqual(['2 not writable.', 'critical']);
  });
});

describe('a host', () => {
  const without: ClusterSpec = { members: [n1, n2, dead(n3)] };

  it('whose members are silent in several clusters is one cause', () => {
    const shared = sharedCauses([row('a', without), row('b', without)]);
    expect(shared.map(({ title, text }) => `${title}: ${text}`)).toEqual([
      'Host 10.0.0.3 is silent: members of 2 clusters were on it: n3 of a, n3 of b',
    ]);
    expect(shared[0]?.quiet).toEqual(['a', 'b']);
  });

  it('on which any member answers is not gone, and one cluster alone makes no host', () => {
    expect(sharedCauses([row('a', without), row('b', without), row('c', healthy)])).toEqual([]);
    expect(sharedCauses([row('a', without)])).toEqual([]);
  });

  it('that carried the leader of one of them leaves that cluster loud', () => {
    const headless: ClusterSpec = { leader: null, members: [dead(n3), { ...n1, role: 'replica', upstream: null }] };
    // There the first member stands on 10.0.0.1.
    const other: ClusterSpec = { members: [n1, dead(n2)] };
    const at = (scope: string, spec: ClusterSpec): FleetRow => {
      const seen = row(scope, spec);
      return {
        ...seen,
        members: seen.members.map((member) => ({ ...member, host: member.silent ? 'h9' : `${scope}-h` })),
      };
    };
    const [shared] = sharedCauses([at('a', headless), at('b', other)]);
    expect(shared?.scopes).toEqual(['a', 'b']);
    expect(shared?.quiet).toEqual(['b']);
  });
});
