// What every command needs first, on a clone where nothing is installed yet: plain Node, no packages. It checks Node and installs the
// npm packages when they are missing or older than the lock file.

import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeProblem } from '../lib/server/node.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

export function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

export function checkNode() {
  const problem = nodeProblem();
  if (problem !== null) fail(problem);
}

/** npm writes this file last, so an interrupted installation does not count. */
function packagesAreCurrent() {
  const marker = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(marker)) return false;
  return statSync(marker).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/** `npm ci` wants every optional package of every platform in the lock file; a registry that lacks some makes locks without. */
const INSTALLS = [
  ['ci', '--loglevel', 'error'],
  ['install', '--no-save', '--prefer-offline', '--loglevel', 'error'],
];

export async function installPackages() {
  if (packagesAreCurrent()) return;
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const ticker = setInterval(
    () => process.stderr.write(`installing npm packages: still running, ${seconds()}\n`),
    15_000,
  );
  let complaint = '';
  for (const argv of INSTALLS) {
    process.stderr.write(`installing npm packages (npm ${argv.slice(0, -2).join(' ')}) ...\n`);
    const npm = spawn('npm', argv, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    npm.stderr.on('data', (text) => {
      said += text;
    });
    const code = await new Promise((resolve) => {
      npm.once('error', (error) => {
        said += error.message;
        resolve(1);
      });
      npm.once('close', resolve);
    });
    if (code === 0) {
      clearInterval(ticker);
      process.stderr.write(`installing npm packages: ${seconds()}\n`);
      return;
    }
    complaint = said.split('\n').slice(0, 12).join('\n');
  }
  clearInterval(ticker);
  fail(`${complaint}\nnpm could not install the packages; nothing can run without them.`);
}
