// The embedded store's thread: a commit waits for the disk, and a disk that stalls must not stall the screens. It holds the database
// and nothing else; statements run one after the other in the order they came.
import { parentPort } from 'node:worker_threads';
import type { FromStore, ToStore } from './link';
import { codeOf, SqliteDatabase } from './sqlite';

const SHRINK_EVERY_MS = 10_000;

function runStore(port: NonNullable<typeof parentPort>): void {
  let database: SqliteDatabase | null = null;

  const opened = (): SqliteDatabase => {
    if (database === null) throw new Error('the store is not open');
    return database;
  };
  const answerTo = (message: Exclude<ToStore, { kind: 'close' }>): FromStore => {
    switch (message.kind) {
      case 'open': {
        database = new SqliteDatabase(message.file);
        const shrink = setInterval(() => database?.shrink(), SHRINK_EVERY_MS);
        shrink.unref();
        return { kind: 'opened' };
      }
      case 'ask':
        return { kind: 'answers', id: message.id, answers: opened().ask(message.statements, message.guarded) };
      case 'script':
        opened().script(message.sql);
        return { kind: 'answers', id: message.id, answers: [] };
    }
  };

  port.on('message', (message: ToStore) => {
    if (message.kind === 'close') {
      database?.close();
      database = null;
      port.close();
      return;
    }
    try {
      port.postMessage(answerTo(message));
    } catch (error) {
      const said = { message: error instanceof Error ? error.message : String(error), code: codeOf(error) };
      const failed: FromStore =
        message.kind === 'open' ? { kind: 'failed', ...said } : { kind: 'error', id: message.id, ...said };
      port.postMessage(failed);
    }
  });
}

if (parentPort !== null) runStore(parentPort);
