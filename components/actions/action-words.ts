// How each action is said: in menus, titles, the audit. One row an action.

import { formatCount, formatMinute } from '@/lib/client/words/format';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { ActionKind } from '@/lib/domain/action-kind';
import type { ActionRecord, ActionRequest, Outcome } from '@/lib/domain/actions/action';
import { joinNames } from '@/lib/language/quantity';
import type { IconName } from '../ui/icon';

interface Words {
  readonly icon: IconName;
  /** In a menu: three dots, because a dialog follows. This and the noun are forms: said by `t`. */
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
    menu: form('Switchover…'),
    noun: form('Switchover'),
    of: (scope) => t('Switchover of {scope}', { scope }),
    doing: (scope) => t('Switching over {scope}', { scope }),
    did: (scope) => t('Switched over {scope}', { scope }),
  },
  cancel_switchover: {
    icon: 'cancel',
    menu: form('Cancel the scheduled switchover…'),
    noun: form('Cancel the scheduled switchover'),
    of: (scope) => t('Cancel the scheduled switchover of {scope}', { scope }),
    doing: (scope) => t('Cancelling the scheduled switchover of {scope}', { scope }),
    did: (scope) => t('Cancelled the scheduled switchover of {scope}', { scope }),
  },
  failover: {
    icon: 'bolt',
    menu: form('Failover…'),
    noun: form('Failover'),
    of: (scope) => t('Failover of {scope}', { scope }),
    doing: (scope) => t('Failing over {scope}', { scope }),
    did: (scope) => t('Failed over {scope}', { scope }),
  },
  pause: {
    icon: 'pause',
    menu: form('Pause…'),
    noun: form('Pause'),
    of: (scope) => t('Pause {scope}', { scope }),
    doing: (scope) => t('Pausing {scope}', { scope }),
    did: (scope) => t('Paused {scope}', { scope }),
  },
  resume: {
    icon: 'play',
    menu: form('Resume…'),
    noun: form('Resume'),
    of: (scope) => t('Resume {scope}', { scope }),
    doing: (scope) => t('Resuming {scope}', { scope }),
    did: (scope) => t('Resumed {scope}', { scope }),
  },
  edit_config: {
    icon: 'edit',
    menu: form('Edit dynamic configuration…'),
    noun: form('Configuration change'),
    of: (scope) => t('Configuration of {scope}', { scope }),
    doing: (scope) => t('Changing the configuration of {scope}', { scope }),
    did: (scope) => t('Changed the configuration of {scope}', { scope }),
  },
  restart: {
    icon: 'restart',
    menu: form('Restart members…'),
    noun: form('Restart'),
    of: (scope) => t('Restart members of {scope}', { scope }),
    doing: (scope) => t('Restarting in {scope}', { scope }),
    did: (scope) => t('Restarted in {scope}', { scope }),
  },
  rolling_restart: {
    icon: 'rolling',
    menu: form('Rolling restart…'),
    noun: form('Rolling restart'),
    of: (scope) => t('Rolling restart of {scope}', { scope }),
    doing: (scope) => t('Rolling restart of {scope}', { scope }),
    did: (scope) => t('Restarted all of {scope}', { scope }),
  },
  cancel_restart: {
    icon: 'cancel',
    menu: form('Cancel a scheduled restart…'),
    noun: form('Cancel a scheduled restart'),
    of: (scope) => t('Cancel a scheduled restart of {scope}', { scope }),
    doing: (scope) => t('Cancelling a scheduled restart of {scope}', { scope }),
    did: (scope) => t('Cancelled a scheduled restart of {scope}', { scope }),
  },
  reload: {
    icon: 'reload',
    menu: form('Reload…'),
    noun: form('Reload'),
    of: (scope) => t('Reload members of {scope}', { scope }),
    doing: (scope) => t('Reloading in {scope}', { scope }),
    did: (scope) => t('Reloaded in {scope}', { scope }),
  },
  reinitialize: {
    icon: 'rebuild',
    menu: form('Reinitialize a member…'),
    noun: form('Reinitialize'),
    of: (scope) => t('Reinitialize a member of {scope}', { scope }),
    doing: (scope) => t('Reinitializing in {scope}', { scope }),
    did: (scope) => t('Reinitialized in {scope}', { scope }),
  },
  demote_cluster: {
    icon: 'down',
    menu: form('Demote to a standby cluster…'),
    noun: form('Demote to a standby cluster'),
    of: (scope) => t('Demote {scope} to a standby cluster', { scope }),
    doing: (scope) => t('Demoting {scope} to a standby cluster', { scope }),
    did: (scope) => t('Demoted {scope} to a standby cluster', { scope }),
  },
  promote_cluster: {
    icon: 'up',
    menu: form('Promote the standby cluster…'),
    noun: form('Promote the standby cluster'),
    of: (scope) => t('Promote the standby cluster {scope}', { scope }),
    doing: (scope) => t('Promoting the standby cluster {scope}', { scope }),
    did: (scope) => t('Promoted the standby cluster {scope}', { scope }),
  },
  end_session: {
    icon: 'cancel',
    menu: form('End a session…'),
    noun: form('End a session'),
    of: (scope) => t('End a session in {scope}', { scope }),
    doing: (scope) => t('Ending a session in {scope}', { scope }),
    did: (scope) => t('Ended a session in {scope}', { scope }),
  },
  maintenance: {
    icon: 'rolling',
    menu: form('Maintenance…'),
    noun: form('Maintenance'),
    of: (scope) => t('Maintenance of {scope}', { scope }),
    doing: (scope) => t('Maintenance of {scope}', { scope }),
    did: (scope) => t('Maintenance of {scope}', { scope }),
  },
};

/** To whom, from whom: `n1 to n2`, `n3`, empty. */
function whomOf(request: ActionRequest, from: string | null, to: string | null): string {
  switch (request.kind) {
    case 'switchover':
    case 'failover': {
      const target = request.candidate ?? to;
      if (target === null) return from === null ? '' : t('from {from}', { from });
      return from === null || from === target
        ? t('to {to}', { to: target })
        : t('{from} to {to}', { from, to: target });
    }
    case 'restart':
    case 'reload':
      return request.members.length > 4
        ? tn(request.members.length, '{n} member', '{n} members', { n: formatCount(request.members.length) })
        : wire(joinNames(request.members));
    case 'reinitialize':
    case 'cancel_restart':
      return request.member;
    case 'end_session':
      return request.how === 'cancel'
        ? t('cancel pid {pid} on {member}', { pid: request.pid, member: request.member })
        : t('terminate pid {pid} on {member}', { pid: request.pid, member: request.member });
    case 'maintenance':
      return request.step === 'begin'
        ? t('begun')
        : request.step === 'end'
          ? t('ended')
          : request.step === 'out'
            ? t('{member} out', { member: request.member ?? '' })
            : t('{member} done', { member: request.member ?? '' });
    default:
      return '';
  }
}

/** One line of a list: `Switchover, n1 to n2`. */
export function actionLine(action: ActionRecord): string {
  const whom = whomOf(action.request, action.bound.leader, action.after?.leader ?? null);
  const at = scheduledAt(action.request);
  const noun = t(ACTION_WORDS[action.request.kind].noun);
  const what = whom === '' ? noun : `${noun}, ${whom}`;
  return at === null ? what : t('{what} at {time}', { what, time: formatMinute(at) });
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
        ? t('Scheduled: {what}', { what: lower(words.of(scope)) })
        : done
          ? words.did(scope)
          : words.of(scope);
  return whom === '' ? head : `${head}: ${whom}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Forms, said by `t`. */
export const OUTCOME_WORDS: Readonly<Record<Outcome | 'open', string>> = {
  open: form('running'),
  done: form('done'),
  done_differently: form('done differently'),
  scheduled: form('scheduled'),
  refused: form('refused'),
  failed: form('failed'),
  unknown: form('outcome unknown'),
};

/** A refusal in the words of its check: `Not now: n5 does not stream`. */
export function notNow(why: string): string {
  return /^not /i.test(why) ? why : t('Not now: {why}', { why });
}

export const WAY_WORDS = {
  dcs: form('by a transaction in the DCS'),
  rest: form("by Patroni's REST API"),
  sql: form('by SQL'),
  howdah: form('noted by Howdah'),
} as const;
