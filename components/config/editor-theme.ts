'use client';
// CodeMirror in Howdah's tokens: both themes by the same variables.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const COLORS = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--f0)' },
  { tag: [tags.content, tags.string], color: 'var(--f1)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--f3)' },
  { tag: [tags.separator, tags.punctuation, tags.brace, tags.squareBracket], color: 'var(--f3)' },
  { tag: [tags.meta, tags.keyword, tags.typeName, tags.labelName], color: 'var(--unknown)' },
]);

const squiggle = (token: string) => ({
  backgroundImage: 'none',
  textDecoration: `underline wavy var(${token}) 1px`,
  textUnderlineOffset: '3px',
  paddingBottom: '0',
});

const problem = (token: string) => ({ color: `var(--${token})`, background: `var(--${token}-tint)` });

const THEME = EditorView.theme({
  '&': { color: 'var(--f1)', backgroundColor: 'transparent', fontSize: '12.5px' },
  '&.cm-focused': { outline: 'none', boxShadow: 'inset 0 0 0 1px color-mix(in srgb, var(--accent) 55%, transparent)' },
  '.cm-content:focus-visible': { outline: 'none', boxShadow: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '22px', fontVariantLigatures: 'none' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--f0)' },
  '.cm-line': { padding: '0 16px 0 10px' },
  '.cm-cursor': { borderLeftColor: 'var(--f0)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-gutters': { background: 'transparent', color: 'var(--f3)', border: 'none', fontSize: '11px' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '42px', padding: '0 10px 0 12px' },
  '.cm-changes': { width: '5px' },
  '.cm-changes .cm-gutterElement': { padding: '0' },
  '.cm-changed': { boxShadow: 'inset 3px 0 0 var(--accent)' },
  '.cm-added': {
    backgroundImage: 'repeating-linear-gradient(to bottom, var(--accent) 0 4px, transparent 4px 7px)',
    backgroundSize: '3px 100%',
    backgroundRepeat: 'no-repeat',
  },
  '.cm-removed': { borderTop: '2px solid var(--accent)' },
  '.cm-plain': { color: 'var(--accent)' },
  '.cm-plain *': { color: 'var(--accent)' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-line-error': { background: 'var(--critical-tint)' },
  '.cm-line-warning': { background: 'var(--warning-tint)' },
  '.cm-lintRange': { ...squiggle('--f3') },
  '.cm-lintRange-error': { ...squiggle('--critical') },
  '.cm-lintRange-warning': { ...squiggle('--warning') },
  '.cm-lintRange-info, .cm-lintRange-hint': { backgroundImage: 'none' },
  '.cm-problem': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '4px 8px',
    padding: '2px 16px 3px calc(10px + min(var(--indent), 12) * 1ch)',
    fontFamily: 'var(--font-sans)',
    fontSize: '12px',
    lineHeight: '17px',
    whiteSpace: 'normal',
  },
  '.cm-problem svg': {
    flexShrink: '0',
    marginTop: '2px',
    stroke: 'currentColor',
    fill: 'none',
    strokeWidth: '1.5',
    strokeLinecap: 'round',
  },
  '.cm-problem-words': {
    display: 'flex',
    alignItems: 'flex-start',
    gap: '8px',
    minWidth: '0',
    overflowWrap: 'anywhere',
  },
  '.cm-problem-error': problem('critical'),
  '.cm-problem-error .cm-sign-shape': { fill: 'currentColor' },
  '.cm-problem-error .cm-sign-mark': { stroke: 'var(--bg1)' },
  '.cm-problem-warning': problem('warning'),
  '.cm-problem-note': { color: 'var(--f2)' },
  '.cm-fix': {
    border: '1px solid var(--l2)',
    borderRadius: '4px',
    background: 'var(--bg2)',
    color: 'var(--f0)',
    padding: '1px 8px',
    marginLeft: '4px',
    fontFamily: 'var(--font-sans)',
    fontSize: '12px',
    fontWeight: '500',
    minHeight: '24px',
  },
  '.cm-fix:hover': { borderColor: 'var(--l3)' },
  '.cm-tooltip': {
    background: 'var(--bg2)',
    border: '1px solid var(--l2)',
    borderRadius: '6px',
    color: 'var(--f1)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', fontSize: '12px', maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px', lineHeight: '18px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--bg3)', color: 'var(--f0)' },
  '.cm-completionDetail': {
    color: 'var(--f3)',
    fontStyle: 'normal',
    marginLeft: '12px',
    fontFamily: 'var(--font-sans)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)' },
  '.cm-tooltip.cm-completionInfo': {
    padding: '8px 10px',
    maxWidth: '320px',
    fontFamily: 'var(--font-sans)',
    fontSize: '12px',
    lineHeight: '17px',
  },
  '.cm-panels': { background: 'var(--bg2)', color: 'var(--f1)', borderColor: 'var(--l1)' },
  '.cm-changedLine': { background: 'color-mix(in srgb, var(--accent) 12%, transparent) !important' },
  '.cm-deletedChunk': { background: 'var(--bg2) !important', paddingLeft: '10px', color: 'var(--f2)' },
  '.cm-deletedChunk .cm-deletedText, &.cm-merge-b .cm-deletedText': {
    background: 'none',
    textDecoration: 'line-through',
  },
  '&.cm-merge-b .cm-changedText': {
    background: 'none',
    textDecoration: 'underline var(--accent) 2px',
    textUnderlineOffset: '3px',
  },
  '&.cm-merge-b .cm-changedLineGutter': { background: 'var(--accent)' },
  '.cm-deletedLineGutter': { background: 'var(--l3)' },
  '.cm-collapsedLines': {
    background: 'var(--bg2)',
    color: 'var(--f2)',
    padding: '4px 14px',
    fontFamily: 'var(--font-sans)',
  },
  '@media (pointer: coarse)': { '.cm-fix': { minHeight: '40px', padding: '4px 14px' } },
});

export const howdahTheme: Extension = [THEME, syntaxHighlighting(COLORS)];
