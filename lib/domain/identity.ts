// Whose answer is it? What answers at a member's address counts for that member only where it is that member: the same scope,
// the same name where one is said (Patroni 3.2 and later), an address that no other member has, the identifier that the others
// have. What fails this is no witness of anything. A node is one postmaster, whatever the number of names it goes by. Pure.

import { joinNames } from '../language/quantity';
import { say, type Text } from '../language/sentence';
import type { Cluster, Identity, Member, Move } from './cluster';
import { ABSENT, compareVersions } from './key-version';
import type { PatroniStatus } from './wire/patroni';
import type { PostgresStatus } from './wire/postgres';

/** One member with what its addresses said last, however long ago. */
export interface Heard {
  readonly name: string;
  readonly listed: boolean;
  readonly apiUrl: string | null;
  readonly host: string | null;
  readonly port: number | null;
  /** The role in its key, in today's words. */
  readonly keyRole: string | null;
  /** create_revision of its key; null: not known. */
  readonly createdAt: string | null;
  readonly patroni: PatroniStatus | null;
  readonly sql: PostgresStatus | null;
}

/** `scope`: as Patroni calls it. `system`: what `expectedSystem` says. */
export function identify(member: Heard, all: readonly Heard[], scope: string, system: string | null): Identity {
  const rest = byRest(member, all, scope);
  return { ...rest, sql: bySql(member, all, scope, rest, system) };
}

const MOVES_MS = 60_000;
const MOVES_MAX = 4;
/** A node that moves does so once, one that goes back twice; two that write one key do so in each loop. */
const QUARREL = 3;

/** The moves of the last minute, with what the key says now. */
export function movesOf(
  apiUrl: string | null,
  before: Pick<Member, 'apiUrl' | 'moves'> | undefined,
  now: number,
): readonly Move[] {
  const recent = (before?.moves ?? []).filter(({ at }) => now - at <= MOVES_MS);
  const from = before?.apiUrl ?? null;
  return from === null || apiUrl === null || from === apiUrl
    ? recent
    : [...recent, { at: now, from }].slice(-MOVES_MAX);
}

/** Two nodes go by one name: each Patroni writes the key with its own address. null: they do not. */
export function nameTwice(name: string, apiUrl: string | null, moves: readonly Move[]): Identity | null {
  const other = moves.findLast(({ from }) => from !== apiUrl)?.from ?? null;
  if (moves.length < QUARREL || other === null || apiUrl === null) return null;
  const plain = (url: string): string => url.replace(/^https?:\/\//, '');
  const text = say`two nodes write the key of ${name} in turns: ${plain(apiUrl)} and ${plain(other)}`;
  return { verdict: 'name_twice', text, node: null, sql: text };
}

type ByRest = Omit<Identity, 'sql'>;

const OWN: ByRest = { verdict: 'own', text: null, node: null };
const UNHEARD: ByRest = { verdict: 'unheard', text: null, node: null };

function byRest(member: Heard, all: readonly Heard[], scope: string): ByRest {
  const { patroni } = member;
  const address = restAddress(member);
  if (address === null) return patroni === null ? UNHEARD : OWN;
  const sharing = all.filter((other) => other !== member && other.listed && restAddress(other) === address);
  const shown = shownAddress(member);
  const isLost = isMisplacedRest(member, all, sharing.length > 0);
  if (patroni?.scope != null && !isScope(patroni.scope, scope))
    return { verdict: 'other_scope', text: say`${shown} answers for ${patroni.scope}`, node: null };
  if (patroni?.name != null) {
    if (patroni.name === member.name) return OWN;
    if (isLost)
      return {
        verdict: 'loopback',
        text: say`connect_address is a loopback address: ${shown} answers as ${patroni.name}`,
        node: null,
      };
    const text = say`${shown} answers as ${patroni.name}`;
    const named = all.find((other) => other.name === patroni.name);
    const isOne = named?.listed === true && sharing.length === 1 && isSameNode(member, named) && !sendsTo(member);
    return isOne ? { verdict: 'alias', text, node: patroni.name } : { verdict: 'other_name', text, node: null };
  }
  if (isLost) return { verdict: 'loopback', text: say`connect_address is a loopback address: ${shown}`, node: null };
  if (sharing.length > 0) {
    const node = newestOf([member, ...sharing]);
    if (node === member.name) return patroni === null ? UNHEARD : OWN;
    if (node !== null) return { verdict: 'alias', text: say`${shown} is the address of ${node} too`, node };
    const names = joinNames(all.filter((other) => other === member || sharing.includes(other)).map(({ name }) => name));
    return { verdict: 'shared_address', text: say`${shown} is the address of ${names}`, node: null };
  }
  return patroni === null ? UNHEARD : OWN;
}

/** A node does not stream to itself: whoever answers there and streams to this member is another one. */
function sendsTo({ name, patroni }: Heard): boolean {
  return patroni?.replication.some(({ applicationName }) => applicationName === name) === true;
}

/**
 * Which of several keys with one REST and one PostgreSQL address is the node's present name, where it says none: the key that
 * came last. Only where each claims to be a primary: members behind one balancer have one address too. null: nobody can tell.
 */
function newestOf(keys: readonly Heard[]): string | null {
  const [first, ...others] = keys;
  if (first === undefined || first.host === null) return null;
  if (!others.every((other) => isSameNode(first, other)) || keys.some(({ keyRole }) => keyRole !== 'primary'))
    return null;
  let newest: Heard | null = null;
  for (const key of keys) {
    if (!key.listed) continue;
    if (key.createdAt === null) return null;
    if (newest === null || (compareVersions(key.createdAt, newest.createdAt ?? ABSENT) ?? 0) > 0) newest = key;
  }
  return newest?.name ?? null;
}

function isSameNode(a: Heard, b: Heard): boolean {
  return restAddress(a) !== null && restAddress(a) === restAddress(b) && sqlAddress(a) === sqlAddress(b);
}

/** What answers at its PostgreSQL address is not its PostgreSQL: why. null: nothing speaks against it. */
function bySql(member: Heard, all: readonly Heard[], scope: string, rest: ByRest, system: string | null): Text | null {
  const address = sqlAddress(member);
  const shown = address ?? member.name;
  if (rest.verdict === 'alias') return say`${shown} is the PostgreSQL of ${rest.node ?? ''}`;
  const sharing = all.filter(
    (other) => other !== member && other.listed && address !== null && sqlAddress(other) === address,
  );
  // Other names of this very node are no other node.
  const others = sharing.filter((other) => byRest(other, all, scope).node !== member.name);
  if (isMisplacedSql(member, all, others.length > 0) && isSamePostmaster(member) !== true)
    return say`connect_address is a loopback address: ${shown}`;
  if (others.length > 0) {
    const names = joinNames(all.filter((other) => other === member || others.includes(other)).map(({ name }) => name));
    return say`${shown} is the PostgreSQL address of ${names}`;
  }
  const said = member.sql?.systemIdentifier ?? null;
  // Where another one's Patroni answers, its PostgreSQL does too, if both speak of one postmaster or of one foreign cluster.
  const isStrange = rest.verdict === 'other_scope' || rest.verdict === 'other_name';
  const isTheirs = rest.verdict === 'other_name' && isSamePostmaster(member) === true;
  const isForeignOnes = said !== null && said !== system && member.patroni?.systemIdentifier === said;
  if (isStrange && member.sql !== null && (isForeignOnes || isTheirs)) return rest.text;
  // Patroni goes on saying the identifier that its data had; the start of the postmaster tells whether both speak of one.
  const isForeign = said !== null && system !== null && said !== system && member.patroni?.systemIdentifier !== said;
  return isForeign && isSamePostmaster(member) === false
    ? say`${shown} is a PostgreSQL with system identifier ${said}`
    : null;
}

const SAME_START_MS = 2000;

/** Do SQL and Patroni speak of one start? null: one of them says none. */
function isSamePostmaster({ sql, patroni }: Heard): boolean | null {
  if (sql?.startedAt == null || patroni?.startedAt == null) return null;
  return Math.abs(sql.startedAt - patroni.startedAt) <= SAME_START_MS;
}

/** Citus keeps a group below the scope: `/service/demo/0`, and every Patroni of it says `demo`. */
export function isScope(said: string, scope: string): boolean {
  return said === scope || (scope.startsWith(`${said}/`) && /^\d+$/.test(scope.slice(said.length + 1)));
}

function restAddress({ apiUrl }: Heard): string | null {
  if (apiUrl === null) return null;
  const url = new URL(apiUrl);
  return `${plainHost(url.hostname)}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

/** As its key says it, for people. */
function shownAddress({ apiUrl }: Heard): string {
  return (apiUrl ?? '').replace(/^https?:\/\//, '');
}

function sqlAddress({ host, port }: Heard): string | null {
  return host === null ? null : `${plainHost(host)}:${port ?? 5432}`;
}

/** One spelling of an address: IPv6 short and in small letters, as PostgreSQL says it, IPv4 within it as IPv4. */
export function plainHost(host: string): string {
  const bare = plainAddress(
    host
      .toLowerCase()
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, ''),
  );
  return ['localhost', '::1', '0.0.0.0', '::'].includes(bare) ? '127.0.0.1' : bare;
}

function plainAddress(text: string): string {
  if (!text.includes(':') || !URL.canParse(`http://[${text}]`)) return text;
  const short = new URL(`http://[${text}]`).hostname.replace(/^\[|\]$/g, '');
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  return [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join('.');
}

function isLoopback(host: string | null): boolean {
  return host !== null && /^127\./.test(plainHost(host));
}

/**
 * A loopback address of a member that is known by another one, that shares it, or whose fellows are elsewhere: `connect_address` was
 * forgotten. Right where everything of a cluster is on one machine, each with an address of its own.
 */
function isMisplaced(
  host: string,
  own: string | null,
  fellows: readonly (string | null)[],
  isShared: boolean,
): boolean {
  if (!isLoopback(host)) return false;
  const isPlain = plainHost(host) === '127.0.0.1';
  const isElsewhere = (other: string | null): boolean => other !== null && !isLoopback(other);
  return (
    isElsewhere(own) ||
    fellows.some(isElsewhere) ||
    (isPlain && (isShared || (own !== null && plainHost(own) !== '127.0.0.1')))
  );
}

function restHost({ apiUrl }: Heard): string | null {
  return apiUrl === null ? null : new URL(apiUrl).hostname;
}

function isMisplacedRest(member: Heard, all: readonly Heard[], isShared: boolean): boolean {
  const fellows = all.filter((other) => other !== member && other.listed);
  return isMisplaced(restHost(member) ?? '', member.host, fellows.map(restHost), isShared);
}

function isMisplacedSql(member: Heard, all: readonly Heard[], isShared: boolean): boolean {
  const fellows = all.filter((other) => other !== member && other.listed);
  return isMisplaced(
    member.host ?? '',
    restHost(member),
    fellows.map(({ host }) => host),
    isShared,
  );
}

/** What is none in `/initialize` the leader writes anew (ha.py v4.1.5, sysid_valid). */
export function isSystem(text: string | null): text is string {
  return text !== null && /^\d{10,}$/.test(text);
}

/** The key has another identifier than the members: it is the key that is wrong. */
export function isInitializeWrong({
  initialize,
  systemIdentifier,
}: Pick<Cluster, 'initialize' | 'systemIdentifier'>): boolean {
  return isSystem(initialize) && systemIdentifier !== null && systemIdentifier !== initialize;
}

/**
 * The identifier that the members of this cluster have. `/initialize` where somebody says the same or nobody says anything; else,
 * where all agree on another one, or the holder of the leader key says it, that: then it is the key that is wrong.
 */
export function expectedSystem(
  initialize: string | null,
  said: readonly { readonly name: string; readonly system: string; readonly primary: boolean }[],
  leader: string | null,
): string | null {
  const key = isSystem(initialize) ? initialize : null;
  const holder = said.find(({ name, primary }) => name === leader && primary);
  if (said.some(({ system }) => system === key) && (holder === undefined || holder.system === key)) return key;
  if (holder !== undefined) return holder.system;
  const systems = new Set(said.map(({ system }) => system));
  const [only] = systems;
  return systems.size === 1 ? (only ?? key) : (key ?? said[0]?.system ?? null);
}
