'use client';
// The editor's code (CodeMirror) comes after the page, as the chart's does: a server that is away at that moment costs the editor
// only, and it is tried again.
import { type ComponentType, useEffect, useState } from 'react';
import type { CodeEditorProps } from './code-editor';

interface Loaded {
  readonly CodeEditor: ComponentType<CodeEditorProps> | null;
  readonly TextDiff: ComponentType<{ before: string; after: string; label: string }> | null;
  readonly failed: boolean;
}

const RETRY_MS = 3000;

let known: Loaded = { CodeEditor: null, TextDiff: null, failed: false };

export function useCodeEditor(): Loaded {
  const [loaded, setLoaded] = useState(known);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let gone = false;
    const take = (next: Loaded): void => {
      known = next;
      if (!gone) setLoaded(next);
    };
    const load = async (): Promise<void> => {
      try {
        const { CodeEditor, TextDiff } = await import('./code-editor');
        take({ CodeEditor, TextDiff, failed: false });
      } catch {
        take({ CodeEditor: null, TextDiff: null, failed: true });
        if (!gone) timer = setTimeout(load, RETRY_MS);
      }
    };
    if (known.CodeEditor === null) void load();
    return () => {
      gone = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return loaded;
}
