'use client';
import { useCallback, useMemo, useState } from 'react';
import { openAction } from '@/lib/client/actions/actions';
import { placeAt, suggest } from '@/lib/client/config/completion';
import { type ConfigEditor, useRevisions } from '@/lib/client/config/use-editor';
import { t, tn, wire } from '@/lib/client/words/text';
import { problemWords } from '@/lib/domain/config/check';
import { leafName, valueAt } from '@/lib/domain/config/diff';
import { definitionsOf } from '@/lib/domain/config/guc';
import { isObject } from '@/lib/domain/wire/loose';
import { PendingPanel } from '../cluster/pending-panel';
import { Button } from '../ui/button';
import { rich } from '../ui/rich';
import { ConflictBanner } from './conflict-banner';
import { EditorPanel } from './editor-panel';
import type { EditorProblem } from './editor-problems';
import { EffectsDigest, EffectsPanel } from './effects-panel';
import { RevisionsPanel } from './revisions-panel';
import { UptakePanel } from './uptake-panel';

export function ConfigEditorView({ scope, editor }: { scope: string; editor: ConfigEditor }) {
  const { session, document, problems, settings, changes, effects } = editor;
  const revisions = useRevisions(scope);
  const [confirming, setConfirming] = useState(false);
  const definitions = useMemo(() => definitionsOf(settings), [settings]);
  const offer = useCallback(
    (text: string, at: number) => {
      const place = placeAt(text, at, session.format);
      if (place === null) return null;
      const parent = valueAt(document.value ?? session.base.value, place.parent);
      const present = isObject(parent) ? Object.keys(parent) : [];
      return { from: place.from, options: suggest(place, definitions, present, session.format) };
    },
    [definitions, document, session.format, session.base.value],
  );
  const { fix } = editor;
  // biome-ignore lint/correctness/useExhaustiveDependencies: fix is made anew each time and always means the newest text
  const shown = useMemo<readonly EditorProblem[]>(
    () =>
      problems.flatMap((problem) =>
        problem.from === null || problem.to === null
          ? []
          : [
              {
                from: problem.from,
                to: problem.to,
                severity: problem.severity,
                text: problem.stored
                  ? t('{problem}. It is stored so now', { problem: wire(problem.text) })
                  : wire(problem.text),
                fix: problem.fix === null ? null : { label: wire(problem.fix.label), apply: applier(problem.fix, fix) },
              },
            ],
      ),
    [problems],
  );
  const wide = problems.filter((problem) => problem.from === null);
  const save = () => {
    const request = editor.request();
    if (editor.stop !== null || request === null) return;
    openAction(scope, request, {
      summary: <EffectsDigest effects={effects} context={editor} />,
      onAccepted: editor.accepted,
    });
  };
  const counts = [
    tn(changes.length, '{n} setting changed', '{n} settings changed'),
    wire(problemWords(problems)),
  ].filter(Boolean);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="font-semibold text-18 text-f0">{t('Dynamic configuration')}</h1>
        <p className="break-all text-13 text-f2">
          {scope},{' '}
          {session.base.revision === null
            ? t('read over REST, without a revision')
            : rich('based on revision {revision}', {
                revision: <span className="font-mono text-f0">{session.base.revision}</span>,
              })}
        </p>
        <p role="status" className="text-12 text-f2 md:ml-auto">
          {editor.edited && (document.value === null ? t('does not parse') : counts.join(', '))}
        </p>
        <div className="flex gap-2 max-md:w-full max-md:[&>*]:grow">
          {confirming ? (
            <>
              <Button onClick={() => setConfirming(false)}>{t('Keep editing')}</Button>
              <Button
                onClick={() => {
                  editor.discard();
                  setConfirming(false);
                }}
              >
                {tn(changes.length, 'Discard {n} change', 'Discard {n} changes')}
              </Button>
            </>
          ) : (
            <Button disabled={!editor.edited} onClick={() => setConfirming(true)}>
              {t('Discard')}
            </Button>
          )}
          <Button
            kind="primary"
            disabled={editor.stop !== null}
            icon={editor.stop === null ? undefined : 'lock'}
            onClick={save}
          >
            {editor.stop === null
              ? tn(changes.length, 'Save {n} change', 'Save {n} changes')
              : t('Save: {why}', { why: wire(editor.stop) })}
          </Button>
        </div>
      </div>
      <ConflictBanner editor={editor} revisions={revisions.data ?? null} />
      {wide.map((problem) => (
        <p
          key={`${problem.code}/${problem.text}`}
          role="status"
          className={`mb-3 rounded-panel border border-l1 px-3.5 py-2 ${problem.severity === 'error' ? 'bar-critical bg-critical-tint text-critical' : 'bar-warning bg-warning-tint text-warning'}`}
        >
          {problem.path.length > 0 && <span className="font-mono">{leafName(problem.path)}: </span>}
          {wire(problem.text)}
          {problem.fix !== null && (
            <Button className="ml-3" onClick={applier(problem.fix, editor.fix)}>
              {wire(problem.fix.label)}
            </Button>
          )}
        </p>
      ))}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-[minmax(0,6fr)_minmax(0,5fr)]">
        <EditorPanel scope={scope} editor={editor} problems={shown} suggest={offer} onSave={save} />
        <div className="flex min-w-0 flex-col gap-3 self-start">
          <UptakePanel editor={editor} />
          <EffectsPanel editor={editor} />
          <RevisionsPanel scope={scope} editor={editor} revisions={revisions} />
          {editor.snapshot && <PendingPanel snapshot={editor.snapshot} />}
        </div>
      </div>
    </>
  );
}

function applier<T>(what: T, apply: (what: T) => void): () => void {
  return () => apply(what);
}
