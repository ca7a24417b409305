'use client';
import { useState } from 'react';
import { backupsCsv, useBackups } from '@/lib/client/backups/backups';
import { useCluster } from '@/lib/client/live/live';
import { sentence } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { BackupsAnswer } from '@/lib/contract/backups';
import type { Snapshot } from '@/lib/domain/cluster';
import { isBackupCode } from '@/lib/domain/finding-code';
import { saidBy } from '@/lib/language/spoken-error';
import { ClusterFrame } from '../cluster/cluster-frame';
import { ClusterLoading } from '../cluster/cluster-loading';
import { CopyButton } from '../ui/copy-button';
import { SeverityIcon } from '../ui/glyph';
import { ArchivePanel } from './archive-panel';
import { BackupsTable } from './backups-table';
import { LastGood } from './last-good';
import { NoReports } from './no-reports';
import { ReportsTable } from './reports-table';
import { RestorePanel } from './restore-panel';
import { RestoreWindow } from './restore-window';
import { RunningPanel } from './running-panel';

export function BackupsScreen({ scope }: { scope: string }) {
  const snapshot = useCluster(scope);
  return (
    <ClusterFrame scope={scope} tab="backups">
      {snapshot === undefined ? <ClusterLoading scope={scope} /> : <OfCluster snapshot={snapshot} />}
    </ClusterFrame>
  );
}

function OfCluster({ snapshot }: { snapshot: Snapshot }) {
  const [planAt, setPlanAt] = useState<number | null>(null);
  const asked = useBackups(snapshot.scope, planAt);
  const answer = asked.data;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="font-semibold text-18 text-f0">{t('Backups and archive')}</h1>
        <span className="text-12 text-f2">
          {t('Howdah reads what the tools report; it starts and removes no backup.')}
        </span>
        {answer !== undefined && answer.reports.length > 0 && (
          <span className="ml-auto">
            <CopyButton text={() => backupsCsv(answer.reports)} label={t('Copy as CSV')} words />
          </span>
        )}
      </div>
      <Findings snapshot={snapshot} />
      {asked.isError && (
        <p role="status" className="bar-unknown flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2">
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words text-f1">{sentence(wire(saidBy(asked.error)))}</span>
        </p>
      )}
      {answer !== undefined && <Panels snapshot={snapshot} answer={answer} planAt={planAt} onPlan={setPlanAt} />}
    </div>
  );
}

function Panels({
  snapshot,
  answer,
  planAt,
  onPlan,
}: {
  snapshot: Snapshot;
  answer: BackupsAnswer;
  planAt: number | null;
  onPlan: (at: number) => void;
}) {
  const reported = answer.reports.length > 0;
  return (
    <>
      {reported ? <LastGood snapshot={snapshot} answer={answer} /> : <NoReports scope={snapshot.scope} />}
      {reported && <RestoreWindow answer={answer} />}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2">
        <RunningPanel snapshot={snapshot} reports={answer.reports} />
        <ArchivePanel snapshot={snapshot} />
      </div>
      {reported && <ReportsTable reports={answer.reports} />}
      {reported && (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[minmax(0,1fr)_400px]">
          <BackupsTable reports={answer.reports} />
          <RestorePanel answer={answer} planAt={planAt} onPlan={onPlan} />
        </div>
      )}
    </>
  );
}

/** What is wrong with backups and the archive, and nothing else of the cluster. */
function Findings({ snapshot }: { snapshot: Snapshot }) {
  const found = snapshot.findings.filter(({ code }) => isBackupCode(code) || code.startsWith('archiv'));
  if (found.length === 0) return null;
  return (
    <ul className="overflow-clip rounded-panel border border-l1 bg-bg1">
      {found.map(({ code, severity, title, advice }) => (
        <li
          key={`${code} ${title}`}
          className={`flex gap-2 border-l1 border-t px-3.5 py-2 first:border-t-0 bar-${severity}`}
        >
          <SeverityIcon health={severity} className="mt-0.5" />
          <span className="min-w-0 break-words">
            <span className="font-semibold text-f0">{wire(title)}</span> <span className="text-f2">{wire(advice)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
