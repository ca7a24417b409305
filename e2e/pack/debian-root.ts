// A fresh Debian with nothing but what it cannot be without, to install into. Root only.
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

/** A command as it is run inside. */
export function inside(root: string, ...command: readonly string[]): [string, ...string[]] {
  return ['unshare', '--mount', '--propagation', 'private', '/bin/sh', '-c', ENTER, 'enter', root, ...command];
}
