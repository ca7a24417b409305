// How often one may ask: token buckets per caller and per address, and a number of open streams. Pure but for what it remembers;
// the clock is given. A bucket that is full again is forgotten, so memory follows who asks now, and has a written end.
import { isIP } from 'node:net';

/** `sign_in`: an attempt with a password, a code or a token that was wrong; `unsafe`: what may change something; `read`: the rest. */
export type LimitKind = 'sign_in' | 'unsafe' | 'read';

export interface Rate {
  /** So many at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Of one caller. A person with many tabs stays far below; a script that does not is told to wait. */
export const CALLER_RATES: Readonly<Record<LimitKind, Rate>> = {
  sign_in: { burst: 8, perSecond: 1 / 15 },
  unsafe: { burst: 120, perSecond: 5 },
  read: { burst: 600, perSecond: 60 },
};

/** Of one address: behind it may be an office. */
export const PEER_RATES: Readonly<Record<LimitKind, Rate>> = {
  sign_in: { burst: 20, perSecond: 1 / 6 },
  unsafe: { burst: 400, perSecond: 20 },
  read: { burst: 3000, perSecond: 300 },
};

export const STREAMS_OF_CALLER = 10;
export const STREAMS = 1000;
const BUCKETS_MAX = 20_000;

export interface Who {
  /** Whatever tells callers apart; null: nobody has signed in. */
  readonly caller: string | null;
  /** null: not known. */
  readonly peer: string | null;
}

interface Bucket {
  readonly rate: Rate;
  tokens: number;
  at: number;
}

export class Limits {
  readonly #now: () => number;
  /** Those used last at the end. */
  readonly #buckets = new Map<string, Bucket>();
  readonly #streams = new Map<string, number>();
  #open = 0;

  /** `now`: milliseconds that never go back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Null: go on. Else nothing was taken, and so many whole seconds pass until it would be allowed. */
  take(kind: LimitKind, who: Who): number | null {
    const buckets = this.#bucketsOf(kind, who);
    const wait = Math.max(0, ...buckets.map(({ rate, tokens }) => (1 - tokens) / rate.perSecond));
    if (wait > 0) return Math.max(1, Math.ceil(wait));
    for (const bucket of buckets) bucket.tokens -= 1;
    return null;
  }

  /** A stream of this caller begins. Null: too many are open; else call the result once when it ends. */
  openStream(who: Who): (() => void) | null {
    const key = streamKey(who);
    const own = this.#streams.get(key) ?? 0;
    if (own >= STREAMS_OF_CALLER || this.#open >= STREAMS) return null;
    this.#streams.set(key, own + 1);
    this.#open += 1;
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#open -= 1;
      const left = (this.#streams.get(key) ?? 1) - 1;
      if (left > 0) this.#streams.set(key, left);
      else this.#streams.delete(key);
    };
  }

  /** Buckets kept now. */
  get size(): number {
    return this.#buckets.size;
  }

  #bucketsOf(kind: LimitKind, { caller, peer }: Who): Bucket[] {
    const found: Bucket[] = [];
    if (caller !== null) found.push(this.#bucket(`${kind} caller ${caller}`, CALLER_RATES[kind]));
    if (peer !== null) found.push(this.#bucket(`${kind} peer ${networkOf(peer)}`, PEER_RATES[kind]));
    return found;
  }

  #bucket(key: string, rate: Rate): Bucket {
    const now = this.#now();
    const known = this.#buckets.get(key);
    if (known === undefined) this.#makeRoom(now);
    else this.#buckets.delete(key);
    const bucket = known ?? { rate, tokens: rate.burst, at: now };
    bucket.tokens = tokensOf(bucket, now);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** First those that are full again, which says nothing any more; then a tenth, not used for longest: one by one would look at all of them each time. */
  #makeRoom(now: number): void {
    if (this.#buckets.size < BUCKETS_MAX) return;
    for (const [key, bucket] of this.#buckets)
      if (tokensOf(bucket, now) >= bucket.rate.burst) this.#buckets.delete(key);
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size < BUCKETS_MAX * 0.9) break;
      this.#buckets.delete(key);
    }
  }
}

function tokensOf({ rate, tokens, at }: Bucket, now: number): number {
  return Math.min(rate.burst, tokens + (Math.max(0, now - at) / 1000) * rate.perSecond);
}

function streamKey({ caller, peer }: Who): string {
  return caller === null ? `peer ${peer === null ? '' : networkOf(peer)}` : `caller ${caller}`;
}

/** One who has an IPv6 address has a whole /64 of them. */
export function networkOf(peer: string): string {
  if (isIP(peer) !== 6) return peer;
  const [head = '', tail] = peer.replace(/%.*$/, '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
