'use client';
// The order on a screen: the machine of order.ts with the browser around it. Here is what it cannot do itself: the questions to
// the server, the drawer that outlives the page, the clock. Nothing is decided here.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Approval } from '../../contract/access';
import type { ActionsAnswer } from '../../contract/actions';
import { PATHS } from '../../contract/paths';
import type { ActionRecord, ActionRequest } from '../../domain/actions/action';
import type { Snapshot } from '../../domain/cluster';
import { reasonOf } from '../alerts/alerts';
import { useNow } from '../live/clock';
import { getJson } from '../live/fetch';
import { t } from '../words/text';
import { decidedWith, makeKey, type PreflightView, runAction, tabKeep, usePreflight } from './actions';
import { useApprovalOrders } from './approvals';
import { findDecision, forgetDecision, type Keep, keepDecision, newerAction, readDecision } from './decision';
import * as machine from './order';

interface OrderProps {
  readonly scope: string;
  readonly snapshot: Snapshot | undefined;
  /** null: not chosen, or not complete. */
  readonly request: ActionRequest | null;
  /** What is judged while there is no request; null: nothing. */
  readonly probe?: ActionRequest | null;
  readonly missing: string;
  readonly reason: string;
  readonly lost: boolean;
  readonly isHeld: boolean;
  /** Who decides besides the one who looks. `asked`: newest for exactly this; `approvalId`: of the one that is decided here. */
  readonly byPolicy: boolean;
  readonly isAlone: boolean;
  readonly approvalId: string | null;
  readonly asked: Approval | null;
  readonly stop: string | null;
  /** Where a decision of this scope outlives the page; by default as long as the tab. */
  readonly keepFor?: (scope: string) => Keep;
  readonly onAccepted: (action: ActionRecord) => void;
}

export interface OrderView extends Pick<machine.Order, 'changes' | 'typed' | 'fate'> {
  readonly view: PreflightView;
  readonly mode: machine.DecisionMode;
  /** Why it cannot be pressed now: the button's own text. null: it can. */
  readonly why: string | null;
  readonly type: (text: string) => void;
  readonly press: () => void;
  /** Looks again for an order whose answer never came. */
  readonly look: () => void;
  readonly leave: () => void;
}

export function useOrder(props: OrderProps): OrderView {
  const { scope, snapshot, request, lost, isAlone, approvalId, keepFor = tabKeep, onAccepted } = props;
  const client = useQueryClient();
  const { ask } = useApprovalOrders();
  // The clock moves what rests and what grows old.
  useNow(500);
  const query = decidedWith(approvalId, isAlone);
  const view = usePreflight(snapshot, scope, request ?? props.probe ?? null, !lost, query);
  const { preflight, answer, answeredAt, again } = view;
  const mode = machine.modeOf(preflight, { byPolicy: props.byPolicy, isAlone, isApprover: approvalId !== null });
  const seen: machine.Seen = { ...props, preflight, answer, answeredAt, checkFailed: view.problem !== null, mode };

  const [order, setOrder] = useState(machine.NO_ORDER);
  // A second press comes before anything is drawn again: it meets the order as it is, not as it was drawn.
  const newest = useRef({ order, seen, onAccepted });
  const step = useCallback((change: (was: machine.Order) => machine.Order) => {
    newest.current.order = change(newest.current.order);
    setOrder(newest.current.order);
  }, []);
  useLayoutEffect(() => {
    Object.assign(newest.current, { seen, onAccepted });
    step((was) => machine.see(was, seen, Date.now()));
  });

  const accepted = useCallback(
    (action: ActionRecord) => {
      forgetDecision(keepFor(scope));
      client.setQueryData<ActionRecord>(['action', scope, action.id], (was) => newerAction(was, action));
      client.setQueryData<ActionRecord>(['newest-action', scope], (was) => newerAction(was, action));
      newest.current.onAccepted(action);
    },
    [client, scope, keepFor],
  );

  const press = async (): Promise<void> => {
    const pressed = machine.press(newest.current.order, newest.current.seen, Date.now(), makeKey);
    if (pressed === null) return;
    const { errand } = pressed;
    step(() => pressed.order);
    if (errand.kind === 'ask') {
      const fate = await ask(scope, errand.draft).then(
        (approval): machine.Fate => ({ kind: 'asked', approval }),
        (error: unknown): machine.Fate => ({ kind: 'not_asked', problem: reasonOf(error) }),
      );
      step((was) => ({ ...was, fate }));
      return;
    }
    keepDecision(keepFor(scope), errand.decision);
    const reply = await runAction(scope, errand.order, approvalId);
    step((was) => machine.replied(was, errand.decision, reply));
    if (reply.kind === 'accepted') accepted(reply.action);
    else if (reply.kind === 'refused') forgetDecision(keepFor(scope));
  };

  // A reload in the middle: the decision is still in its drawer, and is looked for before anything else.
  useEffect(() => {
    const left = readDecision(keepFor(scope));
    if (left?.sentAt == null || left.scope !== scope) return;
    step((was) => machine.unanswered(was, left, t('The page was left before the answer came.')));
  }, [scope, keepFor, step]);

  const { fate } = order;
  const look = useCallback(() => step(machine.look), [step]);
  const sought = fate.kind === 'uncertain' && fate.isLooking ? fate.decision : null;
  useEffect(() => {
    if (sought === null) return;
    let isOver = false;
    void getJson<ActionsAnswer>(PATHS.actions(scope))
      .then(({ actions }) => findDecision(actions, sought) ?? ('absent' as const))
      .catch(() => 'unreachable' as const)
      .then((found) => {
        if (isOver) return;
        step((was) => machine.looked(was, found));
        if (typeof found === 'object') accepted(found);
      });
    return () => {
      isOver = true;
    };
  }, [sought, scope, step, accepted]);
  const looks = fate.kind === 'uncertain' && !fate.isLooking ? fate.looks : null;
  useEffect(() => {
    if (looks === null) return;
    const timer = setTimeout(look, machine.lookPauseMs(looks));
    return () => clearTimeout(timer);
  }, [looks, look]);
  // The link is back: at once.
  useEffect(() => {
    if (!lost) look();
  }, [lost, look]);

  const stale = machine.needsCheck(order, seen);
  useEffect(() => {
    if (stale) again();
  }, [stale, again]);

  return {
    ...order,
    view,
    mode,
    why: machine.whyNot(order, seen, Date.now()),
    type: (typed) => step((was) => ({ ...was, typed })),
    press: () => void press(),
    look,
    leave: () => {
      step(machine.leave);
      if (newest.current.order.fate.kind === 'ready') forgetDecision(keepFor(scope));
    },
  };
}
