import { formatOutage, formatOutageRange } from '@/lib/client/actions/times';
import { t, wire } from '@/lib/client/words/text';
import type { ExpectedOutage, Preflight } from '@/lib/domain/actions/action';
import { measured } from '@/lib/language/quantity';
import { rich } from '../ui/rich';

/** A round number of seconds above the largest, in steps a person can read. */
export function axisEnd(largestMs: number): number {
  const seconds = Math.max(1, largestMs / 1000);
  const unit = seconds <= 6 ? 2 : seconds <= 15 ? 5 : seconds <= 60 ? 15 : 60;
  return Math.ceil((seconds * 1.15) / unit) * unit * 1000;
}

export function axisMarks(endMs: number): readonly number[] {
  const parts = endMs / 1000 <= 6 && endMs % 2000 === 0 ? endMs / 2000 : 4;
  return Array.from({ length: parts + 1 }, (_, index) => (endMs / parts) * index);
}

/** `2 s`, under the axis. */
export const axisWords = (ms: number): string => wire(measured(Number((ms / 1000).toFixed(1)), 's'));

function DotStrip({ outage }: { outage: ExpectedOutage }) {
  const { ms, minMs, maxMs, samples } = outage;
  if (ms === null || minMs === null || maxMs === null) return null;
  const end = axisEnd(maxMs);
  const left = (value: number): string => `${(value / end) * 100}%`;
  return (
    <div className="mt-5 mb-1" aria-hidden="true">
      <div className="relative h-2.5 border-l2">
        <span className="absolute inset-x-0 top-1/2 h-px bg-l2" />
        <span
          className="absolute inset-y-0 rounded-full bg-bg3"
          style={{ left: left(minMs), width: left(maxMs - minMs) }}
        />
        {[...new Set(samples)].map((sample) => (
          <span
            key={sample}
            className="absolute top-1/2 size-1.5 -translate-1/2 rounded-full bg-f2"
            style={{ left: left(sample) }}
          />
        ))}
        <span className="absolute -top-1 -bottom-1 w-0.5 -translate-x-1/2 bg-f0" style={{ left: left(ms) }} />
        <span
          className="absolute -top-5 -translate-x-1/2 whitespace-nowrap font-semibold text-10 text-f0"
          style={{ left: `clamp(32px, ${left(ms)}, calc(100% - 32px))` }}
        >
          {t('median {time}', { time: formatOutage(ms) })}
        </span>
      </div>
      <div className="relative mt-1 h-4 text-11 text-f3">
        {axisMarks(end).map((mark, index, all) => (
          <span
            key={mark}
            className={`absolute whitespace-nowrap ${index === 0 ? '' : index === all.length - 1 ? '-translate-x-full' : '-translate-x-1/2'}`}
            style={{ left: left(mark) }}
          >
            {axisWords(mark)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** `2.3 to 4.1 s in the last 8 on this cluster`. */
function rangeWords({ ms, minMs, maxMs, samples }: ExpectedOutage): string {
  if (ms === null || minMs === null || maxMs === null) return t('none was measured on this cluster yet');
  if (samples.length === 1) return t('one was measured on this cluster');
  return t('{range} in the last {n} on this cluster', {
    range: formatOutageRange(minMs, maxMs),
    n: samples.length,
  });
}

/** The expected write outage as one number and the dots it comes from; what is at risk beside it. */
export function OutageForecast({ preflight }: { preflight: Preflight }) {
  const { outage, atRisk } = preflight;
  return (
    <section>
      <h3 className="font-semibold text-13 text-f0">{t('Expected write outage')}</h3>
      {outage === null ? (
        <p className="mt-1 text-f1">{t('None: writes go on.')}</p>
      ) : (
        <>
          <p className="mt-1 flex flex-wrap items-baseline gap-x-2">
            {outage.ms === null ? (
              <span className="font-semibold text-22 text-unknown">{t('unknown')}</span>
            ) : (
              <span className="whitespace-nowrap font-semibold text-32 text-f0">{formatOutage(outage.ms)}</span>
            )}
            <span className="text-12 text-f2">{rangeWords(outage)}</span>
          </p>
          <DotStrip outage={outage} />
        </>
      )}
      {atRisk !== null && (
        <p className="mt-1 break-words text-12 text-f1">
          {rich('At risk: {text}', { text: <RiskText text={wire(atRisk.text)} /> })}
        </p>
      )}
    </section>
  );
}

/** `0 B: n2 confirms …`: the amount stands out. */
function RiskText({ text }: { text: string }) {
  const at = text.indexOf(':');
  if (at < 0 || at > 40) return text;
  return (
    <>
      <b className="font-semibold text-f0">{text.slice(0, at)}</b>
      {text.slice(at)}
    </>
  );
}
