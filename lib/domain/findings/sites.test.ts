// Two clusters beside each other, read in turns as the collector reads them: what is linked, how far they are apart, and what is found.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import { fleetRow } from '../fleet';
import { siteId } from '../sites/site';
import { buildSnapshot } from '../snapshot';
import { type ClusterSpec, cluster, HEAD, type MemberSpec, NOW } from '../testkit';

const at = (host: string) => ({ conn_url: `postgres://${host}:5432/postgres`, api_url: `http://${host}:8008/patroni` });
/** What the primary over there sees of the standby leader. */
const walsender = (name: string, part: object = {}) => ({
  ...{ application_name: name, state: 'streaming', client_addr: '10.1.0.1', sync_state: 'async' },
  ...{ sent_lsn: null, write_lsn: null, flush_lsn: null, replay_lsn: null, replay_s: 2 },
  ...part,
});
const MAIN: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }] };
const follows = (
  section: object = { host: '10.0.0.1', port: 5432 },
  leader: Partial<MemberSpec> = {},
): ClusterSpec => ({
  config: { standby_cluster: section },
  members: [
    {
      name: 's1',
      role: 'standby_leader',
      key: at('10.1.0.1'),
      upstream: null,
      lsn: HEAD - 4096,
      received: HEAD - 4096,
      ...leader,
    },
    {
      name: 's2',
      role: 'replica',
      key: at('10.1.0.2'),
      lsn: HEAD - 4096,
      received: HEAD - 4096,
      ...(leader.timeline === undefined ? {} : { timeline: leader.timeline }),
    },
  ],
});

interface Pair {
  readonly main: Snapshot;
  readonly other: Snapshot;
}

/** Rounds of both, a second apart, the main one first in each; null: it is not read in this one. */
function rounds(moments: readonly (readonly [ClusterSpec | null, ClusterSpec])[], everyMs = 1000): Pair {
  const pair: { main: Snapshot | null; other: Snapshot | null } = { main: null, other: null };
  moments.forEach(([first, second], index) => {
    const now = NOW + index * everyMs;
    const told = (scope: string, one: Snapshot | null) =>
      one === null ? [] : [{ scope, observedAt: one.observedAt, cluster: one.cluster }];
    if (first !== null) {
      const raw = { ...cluster({ ...first, now }), scope: 'orders' };
      pair.main = buildSnapshot(raw, pair.main, 5, told('orders-dr', pair.other)).snapshot;
    }
    const later = { ...cluster({ ...second, now: now + 300 }), scope: 'orders-dr' };
    pair.other = buildSnapshot(later, pair.other, 5, told('orders', pair.main)).snapshot;
  });
  const { main, other } = pair;
  if (main === null || other === null) throw new Error('no round');
  return { main, other };
}

const still = (first: ClusterSpec, second: ClusterSpec, times = 4): readonly (readonly [ClusterSpec, ClusterSpec])[] =>
  Array.from({ length: times }, () => [first, second] as const);
const found = ({ findings }: Snapshot) =>
  findings.filter(({ code }) => /^sites?_/.test(code)).map(({ code, severity }) => `${code} ${severity}`);

describe('two sites', () => {
  it('are linked by the address that the standby cluster is told, seen from both, with the bytes between them', () => {
    const { main, other } = rounds(still(MAIN, follows()));
    expect(other.cluster.site).toMatchObject({ role: 'standby', rivals: [] });
    const link = other.cluster.site?.links[0];
    expect(link).toMatchObject({
      by: 'address',
      upstream: 'n1',
      source: '10.0.0.1:5432',
      lagBytes: 4096,
      forked: false,
    });
    expect(link?.primary).toMatchObject({ id: siteId('orders'), leader: 'n1', writable: true });
    expect(link?.standby).toMatchObject({ id: siteId('orders-dr'), leader: 's1' });
    expect(main.cluster.site?.role).toBe('primary');
    expect(main.cluster.site?.links[0]).toMatchObject({ upstream: 'n1', lagBytes: 4096 });
    expect([found(main), found(other)]).toEqual([[], []]);
    expect(fleetRow(other, []).site).toEqual({
      role: 'standby',
      others: [siteId('orders')],
      lagBytes: 4096,
      lagSeconds: null,
    });
    expect(fleetRow(main, []).site).toMatchObject({ role: 'primary', others: [siteId('orders-dr')] });
    expect(JSON.stringify(other)).not.toContain('"orders"');
  });

  it('are linked by the identifier where the address is one of nobody, and nothing is said against that address', () => {
    const { other } = rounds(still(MAIN, follows({ host: 'orders-vip.example', port: 5432 })));
    expect(other.cluster.site?.links[0]).toMatchObject({
      by: 'identifier',
      upstream: null,
      lagBytes: 4096,
      streaming: null,
    });
    expect(found(other)).toEqual([]);
  });

  it('say that the walsender over there names the seconds, or that nobody receives', () => {
    const seen = (rows: readonly object[]) => {
      const main = {
        members: [
          { name: 'n1', fast: { replication: rows } },
          { name: 'n2', upstream: null },
        ],
      };
      return rounds(still(main, follows())).other.cluster.site?.links[0];
    };
    expect(seen([walsender('s1')])).toMatchObject({ streaming: true, lagSeconds: 2 });
    expect(seen([])).toMatchObject({ streaming: false, lagSeconds: null });
  });
});

describe('site_upstream', () => {
  it('is found where the standby cluster follows a replica, louder after a minute; not while somebody else has just been elected there', () => {
    const replica = follows({ host: '10.0.0.2', port: 5432 });
    expect(found(rounds(still(MAIN, replica)).other)).toEqual(['site_upstream note']);
    expect(found(rounds(still(MAIN, replica, 5), 20_000).other)).toEqual(['site_upstream warning']);
    expect(found(rounds(still(MAIN, follows())).other)).toEqual([]);
    const handed = {
      ...MAIN,
      leader: 'n2',
      members: [
        { name: 'n1', role: 'replica' },
        { name: 'n2', role: 'primary' },
      ],
    } as const;
    // The first sight of the new leader over there says nothing yet.
    expect(found(rounds([...still(MAIN, follows()), [handed, follows()]]).other)).toEqual([]);
  });

  it('is none where the leader is one of several hosts, nor at another port', () => {
    expect(found(rounds(still(MAIN, follows({ host: '10.0.0.2,10.0.0.1', port: 5432 }))).other)).toEqual([]);
    expect(found(rounds(still(MAIN, follows({ host: '10.0.0.2', port: 6432 }))).other)).toEqual([]);
  });
});

describe('site_slot_missing', () => {
  const slotted = follows({ host: '10.0.0.1', port: 5432, primary_slot_name: 'dr' });
  const withSlots = (names: readonly string[]): ClusterSpec => ({
    members: [
      {
        name: 'n1',
        slow: {
          slots: names.map((name) => ({ slot_name: name, slot_type: 'physical', active: true, restart_lsn: '0/0' })),
        },
      },
      { name: 'n2' },
    ],
  });

  it('is found where the leader over there has slots and not this one; not where it has it, cannot be asked, or none is named', () => {
    expect(found(rounds(still(withSlots(['n2']), slotted, 5), 20_000).other)).toEqual(['site_slot_missing warning']);
    expect(found(rounds(still(withSlots(['n2', 'dr']), slotted)).other)).toEqual([]);
    expect(found(rounds(still(withSlots(['n2']), follows())).other)).toEqual([]);
    const blind: ClusterSpec = {
      members: [
        { name: 'n1', sql: 'off' },
        { name: 'n2', sql: 'off' },
      ],
    };
    expect(found(rounds(still(blind, slotted)).other)).toEqual([]);
  });
});

describe('site_diverged', () => {
  it('is found where the standby is on a timeline that the primary never had; not where the primary was read before it changed', () => {
    const ahead = follows(undefined, { timeline: 2 });
    expect(found(rounds(still(MAIN, ahead)).other)).toContain('site_diverged critical');
    // A failover over there, seen here first: the next look over there shows it too.
    const history = [[1, HEAD - 8192, 'no recovery target specified', '2026-11-20T10:00:00+00:00', 'n2']];
    const failed: ClusterSpec = {
      history,
      leader: 'n2',
      members: [
        { name: 'n1', role: 'replica', timeline: 2 },
        { name: 'n2', role: 'primary', timeline: 2 },
      ],
    };
    const early = [
      [null, ahead],
      [null, ahead],
      [null, ahead],
    ] as const;
    expect(found(rounds([...still(MAIN, follows()), ...early]).other)).toEqual([]);
    expect(found(rounds([...still(MAIN, follows()), ...early, ...still(failed, ahead)]).other)).not.toContain(
      'site_diverged critical',
    );
  });

  it('is found where it has WAL past the point at which the primary left its timeline; not where it only lags behind that point', () => {
    const history = [[1, HEAD - 8192, 'no recovery target specified', '2026-11-20T10:00:00+00:00', 'n1']];
    const moved: ClusterSpec = {
      history,
      members: [
        { name: 'n1', timeline: 2 },
        { name: 'n2', timeline: 2 },
      ],
    };
    expect(found(rounds(still(moved, follows())).other)).toContain('site_diverged critical');
    const behind = follows(undefined, { lsn: HEAD - 16384, received: HEAD - 16384 });
    expect(found(rounds(still(moved, behind)).other)).toEqual([]);
  });
});

describe('sites_both_writable', () => {
  const promoted: ClusterSpec = {
    members: [
      { name: 's1', key: at('10.1.0.1'), timeline: 2 },
      { name: 's2', key: at('10.1.0.2'), timeline: 2 },
    ],
  };

  it('is critical on both where the standby cluster was promoted while the other one went on, and stays so', () => {
    const { main, other } = rounds([...still(MAIN, follows()), ...still(MAIN, promoted, 6)]);
    expect(found(main)).toEqual(['sites_both_writable critical']);
    expect(found(other)).toEqual(['sites_both_writable critical']);
  });

  it('is a note of a copy that was never seen to follow, and nothing where the other one takes no writes', () => {
    const { main, other } = rounds(still(MAIN, promoted));
    expect([found(main), found(other)]).toEqual([['sites_both_writable note'], ['sites_both_writable note']]);
    const dead: ClusterSpec = {
      members: [
        { name: 'n1', rest: 'refused', sql: 'refused' },
        { name: 'n2', rest: 'refused', sql: 'refused' },
      ],
    };
    expect(found(rounds([...still(MAIN, follows()), ...still(dead, promoted, 6)]).other)).toEqual([]);
  });

  it('is none of a change of site: the one there follows before the one here is promoted', () => {
    const back: ClusterSpec = {
      config: { standby_cluster: { host: '10.1.0.1', port: 5432 } },
      members: [
        { name: 'n1', role: 'standby_leader', upstream: null },
        { name: 'n2', role: 'replica' },
      ],
    };
    const { main, other } = rounds([...still(MAIN, follows()), ...still(back, follows()), ...still(back, promoted, 6)]);
    expect([found(main), found(other)]).toEqual([[], []]);
    expect([main.cluster.site?.role, other.cluster.site?.role]).toEqual(['standby', 'primary']);
  });
});
