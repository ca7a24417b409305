// Findings about single members: do they answer, do they run, do they belong here, are they alike.

import { formatInstant, formatSeconds, joinNames, plural } from '../../language/quantity';
import { distinct, joined, say, type Text } from '../../language/sentence';
import { bootstrapOf } from '../bootstrap';
import type { Cluster, Member } from '../cluster';
import { refusalsOf } from '../config/refusals';
import { startTimeoutOf } from '../config/timeouts';
import { ABSENT } from '../key-version';
import { leaderOf } from '../members';
import { isPassing, isRunning, isUnasked } from '../patroni-states';
import { instant } from '../wire/loose';
import { type FindingContext, type FindingRule, fact, type Match, memberBefore, persists } from './rule';
import { unreachable } from './unreachable';

const asked = (member: Member): boolean =>
  member.witnesses.patroni.state !== 'never' && member.witnesses.patroni.state !== null;

export const MEMBER_RULES: readonly FindingRule[] = [
  {
    code: 'member_unreachable',
    meaning: 'A member does not answer: neither Patroni nor PostgreSQL (unknown), or Patroni alone (warning).',
    match: (context) =>
      context.cluster.members
        .filter((member) => asked(member) && member.identity.text === null && !isLost(member, context.cluster))
        .flatMap((member) => unreachable(member, context)),
  },
  {
    code: 'member_lost',
    meaning: 'A member that belongs to the cluster is not in its member list any more.',
    match: (context) => {
      const { cluster, now } = context;
      // Snapshots that were kept before there were rosters have none.
      return (cluster.roster?.lost ?? []).map(({ name, listedAt }): Match => {
        const seconds = (now - context.sinceOf('member_lost', [name])) / 1000;
        const isByFile = cluster.roster?.by === 'file';
        // A Patroni that is restarted takes its key away and writes it again. Where PostgreSQL is gone too it is one standby less at once.
        const isSilent = cluster.members.every((member) => member.name !== name || member.silent);
        const isNew = seconds < (isSilent ? LEAVING_SECONDS : (cluster.config?.ttlSeconds ?? 30));
        return {
          severity: isNew && memberBefore(context, name)?.observedAt != null ? 'note' : 'warning',
          title:
            listedAt === null ? say`${name} should be a member and is not` : say`${name} is gone from the member list`,
          members: [name],
          evidence: [
            fact('DCS', say`no member key`),
            ...(isByFile ? [fact('howdah.yaml', say`members: ${cluster.roster?.names.join(', ') ?? ''}`)] : []),
            ...(listedAt === null ? [] : [fact(say`last listed`, formatInstant(new Date(listedAt).toISOString()))]),
          ],
          advice: isByFile
            ? say`Start Patroni on ${name}. If it was taken out for good, take it out of \`members:\` in howdah.yaml.`
            : say`Start Patroni on ${name}. If it was taken out for good, say so among the members: until then it is missed.`,
        };
      });
    },
  },
  {
    code: 'member_not_running',
    meaning: 'Patroni answers, PostgreSQL does not run or refuses connections.',
    match: (context) =>
      context.cluster.members.flatMap((member): Match[] => {
        const { cluster } = context;
        const { state } = member;
        if (member.silent || state === null || member.witnesses.patroni.state !== 'fresh') return [];
        // Patroni's word is up to a loop old, a single refusal a moment of a restart: the last good answer has to be old.
        const { errorKind, observedAt } = member.witnesses.sql;
        const refused =
          isRunning(state) &&
          errorKind === 'refused' &&
          (observedAt === null || context.now - observedAt > context.staleAfterMs);
        const leads = leaderOf(cluster)?.name === member.name;
        // It answered Howdah before. Of the leader that may be all clients; of a standby the stream tells more.
        const mute =
          leads &&
          isRunning(state) &&
          errorKind === 'timeout' &&
          observedAt !== null &&
          context.now - observedAt > 2 * context.staleAfterMs;
        if ((isRunning(state) && !refused && !mute) || bootstrapOf(cluster) !== null) return [];
        const unasked = isUnasked(state);
        const passing = isPassing(state);
        const seconds = (context.now - context.sinceOf('member_not_running', [member.name])) / 1000;
        const progress = copyOf(member, cluster);
        const limit = passingLimit(state, progress !== null, cluster);
        const isLong = passing && seconds > limit;
        return [
          {
            severity:
              mute || (unasked && leads) ? 'unknown' : passing && !isLong ? 'note' : leads ? 'critical' : 'warning',
            title: mute
              ? say`PostgreSQL on ${member.name} answers no more, although Patroni sees it run`
              : unasked
                ? say`PostgreSQL on ${member.name} does not answer its own Patroni`
                : refused
                  ? say`PostgreSQL on ${member.name} refuses connections`
                  : isLong
                    ? say`PostgreSQL on ${member.name}: ${state} for ${formatSeconds(seconds)}`
                    : say`PostgreSQL on ${member.name}: ${state}`,
            members: [member.name],
            evidence: [
              fact('Patroni', say`state ${state}`),
              ...(member.witnesses.sql.error === null ? [] : [fact('PostgreSQL', member.witnesses.sql.error)]),
              ...(passing && state === 'creating replica'
                ? [fact(say`copy`, progress ?? say`no base backup of it is seen on the members that answer`)]
                : []),
            ],
            advice: mute
              ? say`Try to connect as a client does. Patroni sees nothing wrong and will not fail over: look at load, storage and the network of ${member.name}.`
              : unasked
                ? say`Try to connect as a client does: it hangs, has no connection left, or has just restarted. Patroni calls it unknown, not stopped.`
                : isLong
                  ? state === 'creating replica'
                    ? say`Look in the log of Patroni on ${member.name} what the copy does: it begins anew for ever where it fails.`
                    : say`Look at PostgreSQL's log on ${member.name}: it replays WAL until it is consistent, waits for WAL that nobody has, or for its archive.`
                  : passing
                    ? say`Wait until it runs; if it stays like this, look at its log.`
                    : say`Look at the logs of PostgreSQL and Patroni on ${member.name}.`,
          },
        ];
      }),
  },
  {
    code: 'stale_member_key',
    meaning:
      'The DCS still lists a member as running, but nothing listens there any more. patronictl shows it as healthy until its lease ends.',
    match: ({ cluster }) =>
      cluster.members.flatMap((member): Match[] => {
        const gone = member.silent && member.witnesses.patroni.errorKind === 'refused';
        if (!gone || !member.listed || member.identity.text !== null || cluster.dcs?.state !== 'fresh') return [];
        const says = member.patroniSays.state;
        if (says === null || !isRunning(says)) return [];
        return [
          {
            severity: 'note',
            title: say`The DCS still calls ${member.name} ${says}`,
            members: [member.name],
            evidence: [
              fact(
                say`member key`,
                member.patroniSays.lagBytes === null
                  ? say`state ${says}`
                  : say`state ${says}, lag ${member.patroniSays.lagBytes}`,
              ),
              fact(member.name, member.witnesses.patroni.error ?? 'refused'),
            ],
            advice:
              member.leased === false
                ? say`Do not trust patronictl for ${member.name}: its key has no lease and stays until somebody deletes it.`
                : say`Do not trust patronictl for ${member.name}: its key goes when the lease ends, at most the ttl after its last loop.`,
          },
        ];
      }),
  },
  {
    code: 'config_not_in_force',
    meaning:
      'The stored configuration holds a value that makes members refuse it as a whole, with a line in their log only.',
    match: (context) => (context.cluster.config === null ? unreadable(context) : configNotInForce(context.cluster)),
  },
  {
    code: 'version_mismatch',
    meaning: 'Members run different versions of Patroni or PostgreSQL.',
    match: ({ cluster }) => [
      ...versionMatch(cluster.members, 'Patroni', (member) => member.patroniVersion),
      ...versionMatch(cluster.members, 'PostgreSQL', (member) => member.postgresVersion),
    ],
  },
  {
    code: 'pending_restart',
    meaning: 'Settings were changed that take effect only with a restart.',
    match: ({ cluster }) => {
      const members = cluster.members.filter((member) => member.pendingRestart !== null);
      if (members.length === 0) return [];
      const names = members.map((member) => member.name);
      const texts = members.map((member) => {
        const changes = member.pendingRestart?.parameters ?? [];
        return changes.length === 0
          ? say`Patroni sets the flag and gives no reason`
          : joined(
              changes.map(({ name, from, to }) => {
                // A value alone would read as the new one; it is the one that runs.
                if (to === null) return from === null ? name : say`${name}, ${from} until then`;
                return say`${from === null ? name : [name, from].join(' ')} to ${to}`;
              }),
              ', ',
            );
      });
      const whom = names.length > 3 ? plural(names.length, 'member') : joinNames(names);
      const same = distinct(texts).length === 1 ? texts[0] : undefined;
      return [
        {
          severity: 'note',
          title:
            same && (members[0]?.pendingRestart?.parameters.length ?? 0) > 0
              ? say`Pending restart on ${whom}: ${same}`
              : say`Pending restart on ${whom}`,
          members: names,
          evidence: members.map((member, index) =>
            fact(member.name, say`${texts[index] ?? ''} (${(member.pendingRestart?.by ?? []).join(', ')})`),
          ),
          advice: say`Restart the members when it suits, standbys first unless a hot-standby parameter was lowered.`,
        },
      ];
    },
  },
  {
    code: 'scheduled_restart',
    meaning: 'A restart is scheduled in the memory of a Patroni process.',
    match: ({ cluster, now }) =>
      cluster.members.flatMap((member): Match[] =>
        member.scheduledRestart === null
          ? []
          : [
              {
                severity: 'note',
                title: isOver(member.scheduledRestart.at, cluster, now)
                  ? say`Restart of ${member.name} was due at ${formatInstant(member.scheduledRestart.at)} and still stands`
                  : say`Restart of ${member.name} scheduled at ${formatInstant(member.scheduledRestart.at)}`,
                members: [member.name],
                evidence: [fact(member.name, say`conditions ${JSON.stringify(member.scheduledRestart.conditions)}`)],
                advice: isOver(member.scheduledRestart.at, cluster, now)
                  ? say`It does not take place any more. Cancel it: \`patronictl flush CLUSTER restart\`. It still stands, so see whether the loop of Patroni on ${member.name} works.`
                  : say`It is lost if its Patroni restarts, and does not run while paused.`,
              },
            ],
      ),
  },
  {
    code: 'clock_skew',
    meaning: "A node's clock differs from Howdah's by more than three seconds.",
    match: ({ cluster }) => {
      const skewed = cluster.members.filter(
        (member) => !member.silent && Math.abs(member.clockOffsetSeconds ?? 0) > SKEW_SECONDS,
      );
      if (skewed.length === 0) return [];
      const everybody = cluster.members.length > 1 && skewed.length === cluster.members.length;
      const names = skewed.map((member) => member.name);
      return [
        {
          severity: 'warning',
          title: everybody
            ? say`Every member's clock differs from Howdah's`
            : say`The clock of ${joinNames(names)} is ${joined(
                skewed.map((member) => offsetText(member.clockOffsetSeconds ?? 0)),
                ', ',
              )}`,
          members: names,
          evidence: skewed.map((member) => fact(member.name, offsetText(member.clockOffsetSeconds ?? 0))),
          advice: everybody
            ? say`Check the clock of Howdah's own host first.`
            : say`Repair time synchronisation: scheduled actions and time lags cannot be trusted there.`,
        },
      ];
    },
  },
  {
    code: 'observation_stale',
    meaning: 'Howdah itself has not asked a member in time: what is shown is old although nothing failed.',
    match: (context) => {
      const { cluster, now, staleAfterMs } = context;
      // A slow answer is old when it comes and a new pace shortens the limit at once: neither is a missed round.
      const isOld = (member: Member): boolean => {
        const { state, observedAt, tookMs } = member.witnesses.patroni;
        return state === 'stale' && observedAt !== null && now - observedAt > staleAfterMs + 2 * (tookMs ?? 0);
      };
      const old = cluster.members.filter(
        (member) => isOld(member) && persists(context, member, (before) => before.witnesses.patroni.state === 'stale'),
      );
      const oldest = Math.min(...old.map((member) => member.witnesses.patroni.observedAt ?? now));
      if (old.length === 0 || now - oldest <= staleAfterMs) return [];
      const names = old.map((member) => member.name);
      return [
        {
          severity: 'unknown',
          title: say`Nothing new from ${names.length > 3 ? plural(names.length, 'member') : joinNames(names)} for ${formatSeconds((now - oldest) / 1000)}`,
          members: names,
          evidence: old.map((member) =>
            fact(
              member.name,
              say`last read ${formatSeconds((now - (member.witnesses.patroni.observedAt ?? now)) / 1000)} ago`,
            ),
          ),
          advice: say`Howdah is behind: look at its CPU and at /api/health. The members themselves may be well.`,
        },
      ];
    },
  },
];

/** ha.py v4.1.5, should_run_scheduled_action: what is one and a half loops late is dropped. */
function isOver(at: string, { config }: Cluster, now: number): boolean {
  const due = instant(at);
  return due !== null && now - due > 1500 * (config?.loopWaitSeconds ?? 10);
}

/** Patroni lets a primary start for primary_start_timeout; a standby for ever, so the same is its measure here. */
const COPY_LIMIT_SECONDS = 3600;
const UNSEEN_COPY_LIMIT_SECONDS = 1800;

/** After this many seconds what should pass has not passed. */
function passingLimit(state: string, isCopySeen: boolean, { config }: Cluster): number {
  if (state === 'creating replica') return isCopySeen ? COPY_LIMIT_SECONDS : UNSEEN_COPY_LIMIT_SECONDS;
  return Math.max(60, startTimeoutOf(config?.value));
}

/** The base backup that another member sends to it; null: none is seen. */
function copyOf(member: Member, { members }: Cluster): Text | null {
  const sender = members.find((other) => other.copies.includes(member.name));
  return sender === undefined ? null : say`${sender.name} sends it a base backup`;
}

export const SKEW_SECONDS = 3;

function offsetText(seconds: number): Text {
  return seconds > 0 ? say`${formatSeconds(seconds)} ahead` : say`${formatSeconds(seconds)} behind`;
}

/** `member_lost` says it, and more. */
function isLost({ name, silent }: Member, { roster, leader }: Cluster): boolean {
  return silent && leader?.name !== name && roster?.lost.some((lost) => lost.name === name) === true;
}

function versionMatch(
  members: readonly Member[],
  product: 'Patroni' | 'PostgreSQL',
  versionOf: (member: Member) => string | null,
): Match[] {
  const groups = new Map<string, string[]>();
  for (const member of members) {
    const version = versionOf(member);
    if (version !== null && !member.silent) groups.set(version, [...(groups.get(version) ?? []), member.name]);
  }
  if (groups.size < 2) return [];
  const versions = [...groups.keys()].sort();
  const majors = new Set(versions.map((version) => version.split('.')[0]));
  return [
    {
      severity: majors.size > 1 ? 'warning' : 'note',
      title: say`Members run ${product} ${joinNames(versions)}`,
      members: [...groups.values()].flat().sort(),
      evidence: [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([version, names]) => fact(`${product} ${version}`, joinNames(names))),
      advice:
        product === 'Patroni'
          ? say`Finish the upgrade: use only what the oldest version knows until then.`
          : say`Finish the minor upgrade; between major versions physical replication does not work.`,
    },
  ];
}

/**
 * The holder of the leader key writes the configuration anew from memory where there is none, or none that can be read (ha.py v3.0.2 and
 * v4.1.5, _run_cycle); meanwhile everybody goes on with what was read last.
 */
function unreadable(context: FindingContext): Match[] {
  const { cluster, now } = context;
  if (cluster.dcs?.state !== 'fresh' || cluster.leader?.known !== true || cluster.dcs.keyRevisions == null) return [];
  const isGone = cluster.dcs.keyRevisions.config === ABSENT;
  const seconds = (now - context.sinceOf('config_not_in_force', [])) / 1000;
  return [
    {
      severity: seconds > UNREAD_LIMIT_SECONDS ? 'warning' : 'note',
      title: isGone
        ? say`/config is gone: what is configured is not known`
        : say`/config holds no JSON object: what is configured is not known`,
      members: [],
      evidence: [fact('DCS', isGone ? say`no key of this name` : say`half a text, a list, or no JSON`)],
      advice: say`The leader writes it anew from memory in its next loop, and all members go on with what they remember. If it stays so, see the log of Patroni on ${cluster.leader.name}.`,
    },
  ];
}

/** Two rounds and the time in which a list is no older than the answers. */
const LEAVING_SECONDS = 3;
const UNREAD_LIMIT_SECONDS = 30;

/** By what each version takes over (config/refusals.ts): /config shows what is stored, and no Patroni says what it runs with. */
function configNotInForce({ config, members }: Cluster): readonly Match[] {
  if (config === null) return [];
  const refusing = members
    .filter((member) => member.listed)
    .map((member) => ({ member, refusals: refusalsOf(config.value, member.patroniVersion) }))
    .filter(({ refusals }) => refusals.length > 0);
  const [first] = refusing;
  if (first === undefined) return [];
  const whys = distinct(refusing.flatMap(({ refusals }) => refusals.map(({ why }) => why)));
  const places = [...new Set(refusing.flatMap(({ refusals }) => refusals.map(({ path }) => path.join('.'))))];
  const names = refusing.map(({ member }) => member.name);
  return [
    {
      severity: 'warning',
      title: say`The configuration is stored, but not in force on ${joinNames(names)}, because ${joined(whys, '; ')}`,
      members: names,
      evidence: refusing.map(({ member, refusals }) =>
        fact(
          member.name,
          say`Patroni ${member.patroniVersion ?? say`of unknown version`}: ${joined(
            refusals.map(({ why }) => why),
            '; ',
          )}`,
        ),
      ),
      advice: say`Correct ${places.join(', ')}: until then no change of ttl, loop_wait, retry_timeout, postgresql or standby_cluster is taken up there.`,
    },
  ];
}
