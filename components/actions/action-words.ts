// How each action is said: in menus, titles, the audit. One row an action.
import { formatMinute } from '@/lib/client/format';
import type { ActionKind, ActionRecord, ActionRequest, Outcome } from '@/lib/domain/actions/action';
import { joinNames } from '@/lib/domain/words';
import type { IconName } from '../ui/icon';

interface Words {
  readonly icon: IconName;
  /** In a menu: three dots, because a dialog follows. */
  readonly menu: string;
  readonly noun: string;
  /** Name of the dialog. */
  readonly of: (scope: string) => string;
  readonly doing: (scope: string) => string;
  readonly did: (scope: string) => string;
}

export const ACTION_WORDS: Readonly<Record<ActionKind, Words>> = {
  switchover: {
    icon: 'switch',
    menu: 'Switchover…',
    noun: 'Switchover',
    of: (scope) => `Switchover of ${scope}`,
    doing: (scope) => `Switching over ${scope}`,
    did: (scope) => `Switched over ${scope}`,
  },
  cancel_switchover: {
    icon: 'cancel',
    menu: 'Cancel the scheduled switchover…',
    noun: 'Cancel of the scheduled switchover',
    of: (scope) => `Cancel of the scheduled switchover of ${scope}`,
    doing: (scope) => `Cancelling the scheduled switchover of ${scope}`,
    did: (scope) => `Cancelled the scheduled switchover of ${scope}`,
  },
  failover: {
    icon: 'bolt',
    menu: 'Failover…',
    noun: 'Failover',
    of: (scope) => `Failover of ${scope}`,
    doing: (scope) => `Failing over ${scope}`,
    did: (scope) => `Failed over ${scope}`,
  },
  pause: {
    icon: 'pause',
    menu: 'Pause…',
    noun: 'Pause',
    of: (scope) => `Pause of ${scope}`,
    doing: (scope) => `Pausing ${scope}`,
    did: (scope) => `Paused ${scope}`,
  },
  resume: {
    icon: 'play',
    menu: 'Resume…',
    noun: 'Resume',
    of: (scope) => `Resume of ${scope}`,
    doing: (scope) => `Resuming ${scope}`,
    did: (scope) => `Resumed ${scope}`,
  },
  edit_config: {
    icon: 'edit',
    menu: 'Edit dynamic configuration…',
    noun: 'Configuration change',
    of: (scope) => `Configuration of ${scope}`,
    doing: (scope) => `Changing the configuration of ${scope}`,
    did: (scope) => `Changed the configuration of ${scope}`,
  },
  restart: {
    icon: 'restart',
    menu: 'Restart members…',
    noun: 'Restart',
    of: (scope) => `Restart of members of ${scope}`,
    doing: (scope) => `Restarting in ${scope}`,
    did: (scope) => `Restarted in ${scope}`,
  },
  rolling_restart: {
    icon: 'rolling',
    menu: 'Rolling restart…',
    noun: 'Rolling restart',
    of: (scope) => `Rolling restart of ${scope}`,
    doing: (scope) => `Rolling restart of ${scope}`,
    did: (scope) => `Restarted all of ${scope}`,
  },
  cancel_restart: {
    icon: 'cancel',
    menu: 'Cancel a scheduled restart…',
    noun: 'Cancel of a scheduled restart',
    of: (scope) => `Cancel of a scheduled restart of ${scope}`,
    doing: (scope) => `Cancelling a scheduled restart of ${scope}`,
    did: (scope) => `Cancelled a scheduled restart of ${scope}`,
  },
  reload: {
    icon: 'reload',
    menu: 'Reload…',
    noun: 'Reload',
    of: (scope) => `Reload of members of ${scope}`,
    doing: (scope) => `Reloading in ${scope}`,
    did: (scope) => `Reloaded in ${scope}`,
  },
  reinitialize: {
    icon: 'rebuild',
    menu: 'Reinitialize a member…',
    noun: 'Reinitialize',
    of: (scope) => `Reinitialize of a member of ${scope}`,
    doing: (scope) => `Reinitializing in ${scope}`,
    did: (scope) => `Reinitialized in ${scope}`,
  },
  demote_cluster: {
    icon: 'down',
    menu: 'Demote to a standby cluster…',
    noun: 'Demote to a standby cluster',
    of: (scope) => `Demote of ${scope} to a standby cluster`,
    doing: (scope) => `Demoting ${scope} to a standby cluster`,
    did: (scope) => `Demoted ${scope} to a standby cluster`,
  },
  promote_cluster: {
    icon: 'up',
    menu: 'Promote the standby cluster…',
    noun: 'Promote of the standby cluster',
    of: (scope) => `Promote of the standby cluster ${scope}`,
    doing: (scope) => `Promoting the standby cluster ${scope}`,
    did: (scope) => `Promoted the standby cluster ${scope}`,
  },
};

/** To whom, from whom: `n1 to n2`, `n3`, empty. */
function whomOf(request: ActionRequest, from: string | null, to: string | null): string {
  switch (request.kind) {
    case 'switchover':
    case 'failover': {
      const target = request.candidate ?? to;
      if (target === null) return from === null ? '' : `from ${from}`;
      return from === null || from === target ? `to ${target}` : `${from} to ${target}`;
    }
    case 'restart':
    case 'reload':
      return request.members.length > 4 ? `${request.members.length} members` : joinNames(request.members);
    case 'reinitialize':
    case 'cancel_restart':
      return request.member;
    default:
      return '';
  }
}

/** One line of a list: `Switchover, n1 to n2`. */
export function actionLine(action: ActionRecord): string {
  const whom = whomOf(action.request, action.bound.leader, action.after?.leader ?? null);
  const at = scheduledAt(action.request);
  const when = at === null ? '' : ` at ${formatMinute(at)}`;
  const { noun } = ACTION_WORDS[action.request.kind];
  return `${noun}${whom === '' ? '' : `, ${whom}`}${when}`;
}

/** The instant a request is for; null: now. */
export function scheduledAt(request: ActionRequest): number | null {
  const text = request.kind === 'switchover' || request.kind === 'restart' ? request.scheduledAt : null;
  if (text === null) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** Past tense only for what was observed as done. */
export function actionTitle(action: ActionRecord): string {
  const { request, scope, phase, outcome } = action;
  const words = ACTION_WORDS[request.kind];
  const whom = whomOf(request, action.bound.leader, action.after?.leader ?? null);
  const done = outcome === 'done' || outcome === 'done_differently';
  const head =
    phase === 'open'
      ? words.doing(scope)
      : outcome === 'scheduled'
        ? `Scheduled: ${lower(words.of(scope))}`
        : done
          ? words.did(scope)
          : words.of(scope);
  return whom === '' ? head : `${head}: ${whom}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export const OUTCOME_WORDS: Readonly<Record<Outcome | 'open', string>> = {
  open: 'running',
  done: 'done',
  done_differently: 'done differently',
  scheduled: 'scheduled',
  refused: 'refused',
  failed: 'failed',
  unknown: 'outcome unknown',
};

/** A refusal in the words of its check: `Not now: n5 does not stream`. */
export function notNow(why: string): string {
  return /^not /i.test(why) ? why : `Not now: ${why}`;
}

export const WAY_WORDS = { dcs: 'by etcd transaction', rest: "by Patroni's REST API" } as const;
