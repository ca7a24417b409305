// How many files and sockets this process may have open, and what is made of it: those who look get no more than what the rounds
// leave, because a Howdah that accepts viewers and asks nobody shows nothing.
import { readFileSync } from 'node:fs';
import { say, type Text } from '../language/sentence';

/** Node, the journal, the store, the pages, and a first cluster. */
const LEAST = 256;
/** Enough for a hundred clusters and a thousand viewers. */
const PLENTY = 8192;
/** A member costs up to four: two of Patroni, one of PostgreSQL, one that is being closed. */
const SHARE_OF_ROUNDS = 0.5;

/** null: not limited, or not known here (elsewhere than on Linux). */
export function openFilesLimit(read = () => readFileSync('/proc/self/limits', 'utf8')): number | null {
  try {
    const [, soft] = /^Max open files\s+(\S+)/m.exec(read()) ?? [];
    const limit = Number(soft);
    return Number.isInteger(limit) ? limit : null;
  } catch {
    return null;
  }
}

/** Why Howdah does not start with so few. */
export function tooFewFiles(limit: number | null): Text | null {
  if (limit === null || limit >= LEAST) return null;
  return say`only ${limit} files may be open at once, and Howdah needs at least ${LEAST}; ${PLENTY} are good for a hundred clusters (ulimit -n, LimitNOFILE)`;
}

/** Connections that the web server takes; the rest of the limit is for what is watched. */
export function connectionsFor(limit: number | null, most: number): number {
  return limit === null ? most : Math.min(most, Math.max(1, Math.floor((limit - LEAST / 2) * (1 - SHARE_OF_ROUNDS))));
}
