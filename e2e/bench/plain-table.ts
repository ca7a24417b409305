// What others do: a table with a row per sample, written in batches once a second and asked with GROUP BY. It is what the packed
// past is measured against.

import type { Tick } from '../../lib/domain/history/tick';
import { StoreAway } from '../../lib/server/store/driver';
import type { Store } from '../../lib/server/store/store';

const FLUSH_MS = 1000;
const ROWS_A_BATCH = 1000;
const TRIES = 10;

interface PlainRow {
  readonly scope: string;
  readonly member: string;
  readonly at: number;
  readonly state: string | null;
  readonly timeline: number | null;
  readonly lsn: number | null;
  readonly received: number | null;
  readonly replayed: number | null;
  readonly receive_bytes: number | null;
  readonly replay_bytes: number | null;
  readonly replay_seconds: number | null;
}

const COLUMNS = `scope text, member text, at bigint, state text, timeline integer, lsn bigint, received bigint,
  replayed bigint, receive_bytes bigint, replay_bytes bigint, replay_seconds real`;

/** The store gives up after 3 s, which a busy machine may need: what can be asked twice is. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreAway) || tries === TRIES) throw error;
    }
  }
}

export class PlainTable {
  readonly #store: Store;
  #rows: PlainRow[] = [];
  #writing: Promise<void> = Promise.resolve();
  #writtenAt = Date.now();

  private constructor(store: Store) {
    this.#store = store;
  }

  static async create(store: Store): Promise<PlainTable> {
    await store.query('DROP TABLE IF EXISTS sample_plain');
    await store.query(`CREATE TABLE sample_plain (${COLUMNS}, PRIMARY KEY (scope, member, at))`);
    return new PlainTable(store);
  }

  add(scope: string, { at, members }: Tick): void {
    for (const [member, tick] of Object.entries(members)) {
      this.#rows.push({
        scope,
        member,
        at,
        state: tick.state,
        timeline: tick.timeline,
        lsn: tick.lsn,
        received: tick.receivedLsn,
        replayed: tick.replayedLsn,
        receive_bytes: tick.receiveBytes,
        replay_bytes: tick.replayBytes,
        replay_seconds: tick.replaySeconds,
      });
    }
    if (Date.now() - this.#writtenAt < FLUSH_MS) return;
    this.#writtenAt = Date.now();
    void this.flush();
  }

  /** Resolves when all that was added is written. */
  flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    this.#writing = this.#writing.then(() => this.#write(rows));
    return this.#writing;
  }

  async fill(ticks: Iterable<Tick>): Promise<void> {
    for (const tick of ticks) {
      this.add('day-busy', tick);
      if (this.#rows.length >= ROWS_A_BATCH) await this.flush();
    }
    await this.flush();
  }

  /** The worst lag of each bucket and member, as the packed past answers it. */
  async chart(scope: string, from: number, to: number, points: number): Promise<number> {
    const step = Math.ceil((to - from) / points);
    const rows = await this.#store.query(
      `SELECT member, at / $4::bigint AS bucket, max(replay_bytes) AS replay, max(receive_bytes) AS receive,
              max(replay_seconds) AS seconds, max(timeline) AS timeline, max(state) AS state
       FROM sample_plain WHERE scope = $1::text AND at >= $2::bigint AND at < $3::bigint
       GROUP BY member, bucket ORDER BY member, bucket`,
      [scope, from, to, step],
    );
    if (rows.length < points) throw new Error(`the plain table gave ${rows.length} rows`);
    return rows.length;
  }

  async #write(rows: readonly PlainRow[]): Promise<void> {
    for (let first = 0; first < rows.length; first += ROWS_A_BATCH) {
      const json = JSON.stringify(rows.slice(first, first + ROWS_A_BATCH));
      await patiently(() =>
        this.#store.query(
          `INSERT INTO sample_plain SELECT * FROM json_to_recordset($1::text::json) AS r(${COLUMNS})
           WHERE true ON CONFLICT DO NOTHING`,
          [json],
        ),
      );
    }
  }
}
