// Notices that a certificate was renewed. By looking, not by watching: renewals replace files, folders and links in many ways,
// and a look each few seconds sees all of them.
import { statSync } from 'node:fs';

const LOOK_MS = 5000;

/** `changed` is asked again at each look until it says true: of two files the second may come later. Call the result to end. */
export function watchFiles(files: readonly string[], changed: () => boolean, lookMs = LOOK_MS): () => void {
  let known = stamp(files);
  const timer = setInterval(() => {
    const now = stamp(files);
    if (now !== known && changed()) known = now;
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}

function stamp(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? '' : `${stat.mtimeMs} ${stat.ino} ${stat.size}`;
    })
    .join('\n');
}
