'use client';
import Link from 'next/link';
import { useAction } from '@/lib/client/actions/actions';
import { elapsedOf, formatElapsed } from '@/lib/client/actions/times';
import { useCluster, useConnection } from '@/lib/client/live/live';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { ActionRecord } from '@/lib/domain/actions/action';
import { saidBy } from '@/lib/language/spoken-error';
import { ClusterFrame } from '../cluster/cluster-frame';
import { TopologyPanel } from '../cluster/topology-panel';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';
import { boundWords } from './action-dialog';
import { ACTION_WORDS, actionTitle, WAY_WORDS } from './action-words';
import { CheckList } from './checks';
import { ClientsPanel } from './clients-panel';
import { MomentsPanel } from './moments-panel';
import { ObservationsPanel } from './observations-panel';
import { OutageCard, ProgressCard } from './outage-card';
import { OutcomeBanner } from './outcome-banner';
import { StepsPanel } from './steps-panel';
import { useFastNow } from './use-fast-now';

export function ProgressScreen({ scope, id }: { scope: string; id: string }) {
  const action = useAction(scope, id);
  const crumb = t(action.data === undefined ? form('Action') : ACTION_WORDS[action.data.request.kind].noun);
  return (
    <ClusterFrame scope={scope} tab={null} crumb={crumb}>
      {action.data !== undefined ? (
        <Progress action={action.data} />
      ) : action.isError ? (
        <section className="rounded-panel border border-l1 bg-bg1 p-4">
          <h1 className="flex items-center gap-2 font-semibold text-15 text-f0">
            <SeverityIcon health="unknown" /> {t('This action could not be read')}
          </h1>
          <p className="mt-1 break-words text-f2">
            {t('Whether it goes on is not known from here: {problem}', { problem: wire(saidBy(action.error)) })}{' '}
            <Link href={`/clusters/${encodeURIComponent(scope)}/audit`} className="rounded-chip text-accent underline">
              {t('Audit of {scope}', { scope })}
            </Link>
          </p>
        </section>
      ) : (
        <div aria-busy="true">
          <h1 className="mb-3 font-semibold text-18 text-f0">{t('Action in {scope}', { scope })}</h1>
          <Panel title={t('Observed steps')} aside={t('reading')} bodyClassName="h-60">
            {null}
          </Panel>
        </div>
      )}
    </ClusterFrame>
  );
}

function Progress({ action }: { action: ActionRecord }) {
  const { phase, lastFrameAt } = useConnection();
  const lost = phase === 'lost';
  const open = action.phase === 'open';
  const clock = useFastNow(open && !lost);
  // What is not seen any more does not go on counting as if it were.
  const now = lost && lastFrameAt !== null ? lastFrameAt : clock;
  const snapshot = useCluster(action.scope);
  const checks = action.checks.filter((check) => check.verdict !== 'passed');
  return (
    <>
      <header className="mb-3 flex flex-wrap items-start gap-x-4 gap-y-1">
        <span className="mt-1.5 flex size-4 shrink-0 items-center justify-center max-md:hidden">
          {open ? (
            <span className={`size-2.5 rounded-full bg-accent ${lost ? '' : 'pulse'}`} />
          ) : (
            <Icon name={ACTION_WORDS[action.request.kind].icon} size={16} className="text-f2" />
          )}
        </span>
        <div className="min-w-0 grow basis-60">
          <h1 className="break-words font-semibold text-18 text-f0">{actionTitle(action)}</h1>
          <p className="break-words text-f2">
            {rich('{actor}, {time}, “{reason}”.', {
              actor: action.actor,
              time: (
                <span title={exactTime(action.requestedAt)}>
                  {open
                    ? t('{time} ago', { time: formatDuration(Math.max(0, now - action.requestedAt)) })
                    : formatTime(action.requestedAt, clock === 0 ? action.requestedAt : clock)}
                </span>
              ),
              reason: action.reason,
            })}{' '}
            {open && !lost && t('Sent once, never repeated. Closing this page does not stop it.')}
            {open && lost && (
              <span className="text-unknown">
                {t('Not seen since the connection was lost. It goes on without this page.')}
              </span>
            )}
          </p>
        </div>
        <p className="text-right">
          <span className="block text-11 text-f2">{t(open ? 'elapsed' : 'took')}</span>
          <span className="whitespace-nowrap font-semibold text-18 text-f0">
            {formatElapsed(elapsedOf(action, now === 0 ? action.requestedAt : now))}
          </span>
        </p>
      </header>
      <OutcomeBanner action={action} />
      <div className={`grid grid-cols-[minmax(0,1fr)] gap-3 ${open && lost ? 'grayscale' : ''}`}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 xl:grid-cols-[minmax(0,612fr)_minmax(0,704fr)]">
          <StepsPanel action={action} now={now} />
          <div className="min-w-0 max-xl:contents xl:flex xl:flex-col xl:gap-3 [&>*:last-child]:grow">
            <OutageCard action={action} now={now} />
            {action.progress !== null && open && <ProgressCard progress={action.progress} />}
            {snapshot !== undefined && open && <TopologyPanel snapshot={snapshot} />}
            {!open && <MomentsPanel action={action} />}
            {!open && <ClientsPanel action={action} />}
          </div>
        </div>
        {snapshot !== undefined && !open && <TopologyPanel snapshot={snapshot} title={t('Topology now')} />}
        <ObservationsPanel action={action} />
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-2">
          {checks.length > 0 && (
            <Panel title={t('Checks at the time')} count={checks.length} bodyClassName="p-3.5">
              <CheckList checks={checks} />
            </Panel>
          )}
          <RecordPanel action={action} />
        </div>
      </div>
    </>
  );
}

const WAKE_WORDS = {
  patch: form('the leader was woken by a PATCH that changes nothing'),
  touch: form('/config was touched in the same transaction'),
  none: form('nobody was woken: the leader sees it in its next loop'),
} as const;

/** What the audit keeps of how it was done. */
function RecordPanel({ action }: { action: ActionRecord }) {
  const rows: [string, string][] = [
    [t('Action'), action.id],
    [t('Way'), action.way === null ? t('not sent') : t(WAY_WORDS[action.way])],
    ...(action.wake === null ? [] : [[t('Wake'), t(WAKE_WORDS[action.wake])] satisfies [string, string]]),
    ...(action.revision === null ? [] : [[t('Revision of the key'), action.revision] satisfies [string, string]]),
    [t('Sent'), action.sentAt === null ? t('nothing was sent') : exactTime(action.sentAt)],
    [t('Bound to'), boundWords(action.bound)],
    [t('Key'), action.idempotencyKey],
  ];
  return (
    <Panel title={t('Record')} bodyClassName="px-4 py-2.5">
      <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-x-3 gap-y-1 text-12">
        {rows.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-f2">{label}</dt>
            <dd className="break-words text-f1">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
