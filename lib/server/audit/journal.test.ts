import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Journal, JournalError, type JournalFile, openJournal } from './journal';
import { verifyJournal } from './verify';

const folders: string[] = [];
const opened: Journal[] = [];
let clock = Date.UTC(2026, 10, 21);
const now = (): number => clock++;

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'howdah-journal-'));
  folders.push(made);
  return made;
}

async function open(where: string, wrap?: (file: JournalFile) => JournalFile): Promise<Journal> {
  const journal = await openJournal(where, wrap === undefined ? { now } : { now, wrap });
  opened.push(journal);
  return journal;
}

const fileIn = (where: string): string => path.join(where, 'audit/journal.jsonl');
const linesIn = (where: string): string[] => readFileSync(fileIn(where), 'utf8').split('\n').slice(0, -1);
const namesIn = (where: string): string[] => readdirSync(path.join(where, 'audit')).sort();

/** Four entries: a1 closed, a2 sent. */
async function filled(): Promise<string> {
  const where = folder();
  const journal = await open(where);
  await journal.append('intent', 'a1', 'main', { record: { id: 'a1' } });
  await journal.append('outcome', 'a1', 'main', { record: { id: 'a1', outcome: 'done' } });
  await journal.append('intent', 'a2', 'main', { text: 'äß ☃' });
  await journal.append('sent', 'a2', 'main', {});
  await journal.close();
  return where;
}

afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('the journal', () => {
  it('chains entries in the order they were asked for, and reads them back after a restart', async () => {
    const where = folder();
    const first = await open(where);
    expect(first).toMatchObject({ warnings: [] });
    expect([first.entries(), first.head(), first.problem()]).toEqual([0, null, null]);
    const written = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        first.append('intent', `a${index}`, 'main', { index, skipped: undefined }),
      ),
    );
    expect(written.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    for (const [index, entry] of written.entries()) {
      if (index > 0) expect(entry.prev).toBe(written[index - 1]?.hash);
      expect(entry.body).toEqual({ index });
    }
    await first.close();
    const second = await open(where);
    expect([second.id, second.entries(), second.head(), second.warnings]).toEqual([
      first.id,
      20,
      written[19]?.hash,
      [],
    ]);
    const read = [];
    for await (const entry of second.read(19)) read.push(entry);
    expect(read).toEqual(written.slice(18));
    expect(await verifyJournal(where)).toEqual({
      ...{ ok: true, entries: 20, journal: first.id, head: written[19]?.hash },
      ...{ problems: [], breaches: [], acknowledged: [], journals: [first.id], notes: [], full: [] },
    });
  });

  it('keeps the order of keys as it was given', async () => {
    const where = folder();
    const journal = await open(where);
    await journal.append('intent', 'a', 'main', { value: { ttl: 30, loop_wait: 10 } });
    expect(linesIn(where)[1]).toContain('{"ttl":30,"loop_wait":10}');
  });

  it('reads entries that are no longer in memory from the file', async () => {
    const journal = await open(folder());
    for (let index = 0; index < 450; index += 1) await journal.append('intent', `a${index}`, 'main', {});
    const read = [];
    for await (const entry of journal.read(2)) read.push(entry.seq);
    expect(read).toEqual(Array.from({ length: 449 }, (_, index) => index + 2));
  });

  it('knows which intents have no outcome, and what was sent', async () => {
    const where = await filled();
    const journal = await open(where);
    expect(journal.openIntents()).toMatchObject([{ intent: { actionId: 'a2' }, sent: { seq: 4 } }]);
    await journal.append('outcome', 'a2', 'main', {});
    expect(journal.openIntents()).toEqual([]);
  });

  it('tells its listeners of each entry, and refuses after it was closed', async () => {
    const journal = await open(folder());
    const heard: number[] = [];
    const end = journal.onAppend(({ seq }) => heard.push(seq));
    await journal.append('intent', 'a', 'main', {});
    end();
    await journal.append('outcome', 'a', 'main', {});
    expect(heard).toEqual([1]);
    await journal.close();
    await expect(journal.append('intent', 'b', 'main', {})).rejects.toThrow(JournalError);
  });

  it('refuses a body that could not be read back, and goes on', async () => {
    const where = folder();
    const journal = await open(where);
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 99; level += 1) deep = { deep };
    await expect(journal.append('intent', 'a', 'main', deep)).rejects.toThrow('nested too deeply');
    await journal.append('intent', 'a', 'main', {});
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 1 });
  });
});

describe('verifying', () => {
  it.each<[string, (lines: string[]) => string[], string]>([
    ['a changed entry', (lines) => lines.with(3, (lines[3] ?? '').replace('☃', '!')), 'entry 3 was changed'],
    ['an entry changed and hashed anew', (lines) => lines.with(2, rehashed(lines[2] ?? '')), 'entry 3 does not follow'],
    ['a removed entry', (lines) => lines.toSpliced(2, 1), 'after entry 1 comes entry 3'],
    ['two entries in the wrong order', (lines) => swapped(lines), 'after entry 1 comes entry 3'],
    ['entries cut off at the end', (lines) => lines.slice(0, 3), 'entries 3 to 4 were removed at the end'],
    ['the last entry cut off', (lines) => lines.slice(0, 4), 'entry 4 was removed at the end'],
    ['the last entry garbled', (lines) => lines.with(4, 'x'), 'line 5 is not an entry'],
    ['an entry that is no entry', (lines) => lines.with(2, '{}'), 'line 3 is not an entry'],
    [
      'another header',
      (lines) => lines.with(0, (lines[0] ?? '').replace(/"createdAt":\d/, '"createdAt":9')),
      'entry 1',
    ],
    ['no header', (lines) => lines.slice(1), 'the first line is not the header'],
  ])('shows %s, and the next start goes on in a new journal', async (_, change, problem) => {
    const where = await filled();
    const before = linesIn(where);
    const changed = `${change(before).join('\n')}\n`;
    expect(changed).not.toBe(`${before.join('\n')}\n`);
    writeFileSync(fileIn(where), changed);
    const verified = await verifyJournal(where);
    expect(verified.ok).toBe(false);
    expect(verified.problems.join('\n')).toContain(problem);

    const journal = await open(where);
    expect(journal.warnings.join()).toMatch(/the journal is broken .* set aside as journal\.broken-.*a new one begins/);
    const aside = namesIn(where).find((name) => /^journal\.broken-.*\.jsonl$/.test(name)) ?? '';
    expect(readFileSync(path.join(where, 'audit', aside), 'utf8')).toBe(changed);
    const after = await verifyJournal(where);
    expect(after).toMatchObject({ ok: false, breaches: [{ file: aside }] });
    expect(after.problems.join('\n')).toContain(`${aside}: `);
    expect(after.problems.join('\n')).toContain(problem);
    expect(JSON.parse(linesIn(where)[0] ?? '')).toMatchObject({ journal: journal.id, follows: { file: aside } });
  });

  it('shows that the whole journal is gone, and what is not there at all', async () => {
    const where = await filled();
    rmSync(fileIn(where));
    expect((await verifyJournal(where)).problems.join()).toContain('although journal.head names 4 entries');
    const journal = await open(where);
    expect(journal.warnings.join()).toContain('the journal is gone, although journal.head names 4 entries');
    expect(await verifyJournal(folder())).toMatchObject({ ok: false, entries: 0 });
  });

  it('finds an open intent of a broken journal in the new one', async () => {
    const where = await filled();
    writeFileSync(fileIn(where), readFileSync(fileIn(where), 'utf8').replace('"done"', '"fail"'));
    await (await open(where)).close();
    const again = await open(where);
    expect(again.warnings).toEqual([]);
    expect(again.openIntents()).toMatchObject([
      { intent: { actionId: 'a2', body: { text: 'äß ☃' } }, sent: { seq: 2 } },
    ]);
  });
});

describe('a power cut', () => {
  it.each<[string, string]>([
    ['half a line', '{"seq":5,"at":1,"ki'],
    ['zeros', '\0'.repeat(300)],
    ['zeros and the end of a line', `${'\0'.repeat(300)}"}\n`],
  ])('that leaves %s costs nothing that was acknowledged, and is told', async (_, tail) => {
    const where = await filled();
    const before = readFileSync(fileIn(where), 'utf8');
    writeFileSync(fileIn(where), before + tail);
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 4 });
    const journal = await open(where);
    expect(journal.warnings.join()).toMatch(/the last \d+ bytes .* moved to journal\.torn-/);
    expect(journal.entries()).toBe(4);
    expect(readFileSync(fileIn(where), 'utf8')).toBe(before);
    const torn = namesIn(where).find((name) => name.startsWith('journal.torn-')) ?? '';
    expect(readFileSync(path.join(where, 'audit', torn), 'utf8')).toBe(tail);
    await journal.append('intent', 'a3', 'main', {});
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 5 });
  });

  it('between entry and journal.head, or in the making of the journal, is no fault', async () => {
    const where = await filled();
    const { journal: id } = JSON.parse(readFileSync(path.join(where, 'audit/journal.head'), 'utf8'));
    const hash = JSON.parse(linesIn(where)[3] ?? '').hash;
    writeFileSync(path.join(where, 'audit/journal.head'), `${JSON.stringify({ journal: id, seq: 3, hash })}\n`);
    expect((await open(where)).warnings).toEqual([]);
    const early = folder();
    mkdirSync(path.join(early, 'audit'));
    writeFileSync(fileIn(early), '');
    expect((await open(early)).warnings).toEqual([]);
  });

  it('cannot take what was acknowledged: file, folder and head are synced before an append resolves', async () => {
    const calls: string[] = [];
    const journal = await open(folder(), (file) => ({
      ...file,
      write: (bytes, position) => file.write(bytes, position).finally(() => calls.push('write')),
      sync: () => file.sync().finally(() => calls.push('sync')),
    }));
    await journal.append('intent', 'a', 'main', {}).then(() => calls.push('resolved'));
    expect(calls).toEqual(['write', 'sync', 'resolved']);
  });

  it('kill -9 in the middle of appends loses no acknowledged entry', async () => {
    const where = folder();
    const script = `import(${JSON.stringify(path.resolve(import.meta.dirname, 'journal.ts'))}).then(async ({ openJournal }) => {
      const journal = await openJournal(${JSON.stringify(where)}, { now: Date.now });
      for (;;) {
        const [one] = await Promise.all([1, 2, 3].map(() => journal.append('intent', 'a' + Math.random(), 'main', { text: 'x'.repeat(3000) })));
        process.stdout.write(one.seq + 2 + '\\n');
      }
    });`;
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
      let said = '';
      await new Promise((resolve) => {
        child.stdout.on('data', (data) => {
          said += data;
          if (said.split('\n').length > 8 + round) child.kill('SIGKILL');
        });
        child.once('close', resolve);
      });
      const acknowledged = Number(said.trim().split('\n').at(-1));
      const journal = await open(where);
      expect(acknowledged).toBeGreaterThan(0);
      expect(journal.entries()).toBeGreaterThanOrEqual(acknowledged);
      expect((await verifyJournal(where)).problems).toEqual([]);
      await journal.close();
    }
  });
});

describe('a disk that fails', () => {
  const broken = (what: { now: 'write' | 'half' | 'sync' | 'truncate' | null }) => (file: JournalFile) => ({
    ...file,
    write: async (bytes: Uint8Array, position: number) => {
      if (what.now === 'half') {
        what.now = 'write';
        return file.write(bytes.subarray(0, 40), position);
      }
      if (what.now === 'write' || what.now === 'truncate') {
        await file.write(bytes.subarray(0, 10), position);
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      }
      return file.write(bytes, position);
    },
    sync: async () => {
      if (what.now === 'sync') throw Object.assign(new Error('io'), { code: 'EIO' });
      await file.sync();
    },
    truncate: async (size: number) => {
      if (what.now === 'truncate') throw Object.assign(new Error('io'), { code: 'EIO' });
      await file.truncate(size);
    },
  });

  it.each<['write' | 'half' | 'sync' | 'truncate', string]>([
    ['write', 'the disk is full'],
    ['half', 'the disk is full'],
    ['sync', 'the disk reports an error'],
    ['truncate', 'the disk is full'],
  ])('in %s refuses the entry in words, and leaves the journal whole', async (how, words) => {
    const where = folder();
    const what: { now: 'write' | 'half' | 'sync' | 'truncate' | null } = { now: null };
    const journal = await open(where, broken(what));
    const first = await journal.append('intent', 'a', 'main', {});
    what.now = how;
    await expect(journal.append('sent', 'a', 'main', { text: 'long'.repeat(50) })).rejects.toThrow(words);
    expect(journal.problem()).toContain(words);
    expect([journal.entries(), journal.head()]).toEqual([1, first.hash]);
    what.now = null;
    await journal.append('sent', 'a', 'main', { again: true });
    expect(journal.problem()).toBeNull();
    await journal.close();
    expect(await verifyJournal(where)).toMatchObject({ ok: true, entries: 2 });
    expect((await open(where)).warnings).toEqual([]);
  });

  it('is noticed by a probe, which also notices that it works again', async () => {
    const where = folder();
    const what: { now: 'sync' | null } = { now: null };
    const journal = await open(where, broken(what));
    expect(await journal.probe()).toBeNull();
    what.now = 'sync';
    expect(await journal.probe()).toBe('the journal cannot be written: the disk reports an error');
    expect(journal.problem()).toContain('disk');
    what.now = null;
    expect(await journal.probe()).toBeNull();
    expect(journal.problem()).toBeNull();
    expect(namesIn(where)).toEqual(['journal.head', 'journal.jsonl']);
  });

  it('and a journal that was removed, replaced or changed meanwhile are problems, not new beginnings', async () => {
    const where = folder();
    const journal = await open(where);
    await journal.append('intent', 'a', 'main', {});
    const text = readFileSync(fileIn(where));
    truncateSync(fileIn(where), 10);
    await expect(journal.append('sent', 'a', 'main', {})).rejects.toThrow('changed by something else');
    rmSync(fileIn(where));
    expect(await journal.probe()).toContain('removed or replaced');
    writeFileSync(fileIn(where), text);
    await expect(journal.append('sent', 'a', 'main', {})).rejects.toThrow('removed or replaced');
  });

  it('stops the opening with words', async () => {
    const where = folder();
    writeFileSync(path.join(where, 'audit'), '');
    await expect(openJournal(where, { now })).rejects.toThrow('the journal cannot be opened');
  });
});

function rehashed(line: string): string {
  return line.replace(/"hash":"\w{4}/, '"hash":"0000');
}

function swapped(lines: string[]): string[] {
  const [header = '', one = '', two = '', ...rest] = lines;
  const [three = '', ...more] = rest;
  return [header, one, three, two, ...more];
}
