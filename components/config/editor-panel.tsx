'use client';
import { useState } from 'react';
import { formatConfig } from '@/lib/client/config-document';
import type { ConfigEditor } from '@/lib/client/use-config-editor';
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

function checkedAgainst({ settings, facts, unchecked }: ConfigEditor): string {
  if (unchecked !== null) return unchecked;
  const postgres = [...new Set(settings?.members.flatMap((member) => member.version ?? []))].sort();
  const patroni = [...new Set(facts.members.flatMap((member) => member.patroniVersion ?? []))].sort();
  const parts = [
    postgres.length > 0 ? `PostgreSQL ${postgres.join(', ')}` : '',
    patroni.length > 0 ? `Patroni ${patroni.join(', ')}` : '',
  ];
  return `checked against ${parts.filter(Boolean).join(' and ') || 'the versions known'}`;
}

export function EditorPanel({ scope, editor, problems, suggest, onSave }: EditorPanelProps) {
  const { CodeEditor, failed } = useCodeEditor();
  const [cursor, setCursor] = useState({ line: 1, column: 1 });
  const { session, document, unchecked } = editor;
  return (
    <Panel
      title={session.format === 'yaml' ? 'YAML' : 'JSON'}
      count={session.format === 'yaml' ? 'comments and order are kept' : 'order is kept, comments come back with YAML'}
      aside={<span className={unchecked === null ? '' : 'text-unknown'}>{checkedAgainst(editor)}</span>}
      bodyClassName="flex flex-col"
    >
      {CodeEditor === null ? (
        <pre className="min-h-120 overflow-x-auto whitespace-pre-wrap break-words px-3.5 py-2 text-12 text-f2">
          {failed && 'The editor could not be loaded; it is tried again.\n\n'}
          {session.text}
        </pre>
      ) : (
        <div className="min-h-120 grow">
          <CodeEditor
            text={session.text}
            baseText={session.baseText}
            format={session.format}
            label={`Dynamic configuration of ${scope}, ${session.format}`}
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
          Ln {cursor.line}, Col {cursor.column}
        </span>
        <Segmented label="Format" options={FORMATS} value={session.format} onChange={editor.setFormat} />
        <CopyButton
          text={() => (document.value === null ? session.text : formatConfig(document.value, session.format))}
          label="Copy configuration"
        />
        <span className="ml-auto flex items-center gap-1.5">
          {document.value !== null && <Icon name="check" size={12} />}
          {document.value === null ? <span className="text-critical">does not parse</span> : 'parses'}
        </span>
        <span className="max-md:hidden">Ctrl Space completes, F8 goes to the next problem</span>
      </footer>
    </Panel>
  );
}
