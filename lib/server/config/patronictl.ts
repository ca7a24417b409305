// Reads the user's own patronictl or Patroni file, so that Howdah reaches the clusters the way patronictl does.
// Mirrors Patroni at v4.1.4 (patroni/config.py, ctl.py, request.py, dcs/etcd.py, api.py). PATRONI_* variables, which
// Patroni also honours, are not read. The SQL credentials in such a file are the superuser's: they are never taken.
import { z } from 'zod';
import {
  DEFAULT_NAMESPACE,
  ETCD_DEFAULT_PORT,
  formatAddress,
  normaliseNamespace,
  PATRONI_DEFAULT_PORT,
  parseAddress,
} from './address';
import type { Report } from './problem';
import { buildSecret, type Secret } from './secret';
import type { EtcdSettings, PatroniSettings, TlsProfile } from './settings';
import { readTls, type TlsParts } from './tls';
import { type Files, openYaml, reading } from './yaml-file';
import { build, type Complain, flag, or, port, secret, some, text } from './yaml-schema';

export interface PatronictlImport {
  readonly scope: string | null;
  readonly etcd: EtcdSettings | null;
  readonly patroni: PatroniSettings;
}

const OTHER_DCS = ['consul', 'exhibitor', 'kubernetes', 'raft', 'zookeeper'] as const;
const ETCD_TEXT = 'host:port or http(s)://host:port';
const URL_TEXT = 'http(s)://host:port';

const word = (expected: string) => or(text(expected), null);
const list = (expected: string) => or(some(text(expected), expected), null);
const hidden = or(secret('a password as text'), null);
const file = word('the path of a file');
const authentication = or(z.object({ username: word('a user name'), password: hidden }), null);

const etcd3 = z.looseObject(
  {
    proxy: list(URL_TEXT),
    url: list(URL_TEXT),
    urls: list(URL_TEXT),
    hosts: list(ETCD_TEXT),
    host: list(ETCD_TEXT),
    port: or(port, ETCD_DEFAULT_PORT),
    protocol: or(z.enum(['http', 'https']), 'http' as const),
    username: word('a user name'),
    password: hidden,
    cacert: file,
    cert: file,
    key: file,
  },
  'a map with hosts, host or url',
);
const restapi = z.object({
  connect_address: word('host:port'),
  authentication,
  auth: hidden,
  cafile: file,
  certfile: file,
});
const ctl = z.object({
  authentication,
  auth: hidden,
  cacert: file,
  certfile: file,
  keyfile: file,
  keyfile_password: hidden,
  insecure: or(flag, false),
});
const NOTHING = { restapi: restapi.parse({}), ctl: ctl.parse({}) };

type Etcd3 = z.infer<typeof etcd3>;
type Rest = { readonly restapi: z.infer<typeof restapi>; readonly ctl: z.infer<typeof ctl> };

const patroniFile = build(
  z.looseObject(
    {
      scope: word('a scope'),
      namespace: or(
        text('a key prefix such as /service/', () => true).transform(normaliseNamespace),
        DEFAULT_NAMESPACE,
      ),
      etcd3: or(etcd3, null),
      restapi: or(restapi, NOTHING.restapi),
      ctl: or(ctl, NOTHING.ctl),
    },
    'a patronictl or Patroni file',
  ),
  (parts, complain): PatronictlImport => {
    const { scope = null, namespace = DEFAULT_NAMESPACE } = parts;
    const rest = { restapi: parts.restapi ?? NOTHING.restapi, ctl: parts.ctl ?? NOTHING.ctl };
    const patroni = readRest(rest, complain);
    if (parts.etcd3 != null) {
      // With both sections Patroni takes `etcd` (dynamic_loader.py iterates by name); a file in migration is read as v3 here.
      if (parts.etcd != null) reading().warn(['etcd'], 'is ignored: etcd3 is there too, and Howdah speaks API v3');
      const found = readEtcd3(parts.etcd3, complain);
      return { scope, etcd: { ...found, namespace, scopes: scope === null ? null : [scope] }, patroni };
    }
    if (parts.etcd != null)
      complain(
        ['etcd'],
        'etcd3',
        'this is the v2 API, whose data is not visible through v3; name a Patroni address instead (--patroni)',
      );
    else if (parts.etcd3 === null) return { scope, etcd: null, patroni: seedFromRest(parts, rest, patroni, complain) };
    return { scope, etcd: null, patroni };
  },
);

/** Null after reporting. */
export function readPatronictl(name: string, context: { files: Files; report: Report }): PatronictlImport | null {
  return openYaml({ file: name, ...context, dialect: 'patroni' })?.read(patroniFile) ?? null;
}

/** Without an etcd we can read, the node's own REST address is the way in: `/cluster` lists the other members. */
function seedFromRest(parts: object, { restapi: rest }: Rest, patroni: PatroniSettings, complain: Complain) {
  const kind = OTHER_DCS.find((name) => name in parts);
  const at = kind === undefined ? [] : [kind];
  const why = kind === undefined ? 'no DCS section' : `${kind} is not read by Howdah`;
  if (rest.connect_address === null) {
    const expected = 'etcd3, or restapi.connect_address to begin with';
    complain(at, expected, `${why}, and there is no restapi.connect_address`);
    return patroni;
  }
  // api.py: https when restapi.certfile is set.
  const scheme = rest.certfile === null ? 'http' : 'https';
  const address = parseAddress(rest.connect_address, { scheme, port: PATRONI_DEFAULT_PORT });
  if (address === null) {
    complain(['restapi', 'connect_address'], 'host:port');
    return patroni;
  }
  reading().warn(at, `${why}: members are found through Patroni's REST API at ${formatAddress(address)}`);
  return { ...patroni, seeds: [formatAddress(address)] };
}

function readEtcd3(section: Etcd3, complain: Complain): Omit<EtcdSettings, 'namespace' | 'scopes'> {
  const found = readEndpoints(section, complain);
  const isSecure = found.hosts.some((host) => host.startsWith('https:'));
  if (isSecure && found.hosts.some((host) => host.startsWith('http:')))
    complain(['etcd3'], 'http or https for all hosts', 'got both');
  return {
    hosts: found.hosts,
    username: found.username ?? section.username,
    password: found.password ?? section.password,
    tls: isSecure ? readEtcdTls(section, complain) : null,
  };
}

function readEtcdTls({ cacert, cert, key }: Etcd3, complain: Complain): TlsProfile {
  // docs/yaml_configuration.rst, etcd: "cacert: If present it will enable validation."
  if (cacert === null)
    reading().warn(
      ['etcd3'],
      "has no cacert: Patroni may not check etcd's certificate then; Howdah does, against the system's CAs",
    );
  const keys = { ca: 'cacert', cert: 'cert', key: 'key' } as const;
  return readTls({ ca: cacert, cert, key }, (part, ...complaint) => complain(['etcd3', keys[part]], ...complaint));
}

interface Endpoints {
  readonly hosts: string[];
  readonly username: string | null;
  readonly password: Secret | null;
}

/** Order of AbstractEtcd.get_etcd_client and _get_machines_cache_from_config: proxy, url, srv, hosts, host. */
function readEndpoints(section: Etcd3, complain: Complain): Endpoints {
  for (const key of ['proxy', 'url', 'urls'] as const) {
    const urls = section[key];
    if (urls !== null) return readUrls(urls, (index) => complain(['etcd3', key, index], URL_TEXT));
  }
  const key = section.hosts === null ? 'host' : 'hosts';
  const srv = (['srv', 'srv_domain', 'discovery_srv'] as const).find((name) => section[name] != null);
  const isMissing = section[key] === null;
  if (srv !== undefined && isMissing)
    complain(['etcd3', srv], 'hosts beside it', 'Howdah does not look up SRV records');
  else if (srv !== undefined)
    reading().warn(['etcd3', srv], 'is ignored: Howdah does not look up SRV records and takes hosts');
  else if (isMissing) complain(['etcd3'], 'hosts, host or url', 'etcd3 has none of them');
  const hosts = (section[key] ?? []).flatMap((written, index) =>
    written.split(',').flatMap((part) => {
      const address = parseAddress(part, { scheme: section.protocol, port: section.port });
      if (address === null) complain(['etcd3', key, index], ETCD_TEXT);
      return address === null ? [] : formatAddress(address);
    }),
  );
  return { hosts, username: null, password: null };
}

/** A URL may carry user and password; like Patroni's urlparse they are taken as they are, not percent-decoded. */
function readUrls(urls: readonly string[], complain: (index: number) => void): Endpoints {
  let username: string | null = null;
  let password: Secret | null = null;
  const hosts = urls.flatMap((url, index) => {
    const info = /^([a-z]+:\/\/)([^/@]*)@(.*)$/i.exec(url);
    const [user, ...rest] = info?.[2]?.split(':') ?? [];
    if (user) username = user;
    if (rest.length > 0) password = buildSecret(rest.join(':'));
    const bare = (info === null ? url : `${info[1]}${info[3]}`).replace(/^([a-z]+:\/\/[^/]*)\/.*$/i, '$1');
    const address = parseAddress(bare, { scheme: 'http', port: ETCD_DEFAULT_PORT });
    if (address === null) complain(index);
    return address === null ? [] : formatAddress(address);
  });
  return { hosts, username, password };
}

/** request.py reload_config: `ctl` wins over `restapi`, for the credentials as a pair and for the CA. */
function readRest({ ctl: own, restapi: rest }: Rest, complain: Complain): PatroniSettings {
  const pair = readBasicAuth(own);
  const { username, password } = pair.username === null ? readBasicAuth(rest) : pair;
  const hasCert = own.certfile !== null;
  // With a client certificate `insecure` only drops the host name check (assert_hostname); a TlsProfile cannot say that.
  if (own.insecure && hasCert)
    reading().warn(
      ['ctl', 'insecure'],
      "is not applied: with a client certificate Howdah checks Patroni's certificate and host name",
    );
  const ca = own.cacert ?? rest.cafile;
  if (ca === null && !hasCert && !own.insecure) return { seeds: [], username, password, tls: null };
  const parts: TlsParts = {
    ca,
    cert: own.certfile,
    // request.py looks at keyfile only where there is a certfile.
    key: hasCert ? own.keyfile : null,
    verify: !own.insecure || hasCert,
    passphrase: own.keyfile_password,
  };
  const places = {
    ca: own.cacert === null ? ['restapi', 'cafile'] : ['ctl', 'cacert'],
    cert: ['ctl', 'certfile'],
    key: ['ctl', 'keyfile'],
  };
  const tls = readTls(parts, (part, ...complaint) => complain(places[part], ...complaint));
  return { seeds: [], username, password, tls };
}

/** config.py: `authentication` becomes `auth: 'username:password'`, which old files write themselves. */
function readBasicAuth({ authentication: both, auth }: Rest['restapi'] | Rest['ctl']) {
  if (both !== null) return both;
  const [username = null, ...rest] = auth?.reveal().split(':') ?? [];
  return { username, password: rest.length === 0 ? null : buildSecret(rest.join(':')) };
}
