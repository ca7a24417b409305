'use client';
import { useSearchParams } from 'next/navigation';
import { useCluster } from '@/lib/client/live/live';
import { ClusterFrame } from './cluster-frame';
import { ClusterLoading } from './cluster-loading';
import { Overview } from './overview';
import { PastConfigPanel } from './past-config-panel';
import { PastScreen } from './past-screen';
import { StoreNote } from './store-note';

/** With `?at=` the cluster as it was then, without as it is. */
export function OverviewScreen({ scope }: { scope: string }) {
  const at = useSearchParams().get('at');
  if (at === null) return <LiveScreen scope={scope} />;
  return (
    <PastScreen scope={scope} member={null} text={at}>
      {(snapshot) => (
        <Overview snapshot={snapshot}>
          <PastConfigPanel snapshot={snapshot} />
        </Overview>
      )}
    </PastScreen>
  );
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
