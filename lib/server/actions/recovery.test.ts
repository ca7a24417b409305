// A journal that was put back from a backup says that an action is open whose end the store has. The store is asked first, also while it
// still opens; a store that is away is not waited for.
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ActionRecord } from '../../domain/actions/action';
import type { JsonObject } from '../../domain/wire/loose';
import { AuditIndex } from '../audit/audit-index';
import { openJournal } from '../audit/journal';
import { openStore } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { type RecoveryDeps, recoverOpen } from './recovery';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function made(): string {
  const folder = testFolder('recovery');
  folders.push(folder);
  return folder;
}

const RECORD = {
  ...{ id: 'a1', scope: 'main', request: { kind: 'switchover', candidate: 'n2', scheduledAt: null } },
  ...{ actor: 'anna', reason: 'a reason', idempotencyKey: 'k1', requestedAt: 1000, phase: 'open', way: 'dcs' },
  ...{ wake: null, revision: null, sentAt: null, steps: [], seen: [], progress: null, outage: null },
  ...{ expectedOutage: null, after: null, outcome: null, outcomeText: null, differs: [], checks: [], closedAt: null },
  ...{ recovered: false, bound: { scope: 'main', source: 'lab', systemIdentifier: '1', members: [] } },
  before: { at: 1, leader: 'n1', timeline: 1, paused: false, configRevision: null, scheduledAt: null, members: [] },
} as unknown as ActionRecord;
const now = Date.now;

/** What recovery makes of it at the next start, before anybody has seen the cluster. */
async function recovered(folder: string, databaseUrl: Parameters<typeof openStore>[0]['databaseUrl'] = null) {
  const journal = await openJournal(folder, { now });
  const log = { info: () => undefined, warn: () => undefined };
  const store = openStore({ dataDir: folder, databaseUrl, now, log });
  const index = new AuditIndex(store, journal);
  const closed: ActionRecord[] = [];
  const deps = {
    ...{ journal, index, now, holder: 'h', busy: new Map<string, string>(), show: () => undefined },
    newest: () => Promise.reject(new Error('nothing is seen yet')),
    close: async (record: ActionRecord) => void closed.push(record),
  };
  expect(store.state().state).toBe('opening');
  await recoverOpen(deps as unknown as RecoveryDeps);
  index.close();
  await store.close();
  await journal.close();
  return closed.map(({ outcome, recovered, outcomeText }) => [outcome, recovered, String(outcomeText)]);
}

it("an older journal is not believed over the store's outcome, though the store still opens", async () => {
  const folder = made();
  const store = testStore(folder);
  await untilReady(store);
  const journal = await openJournal(folder, { now });
  const index = new AuditIndex(store, journal);
  const body = (record: ActionRecord): JsonObject => ({ record: { ...record }, plan: [] }) as unknown as JsonObject;
  await journal.append('intent', 'a1', 'main', body(RECORD));
  cpSync(path.join(folder, 'audit'), path.join(folder, 'backup'), { recursive: true });
  const done = { ...RECORD, phase: 'closed', outcome: 'done', outcomeText: 'n2 leads', closedAt: 2000 } as const;
  await journal.append('outcome', 'a1', 'main', body(done));
  await index.catchUp();
  await index.save(done, 'h');
  index.close();
  await store.close();
  await journal.close();
  rmSync(path.join(folder, 'audit'), { recursive: true });
  cpSync(path.join(folder, 'backup'), path.join(folder, 'audit'), { recursive: true });
  expect(await recovered(folder)).toEqual([['done', true, 'n2 leads']]);
});

it('without anything of it in the store, it is closed by the journal alone', async () => {
  const folder = made();
  const journal = await openJournal(folder, { now });
  await journal.append('intent', 'a1', 'main', { record: { ...RECORD }, plan: [] } as unknown as JsonObject);
  await journal.close();
  expect(await recovered(folder)).toEqual([['refused', true, expect.stringContaining('nothing of it')]]);
});
