// Something that takes a while to open, for those who ask before it is open: they wait for it, or look whether it is there.

import { isSameText, type Text } from '../language/sentence';
import { saidBy } from '../language/spoken-error';
import { log } from './log';
import { Refusal } from './route';

const AGAIN_MS = 5000;

/** Tried again and again until it opens or is stopped: a disk that was full may have room by then. */
export class Opening<T> {
  readonly #open: () => Promise<T>;
  readonly #againMs: number;
  readonly #first: Promise<void>;
  #value: T | null = null;
  #problem: Text | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(open: () => Promise<T>, againMs = AGAIN_MS) {
    this.#open = open;
    this.#againMs = againMs;
    this.#first = this.#try();
  }

  async #try(): Promise<void> {
    try {
      this.#value = await this.#open();
      this.#problem = null;
    } catch (error) {
      const problem = saidBy(error);
      if (this.#problem === null || !isSameText(this.#problem, problem))
        log.error({ err: error }, 'what needs the data folder cannot be opened; trying again');
      this.#problem = problem;
      if (this.#isStopped) return;
      this.#timer = setTimeout(() => void this.#try(), this.#againMs);
      this.#timer.unref();
    }
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** null: still opening, or it could not be opened. */
  now(): T | null {
    return this.#value;
  }

  /** Why it could not be opened, the last time it was tried; null: it could, or it is still opening. */
  problem(): Text | null {
    return this.#problem;
  }

  /** Rejects with a Refusal where it could not be opened; `words` make its sentence of the reason. */
  async value(words: (why: Text) => Text): Promise<T> {
    await this.#first;
    if (this.#value === null) throw new Refusal('not_ready', words(this.#problem ?? ''));
    return this.#value;
  }
}
