// What a machine says of itself, on the wire. With zod: the browser imports types.
import { z } from 'zod';
import type { HostState } from '../domain/hosts/host';
import { bytes, count, instant, knownInstant } from './scalar';
import { shape, spoken } from './spoken';
import type { Proved, Same } from './wire';

const disk = shape({
  mount: z.string(),
  device: z.string(),
  sizeBytes: z.number(),
  availableBytes: z.number(),
  readOnly: z.boolean(),
  fillBytesPerSecond: count.describe('over minutes; below zero it empties'),
  fullInSeconds: count.describe('at that rate; null: not known, or it does not fill'),
  anchor: shape({ at: instant, availableBytes: z.number() }).describe('what the next figures are compared with'),
});

export const machine = shape({
  observedAt: knownInstant,
  error: spoken.nullable(),
  cores: count,
  cpuShare: count.describe('from 0 to 1, over the last two answers'),
  load1: count,
  memoryBytes: bytes,
  memoryAvailableBytes: bytes,
  swapBytes: bytes,
  swapFreeBytes: bytes,
  disks: z.array(disk).describe('fullest first'),
  receivedBytesPerSecond: bytes,
  sentBytesPerSecond: bytes,
  oomAt: knownInstant.describe('when a kill for want of memory was last seen'),
  bootAt: knownInstant,
  clockSynchronized: z.boolean().nullable(),
  counters: shape({
    cpuBusySeconds: count,
    cpuSeconds: count,
    receivedBytes: bytes,
    sentBytes: bytes,
    oomKills: count,
  }),
});

export type MachineIsProved = Proved<[Same<typeof machine, HostState>]>;
