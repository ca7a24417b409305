// The report of an incident as Markdown: plain enough for a ticket, with every foreign text escaped so that it stays text. Pure.

import type { Incident } from '../../domain/incident/incident';
import type { Severity } from '../../domain/severity';
import { ENGLISH } from '../../language/speaker';
import { type Report, type ReportLine, report } from './report';
import { betweenWords, reportIn, REPORT_WORDS as SAID, type Voice } from './voice';

/** `zone`: an IANA name, else UTC. `publicUrl`: for deep links; null: none. */
export function incidentMarkdown(
  incident: Incident,
  zone: string,
  publicUrl: string | null = null,
  voice: Voice = ENGLISH,
): string {
  return markdownOf(reportIn(report(incident, zone, publicUrl), voice), voice);
}

/** With the space after it. */
function severityWords(severity: Severity, { speak }: Voice): string {
  return severity === 'note' ? `${speak(SAID.severityNote)} ` : `**${speak(SAID[severity])}** `;
}

function markdownOf(made: Report<string>, voice: Voice = ENGLISH): string {
  const { speak } = voice;
  const parts = [
    `# ${escapeMarkdown(made.title)}`,
    escapeMarkdown(made.window),
    made.headline.map(escapeMarkdown).join(' '),
    list(made.facts.map(({ label, lines }) => `${label}: ${lines.map(escapeMarkdown).join('; ')}`)),
    section(speak(SAID.missing), list(made.caveats.map(escapeMarkdown))),
    section(speak(SAID.happened), list(made.story.map((line) => storyItem(line, voice)))),
    section(
      speak(SAID.findings),
      list(
        made.findings.map(
          ({ span, when }) =>
            `${severityWords(span.severity, voice)}${escapeMarkdown(span.title)}, ${escapeMarkdown(when)} (\`${span.code}\`)`,
        ),
      ),
    ),
    section(speak(SAID.numbers), list(made.numbers.map(escapeMarkdown))),
    section(
      speak(SAID.actions),
      list(
        made.actions.map(
          ({ stamp, who, what, reason, outcome, href }) =>
            `${stamp} ${escapeMarkdown(who)}: ${link(what, href)}. ${speak(SAID.reason)}: ${escapeMarkdown(reason)}. ${escapeMarkdown(outcome)}`,
        ),
      ),
    ),
    section(speak(SAID.notes), list(made.notes.map(noteItem))),
    `${escapeMarkdown(made.made)}${made.href === null ? '' : `, ${link(speak(SAID.cluster), made.href)}`}`,
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

function storyItem({ entry, stamp, notBefore, facts, href }: ReportLine<string>, voice: Voice): string {
  const { speak } = voice;
  const severity = entry.severity === null ? '' : severityWords(entry.severity, voice);
  const between = notBefore === null ? '' : `${speak(betweenWords(notBefore))}: `;
  const text = entry.kind === 'note' ? lines(entry.text, '  ') : link(entry.text, href);
  const said = entry.withdrawn
    ? `${speak(SAID.withdrawnNote)}: ~~${text}~~`
    : entry.kind === 'note'
      ? `${speak(SAID.note)}: ${text}`
      : text;
  const head = `${stamp} ${severity}${between}${said} (${escapeMarkdown(entry.source)})`;
  return [head, ...facts.map((fact) => `  - ${escapeMarkdown(fact)}`)].join('\n');
}

function noteItem({ stamp, who, text, withdrawn }: Report<string>['notes'][number]): string {
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
