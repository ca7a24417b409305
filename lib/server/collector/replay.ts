// Shows recorded scenarios as if they were clusters: HOWDAH_REPLAY names a folder of scenarios, each becomes a scope. For
// looking at screens in every state, and for tests of the browser. Recorded instants are moved so that the last frame is now.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryAnswer } from '../../contract/history';
import type { Snapshot } from '../../domain/cluster';
import { fleetRow } from '../../domain/fleet';
import type { RawObservation } from '../../domain/raw';
import { movedBy, parseRecording } from '../../domain/recording';
import { buildSnapshot } from '../../domain/snapshot';
import type { CollectorOptions, CollectorState } from './collector';
import { ReadingCounts } from './reading-counts';
import { Sampler } from './sampler';
import { staleAfterMs } from './scope-collector';

interface Replayed {
  readonly frames: readonly RawObservation[];
  readonly sampler: Sampler;
  snapshot: Snapshot | null;
  frame: number;
}

/** Of those that somebody looks at, and of all until their last frame is shown; the others are slower, as real ones are. */
const EVERY_MS = 1000;
const UNWATCHED_MS = 3000;

export function createReplay(folder: string, options: CollectorOptions) {
  const scopes = new Map<string, Replayed>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const frames = readFrames(join(folder, entry.name));
    if (frames.length > 0) scopes.set(entry.name, { frames, sampler: new Sampler(), snapshot: null, frame: 0 });
  }
  let timer: NodeJS.Timeout | null = null;
  let watched: ReadonlySet<string> = new Set();

  const show = (scope: string, replayed: Replayed, paceMs: number): void => {
    const raw = replayed.frames[Math.min(replayed.frame, replayed.frames.length - 1)];
    if (raw === undefined) return;
    replayed.frame += 1;
    const moved = {
      ...movedBy(raw, options.now() - raw.now),
      scope,
      patroniScope: raw.patroniScope ?? raw.scope,
    };
    const { snapshot: built, changes } = buildSnapshot(moved, replayed.snapshot, 0);
    // What was recorded is judged as it was then; only how old the whole may be goes by the pace of now.
    const snapshot = { ...built, staleAfterMs: staleAfterMs(paceMs) };
    replayed.snapshot = snapshot;
    const events = replayed.sampler.add(snapshot, changes);
    options.onUpdate({
      row: fleetRow(snapshot, replayed.sampler.spark(snapshot.observedAt)),
      snapshot,
      events,
      urgent: false,
    });
  };
  let round = 0;
  const step = (): void => {
    round += 1;
    const rounds = UNWATCHED_MS / EVERY_MS;
    for (const [index, [scope, replayed]] of [...scopes].entries()) {
      const isQuick = watched.has(scope) || replayed.frame < replayed.frames.length;
      if (isQuick || (index + round) % rounds === 0) show(scope, replayed, isQuick ? EVERY_MS : UNWATCHED_MS);
    }
  };
  return {
    start: (): void => {
      step();
      timer = setInterval(step, EVERY_MS);
    },
    stop: async (): Promise<void> => {
      if (timer !== null) clearInterval(timer);
    },
    setViewers: (now: ReadonlySet<string>): void => {
      const fresh = [...now].filter((scope) => !watched.has(scope));
      watched = now;
      for (const scope of fresh) {
        const replayed = scopes.get(scope);
        if (replayed !== undefined) show(scope, replayed, EVERY_MS);
      }
    },
    setActing: (): void => undefined,
    setNotes: (): void => undefined,
    setRosters: (): void => undefined,
    setOutages: (): void => undefined,
    setBackups: (): void => undefined,
    setSources: (): void => undefined,
    counts: new ReadingCounts(),
    scopes: (): readonly string[] => [...scopes.keys()].sort(),
    snapshotOf: (scope: string): Snapshot | null => scopes.get(scope)?.snapshot ?? null,
    activityOf: async (): Promise<null> => null,
    careOf: async (): Promise<null> => null,
    cares: (): readonly never[] => [],
    rawOf: (scope: string): RawObservation | null => scopes.get(scope)?.frames[0] ?? null,
    historyOf: (scope: string): HistoryAnswer | null =>
      scopes.get(scope)?.sampler.history(scope, options.now()) ?? null,
    state: (): CollectorState => ({
      scopes: scopes.size,
      members: [...scopes.values()].reduce((sum, { snapshot }) => sum + (snapshot?.cluster.members.length ?? 0), 0),
      problems: [],
      roundMs: 0,
      intervalMs: EVERY_MS,
    }),
  };
}

export function readFrames(folder: string): readonly RawObservation[] {
  return readdirSync(folder)
    .filter((name) => /^frame-\d+\.json$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => parseRecording(readFileSync(join(folder, name), 'utf8')));
}
