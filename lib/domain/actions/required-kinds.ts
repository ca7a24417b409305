// What a request really does, for rights and the second person. A configuration edited by hand can pause, demote and promote: then the
// rights to those are needed too.

import type { ActionKind } from '../action-kind';
import { type JsonObject, patroniBoolean } from '../wire/loose';
import type { ActionRequest } from './action';
import { canonical } from './bound';

/** The kind itself first. `current`: the dynamic configuration as it is; null: not read. */
export function requiredKinds(request: ActionRequest, current: JsonObject | null): readonly ActionKind[] {
  if (request.kind !== 'edit_config') return [request.kind];
  const [before, after] = [standbyOf(current), standbyOf(request.value)];
  const kinds: ActionKind[] = ['edit_config'];
  if (canonical(before) !== canonical(after)) kinds.push(after === null ? 'promote_cluster' : 'demote_cluster');
  const pauses = patroniBoolean(request.value.pause) === true;
  if (pauses !== (patroniBoolean(current?.pause) === true)) kinds.push(pauses ? 'pause' : 'resume');
  return kinds;
}

/** null: none. A section that is empty or no map makes no standby cluster. */
function standbyOf(config: JsonObject | null): unknown {
  const section = config === null || !Object.hasOwn(config, 'standby_cluster') ? null : config.standby_cluster;
  return typeof section === 'object' && section !== null && Object.keys(section).length > 0 ? section : null;
}
