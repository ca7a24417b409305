// A steady, bounded write load through HAProxy: one connection, one row changed per commit, a table that never grows.
// It reconnects by itself; what it cannot write is lost, as with any client that does not retry.

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { becomeUser } from './become-user';

const [host = '', port = '', password = '', commitsPerSecond = '30', user = ''] = process.argv.slice(2);
const ROWS = 200;
const intervalMs = 1000 / Number(commitsPerSecond);

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({
    host,
    port: Number(port),
    user: 'app',
    password,
    database: 'postgres',
    application_name: 'howdah-lab-load',
    connectionTimeoutMillis: 2000,
    query_timeout: 5000,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function write(client: pg.Client): Promise<void> {
  for (let n = 0; ; n = (n + 1) % ROWS) {
    const started = performance.now();
    await client.query(
      'INSERT INTO app.load (id, n, at) VALUES ($1, 1, now()) ON CONFLICT (id) DO UPDATE SET n = app.load.n + 1, at = now()',
      [n],
    );
    await sleep(Math.max(1, intervalMs - (performance.now() - started)));
  }
}

becomeUser(user);
for (;;) {
  let client: pg.Client | null = null;
  try {
    client = await connect();
    await write(client);
  } catch {
    client?.end().catch(() => undefined);
  }
  await sleep(500);
}
