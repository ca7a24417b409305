// `howdah audit verify` as it is called: against heads that were kept elsewhere, and against the embedded store beside the journal.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ActionRecord } from '../domain/actions/action';
import { say } from '../language/sentence';
import { AuditIndex } from '../server/audit/audit-index';
import { type Journal, openJournal } from '../server/audit/journal';
import { homeOf } from '../server/audit/store-witness';
import { lineOf } from '../server/audit/streams';
import { loadConfig } from '../server/config/config';
import { testStore, untilReady } from '../server/store/test-store';
import { audit } from './audit';

const printed = vi.hoisted(() => ({ lines: [] as string[] }));
vi.mock('./print', () => ({ out: (text: string) => void printed.lines.push(text), err: () => undefined }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'howdah-cli-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function config() {
  const env = { HOWDAH_DATA: folder, HOWDAH_AUTH: 'none' };
  const loaded = loadConfig({ argv: [], env, cwd: folder, readFile: () => '' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

async function verify(...anchors: readonly string[]): Promise<{ code: number; said: string }> {
  printed.lines.length = 0;
  const code = await audit(config(), ['verify'], { format: null, scope: null, anchors });
  return { code, said: printed.lines.join('\n') };
}

/** Four entries, and the head after the last of them as a webhook is told it. */
async function filled(also: (journal: Journal) => Promise<void> = async () => undefined): Promise<string> {
  const journal = await openJournal(folder, { now: Date.now });
  const told = say`n1 leads on timeline ${3}` as unknown as string;
  for (const id of ['a', 'b']) {
    const record = { id, actor: 'anna' } as unknown as ActionRecord;
    await journal.append('access', id, 'main', { record: { ...record } });
    await journal.append('access', id, 'main', { event: { kind: 'note', text: told } });
  }
  await also(journal);
  const file = path.join(folder, 'kept.txt');
  const [journalId, seq, hash] = [journal.id, journal.entries(), journal.head() ?? ''];
  writeFileSync(file, `${lineOf({ what: 'head', journal: journalId, seq, hash, at: 1 })}\nsomething else\n`);
  await journal.close();
  return file;
}

/** The last entry and the head are removed as somebody would who can write the folder. */
function cutEnd(): void {
  const at = path.join(folder, 'audit');
  const lines = readFileSync(path.join(at, 'journal.jsonl'), 'utf8').trim().split('\n').slice(0, -1);
  const last = JSON.parse(lines.at(-1) ?? '{}') as { seq: number; hash: string };
  const header = JSON.parse(lines[0] ?? '{}') as { journal: string };
  writeFileSync(path.join(at, 'journal.jsonl'), `${lines.join('\n')}\n`);
  const head = { journal: header.journal, seq: last.seq, hash: last.hash };
  writeFileSync(path.join(at, 'journal.head'), `${JSON.stringify(head)}\n`);
}

it('a head that was kept elsewhere shows an end that was removed, which the folder alone does not', async () => {
  const kept = await filled();
  expect(await verify(kept)).toMatchObject({ code: 0, said: expect.stringContaining('anchors   1 of') });
  cutEnd();
  expect(await verify()).toMatchObject({ code: 0, said: expect.stringContaining('the record holds') });
  const { code, said } = await verify(kept);
  expect(code).toBe(1);
  expect(said).toContain('1 lines are none');
  expect(said).toMatch(/problem {3}entry 4 of journal .* is kept elsewhere and is not here/);
  expect(said).toContain('the record does not hold');
});

it('a file without any head is a wrong argument', async () => {
  await filled();
  const empty = path.join(folder, 'empty.txt');
  writeFileSync(empty, 'nothing of the kind\n');
  await expect(verify(empty)).rejects.toThrow('holds no head of a journal');
  await expect(verify(path.join(folder, 'none.txt'))).rejects.toThrow('cannot be read');
});

it('the embedded store is compared with the journal, and shows an end that was removed', async () => {
  await filled(async (journal) => {
    const store = testStore(folder);
    await untilReady(store);
    const index = new AuditIndex(store, journal, { home: homeOf(config()) });
    await index.catchUp();
    index.close();
    await store.close();
  });
  const whole = await verify();
  expect(whole).toMatchObject({ code: 0, said: expect.stringContaining('store     4 entries compared') });
  expect(whole.said).toContain('anchors   1 of the store');
  cutEnd();
  const { code, said } = await verify();
  expect([code, said.includes('the record does not hold')]).toEqual([1, true]);
  expect(said).toMatch(/problem {3}.*(the store has entry 4, the journal ends at 3|entry 4 of journal)/);
});
