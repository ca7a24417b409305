// Kills a process that writes into the embedded store, with SIGKILL at random moments, also while it opens or packs, and starts it
// again: every start must be clean, and whatever was said to be in must be there whole. Then copies of its files are taken at random
// moments, torn as by a power cut (torn-copy.ts), and opened: the same must be true of each.

import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { storeFile } from '../../lib/server/store/embedded-driver';
import { SqliteDatabase } from '../../lib/server/store/sqlite';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { type BenchResult, formatSpread, machine, say, spreadOf } from './numbers';
import type { Found } from './store-child';
import { tear } from './torn-copy';

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));
const START_MS = 180_000;
/** The latest moment after the first look, in ms. */
const UNTIL_MS = 800;
/** One start in eight is killed before it has opened. */
const EARLY = 1 / 8;
const EARLY_MS = 1200;

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
  for (let round = 1; round <= options.rounds + 1; round += 1) {
    const writer = new Writer(folder);
    const isLast = round > options.rounds;
    if (!isLast && round > 1 && chance() < EARLY) {
      early += 1;
      await sleep(chance() * EARLY_MS);
    } else {
      const { found, tookMs } = await writer.found();
      startMs.push(tookMs);
      wrong.push(...faultsOf(found, acknowledged).map((fault) => `after ${kills} kills ${fault}`));
      options.tell?.(round, found);
      if (!isLast) await sleep(chance() * UNTIL_MS);
    }
    await writer.kill();
    acknowledged = Math.max(acknowledged, writer.acknowledged);
    if (!isLast) kills += 1;
  }
  return { kills, early, acknowledged: acknowledged + 1, startMs, wrong };
}

export interface TornFigures {
  readonly copies: number;
  /** Pages of the file that were broken in all copies. */
  readonly pages: number;
  /** Copies whose log had nonsense behind its last transaction. */
  readonly tails: number;
  readonly acknowledged: number;
  readonly wrong: readonly string[];
}

/** `folder` is where the store is written and `folder/copy` where each copy is broken. */
export async function tornRounds(
  folder: string,
  options: {
    readonly copies: number;
    readonly chance?: () => number;
    readonly tell?: (copy: number, found: Found) => void;
  },
): Promise<TornFigures> {
  const chance = options.chance ?? Math.random;
  const [live, copy] = [path.join(folder, 'live'), path.join(folder, 'copy')];
  const writer = new Writer(live);
  await writer.found();
  const wrong: string[] = [];
  const sum = { pages: 0, tails: 0 };
  let before: Uint8Array = new Uint8Array();
  try {
    for (let number = 1; number <= options.copies; number += 1) {
      await sleep(chance() * UNTIL_MS);
      // It stands still until the copy was read: what it writes meanwhile would only make the next one longer to read.
      await writer.still(async (acknowledged) => {
        rmSync(copy, { recursive: true, force: true });
        mkdirSync(path.dirname(storeFile(copy)), { recursive: true, mode: 0o700 });
        for (const part of ['', '-wal'])
          if (existsSync(`${storeFile(live)}${part}`))
            copyFileSync(`${storeFile(live)}${part}`, `${storeFile(copy)}${part}`);
        const whole = readFileSync(storeFile(copy));
        const { pages, tailBytes } = tear(storeFile(copy), before, chance);
        before = whole;
        sum.pages += pages;
        if (tailBytes > 0) sum.tails += 1;
        const reader = new Writer(copy);
        const { found } = await reader.found();
        await reader.kill();
        wrong.push(...faultsOf(found, acknowledged).map((fault) => `copy ${number} ${fault}`));
        const problem = problemOf(storeFile(copy));
        if (problem !== null) wrong.push(`copy ${number} is damaged: ${problem}`);
        options.tell?.(number, found);
      });
    }
  } finally {
    await writer.kill();
  }
  return { copies: options.copies, ...sum, acknowledged: writer.acknowledged + 1, wrong };
}

/** What must not be, after `acknowledged` was said to be in. */
function faultsOf(found: Found, acknowledged: number): string[] {
  const wrong: string[] = [];
  if (found.notice !== null) wrong.push(`not a clean start: ${found.notice}`);
  if (found.last < acknowledged) wrong.push(`${acknowledged - found.last} acknowledged batches are gone`);
  // The batch that was being written may be half there: it was not acknowledged.
  const broken = found.broken.filter((batch) => batch <= acknowledged);
  if (broken.length > 0) wrong.push(`acknowledged batches are broken: ${broken.join(', ')}`);
  if (found.twice > 0) wrong.push(`${found.twice} samples are there twice`);
  return wrong;
}

function problemOf(file: string): string | null {
  const database = new SqliteDatabase(file);
  try {
    return database.problem();
  } finally {
    database.close();
  }
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

  /** Does something while no thread of it runs, knowing what it had acknowledged by then. */
  async still(work: (acknowledged: number) => Promise<void>): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('it was not started');
    process.kill(pid, 'SIGSTOP');
    try {
      while (!readdirSync(`/proc/${pid}/task`).every((task) => isStopped(`/proc/${pid}/task/${task}/stat`)))
        await sleep(1);
      // What it said is in the pipe: a pause is enough to hear it.
      await sleep(20);
      await work(this.acknowledged);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
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

function isStopped(file: string): boolean {
  return /^\d+ \(.*\) [Tt]/s.test(readFileSync(file, 'utf8'));
}

export async function benchStoreKill(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const rounds = args.number('rounds', 500);
  const copies = args.number('copies', 200);
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
  say(`store-kill: ${copies} copies at random moments, torn`);
  const torn = await tornRounds(path.join(folder, 'torn'), {
    copies,
    tell: (copy, { last }) => {
      if (copy % 20 === 0) say(`  ${copy}: ${last + 1} batches are there`);
    },
  });
  for (const text of torn.wrong) say(text);
  say(
    `${torn.copies} copies, ${torn.pages} pages broken, ${torn.tails} logs with nonsense at their end; ` +
      `every acknowledged batch there, once: ${torn.wrong.length === 0 ? 'yes' : 'NO'}`,
  );
  const pass = wrong.length === 0 && torn.wrong.length === 0;
  return { bench: 'store-kill', pass, kills, early, acknowledged, start, wrong, torn, ...machine() };
}
