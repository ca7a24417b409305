// Causes about who takes writes: two, one that is about to stop, or one that nobody is sure of.

import { joinNames, plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Member } from '../cluster';
import { deleteCommand } from '../dcs-kind';
import { formatLsn } from '../lsn';
import { isLeaderKeyEmpty, isLeaderNobody, patroniAnswers } from '../members';
import { isSince } from '../patroni-version';
import { aboutLeader, dcsReads, fact, fails, lookAt, stillFed } from './leader-gone';
import {
  act,
  type CauseContext,
  type CauseMatch,
  type CauseRow,
  isAnswered,
  memberOf,
  PATRONI_LOG,
  PATRONI_START,
  rebuildApart,
  scopeWord,
  tell,
  word,
} from './row';

export const LEADER_ROWS: readonly CauseRow[] = [
  {
    code: 'stray_primary',
    meaning: 'A primary runs without the leader key, which another member holds.',
    match: (context) => {
      const [finding] = context.find('primary_without_leader_key');
      const { cluster, led } = context;
      const name = finding?.members[0] ?? unmanaged(context)?.name;
      if (context.find('multiple_primaries').length > 0) return null;
      if (name === undefined || led === null || cluster.leader?.known !== true || isLeaderNobody(cluster)) return null;
      const holder = context.leader;
      // A holder that is in recovery takes no writes; one that is silent may.
      const twice = holder === null || holder.silent || holder.postgresRole === 'primary';
      const follows = !twice && holder.replication.kind === 'streaming' && holder.upstream === name;
      return {
        severity: 'critical',
        impact: twice ? 'two_primaries' : 'not_writable',
        headline: say`${name} runs as a primary without the leader key, which ${led} holds`,
        consequence: follows
          ? say`${led} takes no writes and follows ${name}: what clients write there is not lost.`
          : twice
            ? say`What clients write on ${name} is in nobody else's history and is lost when it is rebuilt.`
            : say`${led} takes no writes. What clients write on ${name} is in nobody else's history and is lost when it is rebuilt.`,
        evidence: finding?.evidence ?? [
          fact('PostgreSQL', say`answers as a primary`),
          fact('Patroni', memberOf(cluster, name)?.witnesses.patroni.error ?? say`does not answer`),
          fact('DCS', say`the leader key names ${led}`),
        ],
        ifNobodyActs: !follows
          ? say`It stays so until a person acts, and what must be thrown away grows.`
          : cluster.paused === true
            ? say`While paused ${led} gives the key up in its next loop, and ${name} takes it.`
            : say`Patroni demotes ${name} and promotes ${led} in their next loops.`,
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
        steps: follows
          ? [
              tell(
                say`Change nothing by hand: see in the logs of Patroni on ${led} and ${name} why neither acts`,
                PATRONI_LOG,
                [say`Loses nothing while ${led} follows ${name}.`],
              ),
            ]
          : [
              tell(say`Send no client to ${name}: take it out of every proxy, pooler and address`, null, [
                say`Stops the loss from growing.`,
              ]),
              ...rebuildApart(context, name),
            ],
      };
    },
  },
  {
    code: 'reads_only',
    meaning: 'The leader is well, and the configuration makes every session read-only.',
    match: ({ find, snapshot }) => {
      const [finding] = find('reads_only');
      if (finding === undefined) return null;
      return {
        severity: 'critical',
        impact: 'not_writable',
        headline: finding.title,
        consequence: say`Writes fail, unless a session, a role or a database says otherwise. Reads go on.`,
        evidence: finding.evidence,
        ifNobodyActs: say`It stays so: Patroni sees nothing wrong, and a failover would mend nothing.`,
        explains: [{ codes: ['reads_only'], members: null }],
        steps: [
          tell(
            say`If nobody means it, take it out of the configuration`,
            `patronictl edit-config ${scopeWord(snapshot)} -p default_transaction_read_only=null`,
            [say`Sessions that begin then can write.`],
          ),
        ],
      };
    },
  },
  {
    code: 'key_of_nobody',
    meaning: 'The leader key names a member that does not exist, or nobody at all.',
    match: (context) => {
      const { cluster, primaries } = context;
      if (isLeaderKeyEmpty(cluster)) return emptyKey(context);
      if (cluster.leader?.known !== true || !isLeaderNobody(cluster)) return null;
      const { name } = cluster.leader;
      const meant = cluster.members.find((member) => member.name === name.trim())?.name ?? null;
      const finding = context.find('leader_key_without_primary', 'primary_without_leader_key')[0];
      if (finding === undefined) return null;
      return {
        severity: finding.severity,
        impact: primaries.length > 0 ? 'data_at_risk' : cluster.writable === null ? 'unknown' : 'not_writable',
        headline:
          meant === null
            ? say`The leader key names ${name}, which is no member`
            : say`The leader key says ${JSON.stringify(name)}, which is not ${meant}`,
        consequence:
          primaries.length > 0
            ? say`While it stands nobody else may take the key.`
            : cluster.writable === null
              ? stillFed(context)
              : fails,
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
              ...(cluster.paused === true && leader?.silent === false && leader.postgresRole === 'unknown'
                ? [
                    act(
                      context,
                      { kind: 'restart', member: leader.name },
                      say`While paused Patroni starts nothing by itself.`,
                    ),
                  ]
                : []),
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
              ...rebuildApart(context, stray),
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
      // Who should be elected has to be there.
      const nobodyElse = cluster.members.every((member) => member.name === alone.name || !patroniAnswers(member));
      // ha.py v3.1.2 and v4.1.4, is_healthiest_node: it may have missed that another one was promoted.
      const isOlder =
        patroniLives &&
        alone.timeline !== null &&
        cluster.timeline !== null &&
        alone.timeline < cluster.timeline &&
        isSince(alone.patroniVersion, 3, 1) !== false;
      return {
        severity: 'critical',
        impact: 'data_at_risk',
        headline: say`${alone.name} works on without the leader key`,
        consequence: isOlder
          ? say`What clients write on ${alone.name} is in nobody else's history and is lost when it is rebuilt.`
          : nobodyElse && !patroniLives
            ? say`It may take writes, and nobody manages it: no Patroni of this cluster answers.`
            : say`It may take writes, but nothing keeps a second primary from being elected beside it.`,
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
            : isOlder
              ? say`Its timeline ${alone.timeline ?? ''} is behind timeline ${cluster.timeline ?? ''}: Patroni on ${alone.name} demotes it and does not take the key.`
              : patroniLives
                ? say`Patroni on ${alone.name} takes the key in its next loop, or demotes it.`
                : nobodyElse
                  ? say`It stays so: nobody is there to be elected, and nobody takes over if ${alone.name} fails.`
                  : say`Another member may be elected while ${alone.name} still runs as a primary.`,
        explains: [
          {
            codes: ['no_leader', 'primary_without_leader_key', 'no_failover_candidate', 'replica_not_streaming'],
            members: null,
          },
          { codes: ['member_unreachable'], members: [alone.name] },
        ],
        steps: isOlder
          ? [
              tell(say`Send no client to ${alone.name}: take it out of every proxy, pooler and address`, null, [
                say`Stops the loss from growing.`,
              ]),
              ...lookAt(context.led === alone.name ? null : context.led),
            ]
          : [
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
];

/**
 * A primary whose Patroni is gone while another holds the key: nobody will demote it. Read after the key moved, it needs no second look, as
 * the old leader of a switchover does.
 */
function unmanaged({ cluster, primaries, find }: CauseContext): Member | undefined {
  const dead = find('member_unreachable').flatMap(({ members }) => members);
  return primaries.find(
    (member) =>
      dead.includes(member.name) &&
      member.name !== cluster.leader?.name &&
      !isAnswered(member) &&
      member.witnesses.sql.observedAt !== null &&
      member.witnesses.sql.observedAt > (cluster.leader?.since ?? Number.POSITIVE_INFINITY),
  );
}

/** An empty key, which no Patroni writes. */
function emptyKey({ cluster, snapshot, find, primaries }: CauseContext): CauseMatch | null {
  const [finding] = find('no_leader');
  if (finding === undefined || cluster.dcs === null) return null;
  const key = `${cluster.dcs.namespace}${snapshot.patroniScope ?? snapshot.scope}/leader`;
  return {
    severity: 'critical',
    impact: primaries.length === 0 ? 'not_writable' : 'data_at_risk',
    headline: finding.title,
    consequence: primaries.length === 0 ? fails : say`While it stands nobody else may take the key.`,
    evidence: finding.evidence,
    ifNobodyActs: say`The key goes when its lease ends; one without a lease stays for ever.`,
    explains: [
      {
        codes: ['no_leader', 'primary_without_leader_key', 'no_failover_candidate', 'replica_not_streaming'],
        members: null,
      },
    ],
    steps: [
      tell(say`Delete the leader key ${key}: Patroni then elects`, deleteCommand(cluster.dcs.kind, word(key)), [
        say`Loses nothing.`,
      ]),
    ],
  };
}

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
