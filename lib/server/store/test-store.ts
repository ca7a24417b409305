// Stores for tests: in a folder of their own.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSecret } from '../config/secret';
import { openStore, type Store } from './store';

export function testFolder(name: string): string {
  return mkdtempSync(path.join(tmpdir(), `howdah-${name}-`));
}

export function testStore(dataDir: string, databaseUrl: string | null = null): Store {
  const silent = { info: () => undefined, warn: () => undefined };
  const url = databaseUrl === null ? null : buildSecret(databaseUrl);
  return openStore({ dataDir, databaseUrl: url, now: Date.now, log: silent });
}

/** Rejects after 150 s. */
export async function untilReady(store: Store): Promise<void> {
  let end = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    end = store.onReady(resolve);
    timer = setTimeout(() => reject(new Error(`the store is ${JSON.stringify(store.state())}`)), 150_000);
  });
  clearTimeout(timer);
  end();
}
