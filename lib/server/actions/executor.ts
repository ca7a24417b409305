// Decides whether an action may begin, writes its intent, and lets it run: authorise, one per scope, observe now, same token?,
// audit intent, execute once, follow, verify, audit outcome. Everything that forbids an action is in the pure preflight; this
// file adds what only a process knows: who runs something now, what was asked for before, whether the journal can be written.

import { randomUUID } from 'node:crypto';
import type { ActionOrder, RefusalDetails } from '../../contract/actions';
import type { Rights } from '../../domain/access/access';
import type {
  ActionFacts,
  ActionRecord,
  ActionRequest,
  Bound,
  Check,
  Preflight,
  PreflightAnswer,
} from '../../domain/actions/action';
import { changesOf, formatToken, parseToken } from '../../domain/actions/bound';
import { planOf } from '../../domain/actions/plan';
import { preflight } from '../../domain/actions/preflight';
import { validateRequest } from '../../domain/actions/request';
import type { Snapshot } from '../../domain/cluster';
import type { Settings } from '../../domain/config/guc';
import type { JsonObject } from '../../domain/wire/loose';
import { joined, say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { type AuditIndex, recordOf, requestDigest } from '../audit/audit-index';
import type { Journal } from '../audit/journal';
import { elapsed } from '../clock';
import { log } from '../log';
import { Refusal } from '../route';
import { Claims } from './claims';
import { type FactSources, gatherFacts } from './facts';
import type { PoolKeeper } from './pool-keeper';
import type { ClusterReach, Reach } from './reach';
import { arePendingNamed, type By, newRecord, readableFacts, silentChecks, withoutQuery } from './record';
import { adoptAbandoned, type RecoveryDeps, recoverOpen } from './recovery';
import { ActionRun } from './run';

export interface ExecutorDeps extends Pick<FactSources, 'now' | 'readOnly' | 'dcsChange'> {
  readonly journal: Journal;
  readonly index: AuditIndex;
  readonly reach: Reach;
  readonly keeper: PoolKeeper;
  /** Other processes may use this store too. */
  readonly sharedStore: boolean;
  /** Snapshots of a scope from now on, at the pace of an action. Call the result to stop. */
  readonly watch: (scope: string, listener: (snapshot: Snapshot) => void) => () => void;
  /** The newest snapshot. Rejects with a Refusal where there is none. */
  readonly newest: (scope: string) => Promise<Snapshot>;
  /** The cluster that an entry of the journal is about, by its name of today; absent: names never moved. */
  readonly present?: (record: ActionRecord) => ActionRecord;
  readonly publish: (record: ActionRecord) => void;
  /** pg_settings of the members, for an edit of the configuration; null: nobody can be asked. */
  readonly settings: (scope: string) => Promise<Settings | null>;
}

export interface Started {
  readonly action: ActionRecord;
  /** false: the key was seen before, this is what it did. */
  readonly created: boolean;
}

const OBSERVE_MS = 3500;
/** So long the order of restarts waits for PostgreSQL to say what they are for, where Patroni does not. */
const NAMES_MS = 2500;
const JOURNAL_RETRY_MS = 2000;
const RECENT = 200;
/** Entries; an action has three. */
const REMEMBERED = 600;

export class Executor {
  readonly #deps: ExecutorDeps;
  /** The journal's id: the same after a restart, so that a row of an earlier life is ours. */
  readonly #holder: string;
  readonly #runs = new Map<string, ActionRun>();
  readonly #claims: Claims;
  /** Newest records by id, oldest first: what answers while the store is away. */
  readonly #recent = new Map<string, ActionRecord>();
  readonly #byKey = new Map<string, { readonly digest: string; readonly started: Promise<Started> }>();
  #stopped = false;

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
    this.#holder = deps.journal.id;
    this.#claims = new Claims({
      index: deps.index,
      holder: deps.journal.id,
      now: elapsed,
      shared: deps.sharedStore,
      onLost: (id, why) => this.#runs.get(id)?.hold(why),
    });
  }

  get holder(): string {
    return this.#holder;
  }

  /** Picks up what an earlier life left open. Never throws. */
  async recover(): Promise<void> {
    await recoverOpen(this.#recovery()).catch((error: unknown) =>
      log.error({ err: error }, 'recovery of open actions failed'),
    );
  }

  /** Looks for actions of another Howdah on the same store that is gone. Call now and then. */
  async adoptAbandoned(): Promise<void> {
    await adoptAbandoned(this.#recovery()).catch((error: unknown) => log.error({ err: error }, 'adoption failed'));
  }

  #recovery(): RecoveryDeps {
    return {
      ...this.#deps,
      holder: this.#holder,
      busy: this.#claims.held,
      runDeps: (reach) => this.#runDeps(reach),
      adopt: (run) => this.#adopt(run),
      show: (record) => {
        this.#keep(record);
        this.#deps.publish(record);
      },
      close: async (record) => {
        this.#deps.keeper.release(record.id);
        await this.#journalClosed(record, false);
        await this.#claims.release(record.scope, record.id);
        this.#keep(record);
        this.#deps.publish(record);
      },
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#claims.stop();
    for (const run of this.#runs.values()) run.abandon();
    await this.#deps.keeper.stop();
    // Runs are not ended: their intent is open in the journal, and the next start follows them to their end.
    await this.#deps.reach.close();
  }

  // ---- reading

  running(scope: string): ActionRecord | null {
    const run = [...this.#runs.values()].find(({ record }) => record.scope === scope && record.phase === 'open');
    return run?.record ?? null;
  }

  /** An action runs on it, or it is being decided whether one may. */
  isTaken = (scope: string): boolean => this.#claims.held.has(scope) || this.running(scope) !== null;

  async get(scope: string, id: string): Promise<ActionRecord | null> {
    const known = this.#runs.get(id)?.record ?? this.#recent.get(id) ?? null;
    const record = known ?? (await this.#deps.index.byId(id).catch(() => null));
    return record?.scope === scope ? record : null;
  }

  /** What this process knows without the store, newest first. */
  recent(): readonly ActionRecord[] {
    const records = new Map(this.#recent);
    for (const [id, run] of this.#runs) records.set(id, run.record);
    return [...records.values()].sort((a, b) => b.requestedAt - a.requestedAt);
  }

  // ---- before

  async preflight(scope: string, request: ActionRequest, rights: Rights | null = null): Promise<PreflightAnswer> {
    const snapshot = await this.#deps.newest(scope);
    const problem = validateRequest(request, snapshot, this.#deps.now());
    if (problem !== null) throw new Refusal('bad_request', problem);
    const facts = readableFacts(await this.#facts(snapshot, request, rights), snapshot, rights);
    const settings = await this.#settings(scope, request);
    const judged = preflight(request, snapshot, facts, this.#deps.now(), settings);
    return { preflight: judged, facts, token: formatToken(judged.bound) };
  }

  /** An edit is judged by what each member's PostgreSQL knows, as in the editor. */
  #settings(scope: string, request: ActionRequest): Promise<Settings | null> {
    return request.kind === 'edit_config' ? this.#deps.settings(scope).catch(() => null) : Promise.resolve(null);
  }

  #facts(
    snapshot: Snapshot,
    { kind }: ActionRequest,
    rights: Rights | null,
    ignore: string | null = null,
  ): Promise<ActionFacts> {
    const { scope } = snapshot;
    return gatherFacts(snapshot, {
      isHandover: kind === 'switchover' || kind === 'rolling_restart',
      ...this.#deps,
      rights,
      ignore,
      own: this.running(scope),
      busy: this.#claims.held.get(scope) ?? null,
      recent: this.recent().filter((record) => record.scope === scope),
    });
  }

  // ---- starting

  /** Throws a Refusal where it may not begin; what was journaled by then is closed as refused. */
  start(scope: string, order: ActionOrder, by: By): Promise<Started> {
    const digest = requestDigest(scope, order.request);
    const known = this.#byKey.get(order.idempotencyKey);
    if (known !== undefined) {
      if (known.digest !== digest) throw conflict();
      return known.started.then(({ action }) => ({
        action: this.#runs.get(action.id)?.record ?? this.#recent.get(action.id) ?? action,
        created: false,
      }));
    }
    const started = this.#startOnce(scope, order, by, digest);
    this.#byKey.set(order.idempotencyKey, { digest, started });
    // What never came to an intent may be tried again with the same key.
    started.catch(() => this.#byKey.delete(order.idempotencyKey));
    return started;
  }

  async #startOnce(scope: string, order: ActionOrder, by: By, digest: string): Promise<Started> {
    const { index, now, journal } = this.#deps;
    if (this.#stopped) throw new Refusal('not_ready', say`Howdah is stopping`);
    const before = await this.#seenBefore(order.idempotencyKey);
    if (before !== null) {
      if (requestDigest(before.scope, before.request) !== digest) throw conflict();
      return { action: before, created: false };
    }
    const then = parseToken(order.token);
    if (then === null || then.scope !== scope)
      throw new Refusal('bad_request', say`expected the token of a preflight of this cluster`);
    const { reason } = order;
    if (this.#deps.readOnly !== null) throw new Refusal('forbidden', this.#deps.readOnly);

    const id = randomUUID();
    await this.#claim(scope, id);
    let run: ActionRun | null = null;
    try {
      const observed = await this.#observe(scope, order.request);
      const reach = this.#deps.reach.of(observed.snapshot);
      if (reach === null) throw new Refusal('forbidden', say`this cluster is a recording: nothing can be done to it`);
      const problem = validateRequest(order.request, observed.snapshot, now());
      if (problem !== null) throw new Refusal('bad_request', problem);
      const facts = await this.#facts(observed.snapshot, order.request, by.rights, id);
      // The text of somebody's statement does not belong into a journal that nobody can erase.
      const settings = await this.#settings(scope, order.request);
      const judged = preflight(order.request, observed.snapshot, withoutQuery(facts), now(), settings);
      const { snapshot } = observed;
      const record = newRecord({ id, scope, order, reason, by, judged, facts, snapshot, now: now() });
      const changes = changesOf(then, judged.bound);
      const blockers = [...judged.checks.filter((check) => check.verdict === 'blocker'), ...observed.silent];
      if (judged.confirm !== null && order.confirmation !== judged.confirm)
        throw new Refusal('bad_request', say`expected "${judged.confirm}" to be typed as confirmation`);
      if (changes.length > 0 || blockers.length > 0)
        throw await this.#refuse(record, { changes, blockers, before: then, now: judged.bound });
      const plan = planOf(order.request, observed.snapshot);
      run = this.#newRun(record, plan, judged, observed.snapshot, reach);
      run.startProbe();
      const intent = { record: run.record, plan } as unknown as JsonObject;
      await journal.append('intent', id, scope, intent).catch((error: unknown) => {
        throw new Refusal('refused', say`nothing was sent: ${saidBy(error)}`);
      });
    } catch (error) {
      await this.#claims.release(scope, id);
      run?.abandon();
      throw error;
    }
    this.#adopt(run);
    const taken = await index.save(run.record, this.#holder).catch(() => null);
    if (taken !== null) {
      // Another Howdah has this key on another cluster, or was faster: this one never leaves.
      await run.fail(say`the idempotency key belongs to another action`);
      return { action: taken, created: false };
    }
    void this.#launch(run);
    return { action: run.record, created: true };
  }

  /** What this journal knows of before, so that a key is known again although the store is away. Call before anything starts. */
  async remember(): Promise<void> {
    const { journal } = this.#deps;
    for await (const entry of journal.read(Math.max(1, journal.entries() - REMEMBERED))) {
      const record = recordOf(entry);
      if (entry.kind === 'outcome' && record !== null) this.#keep(this.#deps.present?.(record) ?? record);
    }
  }

  async #seenBefore(key: string): Promise<ActionRecord | null> {
    for (const record of this.recent()) if (record.idempotencyKey === key) return record;
    return this.#deps.index.byKey(key).catch(() => null);
  }

  async #claim(scope: string, id: string): Promise<void> {
    const holder = await this.#claims.take(scope, id).catch((error: unknown) => {
      const why = saidBy(error);
      throw new Refusal('not_ready', say`the store refused: ${why}`);
    });
    if (holder !== null) throw await this.#busyRefusal(scope, holder);
  }

  async #busyRefusal(scope: string, id: string): Promise<Refusal> {
    const record = await this.get(scope, id).catch(() => null);
    const running = { id, kind: record?.request.kind ?? 'action', actor: record?.actor ?? 'somebody' };
    const details: RefusalDetails = { changes: [], blockers: [], running, bound: { before: null, now: null } };
    return new Refusal('refused', say`another action runs on ${scope}: ${running.kind} by ${running.actor}`, details);
  }

  /** A snapshot in which everybody the request depends on has answered since now; who has not is a blocker. */
  #observe(
    scope: string,
    request: ActionRequest,
  ): Promise<{ readonly snapshot: Snapshot; readonly silent: readonly Check[] }> {
    const since = this.#deps.now();
    return new Promise((resolve, reject) => {
      let newest: Snapshot | null = null;
      const finish = (): void => {
        clearTimeout(timer);
        off();
        if (newest === null)
          return void this.#deps
            .newest(scope)
            .then((snapshot) => resolve({ snapshot, silent: silentChecks(request, snapshot, since) }), reject);
        resolve({ snapshot: newest, silent: silentChecks(request, newest, since) });
      };
      const timer = setTimeout(finish, OBSERVE_MS);
      const off = this.#deps.watch(scope, (snapshot) => {
        newest = snapshot;
        const named = arePendingNamed(request, snapshot) || this.#deps.now() - since > NAMES_MS;
        if (named && silentChecks(request, snapshot, since).length === 0) finish();
      });
    });
  }

  async #refuse(
    record: ActionRecord,
    why: {
      readonly changes: readonly Text[];
      readonly blockers: readonly Check[];
      readonly before: Bound;
      readonly now: Bound;
    },
  ): Promise<Refusal> {
    const reasons = why.changes.length > 0 ? why.changes : why.blockers.map((check) => check.title);
    const text = say`Not done: ${joined(reasons, '; ')}.`;
    const closed: ActionRecord = {
      ...record,
      phase: 'closed',
      outcome: 'refused',
      outcomeText: text,
      closedAt: this.#deps.now(),
      after: record.before,
    };
    await this.#journalClosed(closed, true).catch((error: unknown) =>
      log.error({ err: error }, 'a refusal could not be journaled'),
    );
    this.#keep(closed);
    const details: RefusalDetails = {
      changes: why.changes,
      blockers: why.blockers,
      running: null,
      bound: { before: why.before, now: why.now },
    };
    return new Refusal('refused', text, details);
  }

  // ---- running

  #newRun(
    record: ActionRecord,
    plan: ReturnType<typeof planOf>,
    judged: Preflight,
    snapshot: Snapshot,
    reach: ClusterReach,
  ): ActionRun {
    return new ActionRun(record, [...plan], judged.steps, snapshot, this.#runDeps(reach), false);
  }

  #runDeps(reach: ClusterReach) {
    return {
      reach,
      keeper: this.#deps.keeper,
      now: this.#deps.now,
      onChange: (record: ActionRecord) => this.#deps.publish(record),
      onSent: async (record: ActionRecord, body: JsonObject) => {
        await this.#deps.journal.append('sent', record.id, record.scope, body);
      },
      onClose: (record: ActionRecord) => this.#closed(record),
    };
  }

  /** Follows the run with every snapshot until it is closed. */
  #adopt(run: ActionRun): void {
    const { id, scope } = run.record;
    this.#runs.set(id, run);
    this.#claims.held.set(scope, id);
    const off = this.#deps.watch(scope, (snapshot) => run.onSnapshot(snapshot));
    this.#deps.publish(run.record);
    void run.done.then(() => off());
  }

  async #launch(run: ActionRun): Promise<void> {
    try {
      await run.probeReady();
      await run.begin();
    } catch (error) {
      log.error({ err: error, action: run.record.id }, 'an action failed to be sent');
      await run.fail(saidBy(error));
    }
  }

  /** The scope stays taken until the outcome stands in the journal: what is not written down is not over. */
  async #closed(record: ActionRecord): Promise<void> {
    this.#deps.keeper.release(record.id);
    for (let tries = 0; ; tries += 1) {
      try {
        await this.#journalClosed(record, false);
        break;
      } catch (error) {
        if (tries === 0) log.error({ err: error, action: record.id }, 'the outcome cannot be journaled; trying again');
        if (this.#stopped) return;
        await new Promise((resolve) => setTimeout(resolve, JOURNAL_RETRY_MS));
      }
    }
    await this.#claims.release(record.scope, record.id);
    this.#keep(record);
    this.#runs.delete(record.id);
  }

  async #journalClosed(record: ActionRecord, withIntent: boolean): Promise<void> {
    const { journal, index } = this.#deps;
    const body = { record } as unknown as JsonObject;
    if (withIntent)
      await journal.append('intent', record.id, record.scope, { record, plan: [] } as unknown as JsonObject);
    await journal.append('outcome', record.id, record.scope, body);
    await index.save(record, this.#holder).catch(() => undefined);
  }

  #keep(record: ActionRecord): void {
    this.#recent.delete(record.id);
    this.#recent.set(record.id, record);
    for (const id of this.#recent.keys()) {
      if (this.#recent.size <= RECENT) break;
      const old = this.#recent.get(id);
      this.#recent.delete(id);
      if (old !== undefined) this.#byKey.delete(old.idempotencyKey);
    }
  }
}

function conflict(): Refusal {
  return new Refusal('conflict', say`this idempotency key was used for another request; make a new one`);
}
