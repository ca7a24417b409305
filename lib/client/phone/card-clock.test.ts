import { describe, expect, it } from 'vitest';
import { type ClockSpan, narrowClock, offsetOf } from './card-clock';

/** A server whose clock is `offset` ahead, asked at `sentAt` over a link of `there` and `back` ms. */
function reading(offset: number, sentAt: number, there: number, back: number) {
  const said = sentAt + there + offset;
  return { date: Math.floor(said / 1000) * 1000, sentAt, cameAt: sentAt + there + back };
}

describe('the clock of the server', () => {
  it('is always within the span, and the span narrows', () => {
    for (const offset of [0, 1234, -86_400_000, 37]) {
      let span: ClockSpan | null = null;
      for (let n = 0; n < 40; n++) {
        const next: ClockSpan = narrowClock(span, reading(offset, 1_000_000 + n * 2_137, 20 + (n % 7), 15));
        expect(next.least).toBeLessThanOrEqual(offset);
        expect(next.most).toBeGreaterThanOrEqual(offset);
        span = next;
      }
      expect(Math.abs(offsetOf(span ?? { least: 0, most: 1e9 }) - offset)).toBeLessThan(120);
    }
  });

  it('begins anew where a clock was set', () => {
    const before = narrowClock(null, reading(0, 5_000_000, 10, 10));
    const after = narrowClock(before, reading(3_600_000, 5_002_000, 10, 10));
    expect(Math.abs(offsetOf(after) - 3_600_000)).toBeLessThan(600);
  });
});
