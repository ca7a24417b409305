// What backup tools report, in one model. A report is what one tool said of one stanza or server; whose it is says the system
// identifier, or, where the tool tells none, the cluster that whoever sent it named. Nothing here is judged.

import { once } from '../wire/loose';

export const BACKUP_TOOLS = ['pgbackrest', 'barman', 'wal-g'] as const;
export type BackupTool = (typeof BACKUP_TOOLS)[number];

/** As the tools write themselves. */
export const TOOL_NAMES: Readonly<Record<BackupTool, string>> = {
  pgbackrest: 'pgBackRest',
  barman: 'Barman',
  'wal-g': 'WAL-G',
};

export interface Backup {
  /** Its name in the tool. */
  readonly label: string;
  readonly kind: 'full' | 'differential' | 'incremental';
  /** `good`: done; `partial`: done, and WAL that it needs is not archived yet. */
  readonly state: 'good' | 'partial' | 'failed' | 'running';
  readonly repository: string | null;
  readonly startedAt: number | null;
  /** null: not known, or it runs. */
  readonly endedAt: number | null;
  /** The first and the last WAL file that it needs. */
  readonly startWal: string | null;
  readonly stopWal: string | null;
  /** Label of the backup that it builds on; null: none. */
  readonly prior: string | null;
  /** What it restores to. */
  readonly databaseBytes: number | null;
  /** What it takes by itself in the repository. */
  readonly storedBytes: number | null;
  /** The host that it was taken from, where the tool tells. */
  readonly host: string | null;
}

export interface Repository {
  readonly key: string;
  readonly encrypted: boolean | null;
  /** In the words of the tool; null: nothing is wrong. */
  readonly problem: string | null;
}

/** WAL files that are not in the archive, one after the other, though later ones are. */
export interface WalHole {
  readonly firstWal: string;
  readonly count: number;
  /** When the last file before it was archived; null: not known. */
  readonly afterAt: number | null;
  /** Place of its first file in the stream of WAL, over all timelines, in segments. */
  readonly segment: number;
}

/** What a list of the archive's files says: only it can prove that nothing is missing. */
export interface WalList {
  readonly firstWal: string;
  readonly lastWal: string;
  readonly lastAt: number | null;
  readonly files: number;
  readonly bytes: number | null;
  /** Segments of 4 GiB of WAL; as many as fit below `FF`. */
  readonly perLog: number;
  readonly holes: readonly WalHole[];
}

export interface Stanza {
  readonly tool: BackupTool;
  /** Of the stanza or server; empty: the tool has no names for them. */
  readonly name: string;
  /** In digits, for it is beyond 2^53; null: the tool does not tell. */
  readonly systemIdentifier: string | null;
  /** In the words of the tool; null: nothing is wrong. */
  readonly problem: string | null;
  readonly repositories: readonly Repository[];
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** A backup is being made, as far as the tool sees; null: it does not tell. */
  readonly running: boolean | null;
  /** From 0 to 1. */
  readonly progress: number | null;
  readonly lastWal: string | null;
  /** null: no list of the archive came with it. */
  readonly wal: WalList | null;
}

/** A stanza, who reported it and when. */
export interface BackupReport extends Stanza {
  /** The same report again has the same. */
  readonly id: string;
  /** Name of the token or of the place that is asked. */
  readonly reporter: string;
  readonly receivedAt: number;
  /** Named by whoever sent it; null: nobody did. */
  readonly scope: string | null;
  /** Older than this it is missed. */
  readonly lateAfterMs: number;
  /** When the list of its archive came; null: none did. */
  readonly walAt: number | null;
}

/** What is asked of the backups of a cluster; null: nothing of that kind. */
export interface BackupPolicy {
  readonly fullDays: number | null;
  readonly anyHours: number | null;
  readonly windowDays: number | null;
}

/** Moments to which no restore leads, between some to which one does. */
export interface Gap {
  readonly fromAt: number;
  /** The end of the next good backup; null: there is none yet. */
  readonly toAt: number | null;
  readonly firstWal: string;
  readonly count: number;
}

/** What the collector was told; absent in a raw observation: nobody reports backups here, or what was reported is not known yet. */
export interface RawBackups {
  readonly reports: readonly BackupReport[];
  readonly policy: BackupPolicy | null;
}

export interface NamedBackup extends Pick<Backup, 'label' | 'kind' | 'startedAt' | 'databaseBytes' | 'storedBytes'> {
  readonly tool: BackupTool;
  /** Of the stanza or server. */
  readonly name: string;
  readonly endedAt: number;
}

export interface ReportState
  extends Pick<
    BackupReport,
    'tool' | 'name' | 'reporter' | 'receivedAt' | 'lateAfterMs' | 'problem' | 'running' | 'progress'
  > {
  /** How many it lists. */
  readonly backups: number;
  /** The end of its oldest backup that leads somewhere; null: none does. */
  readonly restoresFrom: number | null;
  /** A list of its archive says that no WAL is missing but what `gaps` name. */
  readonly proven: boolean;
  readonly gaps: readonly Gap[];
}

export interface BackupState {
  readonly policy: BackupPolicy | null;
  readonly reports: readonly ReportState[];
  readonly lastGood: NamedBackup | null;
  readonly lastFull: NamedBackup | null;
  /** Newest of those that failed, where no good one of the same stanza came after it. */
  readonly failed: NamedBackup | null;
}

/** Reports about this cluster. The same system identifier in two clusters is the same data, at two sites. */
export function reportsOf(
  reports: readonly BackupReport[],
  systemIdentifier: string | null,
  scope: string,
): readonly BackupReport[] {
  return reports.filter((report) =>
    report.systemIdentifier === null
      ? report.scope === scope
      : report.systemIdentifier === systemIdentifier || (systemIdentifier === null && report.scope === scope),
  );
}

/** The backup and all that it builds on, the full one first; null: some of it failed, runs, or is not there. */
export function chainOf(backup: Backup, all: readonly Backup[]): readonly Backup[] | null {
  const known = byLabel(all);
  const chain: Backup[] = [];
  for (let one: Backup | undefined = backup; one !== undefined; ) {
    if (one.state !== 'good' || one.endedAt === null || chain.includes(one)) return null;
    chain.unshift(one);
    if (one.prior === null) return one.kind === 'full' ? chain : null;
    one = known.get(keyOf(one.prior, one.repository));
  }
  return null;
}

const keyOf = (label: string, repository: string | null): string => JSON.stringify([label, repository]);

const byLabel = once(
  (all: readonly Backup[]) => new Map(all.map((one) => [keyOf(one.label, one.repository), one] as const)),
);
