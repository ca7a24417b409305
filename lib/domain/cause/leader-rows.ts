// Causes about who takes writes: two, one that is about to stop, or one that nobody is sure of.

import { formatSeconds, joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Member } from '../cluster';
import { startTimeoutOf } from '../config/timeouts';
import { formatLsn } from '../lsn';
import { isPassing } from '../patroni-states';
import { aboutLeader, dcsReads, EXPLAINS_OUTAGE, fact, failover, fails, leaderFacts, lookAt } from './leader-gone';
import { act, type CauseRow, heirs, named, PATRONI_LOG, PATRONI_START, tell, word } from './row';

export const LEADER_ROWS: readonly CauseRow[] = [
  {
    code: 'two_primaries',
    meaning: 'More than one member is out of recovery: which of them clients must leave, and what that costs.',
    match: (context) => {
      const [finding] = context.find('multiple_primaries');
      // Data of another cluster is no second primary of this one.
      if (finding === undefined || context.find('system_identifier_mismatch').length > 0) return null;
      const { cluster, snapshot } = context;
      const holder = finding.members.find((name) => name === cluster.leader?.name && cluster.leader.known) ?? null;
      const strays = finding.members.filter((name) => name !== holder);
      const [stray] = strays;
      const isSure = holder !== null && stray !== undefined;
      const demotes =
        cluster.paused !== true &&
        isSure &&
        context.primaries.some(({ name, witnesses }) => name === stray && witnesses.patroni.state === 'fresh');
      return {
        severity: 'critical',
        impact: 'two_primaries',
        headline: isSure
          ? say`Two primaries: clients must leave ${joinNames(strays)}`
          : say`Two primaries: ${joinNames(finding.members)}`,
        consequence: isSure
          ? say`${holder} holds the leader key. What ${joinNames(strays)} accepts is in nobody else's history and is lost when it is rebuilt.`
          : say`Nobody holds the leader key, so which of them is right is not known. Each write makes their histories part further.`,
        evidence: finding.evidence,
        ifNobodyActs: demotes
          ? say`Patroni on ${joinNames(strays)} should demote it in its next loop; what it accepts until then is lost.`
          : say`It stays so until a person acts, and what must be thrown away grows.`,
        explains: [
          {
            codes: [
              'multiple_primaries',
              'primary_without_leader_key',
              'replica_diverged',
              'leader_key_without_primary',
              'no_leader',
              'no_failover_candidate',
              'timeline_behind',
            ],
            members: null,
          },
        ],
        steps: isSure
          ? [
              tell(say`Send no client to ${joinNames(strays)}: take it out of every proxy, pooler and address`, null, [
                say`Stops the loss from growing. ${holder} goes on taking writes.`,
              ]),
              tell(say`Save what only ${stray} has, then stop its PostgreSQL`, `pg_ctl stop -m fast -D PGDATA`, [
                say`Its data directory keeps what nobody else has.`,
              ]),
              act(context, { kind: 'reinitialize', member: stray }, say`Removes what only ${stray} has.`),
            ]
          : [
              tell(say`Stop all clients of ${snapshot.scope}, then compare what each primary holds`, null, [
                say`Writes stop until it is decided; nothing more is lost.`,
              ]),
              tell(say`See why neither Patroni holds the leader key`, PATRONI_LOG),
            ],
      };
    },
  },
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
      return {
        severity: finding.severity,
        impact: 'not_writable',
        headline: starts
          ? say`${led} holds the leader key and is still ${leader.state}`
          : say`${led} holds the leader key but is not a primary`,
        consequence: fails,
        evidence: finding.evidence,
        ifNobodyActs:
          next === null
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
    code: 'key_lost_primary_works',
    meaning: 'Nobody holds the leader key while one primary works on.',
    match: (context) => {
      const { cluster, primaries } = context;
      const [alone] = primaries;
      if (context.find('keys_gone').length > 0) return null;
      if (cluster.standbyCluster !== null || cluster.leader !== null || alone === undefined || primaries.length > 1)
        return null;
      if (
        cluster.failsafe.active ||
        !dcsReads(context) ||
        context.find('no_leader', 'primary_without_leader_key').length === 0
      )
        return null;
      const patroniLives = alone.witnesses.patroni.state === 'fresh';
      return {
        severity: 'critical',
        impact: 'data_at_risk',
        headline: say`${alone.name} works on without the leader key`,
        consequence: say`It may take writes, but nothing keeps a second primary from being elected beside it.`,
        evidence: [
          fact(alone.name, roleWords(alone)),
          fact(say`leader key`, say`nobody holds it`),
          fact(
            'Patroni',
            patroniLives ? say`answers on ${alone.name}` : (alone.witnesses.patroni.error ?? say`does not answer`),
          ),
        ],
        ifNobodyActs:
          cluster.paused === true
            ? say`While paused nobody else is elected; ${alone.name} takes the key again when its Patroni can.`
            : patroniLives
              ? say`Patroni on ${alone.name} takes the key in its next loop, or demotes it.`
              : say`Another member may be elected while ${alone.name} still runs as a primary.`,
        explains: [
          {
            codes: ['no_leader', 'primary_without_leader_key', 'no_failover_candidate', 'replica_not_streaming'],
            members: null,
          },
          { codes: ['member_unreachable'], members: [alone.name] },
        ],
        steps: [
          patroniLives
            ? tell(say`Read Patroni's log on ${alone.name}: it says why it does not take the key`, PATRONI_LOG)
            : tell(say`Start Patroni on ${alone.name}`, PATRONI_START, [
                say`It finds its primary running and takes the key.`,
              ]),
          tell(say`Do not stop PostgreSQL on ${alone.name}: it may be the only one that takes writes`),
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
      if (cluster.paused === true || context.find('member_unreachable').length === 0) return null;
      const others = cluster.members.filter((member) => member.name !== led && !member.silent);
      const fed = others.filter(
        ({ replication }) => replication.kind === 'streaming' && replication.by !== 'walsender',
      );
      const lease = cluster.dcs?.leaderLease ?? null;
      const left = Math.max(
        0,
        (lease?.ttlSeconds ?? cluster.config?.ttlSeconds ?? 30) -
          (lease === null ? 0 : (now - lease.observedAt) / 1000),
      );
      const next = heirs(context);
      const cutOff = fed.length > 0;
      return {
        severity: cutOff ? 'unknown' : 'critical',
        impact: cutOff ? 'unknown' : 'not_writable',
        headline: cutOff
          ? say`Howdah does not reach ${led}; ${named(fed.map(({ name }) => name))} still receives from it`
          : say`${led} holds the leader key, answers nobody and sends no WAL`,
        consequence: cutOff
          ? say`The cluster probably works; what Howdah shows of ${led} is old.`
          : say`Writes probably fail. Nobody else is elected while the key is held.`,
        evidence: [
          ...leaderFacts(context),
          ...others
            .slice(0, 3)
            .map(({ name, replication }) =>
              fact(name, replication.kind === 'streaming' ? say`receives WAL` : say`receives nothing`),
            ),
        ],
        ifNobodyActs: cutOff
          ? say`Nothing changes in the cluster.`
          : next.length > 0
            ? say`The key expires within ${formatSeconds(left)} unless ${led} renews it; then ${next[0] ?? ''} takes over.`
            : say`The key expires within ${formatSeconds(left)} unless ${led} renews it; nobody may take over then.`,
        explains: [EXPLAINS_OUTAGE, aboutLeader(context)],
        since: leader.observedAt,
        steps: cutOff
          ? [
              tell(
                say`Check the network between Howdah and ${led}`,
                `curl -m 5 ${word(`${leader.apiUrl ?? 'http://HOST:8008'}/patroni`)}`,
              ),
            ]
          : [
              ...(next.length > 0
                ? [tell(say`Wait for the key: at most ${formatSeconds(left)}, then Patroni elects ${next[0] ?? ''}`)]
                : []),
              ...lookAt(led),
              ...failover(context),
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
      const watchdog = leader.watchdog === null;
      return {
        severity: 'warning',
        impact: 'data_at_risk',
        headline: say`Patroni on ${led} does not answer, its PostgreSQL works on`,
        consequence: say`If it is dead the key expires, another member is elected, and ${led} still runs as a primary: two at once.`,
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
          tell(say`If another member is elected, stop PostgreSQL on ${led} at once`, 'pg_ctl stop -m fast -D PGDATA', [
            say`Keeps two primaries from taking writes.`,
          ]),
        ],
      };
    },
  },
];

function roleWords({ timeline, lsn }: Member): Text {
  const at = [...(timeline === null ? [] : [`${timeline}`]), ...(lsn === null ? [] : [formatLsn(lsn)])].join(', ');
  return at === '' ? say`answers as a primary` : say`answers as a primary, timeline ${at}`;
}
