'use client';
import { t, tn } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { Since } from '../ui/age';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';

interface Change {
  readonly key: string;
  readonly name: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly members: string[];
  since: number | null;
}

/** The same change on many members is one line. */
function changes(snapshot: Snapshot): readonly Change[] {
  const found = new Map<string, Change>();
  for (const member of snapshot.cluster.members) {
    if (member.pendingRestart === null) continue;
    const { parameters, since } = member.pendingRestart;
    const rows = parameters.length === 0 ? [{ name: null, from: null, to: null }] : parameters;
    for (const { name, from, to } of rows) {
      const key = JSON.stringify([name, from, to]);
      const change = found.get(key) ?? { key, name, from, to, members: [], since };
      change.members.push(member.name);
      if (since !== null) change.since = Math.min(change.since ?? since, since);
      found.set(key, change);
    }
  }
  return [...found.values()];
}

export function PendingPanel({ snapshot }: { snapshot: Snapshot }) {
  const rows = changes(snapshot);
  if (rows.length === 0) return null;
  const members = snapshot.cluster.members.filter((member) => member.pendingRestart !== null).length;
  return (
    <Panel
      title={t('Pending restart')}
      count={tn(members, '{n} member', '{n} members')}
      aside={t('Patroni and pg_settings')}
    >
      <table className="w-full text-12">
        <thead className="max-md:sr-only">
          <tr className="h-7 text-11 text-f2 [&>th]:px-2 [&>th]:text-left [&>th]:font-normal [&>th]:first:pl-3.5">
            <th scope="col">{t('Parameter')}</th>
            <th scope="col">{t('From')}</th>
            <th scope="col">{t('To')}</th>
            <th scope="col">{t('Members')}</th>
            <th scope="col" className="pr-3.5! text-right!">
              {t('Since')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.key}
              className="border-l1 border-t max-md:grid max-md:grid-cols-[1fr_auto_auto] max-md:py-2 [&>*]:px-2 [&>*]:py-1.5 max-md:[&>*]:py-0.5 [&>*]:first:pl-3.5"
            >
              <th scope="row" className="text-left font-medium font-mono text-f0">
                {row.name ?? (
                  <span className="font-normal font-sans text-unknown">
                    {t('unknown: the source does not say which')}
                  </span>
                )}
              </th>
              <td className="font-mono text-f2">{row.from ?? <span className="text-unknown">{t('unknown')}</span>}</td>
              <td className="font-mono text-f0">{row.to ?? <span className="text-unknown">{t('unknown')}</span>}</td>
              <td className="max-md:col-span-2">
                {row.members.map((member, index) => (
                  <span key={member}>
                    {index > 0 && ' '}
                    <Name text={member} limit={16} />
                  </span>
                ))}
              </td>
              <td className="pr-3.5! text-right text-f2">
                {row.since === null ? t('unknown') : <Since at={row.since} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
