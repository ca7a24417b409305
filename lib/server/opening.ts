// Something that takes a while to open, for those who ask before it is open: they wait for it, or look whether it is there.

import type { Text } from '../language/sentence';
import { saidBy } from '../language/spoken-error';
import { Refusal } from './route';

export class Opening<T> {
  readonly #promise: Promise<T>;
  #value: T | null = null;
  #problem: Text | null = null;

  constructor(promise: Promise<T>) {
    this.#promise = promise;
    promise.then(
      (value) => {
        this.#value = value;
      },
      (error: unknown) => {
        this.#problem = saidBy(error);
      },
    );
  }

  /** null: still opening, or it could not be opened. */
  now(): T | null {
    return this.#value;
  }

  /** Why it could not be opened; null: it could, or it is still opening. */
  problem(): Text | null {
    return this.#problem;
  }

  /** Rejects with a Refusal where it could not be opened; `words` make its sentence of the reason. */
  async value(words: (why: Text) => Text): Promise<T> {
    await this.#promise.catch(() => undefined);
    if (this.#value === null) throw new Refusal('not_ready', words(this.#problem ?? ''));
    return this.#value;
  }
}
