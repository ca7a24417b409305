// Findings about the doors: to whom they send clients. A door follows a switchover some seconds late, so what it does wrong is judged once
// it has lasted longer than its checks take, and not while the leadership itself is settling.

import { joinNames } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import type { Evidence, Member } from '../cluster';
import { SETTLED_MS } from '../entries/draft';
import type { Entry, EntryListener, EntryServer, EntryVerdict } from '../entries/entry';
import { doorName, serverWords } from '../entries/words';
import { type FindingContext, type FindingRule, fact, type Match } from './rule';

/** `inter` times `fall` and `rise` of HAProxy's defaults, and a round of ours. */
const HELD_MS = 10_000;
/** HAProxy cuts them at once where it is told to. */
const KEPT_MS = 5000;
const SERVERS_TOLD = 8;

interface Door {
  readonly entry: Entry;
  readonly listener: EntryListener;
  readonly name: string;
}

/** What is known only from memory is not judged. */
export function doorsOf({ cluster }: FindingContext): readonly Door[] {
  return (cluster.entries ?? []).flatMap((entry) =>
    entry.listeners
      .filter(({ verdict }) => verdict !== 'unseen')
      .map((listener) => ({ entry, listener, name: doorName(entry, listener) })),
  );
}

/** It has lasted, and who leads has been settled for as long as Patroni and a door need. */
function holds({ listener }: Door, { cluster, leader, now }: FindingContext): boolean {
  const since = cluster.leader?.since ?? null;
  const isSettled = cluster.leader?.known === true && leader !== null && (since === null || now - since > SETTLED_MS);
  return isSettled && now - listener.since >= HELD_MS;
}

const isAt = ({ listener }: Door, ...verdicts: readonly EntryVerdict[]): boolean => verdicts.includes(listener.verdict);

function serverFacts({ listener }: Door): Evidence[] {
  return listener.servers.slice(0, SERVERS_TOLD).map((server) => fact(server.name, serverWords(server)));
}

function leaderFact(leader: Member | null): Evidence[] {
  return leader === null ? [] : [fact(leader.name, say`holds the leader key`)];
}

/** The first label tells doors apart. */
function evidenceOf(door: Door, leader: Member | null): readonly Evidence[] {
  return [fact(door.name, say`looked at by ${door.entry.address}`), ...leaderFact(leader), ...serverFacts(door)];
}

const CHECK = '`option httpchk OPTIONS /primary`, `http-check expect status 200`';
const SERVER = '`check port 8008 inter 1s fall 2 rise 1 on-marked-down shutdown-sessions`';

export const ENTRY_RULES: readonly FindingRule[] = [
  {
    code: 'entry_unseen',
    meaning: 'Howdah does not see what a door does: its statistics, console or address do not answer.',
    match: ({ cluster }) =>
      (cluster.entries ?? []).flatMap((entry): Match[] => {
        const { state, error } = entry.witness;
        const isBlind = entry.listeners.every(({ verdict }) => verdict === 'unseen');
        if (state === null || state === 'never' || !isBlind) return [];
        if (state === 'fresh')
          return [
            {
              severity: 'note',
              title: say`Nothing behind ${entry.name} is a member of this cluster`,
              members: [],
              evidence: [fact(entry.name, say`looked at by ${entry.address}`)],
              advice: say`Call its servers as the members are called, or let HAProxy show their addresses: \`stats show-legends\`. An entry of other clusters is kept away by \`scopes\`, \`labels\` or \`sources\`.`,
            },
          ];
        return [
          {
            severity: 'unknown',
            title: say`What ${entry.name} does cannot be seen`,
            members: [],
            evidence: [
              fact(entry.name, say`looked at by ${entry.address}`),
              fact(say`answer`, error ?? say`none in time`),
            ],
            advice: say`Clients may go on: only its state is not told. Check address, user and password of the entry in howdah.yaml, and whether it runs.`,
          },
        ];
      }),
  },
  {
    code: 'entry_leads_nowhere',
    meaning: 'A door leads to nobody although the cluster has whom its clients want.',
    match: (context) =>
      doorsOf(context).flatMap((door): Match[] => {
        const { cluster, leader } = context;
        const isDisabled = door.listener.pool?.disabled === true;
        if (!isAt(door, 'nobody', 'refused', 'timeout') || isDisabled || !holds(door, context)) return [];
        const isForReads = door.listener.purpose === 'replicas';
        const able = cluster.members.some((member) => member.replication.kind === 'streaming' && !member.silent);
        if ((isForReads && !able) || isForNobodyNow(door.listener)) return [];
        return [
          {
            severity: !isForReads && cluster.writable === true ? 'critical' : 'warning',
            title: say`Clients reach nobody through ${door.name}`,
            members: [],
            evidence: evidenceOf(door, leader),
            advice: nowhereAdvice(door, leader?.name ?? ''),
          },
        ];
      }),
  },
  {
    code: 'entry_wrong_member',
    meaning: 'A door that is meant for the primary leads to another one.',
    match: (context) =>
      doorsOf(context).flatMap((door): Match[] => {
        const { listener, name } = door;
        const { leader } = context;
        if (listener.purpose !== 'primary' || !isAt(door, 'replica', 'stray_primary', 'foreign')) return [];
        if (!holds(door, context)) return [];
        return [
          {
            severity: 'critical',
            title: wrongTitle(name, listener),
            members: listener.members,
            evidence: evidenceOf(door, leader),
            advice: wrongAdvice(door, leader?.name ?? ''),
          },
        ];
      }),
  },
  {
    code: 'entry_several',
    meaning: 'A door that is meant for the primary sends clients to several members by turns.',
    match: (context) =>
      doorsOf(context).flatMap((door): Match[] => {
        const { listener, name, entry } = door;
        if (listener.purpose !== 'primary' || !isAt(door, 'several') || !holds(door, context)) return [];
        const others = listener.members.filter((member) => member !== context.leader?.name);
        return [
          {
            severity: 'warning',
            title: say`${name} sends clients to ${joinNames(listener.members)} by turns`,
            members: listener.members,
            evidence: evidenceOf(door, context.leader),
            advice:
              entry.kind === 'address'
                ? say`Two hosts answer for the address. Take it from ${joinNames(others)}: \`ip address del\` there, then look at its keepalived or vip-manager.`
                : say`New sessions on ${joinNames(others)} cannot write. A check must let exactly one through: ${CHECK}.`,
          },
        ];
      }),
  },
  {
    code: 'entry_role_not_tested',
    meaning: 'A door sends clients to whoever listens, and does not ask who is the primary.',
    match: (context) =>
      doorsOf(context).flatMap((door): Match[] => {
        const { listener, name, entry } = door;
        if (listener.purpose === 'replicas' || !isAt(door, 'untested') || !holds(door, context)) return [];
        const wrong = listener.members.filter((member) => member !== context.leader?.name);
        if (wrong.length === 0) return [];
        return [
          {
            severity: 'warning',
            title: say`${name} does not ask who is the primary`,
            members: [],
            evidence: [
              ...evidenceOf(door, context.leader),
              fact(
                say`new sessions`,
                say`${wrong.length} of ${listener.servers.length}, by turns, ${agree(wrong.length, 'is', 'are')} no primary`,
              ),
            ],
            advice:
              entry.kind === 'pgbouncer'
                ? say`Writes fail there with 25006. PgBouncer takes several hosts by turns without asking for the role: point it at a door that asks, such as HAProxy.`
                : say`Writes fail there with 25006. Ask Patroni instead of the port: ${CHECK}, and for each server ${SERVER}. If it is for reads alone, say so: \`replicas\` of the entry in howdah.yaml.`,
          },
        ];
      }),
  },
  {
    code: 'entry_keeps_sessions',
    meaning: 'A door keeps sessions on a server that it holds for dead.',
    match: (context) =>
      doorsOf(context).flatMap((door): Match[] => {
        const kept = door.listener.servers.filter(
          ({ state, sessions, changedAt }) =>
            (state === 'down' || state === 'going_up') &&
            (sessions ?? 0) > 0 &&
            changedAt !== null &&
            context.now - changedAt >= KEPT_MS,
        );
        if (kept.length === 0 || door.listener.purpose === 'replicas') return [];
        return [
          {
            severity: 'warning',
            title: say`${door.name} keeps sessions on ${joinNames(kept.map(({ name }) => name))}`,
            members: kept.flatMap(({ member }) => member ?? []),
            evidence: [
              fact(door.name, say`looked at by ${door.entry.address}`),
              ...kept.map((server) =>
                fact(
                  server.name,
                  say`${server.sessions ?? 0} ${agree(server.sessions ?? 0, 'session', 'sessions')}; ${serverWords(server)}`,
                ),
              ),
            ],
            advice: say`They hang until the host is back, and then a deposed primary may answer them. Add \`on-marked-down shutdown-sessions\` to the servers of this listener; now \`shutdown sessions server\` cuts them.`,
          },
        ];
      }),
  },
  {
    code: 'entry_rest_unreachable',
    meaning: 'A door does not reach the REST API of a member that answers Howdah.',
    match: (context) =>
      (context.cluster.entries ?? []).flatMap((entry): Match[] => {
        if (entry.kind !== 'haproxy') return [];
        const cut = doorsOf(context)
          .filter((door) => door.entry.name === entry.name)
          .flatMap(({ listener }) => listener.servers.filter((server) => isCutOff(server, context)));
        const members = [...new Set(cut.flatMap(({ member }) => member ?? []))].sort();
        if (members.length === 0) return [];
        const one = (name: string): EntryServer | undefined => cut.find(({ member }) => member === name);
        return [
          {
            severity: 'warning',
            title: say`${entry.name} does not reach Patroni of ${joinNames(members)}, and Howdah does`,
            members,
            evidence: [
              fact(entry.name, say`looked at by ${entry.address}`),
              ...members.flatMap((name) => {
                const server = one(name);
                return server === undefined ? [] : [fact(name, serverWords(server))];
              }),
            ],
            advice: say`It cannot send clients there when it should. From its host try \`curl\` to the REST address: a firewall, another port in \`check port\`, or https without \`check-ssl\`.`,
          },
        ];
      }),
  },
  {
    code: 'entry_drained',
    meaning: 'Somebody took a server out of a door by hand.',
    match: (context) =>
      doorsOf(context).flatMap((door): Match[] => {
        const { listener, name, entry } = door;
        const disabled = listener.pool?.disabled === true;
        const out = listener.servers.filter(
          ({ state, status }) => (state === 'drain' || state === 'maint') && !/resolution/.test(status ?? ''),
        );
        if (out.length === 0 && !disabled) return [];
        const [server] = out;
        const isLeader = listener.purpose !== 'replicas' && out.some(({ member }) => member === context.leader?.name);
        return [
          {
            severity: disabled || isLeader ? 'warning' : 'note',
            title: disabled
              ? say`${name} is disabled: nobody new is let in`
              : say`${joinNames(out.map((one) => one.name))} taken out of ${name} by hand`,
            members: out.flatMap(({ member }) => member ?? []),
            evidence: [
              fact(name, say`looked at by ${entry.address}`),
              ...serverFacts({ ...door, listener: { ...listener, servers: out } }),
            ],
            advice: disabled
              ? say`Find out who did it. On its console: \`ENABLE ${listener.name};\``
              : say`Patroni did not do it, a person or a script did. When it is over: \`set server ${listener.name}/${server?.name ?? ''} state ready\` on the socket of HAProxy.`,
          },
        ];
      }),
  },
];

/** Every Patroni answers that its role is another one: a listener of sync standbys, say, in a cluster without any. */
function isForNobodyNow({ purpose, purposeBy, servers }: EntryListener): boolean {
  const isKnown = purpose === 'primary' || purposeBy === 'file' || purposeBy === 'behaviour';
  return !isKnown && servers.length > 0 && servers.every(({ check }) => check === 'other_role');
}

function nowhereAdvice({ entry, listener }: Door, leader: string): Text {
  if (entry.kind === 'address')
    return listener.verdict === 'refused'
      ? say`A host holds the address and nobody listens there: look whether the proxy or PostgreSQL on it runs.`
      : say`No host holds the address, or it is cut off: look at keepalived or vip-manager of each host, and in DNS.`;
  const server = listener.servers.find(({ member }) => member === leader);
  if (server === undefined)
    return say`${leader} is no server of this listener: add it to the configuration of the door.`;
  if (server.state === 'drain' || server.state === 'maint')
    return say`${server.name} was taken out by hand. When nobody needs that: \`set server ${listener.name}/${server.name} state ready\` on the socket of HAProxy.`;
  return say`Its check of ${server.name} says: ${serverWords(server)}. From the host of the door try \`curl -i\` to the REST address of ${server.name} with the path of the check; a leader answers 200 to /primary.`;
}

function wrongTitle(name: string, { verdict, members }: EntryListener): Text {
  if (verdict === 'foreign') return say`${name} leads to another cluster`;
  const who = joinNames(members);
  return verdict === 'stray_primary'
    ? say`${name} leads to ${who}, a primary without the leader key`
    : say`${name} leads to ${who}, which takes no writes`;
}

function wrongAdvice({ entry, listener }: Door, to: string): Text {
  if (listener.verdict === 'stray_primary')
    return say`What clients write there is lost to ${to}. Close the door to ${joinNames(listener.members)} first, then settle which primary stays.`;
  switch (entry.kind) {
    case 'address':
      return say`Move the address to the host of ${to}; then see why keepalived or vip-manager did not.`;
    case 'pgbouncer':
      return say`It points at one member for good. Point \`host=\` at a door that follows the leader, then \`RELOAD;\` on its console. If this database is for reads, say so: \`replicas\` of the entry in howdah.yaml.`;
    case 'haproxy':
      return say`Its check lets ${joinNames(listener.members)} through and not ${to}: see that it asks /primary and expects 200. If this listener is for reads, say so: \`replicas\` of the entry in howdah.yaml.`;
  }
}

/** Patroni there answers Howdah, so it is the way between the two that is closed. */
function isCutOff({ member, check, checkSince, state }: EntryServer, { cluster, now }: FindingContext): boolean {
  if (member === null || (check !== 'refused' && check !== 'timeout' && check !== 'no_http' && check !== 'failed'))
    return false;
  if (state === 'drain' || state === 'maint' || now - checkSince < HELD_MS) return false;
  const patroni = cluster.members.find(({ name }) => name === member)?.witnesses.patroni;
  return patroni?.state === 'fresh';
}
