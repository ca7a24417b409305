'use client';
import { t } from '@/lib/client/words/text';
import type { ActivityAnswer } from '@/lib/contract/activity';
import { SeverityIcon } from '../ui/glyph';
import { BlockingPanel } from './blocking-panel';
import { ConnectionsPanel } from './connections-panel';
import type { Ending } from './end-buttons';
import { LimitsPanel } from './limits-panel';
import { PreparedPanel } from './prepared-panel';
import { ProgressPanel } from './progress-panel';
import { PulsePanel } from './pulse-panel';
import { RootBlock } from './root-block';
import { SessionsPanel } from './sessions-panel';
import { SlotsPanel } from './slots-panel';

/** What stands in one answer, the worst first. */
export function InsidePanels({ answer, ending }: { answer: ActivityAnswer; ending: Ending }) {
  const { inside, texts, rates } = answer;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {!inside.monitor && (
        <p className="flex gap-2 rounded-panel border border-l1 bg-bg1 px-3.5 py-2 text-f1">
          <SeverityIcon health="note" className="mt-0.5" />
          {t(
            'The SQL role of Howdah is not in pg_monitor: of the sessions of others it sees only that they are there.',
          )}
        </p>
      )}
      <RootBlock inside={inside} ending={ending} />
      <ConnectionsPanel inside={inside} />
      <PulsePanel rates={rates} inside={inside} />
      <BlockingPanel inside={inside} texts={texts} ending={ending} />
      <SessionsPanel inside={inside} texts={texts} ending={ending} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2">
        <PreparedPanel inside={inside} />
        <ProgressPanel inside={inside} />
      </div>
      <SlotsPanel inside={inside} />
      <LimitsPanel inside={inside} />
    </div>
  );
}
