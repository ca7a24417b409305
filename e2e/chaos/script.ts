// What is done to a cluster and to Howdah, round by round, from a seed alone: who leads and what works on this machine is asked when a
// step is carried out, so the same seed is always the same script. Pure.

import { Chance } from './random';

/** Where a fault strikes. Two of one place at once would only hide each other. */
const FAULT_PLACES = {
  'kill-patroni': 'member',
  'stop-patroni': 'member',
  'kill-postgres': 'member',
  'stop-postgres': 'member',
  'kill-member': 'member',
  'freeze-member': 'member',
  'cut-member': 'member',
  'hang-rest': 'member',
  'kill-etcd': 'dcs',
  'freeze-etcd': 'dcs',
  'cut-etcd': 'dcs',
  'kill-quorum': 'dcs',
  'freeze-quorum': 'dcs',
  'disk-full': 'howdah',
  'clock-jump': 'howdah',
  'kill-howdah': 'howdah',
  'freeze-howdah': 'howdah',
} as const;
export type FaultKind = keyof typeof FAULT_PLACES;
export const FAULT_KINDS = Object.keys(FAULT_PLACES) as readonly FaultKind[];

export interface PlannedFault {
  readonly kind: FaultKind;
  /** Of members: 0 the leader, else a replica. Of the DCS: which of the three. */
  readonly target: number;
  readonly afterMs: number;
  readonly holdMs: number;
  /** Of a clock that jumps. */
  readonly seconds: number;
}

const ORDERS = [
  ...['switchover', 'switchover', 'restart', 'restart', 'reload', 'pause', 'edit_config', 'edit_config'],
  ...['schedule', 'rolling_restart'],
] as readonly OrderKind[];
export type OrderKind = 'switchover' | 'restart' | 'reload' | 'pause' | 'edit_config' | 'schedule' | 'rolling_restart';

export interface PlannedOrder {
  readonly kind: OrderKind;
  readonly target: number;
  readonly afterMs: number;
  /** SIGKILL to Howdah so long after the order left; null: it lives. */
  readonly killAfterMs: number | null;
}

export interface Round {
  readonly faults: readonly PlannedFault[];
  /** While the faults last. */
  readonly amid: readonly PlannedOrder[];
  /** After all is healed. */
  readonly after: readonly PlannedOrder[];
}

const HOLD_MS = { least: 4000, most: 45_000 } as const;
const JUMPS_SECONDS = [-7200, -3600, -90, -20, 20, 90, 3600, 7200] as const;
const KILLED_PERCENT = 30;

export class Script {
  readonly #chance: Chance;
  #left: FaultKind[] = [];

  constructor(seed: number) {
    this.#chance = new Chance(seed);
  }

  next(): Round {
    const first = this.#kind(null);
    const second = this.#chance.percent(40) ? this.#kind(first) : null;
    return {
      faults: [first, second].flatMap((kind) => (kind === null ? [] : this.#fault(kind))),
      amid: Array.from({ length: this.#chance.between(0, 2) }, () => this.#order()),
      after: Array.from({ length: this.#chance.between(1, 2) }, () => this.#order()),
    };
  }

  /** Each once, in a new order each time, so that a short run has many of them. `beside`: not of the same place; null where none is left. */
  #kind(beside: FaultKind | null): FaultKind | null {
    if (this.#left.length === 0) this.#left = [...FAULT_KINDS];
    const fitting = this.#left.filter((kind) => beside === null || FAULT_PLACES[kind] !== FAULT_PLACES[beside]);
    if (fitting.length === 0) return null;
    const kind = this.#chance.pick(fitting);
    this.#left = this.#left.filter((other) => other !== kind);
    return kind;
  }

  #fault(kind: FaultKind): PlannedFault {
    return {
      kind,
      target: this.#chance.between(0, 2),
      afterMs: this.#chance.between(0, 4000),
      holdMs: this.#chance.between(HOLD_MS.least, HOLD_MS.most),
      seconds: this.#chance.pick(JUMPS_SECONDS),
    };
  }

  #order(): PlannedOrder {
    return {
      kind: this.#chance.pick(ORDERS),
      target: this.#chance.between(0, 2),
      afterMs: this.#chance.between(0, 9000),
      killAfterMs: this.#chance.percent(KILLED_PERCENT) ? this.#chance.between(0, 6000) : null,
    };
  }
}
