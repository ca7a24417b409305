// Archives that are the same bytes when their content is: names in order, one time, no owner.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Of the newest commit, s. */
export function sourceDate(root: string): number {
  const given = Number(process.env.SOURCE_DATE_EPOCH ?? '');
  if (Number.isInteger(given) && given > 0) return given;
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim());
}

/** `folder` is the one name at the top of the archive. */
export function archive(file: string, folder: string, date: number): void {
  const same = ['--sort=name', `--mtime=@${date}`, '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go=rX'];
  const from = ['-C', path.dirname(folder), path.basename(folder)];
  execFileSync('tar', ['--format=gnu', ...same, '-I', 'gzip -n -9', '-cf', file, ...from]);
}

/** Of everything in the folder that is handed out. */
export function writeSums(folder: string): void {
  const made = readdirSync(folder)
    .filter((name) => /\.(tgz|tar\.gz|deb|rpm|oci\.tar)$/.test(name))
    .sort();
  const lines = made.map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(path.join(folder, name)))
        .digest('hex')}  ${name}\n`,
  );
  writeFileSync(path.join(folder, 'SHA256SUMS'), lines.join(''));
}
