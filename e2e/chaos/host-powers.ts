// What only root may do to a machine, for one lab: a chain of iptables that drops what goes to its addresses, and a small disk of its own
// for Howdah's data. Each is undone by the lab's name alone, so that a later process can do it for one that died.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Layout } from '../lab/layout';

/** Howdah's data of an hour are below 20 MiB. */
const DISK_MIB = 96;
const BLOCK = Buffer.alloc(64 * 1024);

/** Also of the folder of its disk; iptables takes 28 letters. */
const chainOf = ({ seed, name }: Layout): string =>
  `howdah-chaos-${createHash('sha256').update(`${seed}/${name}`).digest('hex').slice(0, 8)}`;

function iptables(...args: readonly string[]): boolean {
  try {
    execFileSync('iptables', ['-w', '5', ...args], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** What goes to an address is dropped, from everybody; what is already written into a socket is not taken back. */
export class Cuts {
  readonly #chain: string;
  readonly #net: string;
  readonly cut = new Set<string>();

  constructor(layout: Layout) {
    this.#chain = chainOf(layout);
    this.#net = `${layout.prefix}0/24`;
  }

  /** false: not allowed here. */
  open(): boolean {
    this.close();
    return iptables('-N', this.#chain) && iptables('-I', 'INPUT', '1', '-d', this.#net, '-j', this.#chain);
  }

  close(): void {
    this.cut.clear();
    while (iptables('-D', 'INPUT', '-d', this.#net, '-j', this.#chain));
    iptables('-F', this.#chain);
    iptables('-X', this.#chain);
  }

  set(ip: string, on: boolean): void {
    if (!iptables(on ? '-A' : '-D', this.#chain, '-d', ip, '-j', 'DROP')) throw new Error(`iptables: ${ip}`);
    if (on) this.cut.add(ip);
    else this.cut.delete(ip);
  }
}

/** Not in a folder of the lab: while it is mounted nobody could remove that. */
const diskOf = (layout: Layout): string => path.join(tmpdir(), chainOf(layout));

/** A folder for Howdah's data, where that is allowed on a disk of its own. */
export class SmallDisk {
  readonly folder: string;
  readonly #fill: string;
  /** It has a disk of its own, which can be filled. */
  readonly isOwn: boolean;

  constructor(layout: Layout) {
    unmount(layout);
    const mount = diskOf(layout);
    mkdirSync(mount, { recursive: true });
    this.isOwn = tried('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=700`, 'howdah-chaos', mount]);
    this.folder = path.join(mount, 'data');
    this.#fill = path.join(mount, 'fill');
    mkdirSync(this.folder, { recursive: true });
  }

  fill(): void {
    const file = openSync(this.#fill, 'a');
    try {
      for (;;) writeSync(file, BLOCK);
    } catch {
      // Full. The rest of the last block too.
      for (let size = BLOCK.length; size >= 1; size = Math.floor(size / 2)) {
        try {
          writeSync(file, BLOCK.subarray(0, size));
        } catch {
          // A smaller piece may fit.
        }
      }
    } finally {
      closeSync(file);
    }
  }

  clear(): void {
    rmSync(this.#fill, { force: true });
  }
}

function tried(file: string, args: readonly string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

function unmount(layout: Layout): void {
  const mount = diskOf(layout);
  const isMounted = (): boolean =>
    existsSync('/proc/mounts') && readFileSync('/proc/mounts', 'utf8').includes(` ${mount} `);
  while (isMounted() && tried('umount', ['-l', mount]));
  rmSync(mount, { recursive: true, force: true });
}

/** Everything that a run with this layout may have left of both. */
export function undoHostPowers(layout: Layout): void {
  new Cuts(layout).close();
  unmount(layout);
}
