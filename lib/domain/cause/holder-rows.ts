// Causes that lie in who holds the leader key: its PostgreSQL, its Patroni, or the way to it.

import { formatSeconds } from '../../language/quantity';
import { say } from '../../language/sentence';
import type { Member } from '../cluster';
import { startTimeoutOf } from '../config/timeouts';
import { patroniAnswers } from '../members';
import { isPassing, isRunning, isUnasked } from '../patroni-states';
import type { Cause } from './cause';
import {
  aboutLeader,
  dcsReads,
  EXPLAINS_OUTAGE,
  fact,
  failover,
  fails,
  fedByLeader,
  leaderFacts,
  lookAt,
  renewedSince,
} from './leader-gone';
import { act, type CauseRow, heirs, isAnswered, named, PATRONI_LOG, PATRONI_START, tell, word } from './row';

export const HOLDER_ROWS: readonly CauseRow[] = [
  {
    code: 'leader_postgres_dead',
    meaning: 'The holder of the leader key runs no primary: Patroni lives, PostgreSQL does not, or not yet.',
    match: (context) => {
      const [finding] = context.find('leader_key_without_primary');
      const { led, leader, cluster } = context;
      if (
        finding === undefined ||
        led === null ||
        leader === null ||
        leader.silent ||
        cluster.paused === true ||
        !dcsReads(context)
      )
        return null;
      const starts = leader.state !== null && isPassing(leader.state);
      const timeout = startTimeoutOf(cluster.config?.value);
      const next = heirs(context)[0] ?? null;
      const later = !patroniAnswers(leader)
        ? say`Patroni on ${led} does not answer: nobody starts or promotes it, and the key expires after the ttl.`
        : leader.state === 'stopping'
          ? say`${led} keeps the key until PostgreSQL has stopped: that waits for the checkpoint, the archiver and the standbys.`
          : leader.postgresRole === 'replica'
            ? context.now - finding.since > (2 * (cluster.config?.loopWaitSeconds ?? 10) + 10) * 1000
              ? say`It stays so: a promotion waits for restore_command, for pre_promote or for /sync, as long as that takes.`
              : say`Patroni promotes it in its next loops; if it does not, its log says what hinders it.`
            : null;
      return {
        severity: finding.severity,
        impact: 'not_writable',
        headline: starts
          ? say`${led} holds the leader key and is still ${leader.state}`
          : leader.postgresRole === 'replica'
            ? say`${led} holds the leader key and is still in recovery`
            : say`${led} holds the leader key but is not a primary`,
        consequence: fails,
        evidence: finding.evidence,
        ifNobodyActs:
          later !== null
            ? later
            : timeout === 0
              ? next === null
                ? say`primary_start_timeout is 0, but nobody could take over: Patroni starts it again.`
                : say`primary_start_timeout is 0: Patroni gives the key up at once, and ${next} takes over.`
              : next === null
                ? say`Patroni tries to start it for up to ${formatSeconds(timeout)}; nobody could take over then.`
                : say`Patroni tries to start it for up to ${formatSeconds(timeout)}, then gives the key up and ${next} takes over.`,
        explains: [EXPLAINS_OUTAGE, aboutLeader(context)],
        steps: [
          tell(say`Read the log of PostgreSQL and Patroni on ${led}`, PATRONI_LOG, [
            say`Loses nothing: ${led} has everything it wrote.`,
          ]),
          ...failover(context),
          act(context, { kind: 'restart', member: led }),
        ],
      };
    },
  },
  {
    code: 'leader_unheard',
    meaning: "Patroni sees the leader's PostgreSQL run, and clients, or Patroni itself, get nothing of it.",
    match: (context) => {
      const { cluster, led, leader } = context;
      const finding = context.find('member_not_running').find(({ members }) => members.includes(led ?? ''));
      if (finding === undefined || led === null || leader?.state == null) return null;
      const unasked = isUnasked(leader.state);
      if (!isRunning(leader.state) && !unasked) return null;
      if (cluster.leader?.known !== true || cluster.standbyCluster !== null) return null;
      const others = cluster.members.filter((member) => member.name !== led && !member.silent);
      const starved = others.length > 0 && others.every(({ replication }) => replication.kind === 'not_streaming');
      const fed = fedByLeader(context);
      const next = heirs(context)[0] ?? null;
      return {
        severity: starved ? 'critical' : finding.severity,
        impact: starved ? 'not_writable' : 'unknown',
        headline: finding.title,
        consequence: starved
          ? say`Nobody receives WAL from it either: take it that nothing is written.`
          : fed.length > 0
            ? say`Clients that come this way get nothing. ${named(fed)} still receives from it.`
            : say`Clients that come this way get nothing.`,
        evidence: finding.evidence,
        ifNobodyActs: unasked
          ? say`If Patroni gets no answer in its own loop either, it does not renew the key, and another member is elected.`
          : say`Patroni reaches it over its own socket and sees nothing wrong: nobody is elected.`,
        explains: [
          aboutLeader(context),
          { codes: ['replica_not_streaming', 'no_failover_candidate', 'lag_unknown'], members: null },
        ],
        steps: [
          tell(
            say`Connect to ${led} as a client does: address, port, firewall, connections left, load`,
            `psql "host=${word(leader.host ?? led)} port=${leader.port ?? 5432} dbname=postgres"`,
            [say`Changes nothing.`],
          ),
          ...(next === null ? [] : [act(context, { kind: 'switchover', member: next })]),
        ],
      };
    },
  },
  {
    code: 'leader_silent',
    meaning: 'The holder of the leader key does not answer at all: gone, or cut off from Howdah.',
    match: (context) => {
      const { cluster, leader, led, now } = context;
      if (cluster.leader?.known !== true || leader === null || led === null || !leader.silent || !dcsReads(context))
        return null;
      if (context.find('member_unreachable').length === 0 || isAnswered(leader)) return null;
      if (context.find('primary_without_leader_key').length > 0) return null;
      const others = cluster.members.filter((member) => member.name !== led && !member.silent);
      const fed = fedByLeader(context);
      const renewed = renewedSince(context, leader.observedAt);
      // Somebody has to say that nothing comes: where nobody is heard, it may be Howdah that is cut off.
      const dead =
        fed.length === 0 &&
        cluster.standbyCluster === null &&
        others.length > 0 &&
        others.every(({ replication }) => replication.kind === 'not_streaming');
      const cutOff = !dead && (fed.length > 0 || renewed);
      const [silence] = context.find('member_unreachable').filter(({ members }) => members.includes(led));
      const outlived = dead && silence !== undefined && now - silence.since > 2000 * (cluster.config?.ttlSeconds ?? 30);
      if (cluster.paused === true && !cutOff) return null;
      const lease = cluster.dcs?.leaderLease ?? null;
      const left = Math.max(
        0,
        (lease?.ttlSeconds ?? cluster.config?.ttlSeconds ?? 30) -
          (lease === null ? 0 : (now - lease.observedAt) / 1000),
      );
      const next = heirs(context);
      const flow = ({ name, replication }: Member): Cause['evidence'][number] =>
        fact(
          name,
          replication.kind === 'streaming'
            ? say`receives WAL`
            : replication.kind === 'unknown'
              ? say`whether it receives is not known`
              : say`receives nothing`,
        );
      return {
        severity: dead ? 'critical' : 'unknown',
        impact: dead ? 'not_writable' : 'unknown',
        headline: cutOff
          ? fed.length > 0
            ? fed.length === 1
              ? say`Howdah does not reach ${led}; ${named(fed)} is still connected to it`
              : say`Howdah does not reach ${led}; ${named(fed)} are still connected to it`
            : say`Howdah does not reach ${led}; its leader key is still renewed`
          : dead
            ? say`${led} holds the leader key, answers nobody and sends no WAL`
            : say`${led} holds the leader key and does not answer`,
        consequence: cutOff
          ? renewed
            ? say`The cluster probably works; what Howdah shows of ${led} is old.`
            : say`Whether ${led} works is not known: a host that hangs keeps its connections, and nothing shows that it renews its key.`
          : dead
            ? say`Writes probably fail. Nobody else is elected while the key is held.`
            : say`Whether ${led} works is not known.`,
        evidence: [...leaderFacts(context), ...others.slice(0, 3).map(flow)],
        ifNobodyActs:
          cutOff && renewed
            ? say`Nothing changes in the cluster.`
            : outlived
              ? say`The key has stood for longer than the ttl: it is renewed, or has no lease. Nobody takes over until a person acts.`
              : renewed
                ? say`Its leader key is still renewed, so nobody takes over until a person acts.`
                : next.length > 0
                  ? say`The key expires within ${formatSeconds(left)} unless ${led} renews it; then ${next[0] ?? ''} takes over.`
                  : say`The key expires within ${formatSeconds(left)} unless ${led} renews it; nobody may take over then.`,
        explains: [EXPLAINS_OUTAGE, aboutLeader(context)],
        since: leader.observedAt,
        steps: dead
          ? [
              ...(next.length > 0 && !renewed && !outlived
                ? [tell(say`Wait for the key: at most ${formatSeconds(left)}, then Patroni elects ${next[0] ?? ''}`)]
                : []),
              ...lookAt(led),
              ...failover(context),
            ]
          : [
              tell(
                say`Check the network between Howdah and ${led}`,
                `curl -m 5 ${word(`${leader.apiUrl ?? 'http://HOST:8008'}/patroni`)}`,
              ),
              ...(renewed ? [] : lookAt(led)),
            ],
      };
    },
  },
  {
    code: 'leader_patroni_dead',
    meaning: 'PostgreSQL of the leader works, its Patroni does not answer: nobody renews the key, nobody demotes it.',
    match: (context) => {
      const { cluster, leader, led } = context;
      if (leader === null || led === null || leader.silent || leader.postgresRole !== 'primary') return null;
      if (cluster.leader?.known !== true || !dcsReads(context)) return null;
      if (!context.find('member_unreachable').some(({ members }) => members.includes(led))) return null;
      if (isAnswered(leader) || renewedSince(context, leader.witnesses.patroni.observedAt)) return null;
      const watchdog = leader.watchdog === null;
      return {
        severity: 'warning',
        impact: 'data_at_risk',
        headline: say`Patroni on ${led} does not answer, its PostgreSQL works on`,
        consequence:
          cluster.paused === true
            ? say`Writes go on, and nobody manages PostgreSQL on ${led}.`
            : say`If it is dead the key expires, another member is elected, and ${led} still runs as a primary: two at once.`,
        evidence: [
          ...leaderFacts(context).slice(1),
          fact('Patroni', leader.witnesses.patroni.error ?? say`does not answer`),
          fact('PostgreSQL', say`answers as a primary`),
          ...(watchdog ? [] : [fact(say`watchdog`, say`failed`)]),
        ],
        ifNobodyActs:
          cluster.paused === true
            ? say`While paused nobody else is elected, also when the key expires.`
            : say`When the key is not renewed within the ttl, Patroni elects another member.`,
        explains: [aboutLeader(context), { codes: ['no_failover_candidate'], members: null }],
        steps: [
          tell(say`Start Patroni on ${led}, or see why it hangs`, PATRONI_START, [
            say`Writes go on; it finds its primary running and keeps the key.`,
          ]),
          ...(cluster.paused === true
            ? []
            : [
                tell(
                  say`If another member is elected, stop PostgreSQL on ${led} at once`,
                  'pg_ctl stop -m fast -D PGDATA',
                  [say`Keeps two primaries from taking writes.`],
                ),
              ]),
        ],
      };
    },
  },
];
