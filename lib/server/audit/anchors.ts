// A head of the journal that was kept somewhere else, and what has become of that entry since. An anchor is any line that names
// journal, number and hash of an entry: JSON as the webhook was given it, or a line of a syslog.
import { parseObject } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';
import { hashOfEntry, hashOfHeader, parseEntry } from './chain';
import { journalPaths, keptFiles, readHeader, readLines } from './files';

export interface Anchor {
  readonly journal: string;
  readonly seq: number;
  readonly hash: string;
}

const HASH = /^[0-9a-f]{64}$/;
const PROBLEM_LIMIT = 20;

/** Lines that are none are counted: a file without any anchor proves nothing. */
export function parseAnchors(file: string): { readonly anchors: readonly Anchor[]; readonly others: number } {
  const lines = file.split('\n').filter((line) => line.trim() !== '');
  const anchors = lines.flatMap((line) => anchorIn(line) ?? []);
  return { anchors, others: lines.length - anchors.length };
}

function anchorIn(line: string): Anchor | null {
  const said = Object.fromEntries(
    [...line.matchAll(/\b(journal|seq|hash)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const json = said.hash === undefined ? parseObject(line.slice(Math.max(0, line.indexOf('{')))) : said;
  if (json === null) return null;
  const [journal, seq, hash] = [json.journal, Number(json.seq), json.hash];
  if (typeof journal !== 'string' || typeof hash !== 'string' || !HASH.test(hash) || !Number.isInteger(seq))
    return null;
  return seq < 1 ? null : { journal, seq, hash };
}

/** What of them does not hold, over every journal of the folder; empty: they all do. */
export async function compareAnchors(folder: string, anchors: readonly Anchor[]): Promise<readonly Text[]> {
  const paths = journalPaths(folder);
  const wanted = new Map<string, Set<string>>();
  for (const { journal, seq, hash } of anchors) {
    const key = `${journal} ${seq}`;
    wanted.set(key, (wanted.get(key) ?? new Set()).add(hash));
  }
  const met = new Map<string, Set<string>>();
  for (const file of [...(await keptFiles(paths)).map(paths.at), paths.journal]) {
    const header = await readHeader(file);
    if (header === null) continue;
    let prev = hashOfHeader(header);
    for await (const line of readLines(file)) {
      const entry = line.whole ? parseEntry(line.bytes) : null;
      if (entry === null) continue;
      const key = `${header.journal} ${entry.seq}`;
      // Its own hash may be the old one over a new text.
      const hash = hashOfEntry({ ...entry, prev }, header.version);
      prev = entry.hash;
      if (wanted.has(key)) met.set(key, (met.get(key) ?? new Set()).add(hash));
    }
  }
  const problems: Text[] = [];
  for (const [key, hashes] of wanted) {
    const [journal = '', seq = ''] = key.split(' ');
    const found = met.get(key);
    if (found === undefined) problems.push(say`entry ${seq} of journal ${journal} is kept elsewhere and is not here`);
    else if (![...hashes].every((hash) => found.has(hash)))
      problems.push(say`entry ${seq} of journal ${journal} is not the one that is kept elsewhere`);
  }
  if (problems.length <= PROBLEM_LIMIT) return problems;
  return [...problems.slice(0, PROBLEM_LIMIT), say`and ${problems.length - PROBLEM_LIMIT} more`];
}
