import { isHealthyLeader } from '@/lib/domain/actions/candidates';
import type { StepAction } from '@/lib/domain/actions/step-request';
import type { CauseStep } from '@/lib/domain/cause/cause';
import type { Snapshot } from '@/lib/domain/cluster';

/** The button of a cluster that is looked for in a hurry; null: there is nothing to hand over and nothing that can be done. */
export interface MainAction {
  readonly action: StepAction;
  /** What the cause advises; null: the usual switchover. */
  readonly advised: CauseStep | null;
}

/** A switchover needs a leader that hands over; without one the button is what the cause advises first, or there is none. */
export function mainAction({ cause, cluster }: Pick<Snapshot, 'cause' | 'cluster'>): MainAction | null {
  const isOut = cause?.impact === 'not_writable' && !isHealthyLeader(cluster);
  const steps = isOut ? cause.steps : [];
  const advised = steps.find(({ action, refused }) => action !== null && refused === null) ?? null;
  if (advised?.action != null) return { action: advised.action, advised };
  return isOut || cluster.leader === null ? null : { action: { kind: 'switchover', member: null }, advised: null };
}
