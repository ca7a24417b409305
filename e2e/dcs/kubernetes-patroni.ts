// A real Patroni cluster that keeps itself in a real kube-apiserver, on loopback addresses: its pods are objects that nobody runs. In
// Endpoints without a pod's address, which Kubernetes refuses where it is a loopback one.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Store } from '../../lib/io/dcs/kubernetes/objects';
import { quickFolder } from '../fake/etcd-process';
import type { Toolbox } from '../lab/environments';
import type { KubeApiserver } from '../lab/kube-apiserver/process';

export const SCOPE = 'demo';
const STOP_MS = 15_000;

interface Options {
  readonly server: KubeApiserver;
  readonly store: Store;
  readonly toolbox: Toolbox;
  readonly namespace: string;
  /** Three numbers of an address, with a dot at the end. */
  readonly prefix: string;
}

export class KubernetesPatroni {
  readonly members: readonly string[];
  readonly #options: Options;
  readonly #folder = quickFolder('howdah-kube-patroni-');
  readonly #running = new Map<string, ChildProcess>();

  private constructor(options: Options, members: readonly string[]) {
    this.#options = options;
    this.members = members;
  }

  static async start(options: Options, members: readonly string[] = ['demo-0', 'demo-1']): Promise<KubernetesPatroni> {
    const cluster = new KubernetesPatroni(options, members);
    const { server, namespace } = options;
    await server.make('/api/v1/namespaces', { metadata: { name: namespace } });
    chmodSync(cluster.#folder, 0o755);
    for (const name of members) {
      await server.make(`/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name, labels: { application: 'patroni', 'cluster-name': SCOPE } },
        spec: { containers: [{ name: 'postgres', image: 'none' }] },
      });
      cluster.#begin(name);
    }
    return cluster;
  }

  /** Patroni and its PostgreSQL, at once: nothing is released. */
  kill(name: string): void {
    const child = this.#running.get(name);
    if (child?.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.#running.values()].map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        const { pid } = child;
        const killer = setTimeout(() => process.kill(-pid, 'SIGKILL'), STOP_MS);
        await gone;
        clearTimeout(killer);
      }),
    );
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #begin(name: string): void {
    const { toolbox, server, namespace } = this.#options;
    const dir = path.join(this.#folder, name);
    const file = path.join(dir, 'patroni.yml');
    const { file: program, args, user } = toolbox.command('patroni', [file]);
    mkdirSync(dir, { mode: 0o700 });
    writeFileSync(file, stringify(this.#configOf(name, dir)));
    const kubeconfig = path.join(dir, 'kubeconfig');
    writeFileSync(kubeconfig, server.kubeconfig(server.admin, namespace));
    if (user !== null) for (const each of [dir, file, kubeconfig]) chownSync(each, user.uid, user.gid);
    const child = spawn(program, [...args], {
      cwd: dir,
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, HOME: dir, LC_ALL: 'C.UTF-8', KUBECONFIG: kubeconfig },
      ...(user ?? {}),
    });
    this.#running.set(name, child);
  }

  #configOf(name: string, dir: string): unknown {
    const { toolbox, store, namespace, prefix } = this.#options;
    const ip = `${prefix}${this.members.indexOf(name) + 21}`;
    return {
      scope: SCOPE,
      name,
      kubernetes: {
        namespace,
        labels: { application: 'patroni' },
        scope_label: 'cluster-name',
        use_endpoints: store === 'endpoints',
      },
      restapi: { listen: `${ip}:8008`, connect_address: `${ip}:8008` },
      bootstrap: {
        dcs: { ttl: 20, loop_wait: 2, retry_timeout: 3 },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, { auth: 'trust' }],
      },
      postgresql: {
        listen: `${ip}:5432`,
        connect_address: `${ip}:5432`,
        data_dir: path.join(dir, 'data'),
        bin_dir: toolbox.postgresBin,
        pgpass: path.join(dir, 'pgpass'),
        basebackup: [{ checkpoint: 'fast' }],
        pg_hba: ['local all all trust', 'host all all 127.0.0.0/8 trust', 'host replication all 127.0.0.0/8 trust'],
        authentication: { superuser: { username: 'postgres' }, replication: { username: 'replicator' } },
        parameters: { unix_socket_directories: dir, fsync: 'off', shared_buffers: '16MB', max_connections: 20 },
      },
    };
  }
}
