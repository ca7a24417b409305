// The audit as text to take away: one row an action, from whatever holds the records.
import type { ActionRecord } from '../../domain/actions/action';
import { recordOf } from './audit-index';
import type { JournalEntry } from './journal';

/** One action as the journal tells it. */
export interface AuditRow {
  readonly actionId: string;
  readonly scope: string;
  /** The last that was recorded; null: no entry carries one. */
  readonly record: ActionRecord | null;
  /** Where it stands in the journal, so that it can be found and checked there; empty: not from a journal. */
  readonly entries: readonly {
    readonly seq: number;
    readonly kind: string;
    readonly at: number;
    readonly hash: string;
  }[];
}

/** In the order of their first entry. `scope` null: all. */
export async function rowsOf(entries: AsyncIterable<JournalEntry>, scope: string | null): Promise<readonly AuditRow[]> {
  const rows = new Map<string, AuditRow>();
  for await (const entry of entries) {
    if (scope !== null && entry.scope !== scope) continue;
    const { seq, kind, at, hash } = entry;
    const before = rows.get(entry.actionId);
    rows.set(entry.actionId, {
      actionId: entry.actionId,
      scope: entry.scope,
      record: recordOf(entry) ?? before?.record ?? null,
      entries: [...(before?.entries ?? []), { seq, kind, at, hash }],
    });
  }
  return [...rows.values()];
}

const COLUMNS: readonly (readonly [string, (row: AuditRow) => unknown])[] = [
  ['id', ({ actionId }) => actionId],
  ['scope', ({ scope }) => scope],
  ['kind', ({ record }) => record?.request.kind],
  ['actor', ({ record }) => record?.actor],
  ['reason', ({ record }) => record?.reason],
  ['requested_at', ({ record, entries }) => instant(record?.requestedAt ?? entries[0]?.at)],
  ['sent_at', ({ record, entries }) => instant(record?.sentAt ?? entries.find(({ kind }) => kind === 'sent')?.at)],
  ['closed_at', ({ record }) => instant(record?.closedAt)],
  ['way', ({ record }) => record?.way],
  ['outcome', ({ record, entries }) => record?.outcome ?? (isClosed(entries) ? '' : 'open')],
  ['outcome_text', ({ record }) => record?.outcomeText],
  ['differs', ({ record }) => record?.differs.join('; ')],
  ['outage_ms', ({ record }) => record?.outage?.ms],
  ['outage_by', ({ record }) => record?.outage?.by],
  ['leader_before', ({ record }) => record?.before.leader],
  ['leader_after', ({ record }) => record?.after?.leader],
  ['timeline_before', ({ record }) => record?.before.timeline],
  ['timeline_after', ({ record }) => record?.after?.timeline],
  ['recovered', ({ record }) => record?.recovered],
  ['request', ({ record }) => (record === null ? '' : JSON.stringify(record.request))],
  ['journal_entries', ({ entries }) => entries.map(({ seq }) => seq).join(' ')],
  ['journal_hash', ({ entries }) => entries.at(-1)?.hash],
];

/** RFC 4180, with a line of names first. A cell that a spreadsheet would run as a formula begins with an apostrophe. */
export function formatCsv(rows: readonly AuditRow[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, value]) => cell(value(row))))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** For records that come from the store. */
export function rowOf(record: ActionRecord): AuditRow {
  return { actionId: record.id, scope: record.scope, record, entries: [] };
}

function isClosed(entries: AuditRow['entries']): boolean {
  return entries.length === 0 || entries.some(({ kind }) => kind === 'outcome');
}

function instant(at: number | null | undefined): string {
  return at === null || at === undefined ? '' : new Date(at).toISOString();
}

/** A spreadsheet runs no formula of it. */
export function cell(value: unknown): string {
  const plain = value === null || value === undefined ? '' : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
