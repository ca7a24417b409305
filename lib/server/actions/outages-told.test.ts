// What an earlier handover took is told to the collector: from the store, and at once when an action has ended.
import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../domain/actions/action';
import type { MeasuredOutage } from '../../domain/outage-sample';
import { type Row, StoreAway } from '../store/driver';
import type { Store } from '../store/store';
import { OutagesTold } from './outages-told';

const stored = (at: number, ms: number): MeasuredOutage => ({ at, ms, by: 'probe' });

function made(read: () => Promise<ReadonlyMap<string, readonly MeasuredOutage[]>>) {
  let told: Readonly<Record<string, readonly MeasuredOutage[]>> = {};
  const query = async (): Promise<Row[]> =>
    [...(await read())].flatMap(([scope, all]) =>
      all.map(({ at, ms, by }) => ({ scope, requested_at: at, outage_ms: ms, measured_by: by })),
    );
  const store = { onReady: () => () => undefined, query: query as Store['query'] };
  const outages = new OutagesTold({ store, tell: (all) => (told = all) });
  return { outages, told: () => told };
}

const ended = (requestedAt: number, ms: number, change: Partial<ActionRecord> = {}): ActionRecord =>
  ({
    ...{ scope: 'demo', requestedAt, steps: [], request: { kind: 'switchover', candidate: 'n2', scheduledAt: null } },
    outage: { ms, by: 'observation', precisionMs: 500, lastWritableAt: 1, writableAgainAt: 1 + ms },
    ...change,
  }) as unknown as ActionRecord;

describe('what earlier outages say of the next one', () => {
  it('is told from the store, and once where the store has it later too', async () => {
    const rows = new Map([['demo', [stored(10, 2000)]]]);
    const { outages, told } = made(async () => rows);
    await outages.sync();
    outages.onClosed(ended(20, 900));
    const own = { at: 20, ms: 900, by: 'observation' };
    expect(told()).toEqual({ demo: [own, stored(10, 2000)] });
    rows.set('demo', [{ at: 20, ms: 900, by: 'observation' }, stored(10, 2000)]);
    await outages.sync();
    expect(told().demo).toEqual([own, stored(10, 2000)]);
    outages.stop();
  });

  it('keeps the newest eight of a cluster', async () => {
    const { outages, told } = made(
      async () => new Map([['demo', Array.from({ length: 8 }, (_, at) => stored(at, at))]]),
    );
    await outages.sync();
    outages.onClosed(ended(100, 1));
    expect(told().demo?.map(({ at }) => at)).toEqual([100, 7, 6, 5, 4, 3, 2, 1]);
    outages.stop();
  });

  it('is not what an action of another kind took, nor what nobody saw the end of; a store that is away takes nothing back', async () => {
    let isAway = false;
    const { outages, told } = made(async () => {
      if (isAway) throw new StoreAway('a test');
      return new Map([['demo', [stored(10, 2000)]]]);
    });
    await outages.sync();
    const before = told();
    const restart = { kind: 'restart', members: ['n1'], onlyPending: false, scheduledAt: null, timeoutSeconds: null };
    outages.onClosed(ended(20, 900, { request: restart as ActionRecord['request'] }));
    outages.onClosed(
      ended(30, 900, { outage: { ms: 9, by: 'probe', precisionMs: 1, lastWritableAt: 1, writableAgainAt: null } }),
    );
    isAway = true;
    await outages.sync();
    expect(told()).toEqual(before);
    outages.stop();
  });
});
