'use client';
import { mayNot, useMe } from '@/lib/client/access/me';
import type { OpenedAction } from '@/lib/client/actions/actions';
import { requestOf, useApproval, useApprovalOrders, useAsksForTwo, useRequests } from '@/lib/client/actions/approvals';
import type { DecisionMode } from '@/lib/client/actions/order';
import { useNow } from '@/lib/client/live/clock';
import { formatClockDuration } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { Approval } from '@/lib/contract/access';
import type { ActionRequest, Preflight } from '@/lib/domain/actions/action';
import type { Snapshot } from '@/lib/domain/cluster';
import { ConfigChanges } from '../access/config-changes';
import { DecidedCard, decidedTitle, WaitingCard } from '../access/request-card';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { useSending } from '../ui/use-sending';

/** Before the server has judged it as theirs: with the approver there are two. */
export function asApprover(preflight: Preflight): Preflight {
  const checks = preflight.checks.filter(({ code, verdict }) => code !== 'second_person' || verdict !== 'blocker');
  return { ...preflight, checks };
}

export interface Deciding {
  /** A policy asks for two. */
  readonly byPolicy: boolean;
  /** May do without the second person. */
  readonly mayBreak: boolean;
  readonly approval: Approval | null;
  /** Why this request cannot be decided by the one who looks; null: it can, or there is none. */
  readonly stop: string | null;
}

export function useDeciding(
  opened: OpenedAction,
  request: ActionRequest | null,
  snapshot: Snapshot | undefined,
): Deciding {
  const me = useMe();
  const byPolicy = useAsksForTwo(request, snapshot);
  const given = opened.approval;
  const newest = useApproval(given ?? NO_APPROVAL);
  const approval = given === undefined ? null : newest;
  const mayBreak = snapshot !== undefined && me !== undefined && mayNot(me, 'break_glass', snapshot) === null;
  return { byPolicy, mayBreak, approval, stop: approval === null ? null : stopOf(approval) };

  function stopOf(one: Approval): string | null {
    if (one.state !== 'waiting') return decidedTitle(one);
    if (me === undefined) return null;
    const { isOwn, mayNot: why } = requestOf(one, me, snapshot?.labels ?? {});
    return isOwn ? t('You cannot approve your own request') : why;
  }
}

const NO_APPROVAL: Approval = {
  id: '',
  scope: '',
  request: { kind: 'resume' },
  summary: '',
  verb: '',
  reason: '',
  askedBy: '',
  askedAt: 0,
  expiresAt: 0,
  state: 'withdrawn',
  decidedBy: null,
  decidedAt: null,
  words: null,
  actionId: null,
};

/** What the button says: `Approve and switch over to n2`. */
export function verbFor(mode: DecisionMode, verb: string): string {
  const small = `${verb.charAt(0).toLowerCase()}${verb.slice(1)}`;
  if (mode === 'approve') return t('Approve and {verb}', { verb: small });
  return mode === 'alone' ? t('Break glass: {verb} alone', { verb: small }) : verb;
}

/** In place of the form: what somebody asks, which nobody changes any more. */
export function RequestFixed({ approval, scope }: { approval: Approval; scope: string }) {
  const now = useNow();
  return (
    <section className="flex items-start gap-3 rounded-panel border border-l2 bg-bg2 px-3.5 py-3">
      <Icon name="person" size={16} className="mt-0.5 text-f1" />
      <div className="min-w-0 grow">
        <p className="break-words font-semibold text-f0">
          {t('{who} asks: {what}', { who: approval.askedBy, what: wire(approval.verb) })}
        </p>
        <p className="break-words text-f1">{t('Reason: {reason}', { reason: approval.reason })}</p>
        <p className="break-words text-12 text-f2" suppressHydrationWarning>
          {approval.state === 'waiting'
            ? t('Expires in {time}. What was asked cannot be changed. The checks below were made just now.', {
                time: formatClockDuration(Math.max(0, approval.expiresAt - now)),
              })
            : decidedTitle(approval)}
        </p>
        {approval.request.kind === 'edit_config' && <ConfigChanges scope={scope} next={approval.request.value} />}
      </div>
    </section>
  );
}

export function AloneNotice() {
  return (
    <p
      role="status"
      className="bar-critical mb-5 flex gap-2.5 rounded-panel border border-l1 bg-critical-tint px-3.5 py-2 text-f1"
    >
      <SeverityIcon health="critical" className="mt-0.5" />
      <span className="min-w-0">
        <b className="font-semibold text-f0">{t('Without the second person.')}</b>{' '}
        {t('It is recorded as break-glass, with your reason, and sent at once to everyone who gets alerts.')}
      </span>
    </p>
  );
}

/** After asking: the request as it stands, until the dialog is closed. */
export function AskedView({ approval, onClose }: { approval: Approval; onClose: () => void }) {
  const newest = useApproval(approval);
  const me = useMe();
  const { waiting } = useRequests(approval.scope, useNow());
  const own =
    waiting.find((one) => one.approval.id === newest.id) ?? (me === undefined ? null : requestOf(newest, me, {}));
  return (
    <div className="grid min-h-0 grow content-start gap-4 overflow-y-auto px-4 py-4 md:px-5.5">
      <ul aria-live="polite" onClickCapture={(event) => event.target instanceof HTMLAnchorElement && onClose()}>
        {newest.state === 'waiting' && own !== null ? <WaitingCard request={own} /> : <DecidedCard approval={newest} />}
      </ul>
      <p className="text-12 text-f2">
        {t('It stays on the page of the cluster, and the decision is shown here too. This dialog may be closed.')}
      </p>
      <Button onClick={onClose} className="justify-self-start">
        {t('Close')}
      </Button>
    </div>
  );
}

/** No, with words for who asked. */
export function DeclineButton({ approval, words, onDone }: { approval: Approval; words: string; onDone: () => void }) {
  const { decline } = useApprovalOrders();
  const { isSending, problem, run } = useSending();
  const send = async (): Promise<void> => {
    const declined = await run(() => decline(approval.id, words.trim() === '' ? null : words.trim()));
    if (declined !== null) onDone();
  };
  return (
    <>
      {problem !== null && (
        <span role="alert" className="min-w-0 break-words text-12 text-warning">
          {t('Not declined: {problem}', { problem })}
        </span>
      )}
      <Button onClick={() => void send()} disabled={isSending || approval.state !== 'waiting'} className="shrink-0">
        {isSending ? t('Declining') : t('Decline')}
      </Button>
    </>
  );
}
