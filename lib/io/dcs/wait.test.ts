import { describe, expect, it } from 'vitest';
import { NEVER_ASKED, type Witness } from '../../domain/raw';
import { failure } from '../../domain/reading-failure';
import { preferredOf } from './wait';

const good: Witness<unknown> = { last: { ok: true, value: true, at: 1, tookMs: 1 }, good: null };
const bad: Witness<unknown> = { last: { ok: false, error: failure('timeout'), at: 1, tookMs: 1 }, good: null };
const of = (...all: readonly Witness<unknown>[]) => all.map((quorumRead) => ({ quorumRead }));

describe('the endpoint that is watched', () => {
  it('is one that proved a quorum, the nearest in turn', () => {
    expect(preferredOf(of(bad, good, good), 0)).toBe(1);
    expect(preferredOf(of(good, bad, good), 1)).toBe(2);
    expect(preferredOf(of(good, bad, bad), 1)).toBe(0);
  });

  it('is each in turn where none did', () => {
    const none = of(NEVER_ASKED, bad, NEVER_ASKED);
    expect([0, 1, 2, 3, 4].map((from) => preferredOf(none, from))).toEqual([0, 1, 2, 0, 1]);
  });
});
