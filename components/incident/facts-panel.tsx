'use client';
import { t, wire } from '@/lib/client/words/text';
import type { Report } from '@/lib/telling/incident/report';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';

/** The sentences and the five facts that everybody asks for first. */
export function FactsPanel({ made }: { made: Report }) {
  return (
    <Panel title={t('What happened, in short')} aside={wire(made.window)}>
      <p className="max-w-[72em] px-3.5 pt-3 pb-1 font-medium text-15 text-f0 md:text-18">
        {made.headline.map((sentence) => wire(sentence)).join(' ')}
      </p>
      <dl className="grid gap-x-6 gap-y-3 px-3.5 py-3 md:grid-cols-2 lg:grid-cols-3 xl:grid-cols-5">
        {made.facts.map(({ label, lines }) => (
          <div key={String(label)} className="min-w-0">
            <dt className="text-11 text-f2">{wire(label)}</dt>
            {lines.map((line) => (
              <dd key={String(line)} className="break-words text-12 text-f0 pointer-coarse:text-13">
                {wire(line)}
              </dd>
            ))}
          </div>
        ))}
      </dl>
      {made.caveats.length > 0 && (
        <ul aria-label={t('What is missing')} className="border-l1 border-t px-3.5 py-2 text-12">
          {made.caveats.map((line) => (
            <li key={String(line)} className="flex items-start gap-2 py-0.5 text-f1">
              <SeverityIcon health="unknown" size={14} className="mt-0.5" />
              <span className="min-w-0 break-words">{wire(line)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
