// What a preflight asks beside the snapshots: the leader's open transactions, prepared ones, unarchived WAL, base backups.
// Read when asked for, never in the rounds. What cannot be read is null with the reason.
import type { LeaderFacts } from '../../domain/actions/action';
import type { Snapshot } from '../../domain/cluster';
import { field, list, notNegative, number, text, wholeNumber } from '../../domain/wire/loose';
import { askPostgres } from '../../io/postgres-once';
import type { ClusterAccess } from './access';

const DEADLINE_MS = 2000;

export async function readLeaderFacts(
  snapshot: Snapshot,
  access: ClusterAccess,
  now: () => number,
): Promise<{ readonly leader: LeaderFacts | null; readonly problem: string | null }> {
  const member = snapshot.cluster.members.find((entry) => entry.name === snapshot.cluster.leader?.name);
  if (member === undefined) return { leader: null, problem: 'there is no leader to ask' };
  const target = access.postgres(member);
  if (target === null) return { leader: null, problem: 'no SQL role is configured' };
  const [facts, unarchived] = await Promise.all([
    askPostgres(target, 'leaderFacts', DEADLINE_MS, now),
    askPostgres(target, 'unarchived', DEADLINE_MS, now),
  ]);
  if (!facts.ok) return { leader: null, problem: `${member.name}: ${facts.error.message}` };
  const value = facts.value;
  const longest = field(value, 'longest');
  const prepared = field(value, 'prepared');
  const archiving = text(field(value, 'archive_mode')) !== 'off';
  const files = archiving && unarchived.ok ? notNegative(field(unarchived.value, 'files')) : null;
  const segment = wholeNumber(field(value, 'segment_bytes'));
  const pid = wholeNumber(field(longest, 'pid'));
  return {
    problem: null,
    leader: {
      member: member.name,
      at: facts.at,
      longestTransaction:
        pid === null
          ? null
          : {
              pid,
              seconds: Math.max(0, number(field(longest, 'seconds')) ?? 0),
              application: text(field(longest, 'application')),
              user: text(field(longest, 'user')),
              query: text(field(longest, 'query')),
            },
      connections: wholeNumber(field(value, 'connections')),
      preparedTransactions: {
        count: wholeNumber(field(prepared, 'count')) ?? 0,
        oldestSeconds: number(field(prepared, 'oldest')) ?? 0,
      },
      unarchivedFiles: files,
      unarchivedBytes: files === null || segment === null ? null : files * segment,
      baseBackups: list(field(value, 'backups')).map((backup) => ({
        pid: wholeNumber(field(backup, 'pid')) ?? 0,
        phase: text(field(backup, 'phase')) ?? 'unknown',
        streamedBytes: notNegative(field(backup, 'streamed')),
        totalBytes: notNegative(field(backup, 'total')),
      })),
    },
  };
}
