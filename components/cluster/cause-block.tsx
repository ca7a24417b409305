'use client';
import { useEffect, useRef, useState } from 'react';
import { openAction } from '@/lib/client/actions/actions';
import { useNow, usePast } from '@/lib/client/live/clock';
import { useLost } from '@/lib/client/live/live';
import { PAST_REASON } from '@/lib/client/past/moment';
import { exactTime, formatClockDuration, formatTime } from '@/lib/client/words/format';
import { form, t, tn, wire } from '@/lib/client/words/text';
import { stepRequest } from '@/lib/domain/actions/step-request';
import type { Cause, CauseStep, Impact } from '@/lib/domain/cause/cause';
import type { Finding, Snapshot } from '@/lib/domain/cluster';
import { keyFinding } from '@/lib/domain/findings/rule';
import { CodeText } from '../ui/code-text';
import { CopyButton } from '../ui/copy-button';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Icon, type IconName } from '../ui/icon';

/** Forms, said by `t`: what is lost. */
const IMPACT_WORDS: Readonly<Record<Impact, string>> = {
  two_primaries: form('Two primaries'),
  not_writable: form('Not writable'),
  not_reached: form('Clients cut off'),
  commits_hang: form('Commits hang'),
  will_stop: form('Writes will stop'),
  data_at_risk: form('Data at risk'),
  unknown: form('Not known'),
  no_failover: form('No automatic failover'),
  degraded: form('Less than it was'),
  note: form('Left behind'),
};

type Loud = 'critical' | 'unknown' | 'warning';

const FRAME: Readonly<Record<Loud, string>> = {
  critical:
    'border-critical/45 bg-critical-tint bar-critical [--rule:color-mix(in_oklab,var(--critical)_22%,transparent)]',
  unknown: 'border-unknown/45 bg-unknown-tint bar-unknown [--rule:color-mix(in_oklab,var(--unknown)_22%,transparent)]',
  warning: 'border-warning/45 [--rule:var(--l1)]',
};

const TONE: Readonly<Record<Loud, string>> = {
  critical: 'text-critical',
  unknown: 'text-unknown',
  warning: 'text-warning',
};

const STEP_ICONS: Readonly<Partial<Record<NonNullable<CauseStep['action']>['kind'], IconName>>> = {
  failover: 'bolt',
  switchover: 'switch',
  resume: 'play',
  restart: 'restart',
  rolling_restart: 'rolling',
  reload: 'reload',
  reinitialize: 'rebuild',
};

/** Why things are as they are, what it costs, what to do: one block above everything else, and none while nobody is needed. */
export function CauseBlock({ snapshot }: { snapshot: Snapshot }) {
  // A tab of this release may still be fed by an older server.
  const cause = snapshot.cause == null || snapshot.cause.severity === 'note' ? null : snapshot.cause;
  return (
    <>
      <News cause={cause} />
      {cause !== null && <Block cause={cause} snapshot={snapshot} />}
    </>
  );
}

/** A change of the cause, read aloud once: headlines count seconds, and those are no news. What stood when the page came is none either. */
function News({ cause }: { cause: Cause | null }) {
  const key = cause === null ? '' : `${cause.code} ${cause.severity}`;
  const told = useRef(key);
  const [news, setNews] = useState({ text: '', loud: false });
  const text = cause === null ? t('What was wrong is over.') : wire(cause.headline);
  const loud = cause?.severity === 'critical';
  useEffect(() => {
    if (told.current === key) return;
    told.current = key;
    setNews({ text, loud });
  }, [key, text, loud]);
  return (
    <div className="sr-only">
      <p aria-live="polite">{news.loud ? '' : news.text}</p>
      <p aria-live="assertive">{news.loud ? news.text : ''}</p>
    </div>
  );
}

function Block({ cause, snapshot }: { cause: Cause; snapshot: Snapshot }) {
  const { findings, scope } = snapshot;
  const was = useLost();
  const loud: Loud = was || cause.severity === 'note' ? 'unknown' : cause.severity;
  const explained = findings.filter((finding) => cause.explains.includes(keyFinding(finding)));
  const apart = findings.filter((finding) => !cause.explains.includes(keyFinding(finding)));
  const open = cause.steps.filter(({ refused }) => refused === null);
  const refused = cause.steps.filter((step) => step.refused !== null);
  return (
    <section
      aria-label={t('Cause')}
      data-cause={cause.code}
      className={`mb-3 overflow-clip rounded-panel border ${FRAME[loud]}`}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] xl:grid-cols-[208px_minmax(0,1fr)_minmax(0,440px)]">
        <Lost cause={cause} loud={loud} was={was} />
        <div className="min-w-0 px-[18px] py-3.5 max-xl:pt-0 xl:border-[var(--rule)] xl:border-l">
          <h2 className="font-semibold text-18 text-f0 leading-6">
            {was && <span className="text-unknown">{t('was:')} </span>}
            {wire(cause.headline)}
          </h2>
          <p className="mt-1 text-f1">{wire(cause.consequence)}</p>
          <dl className="mt-2.5 grid grid-cols-[minmax(84px,auto)_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-12">
            {cause.evidence.map(({ label, text }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: texts count seconds, and two facts may read alike
              <div key={index} className="contents">
                <dt className="max-w-44 break-words text-f2">{wire(label)}</dt>
                <dd className="min-w-0 break-words text-f1">{wire(text)}</dd>
              </div>
            ))}
            <div className="contents">
              <dt className="text-f2">{t('if nobody acts')}</dt>
              <dd className="min-w-0 break-words font-medium text-f0">{wire(cause.ifNobodyActs)}</dd>
            </div>
          </dl>
        </div>
        <div className="min-w-0 px-3.5 py-3 max-xl:pt-0">
          <p className="mb-1.5 flex justify-between gap-3 text-12 text-f2">
            <span>{t('What to do, best first')}</span>
            {open.some(({ action }) => action !== null) && (
              <span className="text-f3">{t('each opens its checks')}</span>
            )}
          </p>
          <ol className="grid gap-1.5">
            {open.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: texts count seconds; a step is its place
              <li key={index}>
                <Step step={step} scope={scope} first={index === 0} was={was} />
              </li>
            ))}
          </ol>
          {refused.map((step) => (
            <p key={`${step.text}`} className="mt-1.5 flex gap-2 px-1 text-12 text-f2">
              <Icon name="lock" size={13} className="mt-0.5 shrink-0" />
              <span className="min-w-0 break-words">
                {t('{action}: refused. {why}', { action: wire(step.text), why: wire(step.refused ?? '') })}
              </span>
            </p>
          ))}
        </div>
      </div>
      <Explains explained={explained} apart={apart} />
    </section>
  );
}

function Lost({ cause, loud, was }: { cause: Cause; loud: Loud; was: boolean }) {
  const now = useNow();
  const since = cause.notWritableSince ?? cause.since;
  const long = formatClockDuration(now - since);
  // Minutes and seconds side by side stay on one line of the column.
  const large = long.length > 6 ? 'text-[30px] leading-[44px]' : 'text-[44px] leading-[52px]';
  return (
    <div className="px-[18px] py-3.5">
      <p className={`flex items-center gap-2 font-semibold text-15 ${TONE[loud]}`}>
        <SeverityIcon health={loud} size={16} />
        <span className="sr-only">{t(HEALTH_WORDS[loud])}: </span>
        {t(IMPACT_WORDS[cause.impact])}
      </p>
      <p
        className={`font-semibold text-f0 ${cause.severity === 'critical' ? large : 'text-22'} ${was ? 'text-unknown' : ''}`}
      >
        {long}
      </p>
      <p className="text-12 text-f2" title={exactTime(since)}>
        {t('since {time}', { time: formatTime(since, now) })}
      </p>
    </div>
  );
}

function Step({ step, scope, first, was }: { step: CauseStep; scope: string; first: boolean; was: boolean }) {
  const past = usePast() !== null;
  const { action, command } = step;
  const frame = `flex w-full min-w-0 items-start gap-3 rounded-control border px-3 py-2 text-left ${first ? 'border-f2 bg-bg3' : 'border-l2 bg-bg2'}`;
  const words = (
    <span className="min-w-0 grow">
      <span className="block break-words font-semibold text-13 text-f0">
        {action === null ? <CodeText text={wire(step.text)} /> : `${wire(step.text)}…`}
      </span>
      {step.cost.length > 0 && (
        <span className="block break-words text-12 text-f2">{step.cost.map(wire).join(' ')}</span>
      )}
      {past && action !== null && <span className="block text-12 text-f3">{t(PAST_REASON)}</span>}
    </span>
  );
  if (action === null) {
    return (
      <div className={frame}>
        <Icon name="person" size={15} className="mt-0.5 shrink-0 text-f2" />
        <span className="min-w-0 grow">
          {words}
          {command !== null && (
            <span className="mt-1 flex items-start gap-2">
              <code className="min-w-0 grow break-all text-12 text-f1">{command}</code>
              <CopyButton text={() => command} label={t('Copy the command')} />
            </span>
          )}
        </span>
      </div>
    );
  }
  return (
    <button
      type="button"
      disabled={past || was}
      onClick={() => openAction(scope, stepRequest(action))}
      className={`${frame} min-h-[50px] enabled:hover:border-l3 disabled:cursor-default disabled:opacity-70`}
    >
      <Icon name={STEP_ICONS[action.kind] ?? 'arrow'} size={15} className="mt-0.5 shrink-0 text-f1" />
      {words}
    </button>
  );
}

function Explains({ explained, apart }: { explained: readonly Finding[]; apart: readonly Finding[] }) {
  const total = explained.length + apart.length;
  const [other] = apart;
  return (
    <details className="border-[var(--rule)] border-t text-12">
      <summary className="flex cursor-pointer flex-wrap items-center gap-x-4 gap-y-1 px-[18px] py-2 -outline-offset-2">
        <span className="font-semibold text-f0">
          {tn(total, 'Explains {explained} of {n} finding', 'Explains {explained} of {n} findings', {
            explained: explained.length,
          })}
        </span>
        {other !== undefined && (
          <span className="ml-auto min-w-0 truncate text-f2">
            {t('Apart from it: {finding}', { finding: wire(other.title) })}
          </span>
        )}
      </summary>
      <ul className="px-[18px] pb-2.5">
        {explained.map((finding) => (
          <li key={keyFinding(finding)} className="flex items-start gap-2 py-0.5 text-f1">
            <SeverityIcon health={finding.severity} size={13} className="mt-0.5" />
            <span className="sr-only">{t(HEALTH_WORDS[finding.severity])}: </span>
            <a href={`#finding-${finding.code}`} className="min-w-0 break-words">
              {wire(finding.title)}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
