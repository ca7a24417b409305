// The cause that lies before PostgreSQL: the leader takes writes, and the doors by which clients come do not lead to it. What a door does wrong
// the findings say; here it is told what that costs, and whether another door still leads to the leader.

import { joinNames } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import type { Finding, FindingCode } from '../cluster';
import type { EntryListener } from '../entries/entry';
import { doorName } from '../entries/words';
import { type CauseContext, type CauseRow, tell, word } from './row';

/** Each by itself keeps the clients of a door from writing. */
const CUTS: readonly FindingCode[] = ['entry_leads_nowhere', 'entry_wrong_member', 'pool_cannot_login', 'pool_paused'];

export const DOOR_ROWS: readonly CauseRow[] = [
  {
    code: 'clients_cut_off',
    meaning: 'The leader takes writes, and a door for writers does not lead clients to it.',
    match: (context) => {
      const { cluster, led, leader } = context;
      // What the doors of a cluster do that takes no writes anyway is its least trouble.
      if (cluster.writable !== true || cluster.leader?.known !== true || led === null || leader === null) return null;
      const cut = context.find(...CUTS).filter(({ severity }) => severity === 'critical');
      const [first] = cut;
      if (first === undefined) return null;
      const names = cut.map(doorOf);
      const open = openDoors(context, names);
      return {
        severity: 'critical',
        impact: open.length === 0 ? 'not_reached' : 'degraded',
        headline: headlineOf(first, names, led, context),
        consequence:
          open.length === 0
            ? say`Writes of clients fail or wait, although PostgreSQL takes them.`
            : say`Writes of clients fail or wait there; ${joinNames(open)} ${agree(open.length, 'leads', 'lead')} to ${led}.`,
        evidence: first.evidence,
        ifNobodyActs: say`It stays so: Patroni sees nothing wrong, and a failover would mend nothing.`,
        explains: [
          { codes: CUTS, members: null },
          {
            codes: ['entry_keeps_sessions', 'entry_drained', 'entry_rest_unreachable', 'pool_clients_wait'],
            members: null,
          },
        ],
        steps: [
          tell(first.advice, null, [say`Changes nothing in the cluster.`]),
          ...(leader.host === null
            ? []
            : [
                tell(
                  say`Until then clients can connect to ${led} itself`,
                  `psql "host=${word(leader.host)} port=${leader.port ?? 5432} dbname=postgres"`,
                  [say`They stay there when another member leads.`],
                ),
              ]),
        ],
      };
    },
  },
];

/** The first label of its evidence is the door. */
function doorOf({ evidence }: Finding): string {
  return String(evidence[0]?.label ?? '');
}

/** Doors for writers that lead to the leader, and nothing else is wrong with them. */
function openDoors({ cluster, led }: CauseContext, cut: readonly string[]): readonly string[] {
  const leads = ({ purpose, verdict, members, pool }: EntryListener): boolean =>
    purpose !== 'replicas' && verdict === 'leader' && members.includes(led ?? '') && pool?.disabled !== true;
  return (cluster.entries ?? []).flatMap((entry) =>
    entry.listeners.filter(leads).flatMap((listener) => {
      const name = doorName(entry, listener);
      return cut.includes(name) ? [] : [name];
    }),
  );
}

function headlineOf(finding: Finding, doors: readonly string[], led: string, { cluster }: CauseContext): Text {
  const [door = ''] = doors;
  if (doors.length > 1) return say`${led} takes writes, and clients do not reach it through ${joinNames(doors)}`;
  switch (finding.code) {
    case 'entry_wrong_member':
      return finding.members.length === 0 || isForeignDoor(cluster.entries ?? [], door)
        ? say`${led} takes writes, and ${door} leads clients to another cluster`
        : say`${led} takes writes, and ${door} leads clients to ${joinNames(finding.members)}`;
    case 'pool_cannot_login':
      return say`${led} takes writes, and ${door} has no connection to it`;
    case 'pool_paused':
      return say`${led} takes writes, and ${door} is paused: its clients wait`;
    default:
      return say`${led} takes writes, and nobody reaches it through ${door}`;
  }
}

function isForeignDoor(entries: NonNullable<CauseContext['cluster']['entries']>, door: string): boolean {
  return entries.some((entry) =>
    entry.listeners.some((listener) => listener.verdict === 'foreign' && doorName(entry, listener) === door),
  );
}
