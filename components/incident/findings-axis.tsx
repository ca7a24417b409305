'use client';
import { SEVERITY_WORDS } from '@/lib/client/alerts/alert-words';
import { t, tn, wire } from '@/lib/client/words/text';
import type { IncidentAnswer } from '@/lib/contract/history';
import type { Severity } from '@/lib/domain/severity';
import { timeTicks } from '@/lib/telling/incident/drawing';
import type { Report } from '@/lib/telling/incident/report';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';

const BAR: Readonly<Record<Severity, string>> = {
  critical: 'bg-critical',
  warning: 'bg-warning',
  note: 'bg-f3',
  unknown: 'bg-[repeating-linear-gradient(90deg,var(--unknown)_0_5px,transparent_5px_8px)]',
};
const TICKS = 4;

/** Findings on the axis of time; words say what the bars show. */
export function FindingsAxis({ answer, made }: { answer: IncidentAnswer; made: Report }) {
  const { from, to } = answer;
  const part = (at: number): number => Math.max(0, Math.min(100, (100 * (at - from)) / Math.max(1, to - from)));
  const ticks = timeTicks(from, to, made.clock, TICKS);
  return (
    <Panel
      title={t('Findings')}
      count={tn(made.findings.length, '{n} finding', '{n} findings')}
      aside={t('bars: from when to when')}
    >
      {made.findings.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">{t('No finding stood in this window.')}</p>
      ) : (
        <>
          <ul>
            {made.findings.map(({ span, when }, index) => {
              const begin = part(span.from ?? from);
              const width = Math.max(0.5, part(span.to ?? to) - begin);
              return (
                <li
                  // biome-ignore lint/suspicious/noArrayIndexKey: the same finding may stand twice, in this order
                  key={`${span.code}/${index}`}
                  className="border-l1 border-t px-3.5 py-1.5 first:border-t-0"
                >
                  <p className="flex items-start gap-2">
                    <SeverityIcon health={span.severity} size={14} className="mt-0.5" />
                    <span className="min-w-0 grow break-words text-f0">
                      <span className="sr-only">{t(SEVERITY_WORDS[span.severity])}: </span>
                      {wire(span.title)}
                    </span>
                    <code className="shrink-0 text-11 text-f3 max-lg:hidden">{span.code}</code>
                  </p>
                  <p className="pl-[22px] text-12 text-f2">{wire(when)}</p>
                  <div className="relative mt-1 h-1.5 rounded-full bg-bg3" aria-hidden="true">
                    <i
                      className={`absolute inset-y-0 min-w-0.5 rounded-full ${BAR[span.severity]}`}
                      style={{
                        left: `${Math.min(begin, 99.5)}%`,
                        width: `${Math.min(width, 100 - Math.min(begin, 99.5))}%`,
                      }}
                    />
                  </div>
                </li>
              );
            })}
          </ul>
          <div className="relative mx-3.5 h-5 text-11 text-f3" aria-hidden="true">
            {ticks.map(({ at, label }) => (
              <span
                key={at}
                className="absolute -translate-x-1/2 whitespace-nowrap"
                style={{ left: `${Math.max(4, Math.min(96, part(at)))}%` }}
              >
                {label}
              </span>
            ))}
          </div>
        </>
      )}
    </Panel>
  );
}
