import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configFromProcess } from './config';
import { dcsOfKind, load, loadGood, loadProblems, loadSource, yaml } from './test-load';
import { TEST_CERT, TEST_KEY, TEST_KEY_LINE } from './test-pem';

const FULL = `listen:
  host: 127.0.0.2
  port: 8080
poll: { watchedSeconds: 0.5, fleetSeconds: 3, idleSeconds: 10, deadlineSeconds: 2 }
sources:
  - name: prod
    labels: { env: prod, site: 12 }
    etcd:
      hosts: [https://e1:2379, "e2:2380", e3]
      namespace: //db/patroni
      scopes: [main, billing]
      username: howdah
      password: \${ETCD_PW}
      tls: { ca: tls/ca.pem, cert: tls/cert.pem, key: tls/key.pem, serverName: etcd }
    patroni:
      username: rest
      password: { file: secrets/rest }
    postgres:
      username: howdah
      password: plain-pw
`;
const FULL_GIVEN = {
  files: {
    '/w/howdah.yaml': FULL,
    '/w/tls/ca.pem': TEST_CERT,
    '/w/tls/cert.pem': TEST_CERT,
    '/w/tls/key.pem': TEST_KEY,
    '/w/secrets/rest': 'rest-pw\n',
  },
  env: { ETCD_PW: 'etcd-pw' },
};

describe('howdah.yaml', () => {
  it('is read whole, with secrets from the environment, a file and plain text', () => {
    const config = loadGood(FULL_GIVEN);
    const [source] = config.sources;
    expect(config).toMatchObject({ listen: { host: '127.0.0.2', port: 8080 }, origin: 'howdah.yaml', replay: null });
    expect(config.poll).toEqual({ watchedSeconds: 0.5, fleetSeconds: 3, idleSeconds: 10, deadlineSeconds: 2 });
    expect(source).toMatchObject({
      name: 'prod',
      labels: { env: 'prod', site: '12' },
      dcs: {
        kind: 'etcd3',
        hosts: ['https://e1:2379', 'https://e2:2380', 'https://e3:2379'],
        namespace: '/db/patroni/',
        scopes: ['main', 'billing'],
        username: 'howdah',
        tls: { serverName: 'etcd', verify: true },
      },
      patroni: { seeds: [], username: 'rest', tls: null },
      postgres: { username: 'howdah', database: 'postgres', tls: null },
    });
    expect(dcsOfKind(source, 'etcd3').password?.reveal()).toBe('etcd-pw');
    expect(source?.patroni.password?.reveal()).toBe('rest-pw');
    expect(source?.postgres?.password?.reveal()).toBe('plain-pw');
    expect(source?.dcs?.tls?.key?.reveal()).toContain(TEST_KEY_LINE);
  });

  it('takes zookeeper with its digest user, and says where it is wrong', () => {
    const good = 'sources: [{name: a, zookeeper: {hosts: [z1, "z2:2182"], username: u, password: 0123}}]';
    const dcs = dcsOfKind(loadSource(yaml(good)), 'zookeeper');
    expect(dcs).toMatchObject({ hosts: ['z1:2181', 'z2:2182'], namespace: '/service/', username: 'u' });
    expect(dcs.password?.reveal()).toBe('0123');
    const wrong = 'sources:\n- name: a\n  zookeeper:\n    hosts: [z1, "http://z2"]\n    username: u\n';
    const problems = loadProblems(yaml(wrong));
    expect(problems.map((line) => line.split(': expected')[0])).toEqual([
      'howdah.yaml:4:17  sources[0].zookeeper.hosts[1]',
      'howdah.yaml:5:15  sources[0].zookeeper.username',
    ]);
    const both = 'sources: [{name: a, etcd: {hosts: e1}, zookeeper: {hosts: z1}}]';
    expect(loadProblems(yaml(both)).join()).toMatch(/zookeeper: expected one DCS in a source, etcd is there too/);
  });

  it('takes consul with its token, datacenter and certificates', () => {
    const files = {
      ...FULL_GIVEN.files,
      '/w/howdah.yaml': `sources:
  - name: a
    consul: { hosts: "c1, c2:8501", namespace: db, scopes: [x], token: { file: secrets/rest }, dc: fra, tls: { ca: tls/ca.pem } }
`,
    };
    const dcs = dcsOfKind(loadSource({ files }), 'consul');
    expect(dcs).toMatchObject({
      hosts: ['https://c1:8500', 'https://c2:8501'],
      namespace: '/db/',
      scopes: ['x'],
      dc: 'fra',
      tls: { ca: TEST_CERT, verify: true },
    });
    expect(dcs.token?.reveal()).toBe('rest-pw');
    expect(JSON.stringify(dcs)).not.toContain('rest-pw');
  });

  it.each([
    ['{}', 'sources[0].consul.hosts: expected addresses such as http://10.0.0.11:8500'],
    ['{hosts: "c1/v1"}', 'sources[0].consul.hosts: expected host:port or http(s)://host:port'],
    ['{hosts: c1, token: }', 'sources[0].consul.token: expected a token as text'],
    ['{hosts: c1, username: u}', 'unknown key "username"'],
    ['{hosts: "http://c1", tls: {verify: true}}', 'expected https hosts, because tls is given'],
    ['{hosts: c1}, etcd: {hosts: e1}', 'sources[0].consul: expected one DCS in a source, etcd is there too'],
  ])('refuses consul: %s', (section, message) => {
    const problems = loadProblems(yaml(`sources: [{name: a, consul: ${section}}]`)).join('\n');
    expect(problems).toContain(message);
    expect(problems).toMatch(/^howdah\.yaml:1:\d+ /);
  });

  it('shows no secret in JSON, String or inspect, nor a key that stands in the certificate file', () => {
    const files = { ...FULL_GIVEN.files, '/w/tls/cert.pem': TEST_CERT + TEST_KEY };
    const config = loadGood({ ...FULL_GIVEN, files });
    const [source] = config.sources;
    const shown = [
      JSON.stringify(config),
      inspect(config, { depth: 20, showHidden: true }),
      String(dcsOfKind(source, 'etcd3').password),
      `${source?.dcs?.tls?.key}`,
      inspect(dcsOfKind(source, 'etcd3').password, { customInspect: false, showHidden: true }),
    ].join('\n');
    for (const secret of ['etcd-pw', 'rest-pw', 'plain-pw', TEST_KEY_LINE]) expect(shown).not.toContain(secret);
    expect(shown).toContain('[secret]');
  });

  it('is optional, and may be empty', () => {
    expect(loadGood({})).toMatchObject({
      listen: { host: '127.0.0.1', port: 3000 },
      poll: { watchedSeconds: 1, fleetSeconds: 2, idleSeconds: 5, deadlineSeconds: 3 },
      sources: [],
      origin: 'nothing',
    });
    expect(loadGood(yaml('# nothing yet\n'))).toMatchObject({ sources: [], origin: 'howdah.yaml' });
  });

  it('may share sections by anchors and merge keys', () => {
    const text =
      'sources:\n- name: a\n  etcd: &e {hosts: e1, username: u}\n- name: b\n  etcd: {<<: *e, scopes: [x], username: v}\n';
    const [, second] = loadGood(yaml(text)).sources;
    expect(second?.dcs).toMatchObject({ hosts: ['http://e1:2379'], scopes: ['x'], username: 'v' });
  });

  it('takes Patroni addresses alone, and $${ as a plain ${', () => {
    const text = 'sources: [{name: a, patroni: {hosts: "10.0.0.1, https://[::1]:9", username: u, password: "$${x}"}}]';
    const source = loadSource(yaml(text));
    expect(source.dcs).toBeNull();
    expect(source.patroni.seeds).toEqual(['http://10.0.0.1:8008', 'https://[::1]:9']);
    expect(source.patroni.password?.reveal()).toBe(`\${x}`);
  });
});

describe('problems', () => {
  it('come all at once, each with file, line, column, path and what was expected', () => {
    const text = `listen: { port: many }
poll:
  idleSeconds: -1
sources:
  - name: a
    etcd:
      host: e1
      hosts: [e1, "http://u:hunter2@e2", "https://e3"]
      scopes: []
  - name: a
    patroni: { hosts: 12 34 }
  - name: "b c"
    patronictl: nowhere.yml
  - labels: [x]
  - 5
`;
    const at = loadProblems(yaml(text));
    expect(at.map((line) => line.replace(/: expected .*/, '').replace(/ {2}expected .*/, ''))).toEqual([
      'howdah.yaml:1:17  listen.port',
      'howdah.yaml:3:16  poll.idleSeconds',
      'howdah.yaml:7:7  sources[0].etcd',
      'howdah.yaml:8:14  sources[0].etcd.hosts',
      'howdah.yaml:8:19  sources[0].etcd.hosts[1]',
      'howdah.yaml:9:15  sources[0].etcd.scopes',
      'howdah.yaml:10:11  sources[1].name',
      'howdah.yaml:11:23  sources[1].patroni.hosts',
      'howdah.yaml:12:11  sources[2].name',
      'howdah.yaml:14:5  sources[3].name',
      'howdah.yaml:14:5  sources[3]',
      'howdah.yaml:14:13  sources[3].labels',
      'howdah.yaml:15:5  sources[4]',
      '/w/nowhere.yml',
    ]);
    expect(at.join('\n')).not.toContain('hunter2');
    expect(at[0]).toBe('howdah.yaml:1:17  listen.port: expected a port from 1 to 65535, got "many"');
  });

  it.each([
    ['listn: {}', 'did you mean "listen"?'],
    ['sources: [{name: a, etcd: {host: e}}]', 'did you mean "hosts"?'],
    ['sources: [{name: a, etcd: {hosts: e, tls: {cacert: x}}}]', 'did you mean "ca"?'],
    ['sources: [{name: a, patroni: {hosts: e, user: x}}]', 'did you mean "username"?'],
  ])('of an unknown key name the known one: %s', (text, hint) => {
    expect(loadProblems(yaml(text)).join('\n')).toContain(hint);
  });

  it.each([
    ['a: [1\n', 1],
    ['listen:\n\tport: 1', 2],
    ['listen: {}\nlisten: {}', 2],
    ['listen: {}\nx: *hunter2', 2],
    ['listen: {}\nx: !hunter2 x', 2],
  ])('of the YAML itself have a line and quote nothing: %j', (text, line) => {
    const problems = loadProblems(yaml(text)).join('\n');
    expect(problems).toMatch(new RegExp(`^howdah\\.yaml:[${line}${line + 1}]:\\d+ {2}expected valid YAML`));
    expect(problems).not.toContain('hunter2');
  });

  it.each([
    [`\${NOT_SET}`, 'expected the environment variable NOT_SET, it is not set'],
    [`\${NOT SET`, 'is not followed by a name'],
    ['{ file: gone }', '"gone": there is no such file'],
    ['{ hunter2: x }', 'got a map'],
    ['[hunter2]', 'got a list'],
    ['true', 'quote it'],
    ['""', 'it is empty'],
    ['#hunter2', 'quote text that begins with #'],
  ])('of a password never quote it: %s', (value, message) => {
    const text = `sources:\n  - name: a\n    etcd:\n      hosts: e1\n      username: u\n      password: ${value}\n`;
    const problems = loadProblems(yaml(text)).join('\n');
    expect(problems).toMatch(/^howdah\.yaml:6:\d+ {2}sources\[0\]\.etcd\.password/);
    expect(problems).toContain(message);
    expect(problems).not.toContain('hunter2');
  });

  it('never quote what an environment variable holds', () => {
    const text = `sources: [{name: a, etcd: {hosts: "\${X}", tls: {ca: "\${X}"}}}]`;
    const problems = loadProblems({ ...yaml(text), env: { X: 'hunter2!!' } }).join('\n');
    expect(problems).toContain(`got "\${X}"`);
    expect(problems).not.toContain('hunter2');
  });

  it.each([
    ['ca: none.pem', 'there is no such file'],
    ['ca: junk.pem', 'there is none in it'],
    ['ca: broken.pem', 'a certificate in it cannot be decoded'],
    ['cert: cert.pem', 'a key beside the certificate'],
    ['key: key.pem', 'a certificate beside the key'],
    ['cert: cert.pem, key: locked.pem', 'it is encrypted'],
    ['verify: maybe', 'true or false'],
    ['verify: false', 'always checked'],
  ])('of TLS are found before the first handshake: %s', (tls, message) => {
    const files = {
      '/w/howdah.yaml': `sources:\n  - name: a\n    etcd:\n      hosts: e1\n      tls: {${tls}}\n`,
      '/w/junk.pem': 'hunter2',
      '/w/broken.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      '/w/cert.pem': TEST_CERT,
      '/w/key.pem': TEST_KEY,
      '/w/locked.pem': TEST_KEY.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'),
    };
    const [problem] = loadProblems({ files });
    expect(problem).toMatch(/^howdah\.yaml:5:\d+ {2}sources\[0\]\.etcd\.tls/);
    expect(problem).toContain(message);
    expect(problem).not.toContain('hunter2');
  });

  it('say that tls and http hosts contradict each other', () => {
    const text = 'sources: [{name: a, etcd: {hosts: "http://e1", tls: {verify: true}}}]';
    expect(loadProblems(yaml(text))).toEqual([
      'howdah.yaml:1:35  sources[0].etcd.hosts: expected https hosts, because tls is given, got http',
    ]);
  });
});

describe('what is too much', () => {
  const list = (count: number, item: string): string => Array.from({ length: count }, () => item).join(', ');

  it('is refused before it is read, by file, depth and number of values', () => {
    expect(loadProblems(yaml(`# ${'x'.repeat(1_000_000)}`)).join()).toContain('it is larger than 1000000 characters');
    const deep = `${'{a: '.repeat(40)}1${'}'.repeat(40)}`;
    expect(loadProblems(yaml(`receivers: ${deep}`)).join()).toContain('nested too deeply');
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef']) bomb.push(`${to}: &${to} [${list(10, `*${from}`)}]`);
    expect(loadProblems(yaml(bomb.join('\n'))).join()).toContain('holds too much');
  });

  it('of sources, receivers and hosts is counted', () => {
    const source = (count: number): string =>
      `sources: [${Array.from({ length: count }, (_, n) => `{name: s${n}, etcd: {hosts: e}}`).join(', ')}]`;
    expect(loadGood(yaml(source(500))).sources).toHaveLength(500);
    expect(loadProblems(yaml(source(501)))).toEqual([
      'howdah.yaml:1:10  sources: expected at most 500 sources, there are 501',
    ]);
    expect(loadProblems(yaml(`sources: [{name: a, etcd: {hosts: [${list(1001, 'e')}]}}]`)).join()).toContain(
      'sources[0].etcd.hosts: expected at most 1000, there are 1001',
    );
  });

  it('is a template that contains itself', () => {
    const text = 'receivers: [{name: a, webhook: {url: "http://x", template: &t {again: *t}}}]';
    expect(loadProblems(yaml(text)).join()).toContain('nested too deeply');
  });
});

describe('one problem hides no other', () => {
  it('in the same section: what does not fit together is told beside what is wrong alone', () => {
    const text = `history: { fullDays: 60, megabytes: lots }
listen: { host: 10.0.0.1, port: 0 }
auth: none
sources:
  - name: a
    etcd: { hosts: ["http://e1", "https://e2"], password: x, scopes: [a/b] }
  - name: a
    etcd: { hosts: "\${NOT_SET}", tls: { ca: gone.pem, verify: false, cacert: x } }
alerts: { rules: [{ name: r, findings: all, above: 1, forSeconds: -1, receivers: [mial] }] }
receivers: [{ name: mail, language: fr, smtp: { host: m, security: none, username: u, from: a, to: b@c } }]
`;
    const found = loadProblems(yaml(text)).map((line) =>
      line.replace(/^howdah\.yaml:\d+:\d+ {2}(\S+): expected .*/, '$1'),
    );
    expect(found.sort()).toEqual(
      [
        ...['history.fullDays', 'history.megabytes', 'listen.host', 'listen.port'],
        ...['sources[0].etcd.hosts', 'sources[0].etcd.password', 'sources[0].etcd.scopes[0]'],
        ...['sources[1].name', 'sources[1].etcd.hosts', 'sources[1].etcd.tls', 'sources[1].etcd.tls.ca'],
        ...['sources[1].etcd.tls.verify', 'alerts.rules[0].above', 'alerts.rules[0].forSeconds'],
        ...['alerts.rules[0].receivers[0]', 'receivers[0].language', 'receivers[0].smtp.security'],
        ...['receivers[0].smtp.from'],
      ].sort(),
    );
  });

  it('takes addresses and names that stand in the environment as they are there', () => {
    const text = `listen: { host: "\${AT}" }
alerts: { rules: [{ name: r, findings: all, receivers: [mail] }] }
receivers: [{ name: "\${WHO}", slack: { url: "http://x" } }]
`;
    const config = loadGood({ ...yaml(text), env: { AT: '127.0.0.7', WHO: 'mail' } });
    expect(config.listen.host).toBe('127.0.0.7');
    expect(config.alerts.rules[0]?.receivers).toEqual(['mail']);
  });

  it('names what an environment variable lacks once, and says nothing of the value it would have had', () => {
    expect(loadProblems(yaml(`listen: { port: "\${NOT_SET}" }`))).toEqual([
      'howdah.yaml:1:17  listen.port: expected the environment variable NOT_SET, it is not set',
    ]);
  });
});

describe('flags', () => {
  it('--patroni, --etcd and --namespace make one source without a file', () => {
    const argv = ['--patroni', 'http://p1:8008', '--patroni=p2', '--etcd', 'http://e1,e2:23', '--etcd', 'e3'];
    const source = loadSource({ ...yaml('broken: ['), argv: [...argv, '--namespace', 'db'] });
    expect(source.patroni.seeds).toEqual(['http://p1:8008', 'http://p2:8008']);
    expect(source.dcs).toMatchObject({
      hosts: ['http://e1:2379', 'http://e2:23', 'http://e3:2379'],
      namespace: '/db/',
      scopes: null,
    });
    expect(loadGood({ argv })).toMatchObject({ origin: 'flags' });
  });

  it('--zookeeper and --namespace make one source without a file', () => {
    const source = loadSource({ argv: ['--zookeeper', 'z1,z2:23', '--zookeeper=[::1]', '--namespace', 'db'] });
    const hosts = ['z1:2181', 'z2:23', '[::1]:2181'];
    expect(source.dcs).toMatchObject({ kind: 'zookeeper', hosts, namespace: '/db/', scopes: null, tls: null });
  });

  it('--consul names agents, some in the clear and some not, with --namespace', () => {
    const source = loadSource({ argv: ['--consul', 'c1,https://c2:8501', '--consul', 'c3', '--namespace', 'db'] });
    expect(source).toMatchObject({
      name: 'flags',
      dcs: { kind: 'consul', hosts: ['http://c1:8500', 'https://c2:8501', 'http://c3:8500'], namespace: '/db/' },
    });
    expect(dcsOfKind(source, 'consul')).toMatchObject({ token: null, dc: null, tls: null, scopes: null });
  });

  it('--config and HOWDAH_CONFIG name a file, --config wins, and source flags are added to it', () => {
    const files = {
      '/w/a.yaml': 'sources: [{name: flags, etcd: {hosts: e}}]',
      '/w/b.yaml': 'sources: []',
    };
    const env = { HOWDAH_CONFIG: 'b.yaml' };
    expect(loadGood({ files, env })).toMatchObject({ origin: 'b.yaml', sources: [] });
    const config = loadGood({ files, env, argv: ['-c', 'a.yaml', '--patroni', 'p'] });
    expect(config.origin).toBe('a.yaml and flags');
    expect(config.sources.map((source) => source.name)).toEqual(['flags', 'flags-2']);
    expect(loadProblems({ argv: ['--config', 'gone.yaml'] })).toEqual([
      'gone.yaml  expected a readable file, got "gone.yaml": there is no such file',
    ]);
  });

  it('--port wins over PORT, PORT over the file; --host over the file', () => {
    const file = yaml('listen: {host: 127.0.0.9, port: 1}');
    expect(loadGood(file).listen).toMatchObject({ host: '127.0.0.9', port: 1 });
    expect(loadGood({ ...file, env: { PORT: '2' } }).listen.port).toBe(2);
    const argv = ['--port', '3', '--host', '[::1]', '--dev', '--help', '--version'];
    expect(loadGood({ ...file, env: { PORT: '2' }, argv }).listen).toMatchObject({ host: '::1', port: 3 });
  });

  it('HOWDAH_REPLAY is a folder, and the PostgreSQL role comes from the environment', () => {
    const env = { HOWDAH_REPLAY: 'recorded', HOWDAH_PG_USER: 'howdah', HOWDAH_PG_PASSWORD: 'hunter2' };
    const config = loadGood({ env, argv: ['--patroni', 'p'] });
    expect(config.replay).toBe('/w/recorded');
    expect(config.sources[0]?.postgres).toMatchObject({ username: 'howdah', database: 'postgres' });
    expect(config.sources[0]?.postgres?.password?.reveal()).toBe('hunter2');
    expect(JSON.stringify(config)).not.toContain('hunter2');
    expect(loadProblems({ env: { HOWDAH_PG_PASSWORD: 'hunter2' }, argv: ['--patroni', 'p'] })).toEqual([
      'environment  HOWDAH_PG_USER: expected HOWDAH_PG_USER beside it, HOWDAH_PG_PASSWORD is set alone',
    ]);
  });

  it.each([
    [['--patron', 'x'], 'unknown flag "--patron"; did you mean "--patroni"?'],
    [['x'], 'unknown argument "x"'],
    [['--port', '0'], 'command line  --port: expected a port from 1 to 65535, got "0"'],
    [['--port', 'http'], '--port: expected a port from 1 to 65535, got "http"'],
    [['--port', '1', '--port', '2'], '--port: expected one value, it is given twice'],
    [['--config'], '--config: expected a file, no value is given'],
    [['--dev=1'], '--dev: expected no value'],
    [['--patroni', 'ftp://x'], '--patroni: expected http(s)://host:port'],
    [['--etcd', 'http://u:hunter2@e'], '--etcd: expected http(s)://host:port'],
    [['--etcd', 'http://e1,https://e2'], 'expected http or https for all of them'],
    [['--namespace', '/x/'], '--namespace: expected a DCS beside it'],
    [['--zookeeper', 'http://z1:2181'], '--zookeeper: expected host:port, without scheme or path'],
    [['--zookeeper', 'z1', '--etcd', 'e1'], '--zookeeper: expected one DCS, --etcd is there too'],
    [['--consul', 'http://c1/v1'], '--consul: expected http(s)://host:port'],
    [['--consul', 'c1', '--etcd', 'e1'], '--consul: expected one DCS, --etcd is there too'],
    [['--patronictl', 'gone'], 'gone  expected a readable file'],
    [['--host', '0.0.0.0/8'], '--host: expected an address of this machine'],
  ])('%j is refused by name', (argv, message) => {
    const problems = loadProblems({ argv }).join('\n');
    expect(problems).toContain(message);
    expect(problems).not.toContain('hunter2');
  });

  it.each(['127.0.0.1', '127.255.0.3', 'localhost', '::1'])('listens on %s', (host) => {
    expect(loadGood({ argv: ['--host', host] }).listen.host).toBe(host);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', '127.0.0.256', 'db1', ''])(
    'does not listen on %j where nobody signs in',
    (host) => {
      const problems = loadProblems(yaml(`listen:\n  host: "${host}"\nauth: none`));
      expect(problems.join('\n')).toMatch(/^howdah\.yaml:2:9 {2}listen\.host: expected a loopback .*nobody signs in/);
    },
  );

  it('a bad PORT is named as the environment variable', () => {
    expect(loadProblems({ env: { PORT: 'x' } })[0]).toContain('environment  PORT: expected a port');
  });
});

describe('data, store and operator', () => {
  it('are .howdah here, the embedded store and the OS user unless said otherwise', () => {
    expect(loadGood({})).toMatchObject({
      dataDir: '/w/.howdah',
      databaseUrl: null,
      operator: 'tester',
      readOnly: false,
    });
  });

  it('come from the file, its relative folder beginning there; HOWDAH_DATA wins and begins at the current folder', () => {
    const file = 'data: var\noperator: " Anna K. "\nreadOnly: true\n';
    const given = { files: { '/etc/h/howdah.yaml': file }, argv: ['-c', '/etc/h/howdah.yaml'] };
    expect(loadGood(given)).toMatchObject({ dataDir: '/etc/h/var', operator: 'Anna K.', readOnly: true });
    expect(loadGood({ ...given, env: { HOWDAH_DATA: 'other' } }).dataDir).toBe('/w/other');
    expect(loadGood({ env: { HOWDAH_DATA: '~/h', HOME: '/u' } }).dataDir).toBe('/u/h');
  });

  it.each([
    ['data: [x]', 'data: expected a folder'],
    ['data: " "', 'data: expected a folder'],
    ['operator: ""', 'operator: expected a name'],
    ['operator: "a\\nb"', 'operator: expected a name'],
    ['readOnly: perhaps', 'readOnly: expected true or false'],
  ])('are refused by name: %s', (text, message) => {
    expect(loadProblems(yaml(text)).join('\n')).toContain(message);
  });

  it('DATABASE_URL is kept as a secret and shown nowhere', () => {
    const config = loadGood({ env: { DATABASE_URL: 'postgres://h:hunter2@db:5432/howdah?sslmode=disable' } });
    expect(config.databaseUrl?.reveal()).toBe('postgres://h:hunter2@db:5432/howdah?sslmode=disable');
    expect(JSON.stringify(config) + inspect(config, { depth: 20, showHidden: true })).not.toContain('hunter2');
  });

  it.each(['mysql://h:hunter2@db/x', 'hunter2', 'postgres://h:hunter2@db', 'postgresql://h:hunter2@db/'])(
    'a DATABASE_URL of another kind is refused and not quoted: %s',
    (url) => {
      const problems = loadProblems({ env: { DATABASE_URL: url } }).join('\n');
      expect(problems).toMatch(/^environment {2}DATABASE_URL: expected postgresql:/);
      expect(problems).not.toContain('hunter2');
    },
  );

  it('networks and the word for cleartext are read; without them credentials go anywhere, and by SCRAM alone', () => {
    const read = (rest: string) => loadSource(yaml(`sources: [{name: a, etcd: {hosts: e1}, ${rest}}]`));
    const role = 'postgres: {username: w, allowCleartext: true}';
    expect(read(`networks: ["10.0.0.0/8", "fd00::/8", 192.0.2.7], ${role}`)).toMatchObject({
      networks: ['10.0.0.0/8', 'fd00::/8', '192.0.2.7'],
      postgres: { allowCleartext: true },
    });
    expect(read('postgres: {username: w}')).toMatchObject({ networks: null, postgres: { allowCleartext: false } });
    for (const wrong of ['10.0.0.0/33', 'example.com', '', 'fd00::/129', '10.0.0.0/8/8'])
      expect(loadProblems(yaml(`sources: [{name: a, etcd: {hosts: e1}, networks: ["${wrong}"]}]`)).join()).toContain(
        'networks',
      );
  });

  it('a role that ends sessions stands beside the role that reads, and is none where it is not named', () => {
    const signal = 'signal: {username: s, password: hunter3}';
    const source = loadSource(yaml(`sources: [{name: a, etcd: {hosts: e1}, ${signal}}]`));
    expect(source).toMatchObject({ postgres: null, probe: null, signal: { username: 's', database: 'postgres' } });
    expect(source.signal?.password?.reveal()).toBe('hunter3');
    expect(loadSource(yaml('sources: [{name: a, etcd: {hosts: e1}, probe: {username: w}}]')).signal).toBeNull();
  });

  it('a probe role stands beside the role that reads', () => {
    const probe = 'probe: {username: w, password: hunter2, database: app}';
    const source = loadSource(yaml(`sources: [{name: a, etcd: {hosts: e1}, ${probe}}]`));
    expect(source).toMatchObject({ postgres: null, probe: { username: 'w', database: 'app', tls: null } });
    expect(source.probe?.password?.reveal()).toBe('hunter2');
    expect(loadSource(yaml('sources: [{name: a, etcd: {hosts: e1}}]')).probe).toBeNull();
    expect(loadProblems(yaml('sources: [{name: a, etcd: {hosts: e1}, probe: {user: w}}]')).join()).toContain(
      'username',
    );
  });
});

describe('configFromProcess', () => {
  it('reads the flags start.ts left behind', () => {
    const env = { HOWDAH_ARGV: JSON.stringify(['--patroni', 'http://p:1', '--port', '4']), HOWDAH_CWD: '/' };
    const result = configFromProcess(env);
    expect(result).toMatchObject({ ok: true, config: { listen: { port: 4 }, origin: 'flags' } });
  });

  it.each(['{', '5', '[1]'])('refuses HOWDAH_ARGV=%s', (text) => {
    expect(configFromProcess({ HOWDAH_ARGV: text })).toMatchObject({ ok: false });
  });
});

describe('loadConfig never throws', () => {
  const word = fc.constantFrom(
    ...['listen', 'sources', 'name', 'etcd', 'hosts', 'tls', 'ca', 'password', 'file', 'poll', 'patroni', 'labels'],
    ...['- ', ': ', '\n', '  ', '    ', '[', ']', '{', '}', '&a ', '*a', '<<: ', '"', "'", '!x', '|', '>', '${', '#'],
    ...['etcd3', 'ctl', 'restapi', 'url', 'http://', '@', '12', 'true', '~', '__proto__', '---\n', '\t', '%YAML 9\n'],
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
  );
  const json = fc.json({ maxDepth: 6 });

  it('on arbitrary files', () => {
    fc.assert(
      fc.property(fc.oneof(text, json), (content) => {
        load(yaml(content));
        load({ files: { '/w/p.yml': content }, argv: ['--patronictl', 'p.yml'] });
      }),
      { numRuns: 1500 },
    );
  });

  it('on arbitrary values in every place', () => {
    const section = (keys: string[]) => fc.dictionary(fc.constantFrom(...keys), fc.oneof(fc.jsonValue(), text));
    const source = fc.record({
      name: fc.jsonValue(),
      etcd: section(['hosts', 'namespace', 'scopes', 'username', 'password', 'tls']),
      patroni: section(['hosts', 'username', 'password', 'tls']),
      postgres: section(['username', 'password', 'database', 'tls']),
      probe: section(['username', 'password', 'database', 'tls', 'allowCleartext']),
      signal: section(['username', 'password', 'database', 'tls', 'allowCleartext']),
      etcd3: section(['hosts', 'host', 'port', 'url', 'protocol', 'srv', 'cacert', 'cert', 'key', 'password']),
    });
    fc.assert(
      fc.property(source, (value) => {
        load(yaml(JSON.stringify({ sources: [value], data: value.name, operator: value.name, readOnly: value.name })));
        load({ files: { '/w/p.yml': JSON.stringify(value) }, argv: ['--patronictl', 'p.yml'] });
      }),
      { numRuns: 500 },
    );
  });

  it('on arbitrary flags', () => {
    const flag = fc.constantFrom('--config', '--patroni', '--etcd', '--host', '--port', '--dev', '--', '--patronictl=');
    fc.assert(
      fc.property(fc.array(fc.oneof(flag, fc.string())), (argv) => {
        load({ argv });
      }),
    );
  });

  it('on ten thousand brackets, a self-merging map and a self-containing list', () => {
    for (const content of ['['.repeat(10_000), 'sources: &a {<<: *a}', 'sources: &a [*a]', 'a: &a {b: *a}']) {
      load(yaml(content));
      load({ files: { '/w/p.yml': content }, argv: ['--patronictl', 'p.yml'] });
    }
  });
});
