// Everything below a namespace, node by node, as the keys that Patroni would write to a flat store. ZooKeeper reads one node at a time:
// what changes meanwhile is told by the watch, which is there before the list begins. Nodes without a value are folders, no keys.
import { DcsList, KEYS_MAX, type KeyEvent, MEMBERS_MAX, SCOPES_MAX, splitKey } from '../view';
import { type Connection, type Node, Refused } from './connection';
import { ERR } from './jute';

/** Questions on their way at the same time. */
const AT_ONCE = 64;
/** Below the namespace: scope, group, members, name. */
const DEPTH_MAX = 4;
/** Of one scope, folders too; a Citus cluster has a dozen for each group. */
const NODES_MAX = 6000;
/** ZooKeeper's own, where the namespace is the root. */
const OWN = '/zookeeper';

export interface Listed {
  readonly list: DcsList;
  /** By scope, a path that may not be read: of such a scope nothing is known. */
  readonly denied: ReadonlyMap<string, string>;
  readonly zxid: bigint;
}

interface Place {
  readonly path: string;
  readonly scope: string;
  readonly depth: number;
}

/** The node itself, without a slash at its end. */
export function rootOf(namespace: string): string {
  return namespace === '/' ? '/' : namespace.slice(0, -1);
}

/** Rejects with a Refused where nothing at all may be read. */
export async function listAll(connection: Connection, namespace: string): Promise<Listed> {
  const root = rootOf(namespace);
  await connection.sync(root);
  const list = new DcsList(namespace);
  const denied = new Map<string, string>();
  const visits = new Map<string, number>();
  const found = (await connection.children(root))?.names ?? [];
  const { zxid } = connection;
  const names = found.filter((name) => `${namespace}${name}` !== OWN).sort();
  list.refused += Math.max(0, names.length - SCOPES_MAX);
  let open = names.slice(0, SCOPES_MAX).map((name): Place => ({ path: `${namespace}${name}`, scope: name, depth: 1 }));
  while (open.length > 0) {
    const below: Place[] = [];
    for (let from = 0; from < open.length; from += AT_ONCE) {
      const places = open.slice(from, from + AT_ONCE);
      const answers = await Promise.all(
        places.map((place) => {
          const visited = (visits.get(place.scope) ?? 0) + 1;
          visits.set(place.scope, visited);
          if (visited > NODES_MAX) list.refused += 1;
          return visited > NODES_MAX ? null : readPlace(connection, place);
        }),
      );
      for (const [index, answer] of answers.entries()) {
        const place = places[index];
        if (place === undefined || answer === null) continue;
        if (answer === 'denied') denied.set(place.scope, place.path);
        else {
          if (answer.event !== null) list.add(answer.event);
          for (const name of answer.names)
            below.push({ path: `${place.path}/${name}`, scope: place.scope, depth: place.depth + 1 });
        }
      }
    }
    open = below;
  }
  for (const scope of list.scopes.keys()) if (deniedPath(denied, scope) !== null) list.scopes.delete(scope);
  const [path] = denied.values();
  if (path !== undefined && list.scopes.size === 0) throw new Refused(ERR.noAuth, path);
  return { list, denied, zxid };
}

/** A group of a Citus cluster has the rights of the whole. */
export function deniedPath(denied: ReadonlyMap<string, string>, scope: string): string | null {
  return denied.get(scope) ?? denied.get(scope.split('/')[0] ?? '') ?? null;
}

async function readPlace(
  connection: Connection,
  { path, depth }: Place,
): Promise<{ readonly event: KeyEvent | null; readonly names: readonly string[] } | 'denied' | null> {
  try {
    const { node, zxid } = await connection.get(path);
    if (node === null) return null;
    const event = eventOf(path, node, zxid);
    const isFolder = node.stat.children > 0 && depth < DEPTH_MAX;
    const names = isFolder ? ((await connection.children(path))?.names ?? []) : [];
    // One more than is kept, so that the list can say that there are more.
    const most = (path.endsWith('/members') ? MEMBERS_MAX : KEYS_MAX) + 1;
    return { event: event.type === 'put' ? event : null, names: [...names].sort().slice(0, most) };
  } catch (error) {
    if (error instanceof Refused && error.code === ERR.noAuth) return 'denied';
    throw error;
  }
}

/** What a read of a node says. One that is gone went before `zxid`, and after all that was known of it. */
export function eventOf(path: string, node: Node | null, zxid: bigint): KeyEvent {
  if (node === null || node.value === '')
    return {
      type: 'delete',
      key: path,
      value: '',
      version: String(node?.stat.mzxid ?? zxid),
      created: '0',
      owner: null,
    };
  const { mzxid, czxid, owner } = node.stat;
  return {
    type: 'put',
    key: path,
    value: node.value,
    version: String(mzxid),
    created: String(czxid),
    owner: owner === 0n ? null : `0x${BigInt.asUintN(64, owner).toString(16)}`,
  };
}

/** The scope of a path, as far down as a Citus group; null: of none. */
export function scopeOf(namespace: string, path: string): string | null {
  return path.startsWith(OWN) && namespace === '/' ? null : (splitKey(namespace, path)?.scope ?? null);
}
