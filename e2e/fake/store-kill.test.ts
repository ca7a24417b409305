// A few rounds of `npm run bench -- store-kill`, which does 200.
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { testFolder } from '../../lib/server/store/test-store';
import { killRounds } from '../bench/bench-store-kill';
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
});
