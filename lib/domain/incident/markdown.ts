// The report of an incident as Markdown: plain enough for a ticket, with every foreign text escaped so that it stays text. Pure.
import type { Incident } from './incident';
import { type Report, type ReportLine, report } from './report';

/** `zone`: an IANA name, else UTC. `publicUrl`: for deep links; null: none. */
export function incidentMarkdown(incident: Incident, zone: string, publicUrl: string | null = null): string {
  return markdownOf(report(incident, zone, publicUrl));
}

const SEVERITY = {
  critical: '**Critical** ',
  unknown: '**Unknown** ',
  warning: '**Warning** ',
  note: 'Note ',
} as const;

export function markdownOf(made: Report): string {
  const parts = [
    `# ${escapeMarkdown(made.title)}`,
    escapeMarkdown(made.window),
    made.headline.map(escapeMarkdown).join(' '),
    list(made.facts.map(({ label, lines }) => `${label}: ${lines.map(escapeMarkdown).join('; ')}`)),
    section('What is missing', list(made.caveats.map(escapeMarkdown))),
    section('What happened', list(made.story.map(storyItem))),
    section(
      'Findings',
      list(
        made.findings.map(
          ({ span, when }) =>
            `${SEVERITY[span.severity]}${escapeMarkdown(span.title)}, ${escapeMarkdown(when)} (\`${span.code}\`)`,
        ),
      ),
    ),
    section('Numbers', list(made.numbers.map(escapeMarkdown))),
    section(
      'Actions',
      list(
        made.actions.map(
          ({ stamp, who, what, reason, outcome, href }) =>
            `${stamp} ${escapeMarkdown(who)}: ${link(what, href)}. Reason: ${escapeMarkdown(reason)}. ${escapeMarkdown(outcome)}`,
        ),
      ),
    ),
    section('Notes', list(made.notes.map(noteItem))),
    `${escapeMarkdown(made.made)}${made.href === null ? '' : `, ${link('the cluster', made.href)}`}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function link(text: string, href: string | null): string {
  return href === null
    ? escapeMarkdown(text)
    : `[${escapeMarkdown(text)}](<${href.replace(/[<>]/g, encodeURIComponent)}>)`;
}

function storyItem({ entry, stamp, notBefore, facts, href }: ReportLine): string {
  const severity = entry.severity === null ? '' : SEVERITY[entry.severity];
  const between = notBefore === null ? '' : `between ${notBefore} and then: `;
  const text = entry.kind === 'note' ? lines(entry.text, '  ') : link(entry.text, href);
  const said = entry.withdrawn ? `withdrawn note: ~~${text}~~` : entry.kind === 'note' ? `note: ${text}` : text;
  const head = `${stamp} ${severity}${between}${said} (${escapeMarkdown(entry.source)})`;
  return [head, ...facts.map((fact) => `  - ${escapeMarkdown(fact)}`)].join('\n');
}

function noteItem({ stamp, who, text, withdrawn }: Report['notes'][number]): string {
  const said = lines(text, '  ');
  const words = withdrawn === null ? said : `~~${said}~~ (${withdrawn})`;
  return `${stamp} ${escapeMarkdown(who)}: ${words}`;
}

/** Lines of a person's text stay lines. */
function lines(text: string, indent: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => escapeMarkdown(line))
    .join(`  \n${indent}`);
}

/** Control characters and those that turn the direction of writing: a line could say something else than it seems to. */
export const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Text that stays text: no markup, no HTML, no list, no heading comes of it. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(UNSEEN, ' ')
    .replace(/[\\`*_[\]<>|#~&]/g, '\\$&')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
    .replace(/^\s+/, '');
}
