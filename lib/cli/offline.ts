// Accounts while no Howdah runs: the same rules on the store itself. The lock of the data folder keeps a starting Howdah away.
import { EVERYTHING } from '../server/access/caller';
import { Door } from '../server/access/door';
import { openKeys } from '../server/access/keys';
import { AuditIndex } from '../server/audit/audit-index';
import { openJournal } from '../server/audit/journal';
import { homeOf } from '../server/audit/store-witness';
import type { HowdahConfig } from '../server/config/config';
import { log } from '../server/log';
import { takeLock } from '../server/store/lock';
import { openStore, type Store } from '../server/store/store';
import type { UserDesk } from './access';

const READY_MS = 60_000;

/** Under the lock of the data folder, with the store open. Rejects with words for people. */
export async function withStore<T>(config: HowdahConfig, work: (store: Store) => Promise<T>): Promise<T> {
  log.level = 'silent';
  return withLock(config.dataDir, async () => {
    const store = openStore({
      dataDir: config.dataDir,
      databaseUrl: config.databaseUrl,
      now: Date.now,
      log: { info: () => undefined, warn: () => undefined },
    });
    try {
      await ready(store);
      return await work(store);
    } finally {
      await store.close();
    }
  });
}

/** While no Howdah runs there. Rejects with words for people. */
export async function withLock<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(dataDir);
  if (!lock.ok) throw new Error(String(lock.message));
  return work().finally(() => lock.release());
}

/** Rejects with words for people. */
export async function withAccounts<T>(config: HowdahConfig, work: (desk: UserDesk) => Promise<T>): Promise<T> {
  return withStore(config, async (store) => {
    const journal = await openJournal(config.dataDir, { now: Date.now });
    const index = new AuditIndex(store, journal, { home: homeOf(config) });
    const keys = openKeys(config.dataDir, config.secrets);
    // No set-up link: whoever stands here makes accounts by name.
    const quiet = { ...config, auth: { ...config.auth, kind: 'none' as const } };
    const door = new Door({ config: quiet, keys, journal, store, now: Date.now, print: () => undefined });
    try {
      const by = {
        ...{
          kind: 'local' as const,
          name: config.operator,
          userId: null,
          sessionId: null,
          token: null,
          owesFactor: false,
          address: null,
        },
        grants: EVERYTHING,
      };
      const { accounts } = door;
      const done = await work({
        list: () => accounts.list(),
        add: (name, grants) => accounts.add({ name, grants }, by),
        change: (name, change) => accounts.change(name, change, by),
      });
      await index.catchUp();
      return done;
    } finally {
      index.close();
      await door.stop();
      await journal.close();
    }
  });
}

async function ready(store: Store): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`the store does not open: ${store.state().error ?? 'it takes too long'}`));
    }, READY_MS);
    store.onReady(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
