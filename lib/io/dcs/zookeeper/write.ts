// Writes to ZooKeeper: one transaction that compares and sets `/failover` or `/config`, nothing else, in a session of its own. Making the
// session takes a quorum, `sync` makes the read current. ZooKeeper itself compares only how often a node was written, which begins
// anew with a node that was made again, as the leader key is at every change of leader. So the transaction also makes a node whose
// name ends with the number of nodes ever made there, and deletes it by the name that it has if none was made since the read: one more, and
// nothing is written. Nobody ever sees that node. It is sent once; what is not known to have failed is said so.
import type { ReadingError } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { say } from '../../../language/sentence';
import {
  type Commit,
  type CommitResult,
  type CurrentKey,
  type CurrentKeys,
  type DcsWriter,
  isReadingError,
  type PastValue,
} from '../port';
import { Connection, classifyZooKeeper, type Node, Refused, type ZooKeeperAccess } from './connection';
import { ERR, type Step } from './jute';

const KEYS = ['leader', 'failover', 'sync', 'config', 'initialize'] as const;
type Key = (typeof KEYS)[number];
const GUARD = 'howdah-';
const DIGITS = 10;
const NOBODY_KNOWS: CurrentKeys = { leader: null, failover: null, sync: null, config: null };

interface Seen {
  readonly nodes: Readonly<Record<Key, Node | null>>;
  /** Nodes ever made below the scope. */
  readonly made: number;
}

export interface ZooKeeperWriterOptions extends ZooKeeperAccess {
  readonly hosts: readonly string[];
  readonly namespace: string;
}

export class ZooKeeperWriter implements DcsWriter {
  readonly #options: ZooKeeperWriterOptions;
  /** Where the last session was made. */
  #good = 0;

  constructor(options: ZooKeeperWriterOptions) {
    this.#options = options;
  }

  close(): void {
    // Every session ends with what it was made for.
  }

  async current(scope: string): Promise<CurrentKeys> {
    try {
      return await this.#within(async (connection) => currentOf(await this.#read(connection, scope)));
    } catch (error) {
      throw readingOf(error);
    }
  }

  async commit(scope: string, commit: Commit): Promise<CommitResult> {
    const started = performance.now();
    let sent = false;
    try {
      return await this.#within(async (connection): Promise<CommitResult> => {
        const seen = await this.#read(connection, scope);
        const steps = stepsOf(`${this.#options.namespace}${scope}`, commit, seen);
        if (steps === null) return { kind: 'changed', now: currentOf(seen) };
        sent = true;
        try {
          const revision = await connection.multi(steps);
          return { kind: 'committed', revision: String(revision), tookMs: performance.now() - started };
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          if (!isConflict(error)) return { kind: 'failed', error: refusalOf(error) };
        }
        return {
          kind: 'changed',
          now: await this.#read(connection, scope).then(currentOf, () => NOBODY_KNOWS),
        };
      });
    } catch (error) {
      return { kind: sent ? 'unknown' : 'failed', error: readingOf(error) };
    }
  }

  /** ZooKeeper keeps no earlier values. */
  async past(): Promise<readonly PastValue[]> {
    return [];
  }

  async #read(connection: Connection, scope: string): Promise<Seen> {
    const base = `${this.#options.namespace}${scope}`;
    const [, parent, ...found] = await Promise.all([
      connection.sync(base),
      connection.children(base),
      ...KEYS.map((key) => connection.get(`${base}/${key}`)),
    ]);
    const [leader, failover, sync, config, initialize] = found.map(({ node }) => node);
    const nodes = { leader, failover, sync, config, initialize };
    const entries = Object.entries(nodes).map(([key, node]) => [key, node ?? null]);
    return { nodes: Object.fromEntries(entries), made: parent?.stat.made ?? 0 };
  }

  /** In a session with the first server that makes one; the one that did it last is asked first. */
  async #within<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const { hosts } = this.#options;
    let why: unknown = failure('skipped');
    for (let offset = 0; offset < hosts.length; offset += 1) {
      const index = (this.#good + offset) % hosts.length;
      const address = hosts[index] ?? '';
      const opened = await Connection.open({ ...this.#options, address, session: null }).catch((error: unknown) => {
        why = error;
        return null;
      });
      if (opened === null) continue;
      this.#good = index;
      try {
        return await work(opened);
      } finally {
        opened.close();
      }
    }
    throw why;
  }
}

/** null: what is to be compared is another already. */
function stepsOf(base: string, { compare, leader, put }: Commit, { nodes, made }: Seen): readonly Step[] | null {
  if (nodes.initialize === null) return null;
  if (leader === 'nobody' ? nodes.leader !== null : leader !== null && nodes.leader?.value !== leader.holder)
    return null;
  for (const [key, version] of Object.entries(compare) as [Key, string][])
    if (versionOf(nodes[key]) !== version) return null;
  const compared = new Set<string>(['initialize', ...(leader === null ? [] : ['leader']), ...Object.keys(compare)]);
  const checks = KEYS.flatMap((key): Step[] => {
    const node = nodes[key];
    // The guard below sees to it that what was not there still is not.
    if (!compared.has(key) || key in put || node === null) return [];
    return [{ op: 'check', path: `${base}/${key}`, version: key === 'initialize' ? -1 : node.stat.version }];
  });
  const guard = `${base}/${GUARD}`;
  return [
    ...checks,
    { op: 'create', path: guard, value: '', sequential: true },
    { op: 'delete', path: `${guard}${String(made).padStart(DIGITS, '0')}`, version: -1 },
    ...Object.entries(put).map(([key, value]): Step => {
      const node = nodes[key as Key];
      const path = `${base}/${key}`;
      return node === null
        ? { op: 'create', path, value }
        : // Version 0 is a version: Patroni itself passes it as "any".
          { op: 'set', path, value, version: node.stat.version };
    }),
  ];
}

function versionOf(node: Node | null): string {
  return node === null ? '0' : String(node.stat.mzxid);
}

function currentOf({ nodes }: Seen): CurrentKeys {
  const key = (name: Key): CurrentKey | null => {
    const node = nodes[name];
    return node === null ? null : { value: node.value, version: versionOf(node) };
  };
  return { leader: key('leader'), failover: key('failover'), sync: key('sync'), config: key('config') };
}

/** Something is not as it was read, and nothing was written. */
function isConflict({ code }: Refused): boolean {
  return code === ERR.noNode || code === ERR.badVersion || code === ERR.nodeExists;
}

function refusalOf(error: Refused): ReadingError {
  return error.code === ERR.noAuth
    ? failure(
        'denied',
        say`to write, its ACL has to grant Howdah \`cdrw\` on the scope and \`rw\` on its failover and config`,
      )
    : classifyZooKeeper(error);
}

function readingOf(error: unknown): ReadingError {
  return isReadingError(error) ? error : classifyZooKeeper(error);
}
