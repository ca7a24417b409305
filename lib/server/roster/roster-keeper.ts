// Remembers in the store who belongs to which cluster, tells the collector, and lets a person take somebody out. The rules are in
// domain/roster.ts; here is when they are asked and what is kept. While the store has not been read since the start, what was there
// before is not known, and the collector is told so.

import { nextRoster, type RosterEntry, type RosterSight } from '../../domain/roster';
import { say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { log } from '../log';
import { Refusal } from '../route';
import { type Row, StoreAway } from '../store/driver';
import type { Store } from '../store/store';

/** By name of the cluster; null: the store has not said. */
export type Rosters = Readonly<Record<string, readonly RosterEntry[]>> | null;

export interface RosterKeeperOptions {
  readonly store: Pick<Store, 'query' | 'together' | 'onReady'>;
  readonly tell: (rosters: Rosters) => void;
  readonly now: () => number;
}

/** Several Howdahs on one store learn of each other so often; and so old may be the instant at which a member was last listed. */
const SYNC_MS = 60_000;
const MEMBERS_MAX = 20_000;

export class RosterKeeper {
  readonly #options: RosterKeeperOptions;
  readonly #rosters = new Map<string, readonly RosterEntry[]>();
  /** Clusters seen since the store was last read, with what was seen last. */
  readonly #sights = new Map<string, RosterSight>();
  /** Not in the store yet. */
  readonly #owed = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  readonly #end: () => void;
  #isRead = false;
  #working: Promise<void> = Promise.resolve();

  constructor(options: RosterKeeperOptions) {
    this.#options = options;
    options.tell(null);
    this.#end = options.store.onReady(() => void this.sync());
    this.#timer = setInterval(() => void this.sync(), SYNC_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#end();
    await this.sync();
  }

  saw(scope: string, sight: RosterSight): void {
    this.#sights.set(scope, sight);
    if (!this.#isRead) return;
    const before = this.#rosters.get(scope) ?? [];
    const after = nextRoster(before, sight);
    if (after === before) return;
    this.#rosters.set(scope, after);
    this.#owed.add(scope);
    this.#tell();
    void this.sync();
  }

  /** `member` null: the whole cluster was removed. Rejects with a Refusal where it is not known, is there, or cannot be kept. */
  async takeOut(scope: string, member: string | null): Promise<void> {
    const why = this.refusal(scope, member);
    if (why !== null) throw why;
    try {
      await this.#options.store.query(
        'DELETE FROM roster_member WHERE scope = $1::text AND ($2::text IS NULL OR member = $2::text)',
        [scope, member],
      );
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      throw new Refusal('not_ready', say`nothing was changed: ${saidBy(error)}`);
    }
    const left = (this.#rosters.get(scope) ?? []).filter(({ name }) => member !== null && name !== member);
    if (left.length === 0) this.#rosters.delete(scope);
    else this.#rosters.set(scope, left);
    this.#tell();
  }

  /** Why nobody can be taken out so; null: they can. */
  refusal(scope: string, member: string | null): Refusal | null {
    const listed = this.#sights.get(scope)?.listed ?? [];
    const known = this.#rosters.get(scope) ?? [];
    if (!this.#isRead) return new Refusal('not_ready', say`who belongs to the cluster is not known: the store is away`);
    if (member === null && listed.length > 0)
      return new Refusal('refused', say`${scope} is there: its member list names ${words(listed)}`);
    if (known.length === 0 || (member !== null && !known.some(({ name }) => name === member)))
      return new Refusal('not_found', say`${member ?? scope} is not remembered here`);
    if (listed.some(({ name }) => name === member))
      return new Refusal('refused', say`${member ?? ''} is a member: its key is in the member list`);
    return null;
  }

  /** Writes what is owed, reads what others wrote. One after the other; never rejects. */
  sync(): Promise<void> {
    this.#working = this.#working
      .then(() => this.#sync())
      .catch((error: unknown) => {
        if (!(error instanceof StoreAway)) log.warn({ err: error }, 'the rosters could not be kept');
      });
    return this.#working;
  }

  async #sync(): Promise<void> {
    const { store } = this.#options;
    const owed = [...this.#owed];
    if (this.#isRead && owed.length > 0) {
      await store.together(owed.flatMap((scope) => saving(scope, this.#rosters.get(scope) ?? [])));
      for (const scope of owed) this.#owed.delete(scope);
    }
    const rows = await store.query(
      `SELECT scope, member, system_identifier, first_at, listed_at, api_url, host, port FROM roster_member
       ORDER BY scope, member LIMIT ${MEMBERS_MAX}`,
    );
    const stored = new Map<string, RosterEntry[]>();
    for (const row of rows) stored.set(String(row.scope), [...(stored.get(String(row.scope)) ?? []), entryOf(row)]);
    const first = !this.#isRead;
    this.#isRead = true;
    // What was seen while this was asked is newer.
    for (const scope of new Set([...this.#rosters.keys(), ...stored.keys()]))
      if (!this.#owed.has(scope)) this.#rosters.set(scope, stored.get(scope) ?? []);
    for (const [scope, entries] of [...this.#rosters]) if (entries.length === 0) this.#rosters.delete(scope);
    if (first) for (const [scope, sight] of this.#sights) this.saw(scope, sight);
    this.#tell();
  }

  /** Whom it concerns has changed. */
  tellAgain(): void {
    if (this.#isRead) this.#tell();
  }

  #tell(): void {
    this.#options.tell(Object.fromEntries(this.#rosters));
  }
}

/** A cluster's whole roster. */
function saving(scope: string, entries: readonly RosterEntry[]) {
  return [
    { sql: 'DELETE FROM roster_member WHERE scope = $1::text', params: [scope] },
    ...entries.map(({ name, systemIdentifier, firstAt, listedAt, apiUrl, host, port }) => ({
      sql: `INSERT INTO roster_member (scope, member, system_identifier, first_at, listed_at, api_url, host, port)
            VALUES ($1::text, $2::text, $3::text, $4::bigint, $5::bigint, $6::text, $7::text, $8::bigint)`,
      params: [scope, name, systemIdentifier, Math.round(firstAt), Math.round(listedAt), apiUrl, host, port],
    })),
  ];
}

function entryOf(row: Row): RosterEntry {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    name: String(row.member),
    systemIdentifier: text(row.system_identifier),
    ...{ firstAt: Number(row.first_at), listedAt: Number(row.listed_at) },
    ...{ apiUrl: text(row.api_url), host: text(row.host) },
    port: row.port === null ? null : Number(row.port),
  };
}

function words(listed: RosterSight['listed']): Text {
  return listed.map(({ name }) => name).join(', ');
}
