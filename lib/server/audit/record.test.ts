// The record over journal, store and people: what contradicts what is said, and goes when somebody acknowledges it.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { log } from '../log';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { AuditIndex } from './audit-index';
import { type Journal, openJournal } from './journal';
import { RecordWatch } from './record';
import type { Home } from './store-witness';
import { verifyJournal } from './verify';

const ends: (() => Promise<unknown> | unknown)[] = [];
const BY = { actor: 'anna', address: null, reason: 'the disk was replaced' };

beforeAll(() => {
  log.level = 'silent';
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Life {
  readonly journal: Journal;
  readonly store: Store;
  readonly watch: RecordWatch;
  readonly stop: () => Promise<void>;
}

/** One life of a Howdah on this folder, until the store has everything. */
async function live(where: string): Promise<Life> {
  const home: Home = { name: '', copied: path.join(where, 'audit/copied.json') };
  const journal = await openJournal(where, { now: Date.now });
  const store = testStore(where);
  const index = new AuditIndex(store, journal, { home });
  const behind = () => index.behind();
  const watch = new RecordWatch({ folder: where, journal, store, home, now: Date.now, keepDays: null, behind });
  const stop = async (): Promise<void> => {
    await watch.stop();
    index.close();
    await store.close();
    await journal.close();
  };
  await untilReady(store);
  await vi.waitFor(() => expect(index.behind()).toBe(0), 20_000);
  await watch.check();
  return { journal, store, watch, stop };
}

function folder(): string {
  const where = testFolder('record');
  ends.push(() => rmSync(where, { recursive: true, force: true }));
  return where;
}

async function act(journal: Journal, id: string): Promise<void> {
  await journal.append('intent', id, 'main', {});
  await journal.append('outcome', id, 'main', {});
}

function untilCopied({ store }: Life, count: number): Promise<void> {
  const query = 'SELECT seq FROM audit_entry';
  return vi.waitFor(async () => expect(await store.query(query)).toHaveLength(count), 20_000);
}

/** A folder in which some things were done; with a copy of it from when there was less. */
async function used(): Promise<{ where: string; yesterday: string }> {
  const [where, yesterday] = [folder(), folder()];
  const first = await live(where);
  await act(first.journal, 'a');
  await untilCopied(first, 2);
  await first.stop();
  cpSync(where, yesterday, { recursive: true });
  const second = await live(where);
  await act(second.journal, 'b');
  await untilCopied(second, 4);
  await second.stop();
  return { where, yesterday };
}

const saidOf = ({ watch }: Life): string => watch.problems().map(String).join('\n');

describe('the record', () => {
  it('that was changed is said over restarts until it is acknowledged, by an entry that says who, why and what', async () => {
    const { where } = await used();
    const file = path.join(where, 'audit/journal.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"b"', '"c"'));
    const found = await live(where);
    expect(saidOf(found)).toContain('entry 3 was changed');
    await found.stop();
    const again = await live(where);
    const ids = again.watch.state().breaches.map(({ id }) => id);
    await expect(again.watch.acknowledge(['other'], BY)).rejects.toThrow('has changed meanwhile');
    await again.watch.acknowledge(ids, BY);
    expect(saidOf(again)).toBe('');
    await again.stop();
    const { ok, notes } = await verifyJournal(where);
    expect([ok, notes.map(String).join('\n')]).toEqual([true, expect.stringContaining('anna: the disk was replaced')]);
    const entries = readFileSync(file, 'utf8');
    expect(entries).toMatch(/record_acknowledged.*anna.*entry 3 was changed.*the disk was replaced/);
    // What is changed after that is another matter.
    const aside = readdirSync(path.join(where, 'audit')).find((name) => /^journal\.broken-.*l$/.test(name)) ?? '';
    writeFileSync(path.join(where, 'audit', aside), 'x\n');
    expect((await verifyJournal(where)).ok).toBe(false);
  }, 60_000);

  it('whose last entry was removed together with the head is contradicted by the store', async () => {
    const { where } = await used();
    const audit = path.join(where, 'audit');
    const lines = readFileSync(path.join(audit, 'journal.jsonl'), 'utf8').split('\n').slice(0, 4);
    const { seq, hash } = JSON.parse(lines[3] ?? '');
    const { journal } = JSON.parse(lines[0] ?? '');
    writeFileSync(path.join(audit, 'journal.jsonl'), `${lines.join('\n')}\n`);
    writeFileSync(path.join(audit, 'journal.head'), `${JSON.stringify({ journal, seq, hash })}\n`);
    expect((await verifyJournal(where)).ok).toBe(true);
    const life = await live(where);
    expect(saidOf(life)).toContain('the store has entry 4, the journal ends at 3');
    // What was open is owed an outcome still, and nothing of the store was overwritten.
    expect(life.journal.openIntents().map(({ intent }) => intent.actionId)).toEqual(['b']);
    const rows = await life.store.query('SELECT seq FROM audit_entry WHERE journal = $1::text', [journal]);
    expect(rows).toHaveLength(4);
    await life.stop();
  }, 60_000);

  it('that was removed as a whole is known by the store', async () => {
    const { where } = await used();
    rmSync(path.join(where, 'audit'), { recursive: true });
    const life = await live(where);
    expect(saidOf(life)).toContain('the store has 4 entries of a journal that is not there any more');
    await life.watch.acknowledge(
      life.watch.state().breaches.map(({ id }) => id),
      BY,
    );
    expect(saidOf(life)).toBe('');
    await life.stop();
  }, 60_000);

  it('of which only the journal was put back from yesterday is older than the store, in words', async () => {
    const { where, yesterday } = await used();
    rmSync(path.join(where, 'audit'), { recursive: true });
    mkdirSync(path.join(where, 'audit'));
    cpSync(path.join(yesterday, 'audit'), path.join(where, 'audit'), { recursive: true });
    const life = await live(where);
    expect(saidOf(life)).toContain('it was put back from a backup, or entries were removed at its end');
    await life.stop();
  }, 60_000);

  it('of which only the store was put back from yesterday fills it again, says so, and has nothing to do again', async () => {
    const { where, yesterday } = await used();
    for (const name of readdirSync(where))
      if (name !== 'audit') rmSync(path.join(where, name), { recursive: true, force: true });
    for (const name of readdirSync(yesterday))
      if (name !== 'audit') cpSync(path.join(yesterday, name), path.join(where, name), { recursive: true });
    const life = await live(where);
    expect(saidOf(life)).toBe('');
    expect(life.journal.openIntents()).toEqual([]);
    const said: string[] = [];
    for await (const { kind, body } of life.journal.read(5)) said.push(`${kind} ${JSON.stringify(body)}`);
    expect(said.join('\n')).toMatch(/^record .*the store lacks entries 3 to 4 of the journal/);
    await life.stop();
  }, 60_000);
});
