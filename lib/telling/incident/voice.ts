// A report in one language, and what its writers say between its lines. Pure; whoever calls brings the speaker, so that a browser
// loads only its own language.
import { type Sentence, say } from '../../language/sentence';
import type { Speaker } from '../../language/speaker';
import type { Report } from './report';

/** What a writer needs of a speaker. */
export type Voice = Pick<Speaker, 'language' | 'speak'>;

/** The same report as plain text. What people wrote (notes, reasons) and names stay as they are. */
export function reportIn(made: Report, { speak }: Voice): Report<string> {
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
      entry: {
        ...line.entry,
        text: speak(line.entry.text),
        source: speak(line.entry.source),
        facts: line.entry.facts.map((fact) => ({ ...fact, text: speak(fact.text) })),
      },
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

export function betweenWords(notBefore: string): Sentence {
  return say`between ${notBefore} and then`;
}
