// What has to be ended when the process stops: last in, first out, each within its time and all within theirs. One that fails or
// takes too long does not keep the others; one that comes after the end is ended at once.
import { log } from './log';

interface Releaser {
  readonly what: string;
  readonly release: () => unknown;
  readonly withinMs: number;
}

/** Granted to each, however late it is. */
const LEAST_MS = 100;

export class Releasers {
  readonly #stack: Releaser[] = [];
  readonly #allMs: number;
  #isOver = false;

  constructor(allMs: number) {
    this.#allMs = allMs;
  }

  push(what: string, release: () => unknown, withinMs = this.#allMs): void {
    const releaser = { what, release, withinMs };
    if (this.#isOver) void end(releaser, withinMs);
    else this.#stack.push(releaser);
  }

  async release(): Promise<void> {
    this.#isOver = true;
    const deadline = performance.now() + this.#allMs;
    for (let last = this.#stack.pop(); last !== undefined; last = this.#stack.pop())
      await end(last, Math.max(LEAST_MS, Math.min(last.withinMs, deadline - performance.now())));
  }
}

async function end({ what, release }: Releaser, withinMs: number): Promise<void> {
  try {
    await Promise.race([release(), new Promise((resolve) => setTimeout(resolve, withinMs))]);
  } catch (error) {
    log.error({ err: error }, `${what} did not end well`);
  }
}
