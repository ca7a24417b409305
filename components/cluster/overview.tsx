'use client';
import { memo, type ReactNode, useDeferredValue, useEffect } from 'react';
import type { Snapshot } from '@/lib/domain/cluster';
import { CauseBlock } from './cause-block';
import { ClusterHeader } from './cluster-header';
import { DcsPanel } from './dcs-panel';
import { FindingsPanel } from './findings-panel';
import { HistoryPanel } from './history-panel';
import { MembersPanel } from './members-panel';
import { PendingPanel } from './pending-panel';
import { ReadinessPanel } from './readiness-panel';
import { SourcesPanel } from './sources-panel';
import { StagesPanel } from './stages-panel';
import { TimelinesPanel } from './timelines-panel';
import { TopologyPanel } from './topology-panel';

function readable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function Overview({ snapshot, children }: { snapshot: Snapshot; children?: ReactNode }) {
  // The rows of `#member-n3` exist only once the first snapshot is here: go there then.
  useEffect(() => {
    const id = location.hash.slice(1);
    // A name with a bare % stands in it as it is.
    const element = id === '' ? null : (document.getElementById(id) ?? document.getElementById(readable(id)));
    element?.scrollIntoView({ block: 'center' });
  }, []);
  // Who leads is said at once; the panels, some 50 ms of work, follow in renders that the next snapshot may interrupt.
  const later = useDeferredValue(snapshot);
  return (
    <>
      <ClusterHeader snapshot={snapshot} />
      <CauseBlock snapshot={snapshot} />
      <Panels snapshot={later} />
      {children !== undefined && <div className="mt-3">{children}</div>}
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
        <HistoryPanel snapshot={snapshot} />
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
