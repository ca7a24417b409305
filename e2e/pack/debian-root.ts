// A fresh Debian with nothing but what it cannot be without, to install into, and an image's files to run in. Root only.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { debianMirror } from '../lab/environments';
import { DIST } from './tree';

/** In a mount namespace of its own, so that nothing stays mounted. */
const ENTER = `
set -e
root=$1; shift
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" "$@"
`;

/** Nothing can be written but the data folder and /tmp, and /proc shows processes only. */
const READ_ONLY = `
set -e
root=$1; data=$2; user=$3; shift 3
mount --bind "$root" "$root"
mount --bind "$root$data" "$root$data"
mount -o remount,bind,ro "$root"
mount -t proc -o subset=pid proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
`;

/**
 * As howdah.service confines it, as far as mounts and rights can do that without systemd: everything is read-only but the data folder and
 * /tmp, /proc shows processes only, no right can be had. Its filter of system calls is not among it.
 */
const CONFINED = `${READ_ONLY}exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
`;

/** As a container engine confines it with a read-only root: nothing of this image but its own program is run inside. */
const CONTAINED = `${READ_ONLY}exec chroot --userspec="$user:$user" --groups= "$root" "$@"
`;

/** A copy at `root`. The first is made by debootstrap and kept. */
export function makeDebianRoot(suite: 'bookworm' | 'trixie', root: string): void {
  const kept = path.join(DIST, 'cache', `debian-${suite}`);
  if (!existsSync(kept)) {
    mkdirSync(path.dirname(kept), { recursive: true });
    rmSync(`${kept}.new`, { recursive: true, force: true });
    execFileSync('debootstrap', ['--variant=minbase', suite, `${kept}.new`, debianMirror()], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    rmSync(`${kept}.new/var/cache/apt/archives`, { recursive: true, force: true });
    renameSync(`${kept}.new`, kept);
  }
  execFileSync('cp', ['-a', kept, root]);
}

const MOUNTS = ['unshare', '--mount', '--propagation', 'private', '/bin/sh', '-c'] as const;

/** A command as it is run inside. */
export function inside(root: string, ...command: readonly string[]): [string, ...string[]] {
  return [...MOUNTS, ENTER, 'enter', root, ...command];
}

/** A command as the service runs it there. */
export function insideAs(
  root: string,
  user: string,
  data: string,
  ...command: readonly string[]
): [string, ...string[]] {
  return [...MOUNTS, CONFINED, 'enter', root, data, user, ...command];
}

/** A command as a container engine runs it there. */
export function insideImage(
  root: string,
  user: number,
  data: string,
  ...command: readonly string[]
): [string, ...string[]] {
  return [...MOUNTS, CONTAINED, 'enter', root, data, String(user), ...command];
}
