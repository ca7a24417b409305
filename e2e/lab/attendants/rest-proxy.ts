// The proxy in front of every member's REST: Patroni advertises this address, so that the lab can make one member slow or
// silent without touching Patroni. Where Patroni does not listen, neither does the proxy: a refused connection must look
// refused. It reads `proxy.json` ({"n1": {"delayMs": 3000}, "n2": {"hang": true}}) four times a second.

import { readFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { becomeUser } from './become-user';

interface Route {
  readonly name: string;
  readonly ip: string;
}

interface Treatment {
  readonly delayMs?: number;
  readonly hang?: boolean;
}

const MAX_CONNECTIONS_PER_MEMBER = 200;

const [routesJson = '[]', listenPort = '', backendPort = '', controlFile = '', user = ''] = process.argv.slice(2);
const routes = JSON.parse(routesJson) as Route[];
let treatments: Record<string, Treatment> = {};

function readControl(): void {
  try {
    treatments = JSON.parse(readFileSync(controlFile, 'utf8')) as Record<string, Treatment>;
  } catch {
    // Absent or half written: keep what was last read.
  }
}

function backendListens(ip: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(Number(backendPort), ip);
    probe.setTimeout(1000);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    // A frozen Patroni still accepts (the kernel does); only a refusal means that nobody listens.
    probe.once('timeout', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

async function serve(route: Route): Promise<never> {
  for (;;) {
    while (!(await backendListens(route.ip))) await sleep(250);
    await new Promise<void>((closed) => {
      const open = new Set<net.Socket>();
      const server = net.createServer({ allowHalfOpen: true }, async (client) => {
        open.add(client);
        client.once('close', () => open.delete(client));
        client.on('error', () => client.destroy());
        const treatment = treatments[route.name] ?? {};
        if (treatment.hang === true) return;
        if (treatment.delayMs !== undefined) await sleep(treatment.delayMs);
        if (client.destroyed) return;
        const backend = net.connect({ port: Number(backendPort), host: route.ip, allowHalfOpen: true });
        backend.once('error', (error: NodeJS.ErrnoException) => {
          client.resetAndDestroy();
          if (error.code === 'ECONNREFUSED') {
            server.close();
            for (const socket of open) socket.destroy();
          }
        });
        client.once('close', () => backend.destroy());
        backend.once('close', () => client.destroySoon());
        client.pipe(backend);
        backend.pipe(client);
      });
      server.maxConnections = MAX_CONNECTIONS_PER_MEMBER;
      server.once('close', closed);
      server.once('error', () => closed());
      server.listen(Number(listenPort), route.ip);
    });
    await sleep(100);
  }
}

becomeUser(user);
readControl();
setInterval(readControl, 250);
for (const route of routes) void serve(route);
