'use client';
import { form, t, wire } from '@/lib/client/words/text';
import type { FindingChange } from '@/lib/telling/compare/compare';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';

const WORDS = { new: form('new'), over: form('over'), changed: form('changed') } as const;
/** Of two clusters nothing came or went. */
const TWO_WORDS = { new: form('only after'), over: form('only before'), changed: form('differs') } as const;

export function FindingChangesPanel({ findings, two }: { findings: readonly FindingChange[]; two: boolean }) {
  const words = two ? TWO_WORDS : WORDS;
  return (
    <Panel title={t('Findings')} count={findings.length === 0 ? undefined : findings.length}>
      {findings.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">{t('The same findings at both.')}</p>
      ) : (
        <ul className="py-1.5">
          {findings.map(({ finding, change }) => (
            <li
              key={`${change}/${finding.code}/${finding.members.join()}/${finding.title}`}
              className="grid grid-cols-[72px_16px_minmax(0,1fr)] items-baseline gap-x-2 px-3.5 py-1"
            >
              <span className={`text-12 ${change === 'over' ? 'text-f3' : 'font-semibold text-f0'}`}>
                {t(words[change])}
              </span>
              <SeverityIcon health={change === 'over' ? 'ok' : finding.severity} size={14} className="self-center" />
              <span className={`min-w-0 break-words ${change === 'over' ? 'text-f2' : 'text-f0'}`}>
                <span className="sr-only">{t(HEALTH_WORDS[finding.severity])}: </span>
                {wire(finding.title)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
