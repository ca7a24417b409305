import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Health } from '../severity';
import { HEAD, play } from '../testkit';
import { packTicks, unpackTicks } from './pack';
import { type Tick, tickOf } from './tick';

const bytes = fc.option(fc.maxSafeNat(), { nil: null });
const member = fc.record({
  state: fc.option(fc.constantFrom('running', 'streaming', 'stopped', ''), { nil: null }),
  timeline: fc.option(fc.nat(), { nil: null }),
  lsn: bytes,
  receivedLsn: bytes,
  replayedLsn: bytes,
  receiveBytes: bytes,
  replayBytes: bytes,
  replaySeconds: fc.option(
    fc.nat(10_000_000).map((ms) => ms / 1000),
    { nil: null },
  ),
});
const tick: fc.Arbitrary<Tick> = fc.record({
  at: fc.integer({ min: 1.7e12, max: 1.9e12 }),
  health: fc.constantFrom<Health[]>('ok', 'note', 'warning', 'unknown', 'critical'),
  leader: fc.option(fc.constantFrom('n1', 'n2', 'узел'), { nil: null }),
  timeline: fc.option(fc.nat(), { nil: null }),
  walBytesPerSecond: fc.option(fc.nat(), { nil: null }),
  members: fc.dictionary(fc.constantFrom('n1', 'n2', 'n3', 'узел'), member, { noNullPrototype: true }),
});

describe('packed ticks', () => {
  it('come back as they were, whatever they say', () => {
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 40 }), (ticks) => {
        expect(unpackTicks(packTicks(ticks))).toEqual(ticks);
      }),
    );
  });

  it('that are damaged unpack to null or to ticks, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const made = unpackTicks(noise);
        expect(made === null || Array.isArray(made)).toBe(true);
      }),
    );
    const whole = packTicks([tickOf(play([{ members: [{ name: 'n1' }, { name: 'n2' }] }]).snapshot)]);
    for (let end = 0; end < whole.length; end += 1) expect(unpackTicks(whole.slice(0, end))).toBeNull();
  });

  it('of a quiet cluster take a few bytes for each member', () => {
    const { snapshot } = play([{ members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] }]);
    const one = tickOf(snapshot);
    const ticks = Array.from({ length: 450 }, (_, index) => ({ ...one, at: one.at + index * 2000 }));
    expect(packTicks(ticks).length / ticks.length / 3).toBeLessThan(15);
    expect(one.members.n1?.lsn).toBe(HEAD);
  });
});
