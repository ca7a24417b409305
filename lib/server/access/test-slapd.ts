// A real OpenLDAP of its own, on a free port of this machine, with TLS by a CA of its own; it ends with the test. Debian's slapd; without
// it what needs it is skipped.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { testFolder } from '../store/test-store';

const SLAPD = '/usr/sbin/slapd';
export const hasSlapd = existsSync(SLAPD) && existsSync('/usr/bin/ldapmodify');
const ROOT = { dn: 'cn=root,dc=example,dc=com', password: 'root of it all' } as const;

const PEOPLE = `dn: dc=example,dc=com
objectClass: domain
dc: example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: ou=left,dc=example,dc=com
objectClass: organizationalUnit
ou: left

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups

dn: cn=howdah,dc=example,dc=com
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: howdah
userPassword: may search 1
`;

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class TestSlapd {
  readonly folder = testFolder('slapd');
  #process: ChildProcess | null = null;
  port = 0;
  tlsPort = 0;

  async start(): Promise<this> {
    mkdirSync(path.join(this.folder, 'data'));
    const at = (name: string): string => path.join(this.folder, name);
    const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      '/CN=ca',
    );
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'csr.pem', '-subj', '/CN=localhost');
    writeFileSync(at('ext'), 'subjectAltName=DNS:localhost');
    openssl(
      'x509',
      '-req',
      '-in',
      'csr.pem',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      'ext',
      '-out',
      'cert.pem',
    );
    [this.port, this.tlsPort] = [await freePort(), await freePort()];
    const schemas = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`);
    writeFileSync(
      at('slapd.conf'),
      [
        ...schemas,
        'modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload memberof',
        `pidfile ${at('pid')}`,
        `TLSCACertificateFile ${at('ca.pem')}\nTLSCertificateFile ${at('cert.pem')}\nTLSCertificateKeyFile ${at('key.pem')}`,
        `database mdb\nsuffix "dc=example,dc=com"\ndirectory ${at('data')}`,
        `rootdn "${ROOT.dn}"\nrootpw "${ROOT.password}"`,
        'overlay memberof',
        'access to attrs=userPassword by anonymous auth by * none\naccess to * by users read by * none',
        '',
      ].join('\n'),
    );
    const urls = `ldap://127.0.0.1:${this.port}/ ldaps://127.0.0.1:${this.tlsPort}/`;
    this.#process = spawn(SLAPD, ['-d', '0', '-f', at('slapd.conf'), '-h', urls], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries += 1) {
      if (await this.#answers()) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.change(PEOPLE, true);
    return this;
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }

  /** LDIF as the root of it, of additions or of changes. */
  change(ldif: string, isAddition = false): void {
    const args = ['-x', '-H', `ldap://127.0.0.1:${this.port}`, '-D', ROOT.dn, '-w', ROOT.password];
    execFileSync('ldapmodify', isAddition ? ['-a', ...args] : args, { input: ldif, stdio: ['pipe', 'ignore', 'pipe'] });
  }

  addPerson(uid: string, password: string, more = ''): void {
    const dn = `uid=${uid},ou=people,dc=example,dc=com`;
    this.change(
      `dn: ${dn}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\nuserPassword: ${password}\n${more}`,
      true,
    );
  }

  addGroup(cn: string, ...members: readonly string[]): void {
    const lines = members.map((uid) => `member: uid=${uid},ou=people,dc=example,dc=com\n`).join('');
    this.change(`dn: cn=${cn},ou=groups,dc=example,dc=com\nobjectClass: groupOfNames\ncn: ${cn}\n${lines}`, true);
  }

  /** Ended, or ended and begun again on what it kept. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve));
    this.#process?.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Frozen: it takes connections and says nothing. */
  freeze(is: boolean): void {
    this.#process?.kill(is ? 'SIGSTOP' : 'SIGCONT');
  }

  settings(more = ''): string {
    return `auth:
  ldap:
    url: ldaps://localhost:${this.tlsPort}
    tls: { ca: ${path.join(this.folder, 'ca.pem')} }
    bind: { dn: "cn=howdah,dc=example,dc=com", password: may search 1 }
    base: ou=people,dc=example,dc=com
    filter: "(&(objectClass=inetOrgPerson)(uid={name}))"
    groups: { base: "ou=groups,dc=example,dc=com", filter: "(member={dn})" }
    roles:
      - { group: dba, role: admin }
      - { group: oncall, role: operator, labels: { env: prod } }
${more}`;
  }
}
