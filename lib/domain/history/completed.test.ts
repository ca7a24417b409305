import { describe, expect, it } from 'vitest';
import { assessCause } from '../cause/assess-cause';
import { leaderOf } from '../members';
import { steady } from '../testkit';
import { completed, type KeptSnapshot } from './completed';

const LATER: ReadonlySet<string> = new Set([
  'cause',
  'identity',
  'copies',
  'leased',
  'initialize',
  'numbers',
  'why',
  'circle',
]);

/** As a release wrote it that knew none of these. */
const without = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(without)
    : typeof value !== 'object' || value === null
      ? value
      : Object.fromEntries(
          Object.entries(value).flatMap(([key, entry]) => (LATER.has(key) ? [] : [[key, without(entry)]])),
        );

const broken = steady({ members: [{ name: 'n1' }, { name: 'n2', upstream: null }] }, 12);
const kept = without(JSON.parse(JSON.stringify(broken))) as KeptSnapshot;

describe('a snapshot of an earlier release', () => {
  it('has what it did not know as not known, and no cause', () => {
    const whole = completed(kept);
    expect(whole.cause).toBeNull();
    expect(whole.cluster.initialize).toBeNull();
    expect(whole.cluster.config?.numbers).toEqual([]);
    expect(whole.cluster.members.map(({ identity }) => identity.verdict)).toEqual(['unheard', 'unheard']);
    expect(whole.cluster.members[1]?.replication).toMatchObject({ kind: 'not_streaming', why: null, circle: false });
  });

  it('can be judged and read like any other', () => {
    expect(leaderOf(completed(kept).cluster)?.name).toBe('n1');
    expect(assessCause(completed(kept), null)?.code).toBe('standby_cannot_stream');
  });

  it('of this release stays as it is', () => {
    const today = JSON.parse(JSON.stringify(broken)) as KeptSnapshot;
    expect(completed(today)).toEqual(today);
  });
});
