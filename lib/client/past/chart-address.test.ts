import { describe, expect, it } from 'vitest';
import { parseChart, printChart } from './chart-address';
import { LIVE_DEFAULT } from './chart-window';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const read = (query: string) => parseChart(new URLSearchParams(query));

describe('a chart in the address', () => {
  it('survives the trip: a range that is live, a window that stands still', () => {
    const live = { metric: 'receive', window: { kind: 'live', spanMs: 86_400_000 } } as const;
    expect(printChart(live, '')).toBe('?chart=receive&range=24h');
    expect(read(printChart(live, ''))).toEqual(live);
    const past = { metric: 'wal', window: { kind: 'past', from: AT, to: AT + 60_000 } } as const;
    expect(read(printChart(past, ''))).toEqual(past);
  });

  it('says nothing of what is usual, and leaves what others wrote', () => {
    const usual = { metric: 'replay', window: LIVE_DEFAULT } as const;
    expect(printChart(usual, '?chart=wal&range=7d')).toBe('');
    expect(printChart(usual, `?at=${AT}&range=7d`)).toBe(`?at=${AT}`);
    expect(read('')).toEqual(usual);
  });

  it('takes no window that runs backwards, lasts no time or a century, and no word it does not know', () => {
    for (const range of [`${AT}-${AT - 60_000}`, `${AT}-${AT}`, `${AT}-9999999999999`, 'fortnight', '1-2'])
      expect(read(`range=${range}`).window, range).toEqual(LIVE_DEFAULT);
    expect(read('chart=colour').metric).toBe('replay');
  });
});
