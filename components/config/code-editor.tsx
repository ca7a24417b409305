'use client';
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { indentUnit } from '@codemirror/language';
import { linter, nextDiagnostic, previousDiagnostic, setDiagnostics } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { Suggestion } from '@/lib/client/config/completion';
import type { Format } from '@/lib/client/config/document';
import { pageNonce } from '@/lib/client/live/nonce';
import { t } from '@/lib/client/words/text';
import { changeMarks, plainValues, setBase } from './editor-marks';
import { type EditorProblem, problemField, setProblems } from './editor-problems';
import { howdahTheme } from './editor-theme';

export interface CodeEditorProps {
  readonly text: string;
  /** What is stored, as text: lines that differ are marked. */
  readonly baseText: string;
  readonly format: Format;
  readonly label: string;
  readonly problems: readonly EditorProblem[];
  readonly suggest: (
    text: string,
    at: number,
  ) => { readonly from: number; readonly options: readonly Suggestion[] } | null;
  readonly onChange: (text: string) => void;
  readonly onCursor: (line: number, column: number) => void;
  readonly onSave: () => void;
}

/** What CodeMirror itself says, by its own English. */
const phrases = (): Extension =>
  EditorState.phrases.of({
    Completions: t('Completions'),
    Diagnostics: t('Problems'),
    'No diagnostics': t('No problems'),
    close: t('Close'),
    '$ unchanged lines': t('$ unchanged lines'),
    'Control character': t('Control character'),
    'Selection deleted': t('Selection deleted'),
  });

const language = (format: Format): Extension => (format === 'json' ? json() : [yaml(), plainValues]);

/** The part that differs, so that the cursor and the history stay. */
function change(before: string, after: string): { from: number; to: number; insert: string } {
  let from = 0;
  while (from < before.length && from < after.length && before[from] === after[from]) from += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - from;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

export function CodeEditor(props: CodeEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef(props);
  const tongue = useRef(new Compartment());
  useEffect(() => {
    now.current = props;
  });

  useEffect(() => {
    const host = box.current;
    if (host === null) return;
    const complete = (context: CompletionContext): CompletionResult | null => {
      const found = now.current.suggest(context.state.doc.toString(), context.pos);
      if (found === null || (!context.explicit && found.from === context.pos)) return null;
      return {
        from: found.from,
        options: found.options.map((option) => ({
          label: option.label,
          detail: option.detail,
          info: option.info,
          apply: option.insert,
        })),
        validFor: /^"?[\w.]*$/,
      };
    };
    const save = (): boolean => {
      now.current.onSave();
      return true;
    };
    const editor = new EditorView({
      parent: host,
      doc: now.current.text,
      extensions: [
        phrases(),
        lineNumbers(),
        changeMarks(),
        history(),
        drawSelection(),
        highlightSpecialChars(),
        EditorView.lineWrapping,
        indentUnit.of('  '),
        EditorState.tabSize.of(2),
        tongue.current.of(language(now.current.format)),
        autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
        linter(null, { tooltipFilter: () => [] }),
        problemField,
        keymap.of([
          { key: 'F8', run: nextDiagnostic },
          { key: 'Shift-F8', run: previousDiagnostic },
          { key: 'Mod-s', run: save, preventDefault: true },
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({
          'aria-label': now.current.label,
          spellcheck: 'false',
          autocapitalize: 'off',
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            const text = update.state.doc.toString();
            if (text !== now.current.text) now.current.onChange(text);
          }
          if (update.docChanged || update.selectionSet) {
            const { head } = update.state.selection.main;
            const line = update.state.doc.lineAt(head);
            now.current.onCursor(line.number, head - line.from + 1);
          }
        }),
        EditorView.cspNonce.of(pageNonce()),
        howdahTheme,
      ],
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);

  const { text, baseText, format, problems } = props;
  useEffect(() => {
    const editor = view.current;
    const before = editor?.state.doc.toString();
    if (editor !== null && before !== undefined && before !== text) editor.dispatch({ changes: change(before, text) });
  }, [text]);
  useEffect(() => {
    view.current?.dispatch({ effects: setBase.of(baseText) });
  }, [baseText]);
  useEffect(() => {
    view.current?.dispatch({ effects: tongue.current.reconfigure(language(format)) });
  }, [format]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const { length } = editor.state.doc;
    const inside = problems.filter((problem) => problem.to <= length);
    editor.dispatch({ effects: setProblems.of(inside) });
    const diagnostics = inside.map((problem) => ({
      from: problem.from,
      to: problem.to,
      severity: problem.severity === 'note' ? ('info' as const) : problem.severity,
      message: problem.text,
    }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [problems]);
  return <div ref={box} className="min-w-0" />;
}

/** Two texts as one, what went struck through above what came. */
export function TextDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current;
    if (host === null) return;
    const editor = new EditorView({
      parent: host,
      doc: after,
      extensions: [
        phrases(),
        lineNumbers(),
        EditorState.readOnly.of(true),
        EditorView.lineWrapping,
        yaml(),
        plainValues,
        unifiedMergeView({
          original: before,
          mergeControls: false,
          gutter: true,
          collapseUnchanged: { margin: 2, minSize: 5 },
        }),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
        EditorView.cspNonce.of(pageNonce()),
        howdahTheme,
      ],
    });
    return () => editor.destroy();
  }, [before, after, label]);
  return <div ref={box} className="min-w-0" />;
}
