'use client';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { CareAnswer } from '@/lib/contract/care';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';

const SHOWN = 12;

/** Findings that began and ended. What was told stands among the alerts. */
export function EventsPanel({ events }: Pick<CareAnswer, 'events'>) {
  const now = useNow(60_000);
  if (events.length === 0) return null;
  return (
    <Panel title={t('Events')} aside={t('since Howdah looks')}>
      <ul className="py-1 text-12">
        {events.slice(0, SHOWN).map(({ at, kind, code, severity, title }) => (
          <li key={`${at}/${kind}/${code}`} className="flex items-start gap-3 px-3.5 py-1">
            <time className="shrink-0 font-mono text-f2" title={exactTime(at)}>
              {formatTime(at, now)}
            </time>
            <SeverityIcon health={kind === 'cleared' ? 'ok' : severity} size={14} className="mt-px" />
            <span className="min-w-0 break-words text-f1">
              {kind === 'cleared' ? rich('Over: {title}', { title: wire(title) }) : wire(title)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
