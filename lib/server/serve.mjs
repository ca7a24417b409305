// The web server's process, child of start.ts: Next behind a server of our own. Plain Node without a loader, which would cost every
// thread of this process memory. The server itself (edge/web-server.ts) is compiled into Next's instrumentation, which Next
// runs once as it starts, and which calls what is left for it here.
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import next from 'next';

const BOOT_MS = 60_000;

const { values } = parseArgs({
  options: { host: { type: 'string' }, port: { type: 'string' }, dev: { type: 'boolean', default: false } },
});
const { host: hostname = '127.0.0.1', dev } = values;
const port = Number(values.port);
const dir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

// Next takes upgrades from the server it is given: one that never listens, so that ours decides which of them it sees.
const upgrades = createServer();
const boots = new Promise((resolve) => {
  globalThis[Symbol.for('howdah.boots')] = resolve;
  setTimeout(resolve, BOOT_MS, null).unref();
});
const app = next({ dev, dir, hostname, port, httpServer: upgrades });
await app.prepare();
const openWebServer = await boots;
if (openWebServer === null) {
  console.error('Howdah: the web server cannot be started (see above)');
  process.exit(1);
}
const upgrade = (...met) => upgrades.emit('upgrade', ...met);
const server = openWebServer({ handler: app.getRequestHandler(), upgrade: dev ? upgrade : null, dev });
server.once('error', (error) => {
  console.error(`Howdah: cannot listen on ${hostname}:${port} (${error.code ?? error.message})`);
  process.exit(1);
});
server.listen(port, hostname);
