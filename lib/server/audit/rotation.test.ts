// A journal over several files: one chain, whatever ends between two of them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hashOfEntry, hashOfHeader, headerLine, headLine, type JournalHeader } from './chain';
import { journalPaths, readEntries } from './files';
import { type Journal, type JournalOptions, openJournal } from './journal';
import { verifyJournal } from './verify';

const folders: string[] = [];
const opened: Journal[] = [];
let clock = Date.UTC(2026, 10, 21);
const now = (): number => clock++;

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'howdah-rotation-'));
  folders.push(made);
  return made;
}

async function open(where: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal(where, { now, segmentBytes: 1000, ...options });
  opened.push(journal);
  return journal;
}

/** An action from beginning to end: two entries. */
async function act(journal: Journal, id: string): Promise<void> {
  await journal.append('intent', id, 'main', { text: 'x'.repeat(200) });
  await journal.append('outcome', id, 'main', { text: 'y'.repeat(200) });
}

const namesIn = (where: string): string[] => readdirSync(path.join(where, 'audit')).sort();
const full = (where: string): string[] => namesIn(where).filter((name) => name.startsWith('journal.to-'));

async function seqsIn(where: string): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of readEntries(journalPaths(where))) seqs.push(seq);
  return seqs;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('a journal that is full', () => {
  it('goes on in a new file with the same chain, and is read and verified over all of them', async () => {
    const where = folder();
    const journal = await open(where);
    for (let index = 0; index < 10; index += 1) await act(journal, `a${index}`);
    expect(full(where).length).toBeGreaterThan(4);
    expect(await seqsIn(where)).toEqual(upTo(20));
    const last = journal.head();
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 20, journal: journal.id, head: last });
    await journal.close();
    const again = await open(where);
    expect([again.id, again.entries(), again.head(), again.warnings]).toEqual([journal.id, 20, last, []]);
    const read: number[] = [];
    for await (const { seq } of again.read(3)) read.push(seq);
    expect(read).toEqual(upTo(20).slice(2));
  });

  it('is not left while an action is open: what is owed stands in the newest file', async () => {
    const where = folder();
    const journal = await open(where);
    await journal.append('intent', 'open', 'main', {});
    for (let index = 0; index < 5; index += 1) await act(journal, `a${index}`);
    expect(full(where)).toEqual([]);
    await journal.append('outcome', 'open', 'main', {});
    expect(full(where)).toHaveLength(1);
  });

  it.each(['prepared', 'kept', 'headed', 'replaced'] as const)(
    'and a process that ends when the new file is %s loses nothing and shows nothing',
    async (step) => {
      const where = folder();
      let isOver = false;
      const halt = (at: string): void => {
        if (isOver && at === step) throw new Error('the process ended here');
      };
      const journal = await open(where, { halt });
      isOver = true;
      await act(journal, 'a1');
      // What is still written before it ends stays too.
      if (step !== 'replaced') await act(journal, 'a2');
      const entries = journal.entries();
      expect(await verifyJournal(where)).toMatchObject({ ok: true, entries, problems: [] });
      const again = await open(where);
      expect([again.id, again.entries(), again.warnings]).toEqual([journal.id, entries, []]);
      await act(again, 'a3');
      expect(await seqsIn(where)).toEqual(upTo(entries + 2));
      expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: entries + 2, problems: [] });
    },
  );

  it.each(['prepared', 'kept', 'headed'] as const)('nor does a copy that is made at that step: %s', async (step) => {
    const where = folder();
    let frozen: Record<string, Buffer> = {};
    const journal = await open(where, {
      halt: (at) => {
        if (at === step) frozen = freeze(where);
      },
    });
    await act(journal, 'a1');
    await journal.close();
    rmSync(path.join(where, 'audit'), { recursive: true });
    mkdirSync(path.join(where, 'audit'));
    for (const [name, bytes] of Object.entries(frozen)) writeFileSync(path.join(where, 'audit', name), bytes);
    const again = await open(where);
    expect([again.entries(), again.warnings]).toEqual([2, []]);
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 2, problems: [] });
  });

  it('nor does a change that failed and left its new file, while the old one was written on', async () => {
    const where = folder();
    let [isOver, left] = [false, Buffer.alloc(0)];
    const next = path.join(where, 'audit/journal.next');
    const halt = (at: string): void => {
      if (!isOver || at !== 'kept') return;
      left = readFileSync(next);
      throw new Error('the disk was full here');
    };
    const journal = await open(where, { halt, segmentBytes: 10 });
    isOver = true;
    await act(journal, 'a1');
    const stale = left;
    await act(journal, 'a2');
    writeFileSync(next, stale);
    const again = await open(where);
    expect([again.entries(), again.warnings]).toEqual([4, []]);
    expect(await seqsIn(where)).toEqual(upTo(4));
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 4, problems: [] });
  });

  it.each<[string, (where: string) => void, RegExp]>([
    ['one that is removed', (where) => rmSync(kept(where)), /journal\.to-.*: it is missing/],
    [
      'one that is changed',
      (where) => writeFileSync(kept(where), readFileSync(kept(where), 'utf8').replace('yyy', 'yzy')),
      /entry \d was changed/,
    ],
    [
      'one that is cut off at its end',
      (where) =>
        writeFileSync(kept(where), `${readFileSync(kept(where), 'utf8').split('\n').slice(0, -2).join('\n')}\n`),
      /its last entry is not the one that the next file names/,
    ],
    ['one too many', (where) => writeFileSync(`${kept(where).slice(0, -6)}-2.jsonl`, 'x\n'), /no journal names it/],
  ])('shows %s', async (_, attack, words) => {
    const where = folder();
    const journal = await open(where);
    for (let index = 0; index < 3; index += 1) await act(journal, `a${index}`);
    attack(where);
    const verified = await verifyJournal(where);
    expect(verified.ok).toBe(false);
    expect(verified.problems.join('\n')).toMatch(words);
  });
});

const kept = (where: string): string => path.join(where, 'audit', full(where)[1] ?? '');

function freeze(where: string): Record<string, Buffer> {
  return Object.fromEntries(namesIn(where).map((name) => [name, readFileSync(path.join(where, 'audit', name))]));
}

describe('a journal of the version before', () => {
  it('is verified by its own rules and continued in a file of this one', async () => {
    const where = folder();
    const seed = await open(where);
    await seed.close();
    const header: JournalHeader = { journal: 'j1', version: 1, createdAt: 1, follows: null, continues: null };
    const lines = [headerLine(header)];
    let prev = hashOfHeader(header);
    for (const [index, kind] of (['intent', 'outcome'] as const).entries()) {
      const fields = { seq: index + 1, at: 2, kind, actionId: 'a', scope: 'main', body: { b: 1, a: 2 }, prev };
      prev = hashOfEntry(fields, 1);
      lines.push(JSON.stringify({ ...fields, hash: prev }));
    }
    const paths = journalPaths(where);
    writeFileSync(paths.journal, `${lines.join('\n')}\n`);
    writeFileSync(paths.head, headLine({ journal: 'j1', seq: 2, hash: prev }));
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 2 });
    const journal = await open(where);
    expect([journal.id, journal.entries(), journal.head(), journal.warnings]).toEqual(['j1', 2, prev, []]);
    await act(journal, 'b');
    expect(await seqsIn(where)).toEqual([1, 2, 3, 4]);
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 4, problems: [] });
  });
});

describe('a new journal that takes the place of one', () => {
  it.each(['prepared', 'kept', 'headed', 'replaced'] as const)(
    'has what is open, also where the process ends when it is %s',
    async (step) => {
      const where = folder();
      let isOver = false;
      const journal = await open(where, {
        halt: (at) => {
          if (!isOver || at !== step) return;
          throw new Error('the process ended here');
        },
      });
      await journal.append('intent', 'a', 'main', { text: 'open' });
      await journal.append('sent', 'a', 'main', {});
      isOver = true;
      await expect(journal.begin(['somebody cut it'])).rejects.toThrow();
      const again = await open(where);
      expect(again.openIntents()).toMatchObject([{ intent: { actionId: 'a' }, sent: { actionId: 'a' } }]);
      const { problems } = await verifyJournal(where);
      // Either it did not happen yet, and is found again, or it is said.
      if (again.id !== journal.id) expect(problems.join('\n')).toContain('somebody cut it');
      else expect(problems).toEqual([]);
    },
  );
});
