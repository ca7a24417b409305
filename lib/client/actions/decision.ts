// One decision of a person: its idempotency key, from the moment the dialog opens until an answer came. Pure: the storage, the
// clock and the maker of keys are given. The same key is sent again for the same decision only, so a double click, a reload or
// a lost connection never acts twice.

import type { ActionRecord, ActionRequest } from '../../domain/actions/action';
import { canonical } from '../../domain/actions/bound';
import { carry, revive } from '../../language/carry';

export interface Decision {
  readonly key: string;
  readonly scope: string;
  readonly request: ActionRequest;
  readonly reason: string;
  /** When it left this browser; null: it never did. */
  readonly sentAt: number | null;
}

/** What sessionStorage gives; a browser may forbid it, then the key lives as long as the page. */
export interface Keep {
  readonly getItem: (name: string) => string | null;
  readonly setItem: (name: string, value: string) => void;
  readonly removeItem: (name: string) => void;
}

const NAME = 'howdah-decision';

/** The decision that waits for its answer or was begun in this tab; null: none. */
export function readDecision(keep: Keep): Decision | null {
  try {
    const value: unknown = revive(JSON.parse(keep.getItem(NAME) ?? 'null'));
    if (typeof value !== 'object' || value === null) return null;
    const { key, scope, request, reason, sentAt } = value as Partial<Decision>;
    if (typeof key !== 'string' || typeof scope !== 'string' || typeof request?.kind !== 'string') return null;
    return {
      key,
      scope,
      request,
      reason: typeof reason === 'string' ? reason : '',
      sentAt: typeof sentAt === 'number' ? sentAt : null,
    };
  } catch {
    return null;
  }
}

export function keepDecision(keep: Keep, decision: Decision): void {
  try {
    keep.setItem(NAME, JSON.stringify(carry(decision)));
  } catch {
    // Forbidden or full: the page itself still holds it.
  }
}

export function forgetDecision(keep: Keep): void {
  try {
    keep.removeItem(NAME);
  } catch {
    // As above.
  }
}

/**
 * The decision to send for what the person asks now. The same request after a send without an answer keeps its key; another
 * request, scope or reason is another decision and gets a new one.
 */
export function decide(
  before: Decision | null,
  asked: { readonly scope: string; readonly request: ActionRequest; readonly reason: string },
  makeKey: () => string,
): Decision {
  const same =
    before !== null &&
    before.scope === asked.scope &&
    (before.sentAt === null || canonical(before.request) === canonical(asked.request));
  return { ...asked, key: same ? before.key : makeKey(), sentAt: same ? before.sentAt : null };
}

/** Did it arrive? Looked for among the cluster's actions by its key. */
export function findDecision(actions: readonly ActionRecord[], decision: Decision): ActionRecord | null {
  return actions.find((action) => action.idempotencyKey === decision.key) ?? null;
}

/** Two readings of one action: a closed one beats an open one, then the one that has seen more. */
export function newerAction(a: ActionRecord | null | undefined, b: ActionRecord): ActionRecord {
  if (a === null || a === undefined || a.id !== b.id) return b;
  if (a.phase !== b.phase) return a.phase === 'closed' ? a : b;
  return lastSeenAt(a) > lastSeenAt(b) ? a : b;
}

function lastSeenAt(action: ActionRecord): number {
  const steps = action.steps.map((step) => step.reachedAt ?? 0);
  return Math.max(action.closedAt ?? 0, action.seen.at(-1)?.at ?? 0, ...steps);
}
