// The embedded store's thread: PGlite blocks the thread it runs in, for seconds when it opens. It holds the database and nothing
// else; statements run one after the other in the order they came.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { FromStore, ToStore } from './link';

const INT8 = 20;
const NUMERIC = 1700;
/** PGlite has no autovacuum. */
const VACUUM_MS = 6 * 3_600_000;

export function runStore(port: NonNullable<typeof parentPort>): void {
  const send = (message: FromStore): void => port.postMessage(message);
  let database: PGlite | null = null;

  const handle = async (message: ToStore): Promise<void> => {
    switch (message.kind) {
      case 'open': {
        const isNew = !existsSync(path.join(message.folder, 'PG_VERSION'));
        database = await PGlite.create({
          dataDir: message.folder,
          startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
          parsers: { [INT8]: asText, [NUMERIC]: asText },
        });
        if (isNew) {
          await database.close();
          send({ kind: 'made' });
          return;
        }
        const vacuum = setInterval(() => void database?.exec('VACUUM').catch(() => undefined), VACUUM_MS);
        vacuum.unref();
        send({ kind: 'opened' });
        return;
      }
      case 'query': {
        if (database === null) throw new Error('the store is not open');
        const { rows } = await database.query<Readonly<Record<string, unknown>>>(message.sql, [...message.params]);
        send({ kind: 'rows', id: message.id, rows });
        return;
      }
      case 'script': {
        if (database === null) throw new Error('the store is not open');
        await database.exec(message.sql);
        send({ kind: 'rows', id: message.id, rows: [] });
        return;
      }
      case 'close':
        await database?.exec('CHECKPOINT').catch(() => undefined);
        await database?.close();
        database = null;
        send({ kind: 'closed' });
    }
  };

  let turn: Promise<void> = Promise.resolve();
  port.on('message', (message: ToStore) => {
    turn = turn.then(() =>
      handle(message).catch((error) => {
        const text = error instanceof Error ? error.message : String(error);
        if (message.kind === 'open') send({ kind: 'failed', message: text });
        else if (message.kind === 'close') send({ kind: 'closed' });
        else send({ kind: 'error', id: message.id, message: text, code: codeOf(error) });
      }),
    );
  });
}

function asText(value: string): string {
  return value;
}

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

if (parentPort !== null) runStore(parentPort);
