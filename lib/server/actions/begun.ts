// What a run is given, and what the journal keeps beside a request that was sent.
import type { ActionRecord, Moment } from '../../domain/actions/action';
import type { Sent } from '../../domain/actions/follower';
import type { Stage } from '../../domain/actions/plan';
import type { FinishedStage } from '../../domain/actions/staged-end';
import type { JsonObject } from '../../domain/wire/loose';
import type { PoolKeeper } from './pool-keeper';
import type { ClusterReach } from './reach';

export interface RunDeps {
  readonly reach: ClusterReach;
  readonly keeper: PoolKeeper;
  readonly now: () => number;
  /** Every change; cheap. */
  readonly onChange: (record: ActionRecord) => void;
  /** Before a request leaves (REST), or with its revision (DCS). A failure stops the action. */
  readonly onSent: (record: ActionRecord, body: JsonObject) => Promise<void>;
  readonly onClose: (record: ActionRecord) => Promise<void>;
}

/** What the journal keeps of a stage that was begun: enough to follow it after a crash. */
export interface Begun {
  readonly stage: number;
  readonly sent: Sent;
  readonly start: Moment;
  /** What was settled by then: the candidate of a switchover in the middle, and how the stages before it ended. */
  readonly plan: readonly Stage[];
  readonly finished: readonly FinishedStage[];
}
