// What a monitor is told of states that are made for it: the plain case, and the one beside it.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../domain/cluster';
import { HEAD, MIB, NOW, steady } from '../domain/testkit';
import { optionsOf } from './check';
import { checked } from './checks';

const THREE = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const healthy = steady({ members: THREE });
const behind = steady({ members: [{ name: 'n1' }, { name: 'n2', lsn: HEAD - 64 * MIB }, { name: 'n3' }] });
const dead = steady({
  members: [{ name: 'n1' }, { name: 'n2', rest: 'refused', sql: 'refused', ageMs: 60_000 }, { name: 'n3' }],
});
const leaderless = steady({ members: THREE, leader: null });
const blind = steady({
  members: THREE.map(({ name }) => ({ name, rest: 'timeout' as const, sql: 'timeout' as const, ageMs: 60_000 })),
  dcs: 'stale',
});

function ask(
  name: string,
  snapshot: Snapshot,
  values: Parameters<typeof optionsOf>[0] = {},
  kept: string | null = null,
) {
  const { status, text, metrics } = checked(name, snapshot, optionsOf(values, kept), 500, 30_000);
  return { status, text, metrics: Object.fromEntries(metrics.map((metric) => [metric.name, metric.value])) };
}

describe('the cluster', () => {
  it('is well', () => {
    expect(ask('health', healthy)).toMatchObject({ status: 'OK', metrics: { critical: 0, writable: 1 } });
    expect(ask('health', leaderless).status).toBe('CRITICAL');
  });

  it('has its nodes: as many as are there, and as many as are well', () => {
    expect(ask('cluster_node_count', healthy, { critical: '3:' })).toMatchObject({
      status: 'OK',
      metrics: { members: 3, healthy_members: 3, role_leader: 1, role_replica: 2 },
    });
    const values = { critical: '3:', 'healthy-warning': '3:' };
    expect(ask('cluster_node_count', dead, values)).toMatchObject({
      status: 'WARNING',
      metrics: { healthy_members: 2 },
    });
  });

  it('has a leader', () => {
    expect(ask('cluster_has_leader', healthy)).toMatchObject({
      status: 'OK',
      metrics: { has_leader: 1, is_leader: 1 },
    });
    expect(ask('cluster_has_leader', leaderless)).toMatchObject({ status: 'CRITICAL', metrics: { has_leader: 0 } });
  });

  it('has replicas that follow, near enough where that is asked for', () => {
    expect(ask('cluster_has_replica', healthy, { critical: '2:' })).toMatchObject({
      status: 'OK',
      metrics: { healthy_replica: 2 },
    });
    expect(ask('cluster_has_replica', behind, { critical: '2:' }).status).toBe('OK');
    expect(ask('cluster_has_replica', behind, { critical: '2:', 'max-lag': '16MB' })).toMatchObject({
      status: 'CRITICAL',
      metrics: { healthy_replica: 1, unhealthy_replica: 1 },
    });
    expect(ask('cluster_has_replica', dead, { warning: '2:' }).status).toBe('WARNING');
    expect(ask('cluster_has_replica', healthy, { 'sync-critical': '1:' }).status).toBe('CRITICAL');
  });

  it('is paused, or not', () => {
    const paused = steady({ members: THREE, config: { pause: true } });
    expect(ask('cluster_is_in_maintenance', paused)).toMatchObject({
      status: 'CRITICAL',
      metrics: { is_in_maintenance: 1 },
    });
    expect(ask('cluster_is_in_maintenance', healthy).status).toBe('OK');
  });

  it('has something scheduled', () => {
    const at = new Date(NOW + 3_600_000).toISOString();
    const scheduled = steady({ members: THREE, failover: { leader: 'n1', member: 'n2', scheduled_at: at } });
    expect(ask('cluster_has_scheduled_action', scheduled)).toMatchObject({
      status: 'CRITICAL',
      metrics: { scheduled_switchover: 1 },
    });
    expect(ask('cluster_has_scheduled_action', healthy).status).toBe('OK');
  });

  it('has another configuration than before', () => {
    const first = checked('cluster_config_has_changed', healthy, optionsOf({}, null), 0, 30_000);
    expect(first).toMatchObject({ status: 'UNKNOWN', now: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(ask('cluster_config_has_changed', healthy, {}, first.now).status).toBe('OK');
    const other = steady({ members: THREE, config: { ttl: 40 } });
    expect(ask('cluster_config_has_changed', other, {}, first.now).status).toBe('CRITICAL');
    expect(ask('cluster_config_has_changed', other, { hash: first.now }).status).toBe('CRITICAL');
  });
});

describe('a member', () => {
  const of = (member: string, more: object = {}) => ({ member, ...more });

  it('is what it is', () => {
    expect(ask('node_is_primary', healthy, of('n1')).status).toBe('OK');
    expect(ask('node_is_primary', healthy, of('n2')).status).toBe('CRITICAL');
    expect(ask('node_is_leader', healthy, of('n1')).status).toBe('OK');
    expect(ask('node_is_leader', healthy, of('n1', { 'is-standby-leader': true })).status).toBe('CRITICAL');
    expect(ask('node_is_replica', healthy, of('n2')).status).toBe('OK');
    expect(ask('node_is_replica', healthy, of('n1')).status).toBe('CRITICAL');
    expect(ask('node_is_replica', healthy, of('n2', { 'is-sync': true })).status).toBe('CRITICAL');
    expect(ask('node_is_replica', behind, of('n2', { 'max-lag': '1MB' })).status).toBe('CRITICAL');
    expect(ask('node_is_alive', healthy, of('n2')).status).toBe('OK');
    expect(ask('node_is_alive', dead, of('n2')).status).toBe('CRITICAL');
    expect(ask('node_is_pending_restart', healthy, of('n2')).status).toBe('OK');
    expect(ask('node_is_pending_restart', dead, of('n2')).status).toBe('UNKNOWN');
  });

  it('has its timeline and its version', () => {
    const timeline = String(healthy.cluster.timeline);
    expect(ask('node_tl_has_changed', healthy, of('n1', { timeline })).status).toBe('OK');
    expect(ask('node_tl_has_changed', healthy, of('n1', { timeline: '999' })).status).toBe('CRITICAL');
    const version = healthy.cluster.members[0]?.patroniVersion ?? '';
    expect(version).not.toBe('');
    expect(ask('node_patroni_version', healthy, of('n1', { 'patroni-version': version })).status).toBe('OK');
    expect(ask('node_patroni_version', healthy, of('n1', { 'patroni-version': '2.0' })).status).toBe('CRITICAL');
  });

  it.each([
    ['node_is_primary', {}, /expected --member, one of n1, n2, n3/],
    ['node_is_primary', { member: 'n9' }, /no member "n9"/],
    ['node_is_replica', { member: 'n2', 'is-sync': true, 'is-async': true }, /one of --is-sync and --is-async/],
    ['node_patroni_version', { member: 'n2' }, /--patroni-version/],
    ['constructor', {}, /unknown check "constructor"/],
    ['cluster_has_replica', { warning: 'few' }, /--warning as a range/],
  ])('%s with %j is a wrong argument', (name, values, words) => {
    expect(() => ask(name, healthy, values)).toThrow(words);
  });
});

describe('where nobody answers', () => {
  it('every check is unknown, and none is well', () => {
    for (const name of ['health', 'cluster_has_leader', 'cluster_has_replica', 'cluster_node_count'])
      expect(ask(name, blind).status, name).not.toBe('OK');
    expect(ask('cluster_has_replica', blind).status).toBe('UNKNOWN');
    expect(ask('cluster_has_replica', blind).text).toMatch(/nobody answers/);
  });

  it('an old look is unknown, however well it was', () => {
    expect(checked('health', healthy, optionsOf({}, null), 31_000, 30_000)).toMatchObject({ status: 'UNKNOWN' });
    expect(checked('health', healthy, optionsOf({}, null), 30_000, 30_000)).toMatchObject({ status: 'OK' });
  });
});
