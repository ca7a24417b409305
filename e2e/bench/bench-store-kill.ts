// Kills a process that writes into the embedded store, with SIGKILL at random moments, also while it opens or packs, and starts it
// again: every start must be clean, and whatever was said to be in must be there whole.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { type BenchResult, formatSpread, machine, say, spreadOf } from './numbers';
import type { Found } from './store-child';

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));
const START_MS = 180_000;
/** The latest moment after the first look, in ms. */
const UNTIL_MS = 1500;
/** One start in eight is killed before it has opened. */
const EARLY = 1 / 8;
const EARLY_MS = 2500;

export interface KillFigures {
  readonly kills: number;
  /** Killed before the store had opened. */
  readonly early: number;
  readonly acknowledged: number;
  readonly startMs: readonly number[];
  readonly wrong: readonly string[];
}

/** `folder` is left as the last kill left it. */
export async function killRounds(
  folder: string,
  options: {
    readonly rounds: number;
    readonly chance?: () => number;
    readonly tell?: (round: number, found: Found) => void;
  },
): Promise<KillFigures> {
  const chance = options.chance ?? Math.random;
  const wrong: string[] = [];
  const startMs: number[] = [];
  let acknowledged = -1;
  let kills = 0;
  let early = 0;
  const judge = (found: Found): void => {
    if (found.notice !== null) wrong.push(`after ${kills} kills not a clean start: ${found.notice}`);
    if (found.last < acknowledged)
      wrong.push(`after ${kills} kills ${acknowledged - found.last} acknowledged batches are gone`);
    // The batch that was being written may be half there: it was not acknowledged.
    const broken = found.broken.filter((batch) => batch <= acknowledged);
    if (broken.length > 0) wrong.push(`after ${kills} kills acknowledged batches are broken: ${broken.join(', ')}`);
    if (found.twice > 0) wrong.push(`after ${kills} kills ${found.twice} samples are there twice`);
  };
  for (let round = 1; round <= options.rounds + 1; round += 1) {
    const writer = new Writer(folder);
    const isLast = round > options.rounds;
    if (!isLast && round > 1 && chance() < EARLY) {
      early += 1;
      await sleep(chance() * EARLY_MS);
    } else {
      const { found, tookMs } = await writer.found();
      startMs.push(tookMs);
      judge(found);
      options.tell?.(round, found);
      if (!isLast) await sleep(chance() * UNTIL_MS);
    }
    await writer.kill();
    acknowledged = Math.max(acknowledged, writer.acknowledged);
    if (!isLast) kills += 1;
  }
  return { kills, early, acknowledged: acknowledged + 1, startMs, wrong };
}

class Writer {
  readonly #child: ChildProcess;
  readonly #startedAt = Date.now();
  readonly #found: Promise<{ readonly found: Found; readonly tookMs: number }>;
  #errors = '';
  acknowledged = -1;

  constructor(folder: string) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('no pipes');
    stderr.on('data', (chunk) => {
      this.#errors += String(chunk);
    });
    this.#found = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no start in ${START_MS / 1000} s:\n${this.#errors}`)), START_MS);
      this.#child.once('exit', (code, signal) => {
        clearTimeout(timer);
        if (signal !== 'SIGKILL') reject(new Error(`ended with ${code ?? signal}:\n${this.#errors}`));
      });
      createInterface({ input: stdout }).on('line', (line) => {
        const [word, rest = ''] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
        if (word === 'ack') this.acknowledged = Number(rest);
        if (word !== 'found') return;
        clearTimeout(timer);
        resolve({ found: JSON.parse(rest) as Found, tookMs: Date.now() - this.#startedAt });
      });
    });
    this.#found.catch(() => undefined);
  }

  found(): Promise<{ readonly found: Found; readonly tookMs: number }> {
    return this.#found;
  }

  /** Returns when it is gone and all that it said was heard. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      await this.#found;
      return;
    }
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }
}

export async function benchStoreKill(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const rounds = args.number('rounds', 200);
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-store-kill-'));
  cleanup.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
  say(`store-kill: kill -9 ${rounds} times while samples and events are written and packed`);
  const figures = await killRounds(folder, {
    rounds,
    tell: (round, { last }) => {
      if (round % 10 === 0) say(`  ${round}: ${last + 1} batches are there`);
    },
  });
  const { kills, early, acknowledged, startMs, wrong } = figures;
  const start = spreadOf(startMs);
  for (const text of wrong) say(text);
  say(
    `${kills} kills, ${early} of them before the store had opened; ${startMs.length} clean starts looked at, ` +
      `${acknowledged} acknowledged batches all there: ${wrong.length === 0 ? 'yes' : 'NO'}`,
  );
  say(`start, with tsx and reading everything back: ${formatSpread(start, 'ms')}`);
  return { bench: 'store-kill', pass: wrong.length === 0, kills, early, acknowledged, start, wrong, ...machine() };
}
