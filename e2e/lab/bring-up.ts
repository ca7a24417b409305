// Brings a lab up by its name, or finds the one that is up. It decides whether what is there can be used again.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ClusterOptions, howdahConfig, patronictlConfig } from './config-files';
import { endLab } from './end';
import { type Generation, type Say, step } from './environments';
import { healLab } from './heal';
import { type LabState, readState } from './host';
import { Lab } from './lab';
import { CHECKOUT, planLayout, type Shape } from './layout';
import { claimLab } from './owner';
import { ensureRunning } from './start';

export interface BringUpOptions {
  readonly generation?: Generation;
  /** Default: the generation's name. */
  readonly name?: string;
  readonly shape?: Shape;
  /** Members that run another Patroni than the rest; all must share one PostgreSQL, so not `trixie`. */
  readonly memberGenerations?: Readonly<Record<string, Generation>>;
  readonly load?: boolean;
  readonly cluster?: Partial<ClusterOptions>;
  /** The port `howdah.yaml` names. */
  readonly howdahPort?: number;
  readonly say?: Say;
}

const DEFAULT_CLUSTER: ClusterOptions = { loopWait: 2, ttl: 20, retryTimeout: 3, pgRewind: false };

const quiet: Say = () => undefined;

/** A lab that was brought up before, by this or another process; null when there is none of this name. */
export function findLab(name: string, say: Say = quiet): Lab | null {
  const state = readState({ stateDir: path.join(CHECKOUT, '.lab', name) });
  return state === null ? null : new Lab(planLayout(name, state.shape), state, say);
}

/**
 * Brings a lab up and returns when it is healthy. A running one is found again, a stopped one restarted from its data, one
 * of another generation or shape replaced. Leftovers of a crashed run (frozen or half-dead processes) are taken over.
 */
export async function bringUp(options: BringUpOptions = {}): Promise<Lab> {
  const say = options.say ?? quiet;
  const generation = options.generation ?? 'distro';
  const name = options.name ?? generation;
  const shape = options.shape ?? 'demo';
  const layout = planLayout(name, shape);
  claimLab(name);
  const wanted: LabState = {
    prefix: layout.prefix,
    generation,
    shape,
    memberGenerations: options.memberGenerations ?? {},
    load: options.load ?? true,
    cluster: { ...DEFAULT_CLUSTER, ...options.cluster },
    systemIdentifier: '',
    faults: [],
  };
  const before = readState(layout);
  const identity = (state: LabState): string =>
    JSON.stringify([state.prefix, state.generation, state.shape, state.memberGenerations, state.cluster]);
  const same = before !== null && identity(before) === identity(wanted) && existsSync(layout.dataDir);
  if (!same && (before !== null || existsSync(layout.dataDir))) {
    say(`lab ${name} was something else before; starting afresh`);
    await endLab(layout, say, true);
  }
  mkdirSync(layout.stateDir, { recursive: true });
  const state = same ? { ...before, load: wanted.load } : wanted;
  const lab = new Lab(layout, state, say);
  writeFileSync(path.join(layout.stateDir, 'lab.json'), JSON.stringify(state, null, 2));
  lab.thaw();
  // A first start that did not get as far as a cluster leaves nothing worth keeping.
  if (same && before.systemIdentifier === '') {
    await endLab(layout, say, false);
    rmSync(layout.dataDir, { recursive: true, force: true });
  }
  await ensureRunning(lab);
  writeUserFiles(lab, options.howdahPort ?? 3000);
  await step(say, 'waiting until every member streams', async () => {
    if (lab.faults.length > 0) await healLab(lab);
    else await lab.waitHealthy(45_000).catch(() => healLab(lab));
  });
  return lab;
}

/** Settings and passwords for whoever runs Howdah or patronictl on it. */
function writeUserFiles(lab: Lab, howdahPort: number): void {
  const { stateDir } = lab.layout;
  mkdirSync(stateDir, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(path.join(stateDir, name), text, { mode: 0o600 });
  write('rest-password', lab.secrets.rest);
  write('howdah-password', lab.secrets.howdah);
  write('probe-password', lab.secrets.probe);
  write('howdah.yaml', howdahConfig(lab.layout, howdahPort));
  write('patronictl.yml', patronictlConfig(lab.layout, lab.secrets));
}
