'use client';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { form, t, tn } from '@/lib/client/words/text';
import type { CareAnswer } from '@/lib/contract/care';
import { type DcsKind, dcsName } from '@/lib/domain/dcs-kind';
import { Button } from '../ui/button';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { WholeName } from '../ui/name';
import { Panel } from '../ui/panel';

type Dependent = CareAnswer['clusters'][number];

const SHOWN = 8;

const FATE_WORDS: Readonly<Record<Dependent['fate'], string>> = {
  demotes: form('demotes its primary in {ttl} s'),
  failsafe: form('failsafe_mode holds it'),
  paused: form('paused: goes on'),
  standby: form('standby cluster'),
  unknown: form('unknown'),
};

/** Who loses what when it stops; all of them where the URL says so. */
export function DependentsPanel({
  clusters,
  kind,
  partial,
}: {
  clusters: CareAnswer['clusters'];
  kind: DcsKind;
  partial: boolean;
}) {
  const all = useSearchParams().get('clusters') === 'all';
  const router = useRouter();
  const path = usePathname();
  const shown = all ? clusters : clusters.slice(0, SHOWN);
  const more = clusters.length - shown.length;
  return (
    <Panel
      title={t('Who depends on it')}
      count={tn(clusters.length, '{n} cluster', '{n} clusters')}
      aside={partial ? t('those that you may see') : t('heaviest first')}
    >
      {clusters.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">{t('No cluster keeps its keys there.')}</p>
      ) : (
        <table className="w-full text-13">
          <thead>
            <tr className="text-11 text-f2 [&>th]:px-3.5 [&>th]:py-1.5 [&>th]:text-left [&>th]:font-normal">
              <th scope="col">{t('Cluster')}</th>
              <th scope="col">{t('If {dcs} stops', { dcs: dcsName(kind) })}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((cluster) => (
              <tr key={cluster.scope} className="border-l1 border-t [&>td]:px-3.5 [&>td]:py-1.5 [&>th]:px-3.5">
                <th scope="row" className="text-left font-medium">
                  <Link
                    href={`/clusters/${encodeURIComponent(cluster.scope)}`}
                    prefetch={false}
                    className="flex min-w-0 items-center gap-2 rounded-chip text-f0 hover:underline"
                  >
                    <SeverityIcon health={cluster.health} size={13} />
                    <span className="sr-only">{t(HEALTH_WORDS[cluster.health])}: </span>
                    <WholeName text={cluster.scope} />
                  </Link>
                </th>
                <td
                  className={
                    cluster.fate === 'demotes'
                      ? 'text-warning'
                      : cluster.fate === 'unknown'
                        ? 'text-unknown'
                        : 'text-f2'
                  }
                >
                  {t(FATE_WORDS[cluster.fate], {
                    ttl: cluster.ttlSeconds === null ? t('unknown') : String(cluster.ttlSeconds),
                  })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(more > 0 || (all && clusters.length > SHOWN)) && (
        <p className="border-l1 border-t px-2 py-1">
          <Button kind="quiet" onClick={() => router.replace(all ? path : `${path}?clusters=all`, { scroll: false })}>
            {all ? t('Fewer') : tn(more, '{n} more', '{n} more')}
          </Button>
        </p>
      )}
    </Panel>
  );
}
