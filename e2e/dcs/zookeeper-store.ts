// A real ZooKeeper as the contract asks for it, and somebody else who writes there: kazoo, which is what Patroni writes with.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ZooKeeperAccess } from '../../lib/io/dcs/open';
import { partsOf } from '../../lib/io/dcs/zookeeper/connection';
import { type DcsStore, SECRET, type SecuredStore } from './contract';
import { hasZooKeeper, startZooKeeper, type ZooKeeperEnsemble } from './zookeeper-process';

const NAMESPACE = '/service/';
const PYTHON = '/usr/bin/python3';

/** Why none can be started here; null: it can. */
export function missingZooKeeper(): string | null {
  if (!hasZooKeeper()) return 'ZooKeeper is not installed (Debian: zookeeper)';
  return existsSync('/usr/lib/python3/dist-packages/kazoo') ? null : 'kazoo is not installed (Debian: python3-kazoo)';
}

function accessTo(hosts: readonly string[], username: string | null = null, password: string | null = null) {
  return { kind: 'zookeeper', hosts, namespace: NAMESPACE, username, password, tls: null } satisfies ZooKeeperAccess;
}

type Command = 'put' | 'remove' | 'get' | 'swap' | 'own' | 'end' | 'withdraw';

/** Asked one after the other. `readers`: user:password of those who may read; with any of them rights count. */
class Kazoo {
  readonly #child: ChildProcess;
  readonly #answers: ((line: string) => void)[] = [];
  #ended = false;

  private constructor(hosts: readonly string[], readers: readonly string[]) {
    const script = path.join(import.meta.dirname, 'kazoo-writer.py');
    this.#child = spawn(PYTHON, [script, hosts.join(','), ...readers], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.once('exit', () => {
      this.#ended = true;
      for (const answer of this.#answers.splice(0)) answer('{"error":"kazoo ended"}');
    });
    if (this.#child.stdout !== null)
      createInterface(this.#child.stdout).on('line', (line) => this.#answers.shift()?.(line));
  }

  static async start(hosts: readonly string[], readers: readonly string[] = []): Promise<Kazoo> {
    const own = new Kazoo(hosts, readers);
    await own.#next();
    return own;
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#answers.push((line) => {
        const answer = JSON.parse(line) as { ok?: unknown; error?: string };
        if (answer.error === undefined) resolve(answer.ok);
        else reject(new Error(answer.error));
      });
      if (this.#ended) this.#answers.shift()?.('{"error":"kazoo ended"}');
    });
  }

  ask(command: Command, ...args: readonly (string | number)[]): Promise<unknown> {
    const answer = this.#next();
    this.#child.stdin?.write(`${JSON.stringify([command, ...args])}\n`);
    return answer;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}

export async function startZooKeeperStore(): Promise<DcsStore> {
  const ensemble = await startZooKeeper({ members: 1 });
  return storeOf(ensemble);
}

export async function storeOf(ensemble: ZooKeeperEnsemble): Promise<DcsStore> {
  const { hosts, members } = ensemble;
  const kazoo = await Kazoo.start(hosts);
  const keyed = (command: Command, key: string, ...rest: readonly string[]) =>
    kazoo.ask(command, NAMESPACE + key, ...rest);
  return {
    access: accessTo(hosts),
    upstream: partsOf(hosts[0] ?? ''),
    through: (host, port) => accessTo([`${host}:${port}`]),
    wire: (value) => value,
    put: async (key, value) => void (await keyed('put', key, value)),
    remove: async (key) => void (await keyed('remove', key)),
    edit: async (key, change) => {
      const { value, version } = (await keyed('get', key)) as { value: string; version: number };
      return (await kazoo.ask('swap', NAMESPACE + key, change(value), version)) === true;
    },
    own: async (key, value) => String(await keyed('own', key, value)),
    end: async (owner) => void (await kazoo.ask('end', owner)),
    freeze: async () => {
      for (const member of members) member.freeze();
    },
    thaw: async () => {
      for (const member of members) member.thaw();
    },
    restart: async () => {
      await Promise.all(members.map((member) => member.kill()));
      await Promise.all(members.map((member) => member.start()));
      await ensemble.ready();
    },
    stop: async () => {
      kazoo.stop();
      await ensemble.stop();
    },
  };
}

export async function startSecuredZooKeeper(): Promise<SecuredStore> {
  const ensemble = await startZooKeeper({ members: 1 });
  const { hosts } = ensemble;
  const kazoo = await Kazoo.start(hosts, ['howdah:right']);
  await kazoo.ask('put', NAMESPACE.slice(0, -1), '');
  return {
    reader: accessTo(hosts, 'howdah', 'right'),
    nobody: accessTo(hosts, 'nobody', 'right'),
    stranger: accessTo(hosts, 'howdah', SECRET),
    put: async (key, value) => void (await kazoo.ask('put', NAMESPACE + key, value)),
    withdraw: async () => void (await kazoo.ask('withdraw', NAMESPACE.slice(0, -1))),
    stop: async () => {
      kazoo.stop();
      await ensemble.stop();
    },
  };
}
