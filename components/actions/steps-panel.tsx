'use client';
import { formatElapsed, formatOutage, formatStepTook, type StepTime, stepTimes } from '@/lib/client/action-times';
import { exactTime } from '@/lib/client/format';
import type { ActionRecord, ActionStep } from '@/lib/domain/actions/action';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';

const STATE_WORDS: Readonly<Record<ActionStep['state'], string>> = {
  done: 'observed',
  current: 'now',
  waiting: 'not yet',
  skipped: 'passed over',
  failed: 'failed',
};

function Mark({ state }: { state: ActionStep['state'] }) {
  if (state === 'failed') return <SeverityIcon health="critical" size={16} />;
  if (state === 'done') {
    return (
      <span className="flex size-4 items-center justify-center rounded-full bg-f2 text-bg1">
        <Icon name="check" size={11} />
      </span>
    );
  }
  if (state === 'current') {
    return (
      <span className="flex size-4 items-center justify-center">
        <span className="pulse size-2.5 rounded-full bg-accent" />
      </span>
    );
  }
  return (
    <span
      className={`flex size-4 items-center justify-center rounded-full border border-l3 bg-bg1 ${state === 'skipped' ? 'border-dashed' : ''}`}
    />
  );
}

const TITLE: Readonly<Record<ActionStep['state'], string>> = {
  done: 'font-semibold text-f0',
  current: 'font-semibold text-accent',
  waiting: 'text-f2',
  skipped: 'text-f3',
  failed: 'font-semibold text-critical',
};

function detailOf(step: ActionStep): string {
  const expected =
    step.state === 'waiting' && step.expectedAtMs !== null ? `expected at ${formatOutage(step.expectedAtMs)}` : null;
  if (step.state === 'skipped') return step.detail ?? 'passed over';
  return [expected, step.detail].filter((part) => part !== null && part !== '').join('; ');
}

function Step({ step, time, last }: { step: ActionStep; time: StepTime | undefined; last: boolean }) {
  const detail = detailOf(step);
  const current = step.state === 'current';
  return (
    <li
      aria-current={current ? 'step' : undefined}
      className={`relative grid grid-cols-[16px_minmax(0,1fr)_64px_64px] gap-x-2.5 px-4 py-2 ${current ? 'bg-[color-mix(in_srgb,var(--accent)_13%,var(--bg1))]' : ''}`}
    >
      {!last && <span aria-hidden="true" className="absolute top-6 bottom-[-10px] left-[23px] w-px bg-l3" />}
      <span className="relative mt-0.5">
        <Mark state={step.state} />
      </span>
      <span className="min-w-0">
        <span className={`block break-words text-13 ${TITLE[step.state]}`}>
          {step.title}
          <span className="sr-only">, {STATE_WORDS[step.state]}</span>
        </span>
        {detail !== '' && (
          <span className={`block break-words text-12 ${step.state === 'failed' ? 'text-f1' : 'text-f2'}`}>
            {detail}
          </span>
        )}
      </span>
      <span className="text-right text-f0" title={step.reachedAt === null ? undefined : exactTime(step.reachedAt)}>
        {time?.atMs == null ? '' : formatElapsed(time.atMs)}
      </span>
      <span className={`text-right ${current ? 'text-accent' : 'text-f2'}`}>
        {time?.tookMs == null ? '' : formatStepTook(time.tookMs)}
      </span>
    </li>
  );
}

export function StepsPanel({ action, now }: { action: ActionRecord; now: number }) {
  const times = stepTimes(action, now);
  return (
    <Panel title="Observed steps" aside="each line is an observation, not a promise">
      <p
        aria-hidden="true"
        className="grid grid-cols-[16px_minmax(0,1fr)_64px_64px] gap-x-2.5 px-4 pt-2 pb-1 text-11 text-f2"
      >
        <span />
        <span>step</span>
        <span className="text-right">at</span>
        <span className="text-right">took</span>
      </p>
      <ol className="pb-2">
        {action.steps.map((step, index) => (
          <Step key={step.key} step={step} time={times[index]} last={index === action.steps.length - 1} />
        ))}
      </ol>
      {action.steps.length === 0 && <p className="px-4 pb-3 text-f2">No step has been planned.</p>}
    </Panel>
  );
}
