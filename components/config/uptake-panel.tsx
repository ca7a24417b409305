'use client';
import { exactTime, plural } from '@/lib/client/format';
import type { ConfigEditor } from '@/lib/client/use-config-editor';
import { type UptakeState, uptakeWords } from '@/lib/domain/config/uptake';
import { Since } from '../ui/age';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';

const WORDS: Readonly<Record<UptakeState, string>> = {
  taken: 'taken',
  ignored: 'not taken',
  pending_restart: 'waits for a restart',
  waiting: 'not yet',
  unknown: 'unknown',
};

const TONE: Readonly<Record<UptakeState, string>> = {
  taken: 'text-f1',
  ignored: 'text-warning',
  pending_restart: 'text-warning',
  waiting: 'text-f2',
  unknown: 'text-unknown',
};

const SIGN = {
  taken: 'ok',
  ignored: 'warning',
  pending_restart: 'warning',
  waiting: 'note',
  unknown: 'unknown',
} as const;

/** After a save: who has it and who has not. */
export function UptakePanel({ editor }: { editor: ConfigEditor }) {
  const { uptake, session } = editor;
  if (session.sent !== null)
    return (
      <Panel title="Saving" aside={<Since at={session.sent.at} />}>
        <p className="px-3.5 py-3 text-f2" role="status">
          Accepted; waiting until the new revision is seen in the DCS.
        </p>
      </Panel>
    );
  const { saved } = session;
  if (uptake === null || saved === null) return null;
  return (
    <Panel
      title="Taken up"
      count={plural(uptake.length, 'member')}
      aside={
        <span title={exactTime(saved.at)}>
          saved <Since at={saved.at} /> ago
        </span>
      }
    >
      <p className="border-l1 border-b px-3.5 py-2 text-12 text-f1" role="status">
        Revision <span className="font-mono">{session.base.revision ?? 'unknown'}</span>: {uptakeWords(uptake)}
      </p>
      <ul>
        {uptake.map((entry) => (
          <li
            key={entry.member}
            className="grid grid-cols-[auto_minmax(0,72px)_minmax(0,1fr)] gap-x-2.5 border-l1 border-b px-3.5 py-1.5 text-12 last:border-b-0"
          >
            <SeverityIcon health={SIGN[entry.state]} size={13} className="mt-0.5" />
            <span className="font-semibold text-f0">
              <Name text={entry.member} limit={14} />
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <span className={`font-medium ${TONE[entry.state]}`}>{WORDS[entry.state]}</span>
              <span className="text-f2">: {entry.text}</span>
            </span>
          </li>
        ))}
      </ul>
      <footer className="border-l1 border-t px-3.5 py-2">
        <Button kind="quiet" onClick={editor.forgetUptake}>
          Stop watching
        </Button>
      </footer>
    </Panel>
  );
}
