// Made states brought to life: their keys in an etcd, what their addresses answer on real sockets. `npx tsx e2e/fake/made.ts FILE...` keeps
// them up until Ctrl-C. Only loopback addresses can be taken on one machine: 10.1.x.y of a file becomes 127.93.x.y.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bodyOf, type MadeAnswer, type MadeState } from '../../lib/domain/test-made-states';
import { type EtcdProcess, startEtcd } from './etcd-process';

const NAMESPACE = '/service/';
/** Longer than anybody looks: the keys of a made state do not expire. */
const LEASE_SECONDS = 24 * 3600;

export interface MadeCluster {
  readonly state: MadeState;
  stop(): Promise<void>;
}

export function readState(file: string): MadeState {
  return JSON.parse(readFileSync(file, 'utf8').replaceAll('10.1.', '127.93.')) as MadeState;
}

export async function bringUp(state: MadeState, { etcd }: EtcdProcess): Promise<MadeCluster> {
  const lease = await etcd.grantLease(LEASE_SECONDS);
  for (const [key, value] of Object.entries(state.keys))
    await etcd.put(`${NAMESPACE}${state.scope}/${key}`, value, /^(leader$|members\/)/.test(key) ? lease : '0');
  const servers: Server[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(
      servers.map((server) => {
        server.closeAllConnections();
        return new Promise<void>((resolve) => server.close(() => resolve()));
      }),
    );
    await etcd.removePrefix(`${NAMESPACE}${state.scope}/`);
  };
  try {
    for (const [address, answers] of Object.entries(state.rest)) {
      const [host = '', port = ''] = address.split(/:(?=\d+$)/);
      servers.push(await listen(host, Number(port), answers));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { state, stop };
}

/** What fails in the file by another way than an answer ends the connection without one. */
function listen(host: string, port: number, answers: Readonly<Record<string, MadeAnswer>>): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (request.method !== 'GET' || answer === undefined) {
      response.writeHead(501, { connection: 'close' }).end();
      return;
    }
    if (answer.error !== undefined) {
      request.socket.destroy();
      return;
    }
    const type = answer.contentType ?? 'application/json';
    response
      .writeHead(answer.status ?? 200, { 'content-type': type, connection: 'close' })
      .end(bodyOf(answer, Date.now()));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(server));
  });
}

async function main(files: readonly string[]): Promise<void> {
  const etcd = await startEtcd();
  const up: MadeCluster[] = [];
  const end = async (): Promise<void> => {
    for (const cluster of up) await cluster.stop();
    await etcd.stop();
  };
  process.once('SIGINT', () => void end());
  process.once('SIGTERM', () => void end());
  try {
    for (const file of files) up.push(await bringUp(readState(path.resolve(file)), etcd));
  } catch (error) {
    await end();
    throw error;
  }
  console.log(`${up.map(({ state }) => `${state.scope}: ${state.what}`).join('\n')}\nnpm start -- --etcd ${etcd.url}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await main(process.argv.slice(2));
