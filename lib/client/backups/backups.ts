'use client';
// Reports of backups, asked while somebody looks at them; they change by the hour.
import type { UseQueryResult } from '@tanstack/react-query';
import type { BackupsAnswer } from '../../contract/backups';
import { PATHS } from '../../contract/paths';
import { getJson } from '../live/fetch';
import { useQuery } from '../live/query';
import { csvLine } from '../words/format';

export type Report = BackupsAnswer['reports'][number];
export type BackupRow = Report['backups'][number];
export type Plan = NonNullable<BackupsAnswer['plans']>[number];

const EACH_MS = 15_000;

/** `at`: plan a restore to this moment; null: no plan is asked for. */
export function useBackups(scope: string, at: number | null): UseQueryResult<BackupsAnswer> {
  return useQuery<BackupsAnswer>({
    queryKey: ['backups', scope, at],
    queryFn: ({ signal }) =>
      getJson<BackupsAnswer>(`${PATHS.backups(scope)}${at === null ? '' : `?at=${Math.round(at)}`}`, signal),
    refetchInterval: EACH_MS,
    staleTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
}

/** Newest first, of all reports. */
export function rowsOf(reports: readonly Report[]): readonly { readonly report: Report; readonly row: BackupRow }[] {
  return reports
    .flatMap((report) => report.backups.map((row) => ({ report, row })))
    .sort((a, b) => (b.row.endedAt ?? b.row.startedAt ?? 0) - (a.row.endedAt ?? a.row.startedAt ?? 0));
}

/** It leads somewhere: within some span, and good. */
export function leads({ spans }: Report, { state, endedAt }: BackupRow): boolean {
  return (
    state === 'good' &&
    endedAt !== null &&
    spans.some(({ fromAt, toAt }) => fromAt <= endedAt && (toAt === null || endedAt <= toAt))
  );
}

export function backupsCsv(reports: readonly Report[]): string {
  const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  const lines = rowsOf(reports).map(({ report, row }) =>
    csvLine([
      ...[report.tool, report.name, row.label, row.kind, row.state, iso(row.startedAt), iso(row.endedAt)],
      ...[row.databaseBytes, row.storedBytes, row.startWal, row.stopWal, row.prior],
    ]),
  );
  return [
    'tool,stanza,label,kind,state,started,ended,database_bytes,stored_bytes,start_wal,stop_wal,prior',
    ...lines,
  ].join('\n');
}
