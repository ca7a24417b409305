// What the lab's own patronictl says, read for comparison with Howdah, and the arguments that its rarer commands need here.

import { parse } from 'yaml';
import type { Json } from './config-files';
import type { Lab } from './lab';

export interface PatronictlRow {
  readonly Member: string;
  /** `Leader`, `Replica`, `Sync Standby`, `Quorum Standby`, `Standby Leader`. */
  readonly Role: string;
  readonly State: string;
  readonly TL?: number | string;
  readonly 'Lag in MB'?: number | string;
  readonly 'Receive Lag'?: number | string;
  readonly 'Replay Lag'?: number | string;
  readonly 'Pending restart'?: string;
  readonly 'Scheduled restart'?: string;
}

/**
 * What makes a demoted cluster of the lab stay up and come back by promote-cluster: a source that never gives anything.
 * Measured on 4.1.5: demoted in 5 s under another member, timeline and history unchanged; promoted in 2 s on the next timeline.
 */
export const STANDBY_ARGUMENTS = ['--restore-command', '/bin/false'] as const;

async function ask(lab: Lab, args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await lab.patronictl(args);
  if (code !== 0) throw new Error(`patronictl ${args.join(' ')}: ${(stderr || stdout).trim().slice(-500)}`);
  return stdout;
}

export async function patronictlList(lab: Lab): Promise<readonly PatronictlRow[]> {
  const rows: unknown = JSON.parse(await ask(lab, ['list', '-f', 'json']));
  if (!Array.isArray(rows)) throw new Error('patronictl list printed no list');
  return rows as PatronictlRow[];
}

export async function patronictlConfig(lab: Lab): Promise<Json> {
  return parse(await ask(lab, ['show-config'])) as Json;
}

/** Who leads by patronictl's word, the leader of a standby cluster too; null: nobody. */
export async function patronictlLeader(lab: Lab): Promise<string | null> {
  return (await patronictlList(lab)).find((row) => /leader/i.test(row.Role))?.Member ?? null;
}
