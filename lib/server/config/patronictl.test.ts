import { describe, expect, it } from 'vitest';
import { dcsOfKind, loadGood, loadProblems, loadSource } from './test-load';
import { TEST_CERT, TEST_KEY, TEST_KEY_LINE } from './test-pem';

function given(text: string) {
  const pem = { '/etc/patroni/ca.pem': TEST_CERT, '/etc/patroni/both.pem': TEST_CERT + TEST_KEY };
  const own = { '/etc/patroni/cert.pem': TEST_CERT, '/etc/patroni/key.pem': TEST_KEY };
  return {
    argv: ['--patronictl', '/etc/patroni/patroni.yml'],
    files: { '/etc/patroni/patroni.yml': text, ...pem, ...own },
  };
}

describe('patronictl file', () => {
  it.each([
    ['hosts as text', 'etcd3: {hosts: "e1:2379, e2:2380"}', ['http://e1:2379', 'http://e2:2380']],
    ['hosts as a list', 'etcd3:\n  hosts:\n  - e1:2379\n  - e2', ['http://e1:2379', 'http://e2:2379']],
    ['hosts and a port', 'etcd3: {hosts: e1, port: 23}', ['http://e1:23']],
    ['host', 'etcd3: {host: "e1:2379"}', ['http://e1:2379']],
    ['host and port', 'etcd3: {host: 127.0.0.1, port: 4001}', ['http://127.0.0.1:4001']],
    ['url', 'etcd3: {url: "https://e1", cacert: ca.pem}', ['https://e1:2379']],
    ['proxy', 'etcd3: {proxy: "http://lb:80/"}', ['http://lb:80']],
    ['protocol', 'etcd3: {protocol: https, hosts: "e1:1,e2:2", cacert: ca.pem}', ['https://e1:1', 'https://e2:2']],
    ['IPv6', 'etcd3: {hosts: "[::1]:2379"}', ['http://[::1]:2379']],
    ['url before hosts', 'etcd3: {url: "http://e1:1", hosts: e2}', ['http://e1:1']],
  ])('takes etcd3 with %s', (_, text, hosts) => {
    const { dcs } = loadSource(given(text));
    expect(dcs).toMatchObject({ hosts, namespace: '/service/', scopes: null });
  });

  it('restricts to its scope and takes its namespace', () => {
    const source = loadSource(given('scope: main\nnamespace: /db\netcd3: {host: e1}'));
    expect(source).toMatchObject({ name: 'main', dcs: { namespace: '/db/', scopes: ['main'] } });
  });

  it('takes user and password from the section or from the url, and quotes neither', () => {
    const section = loadSource(given('etcd3: {host: e1, username: u, password: 0123}'));
    expect(dcsOfKind(section, 'etcd3').password?.reveal()).toBe('0123');
    const url = loadSource(given('etcd3: {url: "http://u:hun:ter2@e1"}'));
    expect(url.dcs).toMatchObject({ username: 'u', hosts: ['http://e1:2379'] });
    expect(dcsOfKind(url, 'etcd3').password?.reveal()).toBe('hun:ter2');
    const bad = loadProblems(given('etcd3: {url: "http://u:hun/ter2@e1"}')).join('\n');
    expect(bad).toContain('etcd3.url: expected http(s)://host:port');
    expect(bad).not.toContain('ter2');
  });

  it('takes etcd client certificates, also key and certificate in one file', () => {
    const text = 'etcd3: {protocol: https, host: e1, cacert: ca.pem, cert: both.pem}';
    const tls = loadSource(given(text)).dcs?.tls;
    expect(tls?.cert).not.toContain('PRIVATE');
    expect(tls?.key?.reveal()).toContain(TEST_KEY_LINE);
    const plain = 'etcd3: {host: e1, cacert: gone.pem}';
    expect(loadSource(given(plain)).dcs?.tls, 'http needs no certificate').toBeNull();
  });

  it('warns where Howdah verifies and Patroni may not', () => {
    const { warnings } = loadGood(given('etcd3: {protocol: https, host: e1}'));
    expect(warnings).toMatchObject([{ file: '/etc/patroni/patroni.yml', line: 1, path: 'etcd3' }]);
  });

  it('prefers ctl over restapi for REST, and YAML 1.1 yes is true', () => {
    const text = `etcd3: {host: e1}
restapi: {cafile: ca.pem, authentication: {username: r, password: rp}}
ctl:
  insecure: yes
  authentication: {username: c, password: cp}
`;
    const { patroni, postgres } = loadSource(given(text));
    expect(patroni).toMatchObject({ username: 'c', seeds: [], tls: { verify: false, ca: TEST_CERT } });
    expect(patroni.password?.reveal()).toBe('cp');
    expect(postgres).toBeNull();
  });

  it('takes restapi credentials without ctl, and the old auth text', () => {
    const restapi = 'etcd3: {host: e1}\nrestapi: {authentication: {username: r, password: rp}}';
    expect(loadSource(given(restapi)).patroni).toMatchObject({ username: 'r', tls: null });
    const old = loadSource(given('etcd3: {host: e1}\nctl: {auth: "u:a:b"}')).patroni;
    expect([old.username, old.password?.reveal()]).toEqual(['u', 'a:b']);
  });

  it('keeps verifying with a client certificate although insecure is set, and says so', () => {
    const config = loadGood(given('etcd3: {host: e1}\nctl: {insecure: true, certfile: cert.pem, keyfile: key.pem}'));
    expect(config.sources[0]?.patroni.tls?.verify).toBe(true);
    expect(config.warnings).toMatchObject([{ path: 'ctl.insecure', line: 2 }]);
  });

  it('never takes the superuser', () => {
    const text = 'etcd3: {host: e1}\npostgresql: {authentication: {superuser: {username: postgres, password: x}}}';
    expect(loadSource(given(text)).postgres).toBeNull();
  });

  it('explains that v2 data is not visible, unless etcd3 is there', () => {
    expect(loadProblems(given('scope: a\netcd: {host: e1}'))).toEqual([
      expect.stringMatching(/^\/etc\/patroni\/patroni\.yml:2:7 {2}etcd: expected etcd3, .*v2 API/),
    ]);
    expect(loadSource(given('etcd: {host: e1}\netcd3: {host: e3}')).dcs?.hosts).toEqual(['http://e3:2379']);
  });

  it.each([
    ['nothing', 'consul: {register_service: true}', 'http://127.0.0.1:8500'],
    ['host', 'consul: {host: c1}', 'http://c1:8500'],
    ['a port in the host', 'consul: {host: "c1:8600"}', 'http://c1:8600'],
    ['a port beside one in the host, which wins', 'consul: {host: "c1:8600", port: 8700}', 'http://c1:8700'],
    ['scheme', 'consul: {host: c1, scheme: https, cacert: ca.pem}', 'https://c1:8500'],
    ['url, which wins over all else', 'consul: {url: "http://c2", host: c1, port: 1, scheme: https}', 'http://c2:8500'],
    ['url with port and path', 'consul: {url: "https://c2:8501/x", cacert: ca.pem}', 'https://c2:8501'],
    ['IPv6', 'consul: {host: "[::1]:8501"}', 'http://[::1]:8501'],
  ])('takes consul with %s', (_, text, host) => {
    const { dcs } = loadSource(given(`scope: main\nnamespace: /db\n${text}`));
    expect(dcs).toMatchObject({ kind: 'consul', hosts: [host], namespace: '/db/', scopes: ['main'] });
  });

  it('takes token, datacenter and certificates of consul, and checks where Patroni does', () => {
    const section = 'url: "https://c1", token: 0123, dc: fra, cert: cert.pem, key: key.pem';
    const own = dcsOfKind(loadSource(given(`consul: {${section}}`)), 'consul');
    expect([own.token?.reveal(), own.dc, own.tls?.cert, own.tls?.verify]).toEqual(['0123', 'fra', TEST_CERT, true]);
    const verify = (text: string) => dcsOfKind(loadSource(given(`consul: {url: "https://c1", ${text}}`)), 'consul').tls;
    expect(verify('verify: off')).toMatchObject({ ca: null, verify: false });
    expect(verify('verify: off, cacert: ca.pem'), 'a cacert is always used').toMatchObject({ verify: true });
  });

  it('takes consul where etcd3 is there too, as Patroni does, and says so', () => {
    const config = loadGood(given('etcd3: {host: e1}\nconsul: {host: c1}'));
    expect(config.sources[0]?.dcs).toMatchObject({ kind: 'consul', hosts: ['http://c1:8500'] });
    expect(config.warnings).toMatchObject([{ line: 1, path: 'etcd3' }]);
  });

  it.each(['raft', 'exhibitor'])('goes by REST with %s, and warns', (kind) => {
    const rest = 'restapi: {connect_address: "10.0.0.1:8008", certfile: x}';
    const config = loadGood(given(`${kind}: {host: x}\n${rest}`));
    expect(config.sources[0]).toMatchObject({ dcs: null, patroni: { seeds: ['https://10.0.0.1:8008'] } });
    expect(config.warnings[0]?.message).toContain(`${kind} is not read by Howdah`);
    expect(loadProblems(given(`${kind}: {host: x}`)).join()).toContain('there is no restapi.connect_address');
  });

  it.each([
    ['hosts as text', 'zookeeper: {hosts: "z1:2181, z2"}', ['z1:2181', 'z2:2181']],
    ['hosts as a list', 'zookeeper:\n  hosts:\n  - z1:2182\n  - "[::1]"', ['z1:2182', '[::1]:2181']],
  ])('takes zookeeper with %s', (_, text, hosts) => {
    const { dcs } = loadSource(given(`scope: main\nnamespace: db\n${text}`));
    expect(dcs).toMatchObject({ kind: 'zookeeper', hosts, namespace: '/db/', scopes: ['main'], tls: null });
  });

  it('takes TLS of zookeeper where use_ssl says so, and the digest user, whose password is never quoted', () => {
    const files = 'cacert: ca.pem, cert: cert.pem, key: key.pem, verify: false';
    const read = (text: string) => dcsOfKind(loadSource(given(`zookeeper: {hosts: z1, ${text}}`)), 'zookeeper');
    const dcs = read(`use_ssl: yes, ${files}, auth_data: {digest: "u:hun:ter2"}`);
    expect(dcs).toMatchObject({ username: 'u', tls: { ca: TEST_CERT, verify: false } });
    expect(dcs.password?.reveal()).toBe('hun:ter2');
    expect(read(files).tls, 'not used without use_ssl').toBeNull();
    const bad = loadProblems(given('zookeeper: {hosts: z1, auth_data: {digest: hunter2}}')).join('\n');
    expect(bad).toContain('zookeeper.auth_data.digest: expected user:password');
    expect(bad).not.toContain('hunter2');
    const { warnings } = loadGood(given('zookeeper: {hosts: z1, auth_data: {sasl: "a:b"}}'));
    expect(warnings[0]?.message).toContain('sasl is ignored');
  });

  it('takes etcd3 before zookeeper, as Patroni does', () => {
    expect(loadSource(given('zookeeper: {hosts: z1}\netcd3: {host: e3}')).dcs?.kind).toBe('etcd3');
  });

  it.each([
    ['', 'expected a patronictl or Patroni file, got nothing'],
    ['etcd3: e1:2379', 'etcd3: expected a map with hosts, host or url'],
    ['etcd3: {username: u}', 'expected hosts, host or url'],
    ['etcd3: {srv: example.org}', 'does not look up SRV'],
    ['etcd3: {hosts: []}', 'the list is empty'],
    ['etcd3: {host: e1, protocol: gopher}', 'expected one of http, https, got "gopher"'],
    ['zookeeper: {use_ssl: true}', 'expected hosts, zookeeper has none'],
    ['zookeeper:\n  hosts:\n  - z1\n  - z2:2181/app', ':4:5  zookeeper.hosts[1]: expected host:port, without a path'],
    ['zookeeper: [z1]', 'zookeeper: expected a map with hosts'],
    ['scope: a\n\nfoo: {}', 'no DCS section'],
    ['consul: c1', 'consul: expected a map with url or host'],
    ['scope: a\nconsul: {host: c1, port: 99999}', 'patroni.yml:2:26  consul.port: expected a port from 1 to 65535'],
    ['consul: {url: "ftp://c1"}', 'consul.url: expected http(s)://host:port'],
    ['consul: {host: c1, scheme: gopher}', 'consul.scheme: expected one of http, https'],
    ['consul: {url: "https://c1", cacert: gone.pem}', 'consul.cacert: expected a readable file'],
  ])('refuses %j with a reason', (text, message) => {
    expect(loadProblems(given(text)).join('\n')).toContain(message);
  });

  it('is imported by a source of howdah.yaml, whose own sections replace the imported ones', () => {
    const files = {
      '/w/conf/howdah.yaml': `sources:
  - name: a
    patronictl: p.yml
    patroni: { username: own }
    postgres: { username: howdah }
`,
      '/w/conf/p.yml': 'etcd3: {host: e1}\nctl: {auth: "u:p"}\n',
    };
    const source = loadSource({ files, argv: ['--config', 'conf/howdah.yaml'] });
    expect(source).toMatchObject({
      name: 'a',
      dcs: { hosts: ['http://e1:2379'] },
      patroni: { username: 'own', password: null },
      postgres: { username: 'howdah' },
    });
  });
});
