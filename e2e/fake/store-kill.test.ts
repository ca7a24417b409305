// A few rounds of `npm run bench -- store-kill`, which does 200.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testFolder } from '../../lib/server/store/test-store';
import { killRounds, tornRounds } from '../bench/bench-store-kill';
import { seeded } from '../bench/store-load';

const folder = testFolder('store-kill');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the embedded store killed while it is written', () => {
  it('starts again, and what was acknowledged is there, whole and once', async () => {
    const { kills, acknowledged, wrong } = await killRounds(folder, { rounds: 3, chance: seeded(4) });
    expect(wrong).toEqual([]);
    expect(kills).toBe(3);
    expect(acknowledged).toBeGreaterThan(0);
  }, 300_000);

  it('opens from a copy that a power cut tore, with all that was acknowledged', async () => {
    const torn = await tornRounds(path.join(folder, 'torn'), { copies: 5, chance: seeded(9) });
    expect(torn.wrong).toEqual([]);
    expect(torn.acknowledged).toBeGreaterThan(0);
    expect(torn.pages).toBeGreaterThan(0);
    expect(torn.tails).toBeGreaterThan(0);
  }, 300_000);
});
