// The whole judgement of a request: that of judge.ts, and of an edit what its document contains. What the server refuses by, and
// the desk. Pure.
import type { Snapshot } from '../cluster';
import type { Settings } from '../config/guc';
import type { ActionFacts, ActionRequest, Preflight } from './action';
import { configContent } from './checks/config-content';
import { judge } from './judge';

/** `facts` null: the server has not been asked; what needs them is then not judged and a note says so. `settings`: for an edit. */
export function preflight(
  request: ActionRequest,
  snapshot: Snapshot,
  facts: ActionFacts | null,
  now: number,
  settings: Settings | null = null,
): Preflight {
  return judge(request, snapshot, facts, now, configContent(settings));
}
