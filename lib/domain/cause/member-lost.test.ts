// A member that is known from before and is in the list no more: why the cluster is smaller, until it is back or a person has taken it out.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import type { RawRoster, RosterEntry } from '../roster';
import { type ClusterSpec, NOW, play, SYSTEM, steady } from '../testkit';

const DAY_MS = 86_400_000;
const entry = (name: string): RosterEntry => ({
  ...{ name, systemIdentifier: SYSTEM, firstAt: 1, listedAt: NOW - DAY_MS },
  ...{ apiUrl: null, host: null, port: null },
});
const seen = (...names: readonly string[]): RawRoster => ({ seen: names.map(entry), declared: null });
const [n1, n2, n3] = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] as const;
const two = (roster: RawRoster, more: Partial<ClusterSpec> = {}): Snapshot =>
  steady({ members: [n1, n2], roster, ...more });
const steps = ({ cause }: Snapshot): readonly string[] => cause?.steps.map(({ text }) => String(text)) ?? [];

describe('a member that is known from the roster and gone', () => {
  it('is the cause a day later too, for a Howdah that never saw it: since when, what it costs, what to do', () => {
    const { cause, health, findings } = two(seen('n1', 'n2', 'n3'));
    expect([cause?.code, cause?.severity, cause?.impact, health]).toEqual([
      'member_lost',
      'warning',
      'degraded',
      'warning',
    ]);
    expect(String(cause?.headline)).toBe('n3 left the cluster: 2 of 3 members are there');
    expect(cause?.since).toBe(NOW - DAY_MS);
    expect(cause?.explains).toHaveLength(findings.length);
    expect(steps(two(seen('n1', 'n2', 'n3')))).toEqual([
      'Look at n3: host, network, Patroni',
      'If n3 was taken out for good: say so among the members',
    ]);
  });

  it('leaves nobody to take over where it was the only standby', () => {
    const { cause } = steady({ members: [n1], roster: seen('n1', 'n2') });
    expect([cause?.code, cause?.impact]).toEqual(['member_lost', 'no_failover']);
    expect(String(cause?.consequence)).toContain('If n1 fails, nobody takes over.');
  });

  it('of which only the file knows is said as that, and the file is what ends it', () => {
    const snapshot = two({ seen: [entry('n1'), entry('n2')], declared: ['n1', 'n2', 'n4'] });
    expect(String(snapshot.cause?.headline)).toBe('n4 should be a member and is not');
    expect(steps(snapshot)[1]).toBe('If n4 was taken out for good: take it out of `members:` in howdah.yaml');
  });

  it('whose Patroni still answers has no key: nobody is sent to look for its host', () => {
    const away = { members: [n1, n2, { ...n3, key: null }], roster: seen('n1', 'n2', 'n3') };
    const { all } = play([{ members: [n1, n2, n3], roster: away.roster }, ...Array.from({ length: 40 }, () => away)]);
    const snapshot = all.at(-1) as Snapshot;
    expect(snapshot.cause?.code).toBe('member_lost');
    expect(steps(snapshot)[0]).toBe("Read Patroni's log on n3: why it writes no key");
  });

  it('is no cause above what costs more: a leader that is gone too', () => {
    const roster = seen('n1', 'n2', 'n3');
    const gone = { ...n1, rest: 'refused', sql: 'refused' } as const;
    const down = { members: [gone, { ...n2, upstream: null }], leader: null, roster };
    const { snapshot } = play([{ members: [n1, n2], roster }, ...Array.from({ length: 8 }, () => down)]);
    expect(snapshot.cause?.code).toMatch(/^leader_gone/);
  });
});

describe('nobody is missed', () => {
  it('whom a person has taken out', () => {
    expect(two(seen('n1', 'n2')).cause).toBeNull();
  });

  it('who is back', () => {
    const roster = seen('n1', 'n2', 'n3');
    const { snapshot, all } = play([
      { members: [n1, n2], roster },
      { members: [n1, n2], roster },
      ...Array.from({ length: 3 }, () => ({ members: [n1, n2, n3], roster })),
    ]);
    expect([all[1]?.cause?.code, snapshot.cause]).toEqual(['member_lost', null]);
  });

  it('for the first ttl, while its PostgreSQL works on and its Patroni may only be restarted', () => {
    const roster = seen('n1', 'n2', 'n3');
    const away = { members: [n1, n2, { ...n3, key: null, rest: 'lost' } as const], roster };
    const { all } = play([{ members: [n1, n2, n3], roster }, ...Array.from({ length: 33 }, () => away)]);
    const missed = all.map(({ findings }) => findings.find(({ code }) => code === 'member_lost')?.severity);
    expect([missed[5], missed.at(-1)]).toEqual(['note', 'warning']);
  });

  it('in the seconds in which it leaves; where nothing of it answers it is missed after them', () => {
    const roster = seen('n1', 'n2', 'n3');
    const away = { members: [n1, n2, { ...n3, key: null, rest: 'lost', sql: 'lost' } as const], roster };
    const { all } = play([{ members: [n1, n2, n3], roster }, ...Array.from({ length: 8 }, () => away)]);
    expect([all[1]?.cause, all.at(-1)?.cause?.code]).toEqual([null, 'member_lost']);
  });

  it('while the store has not said who was there', () => {
    expect(two({ seen: null, declared: null }).cause).toBeNull();
  });
});
