import { describe, expect, it } from 'vitest';
import { type ClusterSpec, NOW, steady } from '../../domain/testkit';
import { compareSnapshots } from '../../telling/compare/compare';
import { aroundEvent, comparePath, compareText, parseCompare } from './compare';

describe('what is compared', () => {
  it('comes back from the address as it was chosen', () => {
    const choice = { before: NOW - 1000, after: NOW, other: 'billing' };
    const [, query] = comparePath('orders', choice).split('?');
    expect(parseCompare(new URLSearchParams(query)).choice).toEqual(choice);
    expect(comparePath('a/b', { before: null, after: null, other: null })).toBe('/clusters/a%2Fb/compare');
  });

  it('is said where the address holds no moment', () => {
    const { choice, notices } = parseCompare(new URLSearchParams('before=yesterday&after=1795218900000'));
    expect(choice).toEqual({ before: null, after: 1_795_218_900_000, other: null });
    expect(notices).toHaveLength(1);
  });

  it('of an event is before it and after it, of one in a gap before the gap', () => {
    expect(aroundEvent({ at: NOW, notBefore: null }, NOW + 60_000)).toEqual({
      before: NOW - 1,
      after: NOW + 10_000,
      other: null,
    });
    expect(aroundEvent({ at: NOW, notBefore: NOW - 5000 }, NOW + 60_000).before).toBe(NOW - 5001);
    expect(aroundEvent({ at: NOW, notBefore: null }, NOW + 1000).after).toBeNull();
  });
});

describe('a comparison as text', () => {
  it('has each difference on a line, the configuration and the findings too', () => {
    const spec: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }] };
    const [before, after] = [steady(spec), steady({ ...spec, config: { pause: true }, now: NOW + 60_000 })];
    const lines = compareText(compareSnapshots(before, after, true), { before, after, events: [] }).split('\n');
    expect(lines).toContain('paused: no -> yes');
    expect(lines).toContain('pause: absent -> true');
    expect(lines.some((line) => line.startsWith('new: Paused'))).toBe(true);
  });
});
