// Runbooks as files: Markdown in the folder that `runbooks:` names, read again when a question comes and what was read is older than
// some seconds. A file that cannot be used is said, and the others are there all the same.

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunbooksAnswer } from '../../contract/runbooks';
import { joined, say, type Text } from '../../language/sentence';
import { isAbout, type Place, parseRunbook, type Runbook } from '../../telling/runbooks/runbook';
import type { HowdahConfig } from '../config/config';

const FILES_MAX = 500;
const BYTES_MAX = 64 * 1024;
const FRESH_MS = 5000;

interface Read {
  readonly runbooks: readonly Runbook[];
  readonly problems: readonly Text[];
}

let kept: { readonly folder: string; readonly at: number; readonly read: Promise<Read> } | null = null;

export async function runbooksAnswer(
  { runbooks: folder, links }: Pick<HowdahConfig, 'runbooks' | 'links'>,
  place: Place,
  now: number,
): Promise<RunbooksAnswer> {
  if (folder !== null && (kept?.folder !== folder || now - kept.at > FRESH_MS))
    kept = { folder, at: now, read: readFolder(folder) };
  const read = folder === null ? NOTHING : await (kept?.read ?? NOTHING);
  return {
    runbooks: read.runbooks
      .filter((runbook) => isAbout(runbook, place))
      .map(({ file, title, text, codes }) => ({ file, title, text, codes: [...codes] })),
    links: links.filter((link) => isAbout(link, place)).map(({ name, url }) => ({ name, url })),
    problem: read.problems.length === 0 ? null : joined(read.problems.slice(0, 3), '; '),
  };
}

const NOTHING: Read = { runbooks: [], problems: [] };

/** Never rejects. */
async function readFolder(folder: string): Promise<Read> {
  try {
    const names = (await readdir(folder)).filter((name) => /\.md$/i.test(name)).sort();
    const made = await Promise.all(names.slice(0, FILES_MAX).map((name) => readOne(folder, name)));
    const problems = made.flatMap((one) => (isRunbook(one) ? [] : [one]));
    const cut = names.length > FILES_MAX ? [say`only the first ${FILES_MAX} files of ${folder} are read`] : [];
    return { runbooks: made.filter(isRunbook), problems: [...cut, ...problems] };
  } catch {
    return { runbooks: [], problems: [say`the folder of runbooks cannot be read: ${folder}`] };
  }
}

const isRunbook = (one: Runbook | Text): one is Runbook => typeof one === 'object' && 'codes' in one;

async function readOne(folder: string, name: string): Promise<Runbook | Text> {
  const whole = path.join(folder, name);
  try {
    const { size } = await stat(whole);
    if (size > BYTES_MAX) return say`${name}: larger than ${BYTES_MAX / 1024} KiB`;
    return parseRunbook(name, await readFile(whole, 'utf8'));
  } catch {
    return say`${name}: it cannot be read`;
  }
}
