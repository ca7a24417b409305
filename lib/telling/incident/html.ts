// The report of an incident as one HTML file that can be mailed: its style inside, charts as inline SVG, no script, nothing
// loaded from anywhere, every foreign text escaped. Pure. It says what the Markdown says, from the same lines.

import type { Incident } from '../../domain/incident/incident';
import type { Severity } from '../../domain/severity';
import type { Text } from '../../language/sentence';
import { ENGLISH } from '../../language/speaker';
import { lagPlot, type Plot, walPlot } from './drawing';
import { STYLE } from './html-style';
import { UNSEEN } from './markdown';
import { type Report, type ReportLine, type ReportSpan, report } from './report';
import { betweenWords, reportIn, REPORT_WORDS as SAID, type Voice } from './voice';

/** `zone`: an IANA name, else UTC. `publicUrl`: for deep links; null: none. */
export function incidentHtml(
  incident: Incident,
  zone: string,
  publicUrl: string | null = null,
  voice: Voice = ENGLISH,
): string {
  const { language, speak } = voice;
  const made = reportIn(report(incident, zone, publicUrl), voice);
  const charts = [
    chart(speak(SAID.replayLag), (width) => lagPlot(incident, made.clock, width, voice)),
    chart(speak(SAID.walRate), (width) => walPlot(incident, made.clock, width, voice)),
  ].join('');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="dark light">
<title>${escapeHtml(made.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(made.title)}</h1>
<p class="window">${escapeHtml(made.window)}</p>
<p class="headline">${made.headline.map(escapeHtml).join(' ')}</p>
</header>
${facts(made)}
${section(
  speak(SAID.missing),
  list(
    made.caveats.map((line) => `<li>${mark('unknown', voice)}<span>${escapeHtml(line)}</span></li>`),
    'caveats',
  ),
)}
${section(
  speak(SAID.happened),
  list(
    made.story.map((line) => storyItem(line, voice)),
    'story',
  ),
)}
${section(speak(SAID.findings), findings(made.findings, incident, voice))}
${charts}
${section(
  speak(SAID.numbers),
  list(
    made.numbers.map((line) => `<li>${escapeHtml(line)}</li>`),
    'plain',
  ),
)}
${section(
  speak(SAID.actions),
  list(
    made.actions.map((action) => actionItem(action, voice)),
    'story',
  ),
)}
${section(
  speak(SAID.notes),
  list(
    made.notes.map((note) => noteItem(note, voice)),
    'story',
  ),
)}
<footer>${escapeHtml(made.made)}${made.href === null ? '' : `, ${link(speak(SAID.cluster), made.href)}`}</footer>
</main>
</body>
</html>
`;
}

/** Text that stays text, in an element and in a quoted attribute. */
function escapeHtml(text: string): string {
  return text
    .replace(UNSEEN, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const WORDS: Readonly<Record<Severity, Text>> = {
  critical: SAID.critical,
  unknown: SAID.unknown,
  warning: SAID.warning,
  note: SAID.severityNote,
};

const SHAPES: Readonly<Record<Severity | 'none', string>> = {
  critical:
    '<path d="M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2Z" fill="currentColor" stroke="none"/><path d="M8 4.4v4.4M8 10.6v1.4" stroke="var(--bg1)" stroke-width="1.8"/>',
  unknown:
    '<circle cx="8" cy="8" r="6.4" stroke-dasharray="2.3 2"/><path d="M6.3 6.5a1.75 1.75 0 1 1 2.6 1.55c-.6.33-.9.62-.9 1.2M8 10.6v1"/>',
  warning: '<path d="M8 2.2 14.6 13.6H1.4Z" stroke-linejoin="round"/><path d="M8 6.4v3.4M8 11.2v1"/>',
  note: '<rect x="2" y="2" width="12" height="12" rx="2"/><path d="M8 7.2v4M8 4.4v1"/>',
  none: '<circle cx="8" cy="8" r="2" fill="currentColor" stroke="none"/>',
};

function mark(severity: Severity | null, { speak }: Voice): string {
  const name = severity ?? 'none';
  const label = severity === null ? 'aria-hidden="true"' : `role="img" aria-label="${speak(WORDS[severity])}"`;
  return `<svg class="mark ${name}" viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.4" ${label}>${SHAPES[name]}</svg>`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`;
}

function list(items: readonly string[], name: string): string {
  return items.length === 0 ? '' : `<ul class="${name}">${items.join('')}</ul>`;
}

function link(text: string, href: string | null): string {
  return href === null ? escapeHtml(text) : `<a href="${escapeHtml(href)}" rel="noreferrer">${escapeHtml(text)}</a>`;
}

/** Lines of a person's text stay lines. */
function lines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(escapeHtml)
    .join('<br>');
}

function facts({ facts: entries }: Report<string>): string {
  const rows = entries.map(
    ({ label, lines: values }) =>
      `<div><dt>${escapeHtml(label)}</dt>${values.map((line) => `<dd>${escapeHtml(line)}</dd>`).join('')}</div>`,
  );
  return `<dl class="facts">${rows.join('')}</dl>`;
}

function storyItem({ entry, stamp, notBefore, facts: belonging, href }: ReportLine<string>, voice: Voice): string {
  const { speak } = voice;
  const between = notBefore === null ? '' : `<span class="dim">${escapeHtml(speak(betweenWords(notBefore)))}:</span> `;
  const said = entry.kind === 'note' ? lines(entry.text) : link(entry.text, href);
  const word = entry.kind !== 'note' ? '' : `${speak(entry.withdrawn ? SAID.withdrawnNote : SAID.note)}: `;
  const text = `${word}${entry.withdrawn ? `<s>${said}</s>` : said}`;
  const severity = entry.severity === null ? '' : `<b class="${entry.severity}">${speak(WORDS[entry.severity])}</b> `;
  const more = belonging.map((fact) => `<li>${escapeHtml(fact)}</li>`).join('');
  return `<li class="${entry.kind}"><time>${escapeHtml(stamp)}</time>${mark(entry.severity, voice)}<div><p>${severity}${between}${text} <span class="dim">(${escapeHtml(entry.source)})</span></p>${more === '' ? '' : `<ul>${more}</ul>`}</div></li>`;
}

function actionItem(
  { stamp, who, what, reason, outcome, severity, href }: Report<string>['actions'][number],
  voice: Voice,
): string {
  return `<li><time>${escapeHtml(stamp)}</time>${mark(severity, voice)}<div><p>${escapeHtml(who)}: ${link(what, href)}. ${voice.speak(SAID.reason)}: ${escapeHtml(reason)}. ${escapeHtml(outcome)}</p></div></li>`;
}

function noteItem({ stamp, who, text, withdrawn }: Report<string>['notes'][number], voice: Voice): string {
  const said = withdrawn === null ? lines(text) : `<s>${lines(text)}</s> (${escapeHtml(withdrawn)})`;
  return `<li><time>${escapeHtml(stamp)}</time>${mark(null, voice)}<div><p>${escapeHtml(who)}: ${said}</p></div></li>`;
}

function findings(spans: readonly ReportSpan<string>[], { from, to }: Incident, voice: Voice): string {
  const part = (at: number): number =>
    Math.round(Math.max(0, Math.min(100, ((at - from) / Math.max(1, to - from)) * 100)) * 100) / 100;
  const items = spans.map(({ span, when }) => {
    const begin = part(span.from ?? from);
    const width = Math.max(0.4, part(span.to ?? to) - begin);
    const bar = `<span class="track" aria-hidden="true"><i class="${span.severity}" style="left:${begin}%;width:${Math.min(width, 100 - begin)}%"></i></span>`;
    return `<li>${mark(span.severity, voice)}<div><p><b class="${span.severity}">${voice.speak(WORDS[span.severity])}</b> ${escapeHtml(span.title)}, ${escapeHtml(when)} <code>(${escapeHtml(span.code)})</code></p>${bar}</div></li>`;
  });
  return list(items, 'findings');
}

function chart(title: string, plot: (width: number) => Plot | null): string {
  const [wide, narrow] = [plot(920), plot(340)];
  if (wide === null || narrow === null) return '';
  return `<section><h2>${title}</h2>${svg(title, wide, 'wide')}${svg(title, narrow, 'narrow')}</section>`;
}

function svg(title: string, plot: Plot, name: string): string {
  const { width, height, left, right, top, bottom } = plot;
  const text = (x: number, y: number, words: string, anchor: string, more = ''): string =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}"${more}>${escapeHtml(words)}</text>`;
  const parts = [
    ...plot.blind.map(
      (span) => `<rect class="blind" x="${span.x}" y="${top}" width="${span.width}" height="${bottom - top}"/>`,
    ),
    ...plot.yTicks.map(
      ({ y, label }) => `<path class="grid" d="M${left} ${y}H${right}"/>${text(left - 8, y + 4, label, 'end')}`,
    ),
    ...plot.xTicks.map(({ x, label }) => text(x, height - 4, label, 'middle')),
    ...plot.marks.map(
      ({ x, text: words, isFlagged }) =>
        `<path class="event" d="M${x} ${top - 6}V${bottom}"/>${isFlagged ? `<path class="flag" d="M${x - 4} ${top - 14}h8l-4 7Z"/>` : ''}${words === '' ? '' : text(x + 8, top - 8, words, 'start', ' class="words"')}`,
    ),
    ...plot.lines.map(
      ({ path, dash, isLoud, label, labelY }) =>
        `<path class="${isLoud ? 'loud' : 'line'}" d="${path}"${dash === '' || isLoud ? '' : ` stroke-dasharray="${dash}"`}/>${label === '' ? '' : text(right + 8, labelY, label, 'start', isLoud ? ' class="loud-words"' : '')}`,
    ),
  ];
  return `<svg class="chart ${name}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${parts.join('')}</svg>`;
}
