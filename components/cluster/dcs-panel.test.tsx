// What a silent DCS leaves on the page: what was, with its age, and nothing that looks alive.
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import type { Dcs, Snapshot } from '@/lib/domain/cluster';
import { play } from '@/lib/domain/testkit';
import { DcsPanel } from './dcs-panel';

const clock = vi.hoisted(() => ({ now: 0 }));
vi.mock('@/lib/client/live/clock', async (original) => ({
  ...(await original<typeof import('@/lib/client/live/clock')>()),
  useNow: () => clock.now,
}));

const members = [{ name: 'n1' }, { name: 'n2' }];
const endpoints = [{ name: 'etcd1', leads: true }, { name: 'etcd2' }, { name: 'etcd3' }];
const withLease = (snapshot: Snapshot): Snapshot => {
  const dcs = snapshot.cluster.dcs as Dcs;
  const leaderLease = { ttlSeconds: 19, grantedSeconds: 20, observedAt: snapshot.observedAt };
  return { ...snapshot, cluster: { ...snapshot.cluster, dcs: { ...dcs, leaderLease } } };
};
const drawn = (snapshot: Snapshot, laterMs: number): string => {
  clock.now = snapshot.observedAt + laterMs;
  return renderToStaticMarkup(<DcsPanel snapshot={snapshot} />)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
};
const fresh = withLease(play([{ members, endpoints }]).snapshot);
const silent = withLease(
  play([
    { members, endpoints },
    { members, endpoints, dcs: 'stale' },
  ]).snapshot,
);

describe('the lease of the leader key', () => {
  it('runs down while the DCS is read', () => {
    expect(drawn(fresh, 4000)).toContain('15.0 s of ttl 20 s');
  });

  it('is only what was seen once the DCS is silent: first when it ends at the latest, then that it has', () => {
    expect(drawn(silent, 5000)).toMatch(/was seen, expires at \d\d:\d\d:\d\d at the latest/);
    const late = drawn(silent, 25_000);
    expect(late).toMatch(/was seen, expired at \d\d:\d\d:\d\d at the latest/);
    expect(late).not.toContain('of ttl');
  });
});

describe('a member of the DCS', () => {
  it('that is down has no time in which it answered, one that answers has', () => {
    const dcs = fresh.cluster.dcs as Dcs;
    const [first, second] = dcs.endpoints;
    if (first === undefined || second === undefined) throw new Error('no endpoints');
    const mixed = [
      { ...first, tookMs: 13.6 },
      { ...second, state: 'down' as const, tookMs: 13.6 },
    ];
    const html = drawn({ ...fresh, cluster: { ...fresh.cluster, dcs: { ...dcs, endpoints: mixed } } }, 0);
    expect(html.match(/13\.6 ms/g) ?? html.match(/14 ms/g)).toHaveLength(1);
    expect(html).toMatch(/down none/);
  });
});
