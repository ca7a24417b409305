// A real ensemble of ZooKeeper on loopback addresses of its own, from Debian's package and without its service. Its members are ended by
// their process ids, and end with the process that started them.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../lib/io/dcs/zookeeper/health';
import { freePort, guard, quickFolder } from '../fake/etcd-process';

const JARS = '/usr/share/java';
/** What the package leaves out of its manifest: without them no log, and TLS resets every connection. */
const CLASS_PATH = ['zookeeper', 'servlet-api', 'slf4j-simple', 'netty-codec', 'netty-resolver'].map((name) =>
  path.join(JARS, `${name}.jar`),
);
const START_MS = 60_000;

export interface ZooKeeperOptions {
  readonly members?: number;
  /** Sessions last 2 to 20 of them. */
  readonly tickMs?: number;
  /** Third and second number of the addresses: two ensembles at a time need two. */
  readonly net?: string;
  /** Lines of zoo.cfg besides. */
  readonly more?: (member: { readonly host: string; readonly folder: string }) => readonly string[];
}

export interface ZooKeeperMember {
  readonly address: string;
  readonly pid: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

export interface ZooKeeperEnsemble {
  readonly hosts: readonly string[];
  readonly members: readonly ZooKeeperMember[];
  /** Resolves when there is a leader. */
  ready(): Promise<ZooKeeperMember>;
  stop(): Promise<void>;
}

export function hasZooKeeper(): boolean {
  return existsSync(path.join(JARS, 'zookeeper.jar')) && existsSync('/usr/bin/java');
}

export async function startZooKeeper(options: ZooKeeperOptions = {}): Promise<ZooKeeperEnsemble> {
  if (!hasZooKeeper()) throw new Error('ZooKeeper is not installed (Debian: zookeeper)');
  const { members: count = 3, tickMs = 2000, net = '127.88.1', more = () => [] } = options;
  const folder = quickFolder('howdah-zookeeper-');
  const places = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const host = `${net}.${index + 1}`;
      const [client, peer, election] = await Promise.all([freePort(host), freePort(host), freePort(host)]);
      return { id: index + 1, host, client, peer, election, folder: path.join(folder, String(index + 1)) };
    }),
  );
  const members = places.map((place) => {
    mkdirSync(place.folder);
    writeFileSync(path.join(place.folder, 'myid'), String(place.id));
    const lines = [
      `tickTime=${tickMs}`,
      'initLimit=10',
      'syncLimit=5',
      `dataDir=${place.folder}`,
      `clientPortAddress=${place.host}`,
      `clientPort=${place.client}`,
      'admin.enableServer=false',
      'standaloneEnabled=false',
      '4lw.commands.whitelist=srvr,mntr',
      ...places.map(({ id, host, peer, election }) => `server.${id}=${host}:${peer}:${election}`),
      ...more(place),
    ];
    writeFileSync(path.join(place.folder, 'zoo.cfg'), `${lines.join('\n')}\n`);
    return memberOf(`${place.host}:${place.client}`, place.folder);
  });
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  const ready = async (): Promise<ZooKeeperMember> => {
    for (const until = Date.now() + START_MS; Date.now() < until; await sleep(100)) {
      const answers = await Promise.all(members.map(({ address }) => ask('srvr', address, null).catch(() => '')));
      const leader = members[answers.findIndex((answer) => /^Mode: leader/m.test(answer))];
      if (leader !== undefined && answers.filter((answer) => /^Mode: /m.test(answer)).length * 2 > count) return leader;
    }
    throw new Error('ZooKeeper found no leader');
  };
  try {
    await Promise.all(members.map((member) => member.start()));
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return { hosts: members.map(({ address }) => address), members, ready, stop };
}

function memberOf(address: string, folder: string): ZooKeeperMember {
  let child: ChildProcess | null = null;
  let release = (): void => undefined;
  const signal = (name: NodeJS.Signals): void => void child?.kill(name);
  return {
    address,
    get pid() {
      return child?.pid ?? 0;
    },
    start: async () => {
      const log = openSync(path.join(folder, 'log'), 'a');
      const args = ['-Xmx96m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', CLASS_PATH.join(':')];
      child = spawn('java', [...args, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', 'zoo.cfg'], {
        cwd: folder,
        stdio: ['ignore', log, log],
      });
      if (child.pid !== undefined) release = guard(child.pid, folder);
    },
    kill: async () => {
      const ending = child;
      child = null;
      if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      ending.kill('SIGKILL');
      await gone;
      release();
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  };
}
