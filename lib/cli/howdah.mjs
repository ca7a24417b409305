#!/usr/bin/env node
// `npx howdah`: hands over to the TypeScript beside it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(folder, '../..');
if (!existsSync(path.join(root, 'node_modules/tsx'))) {
  process.stderr.write(`howdah: its packages are not installed; run \`npm ci\` in ${root} first\n`);
  process.exit(2);
}
const tsx = path.join(root, 'node_modules/tsx/dist/esm/index.mjs');
const args = ['--import', tsx, path.join(folder, 'main.ts'), ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 130));
