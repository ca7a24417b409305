// Watches one namespace of Consul for ever by blocking queries: each answer is all keys below, and the index to wait from. The index is
// Consul's own count, with rules (docs of the HTTP API, "Blocking Queries"): one that falls begins anew from nothing, an answer may come
// without any change, and 0 would not wait. An answer without keys, or without those of a whole cluster, is believed only after one exact
// key could be read: without the right Consul says "nothing there". Without a leader what a server still knows is shown, as old.
import {
  NEVER_ASKED,
  type RawDcs,
  type RawEndpoint,
  type RawEndpointStatus,
  type RawLease,
  type Reading,
  type ReadingError,
  type Witness,
} from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { classify, read } from '../../failure';
import type { DcsWatch, DcsWatchContext } from '../port';
import { DcsList, DcsView } from '../view';
import { backoffMs, pause, preferredOf, witness } from '../wait';
import { type ConsulAccess, ConsulAgent, type ConsulList } from './client';

interface AgentState {
  readonly agent: ConsulAgent;
  status: Witness<RawEndpointStatus>;
  quorumRead: Witness<unknown>;
  asking: boolean;
}

/** Each answer is everything: between two of a busy store the thread that all share is left to others. */
const LEAVES = 4;
const REST_MS = 1000;
/** A question that should have waited, and did not, is not asked again at once. */
const SPURIOUS_MS = 250;

export class ConsulWatch implements DcsWatch {
  readonly #options: ConsulAccess & DcsWatchContext;
  readonly #view: DcsView;
  /** As Consul writes it. */
  readonly #prefix: string;
  readonly #agents: readonly AgentState[];
  #index: number | null = null;
  #listed = false;
  #currentAt: number | null = null;
  #error: ReadingError | null = null;
  #refused = 0;
  /** The one that is watched, after its first list. */
  #watched: AgentState | null = null;
  #preferred = 0;
  #turn: AbortController | null = null;
  #stopped = false;
  #running: Promise<void> | null = null;

  constructor(options: ConsulAccess & DcsWatchContext) {
    this.#options = options;
    this.#view = new DcsView(options.namespace);
    this.#prefix = options.namespace.slice(1);
    this.#agents = options.hosts.map((url) => ({
      agent: new ConsulAgent(url, options),
      status: NEVER_ASKED,
      quorumRead: NEVER_ASKED,
      asking: false,
    }));
  }

  start(): void {
    this.#running = this.#supervise();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#turn?.abort();
    await Promise.race([this.#running, pause(2500)]);
    for (const { agent } of this.#agents) agent.close();
  }

  scopes(): readonly string[] {
    return this.#view.scopes();
  }

  keysOf(scope: string) {
    return this.#view.keysOf(scope);
  }

  rawFor(scope: string, leaderLease: Witness<RawLease>): RawDcs {
    const excess = this.#view.excessOf(scope);
    return {
      kind: 'consul',
      namespace: this.#options.namespace,
      keys: this.#listed ? (this.#view.keysOf(scope) ?? EMPTY) : null,
      ...(excess === null ? {} : { excess }),
      position: this.#index === null ? null : `${this.#index}`,
      currentAt: this.#currentAt,
      error: this.#error,
      endpoints: this.#agents.map(
        ({ agent, status, quorumRead }): RawEndpoint => ({ url: agent.url, status, quorumRead }),
      ),
      leaderLease,
    };
  }

  get listed(): boolean {
    return this.#listed;
  }

  get error(): ReadingError | null {
    return this.#error;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Consul tells no one how long a session has left, only the time that it was granted: nothing is asked, and the lease is not known. */
  async readLease(): Promise<Reading<RawLease | null>> {
    return { ok: false, error: failure('skipped'), at: this.#options.now(), tookMs: 0 };
  }

  async checkHealth(): Promise<void> {
    await Promise.all(this.#agents.map((state) => this.#check(state)));
  }

  async #check(state: AgentState): Promise<void> {
    if (state.asking || this.#stopped) return;
    state.asking = true;
    const { now } = this.#options;
    const before = { ok: state.quorumRead.last?.ok, status: state.status.last?.ok };
    const [status, quorumRead] = await Promise.all([
      read(() => state.agent.status(), now),
      read(() => state.agent.proveRead(this.#prefix), now),
    ]);
    state.asking = false;
    state.status = witness(state.status, status);
    state.quorumRead = witness(state.quorumRead, quorumRead);
    if (this.#stopped) return;
    if (this.#watched === state) {
      if (quorumRead.ok) this.#current();
      else if (this.#agents.some((other) => other !== state && other.quorumRead.last?.ok)) this.#turn?.abort();
      else this.#error = quorumRead.error;
    }
    if (before.ok !== quorumRead.ok || before.status !== status.ok) this.#options.onChange([]);
  }

  #current(): void {
    const wasFailing = this.#error !== null;
    this.#currentAt = this.#options.now();
    this.#error = null;
    if (wasFailing) this.#options.onChange([]);
  }

  async #supervise(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      const state = this.#choose(failures);
      const turn = new AbortController();
      this.#turn = turn;
      try {
        await this.#watch(state, turn.signal, () => {
          failures = 0;
        });
      } catch (error) {
        if (!turn.signal.aborted) {
          failures += 1;
          this.#error = classify(error);
          if (this.#error.kind === 'timeout') await this.#takeStale(state.agent);
          this.#options.onChange([]);
        }
      }
      this.#watched = null;
      if (!this.#stopped && failures > 0) await pause(backoffMs(failures));
    }
  }

  #choose(failures: number): AgentState {
    this.#preferred = preferredOf(this.#agents, this.#preferred + failures);
    const chosen = this.#agents[this.#preferred];
    if (chosen === undefined) throw new Error('a Consul without an address');
    return chosen;
  }

  /** Until something fails, or another agent is better. */
  async #watch(state: AgentState, signal: AbortSignal, onListed: () => void): Promise<void> {
    const { agent } = state;
    // Else it would be seven seconds until Consul says so.
    await agent.mustHaveLeader();
    let index = 0;
    while (!signal.aborted) {
      const asked = performance.now();
      const list = await agent.list(this.#prefix, { after: index === 0 ? null : index, signal });
      const answered = performance.now();
      const isSpurious = index > 0 && list.index === index && answered - asked < SPURIOUS_MS;
      if (list.index < index) {
        index = 0;
        continue;
      }
      await this.#take(agent, list);
      if (signal.aborted) return;
      index = Math.max(1, list.index);
      this.#watched = state;
      this.#current();
      onListed();
      const restMs = Math.min(REST_MS, (performance.now() - answered) * LEAVES);
      await pause(isSpurious ? SPURIOUS_MS : restMs);
    }
  }

  async #take(agent: ConsulAgent, { keys, index, isFiltered }: ConsulList): Promise<void> {
    const list = new DcsList(this.#options.namespace);
    for (const key of keys) list.add(key);
    const isShort = isFiltered || keys.length === 0 || this.#view.scopes().some((scope) => !list.scopes.has(scope));
    if (isShort) await agent.proveRead(this.#prefix);
    // It may read single keys, and was not shown all of them.
    if (isFiltered) throw agent.refusedBelow(this.#prefix);
    this.#show(list, index);
  }

  /** Nothing that a quorum answers: it counts as old, and only where nothing newer was seen. */
  async #takeStale(agent: ConsulAgent): Promise<void> {
    const stale = await agent.listStale(this.#prefix).catch(() => null);
    if (stale === null || stale.keys.length === 0 || stale.isFiltered || stale.index < (this.#index ?? 0)) return;
    const list = new DcsList(this.#options.namespace);
    for (const key of stale.keys) list.add(key);
    this.#show(list, stale.index);
  }

  #show(list: DcsList, index: number): void {
    const isFirst = !this.#listed;
    this.#refused = list.refused;
    const changed = this.#view.replace(list);
    this.#index = index;
    this.#listed = true;
    if (changed.length > 0 || isFirst) this.#options.onChange(changed);
  }
}

const EMPTY: readonly [] = [];
