'use client';
import { countAlerts } from '@/lib/client/alerts/alert-words';
import { useAlertsSlowly } from '@/lib/client/alerts/alerts';
import { t } from '@/lib/client/words/text';
import type { AlertSeverity } from '@/lib/domain/severity';

const TONE: Readonly<Record<AlertSeverity, string>> = {
  critical: 'border-critical-fill bg-critical-fill text-white',
  warning: 'border-warning bg-bg0 text-warning',
  note: 'border-l2 bg-bg0 text-f1',
};

/** How many alerts fire that nobody took or silenced. Nothing where there are none, or where it is not known. */
export function AlertBadge({ className = '' }: { className?: string }) {
  const answer = useAlertsSlowly();
  const { loud, worst } = countAlerts(answer?.alerts ?? []);
  if (loud === 0 || worst === null) return null;
  return (
    <span className={`min-w-4 rounded-full border px-1 text-center font-semibold text-10 ${TONE[worst]} ${className}`}>
      {loud > 99 ? '99+' : loud}
      <span className="sr-only"> {t('firing')}</span>
    </span>
  );
}
