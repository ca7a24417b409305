'use client';
import { useState } from 'react';
import { formatConfig } from '@/lib/client/config/document';
import type { ConfigEditor } from '@/lib/client/config/use-editor';
import { t, wire } from '@/lib/client/words/text';
import { CopyButton } from '../ui/copy-button';
import { Icon } from '../ui/icon';
import { Panel } from '../ui/panel';
import { Segmented } from '../ui/segmented';
import type { CodeEditorProps } from './code-editor';
import type { EditorProblem } from './editor-problems';
import { useCodeEditor } from './use-code-editor';

const FORMATS = [
  { value: 'yaml', word: 'YAML' },
  { value: 'json', word: 'JSON' },
] as const;

interface EditorPanelProps {
  readonly scope: string;
  readonly editor: ConfigEditor;
  readonly problems: readonly EditorProblem[];
  readonly suggest: CodeEditorProps['suggest'];
  readonly onSave: () => void;
}

const versions = (name: string, known: readonly string[]): string =>
  known.length === 0 ? '' : `${name} ${known.join(', ')}`;

function checkedAgainst({ settings, facts, unchecked }: ConfigEditor): string {
  if (unchecked !== null) return wire(unchecked);
  const postgres = [...new Set(settings?.members.flatMap((member) => member.version ?? []))].sort();
  const patroni = [...new Set(facts.members.flatMap((member) => member.patroniVersion ?? []))].sort();
  const parts = [versions('PostgreSQL', postgres), versions('Patroni', patroni)];
  const [first = '', second] = parts.filter(Boolean);
  if (first === '') return t('checked against the versions known');
  return second === undefined
    ? t('checked against {version}', { version: first })
    : t('checked against {first} and {second}', { first, second });
}

export function EditorPanel({ scope, editor, problems, suggest, onSave }: EditorPanelProps) {
  const { CodeEditor, failed } = useCodeEditor();
  const [cursor, setCursor] = useState({ line: 1, column: 1 });
  const { session, document, unchecked } = editor;
  return (
    <Panel
      title={session.format === 'yaml' ? 'YAML' : 'JSON'}
      count={t(
        session.format === 'yaml' ? 'comments and order are kept' : 'order is kept, comments come back with YAML',
      )}
      aside={<span className={unchecked === null ? '' : 'text-unknown'}>{checkedAgainst(editor)}</span>}
      bodyClassName="flex flex-col"
    >
      {CodeEditor === null ? (
        <pre className="min-h-120 overflow-x-auto whitespace-pre-wrap break-words px-3.5 py-2 text-12 text-f2">
          {failed && `${t('The editor could not be loaded; it is tried again.')}\n\n`}
          {session.text}
        </pre>
      ) : (
        <div className="min-h-120 grow">
          <CodeEditor
            text={session.text}
            baseText={session.baseText}
            format={session.format}
            label={t('Dynamic configuration of {scope}, {format}', { scope, format: session.format })}
            problems={problems}
            suggest={suggest}
            onChange={editor.setText}
            onCursor={(line, column) => setCursor({ line, column })}
            onSave={onSave}
          />
        </div>
      )}
      <footer className="flex flex-wrap items-center gap-x-4 gap-y-1 border-l1 border-t px-3.5 py-1.5 text-11 text-f3">
        <span className="tabular-nums">
          {t('Ln {line}, Col {column}', { line: cursor.line, column: cursor.column })}
        </span>
        <Segmented label={t('Format')} options={FORMATS} value={session.format} onChange={editor.setFormat} />
        <CopyButton
          text={() => (document.value === null ? session.text : formatConfig(document.value, session.format))}
          label={t('Copy configuration')}
        />
        <span className="ml-auto flex items-center gap-1.5">
          {document.value !== null && <Icon name="check" size={12} />}
          {document.value === null ? <span className="text-critical">{t('does not parse')}</span> : t('parses')}
        </span>
        <span className="max-md:hidden">{t('Ctrl Space completes, F8 goes to the next problem')}</span>
      </footer>
    </Panel>
  );
}
