// Causes that are a member: its PostgreSQL, its Patroni, its host; and what was left behind without any trouble now.

import { formatSeconds } from '../../language/quantity';
import { agree, isSameText, say } from '../../language/sentence';
import type { Member } from '../cluster';
import { deleteCommand } from '../dcs-kind';
import { isKeyOfNobody } from '../members';
import { isPassing, isRunning, isUnasked } from '../patroni-states';
import type { CauseStep } from './cause';
import { rescue } from './leader-gone-rows';
import {
  act,
  type CauseContext,
  type CauseRow,
  fedBy,
  goesOn,
  isAnswered,
  memberOf,
  membersOf,
  named,
  PATRONI_LOG,
  rebuild,
  tell,
  toll,
  word,
} from './row';

export const MEMBER_ROWS: readonly CauseRow[] = [
  {
    code: 'postgres_down',
    meaning: 'Patroni answers and PostgreSQL does not run, or refuses connections, on standbys.',
    match: (context) => {
      const findings = context.find('member_not_running').filter(({ severity }) => severity !== 'note');
      const names = membersOf(findings).filter((name) => name !== context.cluster.leader?.name);
      const [first] = names;
      if (first === undefined) return null;
      const refuses = findings.every(({ members }) =>
        members.every((name) => {
          const member = memberOf(context.cluster, name);
          return member?.witnesses.sql.errorKind === 'refused' && member.state !== null && isRunning(member.state);
        }),
      );
      const told = findings.find(({ members }) => members.includes(first));
      const unasked = names.every((name) => isUnasked(memberOf(context.cluster, name)?.state ?? ''));
      const passes = names.every((name) => isPassing(memberOf(context.cluster, name)?.state ?? ''));
      return {
        severity: 'warning',
        ...toll(context, names),
        headline:
          names.length === 1 && told !== undefined
            ? told.title
            : refuses
              ? say`PostgreSQL refuses connections on ${named(names)}`
              : unasked
                ? say`PostgreSQL does not answer its own Patroni on ${named(names)}`
                : say`PostgreSQL does not run on ${named(names)}`,
        evidence: findings.slice(0, 3).map(({ title, members }) => ({ label: members[0] ?? '', text: title })),
        ifNobodyActs:
          context.cluster.paused === true
            ? say`It stays so: while paused Patroni starts nothing.`
            : unasked
              ? say`Patroni goes on asking it, and does not elect it meanwhile.`
              : passes
                ? say`It stays so until what it waits for comes.`
                : say`Patroni tries to start it again; its log says why that fails.`,
        explains: [
          {
            codes: ['member_not_running', 'replica_not_streaming', 'lag_unknown', 'stale_member_key'],
            members: [...names, ...fedBy(context, names)],
          },
          { codes: ['no_failover_candidate'], members: null },
        ],
        steps: [
          (passes || unasked) && told !== undefined
            ? tell(told.advice, PATRONI_LOG, [goesOn(context)])
            : tell(say`Read the log of PostgreSQL on ${first}`, PATRONI_LOG, [goesOn(context)]),
          act(context, { kind: 'restart', member: first }, goesOn(context)),
          ...(unasked ? [] : [rebuild(context, first)]),
        ],
      };
    },
  },
  {
    code: 'member_lost',
    meaning: 'A member has left the cluster: its key is gone, and nobody said that it was taken out.',
    match: (context) => {
      const { cluster } = context;
      const missed = context.find('member_lost').filter(({ severity }) => severity !== 'note');
      const findings = [...missed, ...context.find('member_unreachable')];
      // One whose key expired and whose PostgreSQL works on as a primary has not left.
      const names = membersOf(findings).filter(
        (name) =>
          (memberOf(cluster, name)?.listed === false || missed.some(({ members }) => members.includes(name))) &&
          name !== context.led &&
          !context.primaries.some((primary) => primary.name === name),
      );
      const [first] = names;
      if (first === undefined) return null;
      const left = cluster.members.filter(({ listed }) => listed).length;
      const told = findings.find(({ members }) => members.includes(first));
      const listedAt = (cluster.roster?.lost ?? []).flatMap((one) =>
        one.listedAt !== null && names.includes(one.name) ? [one.listedAt] : [],
      );
      return {
        severity: 'warning',
        ...toll(context, names),
        since: listedAt.length === 0 ? null : Math.min(...listedAt),
        headline:
          names.length === 1 && told?.code === 'member_lost' && listedAt.length === 0
            ? told.title
            : say`${named(names)} left the cluster: ${left} of ${left + names.length} members are there`,
        evidence: told?.evidence ?? [],
        ifNobodyActs: say`It stays away until its Patroni runs again.`,
        explains: [
          {
            codes: ['member_lost', 'member_unreachable', 'stale_member_key', 'slot_retains_wal', 'lag_unknown'],
            members: names,
          },
          { codes: ['replica_not_streaming', 'timeline_behind'], members: fedBy(context, names) },
          { codes: ['no_failover_candidate'], members: null },
        ],
        steps: [
          ...(memberOf(cluster, first)?.silent === false
            ? [tell(say`Read Patroni's log on ${first}: why it writes no key`, PATRONI_LOG, [goesOn(context)])]
            : lookAtMember(context, first)),
          ...(missed.length === 0 ? [] : [takenOut(context, first)]),
        ],
      };
    },
  },
  {
    code: 'member_silent',
    meaning: 'A standby does not answer at all: its host, its network, or only the way from Howdah to it.',
    match: (context) => {
      const { cluster } = context;
      const findings = context.find('member_unreachable');
      const names = membersOf(findings).filter(
        (name) => memberOf(cluster, name)?.silent === true && name !== context.led && isUnheard(context, name),
      );
      const [first] = names;
      if (first === undefined) return null;
      const streams = names.filter((name) => memberOf(cluster, name)?.replication.kind === 'streaming');
      const nobody = names.filter((name) => cluster.members.some((one) => one.name === name && isKeyOfNobody(one)));
      const real = names.filter((name) => !nobody.includes(name));
      return {
        severity: findings.some(({ severity }) => severity === 'unknown') ? 'unknown' : 'warning',
        ...toll(context, real),
        headline:
          real.length === 0
            ? say`${named(nobody)} ${agree(nobody.length, 'is only a key: it never answered and has no lease', 'are only keys: they never answered and have no lease')}`
            : say`${named(names)} ${agree(names.length, 'does', 'do')} not answer`,
        evidence: [
          ...(findings.find(({ members }) => members.includes(first))?.evidence ?? []),
          ...streams.slice(0, 2).map((name) => ({
            label: say`upstream`,
            text: say`still sends WAL to ${name}`,
          })),
        ],
        ifNobodyActs:
          real.length === 0
            ? say`It stays until somebody deletes it.`
            : real.every((name) => isUnproved(memberOf(cluster, name)))
              ? say`It stays so until its host or network is back; a key that nobody renews goes with its lease.`
              : say`It stays so until its host or network is back.`,
        explains: [
          { codes: ['member_unreachable', 'stale_member_key', 'lag_unknown'], members: names },
          { codes: ['replica_not_streaming', 'timeline_behind'], members: fedBy(context, names) },
          { codes: ['no_failover_candidate'], members: null },
        ],
        steps: [
          ...real.slice(0, 1).flatMap((name) => lookAtMember(context, name)),
          ...nobody.slice(0, 1).map((name) => deleteKey(context, name)),
        ],
      };
    },
  },
  {
    code: 'patroni_dead',
    meaning: 'PostgreSQL of a standby works, its Patroni does not answer.',
    match: (context) => {
      const findings = context.find('member_unreachable');
      const names = membersOf(findings).filter((name) => name !== context.led && isUnheard(context, name));
      const [first] = names;
      if (first === undefined) return null;
      return {
        severity: 'warning',
        ...toll(context, names),
        headline: say`Patroni on ${named(names)} does not answer; PostgreSQL does`,
        evidence: findings[0]?.evidence ?? [],
        ifNobodyActs: say`Nobody manages PostgreSQL there; its key expires with the ttl.`,
        explains: [
          { codes: ['member_unreachable', 'stale_member_key'], members: names },
          { codes: ['no_failover_candidate'], members: null },
        ],
        steps: lookAtMember(context, first),
      };
    },
  },
];

/** Nothing at all is heard at its address; what answers wrongly there is told as that. */
function isUnheard({ cluster }: CauseContext, name: string): boolean {
  const member = memberOf(cluster, name);
  return member !== undefined && !isAnswered(member);
}

function lookAtMember(context: CauseContext, name: string): CauseStep[] {
  return [tell(say`Look at ${name}: host, network, Patroni`, 'systemctl status patroni', [goesOn(context)])];
}

/** What ends it where nobody will start it again. */
function takenOut({ cluster }: CauseContext, name: string): CauseStep {
  return cluster.roster?.by === 'file'
    ? tell(say`If ${name} was taken out for good: take it out of \`members:\` in howdah.yaml`)
    : tell(say`If ${name} was taken out for good: say so among the members`);
}

/** It has never answered, and all that is known of it is a key that goes with a lease. */
function isUnproved(member: Member | undefined): boolean {
  return member?.leased === true && member.observedAt === null;
}

/** Of a member that never was. */
function deleteKey(context: CauseContext, name: string): CauseStep {
  const { cluster, snapshot } = context;
  const where = memberOf(cluster, name)?.host ?? null;
  const key = `${cluster.dcs?.namespace ?? ''}${snapshot.patroniScope ?? snapshot.scope}/members/${name}`;
  return tell(
    where === null
      ? say`Make sure that no Patroni runs as ${name}, then delete the key ${key}`
      : say`Make sure that no Patroni runs as ${name} on ${where}, then delete the key ${key}`,
    cluster.dcs === null ? null : deleteCommand(cluster.dcs.kind, word(key)),
    [say`${goesOn(context)} A Patroni that does run as ${name} writes it anew.`],
  );
}

export const QUIET_ROWS: readonly CauseRow[] = [
  {
    code: 'rest_refuses',
    meaning: 'Something answers at the address of a member, but not as Patroni: a password, a certificate, a proxy.',
    match: (context) => {
      const findings = context
        .find('member_unreachable')
        .filter(({ members, severity }) => severity !== 'note' && members.some((name) => !isUnheard(context, name)));
      const [finding] = findings;
      if (finding === undefined) return null;
      const names = membersOf(findings);
      const said = names.map((name) => memberOf(context.cluster, name)?.witnesses.patroni.error ?? null);
      const isOne = said.every((text) => text !== null && isSameText(text, said[0] ?? ''));
      return {
        severity: finding.severity === 'critical' ? 'unknown' : finding.severity,
        impact: 'unknown',
        headline:
          names.length > 1 && isOne
            ? say`${named(names)} cannot be seen: each address ${said[0] ?? ''}`
            : finding.title,
        consequence: say`Howdah sees less; the cluster itself may be well.`,
        evidence: finding.evidence,
        ifNobodyActs: say`It stays so: what that member really does is not seen.`,
        explains: [{ codes: ['member_unreachable', 'lag_unknown'], members: names }],
        steps: [tell(finding.advice)],
      };
    },
  },
  {
    code: 'not_protected',
    meaning: 'The leader works and nobody could take over from it, for no other cause above.',
    match: (context) => {
      const finding = context.find('no_failover_candidate').find(({ severity }) => severity !== 'note');
      const { cluster } = context;
      const works = cluster.leader?.known === true && (cluster.writable === true || cluster.standbyCluster !== null);
      if (finding === undefined || !works) return null;
      return {
        severity: finding.severity,
        impact: 'no_failover',
        headline: say`Nobody could take over from ${context.led ?? ''}`,
        consequence: say`${goesOn(context)} If the leader fails, the outage lasts until a person acts.`,
        evidence: finding.evidence,
        ifNobodyActs: say`It stays so until one member becomes eligible.`,
        explains: [{ codes: ['no_failover_candidate', 'sync_standby_missing'], members: null }],
        steps: [...rescue(context), tell(finding.advice)].slice(0, 1),
      };
    },
  },
  {
    code: 'pause_forgotten',
    meaning: 'The cluster is paused past the end that was set, or for hours without one.',
    match: (context) => {
      const [finding] = context.find('paused');
      const { cluster, snapshot, now } = context;
      if (finding === undefined || cluster.paused !== true) return null;
      const until = cluster.pauseNote?.until ?? null;
      const overdue = until === null ? now - finding.since > FORGOTTEN_MS : now > until;
      if (!overdue) return null;
      return {
        severity: 'warning',
        impact: 'no_failover',
        headline: say`${snapshot.scope} has been paused for ${formatSeconds((now - finding.since) / 1000)}`,
        consequence: say`${goesOn(context)} If the leader fails, nobody takes over until a person acts.`,
        evidence: finding.evidence,
        ifNobodyActs: say`It stays paused.`,
        explains: [{ codes: ['paused'], members: null }],
        since: finding.since,
        steps: [act(context, { kind: 'resume', member: null }, say`Patroni acts by itself again.`)],
      };
    },
  },
  {
    code: 'pending_restart_left',
    meaning: 'A restart has been pending for more than a day: what is configured is not in force.',
    match: (context) => {
      const [finding] = context.find('pending_restart');
      const { cluster, now } = context;
      const left = cluster.members.filter(
        ({ pendingRestart }) => pendingRestart?.since != null && now - pendingRestart.since > LEFT_MS,
      );
      if (finding === undefined || left.length === 0) return null;
      return {
        severity: 'note',
        impact: 'note',
        headline: say`A restart of ${named(left.map(({ name }) => name))} was left behind`,
        consequence: say`Writes go on with the old settings; the next unplanned restart brings the new ones.`,
        evidence: finding.evidence.slice(0, 3),
        ifNobodyActs: say`It stays so until somebody restarts them, or they restart by themselves.`,
        explains: [{ codes: ['pending_restart'], members: null }],
        steps: [act(context, { kind: 'rolling_restart', member: null })],
      };
    },
  },
];

const FORGOTTEN_MS = 4 * 3600_000;
const LEFT_MS = 24 * 3600_000;
