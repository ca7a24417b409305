// PgBouncers as their consoles behave (1.18.0 and 1.24.1, measured): PAUSE of a database waits for open transactions and stays when its
// connection is gone, a second PAUSE says nothing, RESUME of what is not paused is an error.

import { pgbouncer } from '../../domain/entries/test-doors';
import type { PgbouncerAnswer, Reading, ReadingErrorKind } from '../../domain/raw';
import { failure } from '../../domain/reading-failure';
import type { PoolConsole } from '../../io/pgbouncer-admin';

export class FakePgbouncer {
  readonly paused = new Set<string>();
  /** Databases in which a transaction is open. */
  readonly busy = new Set<string>();
  readonly said: string[];
  /** Every command is answered with this. */
  refuses: string | null = null;
  down: ReadingErrorKind | null = null;
  /** The next PAUSE is taken so much later than its connection is lost. */
  lostFor: number | null = null;
  answer: PgbouncerAnswer = pgbouncer({ app: {} });

  constructor(said: string[] = []) {
    this.said = said;
  }

  readonly console: PoolConsole = {
    read: async () => this.#reading(this.answer),
    show: async (what) => {
      const row = (name: string) => ({ name, paused: this.paused.has(name) ? '1' : '0' });
      if (what === 'DATABASES') return this.#reading(['app', 'shop'].map(row));
      return this.#reading(
        [...this.busy].map((database) => ({
          ...{ database, state: 'active', user: 'app', application_name: 'psql', remote_pid: '77' },
        })),
      );
    },
    pause: async (database) => {
      if (this.down !== null) return { kind: 'refused', error: failure(this.down) };
      if (this.paused.has(database)) return { kind: 'was_paused' };
      this.said.push(`PAUSE ${database}`);
      if (this.refuses !== null) return { kind: 'refused', error: { kind: 'denied', message: this.refuses } };
      if (this.lostFor !== null) {
        setTimeout(() => this.paused.add(database), this.lostFor);
        return { kind: 'unknown', error: failure('closed') };
      }
      this.paused.add(database);
      return this.busy.has(database) ? { kind: 'unknown', error: failure('timeout') } : { kind: 'paused' };
    },
    resume: async (database) => {
      if (this.down !== null || !this.paused.has(database)) return this.#reading('not_paused');
      this.said.push(`RESUME ${database}`);
      if (this.refuses !== null)
        return { ok: false, error: { kind: 'denied', message: this.refuses }, at: 0, tookMs: 1 };
      this.paused.delete(database);
      return this.#reading('resumed');
    },
  };

  #reading<T>(value: T): Reading<T> {
    return this.down === null
      ? { ok: true, value, at: 0, tookMs: 1 }
      : { ok: false, error: failure(this.down), at: 0, tookMs: 1 };
  }
}
