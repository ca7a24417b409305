'use client';
import { useEffect, useState } from 'react';
import type { Snapshot } from '../domain/cluster';
import { appendSample, type LagSample, sampleOf } from './lag-series';

/** What the stream brought since this page opened, for the end of the chart. Another scope starts anew. */
export function useLagTail(snapshot: Snapshot): readonly LagSample[] {
  const [tail, setTail] = useState<{ scope: string; samples: readonly LagSample[] }>({
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
