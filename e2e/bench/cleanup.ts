// What a bench started is ended in reverse order, whether it finished, failed or was interrupted.

export type Release = () => void | Promise<void>;

export class Cleanup {
  readonly #stack: { readonly name: string; readonly release: Release }[] = [];
  #running: Promise<void> | null = null;

  add(name: string, release: Release): void {
    this.#stack.push({ name, release });
  }

  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    for (let entry = this.#stack.pop(); entry !== undefined; entry = this.#stack.pop()) {
      try {
        await entry.release();
      } catch (error) {
        process.stderr.write(`while ending ${entry.name}: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs one bench; its exit code is the process's. A signal ends it as a failure, after the same cleanup. */
export async function withCleanup(run: (cleanup: Cleanup) => Promise<number>): Promise<number> {
  const cleanup = new Cleanup();
  const onSignal = (): void => void cleanup.run().finally(() => process.exit(130));
  const onCrash = (error: Error): void => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    void cleanup.run().finally(() => process.exit(1));
  };
  // A reader that went away (`| head`) ends the bench as a signal does.
  process.stdout.once('error', onSignal);
  for (const signal of SIGNALS) process.once(signal, onSignal);
  process.once('uncaughtException', onCrash);
  try {
    return await run(cleanup);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  } finally {
    await cleanup.run();
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.stdout.off('error', onSignal);
    process.off('uncaughtException', onCrash);
  }
}
