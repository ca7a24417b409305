// What a state of the DCS means, for whoever judges it: also in a browser, which parses no answer of a DCS.
import type { Dcs } from './cluster';
import type { ReadingError } from './raw';

/** It works and does not let Howdah in: that says nothing about what others get of it. */
export function isRefusal({ kind }: Pick<ReadingError, 'kind'>): boolean {
  return kind === 'denied' || kind === 'auth' || kind === 'tls';
}

/** An election within the DCS takes a moment: younger than this it is none. */
const QUORUM_GRACE_MS = 3000;

/** Nobody can write to it, and not for a moment only. */
export function isQuorumLost({ quorum, currentAt }: Pick<Dcs, 'quorum' | 'currentAt'>, now: number): boolean {
  return quorum === false && (currentAt === null || now - currentAt >= QUORUM_GRACE_MS);
}
