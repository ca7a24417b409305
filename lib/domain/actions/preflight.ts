// The whole judgement of a request: that of judge.ts, what only a desk offers, of a handover the pools that could be paused
// around it. What the server refuses by, and the desk. Pure.
import type { Snapshot } from '../cluster';
import type { Settings } from '../config/guc';
import type { ActionFacts, ActionRequest, Preflight } from './action';
import { deskChecks } from './checks/desk';
import { POOL_CHECKS } from './checks/pools';
import { judge } from './judge';
import { buttonOf, summaryOf } from './maintenance';
import { poolOffer, stepsWithPools } from './pools';

/** `facts` null: the server has not been asked; what needs them is then not judged and a note says so. `settings`: for an edit. */
export function preflight(
  request: ActionRequest,
  snapshot: Snapshot,
  facts: ActionFacts | null,
  now: number,
  settings: Settings | null = null,
): Preflight {
  const judged = judge(request, snapshot, facts, now, [...deskChecks(settings), ...POOL_CHECKS]);
  if (request.kind === 'maintenance')
    return { ...judged, summary: summaryOf(request, snapshot.cluster), verb: buttonOf(request) };
  return { ...judged, steps: stepsWithPools(judged, facts), pools: poolOffer(request, snapshot.cluster, facts) };
}
