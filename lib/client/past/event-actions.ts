// Which action of a person an event came of. Pure. An event does not say it; its kind, its scope and its time do.
import type { ScopedEvent } from '../../contract/history';
import type { ActionKind } from '../../domain/action-kind';
import type { ActionRecord } from '../../domain/actions/action';
import type { EventKind } from '../../domain/events';

const CAME_OF: Readonly<Partial<Record<EventKind, readonly ActionKind[]>>> = {
  leader_changed: ['switchover', 'failover'],
  leader_lost: ['switchover', 'failover'],
  timeline_changed: ['switchover', 'failover', 'promote_cluster'],
  role_changed: ['switchover', 'failover', 'reinitialize', 'demote_cluster', 'promote_cluster'],
  state_changed: ['switchover', 'failover', 'restart', 'rolling_restart', 'reinitialize'],
  paused: ['pause'],
  resumed: ['resume'],
  config_changed: ['edit_config', 'demote_cluster', 'promote_cluster'],
  switchover_scheduled: ['switchover'],
  switchover_cancelled: ['cancel_switchover', 'switchover'],
};

/** What an action did may be seen a little after it was closed. */
const AFTER_MS = 5000;
/** Clocks of Patroni's /history and of Howdah differ a little. */
const BEFORE_MS = 2000;

/** null: none of these. Refused actions and those that were not sent did nothing. */
export function actionOf(event: ScopedEvent, actions: readonly ActionRecord[]): ActionRecord | null {
  const kinds = CAME_OF[event.kind];
  if (kinds === undefined) return null;
  const found = actions.filter((action) => {
    if (action.scope !== event.scope || !kinds.includes(action.request.kind) || action.outcome === 'refused')
      return false;
    if (action.sentAt === null) return false;
    return (
      event.at >= action.sentAt - BEFORE_MS && event.at <= (action.closedAt ?? Number.POSITIVE_INFINITY) + AFTER_MS
    );
  });
  return found.sort((a, b) => b.requestedAt - a.requestedAt)[0] ?? null;
}
