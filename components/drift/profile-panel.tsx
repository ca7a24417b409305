'use client';
import type { Drift } from '@/lib/client/drift/drift';
import { t, wire } from '@/lib/client/words/text';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';

export function ProfilePanel({ answer }: { answer: Drift }) {
  const { deviations, profile } = answer;
  return (
    <Panel title={t('Profile')} count={profile}>
      {deviations.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f1">{t('It is as its profile asks.')}</p>
      ) : (
        <ul className="py-1 text-13">
          {deviations.map(({ verdict, text, rule }) => (
            <li key={`${rule} ${text}`} className="flex gap-2 px-3.5 py-1">
              <SeverityIcon health={verdict === 'unknown' ? 'unknown' : 'note'} className="mt-0.5" />
              <span className="min-w-0 break-words text-f0">{wire(text)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
