// Causes about who takes writes: two, one that is about to stop, or one that nobody is sure of.

import { formatSeconds, joinNames, plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Member } from '../cluster';
import { startTimeoutOf } from '../config/timeouts';
import { formatLsn } from '../lsn';
import { isLeaderNobody, patroniAnswers } from '../members';
import { isPassing, isRunning } from '../patroni-states';
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

export const LEADER_ROWS: readonly CauseRow[] = [
  {
    code: 'stray_primary',
    meaning: 'A primary runs without the leader key, which another member holds.',
    match: (context) => {
      const [finding] = context.find('primary_without_leader_key');
      const { cluster, led } = context;
      const [name] = finding?.members ?? [];
      if (context.find('multiple_primaries').length > 0) return null;
      if (finding === undefined || name === undefined || led === null || cluster.leader?.known !== true) return null;
      const holder = context.leader;
      // A holder that is in recovery takes no writes; one that is silent may.
      const twice = holder === null || holder.silent || holder.postgresRole === 'primary';
      return {
        severity: 'critical',
        impact: twice ? 'two_primaries' : 'data_at_risk',
        headline: say`${name} runs as a primary without the leader key, which ${led} holds`,
        consequence: say`What clients write on ${name} is in nobody else's history and is lost when it is rebuilt.`,
        evidence: finding.evidence,
        ifNobodyActs: say`It stays so until a person acts, and what must be thrown away grows.`,
        explains: [
          {
            codes: [
              'primary_without_leader_key',
              'leader_key_without_primary',
              'no_failover_candidate',
              'timeline_behind',
            ],
            members: null,
          },
          { codes: ['replica_diverged', 'member_unreachable', 'replica_not_streaming'], members: [name, led] },
        ],
        steps: [
          tell(say`Send no client to ${name}: take it out of every proxy, pooler and address`, null, [
            say`Stops the loss from growing.`,
          ]),
          tell(
            say`Stop Patroni on ${name}, then its PostgreSQL if that still runs, and save its data directory`,
            'systemctl stop patroni',
            [say`Its data directory keeps what nobody else has.`],
          ),
        ],
      };
    },
  },
  {
    code: 'key_of_nobody',
    meaning: 'The leader key names a member that does not exist.',
    match: (context) => {
      const { cluster, primaries } = context;
      if (cluster.leader?.known !== true || !isLeaderNobody(cluster)) return null;
      const finding = context.find('leader_key_without_primary', 'primary_without_leader_key')[0];
      if (finding === undefined) return null;
      return {
        severity: finding.severity,
        impact: primaries.length === 0 ? 'not_writable' : 'data_at_risk',
        headline: say`The leader key names ${cluster.leader.name}, which is no member`,
        consequence: primaries.length === 0 ? fails : say`While it stands nobody else may take the key.`,
        evidence: finding.evidence,
        ifNobodyActs: say`The key goes when its lease ends; one without a lease stays for ever.`,
        explains: [
          {
            codes: [
              'leader_key_without_primary',
              'primary_without_leader_key',
              'no_failover_candidate',
              'replica_not_streaming',
            ],
            members: null,
          },
        ],
        steps: [tell(finding.advice)],
      };
    },
  },
  {
    code: 'standby_leader_gone',
    meaning: 'A standby cluster without a standby leader that works: nobody follows the source.',
    match: (context) => {
      const { cluster, leader } = context;
      if (cluster.standbyCluster === null || !dcsReads(context)) return null;
      const [finding] = [
        ...context.find('no_leader'),
        ...context
          .find('member_not_running', 'member_unreachable', 'replica_not_streaming')
          .filter(({ members }) => members.includes(leader?.name ?? '')),
      ];
      if (finding === undefined || finding.severity === 'note') return null;
      // Its upstream is no member: it is the source.
      const followers = cluster.members.filter(
        ({ silent, replication }) => !silent && replication.kind === 'streaming' && replication.upstream === null,
      );
      const starved = finding.code === 'replica_not_streaming';
      return {
        severity: finding.severity,
        impact: 'no_failover',
        headline: leader === null ? say`Nobody leads the standby cluster` : finding.title,
        consequence:
          followers.length === 0
            ? say`Nobody follows the source; what is read here grows old.`
            : say`${joinNames(followers.map(({ name }) => name))} still follows the source; nobody takes over from it.`,
        evidence: finding.evidence,
        ifNobodyActs:
          cluster.paused === true
            ? say`It stays so until a person acts.`
            : starved
              ? say`It falls behind; the source keeps WAL for it only where a slot does.`
              : say`Patroni elects another standby leader once the key is free.`,
        explains: [
          { codes: ['no_leader', 'no_failover_candidate', 'replica_not_streaming', 'lag_unknown'], members: null },
          aboutLeader(context),
        ],
        steps: starved
          ? [
              tell(
                say`Read the log of PostgreSQL on ${leader?.name ?? ''}: address, password, slot or WAL of the source`,
                PATRONI_LOG,
                [say`Reads go on.`],
              ),
            ]
          : [
              ...(cluster.paused === true
                ? [act(context, { kind: 'resume', member: null }, say`Patroni acts by itself again.`)]
                : []),
              ...(leader === null || leader.silent ? lookAt(context.led) : []),
            ],
      };
    },
  },
  {
    code: 'two_primaries',
    meaning: 'More than one member is out of recovery: which of them clients must leave, and what that costs.',
    match: (context) => {
      const [finding] = context.find('multiple_primaries');
      if (finding === undefined) return null;
      const { cluster, snapshot } = context;
      const holder = finding.members.find((name) => name === cluster.leader?.name && cluster.leader.known) ?? null;
      const strays = finding.members.filter((name) => name !== holder);
      const [stray] = strays;
      const many =
        finding.members.length === 2
          ? say`Two primaries`
          : say`${plural(finding.members.length, 'primary', 'primaries')} at once`;
      const isSure = holder !== null && stray !== undefined;
      const demotes =
        cluster.paused !== true &&
        isSure &&
        context.primaries.some(({ name, witnesses }) => name === stray && witnesses.patroni.state === 'fresh');
      return {
        severity: 'critical',
        impact: 'two_primaries',
        headline: isSure
          ? say`${many}: clients must leave ${joinNames(strays)}`
          : say`${many}: ${joinNames(finding.members)}`,
        consequence: isSure
          ? say`${holder} holds the leader key. What ${joinNames(strays)} accepts is in nobody else's history and is lost when it is rebuilt.`
          : cluster.leader === null
            ? say`Nobody holds the leader key, so which of them is right is not known. Each write makes their histories part further.`
            : cluster.leader.known
              ? say`${cluster.leader.name} holds the leader key, and none of them does. Each write makes their histories part further.`
              : say`Who holds the leader key is not known. Each write makes their histories part further.`,
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
              // With Patroni alive a stopped PostgreSQL comes back as a replica, rewound or removed.
              tell(
                say`Stop Patroni on ${stray}, then its PostgreSQL if that still runs, and save its data directory`,
                'systemctl stop patroni',
                [say`Its data directory keeps what nobody else has.`],
              ),
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
      const later = !patroniAnswers(leader)
        ? say`Patroni on ${led} does not answer: nobody starts or promotes it, and the key expires after the ttl.`
        : leader.state === 'stopping'
          ? say`${led} keeps the key until PostgreSQL has stopped: that waits for the checkpoint, the archiver and the standbys.`
          : leader.postgresRole === 'replica'
            ? say`Patroni promotes it in its next loops; if it does not, its log says what hinders it.`
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
    meaning: "Patroni sees the leader's PostgreSQL run, and clients get nothing of it.",
    match: (context) => {
      const { cluster, led, leader } = context;
      const finding = context.find('member_not_running').find(({ members }) => members.includes(led ?? ''));
      if (finding === undefined || led === null || leader?.state == null || !isRunning(leader.state)) return null;
      if (cluster.leader?.known !== true || cluster.standbyCluster !== null) return null;
      const others = cluster.members.filter((member) => member.name !== led && !member.silent);
      const starved = others.length > 0 && others.every(({ replication }) => replication.kind === 'not_streaming');
      const fed = fedByLeader(context);
      const next = heirs(context)[0] ?? null;
      return {
        severity: finding.severity,
        impact: starved ? 'not_writable' : 'unknown',
        headline: finding.title,
        consequence: starved
          ? say`Nobody receives WAL from it either: take it that nothing is written.`
          : fed.length > 0
            ? say`Clients that come this way get nothing. ${named(fed)} still receives from it.`
            : say`Clients that come this way get nothing.`,
        evidence: finding.evidence,
        ifNobodyActs: say`Patroni reaches it over its own socket and sees nothing wrong: nobody is elected.`,
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
            ? say`Howdah does not reach ${led}; ${named(fed)} still receives from it`
            : say`Howdah does not reach ${led}; its leader key is still renewed`
          : dead
            ? say`${led} holds the leader key, answers nobody and sends no WAL`
            : say`${led} holds the leader key and does not answer`,
        consequence: cutOff
          ? say`The cluster probably works; what Howdah shows of ${led} is old.`
          : dead
            ? say`Writes probably fail. Nobody else is elected while the key is held.`
            : say`Whether ${led} works is not known.`,
        evidence: [...leaderFacts(context), ...others.slice(0, 3).map(flow)],
        ifNobodyActs: cutOff
          ? say`Nothing changes in the cluster.`
          : renewed
            ? say`Its leader key is still renewed, so nobody takes over until a person acts.`
            : next.length > 0
              ? say`The key expires within ${formatSeconds(left)} unless ${led} renews it; then ${next[0] ?? ''} takes over.`
              : say`The key expires within ${formatSeconds(left)} unless ${led} renews it; nobody may take over then.`,
        explains: [EXPLAINS_OUTAGE, aboutLeader(context)],
        since: leader.observedAt,
        steps: dead
          ? [
              ...(next.length > 0 && !renewed
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

function roleWords({ timeline, lsn }: Member): Text {
  const at = [...(timeline === null ? [] : [`${timeline}`]), ...(lsn === null ? [] : [formatLsn(lsn)])].join(', ');
  return at === '' ? say`answers as a primary` : say`answers as a primary, timeline ${at}`;
}

export const FAILSAFE_ROWS: readonly CauseRow[] = [
  {
    code: 'failsafe_holds',
    meaning: 'The members do not reach the DCS, and failsafe_mode keeps the primary up.',
    match: (context) => {
      const [finding] = context.find('failsafe_active');
      if (finding === undefined) return null;
      return {
        severity: finding.severity,
        impact: 'no_failover',
        headline: finding.title,
        consequence: say`Writes go on as long as the primary reaches every member. No failover is possible.`,
        evidence: finding.evidence,
        ifNobodyActs: say`If the primary loses one member it demotes itself, and writes stop.`,
        explains: [{ codes: ['failsafe_active', 'no_leader', 'no_failover_candidate'], members: null }],
        steps: [tell(finding.advice)],
      };
    },
  },
];
