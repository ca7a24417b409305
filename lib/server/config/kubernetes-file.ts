// The section `kubernetes:` of a source, and what it leads to: one context of a kubeconfig, or the service account of the pod that Howdah
// runs in. Programs that a kubeconfig names (`exec`) are not run: a service account with a token needs none.
import { z } from 'zod';
import { formatHost } from './address';
import { outsideProblem, type Report } from './problem';
import type { Secret } from './secret';
import { scopes } from './settings';
import { readTls, type TlsProfile } from './tls';
import { type Files, openYaml, reading, resolveFrom } from './yaml-file';
import { build, type Complain, flag, location, maybe, secret, section, text, texts } from './yaml-schema';

export interface KubernetesSettings {
  readonly kind: 'kubernetes';
  /** The API server, alone. */
  readonly hosts: readonly string[];
  /** Those it looks at, for people. */
  readonly namespace: string;
  /** null: all of them. */
  readonly namespaces: readonly string[] | null;
  readonly scopes: readonly string[] | null;
  readonly selector: string | null;
  readonly scopeLabel: string | null;
  readonly token: Secret | null;
  readonly tokenFile: string | null;
  readonly tls: TlsProfile | null;
}

/** How the API server is reached, and the namespace that goes with it. */
type Cluster = Pick<KubernetesSettings, 'hosts' | 'token' | 'tokenFile' | 'tls'> & {
  readonly namespace: string | null;
};

/** What is looked at there. */
export interface Look {
  readonly namespaces: readonly string[] | null;
  readonly scopes: readonly string[] | null;
  readonly selector: string | null;
  readonly scopeLabel: string | null;
}

const NAMESPACES_MAX = 50;
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const NAMESPACES = 'all, or a list of namespaces';

const word = (expected: string) => maybe(text(expected));
/** `all` is no name among others. */
const namespaces = texts(NAMESPACES, (name) => NAME.test(name), 'the name of a namespace').refine(
  (list) => list.length <= NAMESPACES_MAX && (list.length === 1 || !list.includes('all')),
  `all, or at most ${NAMESPACES_MAX} namespaces`,
);

const wanted = section({
  kubeconfig: maybe(location('the path of a kubeconfig')),
  context: word('a context of the kubeconfig'),
  inCluster: maybe(flag, false),
  namespaces: maybe(namespaces),
  labelSelector: word('a label selector such as application=spilo'),
  scopeLabel: maybe(text('a label', LABEL)),
  scopes,
});

export const kubernetes = build(wanted, (parts, complain): KubernetesSettings => {
  const { kubeconfig = null, context = null, inCluster = false } = parts;
  const { files, report } = reading().options;
  if (inCluster && (kubeconfig !== null || context !== null))
    complain(['inCluster'], 'a kubeconfig or inCluster', 'both are there');
  const cluster = inCluster ? readAccount(files, report) : readCluster({ kubeconfig, context }, { files, report });
  const named = parts.namespaces;
  // What is wrong there was said at its own place, and stops the start.
  return settingsOf(cluster ?? NOWHERE, {
    namespaces: named == null ? [cluster?.namespace ?? 'default'] : named.includes('all') ? null : named,
    scopes: parts.scopes ?? null,
    selector: parts.labelSelector ?? null,
    scopeLabel: parts.scopeLabel ?? null,
  });
});

const NOWHERE: Cluster = { hosts: [], token: null, tokenFile: null, tls: null, namespace: null };

export function settingsOf({ hosts, token, tokenFile, tls }: Cluster, look: Look): KubernetesSettings {
  const namespace = look.namespaces === null ? '*' : [...look.namespaces].sort().join(',');
  return { kind: 'kubernetes', hosts, namespace, ...look, token, tokenFile, tls };
}

/** Where `kubectl` would look: KUBECONFIG, else ~/.kube/config, else the account of this pod. Null after reporting. */
export function readCluster(
  { kubeconfig, context }: { readonly kubeconfig: string | null; readonly context: string | null },
  { files, report }: { readonly files: Files; readonly report: Report },
): Cluster | null {
  const given = files.env.KUBECONFIG || null;
  if (kubeconfig === null && given?.includes(':')) {
    const expected = 'one file, or kubeconfig in howdah.yaml';
    report.problems.push(outsideProblem('environment', 'KUBECONFIG', expected, 'it names several'));
    return null;
  }
  const file = kubeconfig ?? given ?? '~/.kube/config';
  const isThere = kubeconfig !== null || given !== null || exists(file, files);
  if (!isThere && context === null && files.env.KUBERNETES_SERVICE_HOST) return readAccount(files, report);
  const schema = kubeconfigOf(context);
  return openYaml({ file, files, report, dialect: 'patroni' })?.read(schema) ?? null;
}

function exists(name: string, { cwd, env, readFile }: Files): boolean {
  try {
    readFile(resolveFrom(cwd, name, env));
    return true;
  } catch {
    return false;
  }
}

/** The service account of the pod: its token is renewed while Howdah runs. Null after reporting. */
export function readAccount({ env, readFile }: Files, report: Report): Cluster | null {
  const host = env.KUBERNETES_SERVICE_HOST;
  const port = env.KUBERNETES_SERVICE_PORT ?? '443';
  const complain = (path: string, message: string): null => {
    report.problems.push(outsideProblem('environment', path, 'a pod with a service account', message));
    return null;
  };
  if (!host) return complain('KUBERNETES_SERVICE_HOST', 'it is not set: Howdah does not run in a pod');
  try {
    const ca = readFile(`${ACCOUNT}/ca.crt`);
    const namespace = readFile(`${ACCOUNT}/namespace`).trim();
    readFile(`${ACCOUNT}/token`);
    return {
      hosts: [`https://${formatHost(host)}:${port}`],
      namespace: NAME.test(namespace) ? namespace : null,
      token: null,
      tokenFile: `${ACCOUNT}/token`,
      tls: { ca, cert: null, key: null, serverName: null, verify: true },
    };
  } catch {
    return complain(ACCOUNT, 'token, ca.crt or namespace cannot be read there');
  }
}

const CLUSTER = 'a map with server';
const cluster = z.looseObject(
  {
    server: text('https://host:port'),
    'certificate-authority': word('the path of a file'),
    'certificate-authority-data': word('a certificate in base64'),
    'insecure-skip-tls-verify': maybe(flag, false),
    'tls-server-name': word('a host name'),
    'proxy-url': word('a URL'),
  },
  CLUSTER,
);
const hidden = maybe(secret('a token as text'));
const user = z.looseObject({
  token: hidden,
  tokenFile: word('the path of a file'),
  'client-certificate': word('the path of a file'),
  'client-certificate-data': hidden,
  'client-key': word('the path of a file'),
  'client-key-data': hidden,
});
const list = <S extends z.ZodRawShape>(shape: S, what: string) =>
  maybe(z.array(z.looseObject({ name: text('a name'), ...shape }, what), `a list of ${what}s`), []);
const kubeconfig = z.looseObject(
  {
    'current-context': word('the name of a context'),
    clusters: list({ cluster }, 'cluster'),
    users: list({ user: maybe(user) }, 'user'),
    contexts: list(
      { context: z.looseObject({ cluster: text('a cluster'), user: word('a user'), namespace: word('a namespace') }) },
      'context',
    ),
  },
  'a kubeconfig',
);
/** Of a user that Howdah cannot be. */
const PROGRAMS = ['exec', 'auth-provider', 'username', 'password'] as const;

function kubeconfigOf(context: string | null) {
  return build(kubeconfig, (parts, complain): Cluster => {
    const wish = context ?? parts['current-context'] ?? null;
    if (wish === null) {
      complain(['current-context'], 'the name of a context, or context in howdah.yaml', 'it is missing');
      return NOWHERE;
    }
    const names = (parts.contexts ?? []).map(({ name }) => name).join(', ');
    const chosen = parts.contexts?.find(({ name }) => name === wish)?.context;
    if (chosen === undefined) {
      complain(context === null ? ['current-context'] : ['contexts'], `one of ${names}`, `there is no ${wish}`);
      return NOWHERE;
    }
    const at = (parts.clusters ?? []).findIndex(({ name }) => name === chosen.cluster);
    const who = (parts.users ?? []).findIndex(({ name }) => name === chosen.user);
    const place = parts.clusters?.[at]?.cluster;
    if (place === undefined) {
      complain(['clusters'], `the cluster ${chosen.cluster}`, 'it is not there');
      return NOWHERE;
    }
    if (chosen.user !== null && who < 0) complain(['users'], `the user ${chosen.user}`, 'it is not there');
    const own = parts.users?.[who]?.user ?? null;
    return {
      ...readServer(place, own, [at, who], complain),
      namespace: chosen.namespace !== null && NAME.test(chosen.namespace) ? chosen.namespace : null,
    };
  });
}

function readServer(
  place: z.infer<typeof cluster>,
  own: z.infer<typeof user> | null,
  [at, who]: readonly [number, number],
  complain: Complain,
): Omit<Cluster, 'namespace'> {
  const clusterAt = ['clusters', at, 'cluster'];
  const userAt = ['users', who, 'user'];
  const server = place.server.replace(/\/+$/, '');
  const url = URL.parse(server);
  const isSecure = url?.protocol === 'https:';
  if (url === null || !(isSecure || url.protocol === 'http:') || url.username !== '' || url.search !== '')
    complain([...clusterAt, 'server'], 'https://host:port, without user and password');
  if (place['proxy-url'] !== null)
    complain([...clusterAt, 'proxy-url'], 'no proxy', 'Howdah reaches the API server directly');
  const program = PROGRAMS.find((key) => own?.[key] != null);
  if (program !== undefined)
    complain([...userAt, program], 'a token, a tokenFile or a client certificate', {
      found: `Howdah runs no ${program === 'exec' ? 'program' : program} to sign in: make a service account and use its token`,
    });
  const hasToken = own !== null && (own.token !== null || own.tokenFile !== null);
  if (!isSecure && hasToken) complain([...clusterAt, 'server'], 'https, because a token is sent', 'got http');
  const data = (value: string | null): string | null =>
    value === null ? null : Buffer.from(value, 'base64').toString();
  const keys = {
    ca: [
      ...clusterAt,
      place['certificate-authority-data'] === null ? 'certificate-authority' : 'certificate-authority-data',
    ],
    cert: [...userAt, own?.['client-certificate-data'] == null ? 'client-certificate' : 'client-certificate-data'],
    key: [...userAt, own?.['client-key-data'] == null ? 'client-key' : 'client-key-data'],
  };
  const tls = isSecure
    ? readTls(
        {
          ca: data(place['certificate-authority-data']) ?? place['certificate-authority'],
          cert: data(own?.['client-certificate-data']?.reveal() ?? null) ?? own?.['client-certificate'] ?? null,
          key: data(own?.['client-key-data']?.reveal() ?? null) ?? own?.['client-key'] ?? null,
          serverName: place['tls-server-name'],
          verify: !place['insecure-skip-tls-verify'],
        },
        (part, ...complaint) => complain(keys[part], ...complaint),
      )
    : null;
  const tokenFile = own?.tokenFile == null ? null : reading().resolve(own.tokenFile);
  return { hosts: [server], token: tokenFile === null ? (own?.token ?? null) : null, tokenFile, tls };
}
