'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { formatConfig } from '@/lib/client/config/document';
import { type ConfigEditor, failureWords } from '@/lib/client/config/use-editor';
import { t, wire } from '@/lib/client/words/text';
import type { ConfigRevision, RevisionsAnswer } from '@/lib/contract/actions';
import { diffConfig, leafName } from '@/lib/domain/config/diff';
import { Since } from '../ui/age';
import { Button } from '../ui/button';
import { Panel } from '../ui/panel';
import { rich } from '../ui/rich';
import { useCodeEditor } from './use-code-editor';

const NAMED = 3;
const SHOWN = 8;

interface RevisionsPanelProps {
  readonly scope: string;
  readonly editor: ConfigEditor;
  readonly revisions: UseQueryResult<RevisionsAnswer>;
}

/** What this revision changed against the one before it; null: the one before is not known. */
function leavesOf(revision: ConfigRevision, older: ConfigRevision | undefined): string | null {
  if (older === undefined) return null;
  const changes = diffConfig(older.value, revision.value);
  if (changes.length === 0) return t('no setting');
  const names = changes
    .slice(0, NAMED)
    .map((change) =>
      change.after === undefined ? t('{leaf} removed', { leaf: leafName(change.path) }) : leafName(change.path),
    );
  const said = names.join(', ');
  return changes.length > NAMED ? t('{names} and {n} more', { names: said, n: changes.length - NAMED }) : said;
}

export function RevisionsPanel({ scope, editor, revisions }: RevisionsPanelProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [diffing, setDiffing] = useState(false);
  const [all, setAll] = useState(false);
  const { TextDiff } = useCodeEditor();
  const list = revisions.data?.revisions ?? [];
  const { base, saved } = editor.session;
  const picked = list.find((entry) => entry.revision === chosen) ?? null;
  const shown = all ? list : list.slice(0, SHOWN);
  const problem = revisions.data?.problem ?? (revisions.data === undefined ? failureWords(revisions.error) : null);
  const older = picked === null ? null : (list[list.indexOf(picked) + 1] ?? null);
  const stored = <span className="font-mono">{base.revision ?? t('unknown')}</span>;
  return (
    <Panel
      title={t('Revisions')}
      count={t('also those of patronictl')}
      aside={list.length > 0 ? t('{n} kept', { n: list.length }) : undefined}
    >
      {problem !== null && (
        <p className="bar-unknown border-l1 border-b px-3.5 py-2 text-12 text-unknown" role="status">
          {t('Not all revisions could be read: {problem}', { problem: wire(problem) })}
        </p>
      )}
      {list.length === 0 ? (
        <p className="px-3.5 py-3 text-f2">
          {revisions.data === undefined && problem === null
            ? t('Reading.')
            : t('No revision is kept yet; the next change will be.')}
        </p>
      ) : (
        <ul>
          {shown.map((entry, index) => {
            const foreign = entry.actor === null && entry.seenAt !== null;
            const leaves = leavesOf(entry, list[index + 1]);
            return (
              <li key={entry.revision} className="border-l1 border-b last:border-b-0">
                <button
                  type="button"
                  aria-pressed={entry.revision === chosen}
                  onClick={() => setChosen(entry.revision === chosen ? null : entry.revision)}
                  className={`grid w-full grid-cols-[64px_minmax(0,1fr)_auto] items-baseline gap-x-3 px-3.5 py-2 text-left text-12 -outline-offset-2 hover:bg-bg2 aria-pressed:bg-bg3 md:grid-cols-[72px_minmax(0,1fr)_minmax(0,120px)_84px] ${entry.revision === editor.diverged?.stored.revision ? 'bar-warning' : ''}`}
                >
                  <span className="font-mono text-f1">{entry.revision}</span>
                  <span className="text-f0 [overflow-wrap:anywhere]">
                    {leaves ?? <span className="text-f2">{t('oldest that is kept')}</span>}
                  </span>
                  <span
                    className={`truncate max-md:col-start-2 ${foreign ? 'text-warning' : 'text-f2'}`}
                    title={entry.reason ?? undefined}
                  >
                    {entry.actor ?? t(entry.seenAt === null ? 'before Howdah' : 'not by Howdah')}
                  </span>
                  <span className="text-right text-f2 max-md:col-start-3 max-md:row-start-1">
                    {entry.seenAt === null ? t('unknown') : <Ago at={entry.seenAt} />}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {list.length > SHOWN && (
        <Button kind="quiet" onClick={() => setAll(!all)} className="mx-2">
          {all ? t('Show fewer') : t('Show all {n}', { n: list.length })}
        </Button>
      )}
      {list.length > 0 && (
        <footer className="flex flex-wrap items-center gap-2 border-l1 border-t px-3.5 py-2 text-12 text-f2">
          <span className="mr-auto">
            {saved === null
              ? rich('{revision} is what you started from', { revision: stored })
              : rich('{revision} is what is stored', { revision: stored })}
          </span>
          <Button disabled={picked === null} onClick={() => setDiffing(!diffing)}>
            {t(picked === null ? 'Diff: choose one' : diffing ? 'Hide diff' : 'Diff')}
          </Button>
          <Button
            disabled={picked === null || picked.revision === base.revision}
            onClick={() => picked && editor.load(picked.value, picked.text)}
          >
            {picked === null
              ? t('Revert to…')
              : picked.revision === base.revision
                ? t('Revert: stored now')
                : t('Revert to {revision}', { revision: picked.revision })}
          </Button>
        </footer>
      )}
      {diffing && picked !== null && (
        <div className="border-l1 border-t">
          <p className="px-3.5 pt-2 text-11 text-f2">
            {older === null
              ? t('Revision {revision}, the oldest that is kept', { revision: picked.revision })
              : t('From revision {older} to revision {revision}', { older: older.revision, revision: picked.revision })}
            {picked.reason !== null && <>: {picked.reason}</>}
          </p>
          {TextDiff === null ? (
            <p className="px-3.5 py-2 text-f2">{t('Reading.')}</p>
          ) : (
            <TextDiff
              before={formatConfig((older ?? picked).value, 'yaml')}
              after={formatConfig(picked.value, 'yaml')}
              label={t('Configuration of {scope}, revision {revision}, with what differs from the one before', {
                scope,
                revision: picked.revision,
              })}
            />
          )}
        </div>
      )}
    </Panel>
  );
}

function Ago({ at }: { at: number }) {
  return rich('{time} ago', { time: <Since at={at} /> });
}
