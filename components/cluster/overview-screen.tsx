'use client';
import { memo, useDeferredValue, useEffect } from 'react';
import { useCluster } from '@/lib/client/live';
import type { Snapshot } from '@/lib/domain/cluster';
import { ClusterFrame } from './cluster-frame';
import { ClusterHeader } from './cluster-header';
import { ClusterLoading } from './cluster-loading';
import { DcsPanel } from './dcs-panel';
import { FindingsPanel } from './findings-panel';
import { LagPanel } from './lag-panel';
import { MembersPanel } from './members-panel';
import { PendingPanel } from './pending-panel';
import { ReadinessPanel } from './readiness-panel';
import { SourcesPanel } from './sources-panel';
import { StagesPanel } from './stages-panel';
import { TimelinesPanel } from './timelines-panel';
import { TopologyPanel } from './topology-panel';

export function OverviewScreen({ scope }: { scope: string }) {
  const snapshot = useCluster(scope);
  return (
    <ClusterFrame scope={scope} tab="overview">
      {snapshot === undefined ? <ClusterLoading scope={scope} /> : <Overview snapshot={snapshot} />}
    </ClusterFrame>
  );
}

function Overview({ snapshot }: { snapshot: Snapshot }) {
  // The rows of `#member-n3` exist only once the first snapshot is here: go there then.
  useEffect(() => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id !== '') document.getElementById(id)?.scrollIntoView({ block: 'center' });
  }, []);
  // Who leads is said at once; the panels, some 50 ms of work, follow in renders that the next snapshot may interrupt.
  const later = useDeferredValue(snapshot);
  return (
    <>
      <ClusterHeader snapshot={snapshot} />
      <Panels snapshot={later} />
    </>
  );
}

const Panels = memo(function Panels({ snapshot }: { snapshot: Snapshot }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-[minmax(0,886fr)_minmax(0,428fr)]">
        <div className="contents max-xl:[&>*:last-child]:order-first">
          <TopologyPanel snapshot={snapshot} />
          <FindingsPanel findings={snapshot.findings} scope={snapshot.scope} />
        </div>
      </div>
      <MembersPanel snapshot={snapshot} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-[minmax(0,615fr)_minmax(0,699fr)]">
        <StagesPanel snapshot={snapshot} />
        <LagPanel snapshot={snapshot} />
      </div>
      <TimelinesPanel snapshot={snapshot} />
      <PendingPanel snapshot={snapshot} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-2 xl:grid-cols-[minmax(0,359fr)_minmax(0,603fr)_minmax(0,340fr)]">
        <DcsPanel snapshot={snapshot} />
        <SourcesPanel snapshot={snapshot} />
        <ReadinessPanel snapshot={snapshot} />
      </div>
    </div>
  );
});
