// Members that are missed, as they are found.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import type { RawRoster, RosterEntry } from '../roster';
import { buildSnapshot } from '../snapshot';
import { type ClusterSpec, cluster, NOW, SYSTEM } from '../testkit';

const entry = (name: string): RosterEntry => ({
  ...{ name, systemIdentifier: SYSTEM, firstAt: 1, listedAt: NOW - 86_400_000 },
  ...{ apiUrl: null, host: null, port: null },
});
const look = (spec: ClusterSpec, roster: RawRoster | null): Snapshot =>
  buildSnapshot({ ...cluster(spec), roster }, null, null).snapshot;
const two: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }] };
const lost = ({ findings }: Snapshot): string[] =>
  findings.flatMap(({ code, severity, members }) => (code === 'member_lost' ? [`${severity} ${members.join()}`] : []));

describe('a cluster of three with two in the list', () => {
  it('is not healthy, a day after and with a Howdah that has just started', () => {
    const snapshot = look(two, { seen: ['n1', 'n2', 'n3'].map(entry), declared: null });
    expect(lost(snapshot)).toEqual(['warning n3']);
    expect(snapshot.health).toBe('warning');
    expect(snapshot.cluster.roster).toMatchObject({ known: true, by: 'seen', lost: [{ name: 'n3' }] });
  });

  it('misses whom the file names, and nobody else', () => {
    expect(lost(look(two, { seen: ['n1', 'n2', 'n3'].map(entry), declared: ['n1', 'n2'] }))).toEqual([]);
    expect(lost(look(two, { seen: ['n1', 'n2'].map(entry), declared: ['n1', 'n2', 'n4'] }))).toEqual(['warning n4']);
    // The file is known also while the store is away.
    expect(lost(look(two, { seen: null, declared: ['n1', 'n2', 'n4'] }))).toEqual(['warning n4']);
  });

  it('claims nothing while the store has not said who was there, and says that it is not known', () => {
    const snapshot = look(two, { seen: null, declared: null });
    expect([lost(snapshot), snapshot.cluster.roster?.known]).toEqual([[], false]);
    expect(look(two, null).cluster.roster).toBeNull();
  });

  it('is whole when all are there', () => {
    const snapshot = look(two, { seen: ['n1', 'n2'].map(entry), declared: null });
    expect([lost(snapshot), snapshot.health]).toEqual([[], 'ok']);
  });
});
