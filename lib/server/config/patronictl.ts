// Reads the user's own patronictl or Patroni file, so that Howdah reaches the clusters the way patronictl does.
// Mirrors Patroni at v4.1.4 (patroni/config.py, ctl.py, request.py, dcs/etcd.py, api.py). PATRONI_* variables, which
// Patroni also honours, are not read. The SQL credentials in such a file are the superuser's: they are never taken.

import { formatAddress, formatHost, normaliseNamespace, parseAddress } from './address';
import { buildSecret, type Secret } from './secret';
import {
  DEFAULT_NAMESPACE,
  ETCD_DEFAULT_PORT,
  type EtcdSettings,
  PATRONI_DEFAULT_PORT,
  type PatroniSettings,
  type Report,
  type TlsProfile,
} from './settings';
import { readTls } from './tls';
import { type Field, type Files, openYaml } from './yaml-field';

export interface PatronictlImport {
  readonly scope: string | null;
  readonly etcd: EtcdSettings | null;
  readonly patroni: PatroniSettings;
}

const OTHER_DCS = ['consul', 'exhibitor', 'kubernetes', 'raft', 'zookeeper'] as const;
const ETCD_TEXT = 'host:port or http(s)://host:port';

/** Null after reporting. */
export function readPatronictl(file: string, context: { files: Files; report: Report }): PatronictlImport | null {
  const root = openYaml({ file, ...context, dialect: 'patroni' });
  if (root === null) return null;
  if (!root.isMap) return root.problem({ expected: 'a patronictl or Patroni file', message: `got ${root.kind}` });
  const scope = root.get('scope').readText('a scope');
  const etcd3 = root.get('etcd3');
  const patroni = readRest(root);
  if (!etcd3.isAbsent) {
    // With both sections Patroni takes `etcd` (dynamic_loader.py iterates by name); a file in migration is read as v3 here.
    if (!root.get('etcd').isAbsent) root.get('etcd').warn('is ignored: etcd3 is there too, and Howdah speaks API v3');
    return { scope, etcd: readEtcd3(root, etcd3, scope), patroni };
  }
  if (!root.get('etcd').isAbsent) {
    return root.get('etcd').problem({
      expected: 'etcd3',
      message: 'this is the v2 API, whose data is not visible through v3; name a Patroni address instead (--patroni)',
    });
  }
  return { scope, etcd: null, patroni: seedFromRest(root, patroni) };
}

/** Without an etcd we can read, the node's own REST address is the way in: `/cluster` lists the other members. */
function seedFromRest(root: Field, patroni: PatroniSettings): PatroniSettings {
  const kind = OTHER_DCS.find((name) => root.entries().has(name));
  const dcs = kind === undefined ? root : root.get(kind);
  const why = kind === undefined ? 'no DCS section' : `${kind} is not read by Howdah`;
  const at = root.get('restapi').get('connect_address');
  const text = at.readText('host:port');
  if (text === null) {
    const expected = 'etcd3, or restapi.connect_address to begin with';
    dcs.problem({ expected, message: `${why}, and there is no restapi.connect_address` });
    return patroni;
  }
  // api.py: https when restapi.certfile is set.
  const scheme = root.get('restapi').get('certfile').isAbsent ? 'http' : 'https';
  const address = parseAddress(text, { scheme, port: PATRONI_DEFAULT_PORT });
  if (address === null) {
    at.problem({ expected: 'host:port', message: at.got });
    return patroni;
  }
  dcs.warn(`${why}: members are found through Patroni's REST API at ${formatAddress(address)}`);
  return { ...patroni, seeds: [formatAddress(address)] };
}

function readEtcd3(root: Field, field: Field, scope: string | null): EtcdSettings | null {
  if (!field.isMap) return field.problem({ expected: 'a map with hosts, host or url', message: `got ${field.kind}` });
  const found = readEndpoints(field);
  const secure = found.hosts.some((host) => host.startsWith('https:'));
  if (secure && found.hosts.some((host) => host.startsWith('http:'))) {
    field.problem({ expected: 'http or https for all hosts', message: 'got both' });
  }
  const namespace = root.get('namespace').readText('a key prefix such as /service/');
  return {
    hosts: found.hosts,
    namespace: namespace === null ? DEFAULT_NAMESPACE : normaliseNamespace(namespace),
    scopes: scope === null ? null : [scope],
    username: found.username ?? field.get('username').readText('a user name'),
    password: found.password ?? field.get('password').readSecret(),
    tls: secure ? readEtcdTls(field) : null,
  };
}

function readEtcdTls(field: Field): TlsProfile {
  if (field.get('cacert').isAbsent) {
    // docs/yaml_configuration.rst, etcd: "cacert: If present it will enable validation."
    field.warn("has no cacert: Patroni may not check etcd's certificate then; Howdah does, against the system's CAs");
  }
  return readTls({
    ca: field.get('cacert'),
    cert: field.get('cert'),
    key: field.get('key'),
    serverName: null,
    verify: true,
    passphrase: null,
  });
}

interface Endpoints {
  readonly hosts: string[];
  readonly username: string | null;
  readonly password: Secret | null;
}

/** Order of AbstractEtcd.get_etcd_client and _get_machines_cache_from_config: proxy, url, srv, hosts, host. */
function readEndpoints(field: Field): Endpoints {
  for (const key of ['proxy', 'url', 'urls']) {
    if (!field.get(key).isAbsent) return readUrls(field.get(key));
  }
  const none = { username: null, password: null };
  const srv = ['srv', 'srv_domain', 'discovery_srv'].map((key) => field.get(key)).find((at) => !at.isAbsent);
  const at = ['hosts', 'host'].map((key) => field.get(key)).find((each) => !each.isAbsent);
  if (at === undefined) {
    const complaint = { expected: 'hosts, host or url', message: 'etcd3 has none of them' };
    srv?.problem({ expected: 'hosts beside it', message: 'Howdah does not look up SRV records' });
    if (srv === undefined) field.problem(complaint);
    return { hosts: [], ...none };
  }
  srv?.warn('is ignored: Howdah does not look up SRV records and takes hosts');
  const protocol = field.get('protocol').readText('http or https') ?? 'http';
  if (protocol !== 'http' && protocol !== 'https') {
    field.get('protocol').problem({ expected: 'http or https', message: field.get('protocol').got });
    return { hosts: [], ...none };
  }
  const port = field.get('port').readNumber('a port from 1 to 65535', (n) => n >= 1 && n <= 65535);
  return { hosts: readHosts(at, { scheme: protocol, port: port ?? ETCD_DEFAULT_PORT }), ...none };
}

function readHosts(field: Field, defaults: { scheme: 'http' | 'https'; port: number }): string[] {
  if (field.isList && field.items().length === 0) field.problem({ expected: ETCD_TEXT, message: 'the list is empty' });
  return (field.isList ? field.items() : [field]).flatMap((at) =>
    (at.readText(ETCD_TEXT)?.split(',') ?? []).flatMap((part) => {
      const address = parseAddress(part, defaults);
      return address === null ? (at.problem({ expected: ETCD_TEXT, message: at.got }) ?? []) : formatAddress(address);
    }),
  );
}

/** A URL may carry user and password; like Patroni's urlparse they are taken as they are, not percent-decoded. */
function readUrls(field: Field): Endpoints {
  let username: string | null = null;
  let password: Secret | null = null;
  const hosts = (field.isList ? field.items() : [field]).flatMap((at) => {
    const text = at.readText('http(s)://host:port') ?? '';
    const info = /^([a-z]+:\/\/)([^/@]*)@(.*)$/i.exec(text);
    const [user, ...rest] = info?.[2]?.split(':') ?? [];
    if (user) username = user;
    if (rest.length > 0) password = buildSecret(rest.join(':'));
    const bare = (info === null ? text : `${info[1]}${info[3]}`).replace(/^([a-z]+:\/\/[^/]*)\/.*$/i, '$1');
    const address = parseAddress(bare, { scheme: 'http', port: ETCD_DEFAULT_PORT });
    if (address !== null) return `${address.scheme}://${formatHost(address.host)}:${address.port}`;
    return at.problem({ expected: 'http(s)://host:port', message: at.got }) ?? [];
  });
  return { hosts, username, password };
}

/** request.py reload_config: `ctl` wins over `restapi`, for the credentials as a pair and for the CA. */
function readRest(root: Field): PatroniSettings {
  const ctl = root.get('ctl');
  const restapi = root.get('restapi');
  const own = readBasicAuth(ctl);
  const auth = own.username === null ? readBasicAuth(restapi) : own;
  const insecure = ctl.get('insecure').readBoolean() ?? false;
  const hasCert = !ctl.get('certfile').isAbsent;
  if (insecure && hasCert) {
    // With a client certificate `insecure` only drops the host name check (assert_hostname); a TlsProfile cannot say that.
    ctl
      .get('insecure')
      .warn("is not applied: with a client certificate Howdah checks Patroni's certificate and host name");
  }
  const ca = ctl.get('cacert').isAbsent ? restapi.get('cafile') : ctl.get('cacert');
  const plain = ca.isAbsent && !hasCert && !insecure;
  const passphrase = ctl.get('keyfile_password').readSecret();
  const tls = plain
    ? null
    : readTls({
        ca,
        cert: ctl.get('certfile'),
        // request.py looks at keyfile only where there is a certfile.
        key: hasCert ? ctl.get('keyfile') : ctl.get('certfile'),
        serverName: null,
        verify: !insecure || hasCert,
        passphrase,
      });
  return { seeds: [], ...auth, tls };
}

/** config.py: `authentication` becomes `auth: 'username:password'`, which old files write themselves. */
function readBasicAuth(section: Field): { username: string | null; password: Secret | null } {
  const pair = section.get('authentication');
  if (!pair.isAbsent) {
    return { username: pair.get('username').readText('a user name'), password: pair.get('password').readSecret() };
  }
  const auth = section.get('auth').readSecret();
  if (auth === null) return { username: null, password: null };
  const [username = '', ...rest] = auth.reveal().split(':');
  return { username, password: rest.length === 0 ? null : buildSecret(rest.join(':')) };
}
