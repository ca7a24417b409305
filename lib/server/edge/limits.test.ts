import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLER_RATES, type LimitKind, Limits, networkOf, PEER_RATES, STREAMS, STREAMS_OF_CALLER } from './limits';

function clocked() {
  const clock = { now: 1_000_000 };
  return { clock, limits: new Limits(() => clock.now) };
}

const who = (caller: string | null, peer: string | null) => ({ caller, peer });
const count = (limits: Limits, kind: LimitKind, caller: string | null, peer: string | null, tries = 5000): number => {
  let taken = 0;
  while (taken < tries && limits.take(kind, who(caller, peer)) === null) taken += 1;
  return taken;
};

describe('how often one may ask', () => {
  it.each(['sign_in', 'unsafe', 'read'] as const)('%s ends after the burst, of a caller and of an address', (kind) => {
    const { limits } = clocked();
    expect(count(limits, kind, 'ann', null)).toBe(CALLER_RATES[kind].burst);
    expect(count(limits, kind, null, '10.0.0.1')).toBe(PEER_RATES[kind].burst);
    expect(count(limits, kind, 'ann', '10.0.0.2')).toBe(0);
    expect(count(limits, kind, 'ben', '10.0.0.1')).toBe(0);
    expect(count(limits, kind, 'ben', '10.0.0.2')).toBe(CALLER_RATES[kind].burst);
  });

  it('says for how long to wait, and keeps its word', () => {
    const { clock, limits } = clocked();
    count(limits, 'sign_in', 'ann', null);
    const seconds = limits.take('sign_in', who('ann', null));
    expect(seconds).toBe(15);
    clock.now += 14_000;
    expect(limits.take('sign_in', who('ann', null))).toBe(1);
    clock.now += 1000;
    expect(limits.take('sign_in', who('ann', null))).toBeNull();
    expect(limits.take('sign_in', who('ann', null))).toBe(15);
  });

  it('takes nothing from the caller where the address is refused', () => {
    const { limits } = clocked();
    count(limits, 'sign_in', null, '10.0.0.1');
    for (let index = 0; index < 50; index += 1) limits.take('sign_in', who('ann', '10.0.0.1'));
    expect(count(limits, 'sign_in', 'ann', '10.0.0.2')).toBe(CALLER_RATES.sign_in.burst);
  });

  it('one kind does not spend another, and a clock that stands or goes back gives nothing', () => {
    const { clock, limits } = clocked();
    count(limits, 'unsafe', 'ann', null);
    expect(limits.take('read', who('ann', null))).toBeNull();
    clock.now -= 3_600_000;
    expect(limits.take('unsafe', who('ann', null))).not.toBeNull();
  });

  it('nobody known is never stopped here', () => {
    expect(count(clocked().limits, 'read', null, null)).toBe(5000);
  });

  it('one network of IPv6 is one address', () => {
    const { limits } = clocked();
    count(limits, 'sign_in', null, '2001:db8:1:2::1');
    expect(limits.take('sign_in', who(null, '2001:db8:1:2:ffff::9'))).not.toBeNull();
    expect(limits.take('sign_in', who(null, '2001:db8:1:3::1'))).toBeNull();
    expect(networkOf('::1')).toBe('0:0:0:0::/64');
    expect(networkOf('2001:0db8::')).toBe('2001:db8:0:0::/64');
    expect(networkOf('10.0.0.1')).toBe('10.0.0.1');
  });

  it('memory ends: who used it last stays', () => {
    const { clock, limits } = clocked();
    count(limits, 'sign_in', 'ann', null);
    for (let index = 0; index < 60_000; index += 1) {
      limits.take('sign_in', who(`c${index}`, null));
      if (index % 10_000 === 0) limits.take('sign_in', who('ann', null));
    }
    expect(limits.size).toBeLessThanOrEqual(20_000);
    expect(limits.take('sign_in', who('ann', null))).not.toBeNull();
    clock.now += 3_600_000;
    limits.take('sign_in', who('new', null));
    expect(limits.size).toBeLessThanOrEqual(20_000);
  });

  it('over a long time nobody gets more than burst and rate allow', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 300 }), (steps) => {
        const { clock, limits } = clocked();
        const began = clock.now;
        let taken = 0;
        for (const step of steps) {
          clock.now += step;
          if (limits.take('sign_in', who('ann', null)) === null) taken += 1;
        }
        const { burst, perSecond } = CALLER_RATES.sign_in;
        expect(taken).toBeLessThanOrEqual(burst + ((clock.now - began) / 1000) * perSecond + 1e-9);
      }),
    );
  });
});

describe('open streams', () => {
  it('are limited for each caller, and given back once', () => {
    const { limits } = clocked();
    const ends = Array.from({ length: STREAMS_OF_CALLER }, () => limits.openStream(who('ann', '10.0.0.1')));
    expect(limits.openStream(who('ann', '10.0.0.9'))).toBeNull();
    expect(limits.openStream(who('ben', '10.0.0.1'))).not.toBeNull();
    ends[0]?.();
    ends[0]?.();
    expect(limits.openStream(who('ann', '10.0.0.1'))).not.toBeNull();
    expect(limits.openStream(who('ann', '10.0.0.1'))).toBeNull();
  });

  it('are limited in total', () => {
    const { limits } = clocked();
    for (let index = 0; index < STREAMS; index += 1) expect(limits.openStream(who(`c${index}`, null))).not.toBeNull();
    expect(limits.openStream(who('late', null))).toBeNull();
  });
});
