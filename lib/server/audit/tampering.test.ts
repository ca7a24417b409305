// What somebody with write access to the data folder may try, each as an attack; and what a crash leaves behind, which is none.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Journal, openJournal } from './journal';
import { verifyJournal } from './verify';

const folders: string[] = [];
const opened: Journal[] = [];
let clock = Date.UTC(2026, 10, 21);
const now = (): number => clock++;

async function open(where: string): Promise<Journal> {
  const journal = await openJournal(where, { now });
  opened.push(journal);
  return journal;
}

const inAudit = (where: string, name = 'journal.jsonl'): string => path.join(where, 'audit', name);
const linesIn = (where: string, name?: string): string[] =>
  readFileSync(inAudit(where, name), 'utf8').split('\n').slice(0, -1);
const asideIn = (where: string): string[] =>
  readdirSync(path.join(where, 'audit')).filter((name) => /^journal\.broken-.*\.jsonl$/.test(name));

async function filled(): Promise<string> {
  const where = mkdtempSync(path.join(tmpdir(), 'howdah-tampering-'));
  folders.push(where);
  const journal = await open(where);
  await journal.append('intent', 'a1', 'main', { record: { id: 'a1', lag: 1.5, at: 10 } });
  await journal.append('outcome', 'a1', 'main', { record: { id: 'a1', outcome: 'done' } });
  await journal.append('intent', 'a2', 'main', { text: 'äß ☃' });
  await journal.append('outcome', 'a2', 'main', {});
  await journal.close();
  return where;
}

afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

const BREAK = '{"seq":1,';

describe('a line that is not written as Howdah writes it is tampering', () => {
  it.each<[string, (text: string) => string]>([
    ['an unknown key', (text) => text.replace(BREAK, '{"note":"x","seq":1,')],
    ['a key twice', (text) => text.replace(BREAK, '{"seq":7,"seq":1,')],
    ['a key twice, deep within', (text) => text.replace('"lag":1.5', '"lag":9,"lag":1.5')],
    ['an unknown key of the header', (text) => text.replace('{"journal"', '{"note":1,"journal"')],
    ['a space', (text) => text.replace(BREAK, '{"seq": 1,')],
    ['keys in another order', (text) => text.replace(/\{"seq":1,"at":(\d+),/, '{"at":$1,"seq":1,')],
    ['keys within in another order', (text) => text.replace('"lag":1.5,"at":10', '"at":10,"lag":1.5')],
    ['a number written otherwise', (text) => text.replace('"lag":1.5', '"lag":1.50')],
    ['a character written otherwise', (text) => text.replace('☃', '\\u2603')],
    ['a byte order mark', (text) => `\uFEFF${text}`],
    ['line ends of Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['an empty line', (text) => text.replace('\n', '\n\n')],
    ['an empty line at the end', (text) => `${text}\n`],
    ['bytes that are no text', (text) => text.replace('☃', '\uFFFF').replace('\uFFFF', '\uFFFD')],
  ])('%s', async (_, change) => {
    const where = await filled();
    const before = readFileSync(inAudit(where), 'utf8');
    const changed = change(before);
    expect(changed).not.toBe(before);
    writeFileSync(inAudit(where), changed);
    expect((await verifyJournal(where)).ok).toBe(false);
  });

  it('but a last line without its end is what a crash leaves', async () => {
    const where = await filled();
    appendFileSync(inAudit(where), '{"seq":5,"at":17,');
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 4 });
    expect((await open(where)).entries()).toBe(4);
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 4 });
  });

  it('and a last entry that was acknowledged and has lost its end is not', async () => {
    const where = await filled();
    writeFileSync(inAudit(where), readFileSync(inAudit(where), 'utf8').slice(0, -1));
    expect((await verifyJournal(where)).ok).toBe(false);
  });
});

describe('what was found is said until somebody has acknowledged it', () => {
  it('also after the next start, which begins a new journal, and the one after it', async () => {
    const where = await filled();
    writeFileSync(inAudit(where), readFileSync(inAudit(where), 'utf8').replace('"done"', '"fail"'));
    for (let start = 0; start < 3; start += 1) {
      const journal = await open(where);
      await journal.append('intent', `b${start}`, 'main', {});
      await journal.append('outcome', `b${start}`, 'main', {});
      await journal.close();
      const verified = await verifyJournal(where);
      expect(verified.ok).toBe(false);
      expect(verified.problems.join('\n')).toContain('entry 2 was changed');
    }
  });

  it('when the broken one is removed', async () => {
    const where = await filled();
    writeFileSync(inAudit(where), readFileSync(inAudit(where), 'utf8').replace('"done"', '"fail"'));
    await (await open(where)).close();
    for (const name of asideIn(where)) rmSync(inAudit(where, name));
    const verified = await verifyJournal(where);
    expect(verified.ok).toBe(false);
    expect(verified.problems.join('\n')).toMatch(/journal\.broken-.* is missing/);
  });

  it('when the journal that names it is removed too, with its head', async () => {
    const where = await filled();
    writeFileSync(inAudit(where), readFileSync(inAudit(where), 'utf8').replace('"done"', '"fail"'));
    await (await open(where)).close();
    rmSync(inAudit(where));
    rmSync(inAudit(where, 'journal.head'));
    await (await open(where)).close();
    expect((await verifyJournal(where)).ok).toBe(false);
  });

  it('when the head is removed, so that nothing would tell of entries cut off at the end', async () => {
    const where = await filled();
    writeFileSync(inAudit(where), `${linesIn(where).slice(0, -1).join('\n')}\n`);
    rmSync(inAudit(where, 'journal.head'));
    expect((await verifyJournal(where)).ok).toBe(false);
  });
});
