// Is a password among those that are tried first? A list of published breaches as a Bloom filter: it never misses one of the list, and
// takes about one in ten thousand others for one. Nothing leaves the machine. Also what people make of such a word to satisfy a rule is
// found: it in capitals, with digits and signs around it, with digits for letters, or said twice.
import { createHash } from 'node:crypto';
import { BREACHED } from './breached-data';

/** Shorter words are parts of everything. */
export const SHORTEST = 5;
/** Signs around a word that make no other password of it; more may be chance enough. */
const AROUND_MAX = 8;
const HASHES = 14;

const bits = Buffer.from(BREACHED, 'base64');

/** The bits of a word, by double hashing. */
export function placesOf(word: string, size: number): readonly number[] {
  const hash = createHash('sha256').update(word).digest();
  const [first, second] = [hash.readUInt32LE(0), (hash.readUInt32LE(4) | 1) >>> 0];
  return Array.from({ length: HASHES }, (_, index) => (first + index * second) % size);
}

function isListed(word: string): boolean {
  return (
    word.length >= SHORTEST &&
    placesOf(word, bits.length * 8).every((place) => ((bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0)
  );
}

const LETTERS: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b' },
  ...{ '@': 'a', $: 's', '!': 'i' },
};
const spelled = (word: string): string => word.replace(/[0134578@$!]/g, (sign) => LETTERS[sign] ?? sign);

/** What is repeated to make this word; the word itself where nothing is. */
function unitOf(word: string): string {
  const length = (word + word).indexOf(word, 1);
  return word.slice(0, length);
}

/** The word without the signs around it; null: there are too many of them, or nothing but signs. */
function coreOf(word: string): string | null {
  const core = word.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return core !== '' && word.length - core.length <= AROUND_MAX ? core : null;
}

export function isBreached(password: string): boolean {
  const word = password.normalize('NFKC').toLowerCase();
  const core = coreOf(word);
  const spelledCore = coreOf(spelled(word));
  return [word, core, spelledCore, core === null ? null : spelled(core)].some(
    (one) => one !== null && (isListed(one) || isListed(unitOf(one))),
  );
}
