// Carries messages from the outbox to the receivers: one at a time per address, in order, again and again with growing pauses, for
// a day. An attempt whose end nobody saw (the process was killed, the answer was lost) is made again with the same id: told
// twice is better than not at all. While the store is away what is critical leaves from memory.

import type { ReceiverState } from '../../contract/alerts';
import { say } from '../../language/sentence';
import { type AlertStore, type Claimed, type Outgoing, PAUSE_MAX_MS, type ReceiverHealth } from './alert-store';
import type { Receiver, RefreshInput, Sent } from './receivers/receiver';

interface Log {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
}

export interface DispatcherDeps {
  readonly rows: AlertStore;
  readonly receivers: readonly Receiver[];
  readonly now: () => number;
  readonly log: Log;
  /** The phone is no more. */
  readonly onGone: (address: string) => void;
  readonly onSent: (receiver: string, address: string, sent: Sent) => void;
}

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const GIVE_UP_MS = 24 * 3600_000;
/** What memory holds while the store is away; the oldest that is not critical goes first. */
const UNSAVED_MAX = 2000;

const UNTRIED: ReceiverHealth = { lastOkAt: null, lastFailedAt: null, lastError: null, failingSince: null, givenUp: 0 };

type Outcome = Pick<Outgoing, 'state' | 'nextAt' | 'doneAt'>;

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #receivers: ReadonlyMap<string, Receiver>;
  readonly #busy = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  /** Not in the store yet, in the order they were made. */
  readonly #unsaved = new Map<string, Outgoing>();
  /** In the store and waiting there, what cannot wait for the store: it leaves from here while that is away. */
  readonly #kept = new Map<string, Outgoing>();
  /** Of `#unsaved`, what is being sent from memory now, with its address. */
  readonly #carried = new Map<string, string>();
  /** The store was away when an attempt ended. Settled before anything is claimed again. */
  #unsettled: { readonly seq: string; readonly outcome: Outcome }[] = [];
  #health = new Map<string, ReceiverHealth>();
  /** How often another process took over. */
  #term = 0;
  #isOver = false;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    this.#receivers = new Map(deps.receivers.map((receiver) => [receiver.name, receiver]));
  }

  /** What this process learned goes on counting. */
  async load(): Promise<void> {
    this.#health = new Map([...(await this.#deps.rows.loadHealth()), ...this.#health]);
  }

  /** Another process tells: its rows are what is known. */
  async read(): Promise<void> {
    this.#health = new Map(await this.#deps.rows.loadHealth());
  }

  /** A person's attempt counts like any other. Also for whom it did not reach. */
  tried(name: string, address: string, sent: Sent): void {
    this.#note(name, sent);
    this.#deps.onSent(name, address, sent);
    if ('gone' in sent) this.#deps.onGone(address);
  }

  /** Another process tells now, and knows better. */
  drop(): void {
    this.#term++;
    this.#unsaved.clear();
    this.#kept.clear();
    this.#health.clear();
  }

  add(rows: readonly Outgoing[]): void {
    for (const row of rows) this.#unsaved.set(row.id, row);
    while (this.#unsaved.size > UNSAVED_MAX) {
      const entries = [...this.#unsaved.values()];
      const victim = entries.find(({ message }) => message.severity !== 'critical') ?? entries[0];
      if (victim === undefined) return;
      this.#unsaved.delete(victim.id);
      this.#count(victim.receiver, { givenUp: this.#of(victim.receiver).givenUp + 1 });
      this.#deps.log.warn({ receiver: victim.receiver }, 'a message was given up: the store is away for too long');
    }
  }

  /**
   * `rows` can be saved now. `later`: a row that leaves from memory at this moment, and what follows it to the same address; saved
   * before its attempt ends it would be sent twice, and its followers would overtake it.
   */
  unsaved(): { readonly rows: readonly Outgoing[]; readonly later: readonly Outgoing[] } {
    const all = [...this.#unsaved.values()];
    const lanes = new Set(this.#carried.values());
    return {
      rows: all.filter((row) => !lanes.has(laneOf(row))),
      later: all.filter((row) => lanes.has(laneOf(row))),
    };
  }

  saved(rows: readonly Outgoing[]): void {
    for (const row of rows) {
      // Refused ones are here no more.
      if (this.#unsaved.delete(row.id)) this.#keep(row);
    }
  }

  #keep(row: Outgoing): void {
    if (row.state !== 'waiting' || row.message.severity !== 'critical') this.#kept.delete(row.id);
    else this.#kept.set(row.id, row);
    const [oldest] = this.#kept.size > UNSAVED_MAX ? this.#kept.keys() : [];
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  /** No store takes it: it is never sent. */
  refused(id: string): void {
    const row = this.#unsaved.get(id);
    if (row === undefined) return;
    this.#unsaved.delete(id);
    this.#count(row.receiver, { givenUp: this.#of(row.receiver).givenUp + 1 });
  }

  /** From the store: everything that is due. */
  async send(fence: number | null): Promise<void> {
    if (this.#isOver) return;
    await this.settleAll();
    // What came from memory meanwhile is saved first.
    const lanes = new Set([...this.#busy, ...[...this.#unsaved.values()].map(laneOf)]);
    const claims = await this.#deps.rows.claim(this.#deps.now(), [...lanes], fence);
    const term = this.#term;
    for (const claim of claims) this.#carry(claim, (outcome) => this.#settle(claim, outcome, term));
  }

  /** Without the store, what cannot wait; first what was saved before. What came of it is saved when the store is back. */
  sendUrgent(): void {
    const now = this.#deps.now();
    const waiting = new Set<string>();
    const kept = [...this.#kept.values()].sort((a, b) => a.at - b.at);
    for (const row of [...kept, ...this.#unsaved.values()]) {
      const lane = laneOf(row);
      if (this.#isOver || row.state !== 'waiting' || row.message.severity !== 'critical' || waiting.has(lane)) continue;
      waiting.add(lane);
      if (this.#busy.has(lane) || isEarly(row, now)) continue;
      const tried = { ...row, attempts: row.attempts + 1 };
      if (this.#kept.has(row.id)) this.#carry(tried, async (outcome) => this.#triedKept({ ...tried, ...outcome }));
      else {
        this.#carried.set(row.id, lane);
        this.#carry(tried, async (outcome) => {
          this.#carried.delete(row.id);
          if (this.#unsaved.has(row.id)) this.#unsaved.set(row.id, { ...tried, ...outcome });
        });
      }
    }
  }

  /** Its row says that it waits: what is done is written over it, before anything is claimed. */
  #triedKept(row: Outgoing): void {
    if (!this.#kept.has(row.id)) return;
    this.#keep(row);
    if (row.state !== 'waiting') this.#unsaved.set(row.id, row);
  }

  async refresh(name: string, input: RefreshInput): Promise<void> {
    const receiver = this.#receivers.get(name);
    if (receiver?.refresh === undefined) return;
    const sent = await receiver.refresh(input);
    this.#note(name, sent);
  }

  health(name: string): ReceiverHealth {
    return this.#of(name);
  }

  /** With what waits, in the store and in memory. */
  async states(): Promise<readonly ReceiverState[]> {
    const stored = await this.#deps.rows.queued().catch(() => []);
    return this.#deps.receivers.map((receiver) => {
      const row = stored.find((entry) => entry.receiver === receiver.name);
      const own = [...this.#unsaved.values()].filter(
        (one) => one.receiver === receiver.name && one.state === 'waiting',
      );
      const { lastOkAt, lastFailedAt, lastError, failingSince, givenUp } = this.#of(receiver.name);
      const oldest = [...own.map(({ at }) => at), ...(row === undefined ? [] : [Number(row.oldest)])];
      const next = [...own.map(({ nextAt }) => nextAt), ...(row === undefined ? [] : [Number(row.next)])];
      const untried = lastOkAt === null && lastFailedAt === null;
      return {
        name: receiver.name,
        kind: receiver.kind,
        target: receiver.target(),
        // Refused for good is no reason for an alert, and not a receiver of which is known that it works.
        state: untried ? 'untried' : failingSince !== null || (lastFailedAt ?? 0) > (lastOkAt ?? 0) ? 'failing' : 'ok',
        lastOkAt,
        lastFailedAt,
        lastError,
        queued: own.length + Number(row?.count ?? 0),
        oldestQueuedAt: oldest.length === 0 ? null : Math.min(...oldest),
        nextAttemptAt: next.length === 0 ? null : Math.min(...next),
        givenUp,
      };
    });
  }

  /** An attempt that is under way may end; nothing new begins. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled([...this.#running]);
    await this.settleAll().catch(() => undefined);
  }

  #carry(row: Outgoing, settle: (outcome: Outcome) => Promise<void>): void {
    const lane = laneOf(row);
    this.#busy.add(lane);
    const work = this.#attempt(row)
      .then(settle)
      .finally(() => {
        this.#busy.delete(lane);
        this.#running.delete(work);
      });
    this.#running.add(work);
  }

  async #attempt(row: Outgoing): Promise<Outcome> {
    const { now, log } = this.#deps;
    const receiver = this.#receivers.get(row.receiver);
    const gone = { ok: false, text: say`it is no longer configured`, final: true, retryAfterMs: null } as const;
    const sent = (await receiver?.send(row.message, row.address, row.attempts)) ?? gone;
    const at = now();
    const { receiver: name, address, attempts, id } = row;
    if (receiver !== undefined) this.#note(name, sent);
    this.#deps.onSent(name, address, sent);
    if (sent.ok) {
      log.info({ receiver: name, message: id, attempts }, 'told');
      return { state: 'sent', nextAt: at, doneAt: at };
    }
    if ('gone' in sent) this.#deps.onGone(address);
    if (sent.final || at - row.at > GIVE_UP_MS) {
      this.#count(name, { givenUp: this.#of(name).givenUp + 1 });
      log.warn({ receiver: name, message: id, attempts, error: sent.text }, 'a message was given up');
      return { state: 'given_up', nextAt: at, doneAt: at };
    }
    log.warn({ receiver: name, message: id, attempts, error: sent.text }, 'nobody was told; trying again');
    return { state: 'waiting', nextAt: at + (sent.retryAfterMs ?? pauseMs(attempts)), doneAt: null };
  }

  async #settle({ seq, ...row }: Claimed, outcome: Outcome, term: number): Promise<void> {
    if (term === this.#term) this.#keep({ ...row, ...outcome });
    try {
      await this.#deps.rows.settle(seq, outcome);
    } catch {
      this.#unsettled.push({ seq, outcome });
    }
  }

  /** Rejects while the store is away: then nothing is claimed, so that nothing is sent a second time. */
  async settleAll(): Promise<void> {
    for (const entry of [...this.#unsettled]) {
      await this.#deps.rows.settle(entry.seq, entry.outcome);
      this.#unsettled = this.#unsettled.filter((other) => other !== entry);
    }
  }

  #of(name: string): ReceiverHealth {
    return this.#health.get(name) ?? UNTRIED;
  }

  /** Whether the receiver works: not where one phone is no more, and a refusal of one message for good is only given up. */
  #note(name: string, sent: Sent): void {
    if ('gone' in sent) return;
    const at = this.#deps.now();
    const { failingSince: before, lastFailedAt } = this.#of(name);
    const failingSince = !sent.ok && sent.final ? before : Math.min(before ?? at, at);
    // A clock may have been ahead when it failed.
    const failedAt = lastFailedAt === null ? null : Math.min(lastFailedAt, at);
    this.#count(
      name,
      sent.ok
        ? { lastOkAt: at, lastFailedAt: failedAt, failingSince: null }
        : { lastFailedAt: at, lastError: sent.text, failingSince },
    );
  }

  #count(name: string, change: Partial<ReceiverHealth>): void {
    const next = { ...this.#of(name), ...change };
    this.#health.set(name, next);
    this.#deps.rows.saveHealth(name, next).catch(() => undefined);
  }
}

function isEarly({ nextAt }: Outgoing, now: number): boolean {
  return nextAt > now && nextAt <= now + PAUSE_MAX_MS;
}

function laneOf({ receiver, address }: Pick<Outgoing, 'receiver' | 'address'>): string {
  return `${receiver}/${address}`;
}

/** 2 s, 4 s, 8 s ... 5 min, a tenth more or less: receivers that fell together are not asked together. */
export function pauseMs(attempts: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, Math.max(0, attempts - 1)));
  return Math.round(pause * (0.9 + Math.random() * 0.2));
}
