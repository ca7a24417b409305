// An order: an action that a person asks for, from the first look until its fate is known. What may be pressed and when, what a
// press does, what a change under the person's eyes takes back, and what a missing answer means is decided here and nowhere
// else; the desk's dialog and the phone's card are two views of it. Pure: clock and keys are given.
//
// An order is bound to what its person read. Another observation is never taken on silently: it is told, what was typed as
// confirmation is cleared, and the button rests, so that a finger on its way does not confirm what was not read.
import type { Approval, ApprovalDraft } from '../../contract/access';
import type { ActionOrder } from '../../contract/actions';
import { BREAK_GLASS_REASON_MIN, REASON_MIN } from '../../contract/limits';
import type {
  ActionRecord,
  ActionRequest,
  Bound,
  Check,
  Preflight,
  PreflightAnswer,
} from '../../domain/actions/action';
import { canonical, changesOf } from '../../domain/actions/bound';
import type { Text } from '../../language/sentence';
import { t, wire } from '../words/text';
import type { Refusal, Reply } from './actions';
import { type Decision, decide } from './decision';

/** An answer of the server older than this is not decided on. */
const ANSWER_OLD_MS = 15_000;
/** The button rests after a change under the person's eyes. */
export const REST_MS = 1500;
/** An order whose answer never came is looked for with growing pauses. */
const LOOK_FIRST_MS = 1000;
const LOOK_LAST_MS = 8000;
/** Of what changed, the newest are told. */
const CHANGES_MAX = 6;

/** `act`: one person is enough. `ask`: a second one is asked. `alone`: done without that one. `approve`: this is the second one. */
export type DecisionMode = 'act' | 'ask' | 'alone' | 'approve';

/** What became of the press. */
export type Fate =
  | { readonly kind: 'ready' | 'sending' | 'asking' | 'accepted' }
  | { readonly kind: 'asked'; readonly approval: Approval }
  | { readonly kind: 'not_asked'; readonly problem: Text }
  | { readonly kind: 'refused'; readonly message: Text; readonly details: Refusal | null }
  /** Not known whether it arrived. `found`: null before the first look ended; 'absent': Howdah has no such action. */
  | {
      readonly kind: 'uncertain';
      readonly decision: Decision;
      readonly message: Text;
      readonly found: 'absent' | 'unreachable' | null;
      readonly isLooking: boolean;
      /** Looks that ended. */
      readonly looks: number;
    };

export interface Order {
  /** Canonical text of the request; empty: none. */
  readonly of: string;
  /** What the person read; null: nothing yet. */
  readonly bound: Bound | null;
  /** What changed since it was chosen. */
  readonly changes: readonly Text[];
  readonly restUntil: number;
  /** The confirmation as it is typed. */
  readonly typed: string;
  readonly fate: Fate;
}

/** What stands on the screen beside the order itself. */
export interface Seen {
  readonly scope: string;
  /** null: not chosen, or not complete. */
  readonly request: ActionRequest | null;
  /** The button's text while there is no request. */
  readonly missing: string;
  /** The newest judgement of the request, by the server or by this browser. */
  readonly preflight: Preflight | null;
  /** The server's newest answer, when it came, and whether the newest check failed. */
  readonly answer: PreflightAnswer | null;
  readonly answeredAt: number | null;
  readonly checkFailed: boolean;
  readonly lost: boolean;
  readonly mode: DecisionMode;
  /** Why the one who looks may not decide it at all; null: they may. */
  readonly stop: string | null;
  /** Newest that was asked for exactly this; null: none. */
  readonly asked: Approval | null;
  readonly reason: string;
  /** The button is held for as long as typing takes, with the cluster's name above it: nothing is typed. */
  readonly isHeld: boolean;
}

const READY: Fate = { kind: 'ready' };
export const NO_ORDER: Order = { of: '', bound: null, changes: [], restUntil: 0, typed: '', fate: READY };

export const isReason = (reason: string, min = REASON_MIN): boolean => reason.trim().length >= min;

/** A refusal in the words of its check: `Not now: n5 does not stream`. */
export function notNow(why: string): string {
  return /^not /i.test(why) ? why : t('Not now: {why}', { why });
}

// ---- who decides

/** `byPolicy`: a policy asks for two, whatever was judged. */
export function modeOf(
  preflight: Preflight | null,
  who: { readonly byPolicy: boolean; readonly isApprover: boolean; readonly isAlone: boolean },
): DecisionMode {
  if (who.isApprover) return 'approve';
  const needed = preflight?.checks.some(({ code, verdict }) => code === 'second_person' && verdict !== 'passed');
  if (!who.byPolicy && needed !== true) return 'act';
  return who.isAlone ? 'alone' : 'ask';
}

/** That a second person is needed stands in nobody's way who asks one, is one, or does without. */
function blockerOf({ preflight, mode }: Seen): Check | undefined {
  return preflight?.checks.find(
    ({ verdict, code }) => verdict === 'blocker' && (mode === 'act' || code !== 'second_person'),
  );
}

// ---- what is seen

const differs = (a: Bound, b: Bound): boolean => changesOf(a, b).length > 0;
const isOver = ({ kind }: Fate): boolean => kind !== 'sending' && kind !== 'asking' && kind !== 'uncertain';

/** With each new look at the screen. The same object where nothing of the order changed. */
export function see(order: Order, { request, preflight }: Pick<Seen, 'request' | 'preflight'>, now: number): Order {
  const of = request === null ? '' : canonical(request);
  const fate = isOver(order.fate) ? READY : order.fate;
  if (request === null) return order.of === '' && fate === order.fate ? order : { ...NO_ORDER, fate };
  const same = of === order.of ? order : { ...order, of, fate };
  const bound = preflight?.bound ?? null;
  if (bound === null || bound === same.bound) return same;
  const changes = same.bound === null ? [] : changesOf(same.bound, bound);
  if (changes.length === 0) return { ...same, bound };
  const told = [...same.changes, ...changes].slice(-CHANGES_MAX);
  return { ...same, bound, changes: told, restUntil: now + REST_MS, typed: '' };
}

/** The server's answer is about something else than what is read: it is asked again at once, also after a refusal. */
export function needsCheck({ fate }: Order, { preflight, answer }: Pick<Seen, 'preflight' | 'answer'>): boolean {
  if (fate.kind === 'refused') return true;
  return preflight !== null && answer !== null && differs(answer.preflight.bound, preflight.bound);
}

// ---- the press

/** Looked for, not there, and still what is asked: it may go out once more under its own key. */
export function isResendable(fate: Fate, request: ActionRequest | null): boolean {
  if (fate.kind !== 'uncertain' || fate.found !== 'absent' || request === null) return false;
  return canonical(request) === canonical(fate.decision.request);
}

/** Why it cannot be pressed now: the button's own text. null: it can. */
export function whyNot(order: Order, seen: Seen, now: number): string | null {
  const { fate, bound } = order;
  const { request, preflight, answer, answeredAt, mode, reason } = seen;
  if (seen.stop !== null) return seen.stop;
  if (fate.kind === 'asking') return t('Asking');
  if (fate.kind === 'sending' || fate.kind === 'accepted') return t('Sending');
  if (fate.kind === 'uncertain' && !isResendable(fate, request))
    return t('Not now: an earlier press waits for its answer');
  if (seen.lost) return t('Not now: connection lost');
  if (request === null) return seen.missing;
  const blocker = blockerOf(seen);
  if (blocker !== undefined) return blocker.code === 'not_allowed' ? wire(blocker.title) : notNow(wire(blocker.title));
  if (mode === 'ask' && seen.asked?.state === 'waiting') return t('Waits for a second person');
  if (answer === null || preflight === null || bound === null)
    return seen.checkFailed ? t('Not now: the check failed') : t('Checking');
  // What is judged, what the token says and what was read are one observation, or nothing is sent.
  if (differs(answer.preflight.bound, preflight.bound) || differs(answer.preflight.bound, bound))
    return t('Not now: it changed, checking again');
  if (answeredAt === null || now - answeredAt > ANSWER_OLD_MS) return t('Not now: the last check is too old');
  if (now < order.restUntil) return t('It just changed: read it first');
  if (mode !== 'approve' && !isReason(reason)) return t('Give a reason first');
  if (mode === 'alone' && !isReason(reason, BREAK_GLASS_REASON_MIN))
    return t('Give a reason of at least {n} characters first', { n: BREAK_GLASS_REASON_MIN });
  const { confirm } = preflight;
  if (mode !== 'ask' && !seen.isHeld && confirm !== null && order.typed.trim() !== confirm)
    return t('Type {word} first', { word: confirm });
  return null;
}

export type Errand =
  | { readonly kind: 'ask'; readonly draft: ApprovalDraft }
  | { readonly kind: 'send'; readonly decision: Decision; readonly order: ActionOrder };

/** What a press does: one errand, or nothing (null) where the button says why not. */
export function press(
  order: Order,
  seen: Seen,
  now: number,
  makeKey: () => string,
): { readonly order: Order; readonly errand: Errand } | null {
  const { scope, request, answer, preflight, mode } = seen;
  if (whyNot(order, seen, now) !== null || request === null || answer === null || preflight === null) return null;
  const reason = seen.reason.trim();
  if (mode === 'ask')
    return { order: { ...order, fate: { kind: 'asking' } }, errand: { kind: 'ask', draft: { request, reason } } };
  const before = order.fate.kind === 'uncertain' ? order.fate.decision : null;
  const decision = { ...decide(before, { scope, request, reason }, makeKey), sentAt: now };
  const confirmation = seen.isHeld || preflight.confirm === null ? preflight.confirm : order.typed.trim();
  const sent: ActionOrder = { request, token: answer.token, reason, confirmation, idempotencyKey: decision.key };
  return {
    order: { ...order, fate: { kind: 'sending' } },
    errand: { kind: 'send', decision, order: mode === 'alone' ? { ...sent, breakGlass: true } : sent },
  };
}

// ---- what came back

/** An order that was refused because its cluster changed has to be confirmed anew. */
export function replied(order: Order, decision: Decision, reply: Reply): Order {
  switch (reply.kind) {
    case 'accepted':
      return { ...order, fate: { kind: 'accepted' } };
    case 'refused': {
      const changed = (reply.details?.changes.length ?? 0) > 0;
      return { ...order, typed: changed ? '' : order.typed, fate: reply };
    }
    case 'lost':
      return unanswered(order, decision, reply.message);
  }
}

/** It left and no answer came: looked for before anything else may be sent. */
export function unanswered(order: Order, decision: Decision, message: Text): Order {
  return { ...order, fate: { kind: 'uncertain', decision, message, found: null, isLooking: true, looks: 0 } };
}

/** What the last look found stays until this one has ended. */
export function look(order: Order): Order {
  const { fate } = order;
  if (fate.kind !== 'uncertain' || fate.isLooking) return order;
  return { ...order, fate: { ...fate, isLooking: true } };
}

export function looked(order: Order, found: ActionRecord | 'absent' | 'unreachable'): Order {
  const { fate } = order;
  if (fate.kind !== 'uncertain') return order;
  if (typeof found === 'object') return { ...order, fate: { kind: 'accepted' } };
  return { ...order, fate: { ...fate, found, isLooking: false, looks: fate.looks + 1 } };
}

/** How long until it is looked for again. */
export function lookPauseMs(looks: number): number {
  return Math.min(LOOK_LAST_MS, LOOK_FIRST_MS * 2 ** Math.min(5, looks - 1));
}

/** The person gives up an order that did not arrive; one that may have is not given up. */
export function leave(order: Order): Order {
  const { fate } = order;
  return isOver(fate) || (fate.kind === 'uncertain' && fate.found === 'absent') ? { ...order, fate: READY } : order;
}
