// How a thread of this process is begun: bundled by bundle.mjs, or from its TypeScript, in tests and while developing.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

const SOURCES = { collector: './collector/worker.ts', store: './store/worker.ts' } as const;

export function openThread(name: keyof typeof SOURCES, options: WorkerOptions = {}): Worker {
  const folder = path.dirname(fileURLToPath(import.meta.url));
  if (process.env.HOWDAH_BUNDLED === '1')
    return new Worker(`${folder}/${name}.mjs`, { name: `howdah-${name}`, ...options });
  // `--import tsx` does not reach the threads of Node 20.
  const source = JSON.stringify(`${folder}/${SOURCES[name]}`);
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${source}); })`;
  return new Worker(code, { name: `howdah-${name}`, eval: true });
}
