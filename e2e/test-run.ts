// Runs the programs that the steps of `npm test` consist of. Several run at a time, so every line of output carries its step, and one
// signal ends them all: what had not begun then never begins.
import { type ChildProcess, spawn } from 'node:child_process';
import { CHECKOUT } from './lab/layout';

const OUTPUT_KEPT = 20_000;

export interface Ended {
  readonly code: number;
  /** The end of what it printed. */
  readonly output: string;
}

const running = new Set<ChildProcess>();
let stopped: NodeJS.Signals | null = null;

/** The signal that ended the run; null: none did. */
export const stoppedBy = (): NodeJS.Signals | null => stopped;

export function stopAll(signal: NodeJS.Signals): void {
  stopped = signal;
  for (const child of running) child.kill(signal);
}

/** Whole lines only: what two write at once would otherwise meet in one. Returns what to call at the end. */
function passLines(from: NodeJS.ReadableStream, to: NodeJS.WriteStream, name: string): () => void {
  let rest = '';
  from.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) to.write(`${name} | ${line}\n`);
  });
  return () => {
    if (rest !== '') to.write(`${name} | ${rest}\n`);
    rest = '';
  };
}

/** Runs to the end. `name` is the step. */
export function run(
  name: string,
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    // What prints into a pipe loses its colours unless it is told.
    const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
    const child = spawn(file, [...args], {
      cwd: CHECKOUT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...colours, ...env },
    });
    running.add(child);
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = `${output}${chunk}`.slice(-OUTPUT_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const flush = [passLines(child.stdout, process.stdout, name), passLines(child.stderr, process.stderr, name)];
    const end = (code: number): void => {
      running.delete(child);
      child.stdout.destroy();
      child.stderr.destroy();
      for (const last of flush) last();
      resolve({ code, output });
    };
    child.once('error', () => end(127));
    child.once('exit', (code) => {
      // What it printed last may still be on its way; somebody it left behind may hold the pipe for ever.
      child.once('close', () => end(code ?? 137));
      setTimeout(() => end(code ?? 137), 2000).unref();
    });
  });
}
