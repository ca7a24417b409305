// The outcome of an action that had several stages, from the ends of those that were begun. Pure.

import { joinNames } from '../../language/quantity';
import { joined, say, type Text, unstopped } from '../../language/sentence';
import type { ActionRequest, Outcome } from './action';
import type { End } from './follower';
import type { Stage } from './plan';

export interface FinishedStage {
  readonly stage: Stage;
  readonly end: End;
}

interface StagesSoFar {
  readonly request: ActionRequest;
  readonly plan: readonly Stage[];
  /** Index of the stage that ended last. */
  readonly stage: number;
  readonly finished: readonly FinishedStage[];
  /** How the last one ended, or why the next one was not begun. */
  readonly last: End;
  /** Why nothing more is begun although the last stage went well; null: it goes on. */
  readonly cutOff: Text | null;
}

export function stagedEnd({ request, plan, stage, finished, last, cutOff }: StagesSoFar): End {
  if (plan.length === 1) return last;
  const nameOf = (entry: Stage): Text => (entry.kind === 'switchover' ? say`the switchover` : (entry.member ?? ''));
  const did = finished
    .filter((entry) => succeeded(entry.end.outcome) && entry.stage.kind !== 'switchover')
    .map((entry) => nameOf(entry.stage));
  const spared = finished
    .filter(({ end, stage: entry }) => end.outcome === 'refused' && entry.onlyPending)
    .map((entry) => nameOf(entry.stage));
  const left = plan.slice(stage + 1).map(nameOf);
  const done = did.length === 0 ? say`nothing was done` : doneWords(request, joinNames(did));
  if (left.length === 0 && (succeeded(last.outcome) || spared.length > 0)) {
    const outcome: Outcome = did.length === 0 ? 'refused' : last.outcome === 'refused' ? 'done' : last.outcome;
    const text = spared.length === 0 ? say`${done}.` : say`${done}; ${joinNames(spared)} had no pending restart.`;
    return { outcome, text, differs: last.differs };
  }
  const why = cutOff ?? unstopped(last.text);
  const notBegun = left.length === 0 ? [] : [say`not started: ${joinNames(left)}`];
  const partly = (last.outcome === 'refused' && did.length > 0) || (cutOff !== null && succeeded(last.outcome));
  return {
    outcome: partly ? 'done_differently' : last.outcome,
    text: say`Stopped: ${joined([why, done, ...notBegun], '; ')}.`,
    differs: [...last.differs, ...notBegun],
  };
}

function succeeded(outcome: Outcome): boolean {
  return outcome === 'done' || outcome === 'scheduled';
}

function doneWords(request: ActionRequest, names: Text): Text {
  if (request.kind === 'reload') return say`${names} reloaded`;
  return request.kind === 'restart' && request.scheduledAt !== null ? say`${names} scheduled` : say`${names} restarted`;
}

export function sparedEnd(stage: Stage): End {
  return { outcome: 'refused', text: say`${stage.member ?? ''} has no pending restart.`, differs: [] };
}

export function restartedEnd(stage: Stage): End {
  return { outcome: 'done', text: say`${stage.member ?? ''} restarted.`, differs: [] };
}
