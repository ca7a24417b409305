// What differs where Howdah was installed as a package: its pages are there, built for one path, and there are no sources.
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Why this cannot be started from a package, in words; null: it can. */
export function packageProblem(isDev: boolean, basePath: string): string | null {
  if (isDev) return '--dev needs the sources; this is a package without them';
  if (basePath !== '')
    return `publicUrl has the path ${basePath}, and the pages of a package are built for none; give Howdah a host name of its own, or run it from a checkout, which builds its pages for the path`;
  return null;
}

/**
 * For the environment. Next takes its settings from its own record of the build, as its standalone server does: next.config.js is not there,
 * and reading it would load the compiler. `root`: the folder with the pages.
 */
export function packageSettings(root: string): Readonly<Record<string, string>> {
  const record: { config: unknown } = JSON.parse(
    readFileSync(path.join(root, '.next/required-server-files.json'), 'utf8'),
  );
  return { HOWDAH_DIST: '.next', __NEXT_PRIVATE_STANDALONE_CONFIG: JSON.stringify(record.config) };
}
