// The faults of the script as rows: how each begins, and how it ends. What a fault does to a lab is the lab's own (e2e/lab); healing is one
// routine afterwards. A fault that cannot be had on this machine says why.

import { writeFileSync } from 'node:fs';
import { treeOf } from '../bench/process-usage';
import type { Howdah } from '../browser/howdah';
import { sleep } from '../lab/deadline';
import type { Lab } from '../lab/lab';
import { signalProcess } from '../lab/processes';
import type { Cuts, SmallDisk } from './host-powers';
import type { FaultKind, PlannedFault } from './script';
import type { Crowd } from './viewers';

export interface World {
  readonly lab: Lab;
  readonly howdah: Howdah;
  readonly crowd: Crowd;
  /** null: nothing can be cut off here. */
  readonly cuts: Cuts | null;
  readonly disk: SmallDisk;
  /** What libfaketime reads; null: there is none. */
  readonly clockFile: string | null;
  /** When its clock was changed. */
  readonly jumps: number[];
  /** Howdah is being killed or started: one at a time. */
  turn: Promise<void>;
}

interface Row {
  /** Where it strikes; null: Howdah itself. */
  readonly strikes: 'member' | 'etcd' | null;
  /** Why it cannot be; absent: it can. */
  readonly lacks?: (world: World) => string | null;
  readonly begin: (world: World, target: string, planned: PlannedFault) => Promise<void> | void;
  /** Absent: it ends by the lab's healing. */
  readonly end?: (world: World, target: string) => Promise<void> | void;
}

const quorumOf = ({ lab }: World): readonly string[] => lab.layout.etcd.slice(1).map(({ name }) => `etcd-${name}`);
const addressOf = ({ lab }: World, name: string): string =>
  [...lab.members, ...lab.layout.etcd].find((one) => one.name === name)?.ip ?? '';
const noCuts = ({ cuts }: World): string | null => (cuts === null ? 'cutting off needs root and iptables' : null);

function setClock(world: World, text: string): void {
  if (world.clockFile === null) return;
  world.jumps.push(Date.now());
  writeFileSync(world.clockFile, `${text}\n`);
  world.crowd.forgetClock();
}

function signalHowdah({ howdah }: World, signal: NodeJS.Signals): void {
  for (const pid of treeOf(howdah.child.pid ?? 0)) signalProcess(pid, signal);
}

/** SIGKILL and a new start, after whatever else is done to it. */
export function killHowdah(world: World, downMs: number): Promise<void> {
  world.turn = world.turn.then(async () => {
    await world.howdah.kill();
    await sleep(downMs);
    await world.howdah.restart();
  });
  return world.turn;
}

const ROWS: Readonly<Record<FaultKind, Row>> = {
  'kill-patroni': { strikes: 'member', begin: ({ lab }, name) => lab.kill(`patroni-${name}`) },
  'stop-patroni': { strikes: 'member', begin: ({ lab }, name) => lab.freeze(`patroni-${name}`) },
  'kill-postgres': { strikes: 'member', begin: ({ lab }, name) => lab.kill(`postgres-${name}`) },
  'stop-postgres': { strikes: 'member', begin: ({ lab }, name) => lab.freeze(`postgres-${name}`) },
  'kill-member': { strikes: 'member', begin: ({ lab }, name) => lab.killMember(name) },
  'freeze-member': { strikes: 'member', begin: ({ lab }, name) => lab.freezeMember(name) },
  'cut-member': {
    strikes: 'member',
    lacks: noCuts,
    begin: (world, name) => world.cuts?.set(addressOf(world, name), true),
    end: (world, name) => world.cuts?.set(addressOf(world, name), false),
  },
  'hang-rest': { strikes: 'member', begin: ({ lab }, name) => lab.setRestTreatment({ [name]: { hang: true } }) },
  'kill-etcd': { strikes: 'etcd', begin: ({ lab }, name) => lab.kill(`etcd-${name}`) },
  'freeze-etcd': { strikes: 'etcd', begin: ({ lab }, name) => lab.freeze(`etcd-${name}`) },
  'cut-etcd': {
    strikes: 'etcd',
    lacks: noCuts,
    begin: (world, name) => world.cuts?.set(addressOf(world, name), true),
    end: (world, name) => world.cuts?.set(addressOf(world, name), false),
  },
  'kill-quorum': {
    strikes: 'etcd',
    begin: async (world) => {
      for (const part of quorumOf(world)) await world.lab.kill(part);
    },
  },
  'freeze-quorum': {
    strikes: 'etcd',
    begin: (world) => {
      for (const part of quorumOf(world)) world.lab.freeze(part);
    },
  },
  'disk-full': {
    strikes: null,
    lacks: ({ disk }) => (disk.isOwn ? null : 'a disk of its own for Howdah needs root'),
    begin: ({ disk }) => disk.fill(),
    end: ({ disk }) => disk.clear(),
  },
  'clock-jump': {
    strikes: null,
    lacks: ({ clockFile }) => (clockFile === null ? 'libfaketime is not installed' : null),
    begin: (world, _, { seconds }) => setClock(world, `${seconds < 0 ? '' : '+'}${seconds}`),
    end: (world) => setClock(world, '+0'),
  },
  'kill-howdah': {
    strikes: null,
    begin: (world, _, { holdMs }) => killHowdah(world, Math.min(holdMs, 8000)),
  },
  'freeze-howdah': {
    strikes: null,
    begin: async (world, _, { holdMs }) => {
      world.turn = world.turn.then(async () => {
        signalHowdah(world, 'SIGSTOP');
        await sleep(Math.min(holdMs, 15_000));
        signalHowdah(world, 'SIGCONT');
      });
      await world.turn;
    },
  },
};

export interface Struck {
  readonly kind: FaultKind;
  /** A member or `e1`; null: Howdah. */
  readonly target: string | null;
  readonly at: number;
  readonly end: () => Promise<void>;
}

/** A text: why it was skipped. */
export async function strike(world: World, planned: PlannedFault): Promise<Struck | string> {
  const row = ROWS[planned.kind];
  const lacking = row.lacks?.(world) ?? null;
  if (lacking !== null) return lacking;
  const target = await targetOf(world, row.strikes, planned.target);
  if (typeof target === 'object' && target !== null) return target.why;
  await row.begin(world, target ?? '', planned);
  return {
    ...{ kind: planned.kind, target, at: Date.now() },
    end: async () => {
      await row.end?.(world, target ?? '');
    },
  };
}

async function targetOf(
  { lab }: World,
  strikes: Row['strikes'],
  place: number,
): Promise<string | null | { readonly why: string }> {
  if (strikes === null) return null;
  if (strikes === 'etcd') return lab.layout.etcd[place]?.name ?? 'e1';
  const leader = await lab.leader().catch(() => null);
  if (leader === null) return { why: 'nobody leads, so the leader cannot be struck nor told from the others' };
  if (place === 0) return leader;
  const replicas = lab.realMembers.map(({ name }) => name).filter((name) => name !== leader);
  return replicas[place - 1] ?? leader;
}
