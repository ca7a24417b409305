// Findings about a cluster that is not yet, or not any more: its bootstrap, and keys without members.

import { formatSeconds, joinNames } from '../../language/quantity';
import { say } from '../../language/sentence';
import { bootstrapOf } from '../bootstrap';
import { type FindingRule, fact, type Match } from './rule';

/** Between the key and the first word of who runs it lies a loop. */
const BEGUN_GRACE_MS = 60_000;

export const BEGINNING_RULES: readonly FindingRule[] = [
  {
    code: 'bootstrap',
    meaning:
      'The cluster is being made: no member has been a primary yet, so nothing is lost and nobody can take over.',
    match: (context): readonly Match[] => {
      const { cluster, now } = context;
      const bootstrap = bootstrapOf(cluster);
      if (bootstrap === null || bootstrap.kind === 'failed') return [];
      const names = bootstrap.members.map(({ name }) => name);
      const seconds = (now - context.sinceOf('bootstrap', names)) / 1000;
      const evidence = [
        fact('/initialize', cluster.initialize === null ? say`does not exist` : say`empty`),
        ...cluster.members.map((member) => fact(member.name, member.state ?? say`does not answer`)),
      ];
      const [first] = bootstrap.members;
      if (bootstrap.kind === 'running' && first?.replayPaused === true)
        return [
          {
            severity: 'warning',
            title: say`The restore on ${first.name} has reached its target: it waits in recovery for a person`,
            members: [first.name],
            evidence: [...evidence, fact(first.name, say`replay is paused`)],
            advice: say`See whether it holds what is wanted. If so, \`SELECT pg_wal_replay_resume()\` on ${first.name} ends the recovery, and the cluster begins; if not, restore to another target.`,
          },
        ];
      if (bootstrap.kind === 'running')
        return [
          {
            severity: 'note',
            title: say`The cluster is being bootstrapped by ${joinNames(names)}`,
            members: names,
            evidence,
            advice: say`Wait: the other members copy from ${joinNames(names)} when it is done. Promote nothing by hand.`,
          },
        ];
      if (bootstrap.kind === 'awaited')
        return [
          {
            severity: 'note',
            title: say`The cluster is not initialized: no member has data`,
            members: names,
            evidence,
            advice: say`A member with a bootstrap section in its configuration begins by itself; see in the Patroni logs why none does.`,
          },
        ];
      return [
        {
          severity: seconds * 1000 > BEGUN_GRACE_MS ? 'warning' : 'note',
          title:
            seconds < 1
              ? say`A bootstrap has begun, and no member is seen to run it`
              : say`A bootstrap has begun, and no member has been seen to run it for ${formatSeconds(seconds)}`,
          members: names,
          evidence,
          advice: say`See in the Patroni logs who began it. If it died, remove the empty initialize key: then a member begins anew.`,
        },
      ];
    },
  },
  {
    code: 'bootstrap_failed',
    meaning: 'initdb or the bootstrap script of a new cluster failed.',
    match: ({ cluster }) => {
      const bootstrap = bootstrapOf(cluster);
      if (bootstrap?.kind !== 'failed') return [];
      return bootstrap.members.map(({ name, state }) => ({
        severity: 'critical' as const,
        title: say`The bootstrap failed on ${name}: ${state ?? ''}`,
        members: [name],
        evidence: [
          fact(name, say`state ${state ?? ''}`),
          fact('/initialize', cluster.initialize === null ? say`does not exist` : cluster.initialize || say`empty`),
        ],
        advice: say`Read the log of Patroni on ${name}: what the bootstrap command said stands there. Patroni ends itself after it; repair the cause and start it again.`,
      }));
    },
  },
  {
    code: 'leftover_keys',
    meaning: 'Keys of a cluster stand in the DCS, and no member does.',
    match: ({ cluster }) => {
      if (cluster.members.length > 0 || cluster.dcs?.state !== 'fresh') return [];
      const holder = cluster.leader?.known === true ? cluster.leader.name : null;
      // Of whom nothing is left, and somebody was: that is no leftover.
      const isBare = Object.values(cluster.dcs.keyRevisions ?? {}).every((revision) => revision === '0');
      if (isBare && (cluster.roster?.names.length ?? 0) > 0) return [];
      const kept = Object.entries(cluster.dcs.keyRevisions ?? {}).flatMap(([key, revision]) =>
        revision === '0' ? [] : [`/${key}`],
      );
      return [
        {
          severity: holder === null ? 'note' : 'unknown',
          title:
            holder === null
              ? say`No member, only keys that were left`
              : say`The leader key names ${holder}, and no member is listed`,
          members: [],
          evidence: [
            fact(
              say`keys`,
              [...(cluster.initialize === null ? [] : ['/initialize']), ...kept].join(', ') || say`others`,
            ),
            fact(say`members`, say`none`),
          ],
          advice:
            holder === null
              ? say`If the cluster is gone for good, \`patronictl remove\` takes the keys away. If not, start Patroni on its members.`
              : say`A Patroni that runs writes its member key in its next loop. If none comes, nobody runs: a leader key without a lease stays until somebody deletes it.`,
        },
      ];
    },
  },
  {
    code: 'keys_gone',
    meaning:
      'All keys of a cluster have vanished from the DCS, and nobody has said that it was removed: PostgreSQL still runs, or nobody answers.',
    match: ({ cluster }) => {
      const { dcs, initialize, config, leader, members } = cluster;
      if (dcs?.state !== 'fresh' || initialize !== null || config?.by === 'dcs' || leader !== null) return [];
      if (members.some(({ listed }) => listed)) return [];
      const running = members.filter((member) => !member.silent && member.postgresRole !== 'unknown');
      const primaries = running.filter((member) => member.postgresRole === 'primary').map(({ name }) => name);
      const roster = cluster.roster?.names ?? [];
      // Nobody answers: known only where it is kept who was there.
      if (running.length === 0 && roster.length === 0) return [];
      const names = running.length === 0 ? roster : running.map(({ name }) => name);
      const others = [...new Set([...roster, ...members.map(({ name }) => name)])].filter(
        (name) => !running.some((member) => member.name === name),
      );
      return [
        {
          severity: 'critical',
          title:
            primaries.length === 1
              ? say`The keys of the cluster are gone; ${joinNames(primaries)} still runs as a primary`
              : primaries.length > 1
                ? say`The keys of the cluster are gone; ${joinNames(primaries)} still run as primaries`
                : running.length > 0
                  ? say`The keys of the cluster are gone; PostgreSQL still runs on ${joinNames(names)}, as a standby`
                  : members.some(({ silent }) => !silent)
                    ? say`The keys of the cluster are gone, and PostgreSQL is seen to run on none of ${joinNames(names)}`
                    : say`The keys of the cluster are gone, and none of ${joinNames(names)} answers`,
          members: names,
          evidence: [
            fact('DCS', say`no key of this cluster`),
            ...running.map((member) =>
              fact(member.name, member.postgresRole === 'primary' ? say`answers as a primary` : say`in recovery`),
            ),
            ...others.map((name) => {
              const member = members.find((one) => one.name === name);
              return fact(
                name,
                member?.silent === false
                  ? say`answers, state ${member.state ?? say`unknown`}`
                  : (member?.witnesses.patroni.error ?? say`does not answer`),
              );
            }),
          ],
          advice:
            running.length === 0
              ? cluster.roster?.by === 'file'
                ? say`If the cluster was removed for good, take its \`members:\` out of howdah.yaml: until then it is missed. If not, find out who took the keys away before Patroni is started on its members.`
                : say`If the cluster was removed for good, say so on its page: until then it is missed. If not, find out who took the keys away before Patroni is started on its members.`
              : say`Find out who took them away: \`patronictl remove\`, an emptied or another DCS. A Patroni that reaches this DCS writes them anew in its next loop; change nothing until you know why none does.`,
        },
      ];
    },
  },
];
