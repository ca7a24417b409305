// Where a restore can lead. A backup restores to its own end and to every moment after it, as far as the archive holds every WAL file from
// its first one on: a file that is lost spoils all up to the end of the next good backup. Pure.
import { once } from '../wire/loose';
import { type Backup, type BackupReport, chainOf, type Gap } from './backup';
import { segmentOf } from './wal-names';

export interface Span {
  readonly fromAt: number;
  /** null: as far as WAL has been archived. */
  readonly toAt: number | null;
}

export interface Window {
  /** Oldest first. */
  readonly spans: readonly Span[];
  readonly gaps: readonly Gap[];
  /** A list of the archive's files says that none is missing; false: nobody has looked. */
  readonly proven: boolean;
  /** Good ones whose parts are all there. */
  readonly restorable: readonly Backup[];
}

/** Of a report that is kept this is made once. */
export const windowOf = once((report: BackupReport): Window => {
  const { wal, backups } = report;
  const restorable = backups.filter((one) => chainOf(one, backups) !== null && !isHoled(one, report));
  const reached = restorable.map((backup) => ({ ...reachOf(backup, report), backup }));
  const spans: Span[] = [];
  for (const { fromAt, toAt } of reached.sort((a, b) => a.fromAt - b.fromAt)) {
    const last = spans.at(-1);
    if (last === undefined || (last.toAt !== null && last.toAt < fromAt)) spans.push({ fromAt, toAt });
    else if (last.toAt !== null && (toAt === null || toAt > last.toAt)) spans[spans.length - 1] = { ...last, toAt };
  }
  const gaps = spans.flatMap(({ toAt }, index): Gap[] => {
    const hole = toAt === null ? undefined : wal?.holes.find(({ afterAt }) => afterAt !== null && afterAt >= toAt);
    const known = hole ?? wal?.holes.at(-1);
    return toAt === null || known === undefined
      ? []
      : [{ fromAt: toAt, toAt: spans[index + 1]?.fromAt ?? null, firstWal: known.firstWal, count: known.count }];
  });
  return { spans, gaps, proven: wal !== null, restorable };
});

/** WAL that it needs for itself is missing: it leads nowhere. */
function isHoled({ startWal, stopWal }: Backup, { wal }: BackupReport): boolean {
  if (wal === null || startWal === null || stopWal === null) return false;
  const [from, to] = [segmentOf(startWal, wal.perLog), segmentOf(stopWal, wal.perLog)];
  return wal.holes.some(({ segment, count }) => segment <= to && segment + count > from);
}

function reachOf({ startWal, endedAt }: Backup, { wal }: BackupReport): Span {
  const fromAt = endedAt ?? 0;
  if (wal === null || startWal === null) return { fromAt, toAt: null };
  const from = segmentOf(startWal, wal.perLog);
  const hole = wal.holes.find(({ segment }) => segment >= from);
  if (hole === undefined) return { fromAt, toAt: null };
  // Without the times of the files only its own end is sure.
  return { fromAt, toAt: Math.max(fromAt, hole.afterAt ?? 0) };
}

/** Which backup a restore to this moment begins with; null: none leads there. */
export function backupFor(window: Window, at: number): Backup | null {
  const span = window.spans.find(({ fromAt, toAt }) => fromAt <= at && (toAt === null || at <= toAt));
  if (span === undefined) return null;
  return (
    window.restorable.filter(({ endedAt }) => endedAt !== null && endedAt <= at && endedAt >= span.fromAt).at(-1) ??
    null
  );
}
