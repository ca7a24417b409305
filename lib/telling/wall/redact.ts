// Texts of a wall that may not show hosts: what is known to be a host, and what looks like one, goes. A member that is named after its
// host is called m1, m2 by its place. Pure. In doubt it takes away too much, never too little; the name of a cluster is kept.

import type { Snapshot } from '../../domain/cluster';
import { renamed, type Text } from '../../language/sentence';
import type { WallEvent, WallProblem, WallTile } from './wall';

const HIDDEN = '…';

/** Hosts of one cluster, and what its members are called instead. */
export interface Hosts {
  readonly hosts: readonly string[];
  readonly aliases: ReadonlyMap<string, string>;
}

export function hostsOf({ cluster }: Snapshot): Hosts {
  const urls = [
    ...cluster.members.map(({ apiUrl }) => apiUrl),
    ...(cluster.dcs?.endpoints ?? []).map(({ url }) => url),
    ...(cluster.entries ?? []).map(({ address }) => (address.includes('://') ? address : `tcp://${address}`)),
  ];
  const plain = [
    ...cluster.members.map(({ host }) => host),
    ...cluster.members.flatMap(({ externalStandbys }) => externalStandbys.map(({ clientAddr }) => clientAddr)),
    cluster.standbyCluster?.host ?? null,
  ];
  const found = [...plain, ...urls.map((url) => (url === null ? null : hostIn(url)))].flatMap((host) => host ?? []);
  const hosts = new Set(found.filter((host) => host !== ''));
  const known = [...hosts].map((host) => host.toLowerCase());
  const aliases = new Map<string, string>();
  for (const [index, { name }] of cluster.members.entries()) {
    const small = name.toLowerCase();
    const named = known.some((host) => host === small || host.startsWith(`${small}.`)) || looksLikeHost(name);
    if (!named) continue;
    const alias = `m${index + 1}`;
    aliases.set(name, alias);
    // Patroni names the slot of a member after it (patroni/utils.py slot_name_from_member_name v4.1.4).
    aliases.set(small.replace(/[-.]/g, '_'), alias);
  }
  return { hosts: [...hosts], aliases };
}

/** The same text without hosts, addresses and ports. */
export function redact(text: Text, hosts: Hosts): Text {
  return renamed(text, (words) => bareOf(words, hosts));
}

function bareOf(text: string, { hosts, aliases }: Hosts): string {
  // Longer first: n1.db before n1.
  const named = [...aliases].sort(([a], [b]) => b.length - a.length);
  const renamed = named.reduce((so, [name, alias]) => so.replace(word(name), alias), text);
  const bare = [...hosts]
    .sort((a, b) => b.length - a.length)
    .reduce((so, host) => so.replace(word(host), HIDDEN), renamed.replace(URL_TEXT, HIDDEN));
  return [ADDRESS_6, ADDRESS_4, DOMAIN, LOCAL, WITH_PORT].reduce((so, pattern) => so.replace(pattern, HIDDEN), bare);
}

export function redactTile(tile: WallTile, hosts: Hosts): WallTile {
  const { words, leader } = tile;
  return {
    ...tile,
    words: words === null ? null : redact(words, hosts),
    leader: leader === null ? null : bareOf(leader, hosts),
  };
}

export function redactProblem(problem: WallProblem, hosts: Hosts): WallProblem {
  return {
    ...problem,
    title: redact(problem.title, hosts),
    members: problem.members.map((group) => ({
      ...group,
      names: redact(group.names, hosts),
      text: redact(group.text, hosts),
    })),
    failover: redact(problem.failover, hosts),
  };
}

export function redactEvent(event: WallEvent, hosts: Hosts): WallEvent {
  return { ...event, text: redact(event.text, hosts) };
}

const URL_TEXT = /\b[a-z][a-z0-9+.-]*:\/\/[^\s,;)"'`]+/gi;
const ADDRESS_4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.]*\d)/g;
const ADDRESS_6 = /\[?(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?:%\w+)?(?![\w:])\]?(?::\d{1,5})?/gi;
/** Labels with dots, the last of letters: a version or a parameter with an underscore is none. */
const DOMAIN =
  /(?<![\w.])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.[a-z]{2,}(?::\d{1,5})?(?![\w-])/gi;
const LOCAL = /\blocalhost\b(?::\d{1,5})?/gi;
const WITH_PORT = /(?<![\w.])[\w-]*[a-z][\w-]*:\d{2,5}(?!\w)/gi;

function looksLikeHost(name: string): boolean {
  return [ADDRESS_6, ADDRESS_4, DOMAIN, LOCAL].some((pattern) => name.replace(pattern, '') !== name);
}

/** The whole word, with a port behind it. */
function word(text: string): RegExp {
  const plain = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w.-])\\[?${plain}\\]?(?::\\d{1,5})?(?![\\w-]|\\.\\w)`, 'gi');
}

/** `10.0.0.1` of `https://10.0.0.1:2379/v3`; null: it has none. */
function hostIn(url: string): string | null {
  const [, six, plain] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(?:\[([^\]]+)\]|([^:/?#]+))/i.exec(url) ?? [];
  return six ?? plain ?? null;
}
