// One real kube-apiserver over an etcd of its own, with RBAC on and a token for each who asks: admin, and what a test grants rights to.
// No kubelet and no controllers: pods are objects. Ended by its process id; what it keeps goes with it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { type EtcdProcess, freePort, quickFolder, startEtcd } from '../../fake/etcd-process';

const START_MS = 90_000;

export interface Account {
  readonly name: string;
  readonly token: string;
}

export class KubeApiserver {
  readonly url: string;
  readonly ca: string;
  readonly admin: Account;
  readonly folder: string;
  readonly etcd: EtcdProcess;
  readonly #accounts: readonly Account[];
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #agent: Agent;
  #child: ChildProcess | null = null;

  private constructor(made: {
    readonly url: string;
    readonly folder: string;
    readonly etcd: EtcdProcess;
    readonly accounts: readonly Account[];
    readonly program: string;
    readonly args: readonly string[];
  }) {
    this.url = made.url;
    this.folder = made.folder;
    this.etcd = made.etcd;
    this.#accounts = made.accounts;
    this.admin = this.account('admin');
    this.#program = made.program;
    this.#args = made.args;
    this.ca = readFileSync(path.join(made.folder, 'ca.crt'), 'utf8');
    this.#agent = new Agent({ connect: { ca: this.ca } });
  }

  /** `names` may sign in and have no rights yet. */
  static async start(program: string, names: readonly string[] = [], host = '127.0.0.1'): Promise<KubeApiserver> {
    const folder = quickFolder('howdah-kube-');
    const etcd = await startEtcd(host);
    const port = await freePort(host);
    const accounts = ['admin', ...names].map((name) => ({ name, token: randomUUID() }));
    makeCertificates(folder, host);
    const rows = accounts.map(
      ({ name, token }) => `${token},${name},${name}${name === 'admin' ? ',"system:masters"' : ''}`,
    );
    writeFileSync(path.join(folder, 'tokens.csv'), `${rows.join('\n')}\n`);
    const flags = {
      'etcd-servers': etcd.url,
      'bind-address': host,
      'advertise-address': host,
      'secure-port': String(port),
      'tls-cert-file': path.join(folder, 'server.crt'),
      'tls-private-key-file': path.join(folder, 'server.key'),
      'client-ca-file': path.join(folder, 'ca.crt'),
      'token-auth-file': path.join(folder, 'tokens.csv'),
      'authorization-mode': 'RBAC',
      'service-account-key-file': path.join(folder, 'sa.pub'),
      'service-account-signing-key-file': path.join(folder, 'sa.key'),
      'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
      'service-cluster-ip-range': '10.96.0.0/16',
      'disable-admission-plugins': 'ServiceAccount',
      'endpoint-reconciler-type': 'none',
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const server = new KubeApiserver({ url: `https://${host}:${port}`, folder, etcd, accounts, program, args });
    try {
      await server.begin();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  account(name: string): Account {
    const found = this.#accounts.find((account) => account.name === name);
    if (found === undefined) throw new Error(`there is no account ${name}`);
    return found;
  }

  async begin(): Promise<void> {
    const child = spawn(this.#program, [...this.#args], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-4000);
    });
    const end = Date.now() + START_MS;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`kube-apiserver ended with ${child.exitCode}: ${said}`);
      const { status } = await this.ask('GET', '/readyz').catch(() => ({ status: 0 }));
      if (status === 200) return;
      if (Date.now() > end) throw new Error(`kube-apiserver is not ready after ${START_MS / 1000} s: ${said}`);
      await sleep(200);
    }
  }

  /** -9: it may do so at any moment. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.#agent.destroy();
    await this.etcd.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As admin. */
  async ask(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    where: string,
    body?: unknown,
    type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  ): Promise<{ readonly status: number; readonly body: string }> {
    const answer = await request(this.url + where, {
      dispatcher: this.#agent,
      method,
      signal: AbortSignal.timeout(10_000),
      headers: { authorization: `Bearer ${this.admin.token}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  }

  /** What must succeed. */
  async make(where: string, body: unknown): Promise<void> {
    const { status, body: answer } = await this.ask('POST', where, body);
    if (status < 200 || status > 299) throw new Error(`POST ${where}: ${status} ${answer.slice(0, 300)}`);
  }

  /** In one namespace. `rules` as RBAC writes them. */
  async grant(namespace: string, name: string, rules: readonly unknown[]): Promise<void> {
    const api = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await this.make(`${api}/roles`, { metadata: { name }, rules });
    await this.make(`${api}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
    });
  }

  async revoke(namespace: string, name: string): Promise<void> {
    const api = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    for (const kind of ['rolebindings', 'roles']) await this.ask('DELETE', `${api}/${kind}/${name}`);
  }

  /** The text of a kubeconfig with this account; `context` as Patroni looks for it. */
  kubeconfig({ name, token }: Account, namespace: string, context = 'kind-kind'): string {
    return `apiVersion: v1
kind: Config
current-context: ${context}
clusters: [{ name: lab, cluster: { server: "${this.url}", certificate-authority-data: ${Buffer.from(this.ca).toString('base64')} } }]
contexts: [{ name: ${context}, context: { cluster: lab, user: ${name}, namespace: ${namespace} } }]
users: [{ name: ${name}, user: { token: ${token} } }]
`;
  }
}

/** An authority, a certificate of the server and the key pair of service accounts. */
function makeCertificates(folder: string, host: string): void {
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', [...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const names = `subjectAltName=IP:${host},IP:10.96.0.1,DNS:kubernetes.default.svc`;
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    // Longer than what is said to end soon.
    '90',
    '-subj',
    '/CN=howdah lab',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=kube-apiserver',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  );
  writeFileSync(path.join(folder, 'names'), names);
  openssl(
    'x509',
    '-req',
    '-days',
    '90',
    '-in',
    'server.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'names',
    '-out',
    'server.crt',
  );
  openssl('genrsa', '-out', 'sa.key', '2048');
  openssl('rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub');
}
