// HAProxy's proxies as listeners: which server is which member, what its check says, to whom new connections go.
import type { Cluster, Member } from '../cluster';
import type { HaproxyRow, HaproxyStatus } from '../wire/haproxy';
import {
  type Draft,
  type DraftServer,
  type EntryContext,
  isSettled,
  isWanted,
  memberAt,
  purposeOf,
  verdictOf,
} from './draft';
import type { Purpose, ServerCheck, ServerState } from './entry';

const SERVERS_MAX = 100;

/** `at`: when HAProxy said so. */
export function haproxyListeners(status: HaproxyStatus, at: number, context: EntryContext): readonly Draft[] {
  const proxies = [...new Set(status.rows.map(({ proxy }) => proxy))];
  return proxies.flatMap((proxy): Draft[] => {
    const rows = status.rows.filter((row) => row.proxy === proxy);
    const found = rows.filter(({ kind }) => kind === 'server').slice(0, SERVERS_MAX);
    const servers = found.map((row) => serverOf(row, found, at, context.cluster));
    // A proxy of something else, of another cluster perhaps.
    if (!isWanted(proxy, context) || servers.every(({ member }) => member === null)) return [];
    const taking = servers.filter(({ takes }) => takes);
    const { purpose, purposeBy } = purposeOf(proxy, learnt(servers, context), context);
    const isUntested = servers.length > 1 && taking.length > 0 && taking.every(({ check }) => check === 'untested');
    const queued = rows.find(({ kind }) => kind === 'backend')?.queued ?? null;
    return [
      {
        name: proxy,
        purpose,
        purposeBy,
        verdict: isUntested ? 'untested' : verdictOf(taking, purpose, context),
        members: [...new Set(taking.flatMap(({ member }) => member ?? []))].sort(),
        sessions: servers.reduce((sum, { sessions }) => sum + (sessions ?? 0), 0),
        waiting: queued,
        servers,
        pool: null,
      },
    ];
  });
}

function serverOf(row: HaproxyRow, all: readonly HaproxyRow[], at: number, cluster: Cluster): DraftServer {
  const { member, matchedBy } = memberBehind(row, cluster.members);
  const state = stateOf(row.status);
  const isUp = takesNew(state);
  // Backups are for when nobody else is there.
  const others = row.backup && all.some((other) => !other.backup && takesNew(stateOf(other.status)));
  return {
    name: row.server,
    address: row.address,
    member: member?.name ?? null,
    matchedBy,
    takes: isUp && !others,
    state,
    status: row.status,
    check: checkOf(row),
    checkCode: row.checkCode,
    sessions: row.sessions,
    changedAt: row.changedSecondsAgo === null ? null : at - row.changedSecondsAgo * 1000,
  };
}

function memberBehind(
  { address, server }: HaproxyRow,
  members: readonly Member[],
): { readonly member: Member | null; readonly matchedBy: DraftServer['matchedBy'] } {
  const [, host = null, port = null] = /^\[?(.+?)\]?:(\d+)$/.exec(address ?? '') ?? [];
  const there = memberAt(host, port === null ? null : Number(port), members);
  if (there !== null) return { member: there, matchedBy: 'address' };
  // Names of hosts and addresses cannot be compared; two addresses can.
  const isElsewhere = host !== null && members.every((member) => member.host !== null && isAddress(member.host));
  if (isElsewhere) return { member: null, matchedBy: null };
  const called = members.find(({ name }) => name.toLowerCase() === server.toLowerCase()) ?? null;
  return { member: called, matchedBy: called === null ? null : 'name' };
}

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

/** The words of HAProxy's stats.c, 2.6. */
function stateOf(status: string): ServerState {
  if (status === 'UP') return 'up';
  if (status.startsWith('UP ')) return 'going_down';
  if (status.startsWith('DOWN ') && /\d\/\d/.test(status)) return 'going_up';
  if (status.startsWith('DOWN')) return 'down';
  if (status.startsWith('DRAIN')) return 'drain';
  if (status.startsWith('MAINT')) return 'maint';
  return status === 'no check' ? 'unchecked' : 'other';
}

function takesNew(state: ServerState): boolean {
  return state === 'up' || state === 'going_down' || state === 'unchecked';
}

/** With `option httpchk` to Patroni; a TCP check knows no role. */
function checkOf({ status, checkStatus, checkCode }: HaproxyRow): ServerCheck {
  if (status === 'no check') return 'untested';
  switch (checkStatus) {
    case 'L7OK':
    case 'L7OKC':
      return 'role_fits';
    case 'L4OK':
    case 'L6OK':
      return 'untested';
    case 'L7STS':
      return checkCode === null || checkCode === 503 ? 'other_role' : 'failed';
    case 'L4CON':
      return 'refused';
    case 'L4TOUT':
    case 'L6TOUT':
    case 'L7TOUT':
      return 'timeout';
    case 'L6RSP':
    case 'L7RSP':
      return 'no_http';
    default:
      return checkStatus === null || checkStatus === 'INI' || checkStatus === 'UNK' ? 'unknown' : 'failed';
  }
}

/** What it is for, where every check asked for the role and nothing has moved lately. */
function learnt(servers: readonly DraftServer[], context: EntryContext): Purpose | null {
  const { leader } = context;
  const mine = servers.filter(({ member }) => member !== null);
  if (leader === null || mine.length < 2 || !isSettled(context)) return null;
  if (mine.some(({ check }) => check !== 'role_fits' && check !== 'other_role')) return null;
  const fits = mine.filter(({ check, takes }) => check === 'role_fits' && takes).map(({ member }) => member);
  if (fits.length === 1 && fits[0] === leader.name) return 'primary';
  return fits.length > 0 && !fits.includes(leader.name) ? 'replicas' : null;
}
