// The outcome of an action that had several stages, from the ends of those that were begun. Pure.
import { joinNames } from '../words';
import type { ActionRequest, Outcome } from './action';
import type { End } from './follow';
import type { Stage } from './plan';

export interface FinishedStage {
  readonly stage: Stage;
  readonly end: End;
}

interface Progressed {
  readonly request: ActionRequest;
  readonly plan: readonly Stage[];
  /** Index of the stage that ended last. */
  readonly stage: number;
  readonly finished: readonly FinishedStage[];
  /** How the last one ended, or why the next one was not begun. */
  readonly last: End;
  /** Why nothing more is begun although the last stage went well; null: it goes on. */
  readonly cutOff: string | null;
}

export function wholeEnd({ request, plan, stage, finished, last, cutOff }: Progressed): End {
  if (plan.length === 1) return last;
  const nameOf = (entry: Stage): string => (entry.kind === 'switchover' ? 'the switchover' : (entry.member ?? ''));
  const did = finished
    .filter((entry) => succeeded(entry.end.outcome) && entry.stage.kind !== 'switchover')
    .map((entry) => nameOf(entry.stage));
  const spared = finished
    .filter(({ end, stage: entry }) => end.outcome === 'refused' && entry.onlyPending)
    .map((entry) => nameOf(entry.stage));
  const left = plan.slice(stage + 1).map(nameOf);
  const done = did.length === 0 ? 'nothing was done' : `${joinNames(did)} ${doneWord(request)}`;
  if (left.length === 0 && (succeeded(last.outcome) || spared.length > 0)) {
    const outcome: Outcome = did.length === 0 ? 'refused' : last.outcome === 'refused' ? 'done' : last.outcome;
    const rest = spared.length === 0 ? '' : `; ${joinNames(spared)} had no pending restart`;
    return { outcome, text: `${done}${rest}.`, differs: last.differs };
  }
  const why = cutOff ?? last.text.replace(/\.$/, '');
  const notBegun = left.length === 0 ? [] : [`not begun: ${joinNames(left)}`];
  const partly = (last.outcome === 'refused' && did.length > 0) || (cutOff !== null && succeeded(last.outcome));
  return {
    outcome: partly ? 'done_differently' : last.outcome,
    text: `Stopped: ${[why, done, ...notBegun].join('; ')}.`,
    differs: [...last.differs, ...notBegun],
  };
}

function succeeded(outcome: Outcome): boolean {
  return outcome === 'done' || outcome === 'scheduled';
}

function doneWord(request: ActionRequest): string {
  if (request.kind === 'reload') return 'reloaded';
  return request.kind === 'restart' && request.scheduledAt !== null ? 'scheduled' : 'restarted';
}

export function sparedEnd(stage: Stage): End {
  return { outcome: 'refused', text: `${stage.member} has no pending restart.`, differs: [] };
}

export function restartedEnd(stage: Stage): End {
  return { outcome: 'done', text: `${stage.member} restarted.`, differs: [] };
}
