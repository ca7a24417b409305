// Reads what is observed after a request was sent, and says which steps are reached and how it ended. An action is over when a
// fresh observation says so: an answer of 200 ends nothing, a time-out ends nothing. What cannot be said within the limits
// ends as `unknown`, never as `failed`. Pure: the snapshot carries the clock.

import { say, type Text } from '../../language/sentence';
import type { Member, Snapshot } from '../cluster';
import type { ReadingErrorKind } from '../raw';
import type { ActionRequest, Bound, Moment, Outcome, Progress, Wake, Way } from './action';
import { followConfig } from './follow-config';
import { followLeadership, followSchedule } from './follow-leadership';
import { followMember } from './follow-member';
import type { Stage } from './plan';

export interface Sent {
  readonly at: number;
  readonly way: Way;
  readonly wake: Wake | null;
  /** Etcd revision of our write; null: by REST, or not known whether it was written. */
  readonly revision: string | null;
}

/** What Patroni's REST answered, or why there was no answer. */
export interface RestSeen {
  readonly at: number;
  readonly status: number | null;
  readonly text: Text;
  readonly error: ReadingErrorKind | null;
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

export function follow(context: FollowContext): Followed {
  switch (context.stage.kind) {
    case 'switchover':
    case 'failover':
      return followLeadership(context);
    case 'schedule_switchover':
    case 'cancel_switchover':
      return followSchedule(context);
    case 'pause':
    case 'resume':
    case 'edit_config':
    case 'demote_cluster':
    case 'promote_cluster':
      return followConfig(context);
    case 'restart':
    case 'schedule_restart':
    case 'cancel_restart':
    case 'reload':
    case 'reinitialize':
      return followMember(context);
  }
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

export function memberOf(snapshot: Snapshot, name: string | null): Member | null {
  return snapshot.cluster.members.find((member) => member.name === name) ?? null;
}

/** Seen within the limits, now. */
export function answers(member: Member | null): member is Member {
  return member !== null && !member.silent && member.observedAt !== null;
}

/** How an answer of Patroni's REST has to be taken, before anything is observed. */
export function readAnswer(answer: RestSeen | null): 'none' | 'accepted' | 'refused' | 'unsent' | 'undecided' {
  if (answer === null) return 'none';
  if (
    answer.error === 'refused' ||
    answer.error === 'unreachable' ||
    answer.error === 'tls' ||
    answer.error === 'skipped'
  )
    return 'unsent';
  if (answer.status === null) return 'undecided';
  if (answer.status >= 200 && answer.status < 300) return 'accepted';
  // 4xx: checked before anything was done. 409: somebody else changed it first. 5xx may be said while it goes on.
  return answer.status >= 400 && answer.status < 500 ? 'refused' : 'undecided';
}

/** Patroni's text without its HTML. */
export function answerText(answer: RestSeen | null): Text {
  if (answer === null) return say`no answer`;
  if (answer.status === null) return answer.text;
  const plain = answer.text
    .replace(/<(head|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return `${answer.status} ${plain}`.trim().slice(0, 240);
}

/** The part of a cluster that an action is measured against. */
export function momentOf({ cluster, observedAt }: Snapshot): Moment {
  return {
    at: observedAt,
    leader: cluster.leader?.known === true ? cluster.leader.name : null,
    timeline: cluster.timeline,
    paused: cluster.paused,
    configRevision: cluster.dcs?.keyRevisions?.config ?? null,
    scheduledAt: cluster.scheduledSwitchover?.at ?? null,
    members: cluster.members
      .filter((member) => member.listed)
      .map((member) => ({
        name: member.name,
        role: member.clusterRole,
        state: member.state,
        timeline: member.timeline,
        lagBytes: member.lag.replayBytes,
        streaming:
          member.replication.kind === 'streaming' ? true : member.replication.kind === 'not_streaming' ? false : null,
        startedAt: member.startedAt,
        pendingRestart: member.pendingRestart !== null,
      })),
    config: null,
  };
}
