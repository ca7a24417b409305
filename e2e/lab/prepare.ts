// What takes minutes and is needed by every lab of a test run, made once before two files at a time would make it twice.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildIsStale } from '../../lib/server/build-state';
import { GENERATIONS, prepareGoPrograms, prepareTestPackages, prepareToolbox, type Say, step } from './environments';
import { prepareKubeApiserver } from './kube-apiserver/build';
import { CHECKOUT, planLayout } from './layout';

/** What a lab of each generation runs. */
export async function prepareGenerations(say: Say): Promise<void> {
  const { dataDir } = planLayout('prepare', 'demo');
  for (const generation of GENERATIONS) await prepareToolbox(generation, say, dataDir);
  rmSync(dataDir, { recursive: true, force: true });
}

/** Servers that are built from source: many minutes of CPU, so by themselves. What cannot be built is said, and its tests are skipped. */
export async function preparePrograms(say: Say): Promise<void> {
  for (const make of [prepareGoPrograms, prepareKubeApiserver])
    await make(say).catch((error: unknown) =>
      say(`not built, and its tests are skipped: ${error instanceof Error ? error.message : String(error)}`),
    );
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
