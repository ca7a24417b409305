// No database stays paused by Howdah, and none that somebody else paused is resumed: whatever PgBouncer answers, and whenever Howdah ends.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProbeStatus } from '../../domain/wire/entry-probe';
import { PoolKeeper, type PoolNote } from './pool-keeper';
import { FakePgbouncer } from './test-pools';

const NOTE: PoolNote = {
  ...{ actionId: 'a1', scope: 'demo', source: 'main', entry: 'pool', database: 'app', target: '10.0.0.9:5000' },
  ...{ systemIdentifier: '7', timeline: 4, at: 0, resumeBy: 30_000 },
};
const note = (change: Partial<PoolNote> = {}): PoolNote => ({ ...NOTE, ...change });
const leader = (timeline: number): ProbeStatus => ({
  ...{ isPrimary: true, startedAt: 1, systemIdentifier: '7', serverAddress: null, timeline, name: null },
});

let folder: string;
let now: number;
let pool: FakePgbouncer;
let second: FakePgbouncer;
/** Who answers by the way, look by look; the last one stays. */
let way: (ProbeStatus | null)[];
let keepers: PoolKeeper[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'howdah-pools-'));
  now = 0;
  pool = new FakePgbouncer();
  second = new FakePgbouncer();
  way = [leader(5)];
  keepers = [];
});
afterEach(async () => {
  for (const keeper of keepers) await keeper.stop();
  rmSync(folder, { recursive: true, force: true });
});

function keeperOf(): PoolKeeper {
  const keeper = new PoolKeeper({
    ...{ dataDir: folder, now: () => now },
    reach: {
      console: (entry) => (entry === 'pool' ? pool : entry === 'second' ? second : null)?.console ?? null,
      whoAnswers: async () => (way.length > 1 ? (way.shift() ?? null) : (way[0] ?? null)),
    },
    sleep: async (ms) => {
      now += ms;
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
  });
  keepers.push(keeper);
  return keeper;
}
const kept = (): unknown[] => JSON.parse(readFileSync(path.join(folder, 'pools.json'), 'utf8')).notes;

describe('a pause', () => {
  it('stands in the file before PAUSE leaves, and until it is seen to be over', async () => {
    const keeper = keeperOf();
    const inFile: number[] = [];
    const { pause } = pool.console;
    pool.console.pause = (...args) => {
      inFile.push(kept().length);
      return pause(...args);
    };
    expect(await keeper.pause([note()])).toBeNull();
    expect([inFile, pool.paused.has('app'), kept()]).toEqual([[1], true, [note()]]);
    expect(await keeper.resume(note())).toBe('ended_elsewhere');
    const [own] = keeper.owed('a1');
    expect(own === undefined ? null : await keeper.resume(own)).toBe('resumed');
    expect([pool.said, pool.paused.size, kept()]).toEqual([['PAUSE app', 'RESUME app'], 0, []]);
  });

  it('that cannot be written down is not begun', async () => {
    const keeper = keeperOf();
    rmSync(folder, { recursive: true });
    expect(String(await keeper.pause([note()]))).toContain('could not be written down');
    expect([pool.said, keeper.owed('a1')]).toEqual([[], []]);
  });

  it('that waits for a transaction is given up, says for whose, and is taken back', async () => {
    pool.busy.add('app');
    const keeper = keeperOf();
    const own = note();
    expect(String(await keeper.pause([own]))).toBe(
      'app on pool did not come to rest within 5 s, because of pid 77 (app, psql)',
    );
    // PAUSE is pending, and would come to its end without anybody.
    expect(pool.paused.has('app')).toBe(true);
    expect(await keeper.resume(own)).toBe('resumed');
    expect([pool.paused.size, kept()]).toEqual([0, []]);
  });

  it('of two of which one refuses leaves none paused', async () => {
    second.refuses = 'admin access needed';
    const keeper = keeperOf();
    const [first, other] = [note(), note({ entry: 'second' })];
    expect(String(await keeper.pause([first, other]))).toBe('app on second: admin access needed');
    expect(keeper.owed('a1')).toEqual([first]);
    await keeper.resume(first);
    expect([pool.paused.size, second.said, kept()]).toEqual([0, ['PAUSE app'], []]);
  });

  it('of somebody else is seen in the last moment and left alone, now and after a restart', async () => {
    pool.paused.add('app');
    const keeper = keeperOf();
    const own = note();
    expect(String(await keeper.pause([own]))).toBe('app on pool was paused by somebody else just now');
    await keeper.resume(own);
    keeperOf().start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([pool.said, pool.paused.has('app')]).toEqual([[], true]);
  });

  it('that never left, because nobody listened, owes nothing when PgBouncer is back paused by somebody else', async () => {
    pool.down = 'refused';
    const keeper = keeperOf();
    const own = note();
    expect(await keeper.pause([own])).not.toBeNull();
    pool.down = null;
    pool.paused.add('app');
    await keeper.resume(own);
    expect([pool.said, pool.paused.has('app'), kept()]).toEqual([[], true, []]);
  });

  it('whose connection was lost and that PgBouncer takes after the first look is found by the second', async () => {
    pool.lostFor = 3;
    const keeper = keeperOf();
    const own = note();
    expect(await keeper.pause([own])).not.toBeNull();
    const { resume } = pool.console;
    let looks = 0;
    pool.console.resume = async (...args) => {
      looks += 1;
      // The first look is faster than the PAUSE that is under way.
      if (looks === 2) await expect.poll(() => pool.paused.has('app')).toBe(true);
      return resume(...args);
    };
    expect(await keeper.resume(own)).toBe('resumed');
    expect(pool.paused.size).toBe(0);
  });

  it('is made once: a second action does not take the database', async () => {
    const keeper = keeperOf();
    await keeper.pause([note()]);
    expect(String(await keeper.pause([note({ actionId: 'a2' })]))).toContain('another action');
    expect(keeper.owed('a2')).toEqual([]);
  });
});

describe('RESUME', () => {
  it('waits until the new timeline has answered twice in a row', async () => {
    way = [leader(4), null, leader(5), null, leader(5), leader(5)];
    const keeper = keeperOf();
    const own = note();
    await keeper.pause([own]);
    expect(await keeper.untilOpen(own, () => false)).toBe(true);
    expect(way).toHaveLength(1);
  });

  it.each([
    ['the old leader', leader(4)],
    ['a replica', { ...leader(5), isPrimary: false }],
    ['another cluster', { ...leader(5), systemIdentifier: '8' }],
    ['nobody', null],
  ])('does not take %s for the new leader, and waits no longer than its limit', async (_, answers) => {
    way = [answers];
    const keeper = keeperOf();
    const own = note();
    await keeper.pause([own]);
    expect(await keeper.untilOpen(own, () => false)).toBe(false);
    expect(now).toBeGreaterThanOrEqual(own.resumeBy);
  });

  it('that is refused is tried until it is done', async () => {
    const keeper = keeperOf();
    const own = note();
    await keeper.pause([own]);
    pool.refuses = 'admin access needed';
    const resumed = keeper.resume(own);
    await expect.poll(() => pool.said.length).toBeGreaterThan(5);
    expect(kept()).toHaveLength(1);
    pool.refuses = null;
    expect(await resumed).toBe('resumed');
    expect([pool.paused.size, kept()]).toEqual([0, []]);
  });

  it('is not sent to a PgBouncer that was restarted meanwhile: it is not paused any more', async () => {
    const keeper = keeperOf();
    const own = note();
    await keeper.pause([own]);
    pool.paused.clear();
    expect(await keeper.resume(own)).toBe('ended_elsewhere');
    expect([pool.said, kept()]).toEqual([['PAUSE app'], []]);
  });

  it('does not end a pause that somebody made after ours was seen to be over', async () => {
    const keeper = keeperOf();
    const own = note();
    await keeper.pause([own]);
    keeper.forget(own);
    await keeper.resume(own);
    keeper.release('a1');
    keeperOf().start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([pool.said, pool.paused.has('app')]).toEqual([['PAUSE app'], true]);
  });

  it('waits for a PgBouncer that cannot be reached', async () => {
    const keeper = keeperOf();
    const own = note();
    await keeper.pause([own]);
    pool.down = 'timeout';
    const resumed = keeper.resume(own);
    await expect.poll(() => now).toBeGreaterThan(10_000);
    pool.down = null;
    expect(await resumed).toBe('resumed');
  });
});

describe('the end of a life of Howdah', () => {
  it('by kill -9 leaves it to the next start, which resumes what is its own and nothing else', async () => {
    await keeperOf().pause([note()]);
    pool.paused.add('shop');
    keeperOf().start();
    await expect.poll(() => pool.paused).toEqual(new Set(['shop']));
    await expect.poll(kept).toEqual([]);
    expect(pool.said).toEqual(['PAUSE app', 'RESUME app']);
  });

  it('between the file and the PAUSE: nothing is paused, and after two looks nothing is owed', async () => {
    writeFileSync(path.join(folder, 'pools.json'), JSON.stringify({ notes: [note()] }));
    keeperOf().start();
    await expect.poll(kept).toEqual([]);
    expect(pool.said).toEqual([]);
  });

  it('waits for the new leader after the start too, but not once the action is over', async () => {
    await keeperOf().pause([note({ resumeBy: Number.MAX_SAFE_INTEGER })]);
    way = [leader(4)];
    const keeper = keeperOf();
    keeper.start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pool.paused.has('app')).toBe(true);
    keeper.release('a1');
    await expect.poll(() => pool.paused.size).toBe(0);
  });

  it('in order leaves nothing paused', async () => {
    const keeper = keeperOf();
    await keeper.pause([note()]);
    await keeper.stop();
    expect([pool.paused.size, kept()]).toEqual([0, []]);
    expect(String(await keeper.pause([note()]))).toContain('stopping');
  });

  it('leaves a file that cannot be read as it is, and resumes nothing by guess', async () => {
    const file = path.join(folder, 'pools.json');
    writeFileSync(file, '{"notes": [{"entry": "pool"}]}');
    chmodSync(file, 0o600);
    pool.paused.add('app');
    keeperOf().start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([pool.said, readFileSync(file, 'utf8')]).toEqual([[], '{"notes": [{"entry": "pool"}]}']);
  });
});
