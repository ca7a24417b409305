// What takes minutes and is needed by every lab of a test run, made once before two files at a time would make it twice.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildIsStale } from '../../lib/server/build-state';
import { GENERATIONS, prepareGoPrograms, prepareTestPackages, prepareToolbox, type Say, step } from './environments';
import { prepareKubeApiserver } from './kube-apiserver/build';
import { CHECKOUT, planLayout } from './layout';

/** What a lab of each generation runs, and other kinds of DCS. */
export async function prepareGenerations(say: Say): Promise<void> {
  const { dataDir } = planLayout('prepare', 'demo');
  for (const generation of GENERATIONS) await prepareToolbox(generation, say, dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  await prepareGoPrograms(say);
  await prepareKubeApiserver(say);
}

/** Packages, the environments of all generations, the production build. */
export async function prepareRun(say: Say): Promise<void> {
  await prepareTestPackages(say);
  await prepareGenerations(say);
  if (buildIsStale(CHECKOUT)) await step(say, 'building the web pages', build);
}

async function build(): Promise<void> {
  const child = spawn(process.execPath, [path.join(CHECKOUT, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`next build ended with ${code}`);
}
