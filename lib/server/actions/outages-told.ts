// Tells the collector what earlier switchovers and failovers of each cluster took, so that a next step of a cause says the cost that its
// preflight will say: at the start, when the store has changed by others' doing, and at once when an action of this process has ended.

import type { ActionRecord } from '../../domain/actions/action';
import { type MeasuredOutage, OUTAGES_MAX } from '../../domain/outage-sample';
import { MEASURED } from '../audit/audit-index';
import { log } from '../log';
import { StoreAway } from '../store/driver';
import type { Store } from '../store/store';
import { outageSample } from './record';

export interface OutagesToldDeps {
  readonly store: Pick<Store, 'onReady' | 'query'>;
  readonly tell: (outages: Readonly<Record<string, readonly MeasuredOutage[]>>) => void;
}

/** Several Howdahs on one store learn of each other so often. */
const SYNC_MS = 10 * 60_000;
const ALL_MAX = 8000;

export class OutagesTold {
  readonly #deps: OutagesToldDeps;
  readonly #timer: NodeJS.Timeout;
  readonly #end: () => void;
  #stored: ReadonlyMap<string, readonly MeasuredOutage[]> = new Map();
  /** Measured by this process: the store may not have them yet. */
  readonly #own = new Map<string, readonly MeasuredOutage[]>();

  constructor(deps: OutagesToldDeps) {
    this.#deps = deps;
    this.#end = deps.store.onReady(() => void this.sync());
    this.#timer = setInterval(() => void this.sync(), SYNC_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#end();
  }

  /** Every closed action passes here. */
  onClosed(record: ActionRecord): void {
    if (!['switchover', 'failover', 'rolling_restart'].includes(record.request.kind)) return;
    const samples = outageSample(record);
    if (samples.length === 0) return;
    this.#own.set(record.scope, newest([...samples, ...(this.#own.get(record.scope) ?? [])]));
    this.#tell();
  }

  /** Never rejects. */
  async sync(): Promise<void> {
    try {
      this.#stored = await storedOutages(this.#deps.store);
      this.#tell();
    } catch (error) {
      if (!(error instanceof StoreAway)) log.warn({ err: error }, 'earlier outages could not be read');
    }
  }

  #tell(): void {
    const scopes = new Set([...this.#stored.keys(), ...this.#own.keys()]);
    const all = [...scopes].map((scope) => {
      const samples = [...(this.#own.get(scope) ?? []), ...(this.#stored.get(scope) ?? [])];
      return [scope, newest(samples)] as const;
    });
    this.#deps.tell(Object.fromEntries(all));
  }
}

/** By cluster, the newest of each. Rejects with StoreAway. */
async function storedOutages(store: Pick<Store, 'query'>): Promise<ReadonlyMap<string, readonly MeasuredOutage[]>> {
  const rows = await store.query<{ scope: string; requested_at: number; outage_ms: number; measured_by: string }>(
    `SELECT scope, requested_at, outage_ms, measured_by FROM (
       SELECT scope, requested_at, outage_ms, record->'outage'->>'by' AS measured_by,
         row_number() OVER (PARTITION BY scope ORDER BY requested_at DESC, id DESC) AS place
       FROM action WHERE ${MEASURED}
     ) AS placed
     WHERE place <= ${OUTAGES_MAX} ORDER BY requested_at DESC LIMIT ${ALL_MAX}`,
  );
  const all = new Map<string, MeasuredOutage[]>();
  for (const { scope, requested_at, outage_ms, measured_by } of rows) {
    const by = measured_by === 'probe' ? 'probe' : 'observation';
    all.set(scope, [...(all.get(scope) ?? []), { at: Number(requested_at), ms: Number(outage_ms), by }]);
  }
  return all;
}

/** Each once, as its instant says; without the steps, which no cause needs. */
function newest(samples: readonly MeasuredOutage[]): readonly MeasuredOutage[] {
  const once = new Map(samples.map(({ at, ms, by }) => [at, { at, ms, by }]));
  return [...once.values()].sort((a, b) => b.at - a.at).slice(0, OUTAGES_MAX);
}
