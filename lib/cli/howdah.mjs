#!/usr/bin/env node
// `npx howdah` in a checkout: the command line as plain JavaScript, in this process; `start` is `node howdah.mjs`.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
if (process.argv[2] === 'start') {
  process.argv.splice(2, 1);
  await import('../../howdah.mjs');
} else {
  if (!existsSync(path.join(root, 'node_modules/esbuild'))) {
    process.stderr.write(`howdah: its packages are not installed; run \`npm ci\` in ${root} first\n`);
    process.exit(2);
  }
  const { bundle } = await import('../server/bundle.mjs');
  await import(pathToFileURL(path.join(await bundle(), 'cli.mjs')));
}
