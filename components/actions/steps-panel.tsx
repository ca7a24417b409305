'use client';
import { formatElapsed, formatOutage, formatStepTook, type StepTime, stepTimes } from '@/lib/client/actions/times';
import { exactTime } from '@/lib/client/words/format';
import { form, t, wire } from '@/lib/client/words/text';
import type { ActionRecord, ActionStep } from '@/lib/domain/actions/action';
import { SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';

const STATE_WORDS: Readonly<Record<ActionStep['state'], string>> = {
  done: form('observed'),
  current: form('now'),
  waiting: form('not yet'),
  skipped: form('skipped'),
  failed: form('failed'),
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
    step.state === 'waiting' && step.expectedAtMs !== null
      ? t('expected at {time}', { time: formatOutage(step.expectedAtMs) })
      : null;
  const detail = step.detail === null ? null : wire(step.detail);
  if (step.state === 'skipped') return detail ?? t('skipped');
  return [expected, detail].filter((part) => part !== null && part !== '').join('; ');
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
          {wire(step.title)}
          <span className="sr-only">, {t(STATE_WORDS[step.state])}</span>
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
    <Panel title={t('Observed steps')} aside={t('each line is an observation, not a promise')}>
      <p
        aria-hidden="true"
        className="grid grid-cols-[16px_minmax(0,1fr)_64px_64px] gap-x-2.5 px-4 pt-2 pb-1 text-11 text-f2"
      >
        <span />
        <span>{t('step')}</span>
        <span className="text-right">{t('at')}</span>
        <span className="text-right">{t('took')}</span>
      </p>
      <ol className="pb-2">
        {action.steps.map((step, index) => (
          <Step key={step.key} step={step} time={times[index]} last={index === action.steps.length - 1} />
        ))}
      </ol>
      {action.steps.length === 0 && <p className="px-4 pb-3 text-f2">{t('No step has been planned.')}</p>}
    </Panel>
  );
}
