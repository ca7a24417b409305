#!/usr/bin/env node
// Howdah, in this one process: `node howdah.mjs [flags]`, which is also what `npm start` runs. What is missing is installed and built
// by others that end; then the server is loaded here, as plain JavaScript.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, installPackages, root } from './e2e/packages.mjs';
import { preferMemory } from './lib/server/node.mjs';

preferMemory();

checkNode();
await installPackages();
const argv = process.argv.slice(2);
const { start } = argv.includes('--dev') ? await fromSources() : await fromBundle();
process.exitCode = await start(argv, root);

async function fromBundle() {
  const { bundle } = await import('./lib/server/bundle.mjs');
  return import(pathToFileURL(path.join(await bundle(), 'start.mjs')));
}

async function fromSources() {
  const { register } = await import('tsx/esm/api');
  register();
  return import('./lib/server/start.ts');
}
