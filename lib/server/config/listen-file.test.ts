import { describe, expect, it } from 'vitest';
import { formatProblem } from './config';
import { type Given, loadGood, loadProblems, yaml } from './test-load';
import { TEST_CERT, TEST_KEY, TEST_KEY_LINE } from './test-pem';

const PEM = { '/w/tls/cert.pem': TEST_CERT, '/w/tls/key.pem': TEST_KEY, '/w/tls/ca.pem': TEST_CERT };
const given = (listen: string, rest = ''): Given => ({
  files: { ...PEM, '/w/howdah.yaml': `listen:\n  ${listen.replaceAll('\n', '\n  ')}\n${rest}` },
});
const warnings = (of: Given): string[] => loadGood(of).warnings.map(formatProblem);

describe('listen', () => {
  it('without anything is plain http on loopback, and believes no proxy', () => {
    expect(loadGood({}).listen).toEqual({ host: '127.0.0.1', port: 3000, tls: null, trustedProxies: [], names: [] });
  });

  it('takes names and proxies as lists or as text with commas', () => {
    const { listen } = loadGood(given('names: [Howdah.Example.com., "[::1]"]\ntrustedProxies: 10.0.0.0/8, fd00::1'));
    expect(listen.names).toEqual(['howdah.example.com', '::1']);
    expect(listen.trustedProxies).toEqual(['10.0.0.0/8', 'fd00::1']);
  });

  it('takes a certificate by path, by {file: path} or as text, and knows which files to watch', () => {
    const { listen, publicUrl } = loadGood(
      given('tls: { cert: tls/cert.pem, key: { file: tls/key.pem }, ca: tls/ca.pem }'),
    );
    expect(listen.tls?.cert).toBe(TEST_CERT + TEST_CERT);
    expect(listen.tls?.key.reveal()).toContain(TEST_KEY_LINE);
    expect(listen.tls?.files).toEqual(['/w/tls/ca.pem', '/w/tls/cert.pem', '/w/tls/key.pem']);
    expect(publicUrl).toBe('https://127.0.0.1:3000');
    const env = { CERT: TEST_CERT, KEY: TEST_KEY };
    const inline = `tls:\n  cert: |\n    ${TEST_CERT.trim().replaceAll('\n', '\n    ')}\n  key: tls/key.pem`;
    expect(loadGood({ ...given(inline), env }).listen.tls?.files).toEqual(['/w/tls/key.pem']);
    expect(JSON.stringify(loadGood(given(inline)))).not.toContain(TEST_KEY_LINE);
  });

  it.each([
    ['tls: { key: tls/key.pem }', 'listen.tls.cert: expected the certificate of this server, it is missing'],
    ['tls: { cert: tls/cert.pem }', 'listen.tls.cert: expected a key beside the certificate'],
    ['tls: { cert: gone.pem, key: tls/key.pem }', 'listen.tls.cert: expected a readable file, got "gone.pem"'],
    ['tls: { cert: tls/key.pem, key: tls/key.pem }', 'listen.tls.cert: expected a file with a PEM certificate'],
    ['tls: { cert: tls/cert.pem, key: tls/cert.pem }', 'listen.tls.key: expected a file with a PEM private key'],
    ['tls: { cert: tls/cert.pem, key: { path: x } }', 'listen.tls.key: expected one of file'],
    ['tls: yes', 'listen.tls: expected a map of cert, key, ca'],
    ['trustedProxies: [proxy.example.com]', 'trustedProxies[0]: expected addresses or networks'],
    ['trustedProxies: 10.0.0.0/33', 'listen.trustedProxies: expected addresses or networks'],
    ['trustedProxies: [10.0.0.0/8/8]', 'expected addresses or networks'],
    ['trustedProxies: {a: b}', 'expected addresses or networks'],
    ['names: ["*.example.com"]', 'listen.names[0]: expected host names'],
    ['names: ["howdah.example.com:443"]', 'listen.names[0]: expected host names'],
    ['names: [https://howdah.example.com]', 'listen.names[0]: expected host names'],
    ['names: [null]', 'listen.names[0]: expected host names such as howdah.example.com, without port, got nothing'],
    ['nmes: [a]', 'did you mean "names"?'],
    ['host: "10.0.0.1/8"', 'listen.host: expected an address of this machine'],
  ])('%s is refused in words', (text, message) => {
    const problems = loadProblems(given(text)).join('\n');
    expect(problems).toContain(message);
    expect(problems).not.toContain(TEST_KEY_LINE);
  });

  it.each(['0.0.0.0', '::', '10.0.0.5', 'db1.example.com'])('on %s is for where people sign in', (host) => {
    expect(loadGood(given(`host: "${host}"`)).listen.host).toBe(host);
    expect(loadGood({ argv: ['--host', host] }).listen.host).toBe(host);
    expect(loadProblems(given(`host: "${host}"`, 'auth: none')).join()).toContain('expected a loopback address');
    expect(loadProblems({ argv: ['--host', host], env: { HOWDAH_AUTH: 'none' } }).join()).toContain(
      '--host: expected a loop',
    );
  });

  it('in the clear where others can listen is warned about, by the name of the setting', () => {
    expect(warnings(given('host: 10.0.0.5'))).toEqual([
      expect.stringMatching(/^howdah.yaml:2:9 {2}listen.host: .*no TLS/),
    ]);
    expect(warnings({ argv: ['--host', '10.0.0.5'] })).toEqual([
      expect.stringMatching(/^command line {2}--host: .*no TLS/),
    ]);
    expect(warnings(given('host: 10.0.0.5\ntls: { cert: tls/cert.pem, key: tls/key.pem }'))).toEqual([]);
    expect(warnings(given('host: 10.0.0.5\ntrustedProxies: 10.0.0.9'))).toEqual([]);
    expect(warnings(given('host: 127.0.0.9'))).toEqual([]);
  });
});

describe('publicUrl', () => {
  it('without one is what Howdah listens on; of all addresses the first name', () => {
    expect(loadGood(given('host: 0.0.0.0\nnames: [a.example.com]\nport: 8')).publicUrl).toBe('http://a.example.com:8');
    expect(loadGood(given('host: "::"')).publicUrl).toBe('http://[::1]:3000');
    expect(loadGood(given('host: 10.0.0.5')).publicUrl).toBe('http://10.0.0.5:3000');
  });

  it('may have a path of plain words', () => {
    expect(loadGood(yaml('publicUrl: https://h.example.com/db/howdah/')).publicUrl).toBe(
      'https://h.example.com/db/howdah',
    );
    for (const path of ['/a b', '/a/../b', '/a//b', '/%D1%8F', '/я'])
      expect(loadProblems(yaml(`publicUrl: "https://h.example.com${path}"`)).join()).toContain(
        'publicUrl: expected http(s)',
      );
  });
});
