// Causes of an outage: whoever led is gone, and nobody took over yet.

import { formatSeconds } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { hasNoData } from '../bootstrap';
import { isLeaderKeyEmpty, positionOf } from '../members';
import { isPassing } from '../patroni-states';
import { onlyTagged, trapsAhead } from '../readiness';
import type { CauseStep } from './cause';
import {
  aboutLeader,
  dcsReads,
  EXPLAINS_OUTAGE,
  fact,
  failover,
  fails,
  fedByLeader,
  isDown,
  isGone,
  leaderFacts,
  lookAt,
  outageOf,
  renewedSince,
} from './leader-gone';
import {
  act,
  type CauseContext,
  type CauseRow,
  heirs,
  memberOf,
  named,
  PATRONI_LOG,
  refusals,
  scopeWord,
  tell,
  word,
} from './row';

export const LEADER_GONE_ROWS: readonly CauseRow[] = [
  {
    code: 'leader_gone_paused',
    meaning: 'Nobody takes writes and the cluster is paused, so Patroni elects nobody.',
    match: (context) => {
      const { cluster, snapshot, led, successor } = context;
      if (cluster.paused !== true || !isDown(context) || !dcsReads(context) || isLeaderKeyEmpty(cluster)) return null;
      // A leader that answers and is on its way back is no reason to hand over.
      if (cluster.writable === null && !isGone(context)) return null;
      // Only Howdah does not reach it: others receive from it, or its key is renewed.
      const others = cluster.members.filter((member) => member.name !== led && !member.silent);
      const starved = others.length > 0 && others.every(({ replication }) => replication.kind === 'not_streaming');
      const reached =
        fedByLeader(context).length > 0 || (!starved && renewedSince(context, context.leader?.observedAt ?? null));
      if (cluster.leader?.known === true && isGone(context) && reached) return null;
      const comesBack = !isGone(context) && context.leader?.state != null && isPassing(context.leader.state);
      const note = cluster.pauseNote;
      const elected = heirs(context)[0] ?? null;
      return {
        severity: comesBack ? 'warning' : 'critical',
        impact: 'not_writable',
        headline: say`${goneWords(context)} and ${snapshot.scope} is paused: nobody takes over`,
        consequence: fails,
        evidence: [
          ...leaderFacts(context),
          fact(say`pause`, note === null ? say`on: Patroni elects nobody` : say`by ${note.owner}: ${note.reason}`),
          ...(successor === null ? refusals(context) : [fact(successor, say`could take over`)]),
        ],
        ifNobodyActs:
          note?.until != null && note.autoResume && note.until > context.now
            ? say`The pause ends in ${formatSeconds((note.until - context.now) / 1000)}; then Patroni elects.`
            : say`It stays so until a person acts.`,
        explains: [EXPLAINS_OUTAGE, { codes: ['paused'], members: null }, aboutLeader(context)],
        steps: comesBack
          ? [
              tell(say`Read the log of PostgreSQL on ${led ?? ''}: it is on its way back`, PATRONI_LOG, [
                say`Loses nothing: it comes back with all that it wrote.`,
              ]),
              ...failover(context, say`${snapshot.scope} stays paused.`),
            ]
          : [
              // One that runs in recovery is no nearer after a restart.
              ...(led !== null && context.leader?.silent === false && context.leader.postgresRole === 'unknown'
                ? [
                    act(
                      context,
                      { kind: 'restart', member: led },
                      say`Loses nothing: ${led} comes back with all that it wrote.`,
                    ),
                  ]
                : []),
              ...failover(context, say`${snapshot.scope} stays paused.`),
              act(
                context,
                { kind: 'resume', member: null },
                elected === null
                  ? say`Ends the pause; Patroni then elects whom it finds healthy.`
                  : say`Ends the pause; Patroni then elects ${elected}.`,
              ),
              ...(isGone(context) ? lookAt(led) : []),
            ],
      };
    },
  },
  {
    code: 'leader_gone_unconfirmed',
    meaning: 'The leader is gone in synchronous mode and nobody that confirmed its commits may take over.',
    match: (context) => {
      const { cluster, snapshot, led, successor } = context;
      if (!isLeaderless(context) || cluster.synchronousMode !== 'on') return null;
      const reachable = snapshot.readiness.candidates.filter(
        ({ reasons }) => !reasons.some(({ code }) => code === 'unreachable' || code === 'not_observed'),
      );
      const unconfirmed = reachable.filter(({ reasons }) => reasons.some(({ code }) => code === 'not_sync'));
      if (heirs(context).length > 0 || unconfirmed.length === 0) return null;
      return {
        severity: 'critical',
        impact: 'not_writable',
        headline: say`${goneWords(context)} and nobody else confirmed its commits`,
        consequence: say`${fails} Patroni elects only members of /sync, and none of them may take over.`,
        evidence: [
          ...leaderFacts(context),
          fact('/sync', [cluster.sync?.leader, ...(cluster.sync?.standbys ?? [])].filter(Boolean).join(', ')),
          ...refusals(context),
        ],
        ifNobodyActs: say`It stays so until a member of /sync is back or a person acts.`,
        explains: [
          EXPLAINS_OUTAGE,
          aboutLeader(context),
          { codes: ['member_unreachable', 'member_not_running'], members: null },
        ],
        steps: [
          ...lookAt(led),
          ...failover(
            context,
            successor === null ? null : say`Commits that only ${led ?? say`the old leader`} had are lost.`,
          ),
          tell(say`See why the members of /sync do not answer`, PATRONI_LOG),
        ],
      };
    },
  },
  {
    code: 'leader_gone_nobody_eligible',
    meaning: 'Nobody holds the leader key and Patroni may elect nobody: each with its reason.',
    match: (context) => {
      const { led, snapshot } = context;
      if (!isLeaderless(context) || heirs(context).length > 0) return null;
      const { members } = snapshot.cluster;
      const allGone = members.length > 1 && members.every(({ silent, listed }) => silent && !listed);
      const unsure = snapshot.readiness.candidates.some(({ eligible }) => eligible === null);
      const listed = members.filter((member) => member.listed);
      const bare = listed.filter((member) => !member.silent && hasNoData(member));
      const isEmpty = bare.length > 0 && bare.length === listed.length;
      // Where its data are gone, whoever is away is the one to look for.
      const away = bare.some(({ name }) => name === led) ? (listed.find(({ silent }) => silent)?.name ?? null) : led;
      return {
        severity: 'critical',
        impact: 'not_writable',
        headline: allGone
          ? say`All ${snapshot.cluster.members.length} members are gone: none answers`
          : isEmpty
            ? say`No member has data, and nobody may take over`
            : unsure
              ? say`${goneWords(context)} and nobody is known to take over`
              : say`${goneWords(context)} and nobody may take over`,
        consequence: allGone
          ? say`Writes and reads fail: nobody answers.`
          : isEmpty
            ? say`Writes and reads fail: /initialize says that the cluster was made, and every data directory is empty.`
            : fails,
        evidence: [...leaderFacts(context), ...refusals(context)],
        ifNobodyActs: isEmpty
          ? say`Each Patroni waits for a leader, for ever.`
          : say`It stays so until one of the members becomes eligible or a person acts.`,
        explains: [
          EXPLAINS_OUTAGE,
          {
            codes: ['member_unreachable', 'member_not_running', 'stale_member_key', 'lag_high', 'timeline_behind'],
            members: null,
          },
        ],
        steps: isEmpty ? refound(context) : [...lookAt(away), ...failover(context), ...rescue(context)].slice(0, 3),
      };
    },
  },
  {
    code: 'leader_gone_overdue',
    meaning: 'Somebody may take over, the ttl has passed, and nobody did.',
    match: (context) => {
      const [finding] = context.find('no_leader');
      if (finding === undefined || finding.severity !== 'critical' || !isLeaderless(context)) return null;
      const next = heirs(context)[0] ?? null;
      if (next === null) return null;
      const seconds = (context.now - finding.since) / 1000;
      return {
        severity: 'critical',
        ...outageOf(context),
        headline: say`Nobody has taken over for ${formatSeconds(seconds)}, although ${next} may`,
        evidence: [...leaderFacts(context), fact(next, say`may be elected`)],
        ifNobodyActs: say`Why Patroni on ${next} does not act is not seen from here; do not count on it.`,
        explains: [EXPLAINS_OUTAGE, aboutLeader(context)],
        steps: [
          ...failover(context),
          tell(say`Read Patroni's log on ${next}: it says why it does not take the key`, PATRONI_LOG),
          ...lookAt(context.led),
        ],
      };
    },
  },
  {
    code: 'leader_gone_election_due',
    meaning: 'Nobody holds the leader key, somebody may take over, and Patroni has time left to elect.',
    match: (context) => {
      const [finding] = context.find('no_leader');
      if (finding === undefined || !isLeaderless(context)) return null;
      const next = heirs(context);
      if (next.length === 0) return null;
      const [trap] = trapsAhead(context.cluster, context.snapshot.readiness.candidates, next);
      const first = aheadOf(context, next);
      const ttl = context.cluster.config?.ttlSeconds ?? 30;
      const left = Math.max(1, Math.round(ttl - (context.now - finding.since) / 1000));
      return {
        severity: finding.severity,
        ...outageOf(context),
        headline: say`${goneWords(context)}: an election is due`,
        evidence: [...leaderFacts(context), fact(say`may be elected`, named(next))],
        ifNobodyActs:
          trap === undefined
            ? first !== null
              ? say`Patroni elects ${first} within ${left} s: it is ahead, and the others defer to it.`
              : say`Patroni elects one of them within ${left} s.`
            : say`Patroni elects ${trap.member}, which is ahead and loses data: ${trap.reasons[0]?.text ?? ''}`,
        explains: [EXPLAINS_OUTAGE, aboutLeader(context)],
        steps: [
          trap !== undefined
            ? tell(say`Stop Patroni on ${trap.member} at once, so that it is not elected`, 'systemctl stop patroni')
            : tell(say`Wait: Patroni elects within ${left} s`, null, [
                say`Loses at most maximum_lag_on_failover; nothing in synchronous mode.`,
              ]),
          ...failover(context),
        ],
      };
    },
  },
];

/** Nobody holds the key, the DCS can be read, no pause, and no primary works on. */
function isLeaderless(context: CauseContext): boolean {
  const { cluster } = context;
  return (
    isDown(context) &&
    cluster.leader?.known !== true &&
    !isLeaderKeyEmpty(cluster) &&
    cluster.paused !== true &&
    dcsReads(context) &&
    context.find('no_leader').length > 0
  );
}

/** The first of them where it has more WAL than each other. */
function aheadOf({ cluster }: CauseContext, [first, ...others]: readonly string[]): string | null {
  const position = (name: string): number => {
    const member = memberOf(cluster, name);
    return (member && positionOf(member)) ?? 0;
  };
  return first !== undefined && others.length > 0 && others.every((name) => position(name) < position(first))
    ? first
    : null;
}

/** Where nobody has data. */
function refound({ snapshot }: CauseContext): CauseStep[] {
  return [
    tell(say`Look for the data first: a volume that is not mounted, another data_dir in patroni.yml`, 'df -h; lsblk', [
      say`Loses nothing.`,
    ]),
    tell(
      say`Or restore a backup: remove the keys, and let the first member bootstrap from it`,
      `patronictl remove ${scopeWord(snapshot)}`,
      [say`Removes what /initialize, /config and /history say. Without a bootstrap method an empty cluster is made.`],
    ),
  ];
}

/** One that would be eligible were it not for something that a person can mend. */
export function rescue({ cluster, snapshot }: CauseContext): CauseStep[] {
  const tagged = onlyTagged(cluster, snapshot.readiness.candidates);
  if (tagged !== null) {
    return [
      tell(
        say`Take ${tagged.tags} out of the tags in patroni.yml on ${tagged.member}, then reload it`,
        `patronictl reload ${scopeWord(snapshot)} ${word(tagged.member)}`,
      ),
    ];
  }
  const stopped = cluster.members.find(
    (member) => !member.silent && member.state !== null && member.postgresRole === 'unknown',
  );
  return stopped === undefined ? [] : [tell(say`Read the log of PostgreSQL on ${stopped.name}`, PATRONI_LOG)];
}

function goneWords(context: CauseContext): Text {
  const { cluster, led, leader } = context;
  if (led === null) return say`Nobody leads`;
  if (cluster.leader === null && cluster.writable === null) return say`Nobody holds the leader key`;
  if (isGone(context)) return say`${led} is gone`;
  return leader?.state != null && isPassing(leader.state) ? say`${led} is ${leader.state}` : say`${led} leads no more`;
}
