// Checks about whose answer it is: nothing is sent through an address at which somebody else answers, and nothing is built on what was said
// there; nor while the cluster is still being made, or `/initialize` names another one.

import { joinNames } from '../../../language/quantity';
import { agree, say, type Text } from '../../../language/sentence';
import { bootstrapOf } from '../../bootstrap';
import type { Member } from '../../cluster';
import { isSystem } from '../../identity';
import { patroniBoolean } from '../../wire/loose';
import { blocker, type CheckContext, type CheckMatch, type CheckRow, fact, LEADER_CHANGES, warning } from './check';

export const IDENTITY_CHECKS: readonly CheckRow[] = [
  {
    code: 'not_its_answer',
    applies: null,
    match: ({ targets }) => disowned(targets),
  },
  {
    code: 'leader_not_its_answer',
    applies: [...LEADER_CHANGES, 'reinitialize', 'demote_cluster', 'promote_cluster', 'resume'],
    match: ({ cluster, request }) => {
      const named = cluster.members.find(({ name }) => name === cluster.leader?.name);
      if (named === undefined || named.identity.text === null) return null;
      const { verdict, node, text } = named.identity;
      const about = { members: [named.name], evidence: [fact(named.name, text)] };
      if (verdict === 'alias')
        return blocker(
          say`The leader key names ${named.name}, and its node answers as ${node ?? ''}`,
          say`Wait until the key of the old name has expired and ${node ?? ''} holds the leader key.`,
          about,
        );
      // Who leads stands in the DCS; to resume, nobody has to be asked.
      return request.kind === 'resume'
        ? null
        : blocker(say`Whether ${named.name} leads cannot be asked: ${text}`, SETTLE, about);
    },
  },
  {
    code: 'initialize_key_wrong',
    applies: [...LEADER_CHANGES, 'resume', 'edit_config'],
    match: (context) => initializeCheck(context),
  },
  {
    code: 'bootstrap',
    applies: [...LEADER_CHANGES, 'restart', 'reinitialize', 'demote_cluster', 'promote_cluster'],
    match: ({ cluster }) => {
      const bootstrap = bootstrapOf(cluster);
      if (bootstrap === null) return null;
      const names = bootstrap.members.map(({ name }) => name);
      return bootstrap.kind === 'failed'
        ? blocker(
            say`The bootstrap of the cluster failed on ${joinNames(names)}`,
            say`There is no cluster yet to act on. Repair the cause and start Patroni there again.`,
            { members: names },
          )
        : blocker(say`The cluster is not made yet`, say`There is nothing to act on before its bootstrap is done.`, {
            members: names,
            evidence: bootstrap.members.map(({ name, state }) => fact(name, state ?? say`state unknown`)),
          });
    },
  },
];

const SETTLE = say`Nothing is built on that answer. Set its connect_address right first.`;

/** One for each address, however many members it stands for. */
function disowned(targets: readonly Member[]): readonly CheckMatch[] {
  const texts = new Map<string, { readonly text: Text; readonly names: string[] }>();
  for (const { name, identity } of targets) {
    if (identity.text === null) continue;
    const known = texts.get(String(identity.text));
    if (known === undefined) texts.set(String(identity.text), { text: identity.text, names: [name] });
    else known.names.push(name);
  }
  return [...texts.values()].map(({ text, names }) =>
    blocker(
      say`Not through this address: ${text}`,
      say`It would reach another one than ${joinNames(names)}, or nobody knows whom.`,
      { members: names },
    ),
  );
}

/** patroni/ha.py v4.1.5, _run_cycle: unpaused, Patroni ends itself on it and stops PostgreSQL; paused, the leader gives the key up. */
function initializeCheck({ cluster, request }: CheckContext): CheckMatch | null {
  const { initialize, systemIdentifier, paused } = cluster;
  if (!isSystem(initialize) || (paused === false && cluster.systemIdentifier === initialize)) return null;
  const wrong = cluster.members.filter(
    (member) => member.systemIdentifier !== null && member.systemIdentifier !== initialize,
  );
  const isAll = systemIdentifier !== null && systemIdentifier !== initialize;
  if (wrong.length === 0) return null;
  const endsPause =
    request.kind === 'resume' ||
    (request.kind === 'edit_config' && paused !== false && patroniBoolean(request.value.pause) !== true);
  const names = wrong.map(({ name }) => name);
  const about = {
    members: names,
    evidence: [
      fact('/initialize', initialize),
      ...wrong.map((member) => fact(member.name, member.systemIdentifier ?? '')),
    ],
  };
  const title = say`/initialize names another cluster than ${joinNames(names)} ${agree(names.length, 'has', 'have')}`;
  if (endsPause)
    return (isAll || names.includes(cluster.leader?.name ?? '') ? blocker : warning)(
      title,
      say`Once resumed, Patroni of ${joinNames(names)} ends itself and stops PostgreSQL there. Put /initialize right first.`,
      about,
    );
  return isAll && request.kind !== 'edit_config'
    ? blocker(title, say`Patroni lets none of them hold the leader key. Put /initialize right first.`, about)
    : null;
}
