'use client';
import Link from 'next/link';
import { useNow, usePast } from '@/lib/client/live/clock';
import { livePath, momentPath } from '@/lib/client/past/moment';
import { formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { SeverityIcon } from '../ui/glyph';
import { MemberEvents } from './member-events';
import { RolesPanel } from './roles-panel';

/** Nobody of this name is in the cluster; what is remembered of it is shown all the same. */
export function GoneMember({ snapshot, name }: { snapshot: Snapshot; name: string }) {
  const clock = useNow(10_000);
  const at = usePast()?.at ?? null;
  const { scope, cluster } = snapshot;
  // Snapshots that were kept before there were rosters have none.
  const lost = cluster.roster?.lost.find((one) => one.name === name);
  const now = clock === 0 ? snapshot.observedAt : clock;
  return (
    <>
      <section className="mb-3 rounded-panel border border-l1 bg-bg1 p-4">
        <h1 className="flex items-center gap-2 break-all font-semibold text-18 text-f0">
          <SeverityIcon health={lost === undefined ? 'note' : 'unknown'} />
          {lost === undefined
            ? t('No member named {member}', { member: name })
            : t('{member} is gone', { member: name })}
        </h1>
        <p className="mt-1 text-f2">
          {lost === undefined
            ? t('{scope} has no member of this name.', { scope })
            : lost.listedAt === null
              ? t('It should be a member and is not in the member list.')
              : t('It left the member list and was last there {time}.', { time: formatTime(lost.listedAt, now) })}{' '}
          <Link
            href={at === null ? livePath(scope) : momentPath(scope, at)}
            prefetch={false}
            className="rounded-chip text-accent underline"
          >
            {t('All members')}
          </Link>
        </p>
      </section>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2">
        <MemberEvents scope={scope} name={name} />
        <RolesPanel snapshot={snapshot} name={name} />
      </div>
    </>
  );
}
