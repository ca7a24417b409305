// Findings about whose answer it is, and what belongs here: addresses, names, identifiers, and standbys that are no members.

import { joinNames } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import type { Cluster, Identity, Member } from '../cluster';
import { isInitializeWrong } from '../identity';
import { isForeign, leaderOf } from '../members';
import { type FindingContext, type FindingRule, fact, type Match } from './rule';

export const IDENTITY_RULES: readonly FindingRule[] = [
  {
    code: 'not_its_answer',
    meaning: 'What answers at the address of a member is not that member, or nobody can tell whose answer it is.',
    match: (context) => [...restMatches(context), ...sqlMatches(context.cluster)],
  },
  {
    code: 'initialize_key_wrong',
    meaning:
      '`/initialize` has another system identifier than the members: Patroni ends itself on it unless it is paused.',
    match: ({ cluster }) => {
      const { initialize, systemIdentifier } = cluster;
      if (!isInitializeWrong(cluster)) return [];
      const said = cluster.members.filter((member) => member.systemIdentifier !== null);
      const isTorn = said.some((member) => member.systemIdentifier === initialize);
      return [
        {
          severity: 'critical',
          title: say`/initialize names another cluster than the members`,
          members: [],
          evidence: [
            fact('/initialize', initialize ?? ''),
            ...said.map((member) => fact(member.name, say`system identifier ${member.systemIdentifier ?? ''}`)),
          ],
          advice: isTorn
            ? say`Find out whose data are meant before anything else, and reinitialize nobody until then. Unpaused, each Patroni whose data differ from the key ends itself and stops its PostgreSQL.`
            : cluster.paused === true
              ? say`Do not resume: every Patroni would end itself and stop its PostgreSQL. Write ${systemIdentifier ?? ''} to /initialize first. Reinitialize nobody: the key is wrong, not the data.`
              : say`Write ${systemIdentifier ?? ''} to /initialize at once: unpaused, every Patroni ends itself on this and stops its PostgreSQL. Reinitialize nobody: the key is wrong, not the data.`,
        },
      ];
    },
  },
  {
    code: 'system_identifier_mismatch',
    meaning: "A member's data directory belongs to another cluster.",
    match: ({ cluster }) =>
      cluster.members.flatMap((member): Match[] => {
        const isKeys = isInitializeWrong(cluster) && member.systemIdentifier === cluster.initialize;
        if (!isForeign(member, cluster) || isKeys) return [];
        const primary = member.postgresRole === 'primary';
        return [
          {
            severity: 'critical',
            title: primary
              ? say`${member.name} runs as a primary of another cluster`
              : say`${member.name} belongs to another cluster`,
            members: [member.name],
            evidence: [
              fact(member.name, say`system identifier ${member.systemIdentifier ?? ''}`),
              fact('/initialize', cluster.initialize || (cluster.systemIdentifier ?? '')),
            ],
            advice: primary
              ? say`Keep clients away from ${member.name}: what they write there is in another cluster. Check its data directory and scope, and save what is needed before it is reinitialized.`
              : say`Never promote ${member.name}. Check its data directory and scope; then reinitialize it, or repair the initialize key if that is what changed.`,
          },
        ];
      }),
  },
  {
    code: 'external_standby',
    meaning:
      'A standby that is no member streams from a member: another cluster, pg_receivewal, or a member whose key is gone.',
    match: ({ cluster }) =>
      cluster.members.flatMap((member): Match[] => {
        // Of the other site it is known who that is.
        const known = (cluster.site?.links ?? []).map(({ standby }) => standby.leader);
        const external = member.externalStandbys.filter(
          ({ state, applicationName }) => state !== 'backup' && !known.includes(applicationName),
        );
        if (member.silent || external.length === 0) return [];
        const names = [...new Set(external.map(({ applicationName }) => applicationName))];
        const carries = (name: string): boolean => cluster.members.some((other) => other.name === name);
        return [
          {
            severity: 'note',
            title:
              external.length === 1
                ? carries(names[0] ?? '')
                  ? say`Somebody else streams from ${member.name} under the name of ${joinNames(names)}`
                  : say`${joinNames(names)} streams from ${member.name} and is no member`
                : say`${joinNames(names)} stream from ${member.name} and are no members`,
            members: [member.name],
            evidence: external.map(({ applicationName, clientAddr, state }) =>
              fact(applicationName, say`${state ?? say`state unknown`} from ${clientAddr ?? say`an unknown address`}`),
            ),
            advice: say`Nothing to do where it is meant: the leader of a standby cluster, pg_receivewal, a backup. Patroni neither manages nor promotes it. A member that lost its key stands here too.`,
          },
        ];
      }),
  },
];

/** One finding for all members that the same sentence is about. */
function grouped(members: readonly Member[], textOf: (identity: Identity) => Text | null): readonly Member[][] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const text = textOf(member.identity);
    if (text !== null) groups.set(String(text), [...(groups.get(String(text)) ?? []), member]);
  }
  return [...groups.values()];
}

function restMatches(context: FindingContext): Match[] {
  const { cluster } = context;
  return grouped(cluster.members, ({ text }) => text).map((members): Match => {
    const names = members.map(({ name }) => name);
    const [first] = members;
    const identity = first?.identity;
    const text = identity?.text ?? '';
    const silent = members.some((member) => member.silent && member.listed);
    return {
      severity:
        identity?.verdict === 'alias'
          ? aliasSeverity(names, context)
          : identity?.verdict === 'name_twice' && names.includes(cluster.leader?.name ?? '')
            ? 'critical'
            : silent
              ? 'unknown'
              : 'warning',
      title: titleOf(names, first),
      members: names,
      evidence: [
        ...members.map((member) => fact(member.name, say`api_url ${member.apiUrl ?? ''}`)),
        fact(say`there`, text),
        ...members.flatMap((member) => (member.identity.sql === null ? [] : [fact(member.name, member.identity.sql)])),
      ],
      advice: adviceOf(names, first, cluster),
    };
  });
}

function titleOf(names: readonly string[], member: Member | undefined): Text {
  const who = joinNames(names);
  const text = member?.identity.text ?? '';
  switch (member?.identity.verdict) {
    case 'alias':
      return say`${who} and ${member.identity.node ?? ''} are one node under two names`;
    case 'other_name':
    case 'other_scope':
      return say`Not the answer of ${who}: ${text}`;
    case 'loopback':
      return say`Whose ${agree(names.length, 'answer stands', 'answers stand')} for ${who} is not known: ${text}`;
    default:
      return say`Whose answer it is cannot be told: ${text}`;
  }
}

function adviceOf(names: readonly string[], member: Member | undefined, cluster: Cluster): Text {
  const who = joinNames(names);
  switch (member?.identity.verdict) {
    case 'alias': {
      const node = member.identity.node ?? '';
      const leads = names.includes(cluster.leader?.name ?? '');
      if (!leads) return say`Nothing to do: the key of the old name goes when its lease ends.`;
      return cluster.paused === true
        ? say`Stop and reinitialize nothing: it is one PostgreSQL. The key of ${who} goes when its lease ends; then ${node} takes the leader key, and resume is safe.`
        : say`Stop and reinitialize nothing: it is one PostgreSQL. While the leader key names ${who}, Patroni of ${node} demotes it; when the key expires ${node} or a standby takes over.`;
    }
    case 'other_scope':
      return say`Do nothing to ${who} through this address: another cluster has it now. Look on the host of ${who}; set restapi.connect_address right there, or let its key expire.`;
    case 'other_name':
      return say`Do nothing to ${who} through this address. Set restapi.connect_address of each member to an address of its own: in an election Patroni asks it too.`;
    case 'name_twice':
      return say`Both take themselves for ${who}, and where it leads for the holder of the leader key. See which of them clients write to, then stop Patroni on the other and give it a name of its own in patroni.yml.`;
    case 'loopback':
      return say`Set restapi.connect_address of each member to an address that the others reach: in an election each Patroni would ask itself.`;
    default:
      return say`Set restapi.connect_address of each member to an address of its own: in an election Patroni asks it too. Nothing that goes through this address is offered until then.`;
  }
}

/** The key of an old name is normal until its lease ends. */
function aliasSeverity(names: readonly string[], context: FindingContext): Match['severity'] {
  const { cluster, now } = context;
  if (names.includes(cluster.leader?.name ?? '')) return 'warning';
  const limitMs = ((cluster.config?.ttlSeconds ?? 30) + (cluster.config?.loopWaitSeconds ?? 10)) * 1000;
  return now - context.sinceOf('not_its_answer', names) > limitMs ? 'warning' : 'note';
}

function sqlMatches(cluster: Cluster): Match[] {
  const told = cluster.members.filter(({ identity }) => identity.text === null);
  return grouped(told, ({ sql }) => sql).map((members): Match => {
    const names = members.map(({ name }) => name);
    const leader = leaderOf(cluster);
    return {
      severity: members.some((member) => member.silent && member.listed) ? 'unknown' : 'warning',
      title: say`Not the PostgreSQL of ${joinNames(names)}: ${members[0]?.identity.sql ?? ''}`,
      members: names,
      evidence: members.map((member) =>
        fact(say`conn_url`, `${member.name} ${member.host ?? ''}:${member.port ?? ''}`),
      ),
      advice:
        leader !== null && names.includes(leader.name)
          ? say`Set postgresql.connect_address of each member to an address of its own: standbys connect to the leader by it.`
          : say`Set postgresql.connect_address of each member to an address of its own.`,
    };
  });
}
