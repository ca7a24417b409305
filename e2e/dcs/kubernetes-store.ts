// One real kube-apiserver as the contract asks for it: a namespace of its own for each test, so that one server serves them all. What
// Patroni does with a key is done to its objects, as patroni/dcs/kubernetes.py v4.1.4 does it.
import { randomUUID } from 'node:crypto';
import type { KubernetesAccess } from '../../lib/io/dcs/kubernetes/api';
import { nameOf, type Part, type Store } from '../../lib/io/dcs/kubernetes/objects';
import { builtKubeApiserver } from '../lab/kube-apiserver/build';
import { type Account, KubeApiserver } from '../lab/kube-apiserver/process';
import { type DcsStore, SECRET, type SecuredStore } from './contract';

const READ = [{ apiGroups: [''], resources: ['pods', 'endpoints', 'configmaps'], verbs: ['get', 'list', 'watch'] }];
/** No test takes so long. */
const TTL_SECONDS = 600;
const PARTS: Readonly<Record<string, Part>> = { leader: 'leader', failover: 'failover', sync: 'sync' };

type Annotations = Readonly<Record<string, string | null>>;

/** Shared by the tests of a file; ended by `stop`. */
export class KubernetesStores {
  readonly #store: Store;
  #server: Promise<KubeApiserver> | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  server(): Promise<KubeApiserver> {
    const program = builtKubeApiserver();
    if (program === null) throw new Error('there is no kube-apiserver');
    this.#server ??= KubeApiserver.start(program, ['reader', 'nobody']);
    return this.#server;
  }

  async stop(): Promise<void> {
    await (await this.#server)?.stop();
  }

  readonly start = async (): Promise<DcsStore> => {
    const server = await this.server();
    const objects = await TestObjects.make(server, this.#store);
    const access = accessTo(server, server.admin, objects.namespace);
    const { hostname, port } = new URL(server.url);
    return {
      access,
      upstream: { host: hostname, port: Number(port), tls: { ca: server.ca } },
      through: (host, relayed) => ({ ...access, server: `http://${host}:${relayed}`, tls: null }),
      wire: (value) => value,
      put: (key, value) => objects.put(key, value),
      remove: (key) => objects.remove(key),
      edit: (key, change) => objects.edit(key, change),
      own: async (key, value) => {
        await objects.put(key, value);
        return key.split('/')[0] ?? '';
      },
      // A clean release: nothing ends a lock of Kubernetes but who writes it.
      end: (owner) => objects.remove(`${owner}/leader`),
      freeze: async () => server.freeze(),
      thaw: async () => server.thaw(),
      restart: async () => {
        await server.kill();
        await server.begin();
      },
      stop: async () => undefined,
    };
  };

  readonly startSecured = async (): Promise<SecuredStore> => {
    const server = await this.server();
    const objects = await TestObjects.make(server, this.#store);
    const { namespace } = objects;
    await server.grant(namespace, 'reader', READ);
    return {
      reader: accessTo(server, server.account('reader'), namespace),
      nobody: accessTo(server, server.account('nobody'), namespace),
      stranger: accessTo(server, { name: 'stranger', token: SECRET }, namespace),
      put: (key, value) => objects.put(key, value),
      withdraw: () => server.revoke(namespace, 'reader'),
      stop: async () => undefined,
    };
  };
}

function accessTo(server: KubeApiserver, account: Account, namespace: string): KubernetesAccess {
  return {
    kind: 'kubernetes',
    server: server.url,
    namespaces: [namespace],
    selector: null,
    scopeLabel: null,
    token: account.token,
    tokenFile: null,
    tls: { ca: server.ca, cert: null, key: null, serverName: null, verify: true },
  };
}

/** Writes to a namespace as Patroni and patronictl do. */
class TestObjects {
  readonly namespace: string;
  readonly #server: KubeApiserver;
  readonly #store: Store;
  #transitions = 0;

  private constructor(server: KubeApiserver, store: Store, namespace: string) {
    this.#server = server;
    this.#store = store;
    this.namespace = namespace;
  }

  static async make(server: KubeApiserver, store: Store): Promise<TestObjects> {
    const namespace = `t-${randomUUID().slice(0, 8)}`;
    await server.make('/api/v1/namespaces', { metadata: { name: namespace } });
    return new TestObjects(server, store, namespace);
  }

  put(key: string, value: string): Promise<void> {
    const [scope = '', name = '', member] = key.split('/');
    if (member !== undefined) return this.#write('pods', member, scope, { status: value });
    return this.#write(this.#store, this.#nameOf(scope, name), scope, this.#annotationsOf(name, value));
  }

  async remove(key: string): Promise<void> {
    const [scope = '', name = '', member] = key.split('/');
    if (member !== undefined) await this.#server.ask('DELETE', this.#path('pods', member));
    else if (name === 'leader') await this.#write(this.#store, this.#nameOf(scope, name), scope, { leader: null });
    else await this.#write(this.#store, this.#nameOf(scope, name), scope, { [name]: null });
  }

  async edit(key: string, change: (value: string) => string): Promise<boolean> {
    const [scope = ''] = key.split('/');
    const path = this.#path(this.#store, this.#nameOf(scope, 'config'));
    const { metadata } = JSON.parse((await this.#server.ask('GET', path)).body) as {
      metadata: { resourceVersion: string; annotations: Record<string, string> };
    };
    const annotations = { config: change(metadata.annotations.config ?? '') };
    const body = { metadata: { resourceVersion: metadata.resourceVersion, annotations } };
    const { status } = await this.#server.ask('PATCH', path, body);
    if (status !== 200 && status !== 409) throw new Error(`edit: ${status}`);
    return status === 200;
  }

  #nameOf(scope: string, key: string): string {
    return nameOf(this.#store, scope, PARTS[key] ?? 'config');
  }

  #annotationsOf(key: string, value: string): Annotations {
    if (key === 'failover' || key === 'sync') return JSON.parse(value) as Annotations;
    if (key !== 'leader') return { [key]: value };
    this.#transitions += 1;
    const now = new Date().toISOString().replace('Z', '000+00:00');
    return {
      leader: value,
      acquireTime: now,
      renewTime: now,
      ttl: String(TTL_SECONDS),
      transitions: String(this.#transitions),
    };
  }

  #path(resource: string, name?: string): string {
    return `/api/v1/namespaces/${this.namespace}/${resource}${name === undefined ? '' : `/${name}`}`;
  }

  async #write(resource: Store | 'pods', name: string, scope: string, annotations: Annotations): Promise<void> {
    const { status, body } = await this.#server.ask('PATCH', this.#path(resource, name), { metadata: { annotations } });
    if (status === 200) return;
    if (status !== 404) throw new Error(`PATCH ${name}: ${status} ${body.slice(0, 200)}`);
    const labels = { application: 'patroni', 'cluster-name': scope };
    const spec = resource === 'pods' ? { spec: { containers: [{ name: 'postgres', image: 'none' }] } } : {};
    await this.#server.make(this.#path(resource), { metadata: { name, labels, annotations }, ...spec });
  }
}
