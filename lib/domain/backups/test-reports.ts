// Reports for tests, by what is true of the backups. Only tests import it.
import { NOW, SYSTEM } from '../testkit';
import type { Backup, BackupReport } from './backup';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The WAL file of a place, of timeline 1 and 16 MiB. */
export const walAt = (segment: number): string =>
  `00000001${Math.floor(segment / 256)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0')}${(segment % 256).toString(16).toUpperCase().padStart(8, '0')}`;

/** Ended so many days ago; its WAL lies at `10 * (30 - days)`, so that older ones come first. */
export function backup(label: string, daysAgo: number, more: Partial<Backup> = {}): Backup {
  const at = 10 * (30 - daysAgo);
  return {
    ...{ label, kind: 'full', state: 'good', repository: '1', prior: null, host: null },
    startedAt: NOW - daysAgo * DAY - HOUR,
    endedAt: NOW - daysAgo * DAY,
    startWal: walAt(at),
    stopWal: walAt(at + 1),
    databaseBytes: 412 * 1024 ** 3,
    storedBytes: 148 * 1024 ** 3,
    ...more,
  };
}

export function report(backups: readonly Backup[], more: Partial<BackupReport> = {}): BackupReport {
  return {
    ...{ id: 'r1', reporter: 'backup-host', tool: 'pgbackrest', name: 'orders', systemIdentifier: SYSTEM, scope: null },
    ...{ problem: null, repositories: [], running: null, progress: null, lastWal: null, wal: null, walAt: null },
    receivedAt: NOW - HOUR,
    lateAfterMs: 26 * HOUR,
    backups,
    ...more,
  };
}

/** Files of the archive that are missing, by their place; `daysAgo`: when the one before was archived. */
export function holed(
  ...holes: readonly (readonly [segment: number, daysAgo: number])[]
): Pick<BackupReport, 'wal' | 'walAt'> {
  return {
    walAt: NOW - HOUR,
    wal: {
      ...{ firstWal: walAt(1), lastWal: walAt(300), lastAt: NOW - HOUR, files: 299, bytes: null, perLog: 256 },
      holes: holes.map(([segment, daysAgo]) => ({
        ...{ firstWal: walAt(segment), count: 1, segment },
        afterAt: NOW - daysAgo * DAY,
      })),
    },
  };
}
