import { describe, expect, it } from 'vitest';
import { type MemberSpec, play, steady } from '@/lib/domain/testkit';
import { mainAction } from './main-action';

const members: readonly MemberSpec[] = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const down: readonly MemberSpec[] = [
  { name: 'n1', rest: 'refused', sql: 'refused' },
  { name: 'n2', upstream: null },
  { name: 'n3', upstream: null },
];
const without = (config: Readonly<Record<string, unknown>> = {}) =>
  play([{ members, config }, ...Array.from({ length: 8 }, () => ({ members: down, leader: null, config }))]).snapshot;

describe('the main button', () => {
  it('hands over where somebody leads', () => {
    expect(mainAction(steady({ members }))).toEqual({ action: { kind: 'switchover', member: null }, advised: null });
  });

  it('of a cluster without a leader is what the cause advises, never a switchover', () => {
    expect(mainAction(without({ pause: true }))).toMatchObject({ action: { kind: 'failover', member: 'n2' } });
    expect(mainAction(without())?.action.kind).not.toBe('switchover');
  });

  it('is not there where nobody leads and nothing may be done', () => {
    const gone = down.map((member) => ({ ...member, rest: 'refused', sql: 'refused' }) as const);
    const { snapshot } = play([{ members }, ...Array.from({ length: 8 }, () => ({ members: gone, leader: null }))]);
    expect(mainAction(snapshot)).toBeNull();
  });
});
