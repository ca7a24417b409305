'use client';
import { formatTook } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { Snapshot, SourceReport } from '@/lib/domain/cluster';
import { joinNames } from '@/lib/language/quantity';
import { Age } from '../ui/age';
import { SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { disagreements } from './member-words';

const SOURCE: Readonly<Record<SourceReport['source'], readonly [string, string]>> = {
  dcs: ['DCS', form('watch')],
  patroni: ['Patroni', 'GET /patroni'],
  sql: ['PostgreSQL', 'pg_monitor'],
  cluster: ['Patroni', form('GET /cluster, fallback')],
  entries: [form('Entry points'), 'HAProxy, PgBouncer, VIP'],
};

function SourceRow({ report, revision }: { report: SourceReport; revision: string | null }) {
  const [name, how] = SOURCE[report.source];
  const answered = report.answers.filter(({ state }) => state.state !== null);
  const errors = [
    ...new Set(
      answered.flatMap(({ member, state }) =>
        state.error === null ? [] : [`${member === null ? '' : `${member}: `}${wire(state.error)}`],
      ),
    ),
  ];
  return (
    <tr className="border-l1 border-t align-top [&>td]:py-1.5 [&>th]:py-1.5">
      <th scope="row" className="pl-3.5 text-left font-normal text-f2 md:whitespace-nowrap">
        <span className="font-semibold text-f0">{t(name)}</span> {t(how)}
      </th>
      <td className="px-3">
        {!report.configured || answered.length === 0 ? (
          <span className="text-f3">
            {report.source === 'sql'
              ? t('no credentials')
              : report.source === 'cluster'
                ? t('not needed')
                : t('not configured')}
          </span>
        ) : (
          <span className="flex flex-wrap gap-x-3.5">
            {answered.map(({ member, state }) => (
              <span key={member ?? ''} className="whitespace-nowrap">
                <span className="text-11 text-f3">
                  {member === null ? (
                    report.source === 'dcs' && revision !== null ? (
                      t('revision {revision}', { revision })
                    ) : (
                      t('one member')
                    )
                  ) : (
                    <Name text={member} limit={12} />
                  )}
                </span>{' '}
                {state.state === 'failed' && state.observedAt === null ? (
                  <span className="text-critical">{t('failed, never answered')}</span>
                ) : (
                  <Age at={state.observedAt} staleAfterMs={report.limitMs} className="text-f0" />
                )}
                {state.state === 'failed' && state.observedAt !== null && (
                  <span className="text-critical">, {t('failed')}</span>
                )}
              </span>
            ))}
          </span>
        )}
        {errors.slice(0, 4).map((error) => (
          <span key={error} className="block break-words text-11 text-unknown">
            {error}
          </span>
        ))}
        {errors.length > 4 && (
          <span className="block text-11 text-f3">{t('and {n} more', { n: errors.length - 4 })}</span>
        )}
      </td>
      <td className="whitespace-nowrap px-2 text-right">
        {!report.configured ? (
          ''
        ) : report.tookMs === null ? (
          report.source === 'dcs' ? (
            t('push')
          ) : (
            <span className="text-f3">{t('none')}</span>
          )
        ) : (
          formatTook(report.tookMs)
        )}
      </td>
      <td className="whitespace-nowrap pr-3.5 text-right text-f2">{formatTook(report.limitMs)}</td>
    </tr>
  );
}

export function SourcesPanel({ snapshot }: { snapshot: Snapshot }) {
  const wrong = disagreements(snapshot);
  return (
    <Panel
      title={t('Sources')}
      aside={t('round {took}, each {interval}', {
        took: formatTook(snapshot.roundMs),
        interval: formatTook(snapshot.intervalMs),
      })}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard */}
      <div className="relative overflow-x-auto" tabIndex={0}>
        <table className="w-full text-12">
          <thead>
            <tr className="h-7 text-11 text-f2 [&>th]:font-normal">
              <th scope="col" className="pl-3.5 text-left">
                {t('Source')}
              </th>
              <th scope="col" className="px-3 text-left">
                {t('Age of the newest answer')}
              </th>
              <th scope="col" className="px-2 text-right">
                {t('Took')}
              </th>
              <th scope="col" className="pr-3.5 text-right">
                {t('Limit')}
              </th>
            </tr>
          </thead>
          <tbody>
            {snapshot.sources.map((report) => (
              <SourceRow key={report.source} report={report} revision={snapshot.cluster.dcs?.revision ?? null} />
            ))}
          </tbody>
        </table>
      </div>
      {wrong.length > 0 && (
        <p className="flex gap-2 border-l1 border-t px-3.5 py-2 text-12 text-critical">
          <SeverityIcon health="critical" size={14} className="mt-0.5" />
          {t('Witnesses disagree on {members}: Patroni does not say that it forked.', {
            members: wire(joinNames(wrong)),
          })}
        </p>
      )}
    </Panel>
  );
}
