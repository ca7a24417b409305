'use client';
import Link from 'next/link';
import { useEffect, useMemo, useRef, useState } from 'react';
import { dcsPath } from '@/lib/client/dcs/care';
import { labelKeys } from '@/lib/client/fleet/lines';
import { viewFleet } from '@/lib/client/fleet/view';
import { useFleet } from '@/lib/client/live/live';
import { formatTook } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import type { FleetRow } from '@/lib/contract/stream';
import { sharedCauses } from '@/lib/domain/cause/shared';
import { RequestsBanner } from '../access/requests-banner';
import { Screen } from '../shell/screen';
import { FleetHead, FleetTabs } from './fleet-head';
import { EmptyInstall, FleetLoading, NoClusterFound, NoMatch, Problems } from './fleet-states';
import { FleetTable } from './fleet-table';
import { Legend } from './legend';
import { SharedBanner } from './shared-banner';
import { Toolbar } from './toolbar';
import { useFleetChoice } from './use-fleet-choice';
import { ViewDialog } from './view-dialog';

export function FleetScreen() {
  const fleet = useFleet();
  const { choice, notices, choose } = useFleetChoice();
  const input = useRef<HTMLInputElement>(null);
  const [viewing, setViewing] = useState(false);
  const rows = fleet?.rows;
  const view = useMemo(() => viewFleet(rows ?? [], choice), [rows, choice]);
  const keys = useMemo(() => labelKeys(rows ?? []), [rows]);
  const shared = useMemo(() => sharedCauses(rows ?? []), [rows]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, select, textarea') !== null;
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog[open]') !== null || input.current === null) return;
      if (event.key === '/') {
        event.preventDefault();
        input.current.focus();
      } else if (event.key === '?') setViewing(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (
    <Screen left={<FleetHead here="clusters" />}>
      <FleetTabs here="clusters" />
      <h1 className="sr-only">{t('Fleet')}</h1>
      <RequestsBanner scope={null} />
      {fleet === undefined ? (
        <FleetLoading />
      ) : !fleet.server.configured && fleet.rows.length === 0 ? (
        <EmptyInstall />
      ) : (
        <>
          <Toolbar
            choice={choice}
            view={view}
            keys={keys}
            onChoose={choose}
            onView={() => setViewing(true)}
            inputRef={input}
          />
          {viewing && <ViewDialog choice={choice} onChoose={choose} onClose={() => setViewing(false)} />}
          {notices.map((notice) => (
            <p key={notice} role="status" className="mb-2 text-12 text-warning">
              {notice}
            </p>
          ))}
          <Problems problems={fleet.server.problems} />
          <SharedBanner causes={shared} />
          {fleet.rows.length === 0 ? (
            <NoClusterFound />
          ) : view.rows.length === 0 ? (
            <NoMatch
              filter={[choice.text, choice.health].filter(Boolean).join(' ')}
              hidden={view.hidden}
              onClear={() => choose({ ...choice, text: '', health: null })}
            />
          ) : (
            <FleetTable rows={view.rows} choice={choice} onChoose={choose} shared={shared} />
          )}
          <footer className="mt-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
            <div>
              <Legend />
              <Stores rows={fleet.rows} />
            </div>
            <p className="text-11 text-f3">
              {tn(
                fleet.server.members,
                '{n} member read each {interval}, round took {took}',
                '{n} members read each {interval}, round took {took}',
                { interval: formatTook(fleet.server.intervalMs), took: formatTook(fleet.server.roundMs) },
              )}
            </p>
          </footer>
        </>
      )}
    </Screen>
  );
}

/** Where the clusters keep their keys, each as a thing of its own. */
function Stores({ rows }: { rows: readonly FleetRow[] }) {
  const sources = [...new Set(rows.map(({ source }) => source))].sort();
  if (sources.length === 0) return null;
  return (
    <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-1 text-12 text-f2">
      <span>DCS</span>
      {sources.map((source) => (
        <Link
          key={source}
          href={dcsPath(source)}
          prefetch={false}
          className="rounded-chip text-f1 underline hover:text-f0"
        >
          {source}
        </Link>
      ))}
    </p>
  );
}
