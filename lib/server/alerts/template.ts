// `{{field}}` in a webhook's template: nothing but substitution. In JSON a field is put into texts after the JSON was parsed, so
// that no title of an alert can change its shape; a text that is nothing but `{{alerts}}` becomes the list itself.
import { instant, type Message } from '../../telling/alerts/message';

export type WebhookTemplate =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string };

/** What a template may name, and what Howdah's own JSON says. */
const FIELDS = {
  id: (message: Message) => message.id,
  group: (message: Message) => message.group,
  event: (message: Message) => message.reason,
  scope: (message: Message) => message.scope,
  scopes: (message: Message) => message.scopes ?? (message.scope === '' ? [] : [message.scope]),
  severity: (message: Message) => message.severity,
  title: (message: Message) => message.title,
  text: (message: Message) => message.text,
  advice: (message: Message) => message.advice,
  link: (message: Message) => message.link,
  at: (message: Message) => new Date(message.at).toISOString(),
  time: (message: Message) => instant(message.at),
  alerts: (message: Message) =>
    message.alerts.map((alert) => ({
      id: alert.id,
      scope: alert.scope,
      rule: alert.rule,
      code: alert.code,
      member: alert.member,
      severity: alert.severity,
      state: alert.state,
      title: alert.title,
      evidence: alert.evidence,
      advice: alert.advice,
      since: new Date(alert.since).toISOString(),
      resolvedAt: alert.resolvedAt === null ? null : new Date(alert.resolvedAt).toISOString(),
    })),
} as const satisfies Readonly<Record<string, (message: Message) => unknown>>;

const NAMES = Object.keys(FIELDS);
const FIELD = /\{\{\s*([^{}]*?)\s*\}\}/g;

function isField(name: string): name is keyof typeof FIELDS {
  return NAMES.includes(name);
}

export function unknownFields(template: WebhookTemplate): readonly string[] {
  const text = template.kind === 'text' ? template.text : JSON.stringify(template.value);
  return [...text.matchAll(FIELD)].flatMap(([, name = '']) => (isField(name) ? [] : [name.slice(0, 40)]));
}

export interface Body {
  readonly contentType: string;
  readonly text: string;
}

export function renderBody(template: WebhookTemplate | null, message: Message): Body {
  if (template?.kind === 'text') {
    return { contentType: 'text/plain; charset=utf-8', text: fill(template.text, message) };
  }
  const value =
    template === null
      ? Object.fromEntries(Object.entries(FIELDS).map(([name, read]) => [name, read(message)]))
      : fillValue(template.value, message);
  return { contentType: 'application/json', text: JSON.stringify(value) };
}

function fill(text: string, message: Message): string {
  return text.replace(FIELD, (whole, name: string) => {
    if (!isField(name)) return whole;
    const value = FIELDS[name](message);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function fillValue(value: unknown, message: Message): unknown {
  if (typeof value === 'string')
    return /^\{\{\s*alerts\s*\}\}$/.test(value) ? FIELDS.alerts(message) : fill(value, message);
  if (Array.isArray(value)) return value.map((entry) => fillValue(entry, message));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fillValue(entry, message)]));
}
