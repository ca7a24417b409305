// What a card must remember although the phone ends its page: the decision that was sent, and the action that is followed. In
// localStorage, a drawer a cluster; after a day nobody waits for an answer any more. Pure but for the storage that is given.
import { carry, revive } from '../../language/carry';
import type { Keep } from '../actions/decision';

const DAY_MS = 24 * 3600_000;
const FOLLOWED = 'howdah-followed';

const drawer = (name: string, scope: string): string => `${name}-card:${scope}`;

interface Kept {
  readonly at: number;
  readonly value: string;
}

function readKept(text: string | null): Kept | null {
  try {
    const found: unknown = revive(JSON.parse(text ?? 'null'));
    if (typeof found !== 'object' || found === null) return null;
    const { at, value } = found as Partial<Kept>;
    return typeof at === 'number' && typeof value === 'string' ? { at, value } : null;
  } catch {
    return null;
  }
}

/** A Keep (decision.ts) of one cluster that outlives the page, for a day. */
export function keepOf(store: Keep, scope: string, now: () => number): Keep {
  return {
    getItem: (name) => {
      const kept = readKept(store.getItem(drawer(name, scope)));
      return kept === null || now() - kept.at > DAY_MS ? null : kept.value;
    },
    setItem: (name, value) =>
      store.setItem(drawer(name, scope), JSON.stringify(carry({ at: now(), value } satisfies Kept))),
    removeItem: (name) => store.removeItem(drawer(name, scope)),
  };
}

const NOWHERE: Keep = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };

/** A browser may forbid the storage: then it is remembered as long as the page lives. */
export function cardKeep(scope: string): Keep {
  try {
    return keepOf(localStorage, scope, Date.now);
  } catch {
    return NOWHERE;
  }
}

/** The action whose end the person wants to see; null: none. */
export function readFollowed(keep: Keep): string | null {
  try {
    return keep.getItem(FOLLOWED);
  } catch {
    return null;
  }
}

export function keepFollowed(keep: Keep, id: string | null): void {
  try {
    if (id === null) keep.removeItem(FOLLOWED);
    else keep.setItem(FOLLOWED, id);
  } catch {
    // Forbidden or full: the page itself still holds it.
  }
}
