'use client';
import { useEffect, useId, useState } from 'react';
import { decidedWith, type OpenedAction, usePreflight, useSender } from '@/lib/client/actions/actions';
import { toLocalInput } from '@/lib/client/actions/times';
import { clockNow, useNow } from '@/lib/client/live/clock';
import { useCluster, useLost } from '@/lib/client/live/live';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { ActionRecord, Bound } from '@/lib/domain/actions/action';
import { changesOf } from '@/lib/domain/actions/bound';
import type { Text } from '@/lib/language/sentence';
import { Age } from '../ui/age';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/field';
import { HoldButton } from '../ui/hold-button';
import { Icon } from '../ui/icon';
import { rich } from '../ui/rich';
import { Segmented } from '../ui/segmented';
import { ActionForm } from './action-form';
import { ACTION_WORDS, notNow, scheduledAt } from './action-words';
import { Checks } from './checks';
import { askedBy, type Draft, draftOf, probeOf } from './draft';
import { OutageForecast } from './outage-forecast';
import { FromTo, PhoneFacts } from './phone-facts';
import { PlannedSteps } from './planned-steps';
import {
  AloneNotice,
  AskedView,
  asApprover,
  BREAK_REASON_MIN,
  blockerFor,
  DeclineButton,
  RequestFixed,
  useAsking,
  useDeciding,
  verbFor,
} from './second-person';
import { resendable, SendNotice } from './send-notice';
import { useCoarse } from './use-coarse';

const REASON_MIN = 3;
/** An answer older than this is not decided on. */
const ANSWER_OLD_MS = 15_000;
/** After a change under the person's eyes the button rests, so that a finger on its way does not confirm what was not read. */
const REST_MS = 1500;
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

interface Watch {
  readonly bound: Bound | null;
  readonly changes: readonly Text[];
  readonly restUntil: number;
}

/** What changed between the answers of the server while the dialog is open. */
function useChanges(bound: Bound | null, now: number): Watch {
  const [watch, setWatch] = useState<Watch>({ bound, changes: [], restUntil: 0 });
  if (bound !== null && bound !== watch.bound) {
    const changes = watch.bound === null ? [] : changesOf(watch.bound, bound);
    const next =
      changes.length === 0
        ? { ...watch, bound }
        : { bound, changes: [...watch.changes, ...changes], restUntil: now + REST_MS };
    setWatch(next);
    return next;
  }
  return watch;
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
  const [typed, setTyped] = useState('');
  const snapshot = useCluster(scope);
  const lost = useLost();
  const now = useNow(500);
  const coarse = useCoarse();
  const verbId = useId();

  const asked = askedBy(draft);
  const probe = probeOf(draft, snapshot);
  const [alone, setAlone] = useState(false);
  const view = usePreflight(scope, asked.request ?? probe, true, decidedWith(opened.approval?.id ?? null, alone));
  const { answer } = view;
  const deciding = useDeciding(opened, draft.kind, snapshot, view.preflight, alone);
  const { mode, approval } = deciding;
  const preflight = mode === 'approve' && view.preflight !== null ? asApprover(view.preflight) : view.preflight;
  const asking = useAsking(scope);
  const sender = useSender(scope, onAccepted, undefined, opened.approval?.id ?? null);
  const watch = useChanges(answer?.preflight.bound ?? null, now);
  const words = ACTION_WORDS[draft.kind];
  const change = (part: Partial<Draft>) => {
    setDraft((was) => ({ ...was, ...part }));
    if (sender.state.kind === 'refused') sender.reset();
  };

  const blocker = blockerFor(mode, preflight);
  const moved = preflight !== null && answer !== null && changesOf(answer.preflight.bound, preflight.bound).length > 0;
  const confirm = preflight?.confirm ?? null;
  // What moved under the person's eyes, and what the server refused, is judged again at once; nothing typed is lost.
  const refused = sender.state.kind === 'refused';
  const { again } = view;
  useEffect(() => {
    if (moved || refused) again();
  }, [moved, refused, again]);
  const stop = (): string | null => {
    if (deciding.stop !== null) return deciding.stop;
    if (asking.state.kind === 'asking') return t('Asking');
    if (sender.state.kind === 'sending') return t('Sending');
    if (sender.state.kind === 'uncertain' && !resendable(sender.state, asked.request)) {
      return t('Not now: an earlier press waits for its answer');
    }
    if (lost) return t('Not now: connection lost');
    if (asked.missing !== null) return asked.missing;
    if (blocker !== undefined)
      return blocker.code === 'not_allowed' ? wire(blocker.title) : notNow(wire(blocker.title));
    if (answer === null) return t(view.problem === null ? 'Checking' : 'Not now: the check failed');
    if (moved) return t('Not now: it changed, checking again');
    if (view.answeredAt !== null && Date.now() - view.answeredAt > ANSWER_OLD_MS)
      return t('Not now: the last check is too old');
    if (now < watch.restUntil) return t('It just changed: read it first');
    if (mode !== 'approve' && reason.trim().length < REASON_MIN) return t('Give a reason first');
    if (mode === 'alone' && reason.trim().length < BREAK_REASON_MIN)
      return t('Give a reason of at least {n} characters first', { n: BREAK_REASON_MIN });
    if (mode === 'ask') return null;
    if (confirm !== null && typed.trim() !== confirm) return t('Type {word} first', { word: confirm });
    return null;
  };
  const why = stop();
  const send = () => {
    if (asked.request === null || answer === null) return;
    if (mode === 'ask') {
      asking.ask(asked.request, reason.trim());
      return;
    }
    sender.send({
      request: asked.request,
      token: answer.token,
      reason: approval?.reason ?? reason.trim(),
      confirmation: confirm === null ? null : typed.trim(),
      ...(mode === 'alone' ? { breakGlass: true } : {}),
    });
  };
  const verb =
    mode === 'ask'
      ? t('Ask for approval')
      : verbFor(mode, preflight !== null && asked.request !== null ? wire(preflight.verb) : t(words.noun));
  const chosen = asked.request !== null;
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
                ? t('Kept in the audit and reported. At least {n} characters.', { n: BREAK_REASON_MIN })
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
          onChange={setTyped}
          met={typed.trim() === confirm}
          mono
        />
      )}
    </>
  );
  const notice = (
    <>
      {mode === 'alone' && <AloneNotice />}
      {asking.state.kind === 'refused' && (
        <p
          role="alert"
          className="bar-warning mb-5 break-words rounded-panel border border-l1 bg-bg2 px-3.5 py-2 text-f0"
        >
          {t('Not asked: {problem}', { problem: wire(asking.state.problem) })}
        </p>
      )}
      <SendNotice
        scope={scope}
        request={asked.request}
        sender={sender}
        canResend={why === null}
        hold={coarse}
        onResend={send}
        onClose={onClose}
      />
      {watch.changes.length > 0 && sender.state.kind === 'ready' && (
        <p role="status" className="bar-warning mb-5 rounded-panel border border-l1 bg-bg2 px-3.5 py-2 text-f1">
          {rich('{head} {changes}.', {
            head: <b className="font-semibold text-f0">{t('Changed while this is open:')}</b>,
            changes: watch.changes
              .slice(-3)
              .map((change) => wire(change))
              .join('; '),
          })}
        </p>
      )}
    </>
  );
  const second =
    mode === 'approve' && approval !== null ? (
      <DeclineButton approval={approval} words={reason} onDone={onClose} />
    ) : mode === 'ask' && deciding.mayBreak ? (
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

  if (asking.state.kind === 'asked') {
    return (
      <Dialog label={words.of(scope)} onClose={onClose} className="md:w-[min(560px,calc(100vw-32px))]">
        <header className="border-l1 border-b px-4 py-3.5 md:px-5.5">
          <h2 className="break-words font-semibold text-18 text-f0">{words.of(scope)}</h2>
        </header>
        <AskedView approval={asking.state.approval} onClose={onClose} />
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
          {chosen && <FromTo request={asked.request} preflight={preflight} snapshot={snapshot} />}
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
            <Button kind="primary" disabled={why !== null} onClick={send} className="min-h-[60px] w-full text-15">
              {why ?? verb}
            </Button>
          ) : (
            <>
              <HoldButton icon={words.icon} disabled={why !== null} onConfirm={send} describedBy={verbId}>
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
          onClick={send}
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
