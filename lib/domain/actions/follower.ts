// What a follower is given and what it says: one for each group of kinds reads the snapshots after a request was sent
// (follow-*.ts), follow.ts knows which.

import type { Text } from '../../language/sentence';
import type { Snapshot } from '../cluster';
import type { ActionRequest, Bound, Moment, Outcome, Progress, Wake, Way } from './action';
import type { Stage } from './plan';
import type { RestSeen } from './rest-answer';

export interface Sent {
  readonly at: number;
  readonly way: Way;
  readonly wake: Wake | null;
  /** Version that our write gave the key; null: by REST, or not known whether it was written. */
  readonly revision: string | null;
}

export interface Mark {
  readonly at: number;
  readonly detail: Text | null;
  readonly state: 'done' | 'skipped' | 'failed';
}
export type Marks = Readonly<Record<string, Mark>>;

export interface End {
  readonly outcome: Outcome;
  readonly text: Text;
  readonly differs: readonly Text[];
}

/** Asked beside the snapshots while an action of the kind runs. */
export interface Extra {
  /** The base backup that runs for the member now, seen on its source. */
  readonly backup: { readonly doneBytes: number; readonly totalBytes: number | null; readonly phase: Text } | null;
  /** Per member, of a changed configuration; null: nothing shows it from outside; `pending`: not asked yet. */
  readonly uptake:
    | Readonly<Record<string, 'taken' | 'waiting' | 'pending_restart' | 'ignored' | 'unknown'>>
    | 'pending'
    | null;
  /** The session that is to end; null: not asked yet, or nobody could say. */
  readonly session: {
    /** On Howdah's clock. */
    readonly at: number;
    readonly isThere: boolean;
    readonly state: string | null;
    /** How long its newest statement runs, or ran last. */
    readonly statementSeconds: number | null;
  } | null;
}

export interface FollowContext {
  readonly stage: Stage;
  readonly request: ActionRequest;
  readonly bound: Bound;
  /** The cluster when the stage began. */
  readonly start: Moment;
  readonly sent: Sent;
  /** null: none (yet), or the way was the DCS. */
  readonly answer: RestSeen | null;
  readonly snapshot: Snapshot;
  readonly marks: Marks;
  readonly extra: Extra;
}

export interface Followed {
  readonly marks: Marks;
  /** What the current step waits for. */
  readonly waiting: Text | null;
  readonly progress: Progress | null;
  readonly end: End | null;
}

/** Steps already reached stay as they are; `add` takes what is new, at the time of the snapshot. */
export class Tally {
  readonly #context: FollowContext;
  #marks: Record<string, Mark>;

  constructor(context: FollowContext) {
    this.#context = context;
    this.#marks = { ...context.marks };
  }

  get marks(): Marks {
    return this.#marks;
  }

  has(key: string): boolean {
    return this.#marks[this.#context.stage.prefix + key] !== undefined;
  }

  at(key: string): number | null {
    return this.#marks[this.#context.stage.prefix + key]?.at ?? null;
  }

  add(key: string, detail: Text | null, state: Mark['state'] = 'done', at = this.#context.snapshot.observedAt): void {
    const full = this.#context.stage.prefix + key;
    if (this.#marks[full] === undefined) this.#marks[full] = { at, detail, state };
  }

  followed(waiting: Text | null, end: End | null = null, progress: Progress | null = null): Followed {
    return { marks: this.#marks, waiting, end, progress };
  }
}

export function end(outcome: Outcome, text: Text, differs: readonly Text[] = []): End {
  return { outcome, text, differs };
}
