'use client';
import Link from 'next/link';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { approvalOf } from '@/lib/client/actions/approvals';
import { useOrder } from '@/lib/client/actions/use-order';
import { clockNow } from '@/lib/client/live/clock';
import { useCard, useCardApprovals, useFollowed } from '@/lib/client/phone/card';
import { cardKeep, keepFollowed, readFollowed } from '@/lib/client/phone/card-keep';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord, ActionRequest } from '@/lib/domain/actions/action';
import { canonical } from '@/lib/domain/actions/bound';
import { ledLast } from '@/lib/telling/card/members';
import { type ActOption, judgeAction } from '@/lib/telling/card/options';
import { ACTION_WORDS } from '../actions/action-words';
import { SendNotice } from '../actions/send-notice';
import { ApprovalNotice } from './approval';
import { Changes, Head, Members } from './card-parts';
import { ConfirmStep } from './confirm-step';
import { Foot } from './foot';
import { CardHeader, LostNote, Refused } from './now-header';
import { OptionList } from './option-list';
import { ReasonChips } from './reason-chips';
import { RunningStep } from './running-step';
import { useTaking } from './use-taking';

/** What the person chose: an action, or to take the incident. */
type Chosen = { readonly kind: 'act'; readonly request: ActionRequest } | { readonly kind: 'take' };

/** The followed action, over the end of the page too. */
function useFollowing(scope: string, newest: ActionRecord | null) {
  const [id, setId] = useState<string | null>(null);
  useEffect(() => setId(readFollowed(cardKeep(scope))), [scope]);
  const running = newest?.phase === 'open' ? newest.id : null;
  // Whoever began it: what goes on now is what there is to see.
  useEffect(() => {
    if (running !== null) setId(running);
  }, [running]);
  const follow = useCallback(
    (next: string | null) => {
      keepFollowed(cardKeep(scope), next);
      setId(next);
    },
    [scope],
  );
  return { action: useFollowed(scope, id), id, follow };
}

export function NowScreen({ scope }: { scope: string }) {
  const { card, snapshot, newest, facts, events, link } = useCard(scope);
  const lost = link.phase === 'lost';
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [stage, setStage] = useState<'card' | 'confirm'>('card');
  const [reason, setReason] = useState('');
  const following = useFollowing(scope, newest);
  const { follow } = following;
  const request = chosen?.kind === 'act' ? chosen.request : null;

  const leave = useCallback(() => {
    setChosen(null);
    setReason('');
    setStage('card');
  }, []);
  const led = snapshot === undefined ? null : ledLast(snapshot, events);
  const option = useMemo<ActOption | null>(
    () =>
      snapshot === undefined || request === null
        ? null
        : judgeAction(request, { snapshot, alerts: [], facts, led, now: clockNow() }),
    [snapshot, request, facts, led],
  );
  const approvals = useCardApprovals(scope, option?.needsSecond === true);
  const asked = option?.needsSecond === true ? approvalOf(approvals, scope, option.request) : null;
  const order = useOrder({
    scope,
    snapshot,
    request,
    missing: t('Choose what to do'),
    reason,
    lost,
    // It takes as long as typing, and the cluster's name is above the button.
    isHeld: true,
    byPolicy: option?.needsSecond === true,
    isAlone: false,
    approvalId: null,
    asked,
    stop: null,
    keepFor: cardKeep,
    onAccepted: (action) => {
      follow(action.id);
      leave();
    },
  });
  const { fate } = order;
  // The page was ended before the answer came: as it was, while its fate is looked for.
  useEffect(() => {
    if (fate.kind !== 'uncertain') return;
    const { decision } = fate;
    setChosen((was) => was ?? { kind: 'act', request: decision.request });
    setReason((was) => (was === '' ? decision.reason : was));
    setStage('confirm');
  }, [fate]);

  const taking = useTaking(
    chosen?.kind === 'take' ? (card?.options.find(({ kind }) => kind === 'take') ?? null) : null,
    reason,
    lost,
    leave,
  );

  const key = chosen === null ? null : chosen.kind === 'take' ? 'take' : canonical(chosen.request);
  const urgent = card?.writable.state === 'no';
  const isDirect = chosen !== null && (chosen.kind === 'take' || (urgent && order.mode !== 'ask'));
  const running = following.action !== null && stage === 'card' ? following.action : null;
  // Nothing is judged anew while it is not known what became of the press.
  const isWaiting = fate.kind === 'uncertain' && fate.found !== 'absent';
  // Another step begins at its top.
  const step = running === null ? stage : running.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each step
  useEffect(() => {
    scrollTo(0, 0);
  }, [step]);
  const title = stage === 'confirm' && request !== null ? ACTION_WORDS[request.kind].of(scope) : scope;
  const reasons = (
    <div className="px-5 pb-5">
      <ReasonChips key={key} suggestions={suggestionsFor(chosen, led)} value={reason} onChange={setReason} />
    </div>
  );
  const notice = (fate.kind === 'refused' || fate.kind === 'uncertain') && (
    <div className="px-4 pt-4 [&_.text-12]:text-13 [&>section]:mb-0">
      <SendNotice scope={scope} request={request} order={order} hold onClose={leave} />
    </div>
  );

  return (
    <div className="mx-auto flex min-h-dvh w-full min-w-0 max-w-[480px] grow flex-col border-l1 md:border-x">
      <CardHeader
        scope={scope}
        title={title}
        snapshot={snapshot}
        link={link}
        onBack={stage === 'confirm' ? () => setStage('card') : null}
      />
      <LostNote link={link} />
      <main className="flex grow flex-col">
        {link.refusal !== null ? (
          <Refused scope={scope} refusal={link.refusal} />
        ) : card === null || snapshot === undefined ? (
          <p className="px-5 py-4 text-15 text-f2">{t('Reading the cluster')}</p>
        ) : (
          <div className={`grow ${lost ? 'opacity-70 grayscale' : ''}`} data-greyed={lost ? '' : undefined}>
            {stage === 'confirm' && request !== null ? (
              <>
                {notice}
                <ApprovalNotice approval={asked} problem={fate.kind === 'not_asked' ? wire(fate.problem) : null} />
                {order.changes.length > 0 && (
                  <p role="status" className="mx-4 mt-4 rounded-panel border border-l1 bg-bg2 px-3.5 py-2 text-15">
                    {t('It changed while you looked: {changes}.', {
                      changes: order.changes.map(wire).join('; '),
                    })}
                  </p>
                )}
                {!isWaiting && (
                  <>
                    <ConfirmStep
                      request={request}
                      preflight={order.view.preflight}
                      snapshot={snapshot}
                      onChoose={(next) => setChosen({ kind: 'act', request: next })}
                    />
                    {reasons}
                  </>
                )}
              </>
            ) : (
              <>
                {notice}
                {running !== null && (
                  <RunningStep action={running} lost={lost} seenAt={lost ? snapshot.observedAt : null} />
                )}
                {(running === null || running.phase === 'closed') && <Head card={card} />}
                <Members card={card} lost={lost} />
                {running !== null && <Changes card={card} />}
                {running === null && (
                  <>
                    <OptionList
                      card={card}
                      chosen={key}
                      onChoose={(next) => {
                        setChosen(next.kind === 'take' ? { kind: 'take' } : { kind: 'act', request: next.request });
                        setReason('');
                      }}
                    />
                    {isDirect && reasons}
                    {isDirect && chosen?.kind === 'act' && (
                      <p className="-mt-2 px-4 pb-4">
                        <button
                          type="button"
                          onClick={() => setStage('confirm')}
                          className="min-h-11 rounded-chip px-1 text-15 text-accent underline"
                        >
                          {t('Read first what was checked')}
                        </button>
                      </p>
                    )}
                    <Changes card={card} />
                  </>
                )}
                <More scope={scope} />
              </>
            )}
          </div>
        )}
      </main>
      <Foot
        scope={scope}
        stage={running !== null ? 'running' : stage}
        running={running}
        card={card}
        option={option}
        isTaking={chosen?.kind === 'take'}
        isDirect={isDirect}
        order={order}
        taking={taking}
        onNext={() => setStage('confirm')}
        onDone={() => follow(null)}
      />
    </div>
  );
}

/** Two by one touch. What is chosen is kept as it reads. */
function suggestionsFor(chosen: Chosen | null, led: string | null): readonly string[] {
  if (chosen?.kind === 'take') return [t('I am looking into it'), t('Waiting for it to come back')];
  const kind = chosen?.request.kind;
  if (kind === 'switchover' && led !== null) return [t('{name} is slow', { name: led }), t('Maintenance')];
  if (kind === 'failover' && led !== null) return [t('{name} is gone', { name: led }), t('Incident')];
  return [t('Incident'), t('Maintenance')];
}

const PLACES = ['', '/incident', '/config', '/events', '/audit'] as const;

/** Everything else, one touch away. */
function More({ scope }: { scope: string }) {
  const base = `/clusters/${encodeURIComponent(scope)}`;
  const words = [t('Cluster and all actions'), t('Incident report'), t('Configuration'), t('Events'), t('Audit')];
  return (
    <nav aria-label={t('More of this cluster')} className="border-l1 border-t px-4 py-2">
      <ul>
        {PLACES.map((path, index) => (
          <li key={path}>
            <Link
              href={base + path}
              prefetch={false}
              className="flex min-h-11 items-center rounded-chip px-1 text-15 text-f1"
            >
              {words[index]}
            </Link>
          </li>
        ))}
        <li>
          <Link href="/" prefetch={false} className="flex min-h-11 items-center rounded-chip px-1 text-15 text-f1">
            {t('Fleet')}
          </Link>
        </li>
      </ul>
    </nav>
  );
}
