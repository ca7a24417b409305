// One run of chaos on a lab: strikes and orders by the script, watches with its own eyes, and has the checker judge. It leaves the lab
// healthy and Howdah ended.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Howdah, startHowdahOn } from '../browser/howdah';
import { memberDataDir } from '../lab/config-files';
import { sleep } from '../lab/deadline';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { CHECKOUT, SCOPE } from '../lab/layout';
import { ActionClient } from '../truth/action-client';
import { type Evidence, type Falsehood, type Fault, judge } from './checker';
import { Eyes, hashesIn } from './eyes';
import { killHowdah, type Struck, strike, type World } from './faults';
import { History, type Span } from './history';
import { Cuts, SmallDisk, undoHostPowers } from './host-powers';
import { Orders } from './orders';
import { type PlannedOrder, type Round, Script } from './script';
import { Crowd } from './viewers';

const HEALTHY_MS = 180_000;
/** After this much of nothing nothing may be told any more: a ttl, and a round. */
const CALM_AFTER_MS = 6000;
const CALM_MS = 6000;
const HEALTH_EVERY_MS = 500;
const HEALTH_MS = 3000;
const VIEWERS = 50;

export interface ChaosOptions {
  readonly seed: number;
  /** No round begins later than this after the start. */
  readonly minutes: number;
  /** Of the script; absent: as many as there is time for. */
  readonly rounds?: number;
  readonly viewers?: number;
  readonly say: (text: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly minutes: number;
  readonly rounds: number;
  readonly faults: number;
  readonly skipped: readonly string[];
  readonly orders: number;
  readonly accepted: number;
  /** As they arrived at all viewers, and the different ones of them that were judged. */
  readonly claimsHeard: number;
  readonly checked: Readonly<Record<string, number>>;
  readonly unjudged: number;
  readonly falsehoods: readonly Falsehood[];
  readonly evidence: Evidence;
}

export async function chaos(lab: Lab, options: ChaosOptions): Promise<ChaosReport> {
  const run = await ChaosRun.begin(lab, options);
  try {
    return await run.all();
  } finally {
    await run.end();
  }
}

class ChaosRun {
  readonly #options: ChaosOptions;
  readonly #lab: Lab;
  readonly #world: World;
  readonly #eyes: Eyes;
  readonly #orders: Orders;
  readonly #client: ActionClient;
  readonly #faults: Fault[] = [];
  readonly #skipped = new Set<string>();
  readonly #heals: Span[] = [];
  readonly #calm: Span[] = [];
  readonly #awake: Span[] = [];
  readonly #complaints: { at: number; text: string }[] = [];
  readonly #wrong: Falsehood[] = [];
  readonly #startedAt = Date.now();
  #isOver = false;
  #healthLoop: Promise<void> = Promise.resolve();

  private constructor(lab: Lab, options: ChaosOptions, world: World, eyes: Eyes) {
    this.#lab = lab;
    this.#options = options;
    this.#world = world;
    this.#eyes = eyes;
    this.#client = new ActionClient(world.howdah.url);
    this.#orders = new Orders(this.#client);
    this.#healthLoop = this.#watchHealth();
  }

  static async begin(lab: Lab, options: ChaosOptions): Promise<ChaosRun> {
    const disk = new SmallDisk(lab.layout);
    const cuts = new Cuts(lab.layout);
    const canCut = cuts.open();
    const library = (await lab.toolbox()).faketimeLibrary;
    const clockFile = library === null ? null : path.join(lab.layout.stateDir, 'chaos-clock');
    if (clockFile !== null) writeFileSync(clockFile, '+0\n');
    const clock = clockFile === null || library === null ? {} : clockEnvironment(library, clockFile);
    let howdah: Howdah | null = null;
    try {
      howdah = await startHowdahOn(lab, { dataDir: disk.folder, env: clock });
      const eyes = await Eyes.open(lab, disk.folder, () => cuts.cut);
      const crowd = new Crowd(howdah.url, SCOPE, options.viewers ?? VIEWERS);
      const turn = Promise.resolve();
      const world = { lab, howdah, crowd, cuts: canCut ? cuts : null, disk, clockFile, jumps: [], turn };
      return new ChaosRun(lab, options, world, eyes);
    } catch (error) {
      await howdah?.kill();
      undoHostPowers(lab.layout);
      throw error;
    }
  }

  async all(): Promise<ChaosReport> {
    const { seed, minutes, rounds: limit = Number.POSITIVE_INFINITY, say } = this.#options;
    await this.#client.untilHealthy(HEALTHY_MS);
    const script = new Script(seed);
    let rounds = 0;
    while (rounds < limit && Date.now() - this.#startedAt < minutes * 60_000) {
      rounds += 1;
      await this.#round(rounds, script.next());
    }
    const evidence = await this.#gather();
    const { checked, unjudged, falsehoods } = judge(evidence);
    say('');
    return {
      ...{ seed, rounds, checked, unjudged, evidence },
      minutes: Math.round((Date.now() - this.#startedAt) / 6000) / 10,
      faults: this.#faults.length,
      skipped: [...this.#skipped],
      orders: this.#orders.all.length,
      accepted: this.#orders.accepted.length,
      claimsHeard: this.#world.crowd.heard,
      falsehoods: [...this.#wrong, ...falsehoods],
    };
  }

  async #round(number: number, { faults, amid, after }: Round): Promise<void> {
    const began = Date.now();
    await Promise.all([
      ...faults.map(async (planned) => {
        await sleep(planned.afterMs);
        const struck = await strike(this.#world, planned);
        if (typeof struck === 'string') {
          this.#skipped.add(`${planned.kind}: ${struck}`);
          return;
        }
        this.#say(`${struck.kind} ${struck.target ?? ''} for ${planned.holdMs} ms`);
        await sleep(Math.max(0, planned.holdMs - (Date.now() - struck.at)));
        await this.#undo(struck);
      }),
      ...amid.map((order) => this.#give(order)),
    ]);
    await this.#heal();
    await this.#orders.allClosed();
    for (const order of after) {
      await this.#give(order);
      if (!(await this.#orders.allClosed())) this.#fault('lost', `an action stays open: ${order.kind}`);
      await this.#orders.tidy().catch(() => undefined);
    }
    await this.#beCalm();
    const took = Math.round((Date.now() - began) / 1000);
    this.#say(
      `round ${number} over after ${took} s: ${this.#world.crowd.heard} claims so far, ${this.#world.crowd.open} viewers`,
    );
  }

  async #undo(struck: Struck): Promise<void> {
    await struck.end();
    const { kind, target, at } = struck;
    this.#faults.push({ kind, target, at, until: Date.now() });
  }

  async #give(planned: PlannedOrder): Promise<void> {
    await sleep(planned.afterMs);
    let killed: Promise<void> = Promise.resolve();
    const ordered = await this.#orders.give(planned, () => {
      const { killAfterMs } = planned;
      if (killAfterMs !== null)
        killed = sleep(killAfterMs).then(() => {
          this.#say(`kill -9 ${killAfterMs} ms after ${planned.kind}`);
          return killHowdah(this.#world, killAfterMs % 3000);
        });
    });
    this.#say(`${planned.kind}: ${ordered.said}`);
    await killed;
  }

  async #heal(): Promise<void> {
    const from = Date.now();
    try {
      await this.#world.turn;
      await healLab(this.#lab);
    } finally {
      this.#heals.push({ from, to: Date.now() });
    }
  }

  /** Healthy by the lab's own word: then Howdah says so too, soon, and goes on saying so. */
  async #beCalm(): Promise<void> {
    await this.#world.turn;
    await this.#lab.waitHealthy(HEALTHY_MS);
    const isFine = ({ health }: { readonly health: string }): boolean => health === 'ok' || health === 'note';
    try {
      await this.#client.until('health', isFine, HEALTHY_MS);
    } catch (error) {
      this.#fault('invented', `the lab is healthy, and Howdah does not say so: ${String(error)}`);
      return;
    }
    await sleep(CALM_AFTER_MS);
    const from = Date.now();
    await sleep(CALM_MS);
    if ((await this.#lab.problems()).length === 0) this.#calm.push({ from, to: Date.now() });
  }

  #fault(rule: Falsehood['rule'], text: string): void {
    this.#wrong.push({ rule, text, at: Date.now() });
    this.#say(`WRONG: ${text}`);
  }

  #say(text: string): void {
    this.#options.say(`${String(Math.round((Date.now() - this.#startedAt) / 1000)).padStart(5)} s  ${text}`);
  }

  async #watchHealth(): Promise<void> {
    let since: number | null = null;
    while (!this.#isOver) {
      const asked = fetch(`${this.#world.howdah.url}/api/health`, { signal: AbortSignal.timeout(HEALTH_MS) })
        .then(async (answer) => (await answer.json()) as HealthSaid)
        .catch(() => null);
      // A body that a killed server left half sent may never end.
      const health = await Promise.race([asked, sleep(HEALTH_MS + 500).then(() => null)]);
      const now = Date.now();
      if (health?.journal?.problem != null) this.#complaints.push({ at: now, text: health.journal.problem });
      if (health?.store?.state === 'down') this.#complaints.push({ at: now, text: health.store.error ?? 'store' });
      if (health?.history?.problem != null) this.#complaints.push({ at: now, text: health.history.problem });
      if (health === null && since !== null) this.#awake.push({ from: since, to: now });
      since = health === null ? null : (since ?? now);
      await sleep(HEALTH_EVERY_MS);
    }
    if (since !== null) this.#awake.push({ from: since, to: Date.now() });
  }

  /** Everything in order once more, then what is left on the disk and in the audit. */
  async #gather(): Promise<Evidence> {
    const { howdah, crowd, jumps } = this.#world;
    this.#say('the script is over: what is left?');
    await this.#orders.allClosed();
    const index = await this.#index();
    this.#isOver = true;
    await this.#healthLoop;
    this.#say(`${index.length} rows in the audit; ending Howdah`);
    crowd.close();
    const forks = forksIn(this.#lab);
    const stopped = await howdah.stop();
    if (stopped.code !== 0) this.#fault('lost', `Howdah ended with ${stopped.code} on SIGTERM`);
    await sleep(600);
    await this.#eyes.close();
    await this.#verify(howdah.dataDir);
    const { looks, changes, journal } = this.#eyes;
    return {
      history: new History(looks, changes),
      ...{ claims: crowd.claims, tellings: crowd.tellings, actions: crowd.actions },
      ...{ faults: this.#faults, journal, index, accepted: this.#orders.accepted, jumps, forks },
      journalAtEnd: hashesIn(journalFiles(howdah.dataDir)),
      ...{ heals: this.#heals, calm: this.#calm, awake: this.#awake, complaints: this.#complaints },
    };
  }

  /** The store may have to catch up with the journal. */
  async #index(): Promise<Evidence['index']> {
    for (const end = Date.now() + 60_000; ; await sleep(500)) {
      const { rows, from } = await this.#client.audit();
      if ((from === 'store' && rows.every(({ phase }) => phase === 'closed')) || Date.now() > end)
        return rows.map(({ id, phase }) => ({ id, phase }));
    }
  }

  /** As an operator does, with the program itself. */
  async #verify(dataDir: string): Promise<void> {
    const program = path.join(CHECKOUT, 'lib/cli/howdah.mjs');
    const env = { ...process.env, HOWDAH_DATA: dataDir };
    await promisify(execFile)(process.execPath, [program, 'audit', 'verify', dataDir], { env, cwd: CHECKOUT }).catch(
      ({ stdout, stderr }: { stdout?: string; stderr?: string }) =>
        this.#fault('lost', `howdah audit verify: ${stdout ?? ''} ${stderr ?? ''}`),
    );
  }

  async end(): Promise<void> {
    const { howdah, crowd, disk } = this.#world;
    this.#isOver = true;
    crowd.close();
    disk.clear();
    await this.#world.turn.catch(() => undefined);
    await howdah.kill();
    await this.#eyes.close();
    undoHostPowers(this.#lab.layout);
  }
}

interface HealthSaid {
  readonly journal?: { readonly problem: string | null };
  readonly store?: { readonly state: string; readonly error: string | null };
  readonly history?: { readonly problem: string | null } | null;
}

/** Its clock goes by a file, which may change while it runs; what sleeps and times out goes by the machine's. */
function clockEnvironment(library: string, file: string): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
    FAKETIME_DISABLE_SHM: '1',
  };
}

function journalFiles(dataDir: string): readonly string[] {
  const folder = path.join(dataDir, 'audit');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => path.join(folder, name));
}

/** Where each timeline ended, as PostgreSQL wrote it beside its WAL: `3\t0/5000148\tno recovery target specified`. */
function forksIn(lab: Lab): Evidence['forks'] {
  const forks: Record<number, number> = {};
  for (const { name } of lab.realMembers) {
    const folder = path.join(memberDataDir(lab.layout, name), 'pg_wal');
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.history')) : [];
    for (const file of files)
      for (const line of readFileSync(path.join(folder, file), 'utf8').split('\n')) {
        const [, timeline, high, low] = /^(\d+)\t([0-9A-F]+)\/([0-9A-F]+)\t/.exec(line) ?? [];
        if (timeline !== undefined && high !== undefined && low !== undefined)
          forks[Number(timeline)] = Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
      }
  }
  return forks;
}
