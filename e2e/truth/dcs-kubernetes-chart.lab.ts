// The Helm chart against a real API server, which judges every object by its own schema; what the account may do with the roles, asked of
// RBAC itself; and the settings that the chart writes, read by Howdah's own reader. No kubelet: that a pod starts is not shown here.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadGood } from '../../lib/server/config/test-load';
import { builtProgram } from '../lab/environments';
import { builtKubeApiserver } from '../lab/kube-apiserver/build';
import { KubeApiserver } from '../lab/kube-apiserver/process';
import { CHECKOUT } from '../lab/layout';

const CHART = path.join(CHECKOUT, 'deploy/helm/howdah');
const MANIFESTS = path.join(CHECKOUT, 'deploy/kubernetes/howdah.yaml');
const HEAD = `# The chart of deploy/helm with its own values, for who has no Helm: kubectl apply --namespace howdah --filename deploy/kubernetes/howdah.yaml
# It watches clusters in the namespace howdah. Other namespaces, and the right to act, are values of the chart (docs/install.md).
`;
const helm = builtProgram('helm');
const apiserver = builtKubeApiserver();
const missing = helm === null || apiserver === null;

interface Made {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** What kubectl would send. Throws with what helm says. */
function template(values: object = {}, release = 'howdah', namespace = 'howdah'): { text: string; objects: Made[] } {
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-chart-'));
  try {
    const file = path.join(folder, 'values.yaml');
    writeFileSync(file, JSON.stringify(values));
    // Built from its modules it takes no version of Kubernetes from its makers.
    const args = ['template', release, CHART, '--namespace', namespace, '--values', file, '--kube-version', '1.34.4'];
    const { status, stdout, stderr } = spawnSync(helm ?? '', args, {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    });
    if (status !== 0) throw new Error(stderr);
    const objects = parseAllDocuments(stdout).map((document): Made => document.toJS());
    return { text: stdout, objects: objects.filter((made) => made !== null) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const EVERYTHING = {
  image: { repository: 'images.example/howdah', tag: '9.9.9', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'pull' }],
  publicUrl: 'https://howdah.example.com',
  secretName: 'howdah-secret',
  settings: {
    listen: { names: ['howdah.internal'], trustedProxies: ['10.0.0.0/8'], tls: { cert: 'a.pem', key: 'a.key' } },
    sources: [{ name: 'main', etcd: { hosts: ['10.0.0.1:2379'] } }],
  },
  rbac: { namespaces: ['howdah', 'db'], actOn: ['demo', 'billing'] },
  serviceAccount: { name: 'watcher', annotations: { a: 'b' } },
  persistence: { size: '20Gi', storageClass: 'fast' },
  service: { type: 'NodePort', port: 8080, annotations: { a: 'b' } },
  ingress: { enabled: true, className: 'nginx', tlsSecret: 'howdah-tls', annotations: { a: 'b' } },
  networkPolicy: { from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' }, tokenSecret: { name: 'token', key: 'token' } },
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
  nodeSelector: { a: 'b' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  podAnnotations: { a: 'b' },
};

const PLURAL: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  Ingress: 'ingresses',
  NetworkPolicy: 'networkpolicies',
  PodDisruptionBudget: 'poddisruptionbudgets',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
  ServiceMonitor: 'servicemonitors',
  StatefulSet: 'statefulsets',
};

const apiOf = ({ apiVersion, kind, metadata }: Made, namespace: string): string =>
  `${apiVersion.includes('/') ? '/apis/' : '/api/'}${apiVersion}/namespaces/${metadata.namespace ?? namespace}/${PLURAL[kind] ?? `no-plural-of-${kind}`}`;

let server: KubeApiserver;
beforeAll(async () => {
  if (missing) return;
  server = await KubeApiserver.start(apiserver);
  for (const name of ['howdah', 'db']) await server.make('/api/v1/namespaces', { metadata: { name } });
  await server.make('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', SERVICE_MONITORS);
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await server.ask('GET', '/apis/monitoring.coreos.com/v1/servicemonitors')).status === 200) return;
    await sleep(300);
  }
  throw new Error('the kind ServiceMonitor is not served');
}, 120_000);
afterAll(async () => {
  if (!missing) await server.stop();
});

/** Only that it may be made; its own schema is not ours to judge. */
const SERVICE_MONITORS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { plural: 'servicemonitors', singular: 'servicemonitor', kind: 'ServiceMonitor' },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

beforeEach(({ skip }) => {
  if (missing) skip('the chart was not tried: helm or kube-apiserver was not built, for want of Go or of its modules');
});

describe('the Helm chart', () => {
  it.each([
    ['with its own values', {}],
    ['with everything set', EVERYTHING],
    ['with a claim that is there', { persistence: { existingClaim: 'kept' } }],
    [
      'with nothing kept',
      { persistence: { enabled: false }, rbac: { create: false }, serviceAccount: { create: false } },
    ],
  ])('%s is taken by the API server', async (_, values) => {
    const { objects } = template(values);
    expect(objects.length).toBeGreaterThan(4);
    for (const made of objects) {
      const { status, body } = await server.ask(
        'POST',
        `${apiOf(made, 'howdah')}?dryRun=All&fieldValidation=Strict`,
        made,
      );
      expect(`${made.kind} ${status} ${status === 201 ? '' : body}`.trim()).toBe(`${made.kind} 201`);
    }
  });

  it('is what the plain manifests are', () => {
    const { text } = template();
    if (process.env.UPDATE === '1') writeFileSync(MANIFESTS, `${HEAD}${text}`);
    expect(readFileSync(MANIFESTS, 'utf8')).toBe(`${HEAD}${text}`);
  });

  it('writes settings that Howdah reads', () => {
    const settings = template({
      ...EVERYTHING,
      settings: { ...EVERYTHING.settings, listen: { names: ['howdah.internal'] } },
    }).objects.find(({ kind }) => kind === 'ConfigMap')?.data?.['howdah.yaml'];
    const config = loadGood({
      argv: ['--config', '/etc/howdah/howdah.yaml'],
      env: { POD_IP: '10.1.2.3' },
      files: { '/etc/howdah/howdah.yaml': settings ?? '' },
    });
    expect(config).toMatchObject({
      dataDir: '/var/lib/howdah',
      publicUrl: 'https://howdah.example.com',
      listen: { host: '0.0.0.0', port: 3000 },
      sources: [{ name: 'main' }],
    });
    expect([...config.listen.names].sort()).toEqual(
      ['10.1.2.3', 'howdah', 'howdah.howdah', 'howdah.howdah.svc', 'howdah.internal'].sort(),
    );
  });

  it('starts anew when its settings change, and not else', () => {
    const sumOf = (values: object): string => /howdah\/settings: (\w+)/.exec(template(values).text)?.[1] ?? 'no sum';
    expect(sumOf({})).toMatch(/^[0-9a-f]{64}$/);
    expect(sumOf({ podAnnotations: { a: 'b' } })).toBe(sumOf({}));
    expect(sumOf({ settings: { sources: [] } })).not.toBe(sumOf({}));
  });

  it.each([
    ['a store that is a right to read secrets', { rbac: { stores: ['secrets'] } }, 'stores'],
    ['a value that is none of its own', { replicas: 3 }, 'replicas'],
    ['a path in publicUrl', { publicUrl: 'https://ops.example.com/howdah' }, 'publicUrl'],
    ['an Ingress without a name', { ingress: { enabled: true } }, 'ingress.enabled needs publicUrl'],
  ])('refuses %s', (_, values, words) => {
    expect(() => template(values)).toThrow(words);
  });
});

describe('the rights of the chart', () => {
  const ACCOUNT = 'system:serviceaccount:howdah:howdah';

  async function may(verb: string, resource: string, name: string, namespace = 'db'): Promise<boolean> {
    const { body } = await server.ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      spec: { user: ACCOUNT, resourceAttributes: { verb, resource, name, namespace } },
    });
    return parse(body).status.allowed;
  }

  async function apply(values: object): Promise<void> {
    for (const kind of ['rolebindings', 'roles'])
      for (const namespace of ['howdah', 'db'])
        await server.ask('DELETE', `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/${kind}/howdah`);
    for (const made of template(values).objects)
      if (made.kind.startsWith('Role')) await server.make(apiOf(made, 'howdah'), made);
    // The authorizer follows what is stored.
    for (let tries = 0; tries < 100 && !(await may('list', 'pods', '')); tries += 1) await sleep(100);
  }

  it('are to watch in the namespaces that are named, and nothing else', async () => {
    await apply({ rbac: { namespaces: ['db'] } });
    for (const resource of ['pods', 'endpoints', 'configmaps'])
      for (const verb of ['get', 'list', 'watch']) expect(await may(verb, resource, '')).toBe(true);
    for (const [verb, resource, name, namespace] of [
      ...[
        ['patch', 'configmaps', 'demo-config'],
        ['create', 'endpoints', ''],
        ['get', 'secrets', ''],
        ['delete', 'pods', 'demo-0'],
        ['create', 'pods/exec', 'demo-0'],
      ],
      ['list', 'pods', '', 'howdah'],
    ] as const)
      expect(`${verb} ${resource} ${await may(verb ?? '', resource ?? '', name ?? '', namespace)}`).toBe(
        `${verb} ${resource} false`,
      );
  });

  it('are to act on the clusters that are named, on no other', async () => {
    await apply({ rbac: { namespaces: ['db'], actOn: ['demo'], stores: ['endpoints'] } });
    for (const name of ['demo-failover', 'demo-config']) expect(await may('patch', 'endpoints', name)).toBe(true);
    expect(await may('create', 'endpoints', '')).toBe(true);
    for (const name of ['demo', 'demo-sync', 'billing-config'])
      expect(await may('patch', 'endpoints', name)).toBe(false);
    expect(await may('get', 'configmaps', '')).toBe(false);
    expect(await may('delete', 'endpoints', 'demo-failover')).toBe(false);
  });
});
