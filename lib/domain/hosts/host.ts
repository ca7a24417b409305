// What the machine of a member says of itself, by node_exporter: data only. Rates come of two answers, what fills a disk of minutes; both
// are made in build-hosts.ts, which keeps in here what the next answer is compared with.
import type { Text } from '../../language/sentence';

export interface Disk {
  readonly mount: string;
  readonly device: string;
  readonly sizeBytes: number;
  /** For whoever is not root, as PostgreSQL is. */
  readonly availableBytes: number;
  readonly readOnly: boolean;
  /** By which it fills, over minutes; below zero it empties; null: not known yet. */
  readonly fillBytesPerSecond: number | null;
  /** At that rate; null: not known, or it does not fill. */
  readonly fullInSeconds: number | null;
  /** What the next answers are compared with. */
  readonly anchor: { readonly at: number; readonly availableBytes: number };
}

/** As they stand in one answer; they only grow, until the machine starts anew. */
export interface HostCounters {
  readonly cpuBusySeconds: number | null;
  readonly cpuSeconds: number | null;
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
  readonly oomKills: number | null;
}

export interface HostState {
  /** Of the newest good answer; null: none has come. */
  readonly observedAt: number | null;
  /** Why the newest question has no answer; null: it has. */
  readonly error: Text | null;
  readonly cores: number | null;
  /** From 0 to 1, over the last two answers. */
  readonly cpuShare: number | null;
  readonly load1: number | null;
  readonly memoryBytes: number | null;
  readonly memoryAvailableBytes: number | null;
  readonly swapBytes: number | null;
  readonly swapFreeBytes: number | null;
  /** Fullest first. */
  readonly disks: readonly Disk[];
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
  /** When the count of kills for want of memory was last seen to grow; null: it was not. */
  readonly oomAt: number | null;
  readonly bootAt: number | null;
  readonly clockSynchronized: boolean | null;
  readonly counters: HostCounters;
}
