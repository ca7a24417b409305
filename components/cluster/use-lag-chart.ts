'use client';
// The chart's code (recharts) comes after the page. A server that is away at that moment must cost the chart only, not the
// page that has to say that the server is away.
import { type ComponentType, useEffect, useState } from 'react';
import type { LagChartProps } from './lag-chart';

interface Loaded {
  readonly LagChart: ComponentType<LagChartProps> | null;
  readonly failed: boolean;
}

const RETRY_MS = 3000;

let known: Loaded = { LagChart: null, failed: false };

export function useLagChart(): Loaded {
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
        const { LagChart } = await import('./lag-chart');
        take({ LagChart, failed: false });
      } catch {
        take({ LagChart: null, failed: true });
        if (!gone) timer = setTimeout(load, RETRY_MS);
      }
    };
    if (known.LagChart === null) void load();
    return () => {
      gone = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return loaded;
}
