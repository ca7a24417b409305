'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useNow } from '@/lib/client/live/clock';
import { browserZone, type IncidentWindow, parseWindow, useIncident } from '@/lib/client/past/incident';
import { incidentPath } from '@/lib/client/past/moment';
import { t, wire } from '@/lib/client/words/text';
import type { IncidentAnswer } from '@/lib/contract/history';
import { saidBy } from '@/lib/language/spoken-error';
import { isBlank } from '@/lib/telling/incident/headline';
import { type Report, report } from '@/lib/telling/incident/report';
import { AuditTable } from '../audit/audit-table';
import { ClusterFrame } from '../cluster/cluster-frame';
import { StoreNote } from '../cluster/store-note';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { goTo } from '../ui/go-to';
import { Panel } from '../ui/panel';
import { FactsPanel } from './facts-panel';
import { FindingsAxis } from './findings-axis';
import { IncidentCharts } from './incident-charts';
import { NotesPanel } from './notes-panel';
import { StoryPanel } from './story-panel';
import { WindowBar } from './window-bar';

/** An end within this of now is still open: what happens goes on coming. */
const OPEN_MS = 90_000;

export function IncidentScreen({ scope }: { scope: string }) {
  return (
    <ClusterFrame scope={scope} tab={null} crumb={t('Incident')}>
      <Incident key={scope} scope={scope} />
    </ClusterFrame>
  );
}

function Incident({ scope }: { scope: string }) {
  const router = useRouter();
  const query = useSearchParams();
  const now = useNow(10_000);
  // Without an address the window stays where it was when the page was opened.
  const [opened, setOpened] = useState(0);
  if (opened === 0 && now > 0) setOpened(now);
  const [from, to] = [query.get('from'), query.get('to')];
  const parsed = opened === 0 ? null : parseWindow(from, to, opened);
  const window = parsed?.kind === 'window' ? parsed.window : null;
  const isOpen = window !== null && now - window.to < OPEN_MS;
  const incident = useIncident(scope, window, isOpen);
  const choose = (next: IncidentWindow): void => {
    setOpened(Math.max(opened, next.to, now));
    goTo(router, incidentPath(scope, next.from, next.to));
  };
  const data = window === null ? undefined : incident.data;
  return (
    <>
      <h1 className="mb-3 flex flex-wrap items-baseline gap-x-3 font-semibold text-18 text-f0">
        {t('Incident')} <span className="break-all font-normal text-12 text-f2">{scope}</span>
      </h1>
      <WindowBar
        key={window === null ? `${from}/${to}` : `${window.from}/${window.to}`}
        scope={scope}
        window={window}
        now={now}
        onChoose={choose}
      />
      {parsed?.kind === 'problem' && (
        <p
          role="alert"
          className="bar-warning mb-3 flex gap-2 rounded-panel border border-l1 bg-warning-tint px-3.5 py-2"
        >
          <SeverityIcon health="warning" className="mt-0.5" />
          <span className="min-w-0 break-words text-f0">{parsed.text}</span>
        </p>
      )}
      <StoreNote />
      {incident.isError && window !== null && (
        <p
          role="status"
          className="bar-unknown mb-3 flex flex-wrap items-center gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" />
          <span className="min-w-0 grow basis-60 break-words">
            <span className="text-f0">
              {t(
                data === undefined
                  ? 'The incident could not be read.'
                  : 'Could not be refreshed; what is shown is older.',
              )}{' '}
            </span>
            {wire(saidBy(incident.error))}
          </span>
          <Button onClick={() => void incident.refetch()}>{t('Read again')}</Button>
        </p>
      )}
      {data === undefined && parsed?.kind !== 'problem' && !incident.isError && <Reading />}
      {data !== undefined && <Answer answer={data} onChoose={choose} />}
    </>
  );
}

function Reading() {
  return (
    <div className="grid gap-3">
      <Panel title={t('What happened, in short')} aside={t('reading')} bodyClassName="h-28">
        {null}
      </Panel>
      <Panel title={t('What happened')} aside={t('reading')} bodyClassName="h-64">
        {null}
      </Panel>
    </div>
  );
}

function Answer({ answer, onChoose }: { answer: IncidentAnswer; onChoose: (window: IncidentWindow) => void }) {
  // The moment the next note is about; a story line may set it.
  const [noteAt, setNoteAt] = useState<number | null>(null);
  const made: Report = report(answer, browserZone(), null);
  if (isBlank(answer) && answer.notes.length === 0 && answer.leadership.length === 0)
    return <NothingKept made={made} />;
  return (
    <div className="grid gap-3">
      <FactsPanel made={made} />
      <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-3">
          <StoryPanel answer={answer} made={made} onChoose={onChoose} onNote={setNoteAt} />
          <NotesPanel answer={answer} made={made} at={noteAt} onAt={setNoteAt} />
        </div>
        <div className="grid min-w-0 gap-3">
          <FindingsAxis answer={answer} made={made} />
          <IncidentCharts answer={answer} onChoose={onChoose} />
        </div>
      </div>
      <Panel
        title={t('Actions')}
        count={answer.actions.length === 0 ? undefined : answer.actions.length}
        aside={t('from Howdah, oldest first')}
      >
        {answer.actions.length === 0 ? (
          <p className="px-3.5 py-3 text-f2">{t('Nothing was done from this Howdah in this window.')}</p>
        ) : (
          <AuditTable rows={answer.actions} withScope={false} />
        )}
      </Panel>
    </div>
  );
}

function NothingKept({ made }: { made: Report }) {
  return (
    <Panel title={t('What happened')}>
      <div className="px-3.5 py-3">
        <p className="font-medium text-f0">{wire(made.headline[0] ?? '')}</p>
        <p className="mt-1 text-f2">{wire(made.window)}</p>
        {made.caveats.map((line) => (
          <p key={String(line)} className="mt-1 break-words text-f2">
            {wire(line)}
          </p>
        ))}
      </div>
    </Panel>
  );
}
