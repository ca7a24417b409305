'use client';
import { useEffect, useState } from 'react';
import type { Snapshot } from '../../domain/cluster';
import { appendSample, sampleOf, type TailSample } from './chart-series';

/** What the stream brought since this page opened, for the end of a live chart. Another scope starts anew. */
export function useChartTail(snapshot: Snapshot): readonly TailSample[] {
  const [tail, setTail] = useState<{ scope: string; samples: readonly TailSample[] }>({
    scope: snapshot.scope,
    samples: [],
  });
  useEffect(() => {
    setTail((before) => ({
      scope: snapshot.scope,
      samples: appendSample(before.scope === snapshot.scope ? before.samples : [], sampleOf(snapshot)),
    }));
  }, [snapshot]);
  return tail.samples;
}
