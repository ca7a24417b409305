// The first step of `npm run demo`, `npm test` and the like: installs what is missing, and hands over.

import { spawn } from 'node:child_process';
import { checkNode, fail, installPackages, root } from './packages.mjs';

const SCRIPTS = {
  demo: 'e2e/demo.ts',
  test: 'e2e/test.ts',
  lab: 'e2e/lab/cli.ts',
  bench: 'e2e/bench/main.ts',
  soak: 'e2e/bench/soak.ts',
  chaos: 'e2e/chaos/main.ts',
  pack: 'e2e/pack/main.ts',
};

const [what = '', ...args] = process.argv.slice(2);

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

checkNode();
const script = SCRIPTS[what];
if (script === undefined) fail(`usage: node e2e/bootstrap.mjs ${Object.keys(SCRIPTS).join('|')} [arguments]`);
await installPackages();
process.exit(await run(process.execPath, ['--import', 'tsx', script, ...args]));
