// What a preflight asks beside the snapshots: the leader's open transactions, prepared ones, unarchived WAL, base backups.
// Read when asked for, never in the rounds. What cannot be read is null with the reason.
import type { Rights } from '../../domain/access/access';
import type { ActionFacts, ActionRecord, LeaderFacts } from '../../domain/actions/action';
import type { Snapshot } from '../../domain/cluster';
import { OUTAGES_MAX } from '../../domain/outage-sample';
import { field, list, notNegative, number, text, wholeNumber } from '../../domain/wire/loose';
import { askPostgres } from '../../io/postgres-once';
import { say, type Text } from '../../language/sentence';
import type { AuditIndex } from '../audit/audit-index';
import type { Journal } from '../audit/journal';
import { readPoolFacts } from './pool-facts';
import type { ClusterReach, Reach } from './reach';
import { outageSample } from './record';

const DEADLINE_MS = 2000;

async function readLeaderFacts(
  snapshot: Snapshot,
  reach: ClusterReach,
  now: () => number,
): Promise<{ readonly leader: LeaderFacts | null; readonly problem: Text | null }> {
  const member = snapshot.cluster.members.find((entry) => entry.name === snapshot.cluster.leader?.name);
  if (member === undefined) return { leader: null, problem: say`there is no leader to ask` };
  const target = reach.postgres(member);
  if (target === null) return { leader: null, problem: say`no SQL role is configured` };
  const [facts, unarchived] = await Promise.all([
    askPostgres(target, 'leaderFacts', DEADLINE_MS, now),
    askPostgres(target, 'unarchived', DEADLINE_MS, now),
  ]);
  if (!facts.ok) return { leader: null, problem: say`${member.name}: ${facts.error.message}` };
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

export interface FactSources {
  readonly journal: Pick<Journal, 'probe'>;
  readonly index: Pick<AuditIndex, 'outages' | 'holderOf' | 'byId'>;
  readonly reach: Reach;
  /** Why this Howdah only watches; null: it may act. */
  readonly readOnly: Text | null;
  /** The change that runs on the DCS of a source; null: none. */
  readonly dcsChange: (source: string) => Text | null;
  /** Of the one who asks; null: nobody has to sign in, or Howdah itself. */
  readonly rights: Rights | null;
  readonly now: () => number;
  /** The leader gives the key up by itself, so that pools could be paused meanwhile. */
  readonly isHandover: boolean;
  /** The action that asks, which must not stand in its own way. */
  readonly ignore: string | null;
  /** What runs here on the scope. */
  readonly own: ActionRecord | null;
  /** Id of what is being decided on here. */
  readonly busy: string | null;
  /** Newest first, for while the store is away. */
  readonly recent: readonly ActionRecord[];
}

export async function gatherFacts(snapshot: Snapshot, sources: FactSources): Promise<ActionFacts> {
  const { journal, index, readOnly, now, ignore, own, busy } = sources;
  const reach = sources.reach.of(snapshot);
  const measured = (): readonly ActionRecord[] =>
    sources.recent.filter((record) => record.outage !== null && record.phase === 'closed').slice(0, OUTAGES_MAX);
  const hasPools = sources.isHandover && reach !== null && reach.pools.length > 0;
  const [leader, outages, journalProblem, held, pools] = await Promise.all([
    reach === null ? { leader: null, problem: say`this is a recording` } : readLeaderFacts(snapshot, reach, now),
    index.outages(snapshot.scope, OUTAGES_MAX).catch(measured),
    // Tried, not remembered: a full disk must show before the click.
    journal.probe(),
    index.holderOf(snapshot.scope).catch(() => null),
    hasPools ? readPoolFacts(snapshot, reach, sources.reach) : null,
  ]);
  const elsewhere = own === null && held !== null && held.actionId !== ignore ? held.actionId : null;
  const foreign = elsewhere === null ? null : await index.byId(elsewhere).catch(() => null);
  const running = own ?? foreign;
  const dcsChange = sources.dcsChange(snapshot.source);
  const unknown = (id: string, actor: Text): ActionFacts['running'] => ({
    id,
    kind: 'switchover',
    actor,
    requestedAt: now(),
  });
  return {
    at: now(),
    leader: leader.leader,
    leaderProblem: leader.problem,
    running:
      running !== null && running.phase === 'open' && running.id !== ignore
        ? { id: running.id, kind: running.request.kind, actor: running.actor, requestedAt: running.requestedAt }
        : elsewhere !== null && foreign === null
          ? unknown(elsewhere, say`another Howdah`)
          : busy !== null && busy !== ignore
            ? unknown(busy, say`this Howdah`)
            : null,
    outages: outages.flatMap(outageSample),
    restUser: reach?.source.patroni.username != null,
    probe: reach?.source.probe != null,
    signal: reach?.source.signal != null,
    journalProblem,
    readOnly: readOnly !== null,
    rights: sources.rights,
    ...(dcsChange === null ? {} : { dcsChange }),
    ...(pools === null ? {} : { pools }),
  };
}
