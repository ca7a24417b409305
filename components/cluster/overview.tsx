'use client';
import { memo, type ReactNode, useDeferredValue, useEffect } from 'react';
import type { Snapshot } from '@/lib/domain/cluster';
import { MaintenancePanel } from '../maintenance/maintenance-panel';
import { CauseBlock } from './cause-block';
import { ClusterHeader } from './cluster-header';
import { DcsPanel } from './dcs-panel';
import { EntriesPanel } from './entries-panel';
import { FindingsPanel } from './findings-panel';
import { HistoryPanel } from './history-panel';
import { MembersPanel } from './members-panel';
import { PendingPanel } from './pending-panel';
import { ReadinessPanel } from './readiness-panel';
import { SitesPanel } from './sites-panel';
import { SourcesPanel } from './sources-panel';
import { StagesPanel } from './stages-panel';
import { TimelinesPanel } from './timelines-panel';
import { TopologyPanel } from './topology-panel';
import { WhatChangedPanel } from './what-changed-panel';

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
      <MaintenancePanel snapshot={snapshot} />
      <Panels snapshot={later} />
      {children !== undefined && <div className="mt-3">{children}</div>}
    </>
  );
}

const Panels = memo(function Panels({ snapshot }: { snapshot: Snapshot }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <Top snapshot={snapshot} />
      <SitesPanel snapshot={snapshot} />
      <MembersPanel snapshot={snapshot} />
      <EntriesPanel snapshot={snapshot} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-[minmax(0,560fr)_minmax(0,754fr)]">
        <StagesPanel snapshot={snapshot} />
        <HistoryPanel snapshot={snapshot} />
      </div>
      <TimelinesPanel snapshot={snapshot} />
      <PendingPanel snapshot={snapshot} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-[minmax(0,400fr)_minmax(0,916fr)]">
        <DcsPanel snapshot={snapshot} />
        <SourcesPanel snapshot={snapshot} />
      </div>
    </div>
  );
});

/** Findings take the right side; without any it belongs to who would take over. Where there is one column they come first. */
function Top({ snapshot }: { snapshot: Snapshot }) {
  const topology = <TopologyPanel snapshot={snapshot} />;
  const findings = <FindingsPanel findings={snapshot.findings} scope={snapshot.scope} />;
  const readiness = <ReadinessPanel snapshot={snapshot} />;
  const changed = <WhatChangedPanel scope={snapshot.scope} />;
  if (snapshot.findings.length === 0) {
    return (
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-[minmax(0,1fr)_320px]">
        <div className="grid grid-cols-[minmax(0,1fr)] grid-rows-[auto_1fr] gap-3">
          {topology}
          {changed}
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] grid-rows-[auto_1fr] gap-3">
          {readiness}
          {findings}
        </div>
      </div>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[minmax(0,886fr)_minmax(0,428fr)]">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {topology}
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 md:grid-cols-2">
          {readiness}
          {changed}
        </div>
      </div>
      <div className="max-xl:order-first">{findings}</div>
    </div>
  );
}
