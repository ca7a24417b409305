// The first step of `npm run demo`, `npm test` and the like, on a clone where nothing is installed yet: plain Node, no
// packages. It checks Node, installs the npm packages when they are missing or older than the lock file, and hands over.

import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPTS = {
  demo: 'e2e/demo.ts',
  test: 'e2e/test.ts',
  lab: 'e2e/lab/cli.ts',
  bench: 'e2e/bench/main.ts',
  soak: 'e2e/bench/soak.ts',
  audit: 'e2e/audit.ts',
  start: 'lib/server/start.ts',
};
const NODE_NEEDED = [20, 19];

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [what = '', ...args] = process.argv.slice(2);

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor >= NODE_NEEDED[1])) return;
  fail(`Howdah needs Node ${NODE_NEEDED.join('.')} or newer; this is ${process.versions.node}.`);
}

/** npm writes this file last, so an interrupted installation does not count. */
function packagesAreCurrent() {
  const marker = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(marker)) return false;
  return statSync(marker).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/** Runs a program in the foreground and passes on the signals that ask us to stop. Resolves with its exit code. */
function run(file, argv) {
  return new Promise((resolve) => {
    const child = spawn(file, argv, { cwd: root, stdio: 'inherit' });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const forward = (signal) => {
      // A terminal sends Ctrl-C to the whole foreground group: the child has it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, forward);
    child.once('error', (error) => fail(`${file}: ${error.message}`));
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** `npm ci` wants every optional package of every platform in the lock file; a registry that lacks some makes locks without. */
const INSTALLS = [
  ['ci', '--loglevel', 'error'],
  ['install', '--no-save', '--prefer-offline', '--loglevel', 'error'],
];

async function installPackages() {
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

checkNode();
const script = SCRIPTS[what];
if (script === undefined) fail(`usage: node e2e/bootstrap.mjs ${Object.keys(SCRIPTS).join('|')} [arguments]`);
await installPackages();
process.exit(await run(process.execPath, ['--import', 'tsx', script, ...args]));
