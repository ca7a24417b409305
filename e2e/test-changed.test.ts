// `npm test -- --changed` runs what a change can break: every test that drives a server or a cluster is reached by some folder.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { RECORDED } from './browser/recorded';
import { files } from './sources';
import { DRIVEN, planFor } from './test-changed';

const named = (folder: string, ending: string): readonly string[] =>
  readdirSync(path.join(import.meta.dirname, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));

describe('what a change can break', () => {
  it('names tests that exist, under folders that exist', () => {
    for (const [folder, { lab = [], recorded = [], cluster = [] }] of DRIVEN) {
      for (const name of lab) expect(named('truth', '.lab.ts')).toContain(name);
      for (const name of recorded) expect(RECORDED).toContain(name);
      for (const name of [...recorded, ...cluster]) expect(named('browser', '.spec.ts')).toContain(name);
      for (const name of cluster) expect(RECORDED).not.toContain(name);
      const isPlain = !files.some((file) => folder.test(file));
      if (isPlain)
        expect(['next.config.js', 'howdah.mjs', 'public/live-worker.js'].some((f) => folder.test(f))).toBe(true);
    }
  });

  it('reaches every file of the lab and of the browser from the sources', () => {
    const { lab, recorded, cluster } = planFor(
      files.filter((file) => !/\.(lab|spec)\.ts$/.test(file)),
      [],
    );
    expect(named('truth', '.lab.ts').filter((name) => !lab.includes(name))).toEqual([]);
    expect(named('browser', '.spec.ts').filter((name) => ![...recorded, ...cluster].includes(name))).toEqual([]);
  });

  it('is the room, its units and the readers of the sources, and not the rest', () => {
    expect(planFor(['components/wall/wall.tsx'], RECORDED)).toEqual({
      unit: ['components/wall/wall.tsx', 'lib/tidy.test.ts', 'lib/language.test.ts'],
      store: false,
      lab: [],
      recorded: ['wall', 'wall-drawn'],
      cluster: [],
    });
    expect(planFor(['lib/server/history/history.ts'], RECORDED)).toMatchObject({ store: true, lab: ['history'] });
    expect(planFor(['e2e/browser/live.spec.ts', 'e2e/browser/past.spec.ts'], RECORDED)).toMatchObject({
      recorded: ['past'],
      cluster: ['live'],
    });
    expect(planFor(['lib/domain/testdata/distro-lag/a.json'], RECORDED).unit).toContain('lib/domain/scenarios.test.ts');
  });

  it('asks for what exists', () => {
    const { unit } = planFor(['docs/api.md', 'lib/domain/testdata/x', 'lib/domain/testdata-made/x'], []);
    expect(unit.filter((file) => !existsSync(path.join(import.meta.dirname, '..', file)))).toEqual([]);
  });
});
