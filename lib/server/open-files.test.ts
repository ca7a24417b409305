import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { connectionsFor, openFilesLimit, tooFewFiles } from './open-files';

const LIMITS = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            ${soft}                 1048576              files
`;

it('the limit of open files is the soft one of this process; where there is none, nothing is known', () => {
  expect(openFilesLimit(() => LIMITS('1024'))).toBe(1024);
  expect(openFilesLimit(() => LIMITS('unlimited'))).toBeNull();
  expect(openFilesLimit(() => 'something else')).toBeNull();
  expect(
    openFilesLimit(() => {
      throw new Error('no such file');
    }),
  ).toBeNull();
});

it('with too few Howdah says how many it needs; with enough it says nothing', () => {
  expect(String(tooFewFiles(64))).toMatch(/^only 64 files may be open at once, and Howdah needs at least 256/);
  expect([tooFewFiles(256), tooFewFiles(null)]).toEqual([null, null]);
});

it('viewers get what the rounds leave, never all of it', () => {
  expect(connectionsFor(null, 5000)).toBe(5000);
  expect(connectionsFor(1_000_000, 5000)).toBe(5000);
  for (const limit of [256, 1024, 8192]) expect(connectionsFor(limit, 5000)).toBeLessThan(limit / 2);
  expect(connectionsFor(256, 5000)).toBeGreaterThan(0);
});

it('a process with 64 of them reads 64', () => {
  const file = JSON.stringify(path.resolve(import.meta.dirname, 'open-files.ts'));
  const script = `import(${file}).then(({ openFilesLimit }) => console.log(openFilesLimit()))`;
  const node = `${process.execPath} --import tsx --input-type=module -e '${script}'`;
  const { stdout } = spawnSync('sh', ['-c', `ulimit -n 64; ${node}`], { encoding: 'utf8' });
  expect(stdout.trim()).toBe('64');
});
