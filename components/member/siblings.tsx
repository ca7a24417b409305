'use client';
import Link from 'next/link';
import { usePast } from '@/lib/client/live/clock';
import { livePath, momentPath } from '@/lib/client/past/moment';
import { formatBytes } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { Glyph } from '../ui/glyph';
import { Name } from '../ui/name';

/** Further ones are found by the palette. */
const SHOWN_MAX = 40;

/** From member to member. */
export function Siblings({ snapshot, name }: { snapshot: Snapshot; name: string }) {
  const at = usePast()?.at ?? null;
  const { scope, cluster } = snapshot;
  return (
    <nav
      aria-label={t('Members')}
      className="mb-3 flex w-fit max-w-full overflow-x-auto rounded-control border border-l1 bg-bg1 p-0.5"
    >
      {cluster.members.slice(0, SHOWN_MAX).map((member) => (
        <Link
          key={member.name}
          href={at === null ? livePath(scope, member.name) : momentPath(scope, at, member.name)}
          prefetch={false}
          aria-current={member.name === name ? 'page' : undefined}
          className="flex min-h-8 shrink-0 items-center gap-2 rounded-chip px-3 text-13 text-f1 -outline-offset-2 hover:text-f0 aria-[current=page]:bg-bg3 aria-[current=page]:text-f0 pointer-coarse:min-h-11"
        >
          <Glyph glyph={glyphOf(member, cluster)} />
          <span className="font-semibold">
            <Name text={member.name} limit={18} />
          </span>
          <span className="text-12 text-f2">
            {member.name === cluster.leader?.name ? t('leader') : formatBytes(member.lag.replayBytes)}
          </span>
        </Link>
      ))}
    </nav>
  );
}
