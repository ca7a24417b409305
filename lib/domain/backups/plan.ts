// How one gets back to a moment: which backup, which WAL, which commands. Words and commands for a person to run, somewhere else than
// where the cluster is; Howdah runs none of them. Pure.
import { joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { type Backup, type BackupReport, chainOf, TOOL_NAMES } from './backup';
import { backupFor, type Span, windowOf } from './window';

export interface RestorePlan {
  readonly tool: BackupReport['tool'];
  readonly name: string;
  /** false: no restore leads there. */
  readonly possible: boolean;
  /** What it takes, or why not. */
  readonly text: Text;
  /** Labels, the full one first. */
  readonly chain: readonly string[];
  readonly firstWal: string | null;
  readonly commands: readonly string[];
  /** What must be known before. */
  readonly cautions: readonly Text[];
}

/** What a shell takes as one word, whatever a tool or a person called it. */
const PLAIN = /^[A-Za-z0-9][\w.@-]*$/;
const NEW_PLACE = '/path/to/a/new/data/directory';

/** `newestAt`: until when WAL has been archived; null: not known. */
export function planOf(report: BackupReport, at: number, newestAt: number | null): RestorePlan {
  const { tool, name, backups } = report;
  const window = windowOf(report);
  const backup = backupFor(window, at);
  const beyond = newestAt !== null && at > newestAt;
  const chain = backup === null || beyond ? null : chainOf(backup, backups);
  if (backup === null || chain === null)
    return {
      tool,
      name,
      possible: false,
      text: whyNot(window.spans, at, beyond),
      chain: [],
      firstWal: null,
      commands: [],
      cautions: [],
    };
  const target = new Date(at).toISOString().replace('T', ' ').replace('Z', '+00');
  const commands = commandsOf(report, backup, target);
  return {
    ...{ tool, name, possible: true, text: wordsOf(chain), firstWal: backup.startWal, commands },
    chain: chain.map(({ label }) => label),
    cautions: [
      say`Into a new place, never over the cluster: Patroni owns its data directory.`,
      ...(window.proven
        ? []
        : [say`Nobody has looked whether WAL is missing: without a list of the archive this is not proved.`]),
      ...(newestAt === null ? [say`How far WAL has been archived is not known.`] : []),
      ...(commands.length === 0 ? [say`The names of this ${TOOL_NAMES[tool]} cannot stand in a command.`] : []),
    ],
  };
}

function whyNot(spans: readonly Span[], at: number, beyond: boolean): Text {
  const first = spans[0];
  if (first === undefined) return say`No restore leads anywhere: no good backup is known.`;
  if (at < first.fromAt) return say`No restore leads there: the oldest good backup ended later.`;
  if (beyond) return say`No restore leads there: WAL of that moment has not been archived.`;
  return say`No restore leads there: WAL is missing, and the next good backup ended later.`;
}

function wordsOf(chain: readonly Backup[]): Text {
  const names = joinNames(chain.map(({ label }) => label));
  const wal = chain.at(-1)?.startWal ?? null;
  return wal === null
    ? say`Restorable: ${names}, then WAL up to that moment.`
    : say`Restorable: ${names}, then WAL from ${wal} on.`;
}

/** Archiving is off in what comes of it: else it would write into the archive of the cluster. Barman turns it off by itself. */
function commandsOf({ tool, name }: BackupReport, { label, repository }: Backup, target: string): string[] {
  if (!PLAIN.test(label) || (name !== '' && !PLAIN.test(name)) || (repository !== null && !PLAIN.test(repository)))
    return [];
  switch (tool) {
    case 'pgbackrest':
      return [
        `pgbackrest --stanza=${name} --repo=${repository ?? '1'} --pg1-path=${NEW_PLACE} --set=${label} --type=time --target="${target}" --target-action=promote --archive-mode=off restore`,
      ];
    case 'barman':
      return [`barman recover --target-time "${target}" ${name} ${label} ${NEW_PLACE}`];
    case 'wal-g':
      return [
        `wal-g backup-fetch ${NEW_PLACE} ${label}`,
        `printf '%s\\n' "restore_command = 'wal-g wal-fetch %f %p'" "recovery_target_time = '${target}'" "recovery_target_action = 'promote'" "archive_mode = off" >> ${NEW_PLACE}/postgresql.auto.conf`,
        `touch ${NEW_PLACE}/recovery.signal`,
      ];
  }
}
