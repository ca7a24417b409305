// Who belongs to a cluster: what was seen in its member list, kept until a person says that it was taken out, or what the configuration
// says. A member that leaves the list is lost, not forgotten. Pure; the shell keeps it.

/** Who belongs to the cluster, and who of them is not in the member list. */
export interface Roster {
  /** false: what was there before this start is not known: the store has not said. */
  readonly known: boolean;
  /** `file`: the configuration says who should be there. `seen`: whoever was in the list and was not taken out. */
  readonly by: 'file' | 'seen';
  readonly names: readonly string[];
  /** `listedAt`: when it was last in the list; null: not known. */
  readonly lost: readonly { readonly name: string; readonly listedAt: number | null }[];
}

/** A member as it was last listed. */
export interface RosterEntry {
  readonly name: string;
  /** Of the cluster it was seen in; null: not known then. */
  readonly systemIdentifier: string | null;
  readonly firstAt: number;
  readonly listedAt: number;
  readonly apiUrl: string | null;
  readonly host: string | null;
  readonly port: number | null;
}

/** What an observation carries of it. */
export interface RawRoster {
  /** null: what was there before this start is not known, the store has not said. */
  readonly seen: readonly RosterEntry[] | null;
  /** `members:` of the configuration; null: it says nothing of this cluster. */
  readonly declared: readonly string[] | null;
}

export type ListedMember = Pick<RosterEntry, 'name' | 'apiUrl' | 'host' | 'port'>;

export interface RosterSight {
  readonly systemIdentifier: string | null;
  readonly listed: readonly ListedMember[];
  readonly at: number;
}

const ROSTER_MAX = 200;

/** What is remembered after the member list was seen once more. An empty list takes nothing away: then the keys are gone. */
export function nextRoster(before: readonly RosterEntry[], sight: RosterSight): readonly RosterEntry[] {
  const { systemIdentifier: system, at } = sight;
  if (sight.listed.length === 0) return before;
  const known = new Map(before.map((entry) => [entry.name, entry]));
  const listed = sight.listed.map((member): RosterEntry => {
    const entry = known.get(member.name);
    return {
      ...{ name: member.name, systemIdentifier: system ?? entry?.systemIdentifier ?? null },
      ...{ firstAt: entry?.firstAt ?? at, listedAt: at },
      ...{ apiUrl: member.apiUrl ?? entry?.apiUrl ?? null, host: member.host ?? entry?.host ?? null },
      port: member.port ?? entry?.port ?? null,
    };
  });
  const present = new Set(listed.map(({ name }) => name));
  const gone = before
    .filter(({ name }) => !present.has(name))
    // The cluster was made anew, or the node goes by another name now.
    .filter((entry) => !isOfAnother(entry, system) && !listed.some((other) => isSameNode(entry, other)))
    .sort((a, b) => a.listedAt - b.listedAt);
  // Who comes new takes the place of who went first, where names are not kept, as with pods. Each only when it comes.
  const replaced = listed.filter(({ name }) => !known.has(name)).length;
  return [...listed, ...gone.slice(Math.min(replaced, gone.length))].slice(0, ROSTER_MAX);
}

function isOfAnother(entry: RosterEntry, system: string | null): boolean {
  return system !== null && entry.systemIdentifier !== null && entry.systemIdentifier !== system;
}

function isSameNode(a: RosterEntry, b: RosterEntry): boolean {
  const isRest = a.apiUrl !== null && a.apiUrl === b.apiUrl;
  const isSql = a.host !== null && a.host === b.host && a.port === b.port;
  return isRest && isSql;
}

/** null: nobody keeps one (a recording). `isListed`: the member list could be read at all. */
export function rosterOf(
  raw: RawRoster | null,
  members: readonly { readonly name: string; readonly listed: boolean }[],
  isListed: boolean,
): Roster | null {
  if (raw === null) return null;
  const { seen, declared } = raw;
  const present = new Set(members.filter(({ listed }) => listed).map(({ name }) => name));
  const entries = new Map((seen ?? []).map((entry) => [entry.name, entry]));
  const names = declared ?? [...entries.keys()];
  // Where nobody is listed it is not a member that is lost.
  const isReadable = isListed && present.size > 0;
  return {
    known: seen !== null || declared !== null,
    by: declared === null ? 'seen' : 'file',
    names,
    lost: isReadable
      ? names
          .filter((name) => !present.has(name))
          .map((name) => ({ name, listedAt: entries.get(name)?.listedAt ?? null }))
      : [],
  };
}
