// How long a door led to no leader, from what each snapshot says of it.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import type { Entry, EntryListener } from '../entries/entry';
import { type ClusterSpec, steady } from '../testkit';
import { type DoorTrack, gapOf, tracked, tracksOf } from './doors-seen';

const CLUSTER: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }] };
const base = steady(CLUSTER);

function at(
  observedAt: number,
  verdict: EntryListener['verdict'],
  purpose: EntryListener['purpose'] = 'primary',
): Snapshot {
  const witness = { state: 'fresh', observedAt, tookMs: 1, error: null, errorKind: null } as const;
  const listener: EntryListener = {
    ...{ name: 'rw', purpose, purposeBy: 'file', verdict, since: 0, members: [], led: null, turnedAt: [] },
    ...{ sessions: null, waiting: null, servers: [], pool: null },
  };
  const entry: Entry = {
    ...{ name: 'lb', kind: 'haproxy', address: 'lb:7000', version: null, witness, limitMs: 5000 },
    listeners: [listener],
  };
  return { ...base, observedAt, cluster: { ...base.cluster, entries: [entry] } };
}
const gap = (first: Snapshot, ...more: readonly Snapshot[]) =>
  more.reduce<readonly DoorTrack[]>(tracked, tracksOf(first)).map(gapOf)[0];

describe('a door', () => {
  it('led nowhere from its last good answer to the next one, and is as precise as its answers were close', () => {
    const answers = [at(1000, 'leader'), at(1250, 'nobody'), at(3000, 'nobody'), at(3200, 'leader')] as const;
    expect(gap(at(900, 'leader'), ...answers)).toEqual({
      ...{ entry: 'lb', listener: 'rw', ms: 2200, precisionMs: 450, isOpen: true },
    });
  });

  it('that goes twice has one gap over both, and one that stays shut has none to tell', () => {
    const twice = [at(1250, 'nobody'), at(1500, 'leader'), at(1750, 'several'), at(2000, 'leader')] as const;
    expect(gap(at(1000, 'leader'), ...twice)).toMatchObject({ ms: 1000, isOpen: true });
    expect(gap(at(1000, 'leader'), at(1250, 'nobody'))).toMatchObject({ ms: null, isOpen: false });
    expect(gap(at(1000, 'leader'), at(1250, 'leader'))).toMatchObject({ ms: null, isOpen: true });
  });

  it('whose answer is too old says nothing of itself', () => {
    expect(gap(at(1000, 'leader'), at(1250, 'unseen'), at(1500, 'leader'))).toMatchObject({ ms: null, isOpen: true });
  });

  it('for replicas, or that led nowhere before, is not measured', () => {
    expect(tracksOf(at(1000, 'leader', 'replicas'))).toEqual([]);
    expect(tracksOf(at(1000, 'nobody'))).toEqual([]);
  });
});
