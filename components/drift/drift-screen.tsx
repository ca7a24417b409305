'use client';
import { useState } from 'react';
import { type Drift, useDrift } from '@/lib/client/drift/drift';
import { useCluster } from '@/lib/client/live/live';
import { sentence } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { saidBy } from '@/lib/language/spoken-error';
import { ClusterFrame } from '../cluster/cluster-frame';
import { ClusterLoading } from '../cluster/cluster-loading';
import { Age } from '../ui/age';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { rich } from '../ui/rich';
import { CertificatesPanel } from './certificates-panel';
import { DifferencesPanel } from './differences-panel';
import { OverridesPanel } from './overrides-panel';
import { ProfilePanel } from './profile-panel';
import { ReadPanel } from './read-panel';
import { SettingsPanel } from './settings-panel';

export function DriftScreen({ scope }: { scope: string }) {
  const snapshot = useCluster(scope);
  return (
    <ClusterFrame scope={scope} tab="drift">
      {snapshot === undefined ? <ClusterLoading scope={scope} /> : <OfCluster snapshot={snapshot} />}
    </ClusterFrame>
  );
}

function OfCluster({ snapshot }: { snapshot: Snapshot }) {
  const { scope } = snapshot;
  const [look, setLook] = useState(0);
  const asked = useDrift(scope, look);
  const answer = asked.data;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="font-semibold text-18 text-f0">{t('Drift')}</h1>
        {answer !== undefined && (
          <span className="text-12 text-f2">
            {rich('looked at {age} ago, each {minutes} min', {
              age: <Age at={answer.at} staleAfterMs={answer.everyMs + 60_000} className="text-f0" />,
              minutes: String(Math.round(answer.everyMs / 60_000)),
            })}
          </span>
        )}
        <span className="ml-auto">
          <Button icon="reload" onClick={() => setLook(look + 1)} disabled={asked.isFetching}>
            {t('Look again')}
          </Button>
        </span>
      </div>
      {asked.isError && (
        <p role="status" className="bar-unknown flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2">
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words text-f1">{sentence(wire(saidBy(asked.error)))}</span>
        </p>
      )}
      {answer === undefined ? (
        !asked.isError && (
          <p className="min-h-60 rounded-panel border border-l1 bg-bg1 p-4 text-f2" aria-busy="true">
            {t('Asking the members of {scope}.', { scope })}
          </p>
        )
      ) : (
        <Panels answer={answer} />
      )}
      <CertificatesPanel snapshot={snapshot} />
    </div>
  );
}

function Panels({ answer }: { answer: Drift }) {
  const { settings, differences, members } = answer;
  const unread = members.filter(({ at }) => at === null);
  const isSame = settings !== null && settings.differing.length + settings.overrides.length + differences.length === 0;
  return (
    <>
      <ProfilePanel answer={answer} />
      {settings === null ? (
        <p className="bar-unknown flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2 text-f1">
          <SeverityIcon health="unknown" className="mt-0.5" />
          {t('Settings were not compared: no member could be read. What its members say below is why.')}
        </p>
      ) : (
        isSame && (
          <p className="rounded-panel border border-l1 bg-bg1 px-3.5 py-2.5 text-f1">
            {unread.length === 0
              ? t('Its members are alike: {n} settings were compared.', { n: settings.compared })
              : t('Those that could be read are alike: {n} settings were compared.', { n: settings.compared })}
          </p>
        )
      )}
      {settings !== null && settings.overrides.length > 0 && <OverridesPanel settings={settings} />}
      {settings !== null && settings.differing.length > 0 && <SettingsPanel settings={settings} />}
      {differences.length > 0 && <DifferencesPanel answer={answer} />}
      <ReadPanel answer={answer} />
    </>
  );
}
