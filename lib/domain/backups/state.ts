// What of the backups of a cluster stands in its snapshot: the newest good one, what failed, how far back a restore leads, who reports
// and when. The lists themselves are asked for by whoever looks at them. Pure.
import type { Cluster } from '../cluster';
import {
  type Backup,
  type BackupReport,
  type BackupState,
  type NamedBackup,
  type RawBackups,
  type ReportState,
  reportsOf,
} from './backup';
import { windowOf } from './window';

const REPORTS_MAX = 20;
const GAPS_MAX = 20;

/** null: nobody reports backups of it and none are asked for. */
export function backupState(raw: RawBackups | undefined, cluster: Cluster, scope: string): BackupState | null {
  if (raw === undefined) return null;
  const reports = reportsOf(raw.reports, cluster.systemIdentifier, scope).slice(0, REPORTS_MAX);
  if (reports.length === 0 && raw.policy === null) return null;
  const good = reports.flatMap((report) => windowOf(report).restorable.flatMap((one) => named(one, report)));
  return {
    policy: raw.policy,
    reports: reports.map(reportState),
    lastGood: latest(good),
    lastFull: latest(good.filter(({ kind }) => kind === 'full')),
    failed: latest(reports.flatMap(failedOf)),
  };
}

function reportState(report: BackupReport): ReportState {
  const { tool, name, reporter, receivedAt, lateAfterMs, problem, running, progress } = report;
  const { spans, gaps, proven } = windowOf(report);
  return {
    ...{ tool, name, reporter, receivedAt, lateAfterMs, problem, running, progress, proven },
    backups: report.backups.length,
    restoresFrom: spans[0]?.fromAt ?? null,
    gaps: gaps.slice(-GAPS_MAX),
  };
}

function failedOf(report: BackupReport): NamedBackup[] {
  const good = latest(windowOf(report).restorable.flatMap((one) => named(one, report)));
  const failed = report.backups.filter(({ state }) => state === 'failed').flatMap((one) => named(one, report));
  return failed.filter(({ endedAt }) => endedAt > (good?.endedAt ?? 0));
}

function named(
  { label, kind, startedAt, endedAt, databaseBytes, storedBytes }: Backup,
  { tool, name }: BackupReport,
): NamedBackup[] {
  const at = endedAt ?? startedAt;
  return at === null ? [] : [{ tool, name, label, kind, startedAt, endedAt: at, databaseBytes, storedBytes }];
}

function latest(backups: readonly NamedBackup[]): NamedBackup | null {
  return backups.reduce<NamedBackup | null>(
    (best, one) => (best === null || one.endedAt > best.endedAt ? one : best),
    null,
  );
}
