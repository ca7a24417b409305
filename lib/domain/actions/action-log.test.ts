// The log of an action says what changed between two snapshots, with its witness, and nothing where nothing did.
import { describe, expect, it } from 'vitest';
import { type ClusterSpec, HEAD, play } from '../testkit';
import { logBetween } from './action-log';

const members = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const healthy: ClusterSpec = { members };

function lines(before: ClusterSpec, after: ClusterSpec): readonly string[] {
  const [was, is] = play([before, after]).all;
  if (was === undefined || is === undefined) throw new Error('two snapshots');
  return logBetween(was, is).map(({ source, text }) => `${source}: ${text}`);
}

describe('what was seen', () => {
  it('is nothing where nothing changed', () => {
    expect(lines(healthy, healthy)).toEqual([]);
  });

  it('a leader that stops', () => {
    const stopping: ClusterSpec = {
      members: [
        { name: 'n1', state: 'stopping', sql: 'refused' },
        { name: 'n2', upstream: null },
        { name: 'n3', upstream: null },
      ],
    };
    expect(lines(healthy, stopping)).toEqual(
      expect.arrayContaining(['Patroni n1: state stopping', 'PostgreSQL n1: refused']),
    );
  });

  it('the leader key and the request', () => {
    const asked = { ...healthy, failover: { leader: 'n1', member: 'n2' } };
    expect(lines(healthy, asked)[0]).toMatch(/^DCS: \/failover = n1 to n2, revision \d+$/);
    expect(lines(asked, asked)).toEqual([]);
    expect(lines(asked, healthy)[0]).toMatch(/^DCS: \/failover cleared/);
    expect(lines(healthy, { ...healthy, leader: null })[0]).toBe('DCS: /leader deleted, was n1');
  });

  it('a promotion, with timeline and position', () => {
    const promoted: ClusterSpec = {
      leader: 'n2',
      members: [
        { name: 'n1', role: 'replica', timeline: 2, upstream: 'n2' },
        { name: 'n2', role: 'primary', timeline: 2, lsn: HEAD + 8192 },
        { name: 'n3', timeline: 2, upstream: 'n2' },
      ],
    };
    const all = lines(healthy, promoted);
    expect(all).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^DCS: \/leader = n2/),
        'PostgreSQL n2: out of recovery, 0/4002000',
        'PostgreSQL n2: timeline 2',
      ]),
    );
  });

  it('a member that goes silent and comes back, a pause, a scheduled restart', () => {
    const silent: ClusterSpec = {
      members: [members[0] ?? { name: 'n1' }, { name: 'n2' }, { name: 'n3', rest: 'timeout' }],
    };
    expect(lines(healthy, silent)).toContain('Patroni n3: timeout');
    expect(lines(silent, healthy)).toContain('Patroni n3: answers again');
    const paused: ClusterSpec = { members: members.map((member) => ({ ...member, patroni: { pause: true } })) };
    expect(lines(healthy, paused)).toContain('Patroni n2: sees the pause');
  });
});
