'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { usePast } from '@/lib/client/live/clock';
import { useLost } from '@/lib/client/live/live';
import { troubleOf, type Vouched, vouchedBy } from '@/lib/client/member/trouble';
import { livePath, momentPath } from '@/lib/client/past/moment';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { CauseBlock } from '../cluster/cause-block';
import { FindingsPanel } from '../cluster/findings-panel';
import { SeverityIcon } from '../ui/glyph';

const QUIET: Readonly<Record<Exclude<Vouched, 'nobody'>, string>> = {
  both: form('Its Patroni and its PostgreSQL answer.'),
  patroni: form('Only its Patroni answers: slots, stages and settings are not seen.'),
  postgres: form('Only its PostgreSQL answers: what Patroni intends with it is not seen.'),
};

/** The question of 3 am: what is wrong with this node. */
export function TroublePanel({ member, snapshot }: { member: Member; snapshot: Snapshot }) {
  const lost = useLost();
  const at = usePast()?.at ?? null;
  const { cause, elsewhere, findings, ofCluster } = troubleOf(snapshot, member.name);
  const vouched = lost ? 'nobody' : vouchedBy(member);
  const { scope } = snapshot;
  const cluster = at === null ? livePath(scope) : momentPath(scope, at);
  return (
    <>
      {cause !== null && <CauseBlock snapshot={snapshot} />}
      <div className="mb-3 grid gap-1.5">
        {findings.length > 0 && (
          <FindingsPanel
            findings={findings}
            scope={scope}
            title={t('What is wrong with {member}', { member: member.name })}
          />
        )}
        {findings.length === 0 && cause === null && (
          <Line health={vouched === 'nobody' ? 'unknown' : 'ok'}>
            {vouched === 'nobody' ? (
              <>
                {t('Whether anything is wrong with {member} is unknown: nobody answers for it.', {
                  member: member.name,
                })}{' '}
                {member.identity.text !== null && wire(member.identity.text)}
              </>
            ) : (
              `${t('Nothing is known to be wrong with {member}.', { member: member.name })} ${t(QUIET[vouched])}`
            )}
          </Line>
        )}
        {elsewhere !== null && (
          <Line health={elsewhere.severity}>
            {t('Of the cluster, and not of {member}:', { member: member.name })}{' '}
            <Link href={cluster} prefetch={false} className="rounded-chip text-f0 underline">
              {wire(elsewhere.headline)}
            </Link>
          </Line>
        )}
        {elsewhere === null && cause === null && ofCluster.length > 0 && (
          <Line health={ofCluster[0]?.severity ?? 'note'}>
            <Link href={cluster} prefetch={false} className="rounded-chip underline hover:text-f0">
              {tn(ofCluster.length, '{n} finding concerns the whole cluster', '{n} findings concern the whole cluster')}
            </Link>
          </Line>
        )}
      </div>
    </>
  );
}

function Line({ health, children }: { health: Parameters<typeof SeverityIcon>[0]['health']; children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 rounded-panel border border-l1 bg-bg1 px-3.5 py-2 text-f1">
      <SeverityIcon health={health} className="mt-0.5" />
      <span className="min-w-0 break-words">{children}</span>
    </p>
  );
}
