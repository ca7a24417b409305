// One real etcd as the contract asks for it.
import { execFileSync } from 'node:child_process';
import type { EtcdAccess } from '../../lib/io/dcs/open';
import { startEtcd } from '../fake/etcd-process';
import { type DcsStore, SECRET, type SecuredStore } from './contract';

const NAMESPACE = '/service/';
const LEASE_SECONDS = 60;

const accessTo = (url: string, username: string | null = null, password: string | null = null): EtcdAccess => ({
  kind: 'etcd3',
  hosts: [url],
  namespace: NAMESPACE,
  username,
  password,
  tls: null,
});

const encode = (text: string): string => Buffer.from(text).toString('base64');

export async function startEtcdStore(): Promise<DcsStore> {
  const server = await startEtcd();
  const { etcd, url } = server;
  const { hostname, port } = new URL(url);
  return {
    access: accessTo(url),
    upstream: { host: hostname, port: Number(port) },
    through: (host, relayed) => accessTo(`http://${host}:${relayed}`),
    wire: (value) => value,
    put: (key, value) => etcd.put(NAMESPACE + key, value),
    remove: (key) => etcd.remove(NAMESPACE + key),
    edit: async (key, change) => {
      const now = await etcd.get(NAMESPACE + key);
      if (now === null) throw new Error(`${key} is not there`);
      const name = encode(NAMESPACE + key);
      const answer = await etcd.call('kv/txn', {
        compare: [{ key: name, target: 'MOD', result: 'EQUAL', mod_revision: now.modRevision }],
        success: [{ request_put: { key: name, value: encode(change(now.value)) } }],
      });
      return answer.succeeded === true;
    },
    own: async (key, value) => {
      const lease = await etcd.grantLease(LEASE_SECONDS);
      await etcd.put(NAMESPACE + key, value, lease);
      return lease;
    },
    end: async (lease) => {
      await etcd.call('lease/revoke', { ID: lease });
    },
    freeze: async () => void process.kill(server.pid, 'SIGSTOP'),
    thaw: async () => void process.kill(server.pid, 'SIGCONT'),
    restart: () => server.restart(300),
    stop: () => server.stop(),
  };
}

export async function startSecuredEtcd(): Promise<SecuredStore> {
  const server = await startEtcd();
  const ctl = (...args: string[]): void =>
    void execFileSync('etcdctl', [`--endpoints=${server.url}`, ...args], {
      env: { ...process.env, ETCDCTL_API: '3' },
      stdio: 'ignore',
      timeout: 10_000,
    });
  const root = '--user=root:rootpass';
  ctl('user', 'add', 'root:rootpass');
  ctl('user', 'grant-role', 'root', 'root');
  ctl('role', 'add', 'reader');
  ctl('role', 'grant-permission', 'reader', 'read', '--prefix=true', NAMESPACE);
  ctl('user', 'add', 'howdah:right');
  ctl('user', 'grant-role', 'howdah', 'reader');
  ctl('user', 'add', 'nobody:right');
  ctl('auth', 'enable');
  return {
    reader: accessTo(server.url, 'howdah', 'right'),
    nobody: accessTo(server.url, 'nobody', 'right'),
    stranger: accessTo(server.url, 'howdah', SECRET),
    put: async (key, value) => ctl(root, 'put', NAMESPACE + key, value),
    withdraw: async () => ctl(root, 'role', 'revoke-permission', 'reader', NAMESPACE, '--prefix=true'),
    stop: () => server.stop(),
  };
}
