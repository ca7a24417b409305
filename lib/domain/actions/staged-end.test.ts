// How an action of several stages ended, from the ends of its stages.
import { describe, expect, it } from 'vitest';
import type { ActionRequest, Outcome } from './action';
import type { End } from './follower';
import type { Stage, StageKind } from './plan';
import { stagedEnd } from './staged-end';

const end = (outcome: Outcome, text = `${outcome}.`): End => ({ outcome, text, differs: [] });
const stage = (kind: StageKind, member: string | null, onlyPending = false): Stage => ({
  kind,
  prefix: kind === 'switchover' ? 'switchover:' : '',
  member,
  onlyPending,
});
const rolling: ActionRequest = { kind: 'rolling_restart', onlyPending: false };
const PLAN = [stage('restart', 'n2'), stage('restart', 'n3'), stage('switchover', 'n2'), stage('restart', 'n1')];

function whole(outcomes: readonly Outcome[], plan: readonly Stage[] = PLAN, cutOff: string | null = null): End {
  const finished = outcomes.flatMap((outcome, index) => {
    const entry = plan[index];
    return entry === undefined ? [] : [{ stage: entry, end: end(outcome) }];
  });
  const last = finished.at(-1)?.end ?? end('refused', 'nothing began.');
  return stagedEnd({ request: rolling, plan, stage: finished.length - 1, finished, last, cutOff });
}

describe('the whole', () => {
  it('of one stage is that stage', () => {
    expect(whole(['unknown'], [stage('switchover', 'n2')])).toEqual(end('unknown'));
  });

  it('of all stages is done, with the names', () => {
    expect(whole(['done', 'done', 'done', 'done'])).toEqual({
      outcome: 'done',
      text: 'n2, n3 and n1 restarted.',
      differs: [],
    });
  });

  it('that failed in the middle failed, and says what was not begun', () => {
    const ended = whole(['done', 'failed']);
    expect(ended.outcome).toBe('failed');
    expect(ended.text).toBe('Stopped: failed; n2 restarted; not started: the switchover and n1.');
    expect(ended.differs).toEqual(['not started: the switchover and n1']);
  });

  it('that was refused in the middle is done differently: something was done', () => {
    expect(whole(['done', 'refused']).outcome).toBe('done_differently');
    expect(whole(['refused']).outcome).toBe('refused');
  });

  it('that was cut off after a good stage is done differently and says why', () => {
    const ended = whole(['done'], PLAN, 'Howdah was restarted in the middle and did not go on');
    expect(ended.outcome).toBe('done_differently');
    expect(ended.text).toContain('Howdah was restarted in the middle');
    expect(whole(['done', 'unknown'], PLAN, 'cut off').outcome).toBe('unknown');
  });

  it('spares those without a pending restart', () => {
    const plan = [stage('restart', 'n2', true), stage('restart', 'n3', true)];
    expect(whole(['done', 'refused'], plan)).toMatchObject({
      outcome: 'done',
      text: 'n2 restarted; n3 had no pending restart.',
    });
    expect(whole(['refused', 'refused'], plan).outcome).toBe('refused');
  });
});
