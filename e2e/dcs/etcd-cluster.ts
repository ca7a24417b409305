// A real etcd of several members on loopback addresses of its own. Members are ended by their process ids, and end with the process that
// started them. A further member is started as its printed command says, on a data folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, guard, quickFolder } from '../fake/etcd-process';

const START_MS = 30_000;

export interface EtcdNode {
  readonly name: string;
  readonly url: string;
  readonly peerUrl: string;
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  /** Again, on its data. */
  start(): Promise<void>;
}

export interface EtcdCluster {
  readonly nodes: readonly EtcdNode[];
  readonly urls: readonly string[];
  /** Where a further member would be. Nothing is started or asked for. */
  place(name: string): Promise<{ readonly name: string; readonly url: string; readonly peerUrl: string }>;
  /** Starts a member that was added, as the printed command says. */
  join(
    command: string,
    place: { readonly name: string; readonly url: string; readonly peerUrl: string },
  ): Promise<EtcdNode>;
  stop(): Promise<void>;
}

/** `net`: first numbers of the addresses, `127.93.1`. */
export async function startEtcdCluster(count: number, net: string, more: readonly string[] = []): Promise<EtcdCluster> {
  const folder = quickFolder('howdah-etcd-cluster-');
  let hosts = 0;
  const place = async (name: string) => {
    hosts += 1;
    const host = `${net}.${hosts}`;
    const [client, peer] = [await freePort(host), await freePort(host)];
    return { name, url: `http://${host}:${client}`, peerUrl: `http://${host}:${peer}` };
  };
  const places = [];
  for (let n = 1; n <= count; n += 1) places.push(await place(`e${n}`));
  const initial = places.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  const nodes: EtcdNode[] = [];
  const open = (
    at: { readonly name: string; readonly url: string; readonly peerUrl: string },
    flags: readonly string[],
  ): EtcdNode => {
    const data = path.join(folder, at.name);
    let child: ChildProcess | null = null;
    let release = (): unknown => undefined;
    const signal = (name: NodeJS.Signals): void => void child?.kill(name);
    const node: EtcdNode = {
      ...at,
      freeze: () => signal('SIGSTOP'),
      thaw: () => signal('SIGCONT'),
      kill: async () => {
        const ending = child;
        if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
        const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
        ending.kill('SIGKILL');
        await gone;
        release();
      },
      start: async () => {
        child = spawn('/usr/bin/etcd', [...flags, '--log-level=error', ...more], {
          stdio: 'ignore',
          env: { ...process.env, ETCD_UNSUPPORTED_ARCH: process.arch },
        });
        if (child.pid !== undefined) release = guard(child.pid, data);
      },
    };
    nodes.push(node);
    return node;
  };
  for (const at of places)
    open(at, [
      ...[`--name=${at.name}`, `--data-dir=${path.join(folder, at.name)}`, `--initial-cluster=${initial}`],
      ...[`--listen-client-urls=${at.url}`, `--advertise-client-urls=${at.url}`],
      ...[`--listen-peer-urls=${at.peerUrl}`, `--initial-advertise-peer-urls=${at.peerUrl}`],
    ]);
  await Promise.all(nodes.map((node) => node.start()));
  const end = Date.now() + START_MS;
  for (const { url } of nodes)
    while (!(await isHealthy(url))) {
      if (Date.now() > end) throw new Error('etcd did not become healthy');
      await sleep(100);
    }
  return {
    nodes,
    urls: nodes.map(({ url }) => url),
    place,
    join: async (command, at) => {
      // As printed, but for the place of its data and the port for clients, which a shared machine cannot give.
      const words = command.split(' ').slice(1);
      const flags = words.flatMap((word, index) => {
        const value = words[index + 1] ?? '';
        if (!word.startsWith('--')) return [];
        if (word === '--data-dir') return [`${word}=${path.join(folder, at.name)}`];
        return [`${word}=${word.endsWith('client-urls') ? at.url : value}`];
      });
      const node = open(at, flags);
      await node.start();
      return node;
    },
    stop: async () => {
      for (const node of nodes) node.thaw();
      await Promise.all(nodes.map((node) => node.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
  return answer?.ok === true && (await answer.text()).includes('true');
}
