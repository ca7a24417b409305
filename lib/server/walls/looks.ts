// What walls need besides the fleet's rows: snapshots of clusters in trouble, which hosts they have, the last events. Read for all walls
// at once, newest only, a few at a time; what cannot be read is left as it was and grows old.

import type { HistoryAnswer, ScopedEvent } from '../../contract/history';
import { WALL_PROBLEMS_MAX } from '../../contract/limits';
import type { Snapshot } from '../../domain/cluster';
import { byImpact, type FleetRow } from '../../domain/fleet';
import { revive } from '../../language/carry';
import { type Hosts, hostsOf } from '../../telling/wall/redact';
import { isProblem } from '../../telling/wall/wall';
import type { Question } from '../collector/link';
import type { History } from '../history/history';
import { EVERYTHING } from '../history/past-store';

export interface LooksDeps {
  readonly newest: (scope: string) => Promise<Snapshot>;
  readonly ask: (what: Question, scope: string) => Promise<string | null>;
  readonly historyNow: () => History | null;
  readonly now: () => number;
}

const AT_ONCE = 6;
const HOSTS_AGAIN_MS = 60_000;
const EVENTS_EACH_MS = 3000;
const EVENTS_READ = 200;
/** Of recordings, whose events are asked for cluster by cluster. */
const RECORDED_SCOPES = 40;
export class Looks {
  readonly #deps: LooksDeps;
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #hosts = new Map<string, { readonly hosts: Hosts; readonly at: number }>();
  #events: readonly ScopedEvent[] = [];
  #eventsAt = 0;
  #busy = false;

  constructor(deps: LooksDeps) {
    this.#deps = deps;
  }

  /** null: it is not in trouble, or was not read yet. */
  snapshot(scope: string): Snapshot | null {
    return this.#snapshots.get(scope) ?? null;
  }

  /** null: not read yet; then nothing that could name a host is shown. */
  hosts(scope: string): Hosts | null {
    return this.#hosts.get(scope)?.hosts ?? null;
  }

  /** Newest first. */
  events(): readonly ScopedEvent[] {
    return this.#events;
  }

  /** Never rejects; while one goes on another call does nothing. `hidden`: some wall may not show hosts. */
  async refresh(rows: readonly FleetRow[], hidden: boolean): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const present = new Set(rows.map(({ scope }) => scope));
      for (const scope of this.#snapshots.keys()) if (!present.has(scope)) this.#snapshots.delete(scope);
      for (const scope of this.#hosts.keys()) if (!present.has(scope)) this.#hosts.delete(scope);
      const worst = rows.filter(isProblem).sort(byImpact).slice(0, WALL_PROBLEMS_MAX);
      const inTrouble = new Set(worst.map(({ scope }) => scope));
      for (const scope of this.#snapshots.keys()) if (!inTrouble.has(scope)) this.#snapshots.delete(scope);
      const wanted = worst.filter(({ scope, revision }) => this.#snapshots.get(scope)?.revision !== revision);
      await inTurns(
        wanted.map(({ scope }) => scope),
        (scope) => this.#look(scope, true),
      );
      if (hidden) await inTurns(this.#unknownHosts(rows), (scope) => this.#look(scope, false));
      await this.#readEvents(rows);
    } finally {
      this.#busy = false;
    }
  }

  #unknownHosts(rows: readonly FleetRow[]): readonly string[] {
    const now = this.#deps.now();
    const due = rows.filter(({ scope }) => Math.abs(now - (this.#hosts.get(scope)?.at ?? 0)) > HOSTS_AGAIN_MS);
    return due.slice(0, 2 * AT_ONCE).map(({ scope }) => scope);
  }

  async #look(scope: string, keep: boolean): Promise<void> {
    try {
      const snapshot = await this.#deps.newest(scope);
      if (keep) this.#snapshots.set(scope, snapshot);
      // Without a member nothing is known of its hosts yet.
      if (snapshot.cluster.members.length > 0)
        this.#hosts.set(scope, { hosts: hostsOf(snapshot), at: this.#deps.now() });
    } catch {
      // The collector is away: what was known stays, with its age.
    }
  }

  async #readEvents(rows: readonly FleetRow[]): Promise<void> {
    const now = this.#deps.now();
    if (Math.abs(now - this.#eventsAt) < EVENTS_EACH_MS) return;
    this.#eventsAt = now;
    const history = this.#deps.historyNow();
    try {
      if (history !== null) {
        this.#events = (await history.reader.events({ ...EVERYTHING, limit: EVENTS_READ })).events;
        return;
      }
      const found: ScopedEvent[] = [];
      await inTurns(
        rows.slice(0, RECORDED_SCOPES).map(({ scope }) => scope),
        async (scope) => {
          const text = await this.#deps.ask('history', scope);
          if (text === null) return;
          const { events } = revive(JSON.parse(text) as HistoryAnswer);
          found.push(...events.slice(0, 20).map((event) => ({ ...event, scope })));
        },
      );
      this.#events = found.sort((a, b) => b.at - a.at).slice(0, EVENTS_READ);
    } catch {
      // As before.
    }
  }
}

async function inTurns<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(work));
}
