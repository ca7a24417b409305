'use client';
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view';
// Problems in the text as CodeMirror draws them: the line tinted, the words underlined, and below the line what is wrong with a
// button that mends it. Positions move with the text until the next check.
import { form, t } from '@/lib/client/words/text';

export interface EditorProblem {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning' | 'note';
  readonly text: string;
  readonly fix: { readonly label: string; readonly apply: () => void } | null;
}

const SEVERITY = { error: form('error'), warning: form('warning'), note: form('note') } as const;
const SVG = 'http://www.w3.org/2000/svg';
const SHAPES = {
  error: ['M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2Z', 'M8 4.4v4.4M8 11.2v.2'],
  warning: ['M8 2.2 14.6 13.6H1.4Z', 'M8 6.4v3.4M8 11.7v.2'],
  note: ['M4 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2Z', 'M8 7.2v4M8 4.8v.2'],
} as const;

function icon(severity: EditorProblem['severity']): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('width', '13');
  svg.setAttribute('height', '13');
  svg.setAttribute('aria-hidden', 'true');
  SHAPES[severity].forEach((shape, index) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', shape);
    path.setAttribute('class', index === 0 ? 'cm-sign-shape' : 'cm-sign-mark');
    svg.append(path);
  });
  return svg;
}

class ProblemWidget extends WidgetType {
  constructor(
    readonly problem: EditorProblem,
    readonly indent: number,
  ) {
    super();
  }

  override eq(other: ProblemWidget): boolean {
    const [a, b] = [this.problem, other.problem];
    return (
      a.text === b.text && a.severity === b.severity && a.fix?.label === b.fix?.label && this.indent === other.indent
    );
  }

  override toDOM(view: EditorView): HTMLElement {
    const { problem } = this;
    const row = document.createElement('div');
    row.className = `cm-problem cm-problem-${problem.severity}`;
    row.style.setProperty('--indent', String(this.indent));
    const words = document.createElement('span');
    words.className = 'cm-problem-words';
    const severity = document.createElement('span');
    severity.className = 'sr-only';
    severity.textContent = `${t(SEVERITY[problem.severity])}: `;
    const text = document.createElement('span');
    text.append(severity, problem.text);
    words.append(icon(problem.severity), text);
    row.append(words);
    if (problem.fix !== null && !view.state.readOnly) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'cm-fix';
      button.textContent = problem.fix.label;
      button.setAttribute('aria-label', `${problem.fix.label}: ${problem.text}`);
      // The newest problem with these words: the widget outlives a check that finds the same.
      button.onclick = () => {
        const newest = view.state.field(problemField).problems.find((other) => other.text === problem.text);
        newest?.fix?.apply();
        view.focus();
      };
      row.append(button);
    }
    return row;
  }

  override ignoreEvent(): boolean {
    return true;
  }

  override get estimatedHeight(): number {
    return 26;
  }
}

interface Held {
  readonly problems: readonly EditorProblem[];
  readonly drawn: DecorationSet;
}

export const setProblems = StateEffect.define<readonly EditorProblem[]>();

const ORDER = { error: 0, warning: 1, note: 2 } as const;

export const problemField = StateField.define<Held>({
  create: () => ({ problems: [], drawn: Decoration.none }),
  update(held, transaction) {
    const effect = transaction.effects.find((entry) => entry.is(setProblems));
    if (effect !== undefined) return { problems: effect.value, drawn: draw(effect.value, transaction.state.doc) };
    return transaction.docChanged ? { ...held, drawn: held.drawn.map(transaction.changes) } : held;
  },
  provide: (field) => EditorView.decorations.from(field, (held) => held.drawn),
});

function draw(problems: readonly EditorProblem[], doc: EditorView['state']['doc']): DecorationSet {
  const ranges = [...problems]
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity])
    .flatMap((problem) => {
      const line = doc.lineAt(Math.min(problem.from, doc.length));
      const indent = /^\s*/.exec(line.text)?.[0].length ?? 0;
      const below = Decoration.widget({ widget: new ProblemWidget(problem, indent), block: true, side: 1 }).range(
        line.to,
      );
      if (problem.severity === 'note') return [below];
      return [Decoration.line({ class: `cm-line-${problem.severity}` }).range(line.from), below];
    });
  return Decoration.set(ranges, true);
}
