'use client';
import { formatElapsed, formatOutage, formatOutageRange, outageMs } from '@/lib/client/actions/times';
import { formatBytes, formatTook } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord, Outage, Progress } from '@/lib/domain/actions/action';
import { Chip } from '../ui/chip';
import { Panel } from '../ui/panel';
import { axisEnd, axisMarks, axisWords } from './outage-forecast';

function byWords(outage: Outage): string {
  const within = formatTook(outage.precisionMs);
  return outage.by === 'probe'
    ? t('by the write probe, within {within}', { within })
    : t('by observation, within {within}', { within });
}

/** How long nothing was writable; it grows while it lasts. The band is what this cluster took before. */
export function OutageCard({ action, now }: { action: ActionRecord; now: number }) {
  const { outage, expectedOutage, phase } = action;
  const ms = outageMs(action, now);
  if (ms === null && expectedOutage === null) return null;
  const growing = phase === 'open' && outage !== null && outage.writableAgainAt === null;
  const still = phase === 'closed' && outage !== null && outage.writableAgainAt === null;
  const expected = expectedOutage?.ms ?? null;
  const end = axisEnd(Math.max(ms ?? 0, expectedOutage?.maxMs ?? 0, 1000));
  const share = (value: number): string => `${Math.min(100, (value / end) * 100)}%`;
  const { minMs = null, maxMs = null } = expectedOutage ?? {};
  return (
    <section
      aria-label={t('Write outage')}
      className="rounded-panel border border-l1 bg-bg1 px-4.5 py-4 max-xl:order-first"
    >
      <div className="flex flex-wrap items-end gap-x-3 gap-y-1">
        <div>
          <h2 className="text-12 text-f2">{t(growing ? 'Write outage so far' : 'Write outage')}</h2>
          <p className="flex flex-wrap items-center gap-x-3">
            <span className={`whitespace-nowrap font-semibold text-32 ${ms === null ? 'text-f2' : 'text-f0'}`}>
              {ms === null
                ? phase === 'open'
                  ? t('none yet')
                  : t('not measured')
                : growing
                  ? formatElapsed(ms)
                  : formatOutage(ms)}
            </span>
            {growing && <Chip icon="cancel">{t('not writable')}</Chip>}
            {still && <Chip icon="cancel">{t('not seen writable again')}</Chip>}
          </p>
        </div>
        {outage !== null && <p className="ml-auto text-right text-12 text-f2">{byWords(outage)}</p>}
      </div>
      <div aria-hidden="true">
        {expected !== null && minMs !== null && maxMs !== null && (
          <p className="mt-2 text-center text-11 text-f2">
            {t('expected {range}, median {median}', {
              range: formatOutageRange(minMs, maxMs),
              median: formatOutage(expected),
            })}
          </p>
        )}
        <div className="relative mt-1 h-3 rounded-[2px] bg-bg2">
          {minMs !== null && maxMs !== null && (
            <span className="absolute inset-y-0 bg-l2" style={{ left: share(minMs), width: share(maxMs - minMs) }} />
          )}
          {expected !== null && (
            <span
              className="absolute -inset-y-0.5 border-f2 border-l border-dashed"
              style={{ left: share(expected) }}
            />
          )}
          {ms !== null && (
            <span
              className={`absolute inset-y-0 left-0 ${growing ? 'bg-accent' : 'bg-f2'}`}
              style={{ width: share(ms) }}
            />
          )}
          {ms !== null && <span className="absolute -inset-y-1 w-0.5 bg-f0" style={{ left: share(ms) }} />}
        </div>
        <div className="relative mt-1.5 h-4 text-11 text-f3">
          {axisMarks(end).map((mark, index, all) => (
            <span
              key={mark}
              className={`absolute whitespace-nowrap ${index === 0 ? '' : index === all.length - 1 ? '-translate-x-full' : '-translate-x-1/2'}`}
              style={{ left: share(mark) }}
            >
              {axisWords(mark)}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}

/** Something long inside a step: a base backup, members done. Its share is drawn only where its whole is known. */
export function ProgressCard({ progress }: { progress: Progress }) {
  const { done, total, unit } = progress;
  const words = (value: number): string => (unit === 'bytes' ? formatBytes(value) : String(value));
  const share = total === null || total === 0 ? null : Math.min(100, (done / total) * 100);
  const label = wire(progress.label);
  const of = total === null ? null : t('of {whole}', { whole: words(total) });
  return (
    <Panel title={label} className="max-xl:order-first" bodyClassName="px-4 py-3">
      <p className="flex items-baseline gap-2">
        <span className="font-semibold text-22 text-f0">{words(done)}</span>
        <span className="text-f2">{of ?? t('so far, the whole is not known')}</span>
        {share !== null && <span className="ml-auto text-f1">{share.toFixed(0)} %</span>}
      </p>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total ?? undefined}
        aria-valuenow={total === null ? undefined : Math.min(done, total)}
        aria-valuetext={of === null ? words(done) : `${words(done)} ${of}`}
        className="mt-2 h-2 overflow-clip rounded-[2px] bg-bg3"
      >
        {share !== null && <span className="block h-full bg-accent" style={{ width: `${share}%` }} />}
      </div>
    </Panel>
  );
}
