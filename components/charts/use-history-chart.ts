'use client';
// The chart's code (recharts) comes after the page. A server that is away at that moment must cost the chart only, not the
// page that has to say that the server is away.
import { type ComponentType, useEffect, useState } from 'react';
import type { HistoryChartProps } from './history-chart';

interface Loaded {
  readonly HistoryChart: ComponentType<HistoryChartProps> | null;
  readonly failed: boolean;
}

const RETRY_MS = 3000;

let known: Loaded = { HistoryChart: null, failed: false };

export function useHistoryChart(): Loaded {
  const [loaded, setLoaded] = useState(known);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let gone = false;
    const take = (next: Loaded): void => {
      known = next;
      if (!gone) setLoaded(next);
    };
    const load = async (): Promise<void> => {
      try {
        const { HistoryChart } = await import('./history-chart');
        take({ HistoryChart, failed: false });
      } catch {
        take({ HistoryChart: null, failed: true });
        if (!gone) timer = setTimeout(load, RETRY_MS);
      }
    };
    if (known.HistoryChart === null) void load();
    return () => {
      gone = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return loaded;
}
