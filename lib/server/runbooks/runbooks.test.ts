import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runbooksAnswer } from './runbooks';

const folder = mkdtempSync(path.join(tmpdir(), 'runbooks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = { scope: 'orders', labels: { env: 'prod' } };
const link = (name: string, labels: Record<string, string>) => ({
  name,
  url: 'https://x/{scope}',
  scopes: null,
  labels,
});

describe('runbooks of a cluster', () => {
  it('are those about it, with its links; a bad file is said and spoils no other', async () => {
    writeFileSync(path.join(folder, 'no_leader.md'), '# Nobody leads');
    writeFileSync(path.join(folder, 'paused.md'), '---\nfor: paused\nlabels: env=test\n---\n# Other');
    writeFileSync(path.join(folder, 'leader.md'), '# About nothing');
    writeFileSync(path.join(folder, 'lag_high.md'), 'x'.repeat(65 * 1024));
    writeFileSync(path.join(folder, 'notes.txt'), 'no runbook');
    const links = [link('here', { env: 'prod' }), link('elsewhere', { env: 'test' })];
    const answer = await runbooksAnswer({ runbooks: folder, links }, place, 1000);
    expect(answer.runbooks.map(({ title }) => title)).toEqual(['Nobody leads']);
    expect(answer.links.map(({ name }) => name)).toEqual(['here']);
    expect(String(answer.problem)).toContain('"leader" is no code');
    expect(String(answer.problem)).toContain('lag_high.md: larger than 64 KiB');
  });

  it('are read again after some seconds', async () => {
    const titles = async (now: number) =>
      (await runbooksAnswer({ runbooks: folder, links: [] }, place, now)).runbooks.map(({ title }) => title);
    await titles(100_000);
    writeFileSync(path.join(folder, 'no_leader.md'), '# Who leads?');
    expect(await titles(101_000)).toEqual(['Nobody leads']);
    expect(await titles(106_000)).toEqual(['Who leads?']);
  });

  it('that are not configured are none, and a folder that is gone is said', async () => {
    expect(await runbooksAnswer({ runbooks: null, links: [] }, place, 0)).toEqual({
      runbooks: [],
      links: [],
      problem: null,
    });
    const answer = await runbooksAnswer({ runbooks: path.join(folder, 'gone'), links: [] }, place, 200_000);
    expect(String(answer.problem)).toContain('cannot be read');
  });
});
