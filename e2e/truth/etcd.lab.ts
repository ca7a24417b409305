// Howdah's etcd watch on a real etcd: restarts, compaction, wrong and right credentials, TLS with client certificates.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Etcd3 } from 'etcd3';
import { afterEach, describe, expect, it } from 'vitest';
import { NEVER_ASKED } from '../../lib/domain/raw';
import { EtcdWatch, type EtcdWatchOptions } from '../../lib/io/dcs/etcd/watch';
import type { TlsMaterial } from '../../lib/io/tls';
import { freePort, startEtcd } from '../fake/etcd-process';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function watch(hosts: readonly string[], access: Partial<EtcdWatchOptions> = {}): EtcdWatch {
  const made = new EtcdWatch({
    hosts,
    namespace: '/service/',
    username: null,
    password: null,
    tls: null,
    now: Date.now,
    onChange: () => undefined,
    ...access,
  });
  cleanups.push(() => made.stop());
  made.start();
  return made;
}

async function until(what: string, test: () => boolean, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!test()) {
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const leaderOf = (view: EtcdWatch): string | undefined =>
  view.keysOf('demo')?.find((entry) => entry.key === 'leader')?.value;

describe('the watch of a real etcd', () => {
  it('lists, follows changes and deletions, and finds scopes that come and go', async () => {
    const etcd = await startEtcd();
    cleanups.push(() => etcd.stop());
    const client = new Etcd3({ hosts: etcd.url });
    cleanups.push(() => client.close());
    await client.put('/service/demo/leader').value('n1');
    await client.put('/elsewhere/demo/leader').value('nobody');
    const view = watch([etcd.url]);
    await until('the leader', () => leaderOf(view) === 'n1');
    expect(view.scopes()).toEqual(['demo']);
    await client.put('/service/demo/leader').value('n2');
    await until('the next leader', () => leaderOf(view) === 'n2');
    await client.put('/service/other/config').value('{}');
    await until('another scope', () => view.scopes().length === 2);
    await client.delete().prefix('/service/other/');
    await until('the scope to go', () => view.scopes().length === 1);
    await client.delete().key('/service/demo/leader');
    await until('the key to go', () => view.keysOf('demo') === null);
  });

  it('more keys than one page and more bytes than gRPC takes by default are all there', async () => {
    const etcd = await startEtcd();
    cleanups.push(() => etcd.stop());
    const client = new Etcd3({ hosts: etcd.url });
    cleanups.push(() => client.close());
    const filler = 'x'.repeat(4000);
    for (let start = 0; start < 1500; start += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, index) => client.put(`/service/s${start + index}/leader`).value(filler)),
      );
    }
    const view = watch([etcd.url]);
    await until('all scopes', () => view.scopes().length === 1500);
  });

  it('goes on after a restart during which keys changed and history was compacted', async () => {
    const etcd = await startEtcd();
    cleanups.push(() => etcd.stop());
    const client = new Etcd3({ hosts: etcd.url });
    cleanups.push(() => client.close());
    await client.put('/service/demo/leader').value('n1');
    const view = watch([etcd.url]);
    await until('the leader', () => leaderOf(view) === 'n1');
    await etcd.restart(1500);
    const after = new Etcd3({ hosts: etcd.url });
    cleanups.push(() => after.close());
    await after.put('/service/demo/leader').value('n2');
    const { header } = await after.get('/service/demo/leader').exec();
    execFileSync('etcdctl', ['--endpoints', etcd.url, 'compact', header.revision], {
      env: { ...process.env, ETCDCTL_API: '3' },
      stdio: 'ignore',
    });
    await until('what changed meanwhile', () => leaderOf(view) === 'n2');
    await after.put('/service/demo/leader').value('n3');
    await until('what changes now', () => leaderOf(view) === 'n3');
    expect(view.error).toBeNull();
  });

  it('says that an address is not etcd, and that nothing listens at another', async () => {
    const nothing = watch([`http://127.0.0.1:${await freePort()}`]);
    await until('an error', () => nothing.error !== null);
    expect(nothing.error?.kind).toBe('refused');
    await nothing.checkHealth();
    expect(nothing.rawFor('demo', NEVER_ASKED).endpoints[0]?.status.last?.ok).toBe(false);
  });
});

/** A throwaway CA, a server certificate for 127.0.0.1 and a client certificate, in a folder of their own. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
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
    '/CN=howdah test CA',
  );
  for (const [name, extension] of [
    ['server', 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth'],
    ['client', 'extendedKeyUsage=clientAuth'],
  ] as const) {
    writeFileSync(path.join(folder, `${name}.ext`), extension);
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    );
  }
}

describe('an etcd with TLS, client certificates and users', () => {
  async function startSecured(): Promise<{ readonly url: string; readonly tls: TlsMaterial }> {
    const folder = mkdtempSync(path.join(tmpdir(), 'howdah-tls-'));
    makeCertificates(folder);
    const [port, peer] = [await freePort(), await freePort()];
    const url = `https://127.0.0.1:${port}`;
    const child: ChildProcess = spawn(
      'etcd',
      [
        `--data-dir=${folder}/data`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=http://127.0.0.1:${peer}`,
        '--cert-file=server.pem',
        '--key-file=server.key',
        '--trusted-ca-file=ca.pem',
        '--client-cert-auth',
        '--log-level=error',
      ],
      { cwd: folder, stdio: 'ignore', env: { ...process.env, ETCD_UNSUPPORTED_ARCH: process.arch } },
    );
    cleanups.push(async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    });
    const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
    const tls = {
      ca: read('ca.pem'),
      cert: read('client.pem'),
      key: read('client.key'),
      serverName: null,
      verify: true,
    };
    const ctl = (...args: string[]): void =>
      void execFileSync(
        'etcdctl',
        [`--endpoints=${url}`, '--cacert=ca.pem', '--cert=client.pem', '--key=client.key', ...args],
        {
          cwd: folder,
          env: { ...process.env, ETCDCTL_API: '3' },
          stdio: 'ignore',
          timeout: 10_000,
        },
      );
    const end = Date.now() + 20_000;
    for (;;) {
      try {
        ctl('put', '/service/demo/leader', 'n1');
        break;
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    ctl('user', 'add', 'root:rootpass');
    ctl('user', 'grant-role', 'root', 'root');
    ctl('role', 'add', 'reader');
    ctl('role', 'grant-permission', 'reader', 'read', '--prefix=true', '/service/');
    ctl('user', 'add', 'howdah:right');
    ctl('user', 'grant-role', 'howdah', 'reader');
    ctl('auth', 'enable');
    return { url, tls };
  }

  it('is read with all three, and each that is missing or wrong is named', async () => {
    const { url, tls } = await startSecured();
    const good = watch([url], { tls, username: 'howdah', password: 'right' });
    await until('the leader', () => leaderOf(good) === 'n1');
    await good.checkHealth();
    expect(good.rawFor('demo', NEVER_ASKED).endpoints[0]?.quorumRead.last?.ok).toBe(true);

    const wrong = watch([url], { tls, username: 'howdah', password: 'marked-secret-41' });
    await until('a refusal', () => wrong.error !== null);
    expect(wrong.error?.kind).toBe('auth');
    expect(wrong.error?.message).not.toContain('marked-secret-41');

    const nobody = watch([url], { tls });
    await until('a refusal', () => nobody.error !== null);
    expect(['auth', 'denied']).toContain(nobody.error?.kind);

    const bare = watch([url], { tls: { ...tls, cert: null, key: null }, username: 'howdah', password: 'right' });
    await until('a failed handshake', () => bare.error !== null);
    expect(['tls', 'refused', 'timeout', 'closed']).toContain(bare.error?.kind);

    const stranger = watch([url], { tls: { ...tls, ca: null }, username: 'howdah', password: 'right' });
    await until('a distrusted server', () => stranger.error !== null);
    expect(['tls', 'refused', 'timeout', 'closed']).toContain(stranger.error?.kind);
  });
});
