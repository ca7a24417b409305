'use client';
import { useEffect, useState } from 'react';
import { clockNow, subscribeClock } from '@/lib/client/live/clock';

const EACH_MS = 80;

/** Server time, often enough to see hundredths run, while something runs; else as the page's clock ticks. */
export function useFastNow(running: boolean): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    let base = clockNow();
    let from = performance.now();
    const set = () => setNow((was) => Math.max(was, base + (performance.now() - from)));
    const off = subscribeClock(() => {
      base = clockNow();
      from = performance.now();
      set();
    });
    base = clockNow();
    set();
    const timer = running ? setInterval(set, EACH_MS) : null;
    return () => {
      off();
      if (timer !== null) clearInterval(timer);
    };
  }, [running]);
  return now;
}
