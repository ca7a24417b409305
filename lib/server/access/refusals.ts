// What was refused lately: wrong passwords, codes and tokens, tries on a locked name, requests without the right. Each is a line of the
// log, so many a minute; when they grow many they are told once, as one incident, however long it goes on. A name that was tried is
// named where an account has it: what else stands in that field may be a password. Holds no secret.

import { joined, say, type Text } from '../../language/sentence';
import { log } from '../log';
import type { AccessLog } from './access-log';

/** A guess at a secret; a request without the right; one that nobody understands, or of nobody, which the log alone hears of. */
export type RefusalKind = 'guess' | 'request' | 'input';

export interface Refused {
  readonly kind: RefusalKind;
  /** The account, or the caller; null: none that is known. */
  readonly name: string | null;
  readonly address: string | null;
  /** For the log: `sign-in`, or the route and the code. */
  readonly what: string;
}

const WINDOW_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
/** From so many in the window on somebody is told. Five wrong passwords lock a name. */
const MANY: Readonly<Record<RefusalKind, number>> = { guess: 5, request: 50, input: Number.POSITIVE_INFINITY };
/** While it goes on it is told again, with the numbers of then. */
const TELL_EACH_MS = 5 * 60_000;
const PAIRS_MAX = 200;
const LINES_MAX = 120;
const NAMED = 5;

interface Minute {
  readonly at: number;
  readonly counts: Map<string, number>;
  lines: number;
}

export class Refusals {
  readonly #log: Pick<AccessLog, 'note'>;
  readonly #now: () => number;
  #minutes: readonly Minute[] = [];
  readonly #toldAt = new Map<RefusalKind, number>();

  constructor(accessLog: Pick<AccessLog, 'note'>, now: () => number) {
    this.#log = accessLog;
    this.#now = now;
  }

  /** Resolves when it was told, where it has to be. */
  async note({ kind, name, address, what }: Refused): Promise<void> {
    const now = this.#now();
    const minute = this.#minute(now);
    const pair = JSON.stringify([kind, name, address]);
    const key = minute.counts.has(pair) || minute.counts.size < PAIRS_MAX ? pair : JSON.stringify([kind, null, null]);
    minute.counts.set(key, (minute.counts.get(key) ?? 0) + 1);
    minute.lines += 1;
    if (minute.lines <= LINES_MAX) log.info({ kind, name, address, what }, 'refused');
    if (minute.lines === LINES_MAX) log.warn({ each: 'minute', lines: LINES_MAX }, 'more is refused than is logged');
    await this.#tell(kind, now);
  }

  #minute(now: number): Minute {
    const newest = this.#minutes.at(-1);
    if (newest !== undefined && now - newest.at < MINUTE_MS && now >= newest.at) return newest;
    const minute = { at: now, counts: new Map<string, number>(), lines: 0 };
    this.#minutes = [...this.#minutes.filter(({ at }) => at <= now && now - at < WINDOW_MS), minute];
    return minute;
  }

  async #tell(kind: RefusalKind, now: number): Promise<void> {
    if (now - (this.#toldAt.get(kind) ?? Number.NEGATIVE_INFINITY) < TELL_EACH_MS) return;
    const pairs = new Map<string, number>();
    for (const { counts } of this.#minutes)
      for (const [key, count] of counts) {
        const of: [RefusalKind, string | null, string | null] = JSON.parse(key);
        if (of[0] === kind) pairs.set(key, (pairs.get(key) ?? 0) + count);
      }
    const all = [...pairs.values()].reduce((sum, count) => sum + count, 0);
    if (all < MANY[kind]) return;
    this.#toldAt.set(kind, now);
    const worst = [...pairs].sort(([, a], [, b]) => b - a).slice(0, NAMED);
    const [, name, address]: [RefusalKind, string | null, string | null] = JSON.parse(
      worst[0]?.[0] ?? '[null,null,null]',
    );
    const who = joined(worst.map(pairWords), '; ');
    const text: Text =
      kind === 'guess'
        ? say`${all} wrong passwords, codes or tokens in 15 min: ${who}`
        : say`${all} requests were refused for want of rights in 15 min: ${who}`;
    await this.#log.note(kind === 'guess' ? 'guesses' : 'refusals', { actor: name ?? '', address, text });
  }
}

function pairWords([key, count]: readonly [string, number]): Text {
  const [, name, address]: [RefusalKind, string | null, string | null] = JSON.parse(key);
  const from = address ?? say`an address that is not known`;
  return name === null
    ? say`a name or token that nobody has, from ${from}: ${count}`
    : say`${name}, from ${from}: ${count}`;
}
