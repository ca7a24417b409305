'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useMay } from '@/lib/client/access/me';
import { ACTIVITY_STALE_MS, useActivity } from '@/lib/client/activity/activity';
import { sessionsCsv } from '@/lib/client/activity/sessions';
import { useCluster } from '@/lib/client/live/live';
import { activityPath } from '@/lib/client/past/moment';
import { formatTook, sentence } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Snapshot } from '@/lib/domain/cluster';
import { glyphOf } from '@/lib/domain/fleet';
import { memberOf } from '@/lib/domain/members';
import { saidBy } from '@/lib/language/spoken-error';
import { ClusterFrame } from '../cluster/cluster-frame';
import { ClusterLoading } from '../cluster/cluster-loading';
import { Age } from '../ui/age';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { goTo } from '../ui/go-to';
import { Name } from '../ui/name';
import { rich } from '../ui/rich';
import { InsidePanels } from './inside-panels';

export function ActivityScreen({ scope }: { scope: string }) {
  const snapshot = useCluster(scope);
  const asked = useSearchParams().get('member');
  const wanted = asked ?? (snapshot === undefined ? null : (snapshot.cluster.leader?.name ?? null));
  const member = wanted ?? snapshot?.cluster.members[0]?.name ?? null;
  return (
    <ClusterFrame scope={scope} tab="activity">
      {snapshot === undefined ? (
        <ClusterLoading scope={scope} />
      ) : member === null || memberOf(snapshot, member) === null ? (
        <Nobody snapshot={snapshot} member={member} />
      ) : (
        <OfMember key={member} snapshot={snapshot} member={member} />
      )}
    </ClusterFrame>
  );
}

function Nobody({ snapshot, member }: { snapshot: Snapshot; member: string | null }) {
  return (
    <>
      <Choice snapshot={snapshot} member={member} />
      <p className="rounded-panel border border-l1 bg-bg1 p-4 text-f1">
        {member === null ? t('There is no member to ask.') : t('No member named {member}', { member })}
      </p>
    </>
  );
}

function OfMember({ snapshot, member }: { snapshot: Snapshot; member: string }) {
  const { scope } = snapshot;
  const [held, setHeld] = useState(false);
  const activity = useActivity(scope, member, held);
  const answer = activity.data;
  const refused = useMay('end_session', snapshot);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="font-semibold text-18 text-f0">{t('Activity')}</h1>
        <Choice snapshot={snapshot} member={member} />
        <span className="ml-auto flex flex-wrap items-center gap-x-3 gap-y-2 text-12 text-f2">
          {answer !== undefined && (
            <span>
              {rich('read {age} ago, {took} of {member}', {
                age: <Age at={answer.at} staleAfterMs={ACTIVITY_STALE_MS} className="text-f0" />,
                took: formatTook(answer.tookMs),
                member: <Name text={member} limit={18} />,
              })}
            </span>
          )}
          <Button icon={held ? 'play' : 'pause'} onClick={() => setHeld(!held)}>
            {held ? t('Go on') : t('Freeze')}
          </Button>
          {answer !== undefined && (
            <CopyButton text={() => sessionsCsv(answer.inside.sessions)} label={t('Copy as CSV')} words />
          )}
        </span>
      </div>
      {activity.isError && (
        <p
          role="status"
          className="bar-unknown mb-3 flex gap-2 rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2"
        >
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words text-f1">
            {sentence(wire(saidBy(activity.error)))} {answer !== undefined && t('What is shown is older.')}
          </span>
        </p>
      )}
      {answer === undefined ? (
        !activity.isError && (
          <p className="min-h-60 rounded-panel border border-l1 bg-bg1 p-4 text-f2" aria-busy="true">
            {t('Asking the PostgreSQL of {member}.', { member })}
          </p>
        )
      ) : (
        <InsidePanels answer={answer} ending={{ scope, member, refused }} />
      )}
    </>
  );
}

function Choice({ snapshot, member }: { snapshot: Snapshot; member: string | null }) {
  const router = useRouter();
  const { scope, cluster } = snapshot;
  return (
    <nav
      aria-label={t('Members')}
      className="flex w-fit max-w-full overflow-x-auto rounded-control border border-l1 bg-bg1 p-0.5"
    >
      {cluster.members.map((one) => (
        <button
          key={one.name}
          type="button"
          aria-pressed={one.name === member}
          onClick={() => goTo(router, activityPath(scope, one.name))}
          className="flex min-h-8 shrink-0 items-center gap-2 rounded-chip px-3 text-13 text-f1 -outline-offset-2 hover:text-f0 aria-pressed:bg-bg3 aria-pressed:text-f0 pointer-coarse:min-h-11"
        >
          <Glyph glyph={glyphOf(one, cluster)} />
          <span className="font-semibold">
            <Name text={one.name} limit={18} />
          </span>
        </button>
      ))}
    </nav>
  );
}
