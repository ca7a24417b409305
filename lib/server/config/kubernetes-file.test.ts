import { describe, expect, it } from 'vitest';
import { placeOf } from '../names/moves';
import { type Given, loadGood, loadProblems, loadSource } from './test-load';
import { TEST_CERT, TEST_KEY } from './test-pem';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: here
clusters:
  - name: c1
    cluster: { server: "https://10.0.0.1:6443/", certificate-authority-data: ${base64(TEST_CERT)} }
  - name: c2
    cluster: { server: "https://kube.example.com/clusters/two", insecure-skip-tls-verify: true, tls-server-name: kube }
contexts:
  - { name: here, context: { cluster: c1, user: u1, namespace: db } }
  - { name: there, context: { cluster: c2, user: u2 } }
  - { name: program, context: { cluster: c1, user: u3 } }
  - { name: nobody, context: { cluster: c9, user: u1 } }
users:
  - { name: u1, user: { token: token-of-u1 } }
  - { name: u2, user: { client-certificate: cert.pem, client-key-data: ${base64(TEST_KEY)} } }
  - { name: u3, user: { exec: { command: aws } } }
`;

function given(section: string, more: Given = {}): Given {
  const files = {
    '/w/howdah.yaml': `sources:\n  - name: kube\n    kubernetes: ${section}\n`,
    '/w/kube.yaml': KUBECONFIG,
    '/w/cert.pem': TEST_CERT,
    '/w/token': 'x',
    ...more.files,
  };
  return { ...more, files };
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const POD: Given = {
  env: { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' },
  files: { [`${ACCOUNT}/ca.crt`]: TEST_CERT, [`${ACCOUNT}/token`]: 'pod-token', [`${ACCOUNT}/namespace`]: 'howdah' },
};

describe('a source on Kubernetes', () => {
  it('takes server, user and namespace from the current context', () => {
    const { dcs } = loadSource(given('{ kubeconfig: kube.yaml }'));
    expect(dcs).toMatchObject({
      kind: 'kubernetes',
      hosts: ['https://10.0.0.1:6443'],
      namespace: 'db',
      namespaces: ['db'],
      scopes: null,
      selector: null,
      tls: { ca: TEST_CERT, verify: true },
    });
    expect(dcs?.kind === 'kubernetes' && dcs.token?.reveal()).toBe('token-of-u1');
    expect(JSON.stringify(dcs)).not.toContain('token-of-u1');
  });

  it('takes another context, a client certificate, and what is written in the section', () => {
    const section =
      '{ kubeconfig: kube.yaml, context: there, namespaces: [b, a], labelSelector: application=spilo, scopes: [demo@a] }';
    expect(loadSource(given(section)).dcs).toMatchObject({
      hosts: ['https://kube.example.com/clusters/two'],
      namespaces: ['b', 'a'],
      namespace: 'a,b',
      selector: 'application=spilo',
      scopes: ['demo@a'],
      token: null,
      tls: { cert: TEST_CERT, verify: false, serverName: 'kube' },
    });
    expect(loadSource(given('{ kubeconfig: kube.yaml, namespaces: all }')).dcs).toMatchObject({ namespaces: null });
    expect(loadSource(given('{ kubeconfig: kube.yaml, context: there }')).dcs).toMatchObject({
      namespaces: ['default'],
    });
  });

  it('takes the account of the pod, whose token is read as it goes', () => {
    const account = {
      hosts: ['https://10.96.0.1:443'],
      namespaces: ['howdah'],
      tokenFile: `${ACCOUNT}/token`,
      token: null,
    };
    expect(loadSource(given('{ inCluster: true }', POD)).dcs).toMatchObject(account);
    expect(loadSource(given('{}', POD)).dcs).toMatchObject(account);
    // A file that is named goes first.
    expect(loadSource(given('{ kubeconfig: kube.yaml }', POD)).dcs).toMatchObject({ hosts: ['https://10.0.0.1:6443'] });
  });

  it.each([
    ['{ kubeconfig: nothing.yaml }', 'nothing.yaml'],
    ['{ kubeconfig: kube.yaml, context: gone }', 'expected one of here, there, program, nobody, there is no gone'],
    ['{ kubeconfig: kube.yaml, context: nobody }', 'the cluster c9, it is not there'],
    ['{ kubeconfig: kube.yaml, context: program }', /kube\.yaml:\d+:\d+ {2}users\[2\]\.user\.exec: .*runs no program/],
    ['{ kubeconfig: kube.yaml, namespaces: [Bad_Name] }', 'expected the name of a namespace'],
    ['{ kubeconfig: kube.yaml, inCluster: true }', 'expected a kubeconfig or inCluster'],
    ['{ kubeconfig: kube.yaml, contxt: here }', 'did you mean "context"?'],
    ['{ inCluster: true }', 'Howdah does not run in a pod'],
    [`{ kubeconfig: http.yaml }`, 'expected https, because a token is sent'],
  ])('refuses %s with line and reason', (section, words) => {
    const files = { '/w/http.yaml': KUBECONFIG.replace('https://10.0.0.1', 'http://10.0.0.1') };
    expect(loadProblems(given(section, { files })).join('\n')).toMatch(
      words instanceof RegExp ? words : literal(words),
    );
  });

  it('and on etcd at once is refused', () => {
    const section = '{ kubeconfig: kube.yaml }\n    etcd: { hosts: e1 }';
    expect(loadProblems(given(section)).join()).toContain('one DCS in a source');
  });

  it('has a place of its own, whatever the order of its namespaces', () => {
    const place = (namespaces: string): string =>
      placeOf(loadSource(given(`{ kubeconfig: kube.yaml, namespaces: ${namespaces} }`)));
    expect(place('[a, b]')).toBe(place('[b, a]'));
    expect(new Set([place('[a]'), place('[b]'), place('all')]).size).toBe(3);
  });
});

describe('--kubernetes', () => {
  const env = { KUBECONFIG: '/w/kube.yaml' };

  it('is a source for each context, the current one where none is named', () => {
    const { files } = given('{}');
    const { sources } = loadGood({ argv: ['--kubernetes', '--kubernetes', 'there'], env, files: files ?? {} });
    expect(sources.map(({ name, dcs }) => [name, dcs?.hosts, dcs?.namespace])).toEqual([
      ['kubernetes', ['https://10.0.0.1:6443'], 'db'],
      ['there', ['https://kube.example.com/clusters/two'], 'default'],
    ]);
  });

  it.each([
    [{ KUBECONFIG: '/w/a:/w/b' }, ['--kubernetes'], 'KUBECONFIG: expected one file'],
    [env, ['--kubernetes='], 'no value is given'],
    [{}, ['--kubernetes'], '.kube/config'],
  ])('with %j and %j is refused', (variables, argv, words) => {
    const { files } = given('{}');
    expect(loadProblems({ argv, env: variables, files: files ?? {} }).join('\n')).toContain(words);
  });
});

describe('a patronictl file of a cluster on Kubernetes', () => {
  it('leads to the namespace, the labels and the scope label that it names', () => {
    const text = `scope: demo
kubernetes: { namespace: db, context: here, labels: { application: spilo, team: acid }, scope_label: version, use_endpoints: true }
`;
    const { files } = given('{}');
    const argv = ['--patronictl', '/w/p.yml'];
    const env = { KUBECONFIG: '/w/kube.yaml' };
    expect(loadSource({ argv, env, files: { ...files, '/w/p.yml': text } }).dcs).toMatchObject({
      kind: 'kubernetes',
      hosts: ['https://10.0.0.1:6443'],
      namespaces: ['db'],
      scopes: ['demo'],
      selector: 'application=spilo,team=acid',
      scopeLabel: 'version',
    });
    const plain = 'scope: demo\nkubernetes: { labels: { application: patroni } }\n';
    // Patroni's own default, which kind makes.
    expect(loadProblems({ argv, env, files: { ...files, '/w/p.yml': plain } }).join()).toContain(
      'there is no kind-kind',
    );
  });
});

function literal(words: string): RegExp {
  return new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
