// One real Consul server on loopback as the contract asks for it; its data goes away with it. Somebody else writes by plain requests.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsulAccess } from '../../lib/io/dcs/consul/client';
import { freePort, guard, quickFolder } from '../fake/etcd-process';
import { builtProgram } from '../lab/environments';
import { type DcsStore, SECRET, type SecuredStore } from './contract';

const HOST = '127.0.0.1';
const PREFIX = 'service/';
const START_MS = 60_000;
const ROOT = '7b9e0f52-60d1-4f0e-9c57-1f0f2b1d3a01';

interface Server {
  readonly url: string;
  readonly port: number;
  call(method: string, path: string, body?: string): Promise<{ readonly status: number; readonly text: string }>;
  signal(name: NodeJS.Signals): void;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function startServer(settings: object, token: string | null): Promise<Server> {
  const program = builtProgram('consul');
  if (program === null) throw new Error('no Consul was built');
  const folder = quickFolder('howdah-consul-');
  const [http, rpc, serf] = [await freePort(), await freePort(), await freePort()];
  const url = `http://${HOST}:${http}`;
  const config = {
    server: true,
    bootstrap_expect: 1,
    node_name: 'c1',
    bind_addr: HOST,
    client_addr: HOST,
    data_dir: path.join(folder, 'data'),
    ports: { http, server: rpc, serf_lan: serf, serf_wan: -1, grpc: -1, grpc_tls: -1, dns: -1 },
    connect: { enabled: false },
    disable_update_check: true,
    performance: { raft_multiplier: 1 },
    log_level: 'error',
    ...settings,
  };
  writeFileSync(path.join(folder, 'consul.json'), JSON.stringify(config));
  let child: ChildProcess | null = null;
  let release = (): unknown => undefined;

  const call: Server['call'] = async (method, at, body) => {
    const answer = await fetch(`${url}${at}`, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: token === null ? {} : { 'X-Consul-Token': token },
      signal: AbortSignal.timeout(15_000),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const start = async (): Promise<void> => {
    const started = spawn(program, ['agent', `-config-file=${path.join(folder, 'consul.json')}`], { stdio: 'ignore' });
    child = started;
    if (started.pid !== undefined) release = guard(started.pid, folder);
    const end = Date.now() + START_MS;
    // A write succeeds only with a leader; rights are known a moment after it.
    while ((await call('PUT', '/v1/kv/ready', 'x').catch(() => null))?.status !== 200) {
      if (started.exitCode !== null) throw new Error(`consul ended with code ${started.exitCode}`);
      if (Date.now() > end) throw new Error('consul did not become ready');
      await sleep(100);
    }
  };
  const end = async (): Promise<void> => {
    const ending = child;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    release();
    ending.kill('SIGKILL');
    await gone;
  };
  const stop = async (): Promise<void> => {
    await end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    port: http,
    call,
    signal: (name) => void child?.kill(name),
    restart: async () => {
      await end();
      await start();
    },
    stop,
  };
}

async function good(answer: Promise<{ readonly status: number; readonly text: string }>): Promise<string> {
  const { status, text } = await answer;
  if (status !== 200 || text.trim() === 'false') throw new Error(`consul: ${status} ${text.slice(0, 200)}`);
  return text;
}

const accessTo = (url: string, token: string | null): ConsulAccess => ({
  kind: 'consul',
  hosts: [url],
  namespace: `/${PREFIX}`,
  token,
  datacenter: null,
  tls: null,
});

export async function startConsulStore(): Promise<DcsStore> {
  const server = await startServer({}, null);
  const { url, port, call } = server;
  return {
    access: accessTo(url, null),
    upstream: { host: HOST, port },
    through: (host, relayed) => accessTo(`http://${host}:${relayed}`, null),
    wire: (value) => Buffer.from(value).toString('base64'),
    put: async (key, value) => void (await good(call('PUT', `/v1/kv/${PREFIX}${key}`, value))),
    remove: async (key) => void (await good(call('DELETE', `/v1/kv/${PREFIX}${key}`))),
    edit: async (key, change) => {
      const [row] = JSON.parse(await good(call('GET', `/v1/kv/${PREFIX}${key}?consistent`))) as [
        { Value: string; ModifyIndex: number },
      ];
      const value = change(Buffer.from(row.Value, 'base64').toString());
      const { text } = await call('PUT', `/v1/kv/${PREFIX}${key}?cas=${row.ModifyIndex}`, value);
      return text.trim() === 'true';
    },
    own: async (key, value) => {
      // As Patroni makes one: of no node's health, and what it holds goes with it.
      const wanted = { Name: 'demo-n1', TTL: '15s', LockDelay: '1ms', Behavior: 'delete', NodeChecks: [] };
      const { ID } = JSON.parse(await good(call('PUT', '/v1/session/create', JSON.stringify(wanted)))) as {
        ID: string;
      };
      await good(call('PUT', `/v1/kv/${PREFIX}${key}?acquire=${ID}`, value));
      return ID;
    },
    end: async (session) => void (await good(call('PUT', `/v1/session/destroy/${session}`))),
    freeze: async () => server.signal('SIGSTOP'),
    thaw: async () => server.signal('SIGCONT'),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

/** Nothing is allowed that no policy grants. */
export async function startSecuredConsul(): Promise<SecuredStore> {
  const acl = { enabled: true, default_policy: 'deny', tokens: { initial_management: ROOT } };
  const server = await startServer({ acl }, ROOT);
  const { url, call } = server;
  const read = { Name: 'howdah', Rules: `key_prefix "${PREFIX}" { policy = "read" }` };
  const { ID: policy } = JSON.parse(await good(call('PUT', '/v1/acl/policy', JSON.stringify(read)))) as { ID: string };
  const token = async (policies: readonly string[]): Promise<string> => {
    const wanted = { Policies: policies.map((ID) => ({ ID })) };
    return (JSON.parse(await good(call('PUT', '/v1/acl/token', JSON.stringify(wanted)))) as { SecretID: string })
      .SecretID;
  };
  return {
    reader: accessTo(url, await token([policy])),
    nobody: accessTo(url, await token([])),
    stranger: accessTo(url, SECRET),
    put: async (key, value) => void (await good(call('PUT', `/v1/kv/${PREFIX}${key}`, value))),
    withdraw: async () => {
      const nothing = { ...read, ID: policy, Rules: '' };
      await good(call('PUT', `/v1/acl/policy/${policy}`, JSON.stringify(nothing)));
    },
    stop: () => server.stop(),
  };
}
