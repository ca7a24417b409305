// Samples as text: Prometheus text format 0.0.4 and OpenMetrics 1.0. Sample lines are the same in both, only what is said about
// a family differs, so the collector's thread writes the lines of its clusters once and the web server puts them together.
import { FAMILY_NAMES, type FamilyName, familyOf, sampleName } from './family';

export interface Sample {
  readonly family: FamilyName;
  /** In the order in which they are written; each name once. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type Format = 'prometheus' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Lines by family. */
export type Lines = Partial<Record<FamilyName, readonly string[]>>;

/** A number that is none is not known and left out; of two samples with the same labels the first is kept. */
export function sampleLines(samples: Iterable<Sample>): Lines {
  const lines: Partial<Record<FamilyName, string[]>> = {};
  const seen = new Set<string>();
  for (const { family, labels, value } of samples) {
    if (!Number.isFinite(value)) continue;
    const series = `${sampleName(family)}${labelText(labels)}`;
    if (seen.has(series)) continue;
    seen.add(series);
    const own = lines[family] ?? [];
    lines[family] = own;
    own.push(`${series} ${value}`);
  }
  return lines;
}

/** Families in the order of the table, each in one piece. */
export function exposition(parts: readonly Lines[], format: Format): string {
  const text: string[] = [];
  for (const name of FAMILY_NAMES) {
    const lines = parts.flatMap((part) => part[name] ?? []);
    if (lines.length === 0) continue;
    text.push(...(format === 'openmetrics' ? openMetricsHead(name) : prometheusHead(name)), ...lines);
  }
  if (format === 'openmetrics') text.push('# EOF');
  return `${text.join('\n')}\n`;
}

function openMetricsHead(name: FamilyName): string[] {
  const { type, unit, help } = familyOf(name);
  const head = [`# TYPE ${name} ${type}`];
  if (unit !== null) head.push(`# UNIT ${name} ${unit}`);
  head.push(`# HELP ${name} ${escapeLabel(help)}`);
  return head;
}

/** 0.0.4 knows no info and no unit, and calls a counter by the name of its samples. */
function prometheusHead(name: FamilyName): string[] {
  const { type, help } = familyOf(name);
  const full = sampleName(name);
  const text = help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  return [`# HELP ${full} ${text}`, `# TYPE ${full} ${type === 'info' ? 'gauge' : type}`];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Half of a surrogate pair has no UTF-8: two such names would become one series. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escapeLabel(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd').replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

/** OpenMetrics where it is asked for at least as much as text; text for everybody else, a person's browser too. */
export function formatFor(accept: string | null): Format {
  const weights: Record<Format, number> = { prometheus: 0, openmetrics: 0 };
  let anything = 0;
  for (const part of (accept ?? '').split(',')) {
    const [type = '', ...rest] = part.split(';').map((text) => text.trim().toLowerCase());
    const parameters = new Map(rest.map((text) => [text.split('=')[0] ?? '', text.split('=')[1] ?? '']));
    const given = Number(parameters.get('q') ?? '1');
    const weight = Number.isFinite(given) ? given : 0;
    const version = parameters.get('version') ?? '';
    if (type === 'application/openmetrics-text' && ['', '1.0.0'].includes(version.replace(/"/g, '')))
      weights.openmetrics = Math.max(weights.openmetrics, weight);
    else if (type === 'text/plain') weights.prometheus = Math.max(weights.prometheus, weight);
    else if (type === '*/*' || type === 'text/*') anything = Math.max(anything, weight);
  }
  const text = Math.max(weights.prometheus, anything);
  return weights.openmetrics > 0 && weights.openmetrics >= text ? 'openmetrics' : 'prometheus';
}
