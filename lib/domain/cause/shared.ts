// One cause behind the trouble of several clusters: a DCS that all of them keep their keys in, a host that is gone. Told once, by the
// rows of the fleet; each cluster keeps its own cause. Pure.

import { plural } from '../../language/quantity';
import { joined, say, type Text } from '../../language/sentence';
import { byImpact, type FleetRow } from '../fleet';
import { type Health, worse } from '../severity';

export interface SharedCause {
  readonly code: 'dcs' | 'host';
  /** Stable while it lasts, and of this trouble alone. */
  readonly key: string;
  readonly title: Text;
  readonly text: Text;
  readonly health: Health;
  readonly since: number | null;
  /** Whom it concerns, what costs most first. */
  readonly scopes: readonly string[];
  /** Those of them that have no other trouble above it: their rows need not say it again. */
  readonly quiet: readonly string[];
}

/** What each says of the DCS of so many clusters. */
const DCS: ReadonlyMap<string, (clusters: Text) => Text> = new Map([
  ['dcs_unreachable', (clusters) => say`The DCS of ${clusters} does not answer`],
  ['dcs_no_quorum', (clusters) => say`The DCS of ${clusters} has no quorum`],
  ['dcs_refuses_writes', (clusters) => say`The DCS of ${clusters} refuses writes or has found damage`],
  ['dcs_member_down', (clusters) => say`A member of the DCS of ${clusters} does not answer`],
  ['dcs_slow', (clusters) => say`The disk of the DCS of ${clusters} is slow`],
]);
/** Causes that a host that is gone explains whole. */
const OF_A_HOST: ReadonlySet<string> = new Set(['member_silent', 'member_lost']);
/** Members named in one line. */
const NAMED_MAX = 5;

export function sharedCauses(rows: readonly FleetRow[]): readonly SharedCause[] {
  const order = [...rows].sort(byImpact);
  return [...ofDcs(order), ...ofHosts(order)];
}

function ofDcs(rows: readonly FleetRow[]): SharedCause[] {
  const groups = grouped(
    rows.filter(({ headline }) => DCS.has(headline?.code ?? '')),
    ({ source, headline }) => JSON.stringify([source, headline?.code]),
  );
  return [...groups].flatMap(([key, group]) => {
    const title = DCS.get(group[0]?.headline?.code ?? '');
    if (title === undefined || group.length < 2) return [];
    const names = group.map(({ scope }) => scope);
    return [
      {
        code: 'dcs',
        key: `dcs ${key}`,
        title: title(clusters(group)),
        text: writing(group),
        ...common(group),
        quiet: names,
      },
    ];
  });
}

function ofHosts(rows: readonly FleetRow[]): SharedCause[] {
  const heard = new Set(
    rows.flatMap(({ members }) => members.flatMap(({ host, silent }) => (silent || host == null ? [] : [host]))),
  );
  const silent = rows.flatMap((row) =>
    row.members.flatMap((member) =>
      member.silent && member.host != null && !heard.has(member.host)
        ? [{ row, host: member.host, name: member.name }]
        : [],
    ),
  );
  return [...grouped(silent, ({ host }) => host)].flatMap(([host, all]) => {
    const group = [...new Set(all.map(({ row }) => row))];
    if (group.length < 2) return [];
    const named = all.slice(0, NAMED_MAX).map(({ row, name }) => say`${name} of ${row.scope}`);
    const more = all.length - named.length;
    const quiet = group.filter(
      ({ headline, members }) =>
        OF_A_HOST.has(headline?.code ?? '') && members.every((member) => !member.silent || member.host === host),
    );
    return [
      {
        ...{ code: 'host', key: `host ${host}` },
        title: say`Host ${host} is silent: members of ${clusters(group)} were on it`,
        text: more === 0 ? joined(named, ', ') : say`${joined(named, ', ')} and ${more} more`,
        ...common(group),
        quiet: quiet.map(({ scope }) => scope),
      },
    ];
  });
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

const clusters = (group: readonly FleetRow[]): Text => plural(group.length, 'cluster');

function common(group: readonly FleetRow[]): Pick<SharedCause, 'health' | 'since' | 'scopes'> {
  const began = group.flatMap(({ since }) => since ?? []);
  return {
    health: group.reduce<Health>((worst, { health }) => worse(worst, health), 'ok'),
    since: began.length === 0 ? null : Math.min(...began),
    scopes: group.map(({ scope }) => scope),
  };
}

/** Who of them takes writes, as far as it is seen. */
function writing(group: readonly FleetRow[]): Text {
  const count = (writable: boolean | null): number => group.filter((row) => row.writable === writable).length;
  const [on, off, unknown] = [count(true), count(false), count(null)];
  if (off === 0 && unknown === 0) return say`All of them take writes.`;
  const counts = [
    on === 0 ? null : say`${on} writable`,
    off === 0 ? null : say`${off} not writable`,
    unknown === 0 ? null : say`${unknown} unknown`,
  ].filter((part) => part !== null);
  return say`${joined(counts, ', ')}.`;
}
