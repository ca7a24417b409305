import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../domain/cluster';
import { DEFAULT_POLL } from '../config/settings';
import type { CollectorOptions } from './collector';
import { createReplay } from './replay';

const TESTDATA = path.resolve(import.meta.dirname, '../../domain/testdata');
const SCOPES = ['distro-healthy', 'distro-lag', 'distro-forked-replica', 'distro-pause-replay'];
const START = Date.UTC(2026, 10, 30);

const optionsWith = (told: Snapshot[]): CollectorOptions => ({
  sources: [],
  poll: DEFAULT_POLL,
  now: Date.now,
  onUpdate: ({ snapshot }) => told.push(snapshot),
  onGone: () => undefined,
});

let folder: string;
let seen: Snapshot[];
let replay: ReturnType<typeof createReplay>;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  folder = mkdtempSync(path.join(tmpdir(), 'howdah-replay-'));
  for (const scope of SCOPES) cpSync(path.join(TESTDATA, scope), path.join(folder, scope), { recursive: true });
  seen = [];
  replay = createReplay(folder, optionsWith(seen));
  replay.start();
  // Every recording has two frames.
  vi.advanceTimersByTime(2000);
  seen.length = 0;
});

afterEach(async () => {
  await replay.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const of = (scope: string): readonly Snapshot[] => seen.filter((snapshot) => snapshot.scope === scope);

test('what nobody looks at is told every third second, and never old before it is told again', () => {
  vi.advanceTimersByTime(9000);
  for (const scope of SCOPES) {
    const told = of(scope);
    expect(told).toHaveLength(3);
    for (const [index, { observedAt, staleAfterMs }] of told.entries()) {
      expect((told[index + 1]?.observedAt ?? observedAt) - observedAt).toBeLessThan(staleAfterMs / 2);
    }
  }
});

test('what somebody looks at is told at once and then each second, until nobody does', () => {
  vi.advanceTimersByTime(500);
  seen.length = 0;
  replay.setViewers(new Set(['distro-lag']));
  expect(of('distro-lag').map(({ observedAt }) => observedAt)).toEqual([START + 2500]);
  vi.advanceTimersByTime(6000);
  expect(of('distro-lag')).toHaveLength(7);
  expect(of('distro-lag').at(-1)).toMatchObject({ observedAt: START + 8000, staleAfterMs: 3000 });
  expect(of('distro-healthy')).toHaveLength(2);
  replay.setViewers(new Set());
  seen.length = 0;
  vi.advanceTimersByTime(6000);
  expect(of('distro-lag')).toHaveLength(2);
});

test('both frames are shown within the first two seconds, as they were recorded', () => {
  const again: Snapshot[] = [];
  const other = createReplay(folder, optionsWith(again));
  other.start();
  vi.advanceTimersByTime(1000);
  expect(again.filter(({ scope }) => scope === 'distro-healthy')).toHaveLength(2);
  void other.stop();
  expect(replay.snapshotOf('distro-forked-replica')?.findings.map(({ code }) => code)).toContain('replica_diverged');
});
