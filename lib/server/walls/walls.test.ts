import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WallDraft } from '../../contract/access';
import { Keys } from '../access/keys';
import { buildSecret } from '../config/secret';
import { Refusal } from '../route';
import { StoreAway } from '../store/driver';
import { testFolder } from '../store/test-store';
import { Walls } from './walls';

const DRAFT: WallDraft = {
  name: 'NOC',
  labels: { env: 'prod' },
  scopes: null,
  hosts: false,
  theme: 'dark',
  sound: false,
  language: 'en',
  days: null,
};
const KEYS = new Keys([buildSecret('a'.repeat(40))]);

interface Row {
  id: string;
  body: unknown;
  created_by: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_seen_at: number | null;
}

/** The table, and nothing else: what these statements do to it. `away` rejects as a store does that is not there. */
function table() {
  const rows = new Map<string, Row>();
  const self = {
    rows,
    away: false,
    asked: 0,
    onReady: () => () => undefined,
    query: async (sql: string, [id, ...rest]: readonly unknown[] = []): Promise<never[]> => {
      self.asked += 1;
      if (self.away) throw new StoreAway('the store is away: test');
      const row = rows.get(String(id));
      if (sql.startsWith('INSERT'))
        rows.set(String(id), {
          id: String(id),
          body: JSON.parse(String(rest[0])),
          created_by: String(rest[1]),
          created_at: Number(rest[2]),
          expires_at: rest[3] === null ? null : Number(rest[3]),
          revoked_at: null,
          last_seen_at: null,
        });
      else if (sql.includes('revoked_at = ') && row !== undefined) row.revoked_at ??= Number(rest[0]);
      else if (sql.includes('last_seen_at = ') && row !== undefined) row.last_seen_at = Number(rest[0]);
      else if (sql.startsWith('SELECT')) return [...rows.values()].map((one) => ({ ...one })) as unknown as never[];
      return [];
    },
  };
  return self;
}

function walls(store = table(), dataDir = testFolder('walls'), keys = KEYS) {
  const clock = { now: 1_000_000 };
  const recorded: string[] = [];
  const made = new Walls({
    store,
    keys,
    dataDir,
    publicUrl: 'https://howdah.example.com/ops/',
    now: () => clock.now,
    record: async (kind, actor, words) => void recorded.push(`${kind} ${actor} ${words}`),
  });
  return { walls: made, store, clock, recorded, dataDir };
}

const keyOf = (link: string): string => link.split('/').at(-1) ?? '';
const refused = async (work: Promise<unknown>): Promise<Refusal['body']> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!Refusal.is(error)) throw new Error(`it was not refused: ${String(error)}`);
  return error.body;
};

describe('a link of a wall', () => {
  it('opens the wall that it was made for, and is recorded before it exists', async () => {
    const { walls: desk, recorded } = walls();
    const { link, wall } = await desk.create(DRAFT, 'a.ivanova');
    expect(link).toMatch(/^https:\/\/howdah\.example\.com\/ops\/wall\/[0-9a-f]{16}\.[\w-]{24}$/);
    expect(wall).toMatchObject({ name: 'NOC', createdBy: 'a.ivanova', expiresAt: null, screens: 0, hosts: false });
    expect(recorded).toEqual(['wall_created a.ivanova the wall NOC was made']);
    const opened = await desk.open(keyOf(link));
    expect(opened.settings).toMatchObject({ labels: { env: 'prod' }, hosts: false });
    expect((await desk.link(wall.id)).link).toBe(link);
  });

  it('that was not signed by this installation opens nothing, whatever wall it names', async () => {
    const { walls: desk } = walls();
    const { link, wall } = await desk.create(DRAFT, 'a');
    const other = new Keys([buildSecret('b'.repeat(40))]);
    const forged = [
      `${wall.id}.${other.sign('wall', wall.id)}`,
      `${wall.id}.${KEYS.sign('approval', wall.id)}`,
      `${keyOf(link).slice(0, -1)}${keyOf(link).endsWith('A') ? 'B' : 'A'}`,
      `0000000000000000.${keyOf(link).split('.')[1]}`,
      wall.id,
      '',
      '../../etc/passwd',
      'x'.repeat(10_000),
    ];
    for (const key of forged) expect(await refused(desk.open(key))).toMatchObject({ code: 'not_found' });
  });

  it('signed by an older secret still opens', async () => {
    const first = walls();
    const { link } = await first.walls.create(DRAFT, 'a');
    const rotated = new Keys([buildSecret('c'.repeat(40)), buildSecret('a'.repeat(40))]);
    const second = walls(first.store, testFolder('walls'), rotated);
    expect((await second.walls.open(keyOf(link))).settings.name).toBe('NOC');
  });

  it('that was revoked is refused at once, also in the middle of a stream, and cannot be made again', async () => {
    const { walls: desk, recorded } = walls();
    const { link, wall } = await desk.create(DRAFT, 'a');
    expect(desk.endOf(wall.id)).toBeNull();
    expect((await desk.revoke(wall.id, 'b')).revokedAt).toBe(1_000_000);
    expect(desk.endOf(wall.id)).toBe('revoked');
    expect(await refused(desk.open(keyOf(link)))).toMatchObject({ code: 'forbidden', details: { reason: 'revoked' } });
    expect((await refused(desk.link(wall.id))).code).toBe('refused');
    expect(recorded.at(-1)).toBe('wall_revoked b the wall NOC was revoked');
  });

  it('revoked by another process ends within the time of a reading', async () => {
    const { walls: desk, store, clock } = walls();
    const { wall } = await desk.create(DRAFT, 'a');
    const row = store.rows.get(wall.id);
    if (row === undefined) throw new Error('no row');
    row.revoked_at = 1_000_001;
    expect(desk.endOf(wall.id)).toBeNull();
    clock.now += 5001;
    desk.endOf(wall.id);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(desk.endOf(wall.id)).toBe('revoked');
  });

  it('ends when its days are over', async () => {
    const { walls: desk, clock } = walls();
    const { link, wall } = await desk.create({ ...DRAFT, days: 1 }, 'a');
    clock.now += 86_400_000;
    expect(desk.endOf(wall.id)).toBe('expired');
    expect(await refused(desk.open(keyOf(link)))).toMatchObject({ code: 'forbidden', details: { reason: 'expired' } });
  });
});

describe('with the store away', () => {
  it('a wall that was valid stays valid, also after a restart, and one that was revoked stays revoked', async () => {
    const first = walls();
    const open = await first.walls.create(DRAFT, 'a');
    const ended = await first.walls.create(DRAFT, 'a');
    await first.walls.revoke(ended.wall.id, 'a');
    await expect.poll(() => readFileSync(path.join(first.dataDir, 'walls.json'), 'utf8')).toContain('revokedAt":1');
    first.store.away = true;
    first.clock.now += 3_600_000;
    expect((await first.walls.open(keyOf(open.link))).settings.name).toBe('NOC');
    const second = walls(first.store, first.dataDir);
    expect((await second.walls.open(keyOf(open.link))).settings.labels).toEqual({ env: 'prod' });
    expect((await refused(second.walls.open(keyOf(ended.link)))).code).toBe('forbidden');
  });

  it('a wall whose settings were never read here is asked to wait: it is not shown more than it may', async () => {
    const first = walls();
    const { link } = await first.walls.create(DRAFT, 'a');
    first.store.away = true;
    const elsewhere = walls(first.store, testFolder('walls'));
    expect((await refused(elsewhere.walls.open(keyOf(link)))).code).toBe('not_ready');
    first.store.away = false;
    elsewhere.clock.now += 5001;
    expect((await elsewhere.walls.open(keyOf(link))).settings.name).toBe('NOC');
  });

  it('it is not asked by every screen', async () => {
    const { walls: desk, store, clock } = walls();
    const { link, wall } = await desk.create(DRAFT, 'a');
    store.away = true;
    clock.now += 10_000;
    const before = store.asked;
    for (let screen = 0; screen < 50; screen += 1) await desk.open(keyOf(link));
    desk.endOf(wall.id);
    expect(store.asked - before).toBeLessThanOrEqual(2);
  });

  it('a damaged file is no file', () => {
    const dataDir = testFolder('walls');
    writeFileSync(path.join(dataDir, 'walls.json'), '[{"id":1},{"id":"x"},3');
    expect(() => walls(table(), dataDir)).not.toThrow();
    expect(existsSync(path.join(dataDir, 'walls.json'))).toBe(true);
  });
});

describe('screens', () => {
  it('are counted while they are there, and when the last was seen is kept', async () => {
    const { walls: desk, store, clock } = walls();
    const { wall } = await desk.create(DRAFT, 'a');
    const [one, two] = [desk.enter(wall.id), desk.enter(wall.id)];
    expect((await desk.list()).walls[0]).toMatchObject({ screens: 2, lastSeenAt: clock.now });
    one();
    two();
    expect((await desk.list()).walls[0]).toMatchObject({ screens: 0, lastSeenAt: clock.now });
    expect(store.rows.get(wall.id)?.last_seen_at).toBe(clock.now);
  });
});
