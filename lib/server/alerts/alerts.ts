// Owns the alerts of this installation: takes the collector's reports, runs the engine, and hands what has to be told to the
// dispatcher, together with the rows that say so. Of several processes on one store the one with the lease does this; the others
// answer from the store.
//
// While the store is away the state lives in memory and critical messages leave from there. What may be told twice then: what was
// told from memory, when this process ends before the store is back; and, where the store is away for this process only, what the
// next holder of the lease tells too. Always with the id of the same message within one process.
import type { AlertsAnswer } from '../../contract/alerts';
import type { Alert, AlertRule, Silence } from '../../domain/alerts/alert';
import type { ConditionReport } from '../../domain/alerts/conditions';
import { emptyScope, type Group, observeScope, type ScopeState, type Tracked } from '../../domain/alerts/engine';
import { isFor, type Telling } from '../../domain/alerts/groups';
import { decideTogether, sharedTroubles } from '../../domain/alerts/together';
import type { FleetRow } from '../../domain/fleet';
import { joined, say, type Text } from '../../language/sentence';
import { speakerOf } from '../../language/speakers';
import { composeMessage, linkOf } from '../../telling/alerts/message';
import type { HowdahConfig } from '../config/config';
import { StoreAway } from '../store/driver';
import type { Leases } from '../store/lease';
import type { Store } from '../store/store';
import { AlertStore, type Device, LEASE, type Outgoing } from './alert-store';
import { Dispatcher } from './dispatcher';
import { matterOf, mergeScope } from './merge';
import { type BrokenGlass, forgottenReports, ownReport, type RecordBreach, type StreamProgress } from './own-report';
import { type Opened, openReceivers } from './receivers/open';
import type { Receiver, RefreshAlert } from './receivers/receiver';

interface Log {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
  error(detail: object, message: string): void;
}

export interface AlertsDeps {
  readonly config: Pick<HowdahConfig, 'alerts' | 'receivers' | 'publicUrl' | 'replay' | 'dataDir'>;
  readonly store: Store;
  readonly leases: Leases;
  /** Unique among the processes of the store. */
  readonly holder: string;
  readonly now: () => number;
  readonly log: Log;
  /** The fleet as it is, for what several clusters have in common; absent: each is told for itself. */
  readonly rows?: () => readonly FleetRow[];
  /** Glass that was broken lately; absent: nobody signs in here. */
  readonly glass?: () => readonly BrokenGlass[];
  /** What was found of the record; absent: nothing is looked at. */
  readonly record?: () => readonly RecordBreach[];
  /** Who is told the journal. */
  readonly streams?: () => readonly StreamProgress[];
  /** For tests; default: those of the configuration. */
  readonly open?: typeof openReceivers;
}

const TICK_MS = 1000;
/** What other processes wrote is read this often. */
const SYNC_MS = 5000;
const REFRESH_MS = 60_000;
const PRUNE_MS = 3600_000;
/** An alert's row says no less often that it still lasts. */
const TOUCH_MS = 60_000;
/** A store that has not opened by then is away: no reason to be silent about what is critical. */
const OPENING_MS = 20_000;
const LEASE_MS = 12_000;
const DAY_MS = 86_400_000;
const ENDED_MS = 15 * 60_000;

export type Role = 'here' | 'elsewhere';

export class Alerts {
  readonly rows: AlertStore;
  readonly opened: Opened;
  readonly #deps: AlertsDeps;
  readonly #rules: ReadonlyMap<string, AlertRule>;
  readonly #dispatcher: Dispatcher;
  readonly #startedAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #scopes = new Map<string, ScopeState>();
  /** By alert: what its row says, and since when. */
  readonly #saved = new Map<string, { readonly matter: string; readonly at: number }>();
  /** By scope: the incident in its row. */
  readonly #savedGroups = new Map<string, string>();
  /** What waits for other clusters with the same trouble, since when. */
  #waiting: ReadonlyMap<string, number> = new Map();
  #silences: readonly Silence[] = [];
  #devices: readonly Device[] = [];
  #role: Role | null = null;
  #isLoaded = false;
  #fence: number | null = null;
  #work: Promise<void> | null = null;
  #syncedAt = 0;
  #refreshedAt = 0;
  #prunedAt = 0;
  #problem: Text | null = null;
  #isOver = false;

  constructor(deps: AlertsDeps) {
    this.#deps = deps;
    this.#startedAt = deps.now();
    this.#rules = new Map(deps.config.alerts.rules.map((rule) => [rule.name, rule]));
    this.rows = new AlertStore(deps.store, deps.holder);
    // Recordings are nobody's clusters.
    const config = deps.config.replay === null ? deps.config : { ...deps.config, receivers: [] };
    this.opened = (deps.open ?? openReceivers)(config, () => this.#devices, deps.now);
    this.#dispatcher = new Dispatcher({
      rows: this.rows,
      receivers: this.opened.receivers,
      now: deps.now,
      log: deps.log,
      onGone: (address) => void this.removeDevice(address).catch(() => undefined),
      onSent: (receiver, address, sent) => {
        const device = this.#devices.find(({ id }) => id === address);
        if (address === '' || device === undefined) return;
        const next = { ...device, ...(sent.ok ? { lastOkAt: deps.now(), lastError: null } : { lastError: sent.text }) };
        this.#devices = this.#devices.map((entry) => (entry.id === address ? next : entry));
        this.rows.updateDevice(next).catch((error: unknown) => deps.log.warn({ err: error, receiver }, 'not noted'));
      },
    });
    deps.leases.want(LEASE);
    this.#timer = setInterval(() => void this.tick(), TICK_MS);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    await this.#work;
    await this.#dispatcher.stop();
    await Promise.allSettled(this.opened.receivers.map((receiver) => receiver.close()));
  }

  /** What the rules found. Dropped where another process evaluates, and until the state of before is read. */
  saw(reports: readonly ConditionReport[]): void {
    if (this.#isOver || !this.#evaluates()) return;
    for (const report of reports) {
      const state = this.#scopes.get(report.scope) ?? emptyScope(report.scope);
      this.#scopes.set(report.scope, observeScope(state, report, this.#rules));
    }
  }

  /** One at a time. Public for tests, which have no second to wait. */
  tick(): Promise<void> {
    this.#work ??= this.#tick()
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'telling failed'))
      .finally(() => {
        this.#work = null;
      });
    return this.#work;
  }

  async #tick(): Promise<void> {
    const { now, store, leases } = this.#deps;
    const ready = store.state().state === 'ready';
    const before = this.#role;
    this.#role = this.#roleNow(ready);
    if (this.#role === 'elsewhere') {
      if (before === 'here') this.#forget();
      if (ready && this.#isDue(this.#syncedAt, SYNC_MS)) await this.#sync();
      return;
    }
    const fence = leases.fenceOf(LEASE);
    // Another had it meanwhile: its rows are what counts.
    if (this.#isLoaded && fence !== null && fence !== this.#fence) this.#forget();
    if (ready && fence !== null && !this.#isLoaded) await this.#load(fence);
    if (!this.#evaluates()) return;
    if (ready && this.#isDue(this.#syncedAt, SYNC_MS)) await this.#sync();
    const health = (name: string) => this.#dispatcher.health(name);
    const { glass, record, streams } = this.#deps;
    const own = { glass: glass?.() ?? [], record: record?.() ?? [], streams: streams?.() ?? [] };
    this.saw([
      ownReport(this.opened.receivers, health, own, now()),
      ...forgottenReports([...this.#scopes.values()], this.#startedAt, now()),
    ]);
    this.#decide();
    if (ready && fence !== null) await this.#save(fence).catch((error: unknown) => this.#away(error));
    else this.#away(null);
    await this.#refresh();
    if (ready && this.#isDue(this.#prunedAt, PRUNE_MS)) {
      this.#prunedAt = now();
      const known = new Set([...this.#scopes.values()].flatMap(({ tracked }) => tracked.map(({ alert }) => alert.id)));
      for (const id of this.#saved.keys()) if (!known.has(id)) this.#saved.delete(id);
      await this.rows.prune(now()).catch(() => undefined);
    }
  }

  #evaluates(): boolean {
    return this.#role === 'here' && (this.#isLoaded || this.#isStoreGone());
  }

  #isStoreGone(): boolean {
    const { state } = this.#deps.store.state();
    return state !== 'ready' && this.#isDue(this.#startedAt, OPENING_MS);
  }

  /** While nobody can prove who holds the lease, it is whoever had it; and where nobody is known to, this process. */
  #roleNow(ready: boolean): Role {
    if (this.#deps.leases.isHeld(LEASE)) return 'here';
    if (!ready) return this.#role ?? 'here';
    // The lease ran out with the store away: a moment to take it again before what memory knows is dropped.
    const back = this.#deps.now() - this.#deps.store.state().since < LEASE_MS;
    return this.#role === 'here' && back ? 'here' : 'elsewhere';
  }

  /** A clock that was set back must not stop what is done every so often. */
  #isDue(lastAt: number, everyMs: number): boolean {
    return Math.abs(this.#deps.now() - lastAt) >= everyMs;
  }

  #forget(): void {
    this.#scopes.clear();
    this.#saved.clear();
    this.#savedGroups.clear();
    this.#isLoaded = false;
    this.#dispatcher.drop();
    this.#deps.log.info({}, 'another Howdah tells from now on');
  }

  async #load(fence: number): Promise<void> {
    const { now, store } = this.#deps;
    const kept = await this.rows.load(now());
    if (store.state().kind === 'embedded') await this.rows.freeClaims();
    await this.#dispatcher.load();
    await this.#sync();
    this.#adopt(kept.alerts, kept.groups);
    this.#isLoaded = true;
    this.#fence = fence;
    this.#problem = null;
  }

  #adopt(alerts: readonly Tracked[], groups: ReadonlyMap<string, Group>): void {
    for (const entry of alerts) this.#saved.set(entry.alert.id, { matter: matterOf(entry), at: this.#deps.now() });
    for (const [scope, group] of groups) this.#savedGroups.set(scope, JSON.stringify(group));
    const scopes = new Set([...alerts.map(({ alert }) => alert.scope), ...groups.keys(), ...this.#scopes.keys()]);
    for (const scope of scopes) {
      const stored = alerts.filter(({ alert }) => alert.scope === scope);
      const own = this.#scopes.get(scope) ?? emptyScope(scope);
      this.#scopes.set(scope, mergeScope(own, stored, groups.get(scope) ?? null));
    }
  }

  async #sync(): Promise<void> {
    const { now } = this.#deps;
    this.#syncedAt = now();
    try {
      this.#silences = await this.rows.silences(now());
      this.#devices = await this.rows.devices();
      if (!this.#isLoaded) return;
      const acknowledged = await this.rows.acknowledgements(now());
      this.#changeAlerts((alert) => {
        const found = acknowledged.get(alert.id);
        return found === undefined || found?.at === alert.acknowledged?.at ? alert : { ...alert, acknowledged: found };
      });
    } catch (error) {
      this.#away(error);
    }
  }

  #changeAlerts(change: (alert: Alert) => Alert): void {
    for (const [scope, state] of this.#scopes) {
      const tracked = state.tracked.map((entry) => {
        const alert = change(entry.alert);
        return alert === entry.alert ? entry : { ...entry, alert };
      });
      if (tracked.some((entry, index) => entry !== state.tracked[index]))
        this.#scopes.set(scope, { ...state, tracked });
    }
  }

  #decide(): void {
    const now = this.#deps.now();
    const { config } = this.#deps;
    const audience = {
      receivers: this.opened.receivers.map(({ name }) => name),
      rules: this.#rules,
      silences: this.#silences,
      settings: config.alerts,
    };
    const troubles = sharedTroubles(this.#deps.rows?.() ?? []);
    const together = decideTogether([...this.#scopes.values()], audience, troubles, this.#waiting, now);
    this.#waiting = together.waiting;
    for (const [scope, state] of together.states) {
      const tracked = state.tracked.filter(({ alert }) => alert.resolvedAt === null || now - alert.resolvedAt < DAY_MS);
      const gone = state.tracked.length - tracked.length;
      this.#scopes.set(scope, gone === 0 ? state : { ...state, tracked });
    }
    this.#dispatcher.add(together.tellings.flatMap((telling) => this.#outgoing(telling)));
  }

  #outgoing(telling: Telling): readonly Outgoing[] {
    const receiver = this.opened.receivers.find(({ name }) => name === telling.receiver);
    // Alertmanager repeats by itself.
    if (receiver === undefined || (receiver.refresh !== undefined && telling.reason === 'still')) return [];
    const { publicUrl } = this.#deps.config;
    return receiver.addresses().map((address) => ({
      id: [telling.id, receiver.name, address].filter((part) => part !== '').join('/'),
      receiver: receiver.name,
      address,
      at: telling.at,
      message: composeMessage(telling, publicUrl, speakerOf(receiver.language(address)).speak),
      state: 'waiting',
      attempts: 0,
      nextAt: telling.at,
      doneAt: null,
    }));
  }

  async #save(fence: number): Promise<void> {
    await this.#dispatcher.settleAll();
    const { rows: outgoing, later } = this.#dispatcher.unsaved();
    // No mark that it was told before its row is there too.
    const unsaved = new Set(later.flatMap(({ message }) => message.alerts.map(({ id }) => id)));
    const scopes = new Set(
      later.flatMap(({ message }) => [message.scope, ...message.alerts.map(({ scope }) => scope)]),
    );
    const now = this.#deps.now();
    const states = [...this.#scopes.values()];
    const alerts = states.flatMap(({ tracked }) =>
      tracked.filter((entry) => !unsaved.has(entry.alert.id) && this.#isDirty(entry)),
    );
    const groups = states.filter(
      ({ scope, group }) => !scopes.has(scope) && (this.#savedGroups.get(scope) ?? 'null') !== JSON.stringify(group),
    );
    const named = Object.fromEntries(groups.map(({ scope, group }) => [scope, group]));
    if (alerts.length + outgoing.length + groups.length > 0) {
      const refused = (id: string, error: Error): void => {
        this.#deps.log.error({ err: error, id }, 'the store refuses it');
        this.#dispatcher.refused(id);
      };
      if (!(await this.rows.save({ alerts, groups: named, outgoing }, fence, refused))) {
        this.#role = 'elsewhere';
        this.#forget();
        return;
      }
      for (const entry of alerts) this.#saved.set(entry.alert.id, { matter: matterOf(entry), at: now });
      for (const { scope, group } of groups) this.#savedGroups.set(scope, JSON.stringify(group));
      this.#dispatcher.saved(outgoing);
    }
    this.#problem = null;
    await this.#dispatcher.send(fence);
  }

  /** Pending ones are in no row: after a restart they wait anew. */
  #isDirty(entry: Tracked): boolean {
    if (entry.alert.state === 'pending') return false;
    const saved = this.#saved.get(entry.alert.id);
    if (saved === undefined || saved.matter !== matterOf(entry)) return true;
    return entry.alert.state === 'firing' && entry.absentSince === null && this.#isDue(saved.at, TOUCH_MS);
  }

  #away(error: unknown): void {
    const { store, log } = this.#deps;
    if (error !== null && !(error instanceof StoreAway)) log.error({ err: error }, 'alerts could not be saved');
    const { state, error: reason } = store.state();
    this.#problem =
      state === 'ready'
        ? say`alerts could not be saved; only what is critical is told`
        : state === 'opening'
          ? say`the store is opening; only what is critical is told`
          : say`the store is away: ${reason ?? say`unknown`}; only what is critical is told`;
    if (state !== 'ready' && this.#isStoreGone()) this.#dispatcher.sendUrgent();
  }

  async #refresh(): Promise<void> {
    const now = this.#deps.now();
    const wanting = this.opened.receivers.filter(({ refresh }) => refresh !== undefined);
    if (wanting.length === 0 || !this.#isDue(this.#refreshedAt, REFRESH_MS)) return;
    this.#refreshedAt = now;
    await Promise.all(wanting.map((receiver) => this.#refreshOne(receiver, now)));
  }

  async #refreshOne(receiver: Receiver, now: number): Promise<void> {
    const told = [...this.#scopes.values()]
      .flatMap((state) => state.tracked.map((entry) => ({ entry, state })))
      .filter(({ entry }) => entry.toldSeverity !== null && isFor(receiver.name, entry.alert, this.#rules))
      .map(({ entry: { alert }, state }): RefreshAlert => {
        const openedAt = state.group?.openedAt ?? alert.since;
        const about = { scope: alert.scope, reason: 'still' as const, openedAt, at: now, alerts: [alert] };
        return { alert, link: linkOf(about, this.#deps.config.publicUrl) };
      });
    const lives = ({ alert }: RefreshAlert): boolean => alert.state === 'firing' && alert.silencedBy.length === 0;
    const firing = told.filter(lives);
    const ended = told.filter((one) => !lives(one) && now - (one.alert.resolvedAt ?? now) < ENDED_MS);
    if (firing.length + ended.length > 0) await this.#dispatcher.refresh(receiver.name, { firing, ended, now });
  }

  // What the desk (alert-desk.ts) needs.

  get role(): Role | null {
    return this.#role;
  }

  sender(): Pick<AlertsAnswer, 'sender' | 'problem'> {
    const { config } = this.#deps;
    if (config.replay !== null) return { sender: 'nobody', problem: say`these are recordings: nobody is told` };
    const broken = this.opened.problems;
    if (this.opened.receivers.length === 0) {
      const problem = broken.length > 0 ? joined(broken, '; ') : say`no receiver is configured: nobody is told`;
      return { sender: 'nobody', problem };
    }
    const problems = this.#problem === null ? broken : [...broken, this.#problem];
    const sender = this.#role === 'elsewhere' ? 'elsewhere' : 'here';
    return { sender, problem: problems.length === 0 ? null : joined(problems, '; ') };
  }

  /** null: this process does not know them. */
  own(): readonly Alert[] | null {
    if (!this.#evaluates()) return null;
    return [...this.#scopes.values()].flatMap(({ tracked }) => tracked.map(({ alert }) => alert));
  }

  silences(): readonly Silence[] {
    return this.#silences;
  }

  devices(): readonly Device[] {
    return this.#devices;
  }

  dispatcher(): Dispatcher {
    return this.#dispatcher;
  }

  /** The alert as it is now; null: not known here. */
  setAcknowledged(id: string, acknowledged: Alert['acknowledged']): Alert | null {
    let found: Alert | null = null;
    this.#changeAlerts((alert) => {
      if (alert.id !== id) return alert;
      found = { ...alert, acknowledged };
      return found;
    });
    return found;
  }

  putSilence(silence: Silence): void {
    this.#silences = [...this.#silences.filter(({ id }) => id !== silence.id), silence];
  }

  putDevice(device: Device): void {
    this.#devices = [...this.#devices.filter(({ id }) => id !== device.id), device];
  }

  async removeDevice(id: string): Promise<boolean> {
    const removed = await this.rows.removeDevice(id);
    this.#devices = this.#devices.filter((device) => device.id !== id);
    return removed;
  }
}
