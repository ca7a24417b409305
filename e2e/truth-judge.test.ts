import { describe, expect, it } from 'vitest';
import { type MemberSpec, steady } from '../lib/domain/testkit';
import { judgeHowdah } from './bench/truth-judge';

const apart = (name: string): MemberSpec => ({ name, upstream: null, rest: 'refused', sql: 'refused' });
const silent = steady({ members: [{ name: 'n1' }, { name: 'n2' }, apart('n3')] }, 12);
const fault = { causes: ['member_silent'], findings: ['member_unreachable'] } as const;
const verdict = (...[snapshot, what, hit]: Parameters<typeof judgeHowdah>) => judgeHowdah(snapshot, what, hit).verdict;

describe('what Howdah says of a fault', () => {
  it('is right with the cause and the member that was hit, and wrong with the cause of another member', () => {
    expect(silent.cause?.code).toBe('member_silent');
    expect([verdict(silent, fault, 'n3'), verdict(silent, fault, 'n2')]).toEqual(['right', 'wrong']);
  });

  it('is wrong with another cause, whomever it names', () => {
    expect(verdict(silent, { ...fault, causes: ['postgres_down'] }, 'n3')).toBe('wrong');
  });

  it('need not name a member where the fault is nobody’s, and must where its headline counts them', () => {
    expect(verdict(silent, { ...fault, ofNobody: true }, 'n1')).toBe('right');
    const many = ['a', 'b', 'c', 'd'].map(apart);
    const counted = steady({ members: [{ name: 'n1' }, { name: 'n2' }, ...many] }, 12);
    expect(String(counted.cause?.headline)).toContain('4 members');
    expect([verdict(counted, fault, 'c'), verdict(counted, fault, 'n2')]).toEqual(['right', 'wrong']);
  });

  it('is silence where it has neither cause nor finding of the member', () => {
    expect(verdict({ ...silent, cause: null }, fault, 'n2')).toBe('silent');
    expect(verdict({ ...silent, cause: null }, fault, 'n3')).toBe('right');
  });
});
