// Causes about standbys and WAL: commits that wait, data that part, WAL that does not flow, is not replayed, or piles up.

import { formatBytes, formatSeconds } from '../../language/quantity';
import { agree, say } from '../../language/sentence';
import type { Member } from '../cluster';
import { waitsForRestart } from '../hot-standby';
import { patroniAnswers } from '../members';
import { ownSyncOf, settingOf } from '../own-sync';
import { obstacleOf } from './obstacle';
import {
  act,
  type CauseRow,
  fedBy,
  goesOn,
  isAnswered,
  memberOf,
  membersOf,
  named,
  PATRONI_LOG,
  PATRONI_START,
  rebuild,
  rebuildApart,
  scopeWord,
  tell,
  toll,
} from './row';

/** Who is to copy it anew is not there to be asked. */
const isPatroniGone = (member: Member | undefined): boolean =>
  member !== undefined && member.witnesses.patroni.state === 'failed' && !isAnswered(member);

/** A standby reports at least every wal_receiver_status_interval (10 s); three of them without a word are too many. */
const FROZEN_MS = 30_000;

export const STANDBY_ROWS: readonly CauseRow[] = [
  {
    code: 'commits_hang',
    meaning: 'The leader takes writes and no commit returns: whoever must confirm it does not.',
    match: (context) => {
      const finding = context.find('sync_standby_missing').find(({ severity }) => severity === 'critical');
      if (finding === undefined) return null;
      const { cluster, snapshot } = context;
      const names = finding.members;
      const strict = names.length === 0;
      const [first] = names;
      const nobodyElse = cluster.members.every(
        ({ name, replication }) => names.includes(name) || replication.kind !== 'streaming',
      );
      const managed = context.leader === null || patroniAnswers(context.leader);
      const own = ownSyncOf(cluster);
      return {
        severity: 'critical',
        impact: 'commits_hang',
        headline:
          own !== null
            ? say`Commits hang: synchronous_standby_names asks for ${own.needed}, and ${own.streaming} ${agree(own.streaming, 'streams', 'stream')}`
            : strict
              ? say`Commits hang: no synchronous standby is left`
              : say`Commits hang: ${named(names)} must confirm and does not`,
        consequence: say`Every commit waits; clients pile up until they give up. Reads go on.`,
        evidence: finding.evidence,
        ifNobodyActs:
          own !== null
            ? say`It stays so: synchronous_mode is off, so Patroni changes nothing about it.`
            : strict
              ? say`It stays so until a standby streams: synchronous_mode_strict is on.`
              : !managed
                ? say`Patroni on ${context.led ?? ''} does not answer, so nobody takes it out of /sync.`
                : cluster.paused === true
                  ? say`While paused Patroni does not take it out of /sync: it stays so until a person acts.`
                  : cluster.synchronousModeStrict && nobodyElse
                    ? say`Patroni takes it out of /sync, and commits hang on: synchronous_mode_strict is on and nobody else streams.`
                    : say`Patroni takes it out of /sync in its next loops, and commits go on.`,
        explains: [
          { codes: ['sync_standby_missing', 'no_failover_candidate'], members: null },
          {
            codes: [
              'replica_not_streaming',
              'member_unreachable',
              'member_not_running',
              'stale_member_key',
              'lag_unknown',
            ],
            members: null,
          },
        ],
        steps: [
          ...(managed || own !== null
            ? []
            : [
                tell(say`Start Patroni on ${context.led ?? ''}, or see why it hangs`, PATRONI_START, [
                  say`It finds its primary running and takes ${named(names)} out of /sync.`,
                ]),
              ]),
          first === undefined
            ? tell(say`Bring a standby back`, PATRONI_LOG, [say`Commits go on as soon as it streams.`])
            : tell(say`See why ${first} does not stream, and bring it back`, PATRONI_LOG, [
                say`Commits go on as soon as it streams.`,
              ]),
          ...(own !== null
            ? [
                tell(
                  say`Let commits go on unconfirmed until a standby is back`,
                  `patronictl edit-config ${scopeWord(snapshot)} -p synchronous_standby_names=null`,
                  [say`Commits return at once; a failover could lose them.`],
                ),
              ]
            : cluster.synchronousModeStrict
              ? [
                  tell(
                    say`Let commits go on unconfirmed until a standby is back`,
                    `patronictl edit-config ${scopeWord(snapshot)} -s synchronous_mode_strict=false`,
                    [say`Commits return at once; a failover could lose them.`],
                  ),
                ]
              : []),
        ],
      };
    },
  },
  {
    code: 'wrong_identifier',
    meaning: 'A data directory belongs to another cluster than the initialize key says.',
    match: (context) => {
      const findings = context.find('system_identifier_mismatch');
      const [finding] = findings;
      if (finding === undefined) return null;
      const names = membersOf(findings);
      return {
        severity: finding.severity,
        impact: 'data_at_risk',
        headline: say`${named(names)}: data of another cluster`,
        consequence: say`Never promote it: it would bring another database in place of this one.`,
        evidence: findings.flatMap(({ evidence }) => evidence).slice(0, 5),
        ifNobodyActs: say`It never joins, and its Patroni may stop.`,
        explains: [
          { codes: ['system_identifier_mismatch'], members: null },
          {
            codes: [
              'replica_not_streaming',
              'replica_diverged',
              'timeline_behind',
              'lag_unknown',
              'multiple_primaries',
              'primary_without_leader_key',
            ],
            members: names,
          },
        ],
        steps: [
          tell(say`Check scope and data directory in patroni.yml of ${named(names)}`),
          ...(names.length === 1 && names[0] !== undefined && names[0] !== context.led
            ? [act(context, { kind: 'reinitialize', member: names[0] }, say`Removes the data that are there now.`)]
            : []),
        ],
      };
    },
  },
  {
    code: 'standby_forked',
    meaning: "A standby has WAL that is not in the leader's history: it can never follow again.",
    match: (context) => {
      const findings = context.find('replica_diverged');
      const [finding] = findings;
      if (finding === undefined) return null;
      const names = membersOf(findings);
      const [first] = names;
      const past = memberOf(context.cluster, first)?.divergence?.pastBytes ?? null;
      return {
        severity: 'critical',
        impact: 'data_at_risk',
        headline: say`${named(names)} ${agree(names.length, 'has', 'have')} forked and can never follow again`,
        consequence:
          past === null
            ? say`Writes go on. Patroni may elect it, and then the newest commits are lost.`
            : context.cluster.paused === true
              ? say`Writes go on. It has ${formatBytes(past)} that nobody else has.`
              : say`Writes go on. It has ${formatBytes(past)} that nobody else has; Patroni may elect it.`,
        evidence: finding.evidence,
        ifNobodyActs:
          context.cluster.paused === true
            ? say`It never catches up by itself.`
            : say`It stays so: it never catches up, and Patroni may elect it.`,
        explains: [
          { codes: ['replica_diverged'], members: null },
          {
            codes: ['replica_not_streaming', 'timeline_behind', 'lag_unknown', 'lag_high'],
            members: [...names, ...fedBy(context, names)],
          },
          {
            codes: ['no_failover_candidate'],
            members: null,
          },
        ],
        steps:
          first === undefined
            ? []
            : isPatroniGone(memberOf(context.cluster, first))
              ? rebuildApart(context, first)
              : [
                  tell(say`Save its data directory if its own WAL matters`, null, [goesOn(context)]),
                  act(context, { kind: 'reinitialize', member: first }, say`Removes what only ${first} has.`),
                ],
      };
    },
  },
  {
    code: 'standby_frozen',
    meaning:
      'A standby counts as streaming and takes nothing: its receiver has not said a word for three of its intervals.',
    match: (context) => {
      const { cluster, now } = context;
      const frozen = cluster.members.filter(
        ({ silent, stages, replication, name, lag, clockOffsetSeconds }) =>
          !silent &&
          name !== context.led &&
          replication.kind === 'streaming' &&
          stages?.replyAt != null &&
          (lag.receiveBytes ?? 0) > 0 &&
          // The reply bears the clock of the standby.
          stages.observedAt - (stages.replyAt - (clockOffsetSeconds ?? 0) * 1000) > FROZEN_MS &&
          now - stages.observedAt < FROZEN_MS,
      );
      const [first] = frozen;
      if (first === undefined) return null;
      const names = frozen.map(({ name }) => name);
      const quiet = first.stages?.replyAt == null ? 0 : (first.stages.observedAt - first.stages.replyAt) / 1000;
      return {
        severity: 'warning',
        ...toll(context, names),
        headline: say`${named(names)} ${agree(names.length, 'counts as streaming and takes', 'count as streaming and take')} nothing`,
        evidence: [
          { label: say`last reply`, text: say`${formatSeconds(quiet)} ago, one is due every 10 s` },
          {
            label: say`not received`,
            text: first.lag.receiveBytes === null ? say`unknown` : formatBytes(first.lag.receiveBytes),
          },
        ],
        ifNobodyActs: say`The upstream ends the connection after wal_sender_timeout (60 s), unless that is switched off.`,
        explains: [
          { codes: ['lag_high', 'lag_unknown'], members: names },
          { codes: ['no_failover_candidate'], members: null },
        ],
        steps: [
          tell(
            say`See what holds the WAL receiver on ${first.name}: a full or frozen disk, a stopped process`,
            PATRONI_LOG,
            [goesOn(context)],
          ),
          act(context, { kind: 'restart', member: first.name }, goesOn(context)),
        ],
      };
    },
  },
  {
    code: 'standby_cannot_stream',
    meaning: 'WAL does not flow into a standby, and why, as far as it is seen.',
    match: (context) => {
      const findings = context.find('replica_not_streaming').filter(({ severity }) => severity === 'warning');
      const behind = context.find('timeline_behind').filter(({ severity }) => severity !== 'note');
      const names = membersOf([...findings, ...behind]);
      const [first] = names;
      const member = memberOf(context.cluster, first);
      if (first === undefined || member === undefined) return null;
      const { cluster } = context;
      const obstacles = names.map((name) => {
        const one = memberOf(cluster, name);
        return one === undefined ? null : obstacleOf(one, context);
      });
      const [seen] = obstacles;
      const obstacle = seen ?? null;
      return {
        severity: 'warning',
        ...toll(context, names),
        headline:
          names.length > 1
            ? say`${named(names)} do not stream`
            : obstacle === null
              ? say`${first} does not stream; its log says why`
              : say`${first} does not stream: ${obstacle.why}`,
        evidence: names.map((name, index) => ({
          label: name,
          text: obstacles[index]?.why ?? say`no reason is seen from here`,
        })),
        ifNobodyActs:
          obstacle?.lost === true
            ? say`It never catches up by itself.`
            : say`It falls behind, and its slot keeps WAL on the upstream until the disk is full or the slot is lost.`,
        explains: [
          {
            codes: ['replica_not_streaming', 'timeline_behind', 'lag_unknown', 'lag_high'],
            members: [...names, ...fedBy(context, names)],
          },
          {
            codes: ['no_failover_candidate', 'sync_standby_missing', 'slot_retains_wal'],
            members: null,
          },
        ],
        steps: [
          tell(
            obstacle?.remedy ??
              say`Read the log of PostgreSQL on ${first}: pg_hba, password, missing slot or removed WAL`,
            PATRONI_LOG,
            [goesOn(context)],
          ),
          ...(obstacle?.lost === true ? [] : [act(context, { kind: 'restart', member: first }, goesOn(context))]),
          rebuild(context, first),
        ],
      };
    },
  },
  {
    code: 'replay_held',
    meaning:
      'A standby receives WAL and does not replay it: paused, or held by a query, a conflict or recovery_min_apply_delay.',
    match: (context) => {
      const { cluster } = context;
      const paused = membersOf(context.find('replay_paused'));
      const limit = cluster.config?.maximumLagOnFailoverBytes ?? 1_048_576;
      const slow = context
        .find('lag_high')
        .flatMap(({ members }) => members)
        .filter((name) => (memberOf(cluster, name)?.lag.receiveBytes ?? Number.POSITIVE_INFINITY) <= limit);
      const names = paused.length > 0 ? paused : slow;
      const [first] = names;
      const member = memberOf(cluster, first);
      if (first === undefined || member === undefined) return null;
      const isPaused = paused.length > 0;
      const delay = settingOf(cluster.config?.value ?? {}, 'recovery_min_apply_delay');
      const late = context.find('lag_high').filter(({ members }) => members.some((one) => names.includes(one)));
      // The finding is no more than a note where the configuration means it.
      const isMeant = !isPaused && delay !== null && late.every(({ severity }) => severity === 'note');
      const behind = member.lag.replayBytes;
      return {
        severity: isMeant ? 'note' : 'warning',
        ...(isMeant ? { impact: 'note', consequence: goesOn(context) } : toll(context, names)),
        headline: isMeant
          ? say`Replay is late by design: recovery_min_apply_delay is ${delay}`
          : isPaused
            ? say`Replay is paused on ${named(names)}`
            : say`${named(names)} receives and does not keep up with replay`,
        evidence: [
          {
            label: first,
            text:
              behind === null ? say`how far it is behind is not known` : say`${formatBytes(behind)} behind the leader`,
          },
          ...(member.lag.replaySeconds === null
            ? []
            : [{ label: say`replay lag`, text: formatSeconds(member.lag.replaySeconds) }]),
        ],
        ifNobodyActs: isMeant
          ? say`It stays so. Whoever takes over first replays what it holds back: that lasts.`
          : isPaused
            ? say`It stays so until a person resumes it; reads on ${first} grow older.`
            : say`It catches up when what holds it ends, or never.`,
        explains: [
          { codes: ['replay_paused', 'lag_high'], members: names },
          { codes: ['no_failover_candidate'], members: null },
        ],
        steps:
          isPaused && waitsForRestart(member, context.leader)
            ? [
                act(context, { kind: 'restart', member: first }, goesOn(context)),
                tell(
                  say`Do not resume replay on ${first}: its settings are too low for the primary, and it would shut down`,
                ),
              ]
            : isPaused
              ? [
                  tell(say`Resume replay on ${first}, if nobody needs it as it is`, 'SELECT pg_wal_replay_resume()', [
                    goesOn(context),
                  ]),
                ]
              : isMeant
                ? []
                : [
                    tell(
                      say`Look for long queries and conflicts on ${first}, and at recovery_min_apply_delay`,
                      "SELECT pid, now() - xact_start AS age, query FROM pg_stat_activity WHERE state <> 'idle' ORDER BY xact_start LIMIT 5",
                      [goesOn(context)],
                    ),
                  ],
      };
    },
  },
  {
    code: 'standby_slow',
    meaning: 'WAL reaches a standby more slowly than it is written.',
    match: (context) => {
      const names = membersOf(context.find('lag_high').filter(({ severity }) => severity !== 'note'));
      const [first] = names;
      const member = memberOf(context.cluster, first);
      if (first === undefined || member === undefined) return null;
      return {
        severity: 'warning',
        ...toll(context, names),
        headline: say`WAL reaches ${named(names)} too slowly`,
        evidence: [
          {
            label: say`not received`,
            text: member.lag.receiveBytes === null ? say`unknown` : formatBytes(member.lag.receiveBytes),
          },
          {
            label: say`not replayed`,
            text: member.lag.replayBytes === null ? say`unknown` : formatBytes(member.lag.replayBytes),
          },
        ],
        ifNobodyActs: say`While it is behind by more than maximum_lag_on_failover Patroni does not elect it.`,
        explains: [
          { codes: ['lag_high', 'lag_unknown'], members: names },
          { codes: ['no_failover_candidate'], members: null },
        ],
        steps: [tell(say`Look at the network to ${first} and at its disk`, 'iostat -x 5 3', [goesOn(context)])],
      };
    },
  },
];
