// Findings about backups and the archive: is there a good one, is it young enough, how far back does a restore lead, and does anybody
// still say so. What was reported long ago is never taken for what is: a report that no longer comes is unknown.
import { formatBytes, formatInstant, formatSeconds } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { type BackupState, type NamedBackup, type ReportState, TOOL_NAMES } from '../backups/backup';
import { type FindingContext, type FindingRule, fact, type Match, persists } from './rule';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A tool archives several files at a time: the last ones of a list may lack a neighbour that is on its way. */
const LIST_EDGE_MS = 10 * 60_000;
/** The archiver tries a file again each minute. */
const BEHIND_MS = 5 * 60_000;

const titleOf = ({ tool, name }: { readonly tool: ReportState['tool']; readonly name: string }): string =>
  name === '' ? TOOL_NAMES[tool] : `${TOOL_NAMES[tool]} ${name}`;
const ageOf = (at: number, { now }: FindingContext): Text => formatSeconds(Math.max(0, now - at) / 1000);
const instantText = (at: number): string => formatInstant(new Date(at).toISOString());
const isLate = ({ receivedAt, lateAfterMs }: ReportState, { now }: FindingContext): boolean =>
  now - receivedAt > lateAfterMs;

function eachReport(context: FindingContext, match: (report: ReportState) => Match | null): readonly Match[] {
  return (context.cluster.backups?.reports ?? []).flatMap((report) => match(report) ?? []);
}

function backupFact(label: Text, backup: NamedBackup | null): readonly [ReturnType<typeof fact>] {
  const text = backup === null ? say`none is known` : say`${backup.label}, ended ${instantText(backup.endedAt)}`;
  return [fact(label, text)];
}

export const BACKUP_RULES: readonly FindingRule[] = [
  {
    code: 'backup_report_late',
    meaning: 'A report of backups no longer comes: what it said may not be true any more.',
    match: (context) =>
      eachReport(context, (report) =>
        !isLate(report, context)
          ? null
          : {
              severity: 'unknown',
              title: say`No report of ${titleOf(report)} for ${ageOf(report.receivedAt, context)}`,
              members: [],
              evidence: [
                fact(titleOf(report), say`last reported by ${report.reporter} at ${instantText(report.receivedAt)}`),
                fact(say`expected`, say`each ${formatSeconds(report.lateAfterMs / 1000)} at least`),
              ],
              advice: say`Look at what sends it: a timer that stopped, a token that ended, a repository that is away. Until it comes again it is not known whether backups are made.`,
            },
      ),
  },
  {
    code: 'backup_missing',
    meaning: 'No good backup is known.',
    match: (context) => {
      const state = context.cluster.backups;
      if (state === undefined || state.lastGood !== null) return [];
      const reported = state.reports.length > 0;
      return [
        {
          severity: reported ? ('warning' as const) : ('unknown' as const),
          title: reported ? say`No good backup` : say`Nobody has reported a backup`,
          members: [],
          evidence: reported
            ? state.reports.map((report) => fact(titleOf(report), report.problem ?? say`lists no good backup`))
            : [fact(say`reports`, say`none has come`)],
          advice: reported
            ? say`Make a full backup now, and see in the log of the tool why there is none.`
            : say`Let the backup job report what it has, or take the policy out: whether there are backups is not known.`,
        },
      ];
    },
  },
  {
    code: 'backup_too_old',
    meaning: 'The newest backup is older than its policy allows.',
    match: (context) => {
      const { backups } = context.cluster;
      if (backups?.policy == null || backups.lastGood === null) return [];
      const { fullDays, anyHours } = backups.policy;
      return [
        ...tooOld(backups.lastFull, fullDays === null ? null : fullDays * DAY_MS, 'full', context),
        ...tooOld(backups.lastGood, anyHours === null ? null : anyHours * HOUR_MS, 'any', context),
      ];
    },
  },
  {
    code: 'backup_failed',
    meaning: 'The newest backup failed, or its repository is in trouble.',
    match: (context) => {
      const state = context.cluster.backups;
      if (state === undefined) return [];
      const { failed } = state;
      const broken = eachReport(context, (report) =>
        report.problem === null || report.backups === 0
          ? null
          : {
              severity: 'warning',
              title: say`${titleOf(report)}: ${report.problem}`,
              members: [],
              evidence: [fact(titleOf(report), report.problem), ...backupFact(say`last good`, state.lastGood)],
              advice: say`Read the log of ${TOOL_NAMES[report.tool]} on the host where it runs: no further backup is sure until this is over.`,
            },
      );
      if (failed === null) return broken;
      return [
        {
          severity: 'warning',
          title: say`The newest backup of ${titleOf(failed)} failed`,
          members: [],
          evidence: [
            fact(titleOf(failed), say`${failed.label}, at ${instantText(failed.endedAt)}`),
            ...backupFact(say`last good`, state.lastGood),
          ],
          advice: say`Read the log of ${TOOL_NAMES[failed.tool]}, repair the cause and make the backup again: a restore begins with the one before it.`,
        },
        ...broken,
      ];
    },
  },
  {
    code: 'restore_window_short',
    meaning: 'A restore does not lead as far back as the policy asks.',
    match: (context) => {
      const state = context.cluster.backups;
      const days = state?.policy?.windowDays ?? null;
      if (state === undefined || days === null || state.lastGood === null) return [];
      const from = state.reports.flatMap(({ restoresFrom }) => restoresFrom ?? []);
      const oldest = Math.min(...from);
      if (from.length === 0 || context.now - oldest >= days * DAY_MS) return [];
      return [
        {
          severity: 'warning',
          title: say`A restore leads back ${ageOf(oldest, context)}, not ${formatSeconds(days * 86_400)}`,
          members: [],
          evidence: [
            fact(say`restores from`, instantText(oldest)),
            ...state.reports.map((report) =>
              fact(
                titleOf(report),
                report.restoresFrom === null ? say`leads nowhere` : instantText(report.restoresFrom),
              ),
            ),
          ],
          advice: say`Keep more: raise the retention of the tool. Where backups have only begun, it passes by itself.`,
        },
      ];
    },
  },
  {
    code: 'restore_gap',
    meaning: 'WAL is missing in the archive: no restore leads to the moments up to the end of the next good backup.',
    match: (context) => {
      const asked = context.cluster.backups?.policy?.windowDays ?? null;
      const since = asked === null ? 0 : context.now - asked * DAY_MS;
      return eachReport(context, (report) => {
        const gaps = report.gaps.filter(
          ({ fromAt, toAt }) => (toAt ?? context.now) > since && fromAt < report.receivedAt - LIST_EDGE_MS,
        );
        const last = gaps.at(-1);
        if (last === undefined) return null;
        return {
          severity: 'warning',
          title:
            last.toAt === null
              ? say`No restore leads to any moment since ${instantText(last.fromAt)}: WAL is missing`
              : say`No restore leads to ${instantText(last.fromAt)} up to ${instantText(last.toAt)}: WAL is missing`,
          members: [],
          evidence: [
            fact(titleOf(report), say`${last.firstWal} is missing in the archive, with it ${last.count} in all`),
            fact(say`gaps`, String(gaps.length)),
          ],
          advice:
            last.toAt === null
              ? say`Make a backup now: only its end makes the moments after it restorable again. Find out who removed the file.`
              : say`Those moments cannot be had back. Find out who removed the file before it happens again.`,
        };
      });
    },
  },
  {
    code: 'archive_behind',
    meaning: 'Finished WAL waits for the archive, and nothing is said to fail.',
    match: (context) =>
      context.cluster.members.flatMap((member): Match[] => {
        const { archiver } = member;
        const { waiting = null } = archiver ?? {};
        if (archiver === null || !archiver.enabled || waiting?.sinceAt == null || member.silent) return [];
        const isFailing = archiver.lastFailedAt !== null && archiver.lastFailedAt > (archiver.lastArchivedAt ?? 0);
        const isBehind = context.now - waiting.sinceAt > BEHIND_MS;
        const before = persists(context, member, (one) => (one.archiver?.waiting?.count ?? 0) > 0);
        if (isFailing || !isBehind || !before) return [];
        return [
          {
            severity: 'warning',
            title: say`The archive of ${member.name} is ${ageOf(waiting.sinceAt, context)} behind`,
            members: [member.name],
            evidence: [
              fact(member.name, say`${waiting.count} finished WAL files wait`),
              fact(say`last archived`, archiver.lastArchivedWal ?? say`never`),
            ],
            advice: say`See whether archive_command is slow or hangs. What waits is lost with the disk of ${member.name}, and a shutdown waits for it.`,
          },
        ];
      }),
  },
];

function tooOld(
  backup: BackupState['lastGood'],
  limitMs: number | null,
  which: 'full' | 'any',
  context: FindingContext,
): Match[] {
  if (limitMs === null) return [];
  const limit = formatSeconds(limitMs / 1000);
  if (backup !== null && context.now - backup.endedAt <= limitMs) return [];
  const label = which === 'full' ? say`full backup` : say`newest backup`;
  return [
    {
      severity: 'warning',
      title:
        backup === null
          ? say`No full backup`
          : which === 'full'
            ? say`The newest full backup is ${ageOf(backup.endedAt, context)} old; the policy is ${limit}`
            : say`The newest backup is ${ageOf(backup.endedAt, context)} old; the policy is ${limit}`,
      members: [],
      evidence: [
        ...backupFact(label, backup),
        fact(say`policy`, say`at most ${limit}`),
        ...(backup?.databaseBytes == null ? [] : [fact(say`size`, formatBytes(backup.databaseBytes))]),
      ],
      advice: say`See why the backup job has not run, or did not end: its timer, its log, room in the repository.`,
    },
  ];
}
