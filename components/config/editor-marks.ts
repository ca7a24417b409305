'use client';
// At the left of each line whether it differs from what is stored: a bar for a changed one, a dashed bar for a new one, a corner
// where lines were removed. And plain scalars of YAML in the colour of values.
import { Chunk } from '@codemirror/merge';
import {
  type EditorState,
  type Extension,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
  Text,
} from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  GutterMarker,
  gutter,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';

export const setBase = StateEffect.define<string>();

class LineMark extends GutterMarker {
  constructor(override readonly elementClass: string) {
    super();
  }
}

const MARKS = {
  changed: new LineMark('cm-changed'),
  added: new LineMark('cm-added'),
  removed: new LineMark('cm-removed'),
};

interface Held {
  readonly base: Text;
  readonly marks: RangeSet<GutterMarker>;
}

function marksOf(base: Text, doc: Text): RangeSet<GutterMarker> {
  const builder = new RangeSetBuilder<GutterMarker>();
  let last = -1;
  for (const chunk of Chunk.build(base, doc)) {
    if (chunk.fromB >= chunk.toB) {
      const line = doc.lineAt(Math.min(chunk.fromB, doc.length));
      if (line.from > last) builder.add(line.from, line.from, MARKS.removed);
      last = Math.max(last, line.from);
      continue;
    }
    const mark = chunk.fromA >= chunk.toA ? MARKS.added : MARKS.changed;
    for (let at = chunk.fromB; at < chunk.toB && at <= doc.length; ) {
      const line = doc.lineAt(at);
      if (line.from > last) builder.add(line.from, line.from, mark);
      last = Math.max(last, line.from);
      at = line.to + 1;
    }
  }
  return builder.finish();
}

const field = StateField.define<Held>({
  create: () => ({ base: Text.empty, marks: RangeSet.empty }),
  update(held, transaction) {
    const effect = transaction.effects.find((entry) => entry.is(setBase));
    if (effect === undefined && !transaction.docChanged) return held;
    const base = effect === undefined ? held.base : Text.of(effect.value.split('\n'));
    return { base, marks: marksOf(base, transaction.state.doc) };
  },
});

export function changeMarks(): Extension {
  return [
    field,
    gutter({ class: 'cm-changes', markers: (view: EditorView) => (view.state as EditorState).field(field).marks }),
  ];
}

const matcher = new MatchDecorator({
  regexp: /(?<=^\s*(?:- +)?[\w.]+:\s+|^\s*-\s+)(?:true|false|null|-?\d[\d.]*)(?=\s*(?:#|$))/g,
  decoration: Decoration.mark({ class: 'cm-plain' }),
});

export const plainValues = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = matcher.createDeco(view);
    }

    update(update: ViewUpdate) {
      this.decorations = matcher.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
