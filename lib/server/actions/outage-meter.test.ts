// How long nobody could write: by acknowledged writes where there are some, else by readings, and it says which.
import { describe, expect, it } from 'vitest';
import { type ClusterSpec, NOW, play } from '../../domain/testkit';
import type { ProbeEvent } from '../../io/write-probe';
import { OutageMeter } from './outage-meter';

const wrote = (ackAt: number, member = 'n1'): ProbeEvent => ({ kind: 'wrote', member, at: ackAt - 3, ackAt });
const members = [{ name: 'n1' }, { name: 'n2' }];
const healthy: ClusterSpec = { members };
const gone: ClusterSpec = {
  leader: null,
  members: [
    { name: 'n1', role: 'demoted', state: 'stopped', sql: 'refused' },
    { name: 'n2', upstream: null },
  ],
};
const moved: ClusterSpec = {
  leader: 'n2',
  members: [
    { name: 'n1', role: 'replica', timeline: 2, upstream: 'n2' },
    { name: 'n2', role: 'primary', timeline: 2 },
  ],
};

describe('by the probe', () => {
  it('is from the last acknowledgement to the first one after, on whichever member', () => {
    const meter = new OutageMeter(50);
    for (const at of [0, 50, 100]) meter.onProbe(wrote(at));
    for (const at of [2400, 2450]) meter.onProbe(wrote(at, 'n2'));
    expect(meter.outage(2500)).toEqual({
      ms: 2300,
      by: 'probe',
      precisionMs: 50,
      lastWritableAt: 100,
      writableAgainAt: 2400,
    });
  });

  it('grows while it lasts', () => {
    const meter = new OutageMeter(50);
    meter.onProbe(wrote(100));
    meter.onProbe({ kind: 'refused', member: 'n1', at: 150, text: 'connection refused' });
    expect(meter.outage(1100)).toMatchObject({ ms: 1000, writableAgainAt: null });
    expect(meter.outage(2100)).toMatchObject({ ms: 2000, writableAgainAt: null });
  });

  it('a slow write is none', () => {
    const meter = new OutageMeter(50);
    for (const at of [0, 50, 250, 300]) meter.onProbe(wrote(at));
    expect(meter.outage(350)).toBeNull();
  });

  it('wins over what is read', () => {
    const meter = new OutageMeter(50);
    meter.onProbe(wrote(NOW));
    for (const snapshot of play([healthy, gone, moved]).all) meter.onSnapshot(snapshot);
    meter.onProbe(wrote(NOW + 700, 'n2'));
    expect(meter.outage(NOW + 750)).toMatchObject({ ms: 700, by: 'probe' });
  });
});

describe('by observation', () => {
  const outageOf = (specs: readonly ClusterSpec[], everyMs: number) => {
    const meter = new OutageMeter(50);
    for (const snapshot of play(specs, everyMs).all) meter.onSnapshot(snapshot);
    return meter.outage(NOW + everyMs * specs.length);
  };

  it('is from the last reading that showed a writable leader to the first one after, and says how exact', () => {
    expect(outageOf([healthy, healthy, gone, gone, moved], 500)).toEqual({
      ms: 1500,
      by: 'observation',
      precisionMs: 500,
      lastWritableAt: NOW + 500,
      writableAgainAt: NOW + 2000,
    });
  });

  it('is open while nobody leads, and none where somebody always did', () => {
    expect(outageOf([healthy, healthy, gone], 500)).toMatchObject({ writableAgainAt: null, ms: 1000 });
    expect(outageOf([healthy, healthy, healthy], 500)).toBeNull();
  });

  it('is not known where a writable leader was never seen', () => {
    expect(outageOf([gone, gone, moved], 500)).toBeNull();
  });
});
