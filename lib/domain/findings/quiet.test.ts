import { describe, expect, it } from 'vitest';
import { reportOf } from '../alerts/conditions';
import { DEFAULT_RULES } from '../alerts/rules';
import type { Snapshot } from '../cluster';
import { fleetRow } from '../fleet';
import type { MaintenanceNote } from '../maintenance-note';
import { type ClusterSpec, type MemberSpec, NOW, steady } from '../testkit';

const DOWN: Partial<MemberSpec> = { rest: 'refused', sql: 'refused' };
const spec = (down: readonly string[], more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  members: ['n1', 'n2', 'n3'].map((name) => ({ name, ...(down.includes(name) ? DOWN : {}) })),
  ...more,
});
/** `out` has been out for so long, of 30 minutes. */
const note = (out: string | null, forMs = 60_000): MaintenanceNote => ({
  ...{ actionId: 'a1', by: 'anna', reason: 'new kernel', beganAt: NOW - forMs, work: 'kernel', minutes: 30 },
  systemIdentifier: null,
  members: ['n2', 'n3', 'n1'].map((name) => ({
    ...{
      name,
      state: name === out ? ('out' as const) : ('waiting' as const),
      outAt: name === out ? NOW - forMs : null,
    },
    ...{ outBy: name === out ? 'anna' : null, backAt: null, backBy: null, before: null },
  })),
});
const seen = (moments: ClusterSpec): Snapshot => steady(moments, 40);
const loud = ({ findings }: Snapshot): readonly string[] =>
  findings.filter(({ severity }) => severity !== 'note').map(({ code, members }) => `${code} ${members.join(',')}`);
const told = (snapshot: Snapshot): readonly string[] =>
  reportOf(DEFAULT_RULES, snapshot, false).conditions.map(({ code, key, rule }) => code ?? `${rule} ${key}`);

describe('a member that is out for maintenance', () => {
  it('is news where there is no maintenance: the near miss', () => {
    const snapshot = seen(spec(['n3']));
    expect(loud(snapshot).join()).toContain('n3');
    expect(snapshot.cause).not.toBeNull();
    expect(told(snapshot)).not.toEqual([]);
    expect(snapshot.health).not.toBe('note');
  });

  it('is told to nobody within its time, and the findings say why', () => {
    const snapshot = seen(spec(['n3'], { maintenance: note('n3') }));
    expect(loud(snapshot)).toEqual([]);
    expect(snapshot.cause).toBeNull();
    expect(told(snapshot)).toEqual([]);
    expect(snapshot.health).toBe('note');
    const quiet = snapshot.findings.find(({ members }) => members.includes('n3'));
    expect(quiet?.evidence.map(({ label, text }) => `${label}: ${text}`)[0]).toBe('maintenance: taken out by anna');
    expect(fleetRow(snapshot, []).maintenance).toEqual({ out: 'n3', done: 0, total: 3 });
  });

  it('is told like any other once the time is over', () => {
    const over = seen(spec(['n3'], { maintenance: note('n3', 31 * 60_000) }));
    const plain = seen(spec(['n3']));
    expect(loud(over)).toEqual(loud(plain));
    expect(told(over)).toEqual(told(plain));
    expect(over.cause?.code).toBe(plain.cause?.code);
  });

  it('hides nobody else: of two that are down the other is told', () => {
    const snapshot = seen(spec(['n2', 'n3'], { maintenance: note('n3') }));
    expect(loud(snapshot).join()).toContain('n2');
    expect(snapshot.cause).not.toBeNull();
    expect(told(snapshot)).not.toEqual([]);
  });

  it('does not hide that nobody could take over', () => {
    const pair = { members: [{ name: 'n1' }, { name: 'n2', ...DOWN }], maintenance: note('n2') };
    const snapshot = seen(pair);
    expect(snapshot.findings.find(({ code }) => code === 'no_failover_candidate')?.severity).not.toBe('note');
    expect(told(snapshot)).not.toEqual([]);
  });

  it('that leads, however it came to, is never hidden', () => {
    const snapshot = seen(spec(['n1'], { maintenance: note('n1') }));
    expect(snapshot.health).not.toBe('note');
    expect(told(snapshot)).not.toEqual([]);
  });

  it('is none of a cluster that was made anew under the same name', () => {
    const snapshot = seen(spec([], { maintenance: { ...note('n3'), systemIdentifier: '7000000000000000000' } }));
    expect(snapshot.cluster.maintenance).toBeUndefined();
  });
});
