// The audit as CSV (RFC 4180): one row per action. Cells that a spreadsheet would run as a formula get an apostrophe in front.
import type { ActionRecord } from '../../domain/actions/action';

const COLUMNS: readonly (readonly [string, (record: ActionRecord) => string | number | null])[] = [
  ['id', (record) => record.id],
  ['requested_at', (record) => instant(record.requestedAt)],
  ['cluster', (record) => record.scope],
  ['action', (record) => record.request.kind],
  ['request', (record) => JSON.stringify(record.request)],
  ['who', (record) => record.actor],
  ['reason', (record) => record.reason],
  ['way', (record) => record.way],
  ['phase', (record) => record.phase],
  ['outcome', (record) => record.outcome],
  ['outcome_text', (record) => record.outcomeText],
  ['differs', (record) => record.differs.join('; ')],
  ['closed_at', (record) => instant(record.closedAt)],
  ['outage_ms', (record) => record.outage?.ms ?? null],
  ['outage_by', (record) => record.outage?.by ?? null],
  ['leader_before', (record) => record.before.leader],
  ['leader_after', (record) => record.after?.leader ?? null],
  ['timeline_before', (record) => record.before.timeline],
  ['timeline_after', (record) => record.after?.timeline ?? null],
  ['dcs_revision', (record) => record.revision],
];

export function csvHeader(): string {
  return `${COLUMNS.map(([name]) => name).join(',')}\r\n`;
}

export function csvRow(record: ActionRecord): string {
  return `${COLUMNS.map(([, value]) => cell(value(record))).join(',')}\r\n`;
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
