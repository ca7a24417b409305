'use client';
import { useId, useState } from 'react';
import type { OpenedAction } from '@/lib/client/actions/actions';
import { approvalOf, useApprovals } from '@/lib/client/actions/approvals';
import { toLocalInput } from '@/lib/client/actions/times';
import { useOrder } from '@/lib/client/actions/use-order';
import { clockNow } from '@/lib/client/live/clock';
import { useCluster, useLost } from '@/lib/client/live/live';
import { form, t, tn, wire } from '@/lib/client/words/text';
import { BREAK_GLASS_REASON_MIN } from '@/lib/contract/limits';
import type { ActionRecord, Bound } from '@/lib/domain/actions/action';
import { Age } from '../ui/age';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/field';
import { HoldButton } from '../ui/hold-button';
import { Icon } from '../ui/icon';
import { rich } from '../ui/rich';
import { Segmented } from '../ui/segmented';
import { ActionForm } from './action-form';
import { ACTION_WORDS, scheduledAt } from './action-words';
import { Checks } from './checks';
import { askedBy, type Draft, draftOf, probeOf } from './draft';
import { OutageForecast } from './outage-forecast';
import { FromTo, PhoneFacts } from './phone-facts';
import { PlannedSteps } from './planned-steps';
import { AloneNotice, AskedView, asApprover, DeclineButton, RequestFixed, useDeciding, verbFor } from './second-person';
import { SendNotice } from './send-notice';
import { useCoarse } from './use-coarse';

const WHEN = [
  { value: 'now', word: form('Now') },
  { value: 'later', word: form('At a time') },
] as const;

interface ActionDialogProps {
  readonly opened: OpenedAction;
  readonly initialReason: string;
  readonly onClose: () => void;
  readonly onAccepted: (action: ActionRecord) => void;
}

export function boundWords(bound: Bound): string {
  const parts = [
    t('leader {name}', { name: bound.leader ?? t('nobody') }),
    t('timeline {timeline}', { timeline: bound.timeline ?? t('unknown') }),
    bound.configRevision === null ? t('the configuration') : `/config ${bound.configRevision}`,
    bound.syncRevision === null || bound.syncRevision === '0' ? null : `/sync ${bound.syncRevision}`,
    bound.failoverRevision === null || bound.failoverRevision === '0' ? null : `/failover ${bound.failoverRevision}`,
    tn(bound.members.length, '{n} member', '{n} members'),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

export function ActionDialog({ opened, initialReason, onClose, onAccepted }: ActionDialogProps) {
  const { scope, request: first, summary } = opened;
  const [draft, setDraft] = useState<Draft>(() => {
    const at = scheduledAt(first) ?? (first.kind === 'pause' ? first.until : null);
    return draftOf(first, at === null ? '' : toLocalInput(at));
  });
  const [reason, setReason] = useState(initialReason);
  const [alone, setAlone] = useState(false);
  const snapshot = useCluster(scope);
  const lost = useLost();
  const coarse = useCoarse();
  const verbId = useId();

  const asked = askedBy(draft);
  const { request } = asked;
  const { byPolicy, mayBreak, approval, stop } = useDeciding(opened, request, snapshot);
  const approvals = useApprovals();
  const order = useOrder({
    scope,
    snapshot,
    request,
    probe: probeOf(draft, snapshot),
    missing: asked.missing ?? '',
    reason: approval?.reason ?? reason,
    lost,
    isHeld: false,
    byPolicy,
    isAlone: alone && mayBreak,
    approvalId: opened.approval?.id ?? null,
    asked: request === null ? null : approvalOf(approvals, scope, request),
    stop,
    onAccepted,
  });
  const { view, mode, why, typed, fate } = order;
  const { answer } = view;
  const preflight = mode === 'approve' && view.preflight !== null ? asApprover(view.preflight) : view.preflight;
  const words = ACTION_WORDS[draft.kind];
  const change = (part: Partial<Draft>) => setDraft((was) => ({ ...was, ...part }));
  const confirm = preflight?.confirm ?? null;
  const verb =
    mode === 'ask'
      ? t('Ask for approval')
      : verbFor(mode, preflight !== null && request !== null ? wire(preflight.verb) : t(words.noun));
  const chosen = request !== null;
  const scheduled = draft.kind === 'switchover' || draft.kind === 'restart';
  const when = scheduled && approval === null && (
    <Segmented
      label={t('When')}
      options={WHEN.map(({ value, word }) => ({ value, word: t(word) }))}
      value={draft.when}
      onChange={(value) =>
        change({ when: value, at: draft.at === '' ? toLocalInput(clockNow() + 60 * 60_000) : draft.at })
      }
    />
  );

  const left = (
    <div className="grid content-start gap-5">
      {approval === null ? (
        <ActionForm
          draft={draft}
          onChange={change}
          snapshot={snapshot}
          candidates={preflight?.candidates ?? []}
          pools={preflight?.pools ?? null}
          summary={summary}
        />
      ) : (
        <RequestFixed approval={approval} scope={scope} />
      )}
      {view.problem !== null && (
        <p role="status" className="bar-unknown rounded-panel border border-l1 bg-unknown-tint px-3.5 py-2 text-12">
          {rich('{head} {problem} It is tried again.', {
            head: <span className="text-f0">{t('The check failed:')}</span>,
            problem: wire(view.problem),
          })}
        </p>
      )}
      {preflight !== null && chosen && <Checks preflight={preflight} staleAfterMs={snapshot?.staleAfterMs ?? 5000} />}
      {!chosen && (
        <p className="text-12 text-f2">
          {t('{missing}: then everything is checked for it.', { missing: asked.missing })}
        </p>
      )}
    </div>
  );
  const inputs = (
    <>
      <div>
        <TextField
          label={approval === null ? t('Reason') : t('A word to {who}, if you decline', { who: approval.askedBy })}
          value={reason}
          onChange={setReason}
          note={
            approval !== null
              ? undefined
              : mode === 'alone'
                ? t('Kept in the audit and reported. At least {n} characters.', { n: BREAK_GLASS_REASON_MIN })
                : t('Kept in the audit.')
          }
          initialFocus={approval === null && draft.kind !== 'switchover' && draft.kind !== 'failover'}
        />
        {coarse && approval === null && (
          <ReasonChips leader={snapshot?.cluster.leader?.name ?? null} value={reason} onChange={setReason} />
        )}
      </div>
      {confirm !== null && chosen && mode !== 'ask' && (
        <TextField
          label={rich('Type {word} to confirm', {
            word: <b className="break-all font-mono font-semibold text-f0">{confirm}</b>,
          })}
          value={typed}
          onChange={order.type}
          met={typed.trim() === confirm}
          mono
        />
      )}
    </>
  );
  const notice = (
    <>
      {mode === 'alone' && <AloneNotice />}
      {fate.kind === 'not_asked' && (
        <p
          role="alert"
          className="bar-warning mb-5 break-words rounded-panel border border-l1 bg-bg2 px-3.5 py-2 text-f0"
        >
          {t('Not asked: {problem}', { problem: wire(fate.problem) })}
        </p>
      )}
      <SendNotice scope={scope} request={request} order={order} hold={coarse} onClose={onClose} />
      {order.changes.length > 0 && fate.kind === 'ready' && (
        <p role="status" className="bar-warning mb-5 rounded-panel border border-l1 bg-bg2 px-3.5 py-2 text-f1">
          {rich('{head} {changes}.', {
            head: <b className="font-semibold text-f0">{t('Changed while this is open:')}</b>,
            changes: order.changes.map(wire).join('; '),
          })}
        </p>
      )}
    </>
  );
  const second =
    mode === 'approve' && approval !== null ? (
      <DeclineButton approval={approval} words={reason} onDone={onClose} />
    ) : mode === 'ask' && mayBreak ? (
      <Button icon="key" onClick={() => setAlone(true)} className="shrink-0">
        {t('Break glass…')}
      </Button>
    ) : mode === 'alone' ? (
      <Button onClick={() => setAlone(false)} className="shrink-0">
        {t('Ask instead')}
      </Button>
    ) : null;
  const bound = answer !== null && chosen && mode !== 'ask' && (
    <p className="flex min-w-0 items-start gap-2 text-12 text-f2">
      <Icon name="key" size={14} className="mt-0.5 text-f3" />
      <span className="min-w-0 break-words">
        {t('Bound to what you see: {facts}. If one of them changes, the action is refused and says which.', {
          facts: boundWords(answer.preflight.bound),
        })}
      </span>
    </p>
  );

  if (fate.kind === 'asked') {
    return (
      <Dialog label={words.of(scope)} onClose={onClose} className="md:w-[min(560px,calc(100vw-32px))]">
        <header className="border-l1 border-b px-4 py-3.5 md:px-5.5">
          <h2 className="break-words font-semibold text-18 text-f0">{words.of(scope)}</h2>
        </header>
        <AskedView approval={fate.approval} onClose={onClose} />
      </Dialog>
    );
  }
  if (coarse) {
    return (
      <Dialog label={words.of(scope)} onClose={onClose} className="md:w-[min(560px,calc(100vw-32px))]">
        <header className="flex min-h-[54px] shrink-0 items-center gap-1 border-l1 border-b pr-4 pl-1">
          <button
            type="button"
            aria-label={t('Close')}
            onClick={onClose}
            className="flex size-11 items-center justify-center text-f1"
          >
            <Icon name="back" size={20} />
          </button>
          <h2 className="min-w-0 grow break-words font-semibold text-18 text-f0">{words.of(scope)}</h2>
          <span className={`shrink-0 pl-2 text-12 ${lost ? 'text-unknown' : 'text-f2'}`}>
            {lost
              ? t('not connected')
              : snapshot === undefined
                ? t('live')
                : rich('live, {age} old', {
                    age: <Age at={snapshot.observedAt} staleAfterMs={snapshot.staleAfterMs} />,
                  })}
          </span>
        </header>
        <div className="grid grow content-start gap-5 overflow-y-auto overscroll-contain px-4 py-4 text-15 [&_.text-12]:text-13 [&_.text-13]:text-15">
          <div className="empty:hidden">{notice}</div>
          {when}
          {chosen && <FromTo request={request} preflight={preflight} snapshot={snapshot} />}
          {preflight !== null && chosen && <PhoneFacts preflight={preflight} />}
          {preflight !== null && chosen && <p className="text-f1">{wire(preflight.summary)}</p>}
          {left}
          {inputs}
          {preflight !== null && chosen && preflight.steps.length > 0 && (
            <details className="rounded-panel border border-l1 px-3.5">
              <summary className="min-h-11 cursor-pointer content-center text-f1">
                {tn(preflight.steps.length, '{n} step', '{n} steps')}
              </summary>
              <div className="pb-3">
                <PlannedSteps preflight={preflight} />
              </div>
            </details>
          )}
          {bound}
        </div>
        <footer className="shrink-0 border-l1 border-t px-4 pt-3 pb-[max(12px,env(safe-area-inset-bottom))]">
          {second !== null && <div className="mb-2 flex flex-wrap items-center justify-end gap-2">{second}</div>}
          {mode === 'ask' ? (
            <Button
              kind="primary"
              disabled={why !== null}
              onClick={order.press}
              className="min-h-[60px] w-full text-15"
            >
              {why ?? verb}
            </Button>
          ) : (
            <>
              <HoldButton icon={words.icon} disabled={why !== null} onConfirm={order.press} describedBy={verbId}>
                {why ?? verb}
              </HoldButton>
              <p id={verbId} className="mt-2 text-center text-12 text-f2">
                {why === null
                  ? t('Hold for 2 s. Letting go cancels.')
                  : t('Nothing is sent before you hold this button for 2 s.')}
              </p>
            </>
          )}
        </footer>
      </Dialog>
    );
  }
  return (
    <Dialog label={words.of(scope)} onClose={onClose} className="md:w-[min(1096px,calc(100vw-48px))]">
      <header className="flex shrink-0 items-start gap-3.5 border-l1 border-b px-5.5 py-4">
        <Icon name={words.icon} size={18} className="mt-1 text-f1" />
        <div className="min-w-0 grow">
          <h2 className="break-words font-semibold text-18 text-f0">{words.of(scope)}</h2>
          <p className="break-words text-13 text-f2">
            {!chosen ? t('Nothing is chosen yet.') : preflight === null ? t('Checking.') : wire(preflight.summary)}
          </p>
        </div>
        {when}
        <button
          type="button"
          aria-label={t('Close')}
          onClick={onClose}
          className="flex size-[30px] items-center justify-center rounded-control text-f2 hover:text-f0"
        >
          <Icon name="close" size={16} />
        </button>
      </header>
      <div className="grid min-h-0 grow grid-cols-[minmax(0,1fr)_300px] lg:grid-cols-[minmax(0,1fr)_372px] overflow-y-auto overscroll-contain">
        <div className="min-w-0 px-5.5 py-5">
          {notice}
          {left}
        </div>
        <div className="grid min-w-0 content-start gap-6 border-l1 border-l px-5.5 py-5">
          {preflight !== null && chosen && (
            <>
              <OutageForecast preflight={preflight} />
              <PlannedSteps preflight={preflight} />
            </>
          )}
          {inputs}
        </div>
      </div>
      <footer className="flex shrink-0 items-center gap-4 border-l1 border-t px-5.5 py-3.5">
        <div className="min-w-0 grow">{bound}</div>
        <Button onClick={onClose} className="shrink-0">
          {t('Cancel')}
        </Button>
        {second}
        <Button
          kind="primary"
          icon={mode === 'ask' ? 'person' : words.icon}
          disabled={why !== null}
          onClick={order.press}
          className="min-h-[34px] max-w-[55%] shrink-0"
        >
          <span className="min-w-0 break-words">{why ?? verb}</span>
        </Button>
      </footer>
    </Dialog>
  );
}

function ReasonChips({
  leader,
  value,
  onChange,
}: {
  leader: string | null;
  value: string;
  onChange: (reason: string) => void;
}) {
  const reasons = [
    ...(leader === null ? [] : [t('{name} is slow', { name: leader })]),
    t('Maintenance'),
    t('Incident'),
  ];
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      {reasons.map((reason) => (
        <button
          key={reason}
          type="button"
          aria-pressed={value === reason}
          onClick={() => onChange(reason)}
          className="min-h-11 rounded-full border border-l2 px-4 text-f1 aria-pressed:border-l3 aria-pressed:bg-bg3 aria-pressed:text-f0"
        >
          {reason}
        </button>
      ))}
    </div>
  );
}
