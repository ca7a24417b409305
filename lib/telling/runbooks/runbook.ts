// Runbooks of one's own and links to other tools: which belong to a finding or a cause of a cluster, and what a template becomes. Pure.
// A runbook is Markdown; lines `for:`, `scopes:` and `labels:` between two `---` at its beginning say what it is about, else its name does.

import { CAUSE_CODES } from '../../domain/cause/cause';
import { FINDING_CODES } from '../../domain/finding-code';
import { fitsPattern } from '../../domain/pattern';
import { say, type Text } from '../../language/sentence';

export interface Runbook {
  /** Name of the file, `no_leader.md`. */
  readonly file: string;
  readonly title: string;
  /** Markdown, without what stands before it. */
  readonly text: string;
  /** Codes of findings and causes. */
  readonly codes: readonly string[];
  /** null: all. */
  readonly scopes: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a runbook or a link is looked for. */
export interface Place {
  readonly scope: string;
  readonly labels: Readonly<Record<string, string>>;
}

const KNOWN: ReadonlySet<string> = new Set([...FINDING_CODES, ...CAUSE_CODES]);
const TITLE_MAX = 120;

/** Text: why it cannot be used. */
export function parseRunbook(file: string, written: string): Runbook | Text {
  const source = written.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const head = /^---\n([\s\S]*?)\n---(?:\n|$)/.exec(source);
  const fields = new Map<string, string>();
  for (const line of (head?.[1] ?? '').split('\n')) {
    const [, key, value] = /^\s*(\w+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    if (key === undefined || value === undefined || !['for', 'scopes', 'labels'].includes(key))
      return say`${file}: expected lines for:, scopes: and labels: between the two ---`;
    fields.set(key, value);
  }
  const codes = listOf(fields.get('for') ?? file.replace(/\.md$/i, ''));
  const unknown = codes.find((code) => !KNOWN.has(code));
  if (unknown !== undefined) return say`${file}: "${unknown}" is no code of a finding or a cause`;
  const pairs = listOf(fields.get('labels') ?? '').map((pair) => pair.split(/\s*=\s*/));
  if (pairs.some((pair) => pair.length !== 2)) return say`${file}: expected labels as key=value, with commas between`;
  const scopes = listOf(fields.get('scopes') ?? '');
  const text = source.slice(head?.[0].length ?? 0).trim();
  const [, title] = /^#{1,6}\s+(.+?)\s*#*$/m.exec(text) ?? [];
  return {
    file,
    title: (title ?? file).slice(0, TITLE_MAX),
    text,
    codes,
    scopes: scopes.length === 0 ? null : scopes,
    labels: Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value])),
  };
}

function listOf(text: string): string[] {
  return text
    .replace(/^\[(.*)\]$/, '$1')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function isAbout(
  { scopes, labels }: Pick<Runbook, 'labels'> & { readonly scopes: readonly string[] | null },
  place: Place,
): boolean {
  return (
    (scopes === null || scopes.some((pattern) => fitsPattern(pattern, place.scope))) &&
    Object.entries(labels).every(([key, value]) => place.labels[key] === value)
  );
}

const LINK_FIELDS = ['scope', 'member', 'code', 'from', 'to'] as const;
export type LinkField = (typeof LINK_FIELDS)[number];

/** Fields of a template that nothing fills: `{scop}`; `{label.env}` is a label of the cluster. */
export function unknownLinkFields(template: string): string[] {
  return fieldsOf(template).filter((field) => !isLinkField(field) && !/^label\..+/.test(field));
}

const isLinkField = (field: string): field is LinkField => (LINK_FIELDS as readonly string[]).includes(field);
const fieldsOf = (template: string): string[] => [...template.matchAll(/\{([^{}]*)\}/g)].map(([, field = '']) => field);

/** null: something that the template asks for is not there (a member, a label). Everything is encoded: nothing leads elsewhere. */
export function fillLink(
  template: string,
  values: Readonly<Partial<Record<LinkField, string | null>>>,
  labels: Readonly<Record<string, string>>,
): string | null {
  let missing = false;
  const filled = template.replace(/\{([^{}]*)\}/g, (_, field: string) => {
    const value = isLinkField(field) ? values[field] : labels[field.replace(/^label\./, '')];
    if (value == null) missing = true;
    return encodeURIComponent(value ?? '');
  });
  return missing ? null : filled;
}
