'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type PreflightView, type Sender, usePreflightOn, useSender } from '@/lib/client/actions/actions';
import { cardKeep } from '@/lib/client/phone/card-keep';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord, ActionRequest } from '@/lib/domain/actions/action';
import { canonical, changesOf } from '@/lib/domain/actions/bound';
import type { Snapshot } from '@/lib/domain/cluster';
import type { Text } from '@/lib/language/sentence';
import { notNow } from '../actions/action-words';
import { resendable } from '../actions/send-notice';

const REASON_MIN = 3;
/** An answer older than this is not decided on. */
const ANSWER_OLD_MS = 15_000;
/** An order whose answer never came is looked for again and again. */
const LOOK_FIRST_MS = 1000;
const LOOK_LAST_MS = 8000;
/** After a change under the person's eyes the button rests. */
const REST_MS = 1500;

export const isReason = (reason: string): boolean => reason.trim().length >= REASON_MIN;

export interface Order {
  readonly view: PreflightView;
  readonly sender: Sender;
  /** Why it cannot be sent now: the button's own text. null: it can. */
  readonly why: string | null;
  /** What changed since it was chosen. */
  readonly changes: readonly Text[];
  readonly send: () => void;
}

interface Asked {
  readonly scope: string;
  readonly snapshot: Snapshot | undefined;
  /** null: nothing is chosen. */
  readonly request: ActionRequest | null;
  readonly reason: string;
  readonly lost: boolean;
  readonly onAccepted: (action: ActionRecord) => void;
}

/** One order of a person: judged anew as long as it is looked at, sent once by the hold, looked for until its fate is known. */
export function useOrder({ scope, snapshot, request, reason, lost, onAccepted }: Asked): Order {
  const view = usePreflightOn(snapshot, scope, request, request !== null && !lost);
  const sender = useSender(scope, onAccepted, cardKeep);
  const { state, look } = sender;
  useLooking(state.kind === 'uncertain' && state.found !== null, lost, look);
  const { preflight, answer, again } = view;
  const watch = useChanges(request, answer?.preflight.bound ?? null);
  const moved = preflight !== null && answer !== null && changesOf(answer.preflight.bound, preflight.bound).length > 0;
  const refused = state.kind === 'refused';
  useEffect(() => {
    if (moved || refused) again();
  }, [moved, refused, again]);

  const stop = (): string | null => {
    if (state.kind === 'sending') return t('Sending');
    if (state.kind === 'uncertain' && !resendable(state, request))
      return t('Not now: an earlier press waits for its answer');
    if (lost) return t('Not now: connection lost');
    if (request === null) return t('Choose what to do');
    const blocker = preflight?.checks.find((check) => check.verdict === 'blocker');
    if (blocker !== undefined) return notNow(wire(blocker.title));
    if (answer === null) return view.problem === null ? t('Checking') : t('Not now: the check failed');
    if (moved) return t('Not now: it changed, checking again');
    if (view.answeredAt !== null && Date.now() - view.answeredAt > ANSWER_OLD_MS)
      return t('Not now: the last check is too old');
    if (watch.rests) return t('It just changed: read it first');
    return isReason(reason) ? null : t('Give a reason first');
  };
  const send = () => {
    if (request === null || answer === null) return;
    // The hold stands for what is typed at a desk: it takes as long, and the cluster's name is above the button.
    const confirmation = answer.preflight.confirm;
    sender.send({ request, token: answer.token, reason: reason.trim(), confirmation });
  };
  return { view, sender, why: stop(), changes: watch.changes, send };
}

/** `look` is another one with each drawing: the pauses must not begin anew with it. When the link is back, at once. */
function useLooking(open: boolean, lost: boolean, look: () => void): void {
  const [times, setTimes] = useState(0);
  const newest = useRef(look);
  useEffect(() => {
    newest.current = look;
  });
  useEffect(() => {
    if (!open) return;
    if (!lost) setTimes(0);
  }, [open, lost]);
  useEffect(() => {
    if (!open) return;
    const wait = Math.min(LOOK_LAST_MS, LOOK_FIRST_MS * 2 ** Math.min(5, times));
    const timer = setTimeout(() => {
      setTimes((was) => was + 1);
      newest.current();
    }, wait);
    return () => clearTimeout(timer);
  }, [open, times]);
}

type Bound = Parameters<typeof changesOf>[0];

interface Watch {
  readonly of: string;
  readonly bound: Bound | null;
  readonly changes: readonly Text[];
}

/** What changed between the answers of the server while one request is looked at. */
function useChanges(request: ActionRequest | null, bound: Bound | null): { changes: readonly Text[]; rests: boolean } {
  const of = request === null ? '' : canonical(request);
  const [watch, setWatch] = useState<Watch>({ of, bound, changes: [] });
  const [rests, setRests] = useState(false);
  const rest = useCallback(() => {
    setRests(true);
    const timer = setTimeout(() => setRests(false), REST_MS);
    return () => clearTimeout(timer);
  }, []);
  const count = watch.of === of ? watch.changes.length : 0;
  useEffect(() => (count === 0 ? undefined : rest()), [count, rest]);
  if (watch.of !== of) {
    setWatch({ of, bound, changes: [] });
    return { changes: [], rests: false };
  }
  if (bound !== null && bound !== watch.bound) {
    const changed = watch.bound === null ? [] : changesOf(watch.bound, bound);
    setWatch({ of, bound, changes: [...watch.changes, ...changed] });
  }
  return { changes: watch.changes, rests };
}
