'use client';
import { useSearchParams } from 'next/navigation';
import { memo, useDeferredValue } from 'react';
import { useCluster } from '@/lib/client/live/live';
import { t } from '@/lib/client/words/text';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { memberOf } from '@/lib/domain/members';
import { ClusterFrame } from '../cluster/cluster-frame';
import { PastScreen } from '../cluster/past-screen';
import { StoreNote } from '../cluster/store-note';
import { ConnectPanel } from './connect-panel';
import { DoPanel } from './do-panel';
import { GoneMember } from './gone-member';
import { HostPanel } from './host-panel';
import { MemberEvents } from './member-events';
import { MemberHeader } from './member-header';
import { MemberSlots } from './member-slots';
import { ReplicationPanel } from './replication-panel';
import { RolesPanel } from './roles-panel';
import { SettingsPanel } from './settings-panel';
import { Siblings } from './siblings';
import { TroublePanel } from './trouble-panel';
import { WitnessPanel } from './witness-panel';

interface MemberScreenProps {
  readonly scope: string;
  readonly name: string;
}

/** With `?at=` the member as it was then, without as it is. */
export function MemberScreen({ scope, name }: MemberScreenProps) {
  const at = useSearchParams().get('at');
  if (at === null) return <LiveScreen scope={scope} name={name} />;
  return (
    <PastScreen scope={scope} member={name} text={at}>
      {(snapshot) => <MemberPage snapshot={snapshot} name={name} />}
    </PastScreen>
  );
}

function LiveScreen({ scope, name }: MemberScreenProps) {
  const snapshot = useCluster(scope);
  return (
    <ClusterFrame scope={scope} tab="member" member={name}>
      <StoreNote />
      {snapshot === undefined ? (
        <div aria-busy="true">
          <h1 className="mb-3 break-all font-semibold text-22 text-f0">{name}</h1>
          <p className="min-h-60 rounded-panel border border-l1 bg-bg1 p-4 text-f2">{t('Asking the cluster.')}</p>
        </div>
      ) : (
        <MemberPage snapshot={snapshot} name={name} />
      )}
    </ClusterFrame>
  );
}

function MemberPage({ snapshot, name }: { snapshot: Snapshot; name: string }) {
  const member = memberOf(snapshot, name);
  // Whether it works is said at once; the panels follow in renders that the next snapshot may interrupt.
  const later = useDeferredValue(snapshot);
  const then = memberOf(later, name);
  if (member === null) return <GoneMember snapshot={snapshot} name={name} />;
  return (
    <>
      <Siblings snapshot={snapshot} name={name} />
      <MemberHeader member={member} snapshot={snapshot} />
      <TroublePanel member={member} snapshot={snapshot} />
      {then !== null && <Panels member={then} snapshot={later} />}
    </>
  );
}

const Panels = memo(function Panels({ member, snapshot }: { member: Member; snapshot: Snapshot }) {
  const { scope } = snapshot;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[minmax(0,412fr)_minmax(0,904fr)]">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 max-xl:contents">
        <ConnectPanel member={member} />
        <HostPanel member={member} />
        <WitnessPanel member={member} snapshot={snapshot} />
        <RolesPanel snapshot={snapshot} name={member.name} />
        <MemberEvents scope={scope} name={member.name} />
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 max-xl:order-first">
        <SettingsPanel member={member} />
        <ReplicationPanel member={member} snapshot={snapshot} />
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 md:grid-cols-2">
          <MemberSlots member={member} snapshot={snapshot} />
          <DoPanel member={member} snapshot={snapshot} />
        </div>
      </div>
    </div>
  );
});
