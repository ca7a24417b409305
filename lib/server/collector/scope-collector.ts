// Everything about one cluster: its members' pollers, the fallback documents, the pace, and the pure pipeline run over what
// they said. One round at a time; a round wakes by timer or by the DCS. A snapshot is published as soon as the answers that
// can come have come, so a wedged node costs the others nothing.

import type { Activity } from '../../domain/activity/activity';
import type { Snapshot } from '../../domain/cluster';
import type { ClusterEvent } from '../../domain/events';
import { isScope } from '../../domain/identity';
import {
  type DcsTrouble,
  type HttpAnswer,
  NEVER_ASKED,
  type Notes,
  type RawLease,
  type RawObservation,
  type Reading,
  type Witness,
} from '../../domain/raw';
import type { RosterEntry } from '../../domain/roster';
import type { OtherCluster } from '../../domain/sites/link';
import { buildSnapshot } from '../../domain/snapshot';
import { parseDcsView } from '../../domain/wire/dcs';
import { parseClusterDocument } from '../../domain/wire/patroni';
import type { DcsWatch } from '../../io/dcs/port';
import { isName, MEMBERS_MAX } from '../../io/dcs/view';
import { witness } from '../../io/dcs/wait';
import type { EntryPoller } from './entry-poller';
import { type MemberAddress, MemberPoller, type PollerContext } from './member-poller';
import { Sampler } from './sampler';

/** Where the keys of the scope are, and what is wrong with that DCS itself. */
export interface ScopeDcs {
  readonly watch: DcsWatch;
  readonly scope: string;
  readonly troubles: () => readonly DcsTrouble[];
}

export interface ScopeContext extends PollerContext {
  readonly scope: string;
  /** As Patroni calls it; `scope` may say whose it is besides. */
  readonly patroniScope: string;
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly dcs: ScopeDcs | null;
  /** Who should be there by the configuration; null: it does not say. */
  readonly declared?: readonly string[] | null;
  /** Base URLs to ask for `/cluster` while no member is known. */
  readonly seeds: readonly string[];
  /** The doors by which its clients come; they are shared with other clusters and closed by whoever made them. */
  readonly entries?: readonly EntryPoller[];
  /** Clusters with the same system identifier; absent: there are none. */
  readonly others?: () => readonly OtherCluster[];
  readonly onPublish: (collector: ScopeCollector, events: readonly ClusterEvent[]) => void;
}

/** What is not asked of its witnesses: who paused it, what earlier handovers took, what is reported of backups. */
type Told = Notes & Pick<RawObservation, 'outages' | 'backups'>;

/** A member that left the list is remembered for this long. */
export const FORGET_MS = 15 * 60_000;
/** After this long a round's answers are published without those still out. */
const PATIENCE_MS = 150;
const EVENT_DELAY_MS = 4;
/** However much the DCS says, rounds are at least this far apart. */
const ROUND_FLOOR_MS = 250;
/** Of the thread that all clusters share a scope takes one part and leaves these to the others: a large or busy one costs itself. */
const LEAVES = 4;
const DOCUMENT_EVERY_MS = 10_000;
const BREAKER_MS = [0, 5000, 10_000, 20_000, 30_000] as const;

interface Fallback {
  witness: Witness<HttpAnswer>;
  nextAt: number;
  failures: number;
  asking: boolean;
}

export class ScopeCollector {
  readonly scope: string;
  readonly #context: ScopeContext;
  readonly #members = new Map<string, MemberPoller>();
  readonly #sampler = new Sampler();
  readonly #fallback: Record<'cluster' | 'config' | 'history', Fallback> = {
    cluster: idle(),
    config: idle(),
    history: idle(),
  };
  #lease: Witness<RawLease> = NEVER_ASKED;
  #leaseNextAt = 0;
  #askingDocuments = false;
  #intervalMs: number;
  #timer: NodeJS.Timeout | null = null;
  #publishTimer: NodeJS.Timeout | null = null;
  #lookTimer: NodeJS.Timeout | null = null;
  /** By performance.now(): when it may work again. */
  #turnAt = 0;
  #publishAt = 0;
  #snapshot: Snapshot | null = null;
  #roundMs: number | null = null;
  #stopped = false;
  #asked = false;
  #matter = '';
  #roundAt = 0;
  /** null: not known. */
  #roster: readonly RosterEntry[] | null = null;
  #wasRemembered = false;
  readonly #heard: (() => void)[] = [];
  #told: Told = { pauseNote: null, maintenance: null, outages: [] };

  /** null: there is no such member, or nobody can be asked. */
  async activityOf(member: string): Promise<Reading<Activity> | null> {
    return (await this.#members.get(member)?.activity()) ?? null;
  }

  constructor(context: ScopeContext, intervalMs: number) {
    this.scope = context.scope;
    this.#context = context;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    this.reconcile();
    for (const entry of this.#entries) this.#heard.push(entry.onAnswer(() => this.#publishIn(PATIENCE_MS)));
    this.#arm(0);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#publishTimer !== null) clearTimeout(this.#publishTimer);
    if (this.#lookTimer !== null) clearTimeout(this.#lookTimer);
    for (const member of this.#members.values()) member.close();
    for (const stop of this.#heard) stop();
  }

  get #entries(): readonly EntryPoller[] {
    return this.#context.entries ?? [];
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#context.labels;
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** Has Patroni or PostgreSQL of some member answered well in this time? */
  answersWithin(ms: number): boolean {
    const now = this.#context.now();
    return [...this.#members.values()].some(({ answeredAt }) => answeredAt !== null && now - answeredAt <= ms);
  }

  get sampler(): Sampler {
    return this.#sampler;
  }

  /** A faster pace takes effect at once, a slower one after the round that is due. */
  setInterval(intervalMs: number): void {
    if (intervalMs === this.#intervalMs) return;
    const faster = intervalMs < this.#intervalMs;
    this.#intervalMs = intervalMs;
    if (faster) this.#armSoon();
  }

  tell(told: Told): void {
    const before = this.#told;
    this.#told = { ...before, ...told };
    const { pauseNote, maintenance } = this.#told;
    const isNews = told.backups !== undefined || pauseNote !== before.pauseNote || maintenance !== before.maintenance;
    if (isNews && this.#snapshot !== null) this.#publishIn(0);
  }

  /** Somebody was remembered, and is not any more: a person has said that it was removed. */
  get wasRemembered(): boolean {
    return this.#wasRemembered && (this.#roster?.length ?? 0) === 0;
  }

  setRoster(roster: readonly RosterEntry[] | null): void {
    this.#wasRemembered ||= (this.#roster?.length ?? 0) > 0;
    const isSame = JSON.stringify(roster) === JSON.stringify(this.#roster);
    this.#roster = roster;
    if (isSame) return;
    this.#recall();
    if (this.#snapshot !== null) this.#publishIn(0);
  }

  /** Where nobody is listed, whoever was there before is asked: PostgreSQL may run without keys, or the DCS be away from the start. */
  #recall(): void {
    if (this.#members.size > 0 || this.#listedMembers().length > 0) return;
    for (const { name, listedAt, apiUrl, host, port } of this.#roster ?? []) {
      const poller = this.#addMember(name, { apiUrl, host, port });
      poller.listed({ apiUrl, host, port }, listedAt, false);
    }
  }

  /**
   * The DCS said something. What matters is published at once and the nodes are asked about it at once; positions, which
   * every member writes in every loop, wait for the round that is due, or the pace would be Patroni's and not ours.
   */
  onDcsChange(): void {
    if (this.#stopped || this.#lookTimer !== null) return;
    const waitMs = this.#turnAt - performance.now();
    if (waitMs <= 0) this.#look();
    else
      this.#lookTimer = setTimeout(() => {
        this.#lookTimer = null;
        this.#look();
      }, waitMs);
  }

  #look(): void {
    const matters = this.#inTurn(() => this.#dcsMatter());
    if (matters === this.#matter) return;
    this.#matter = matters;
    this.reconcile();
    this.#publishIn(EVENT_DELAY_MS);
    this.#armSoon();
  }

  /** What it took is left to the others several times over before the next turn. */
  #inTurn<T>(work: () => T): T {
    const start = performance.now();
    const value = work();
    const end = performance.now();
    this.#turnAt = Math.max(this.#turnAt, end) + (end - start) * LEAVES;
    return value;
  }

  #armSoon(): void {
    this.#arm(Math.max(0, ROUND_FLOOR_MS - (this.#context.now() - this.#roundAt)));
  }

  /** Everything in the DCS but positions, as text to compare. */
  #dcsMatter(): string {
    const { dcs } = this.#context;
    if (dcs === null) return '';
    const keys = dcs.watch.keysOf(dcs.scope) ?? [];
    const view = parseDcsView(keys);
    const version = (name: string): string => keys.find((entry) => entry.key === name)?.version ?? '';
    return JSON.stringify([
      dcs.watch.listed,
      dcs.watch.error?.kind ?? null,
      view.leader,
      view.leaderOwner,
      ['leader', 'config', 'failover', 'sync', 'initialize', 'history'].map(version),
      view.members.map(({ location: _location, replayLsn: _replayLsn, ...member }) => member),
    ]);
  }

  #arm(delayMs: number): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#round(), delayMs);
  }

  #round(): void {
    // Spread over the interval: many scopes started together do not stay in step.
    this.#arm(this.#intervalMs * (0.95 + Math.random() * 0.1));
    const start = performance.now();
    this.#roundAt = this.#context.now();
    this.reconcile();
    this.#forget();
    const pollers = [...this.#members.values()];
    let open = pollers.length;
    const done = (): void => {
      open -= 1;
      if (open > 0) return;
      this.#roundMs = Math.round(performance.now() - start);
      this.#asked = true;
      this.#publishIn(0);
    };
    // A member with a question still out is asked the other one: a hanging REST API does not age what SQL says.
    for (const poller of pollers) poller.poll(() => this.#publishIn(PATIENCE_MS)).then(done, done);
    if (open === 0) this.#publishIn(0);
    for (const entry of this.#entries) void entry.poll(this.#intervalMs);
    void this.#askLease();
    void this.#askFallbacks();
  }

  /** Takes the member list from the DCS where it can be read, else from `/cluster`. Never removes at once. */
  reconcile(): void {
    const now = this.#context.now();
    const listed = this.#listedMembers();
    for (const [name, address] of listed) {
      const poller = this.#members.get(name) ?? this.#addMember(name, address);
      poller.listed(address, now);
    }
    const names = new Set(listed.map(([name]) => name));
    // Whoever is gone stood there until this moment, not until the round before.
    for (const poller of this.#members.values()) if (!names.has(poller.name)) poller.gone(now);
  }

  #listedMembers(): [string, MemberAddress][] {
    const keys = this.#context.dcs?.watch.keysOf(this.#context.dcs.scope) ?? null;
    if (keys !== null) return parseDcsView(keys).members.map((member) => [member.name, member]);
    // A DCS that was listed and holds no key of it lists nobody: an older /cluster would bring back who is long gone.
    if (this.#context.dcs?.watch.listed === true) return [];
    const document = this.#fallback.cluster.witness.good;
    if (document === null) return [];
    return (parseClusterDocument(document.value)?.members ?? [])
      .filter(({ name }) => isName(name))
      .slice(0, MEMBERS_MAX)
      .map((member) => [member.name, member]);
  }

  #addMember(name: string, { apiUrl, host, port }: MemberAddress): MemberPoller {
    const poller = new MemberPoller(name, { apiUrl, host, port }, this.#context);
    this.#members.set(name, poller);
    if (this.#asked) void poller.poll(() => this.#publishIn(PATIENCE_MS));
    return poller;
  }

  #forget(): void {
    const listed = new Set(this.#listedMembers().map(([name]) => name));
    // A silent DCS lists nobody; then the last known list stays for ever.
    if (listed.size === 0) return;
    const now = this.#context.now();
    const roster = this.#roster;
    for (const [name, poller] of this.#members) {
      if (listed.has(name)) continue;
      // Nobody ever answered, and it was none of the cluster: a key that somebody deleted.
      const wasNobody = poller.answeredAt === null && roster?.every((entry) => entry.name !== name) === true;
      if (!wasNobody && now - (poller.listedAt ?? 0) <= FORGET_MS) continue;
      poller.close();
      this.#members.delete(name);
    }
  }

  async #askLease(): Promise<void> {
    const { dcs, now } = this.#context;
    const keys = dcs?.watch.keysOf(dcs.scope);
    const owner = keys?.find((entry) => entry.key === 'leader')?.owner ?? null;
    if (dcs === null || owner === null || now() < this.#leaseNextAt) return;
    this.#leaseNextAt = now() + Math.min(this.#intervalMs, 5000) * 0.9;
    const reading = await dcs.watch.readLease(owner);
    if (!reading.ok) this.#lease = { ...this.#lease, last: reading };
    else if (reading.value === null) this.#lease = NEVER_ASKED;
    else this.#lease = witness(this.#lease, { ...reading, value: reading.value });
  }

  /** Only where the DCS cannot be read: it costs Patroni a DCS round-trip and hangs while the DCS does. */
  async #askFallbacks(): Promise<void> {
    const { dcs } = this.#context;
    const readable = dcs?.watch.listed === true && dcs.watch.error === null;
    if (readable || this.#askingDocuments) return;
    this.#askingDocuments = true;
    // One after the other: they hang together, and must not take the connection that /patroni needs.
    await this.#askDocument('cluster', dcs === null ? this.#intervalMs * 0.9 : DOCUMENT_EVERY_MS);
    if (dcs === null || !dcs.watch.listed) {
      await this.#askDocument('config', DOCUMENT_EVERY_MS);
      await this.#askDocument('history', DOCUMENT_EVERY_MS);
    }
    this.#askingDocuments = false;
  }

  async #askDocument(name: 'cluster' | 'config' | 'history', everyMs: number): Promise<void> {
    const document = this.#fallback[name];
    const { now, patroni, deadlineMs } = this.#context;
    const url = this.#someApiUrl(document.failures);
    if (document.asking || now() < document.nextAt || url === null) return;
    document.asking = true;
    const reading = await patroni.get(url, `/${name}`, deadlineMs);
    document.asking = false;
    if (this.#stopped) return;
    const valid = reading.ok && (name !== 'cluster' || this.#isOwnDocument(reading.value));
    document.failures = valid ? 0 : document.failures + 1;
    document.nextAt = now() + Math.max(everyMs, BREAKER_MS[Math.min(document.failures, BREAKER_MS.length - 1)] ?? 0);
    // An answer that is not the document must not replace the last good one.
    document.witness = valid || !reading.ok ? witness(document.witness, reading) : document.witness;
    if (name === 'cluster' && valid) this.reconcile();
    this.#publishIn(PATIENCE_MS);
  }

  /** `/cluster` says its scope since 3.2.0: a reused address can speak of another cluster. */
  #isOwnDocument(answer: HttpAnswer): boolean {
    const parsed = parseClusterDocument(answer);
    return parsed !== null && (parsed.scope === null || isScope(parsed.scope, this.#context.patroniScope));
  }

  /** A member that answers, else any known address, else a seed; after failures the next of them. */
  #someApiUrl(failures: number): string | null {
    const strangers = new Set(
      this.#snapshot?.cluster.members.flatMap(({ name, identity }) => (identity.text === null ? [] : [name])),
    );
    const members = [...this.#members.values()].filter(({ name }) => !strangers.has(name));
    const live = members.filter((member) => member.answers).flatMap((member) => member.apiUrl ?? []);
    const all = [...new Set([...live, ...members.flatMap((member) => member.apiUrl ?? []), ...this.#context.seeds])];
    return all[failures % Math.max(1, all.length)] ?? null;
  }

  #publishIn(soonMs: number): void {
    if (this.#stopped) return;
    const delayMs = Math.max(soonMs, this.#turnAt - performance.now());
    const at = this.#context.now() + delayMs;
    if (this.#publishTimer !== null) {
      if (at >= this.#publishAt) return;
      clearTimeout(this.#publishTimer);
    }
    this.#publishAt = at;
    this.#publishTimer = setTimeout(() => {
      this.#publishTimer = null;
      this.#publish();
    }, delayMs);
  }

  #publish(): void {
    const raw = this.raw();
    this.#inTurn(() => {
      const { snapshot, changes } = buildSnapshot(raw, this.#snapshot, this.#roundMs, this.#context.others?.());
      this.#snapshot = snapshot;
      this.#context.onPublish(this, this.#sampler.add(snapshot, changes));
    });
  }

  /** What the witnesses said, as the core takes it and as a recording keeps it. */
  raw(): RawObservation {
    const { scope, patroniScope, source, labels, now, dcs } = this.#context;
    return {
      scope,
      ...(patroniScope === scope ? {} : { patroniScope }),
      source,
      labels,
      now: now(),
      intervalMs: this.#intervalMs,
      staleAfterMs: staleAfterMs(this.#intervalMs),
      dcs: dcs && { ...dcs.watch.rawFor(dcs.scope, this.#lease), troubles: dcs.troubles() },
      members: [...this.#members.values()].map((member) => member.raw()).sort((a, b) => compareNames(a.name, b.name)),
      fallback: {
        cluster: this.#fallback.cluster.witness,
        config: this.#fallback.config.witness,
        history: this.#fallback.history.witness,
      },
      roster: { seen: this.#roster, declared: this.#context.declared ?? null },
      ...(this.#entries.length === 0 ? {} : { entries: this.#entries.map((entry) => entry.raw()) }),
      ...this.#told,
    };
  }
}

/** Two missed rounds and a second: what an honest watcher may be behind. */
export function staleAfterMs(intervalMs: number): number {
  return Math.max(intervalMs, 1000) * 2 + 1000;
}

/** n2 before n10. Made once: `localeCompare` makes one each time, two percent of the collector's CPU. */
const compareNames = new Intl.Collator('en', { numeric: true }).compare;

const idle = (): Fallback => ({ witness: NEVER_ASKED, nextAt: 0, failures: 0, asking: false });
