// Break-glass sessions that were ended before their hour was over. They have no row in a store that may be away: a small file in the
// data folder keeps them, so that a copy of the cookie does not count again after a restart.
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { saidBy } from '../../language/spoken-error';
import { readDataObject } from '../data-file';
import { log } from '../log';

const FILE = 'ended-glass.json';

export class EndedGlass {
  readonly #file: string;
  readonly #now: () => number;
  #isLost = false;
  /** Few: each is an alert. */
  readonly #own = new Set<string>();
  /** Until when each would have counted. */
  readonly #ended = new Map<string, number>();

  constructor(dataDir: string, now: () => number) {
    this.#file = path.join(dataDir, FILE);
    this.#now = now;
    try {
      for (const [sid, until] of Object.entries(readDataObject(this.#file, FILE) ?? {}))
        if (typeof until === 'number' && until > now()) this.#ended.set(sid, until);
    } catch (error) {
      this.#isLost = true;
      log.error(String(saidBy(error)));
    }
  }

  has(sid: string): boolean {
    return this.#ended.has(sid) || (this.#isLost && !this.#own.has(sid));
  }

  /** Of this process: it counts also where those of before cannot be told apart. */
  begun(sid: string): void {
    this.#own.add(sid);
  }

  add(sid: string, until: number): void {
    this.#ended.set(sid, until);
    for (const [id, end] of this.#ended) if (end <= this.#now()) this.#ended.delete(id);
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(Object.fromEntries(this.#ended)), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      log.error({ err: error }, 'the end of a break-glass session is known to this process alone');
    }
  }
}
