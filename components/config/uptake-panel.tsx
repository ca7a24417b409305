'use client';
import type { ConfigEditor } from '@/lib/client/config/use-editor';
import { exactTime } from '@/lib/client/words/format';
import { form, t, tn, wire } from '@/lib/client/words/text';
import { type UptakeState, uptakeWords } from '@/lib/domain/config/uptake';
import { Since } from '../ui/age';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';

const WORDS: Readonly<Record<UptakeState, string>> = {
  taken: form('applied'),
  ignored: form('not applied'),
  pending_restart: form('waits for a restart'),
  waiting: form('not yet'),
  unknown: form('unknown'),
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
      <Panel title={t('Saving')} aside={<Since at={session.sent.at} />}>
        <p className="px-3.5 py-3 text-f2" role="status">
          {t('Accepted; waiting until the new revision is seen in the DCS.')}
        </p>
      </Panel>
    );
  const { saved } = session;
  if (uptake === null || saved === null) return null;
  return (
    <Panel
      title={t('Applied')}
      count={tn(uptake.length, '{n} member', '{n} members')}
      aside={<span title={exactTime(saved.at)}>{rich('saved {age} ago', { age: <Since at={saved.at} /> })}</span>}
    >
      <p className="border-l1 border-b px-3.5 py-2 text-12 text-f1" role="status">
        {rich('Revision {revision}: {words}', {
          revision: <span className="font-mono">{session.base.revision ?? t('unknown')}</span>,
          words: wire(uptakeWords(uptake)),
        })}
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
              <span className={`font-medium ${TONE[entry.state]}`}>{t(WORDS[entry.state])}</span>
              <span className="text-f2">: {wire(entry.text)}</span>
            </span>
          </li>
        ))}
      </ul>
      <footer className="border-l1 border-t px-3.5 py-2">
        <Button kind="quiet" onClick={editor.forgetUptake}>
          {t('Stop watching')}
        </Button>
      </footer>
    </Panel>
  );
}
