// In which language a report is written: its code for the reader's program, and what says a text of ours in it. Pure; whoever
// calls brings the catalogue, so that a browser loads only its own.
import type { Language } from '../../language/language';
import { say } from '../../language/say';
import type { Report } from './report';

export interface Voice {
  readonly language: Language;
  readonly speak: (text: string) => string;
}

export const ENGLISH: Voice = { language: 'en', speak: (text) => text };

/** The same report in another language. What people wrote (notes, reasons) and names stay as they are. */
export function reportIn(made: Report, { language, speak }: Voice): Report {
  if (language === 'en') return made;
  return {
    ...made,
    title: speak(made.title),
    window: speak(made.window),
    made: speak(made.made),
    headline: made.headline.map(speak),
    facts: made.facts.map(({ label, lines }) => ({ label: speak(label), lines: lines.map(speak) })),
    caveats: made.caveats.map(speak),
    story: made.story.map((line) => ({
      ...line,
      entry:
        line.entry.kind === 'note'
          ? line.entry
          : { ...line.entry, text: speak(line.entry.text), source: speak(line.entry.source) },
      facts: line.facts.map(speak),
    })),
    findings: made.findings.map(({ span, when }) => ({
      span: { ...span, title: speak(span.title) },
      when: speak(when),
    })),
    actions: made.actions.map((action) => ({ ...action, what: speak(action.what), outcome: speak(action.outcome) })),
    notes: made.notes.map((note) => ({ ...note, withdrawn: note.withdrawn === null ? null : speak(note.withdrawn) })),
    numbers: made.numbers.map(speak),
  };
}

/** What both writers say between the lines of a report. */
export const REPORT_WORDS = {
  missing: say`What is missing`,
  happened: say`What happened`,
  findings: say`Findings`,
  numbers: say`Numbers`,
  actions: say`Actions`,
  notes: say`Notes`,
  replayLag: say`Replay lag`,
  walRate: say`WAL rate`,
  cluster: say`the cluster`,
  reason: say`Reason`,
  note: say`note`,
  withdrawnNote: say`withdrawn note`,
  critical: say`Critical`,
  unknown: say`Unknown`,
  warning: say`Warning`,
  severityNote: say`Note`,
} as const;

export function betweenWords(notBefore: string): string {
  return say`between ${notBefore} and then`;
}
