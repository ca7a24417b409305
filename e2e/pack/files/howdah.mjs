#!/usr/bin/env node
// `howdah` of a package: the server with `start`, else the command line. All it needs is in the folder beside it.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeProblem, preferMemory } from './app/server/node.mjs';

const problem = nodeProblem();
const [command, ...argv] = process.argv.slice(2);
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
} else if (command === 'start') {
  preferMemory();
  const { start } = await import('./app/server/start.mjs');
  process.exitCode = await start(argv, path.join(path.dirname(fileURLToPath(import.meta.url)), 'app'));
} else await import('./app/server/cli.mjs');
