import { formatOutage } from '@/lib/client/actions/times';
import { t, wire } from '@/lib/client/words/text';
import type { Preflight } from '@/lib/domain/actions/action';
import { WAY_WORDS } from './action-words';

export function PlannedSteps({ preflight }: { preflight: Preflight }) {
  const { steps, way, wayReason } = preflight;
  if (steps.length === 0) return null;
  return (
    <section>
      <h3 className="flex flex-wrap items-baseline gap-x-2 font-semibold text-13 text-f0">
        {t('Steps')}
        <span className="font-normal text-12 text-f2">
          {way === null ? t('no way to send it now') : t(WAY_WORDS[way])}
        </span>
      </h3>
      <ol className="mt-2 grid gap-1.5">
        {steps.map((step, index) => (
          <li key={step.key} className="flex items-start gap-2.5">
            <span
              className="flex size-[18px] shrink-0 items-center justify-center rounded-full border border-l2 text-10 text-f2"
              aria-hidden="true"
            >
              {index + 1}
            </span>
            <span className="min-w-0 grow break-words text-f1">{wire(step.title)}</span>
            {step.expectedAtMs !== null && (
              <span className="shrink-0 text-12 text-f2" title={t('Median of earlier ones on this cluster')}>
                {formatOutage(step.expectedAtMs)}
              </span>
            )}
          </li>
        ))}
      </ol>
      {wayReason !== '' && <p className="mt-2 break-words text-11 text-f3">{wire(wayReason)}</p>}
    </section>
  );
}
