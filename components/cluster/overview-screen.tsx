'use client';
import { useSearchParams } from 'next/navigation';
import { useCluster } from '@/lib/client/live/live';
import { ClusterFrame } from './cluster-frame';
import { ClusterLoading } from './cluster-loading';
import { Overview } from './overview';
import { PastScreen } from './past-screen';
import { StoreNote } from './store-note';

/** With `?at=` the cluster as it was then, without as it is. */
export function OverviewScreen({ scope }: { scope: string }) {
  const at = useSearchParams().get('at');
  return at === null ? <LiveScreen scope={scope} /> : <PastScreen scope={scope} text={at} />;
}

function LiveScreen({ scope }: { scope: string }) {
  const snapshot = useCluster(scope);
  return (
    <ClusterFrame scope={scope} tab="overview">
      <StoreNote />
      {snapshot === undefined ? <ClusterLoading scope={scope} /> : <Overview snapshot={snapshot} />}
    </ClusterFrame>
  );
}
