// Makes figures of the machines out of two answers of each, and of minutes for what fills a disk. Pure: what was before stands in the
// snapshot before.
import type { Cluster, Member } from '../cluster';
import type { RawMember, RawObservation } from '../raw';
import { failureWords } from '../reading-failure';
import { type DiskSample, type HostSample, parseHost } from '../wire/node-exporter';
import type { Disk, HostState } from './host';

/** A disk is compared with what it was at least so long ago, at most so long. */
const ANCHOR_LEAST_MS = 5 * 60_000;
const ANCHOR_MOST_MS = 30 * 60_000;

const NOTHING: HostState = {
  ...{ observedAt: null, error: null, cores: null, cpuShare: null, load1: null, memoryBytes: null },
  ...{ memoryAvailableBytes: null, swapBytes: null, swapFreeBytes: null, disks: [], receivedBytesPerSecond: null },
  ...{ sentBytesPerSecond: null, oomAt: null, bootAt: null, clockSynchronized: null },
  counters: { cpuBusySeconds: null, cpuSeconds: null, receivedBytes: null, sentBytes: null, oomKills: null },
};

export function withHosts(raw: RawObservation, cluster: Cluster, before: Cluster | null): Cluster {
  if (raw.members.every(({ machine }) => machine === undefined)) return cluster;
  const known = new Map(before?.members.map((member) => [member.name, member.machine]));
  const asked = new Map(raw.members.map((member) => [member.name, member]));
  const members = cluster.members.map((member): Member => {
    const machine = hostOf(asked.get(member.name), known.get(member.name) ?? NOTHING);
    return machine === null ? member : { ...member, machine };
  });
  return { ...cluster, members };
}

function hostOf(member: RawMember | undefined, before: HostState): HostState | null {
  if (member?.machine === undefined) return null;
  const { last, good } = member.machine;
  const error = last !== null && !last.ok ? failureWords(last.error) : null;
  if (good === null || good.at === before.observedAt) return { ...before, error };
  const sample = parseHost(good.value);
  return sample === null ? { ...before, error } : { ...next(sample, good.at, before), error };
}

function next(sample: HostSample, at: number, before: HostState): HostState {
  const { disks, cpuBusySeconds, cpuSeconds, receivedBytes, sentBytes, oomKills, ...figures } = sample;
  const counters = { cpuBusySeconds, cpuSeconds, receivedBytes, sentBytes, oomKills };
  const seconds = before.observedAt === null ? null : (at - before.observedAt) / 1000;
  const grown = (key: keyof typeof counters): number | null => {
    const [now, then] = [counters[key], before.counters[key]];
    // What is less than it was began anew with the machine.
    return now === null || then === null || now < then ? null : now - then;
  };
  const by = (key: keyof typeof counters): number | null => {
    const more = grown(key);
    return more === null || seconds === null || seconds <= 0 ? null : more / seconds;
  };
  const [busy, all] = [grown('cpuBusySeconds'), grown('cpuSeconds')];
  return {
    ...figures,
    error: null,
    observedAt: at,
    cpuShare: busy === null || all === null || all === 0 ? null : Math.min(1, busy / all),
    receivedBytesPerSecond: by('receivedBytes'),
    sentBytesPerSecond: by('sentBytes'),
    oomAt: (grown('oomKills') ?? 0) > 0 ? at : before.oomAt,
    disks: disks
      .map((disk) =>
        diskOf(
          disk,
          at,
          before.disks.find(({ mount }) => mount === disk.mount),
        ),
      )
      .sort((a, b) => a.availableBytes / a.sizeBytes - b.availableBytes / b.sizeBytes),
    counters,
  };
}

function diskOf(disk: DiskSample, at: number, before: Disk | undefined): Disk {
  const now = { at, availableBytes: disk.availableBytes };
  const isSame = before !== undefined && before.sizeBytes === disk.sizeBytes;
  const anchor = isSame ? before.anchor : now;
  const ageMs = at - anchor.at;
  const measured = ageMs >= ANCHOR_LEAST_MS ? (anchor.availableBytes - disk.availableBytes) / (ageMs / 1000) : null;
  const fillBytesPerSecond = measured ?? (isSame ? before.fillBytesPerSecond : null);
  return {
    ...disk,
    fillBytesPerSecond,
    fullInSeconds:
      fillBytesPerSecond === null || fillBytesPerSecond <= 0 ? null : disk.availableBytes / fillBytesPerSecond,
    anchor: ageMs >= ANCHOR_MOST_MS ? now : anchor,
  };
}
