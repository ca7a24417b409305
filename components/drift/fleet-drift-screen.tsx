'use client';
import Link from 'next/link';
import { type FleetDriftRow, fleetDriftCsv, useFleetDrift } from '@/lib/client/drift/drift';
import { driftPath } from '@/lib/client/past/moment';
import { sentence } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import { saidBy } from '@/lib/language/spoken-error';
import { FleetHead, FleetTabs } from '../fleet/fleet-head';
import { Screen } from '../shell/screen';
import { Age } from '../ui/age';
import { CopyButton } from '../ui/copy-button';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';

const SHOWN_MAX = 500;

/** Every cluster against its profile: those that deviate, those nobody can tell of, and how many are well. */
export function FleetDriftScreen() {
  const asked = useFleetDrift();
  const answer = asked.data;
  const clusters = answer?.clusters ?? [];
  const loud = clusters.filter(({ deviations, at }) => deviations.length > 0 || at === null);
  const quiet = clusters.length - loud.length;
  return (
    <Screen left={<FleetHead here="drift" />}>
      <FleetTabs here="drift" />
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="font-semibold text-18 text-f0">{t('Drift')}</h1>
        {answer !== undefined && (
          <span className="text-12 text-f2">{t('Minor releases as of {day}.', { day: answer.minorsAsOf })}</span>
        )}
        {answer !== undefined && clusters.length > 0 && (
          <span className="ml-auto">
            <CopyButton text={() => fleetDriftCsv(answer)} label={t('Copy as CSV')} words />
          </span>
        )}
      </div>
      {asked.isError && (
        <p
          role="status"
          className="bar-unknown mb-3 flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words text-f1">{sentence(wire(saidBy(asked.error)))}</span>
        </p>
      )}
      {answer !== undefined && (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
          {loud.length > 0 && <Deviating rows={loud} everyMs={answer.everyMs} />}
          <p className="rounded-panel border border-l1 bg-bg1 px-3.5 py-2.5 text-f1">
            {clusters.length === 0
              ? t('There is no cluster.')
              : quiet === 0
                ? t('No cluster is as its profile asks.')
                : tn(quiet, '{n} cluster is as its profile asks.', '{n} clusters are as their profile asks.')}
          </p>
        </div>
      )}
    </Screen>
  );
}

function Deviating({ rows, everyMs }: { rows: readonly FleetDriftRow[]; everyMs: number }) {
  return (
    <Panel title={t('Clusters that deviate')} count={rows.length} bodyClassName="overflow-x-auto">
      <table className="w-full text-left text-12">
        <thead className="text-f2">
          <tr className="*:whitespace-nowrap *:px-3.5 *:py-2 *:font-normal">
            <th scope="col">{t('Cluster')}</th>
            <th scope="col">{t('Profile')}</th>
            <th scope="col">{t('Deviates in')}</th>
            <th scope="col">{t('Looked at')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_MAX).map(({ scope, profile, deviations, at }) => (
            <tr key={scope} className="border-l1 border-t align-top *:px-3.5 *:py-1.5">
              <th scope="row" className="font-semibold">
                <Link
                  href={driftPath(scope)}
                  prefetch={false}
                  className="break-all rounded-chip text-f0 hover:underline"
                >
                  {scope}
                </Link>
              </th>
              <td className="text-f1">{profile}</td>
              <td className="md:min-w-64">
                {at === null ? (
                  <span className="text-unknown">{t('not looked at yet')}</span>
                ) : (
                  <ul className="grid gap-0.5">
                    {deviations.map(({ rule, verdict, text }) => (
                      <li key={`${rule} ${text}`} className="flex gap-2">
                        <SeverityIcon
                          health={verdict === 'unknown' ? 'unknown' : 'note'}
                          size={13}
                          className="mt-0.5"
                        />
                        <span className="min-w-0 break-words text-f1">{wire(text)}</span>
                      </li>
                    ))}
                  </ul>
                )}
              </td>
              <td className="whitespace-nowrap text-f2">
                {at === null ? '' : <Age at={at} staleAfterMs={everyMs + 60_000} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN_MAX && (
        <p className="border-l1 border-t px-3.5 py-2 text-12 text-f2">
          {t('and {n} more', { n: rows.length - SHOWN_MAX })}
        </p>
      )}
    </Panel>
  );
}
