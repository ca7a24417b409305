// The composition root of the web server's process: the collector's thread, the feed, the beat, and the end of all of them.
// Route handlers and instrumentation are separate module graphs, so the one runtime lives on globalThis.

import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { HistoryAnswer } from '../contract/history';
import { STREAM_BEAT_MS } from '../contract/limits';
import type { ServerState } from '../contract/stream';
import type { Snapshot } from '../domain/cluster';
import { revive } from '../language/carry';
import { say, type Text } from '../language/sentence';
import { SpokenError, saidBy } from '../language/spoken-error';
import { Door } from './access/door';
import { openKeys } from './access/keys';
import { Actions } from './actions/actions';
import { AlertDesk } from './alerts/alert-desk';
import { Alerts } from './alerts/alerts';
import { scopeAnswer } from './clusters';
import type { CollectorState } from './collector/collector';
import type { FromCollector, Question, ToCollector } from './collector/link';
import type { PastBatch } from './collector/tape';
import { formatAddress } from './config/address';
import { configFromProcess, formatProblem, type HowdahConfig } from './config/config';
import { Limits } from './edge/limits';
import { Feed } from './feed';
import { History } from './history/history';
import { log } from './log';
import { Refusal } from './route';
import { Leases } from './store/lease';
import { takeLock } from './store/lock';
import { VERSION } from './version';
import { openWalls, type WallDesk } from './walls/open';

export interface Runtime {
  readonly config: HowdahConfig;
  readonly feed: Feed;
  readonly startedAt: number;
  state(): ServerState;
  /** JSON text of the newest value, null when the scope is not known. */
  ask(what: Question, scope: string): Promise<string | null>;
  /** The newest snapshot of a scope. Rejects with a Refusal. */
  newest(scope: string): Promise<Snapshot>;
  /** What acts. Rejects with a Refusal where this process cannot: the message says why. */
  actions(): Promise<Actions>;
  /** null: still opening. */
  actionsNow(): Actions | null;
  /** Why nothing can be done here; null: it can, or it is still opening. */
  actionsProblem(): Text | null;
  /** The past. Rejects with a Refusal where nothing is kept here. */
  history(): Promise<History>;
  /** null: still opening, or nothing is kept here. */
  historyNow(): History | null;
  /** What is told, and what people do about it. Rejects with a Refusal where this process cannot. */
  alerts(): Promise<AlertDesk>;
  /** null: still opening. */
  alertsNow(): Alerts | null;
  /** Who comes in. Rejects with a Refusal where this process cannot say. */
  door(): Promise<Door>;
  readonly limits: Limits;
  /** Walls and their screens. Rejects with a Refusal where this process cannot say. */
  walls(): Promise<WallDesk>;
  /** When the collector last said anything; null: not yet. */
  collectorSeenAt(): number | null;
  stop(reason: string): Promise<void>;
}

const KEY = Symbol.for('howdah.runtime');
type Holder = typeof globalThis & { [KEY]?: Runtime };

const VIEWER_LIMIT = 1000;
const ASK_MS = 3000;
/** Of all scopes at once; Prometheus waits for 10 s. */
const METRICS_MS = 8000;
const STOP_MS = 2000;
const RESTART_MS = 1000;
/** The collector reports each second. */
const HUNG_MS = 20_000;
/** An unwatched scope's pace stays for a moment after its viewer left: a reload or a second tab comes back at once. */
const LEAVE_MS = 1500;
const EARLY_MAX = 10_000;
const LAST_FLUSH_MS = 800;

const NOTHING: CollectorState = { scopes: 0, members: 0, problems: [], roundMs: null, intervalMs: 5000 };

/** The runtime of this process. Throws where `startRuntime` has not run: a bug, not a state to show. */
export function runtime(): Runtime {
  const current = (globalThis as Holder)[KEY];
  if (current === undefined) throw new SpokenError(say`Howdah has not been started`);
  return current;
}

export function startRuntime(): Runtime {
  const holder = globalThis as Holder;
  if (holder[KEY] !== undefined) return holder[KEY];
  const loaded = configFromProcess();
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(formatProblem(problem));
    process.exit(2);
  }
  const created = createRuntime(loaded.config);
  holder[KEY] = created;
  return created;
}

function createRuntime(config: HowdahConfig): Runtime {
  const startedAt = Date.now();
  const questions = new Map<number, (json: string | null) => void>();
  let collector: CollectorState = NOTHING;
  let seenAt: number | null = null;
  let spawnedAt = startedAt;
  let nextId = 1;
  let worker: Worker | null = null;
  let stopping = false;
  let viewers: Extract<ToCollector, { kind: 'viewers' }> = { kind: 'viewers', scopes: [], fleet: false };
  let leaving: NodeJS.Timeout | null = null;
  let onStopped: (() => void) | null = null;
  let notes: Extract<ToCollector, { kind: 'pauses' }> = { kind: 'pauses', notes: {} };
  let opened: Actions | null = null;
  let actionsProblem: Text | null = null;
  let history: History | null = null;
  let leases: Leases | null = null;
  let alerts: Alerts | null = null;
  let desk: AlertDesk | null = null;
  let door: Door | null = null;
  let walls: WallDesk | null = null;
  /** What the collector hands on before the store's owner is there. */
  let early: PastBatch[] | null = [];
  let lock: { release(): Promise<void> } | null = null;
  const limits = new Limits(() => performance.now());
  const followers = new Map<string, Set<(snapshot: Snapshot) => void>>();
  const tellActing = (): void =>
    worker?.postMessage({ kind: 'acting', scopes: [...followers.keys()].sort() } satisfies ToCollector);

  const state = (): ServerState => ({
    ...collector,
    now: Date.now(),
    version: VERSION,
    configured: config.sources.length > 0 || config.replay !== null,
  });
  const feed = new Feed({
    state,
    limit: VIEWER_LIMIT,
    onViewers: (scopes, fleet) => {
      const known = new Set(viewers.scopes);
      const fewer = scopes.every((scope) => known.has(scope)) && (!fleet || viewers.fleet);
      viewers = { kind: 'viewers', scopes, fleet };
      // More is told at once; less waits, once, so that steady coming and going cannot put it off for ever.
      if (!fewer) worker?.postMessage(viewers);
      else if (leaving === null) {
        leaving = setTimeout(() => {
          leaving = null;
          worker?.postMessage(viewers);
        }, LEAVE_MS);
      }
    },
  });

  const tellFollowers = (scope: string, json: string): void => {
    const listeners = followers.get(scope);
    if (listeners === undefined) return;
    const snapshot = revive(JSON.parse(json) as Snapshot);
    for (const listener of [...listeners]) listener(snapshot);
  };
  const receive = (message: FromCollector): void => {
    seenAt = Date.now();
    switch (message.kind) {
      case 'rows':
        feed.publishRows(message.rows, message.gone);
        return;
      case 'snapshot':
        feed.publishSnapshot(message.scope, message.revision, message.json);
        tellFollowers(message.scope, message.json);
        return;
      case 'config':
        opened?.sawRevision(message.scope, message.revision, message.value, message.at);
        return;
      case 'past':
        if (history !== null) history.take(message.batch);
        else if (early !== null && early.length < EARLY_MAX) early.push(message.batch);
        return;
      case 'conditions':
        alerts?.saw(message.reports);
        return;
      case 'answer': {
        questions.get(message.id)?.(message.json);
        questions.delete(message.id);
        return;
      }
      case 'state':
        collector = message.state;
        return;
      case 'fatal':
        log.fatal(message.message);
        return;
      case 'stopped':
        onStopped?.();
    }
  };

  const spawn = (): void => {
    spawnedAt = Date.now();
    worker = new Worker(new URL('./collector/worker.ts', import.meta.url), { name: 'howdah-collector' });
    worker.on('message', (message: FromCollector) => receive(revive(message)));
    worker.on('error', (error) => log.error({ err: error }, 'the collector failed'));
    worker.on('exit', (code) => {
      worker = null;
      seenAt = null;
      if (stopping) return;
      // A new collector counts revisions from one: viewers come back to a hello, not to what they would call old news.
      feed.reset();
      log.error({ code }, 'the collector ended; starting it again');
      setTimeout(spawn, RESTART_MS);
    });
    worker.postMessage(viewers);
    worker.postMessage(notes);
    tellActing();
  };
  spawn();
  const beat = setInterval(() => {
    feed.beat();
    const silentMs = Date.now() - (seenAt ?? spawnedAt);
    if (worker === null || silentMs < HUNG_MS) return;
    log.error({ silentMs }, 'the collector hangs; ending it');
    spawnedAt = Date.now();
    void worker.terminate();
  }, STREAM_BEAT_MS);

  const ask: Runtime['ask'] = (what, scope) =>
    new Promise((resolve, reject) => {
      if (worker === null) return reject(new SpokenError(say`the collector is starting`));
      const id = nextId++;
      const timer = setTimeout(
        () => {
          questions.delete(id);
          reject(new SpokenError(say`the collector did not answer in time`));
        },
        what === 'metrics' ? METRICS_MS : ASK_MS,
      );
      questions.set(id, (json) => {
        clearTimeout(timer);
        resolve(json);
      });
      worker.postMessage({ kind: 'ask', id, what, scope } satisfies ToCollector);
    });
  const newest = async (scope: string): Promise<Snapshot> =>
    revive(JSON.parse(await scopeAnswer({ ask, feed }, 'snapshot', scope)) as Snapshot);
  const opening = openActions();
  opening.catch(() => undefined);

  async function openActions(): Promise<Actions> {
    try {
      const taken = await takeLock(config.dataDir);
      if (!taken.ok) {
        // Two processes on one store would damage it: this one must not go on, not even to watch.
        console.error(`Howdah: ${taken.message}`);
        process.exit(2);
      }
      lock = taken;
      opened = await Actions.open({
        config,
        now: Date.now,
        newest,
        watch: (scope, listener) => {
          const listeners = followers.get(scope) ?? new Set();
          followers.set(scope, listeners.add(listener));
          tellActing();
          return () => {
            listeners.delete(listener);
            if (listeners.size > 0 || followers.get(scope) !== listeners) return;
            followers.delete(scope);
            tellActing();
          };
        },
        publish: (record) => feed.publishAction(record),
        tellPauses: (all) => {
          notes = { kind: 'pauses', notes: all };
          worker?.postMessage(notes);
        },
        isPaused: (scope) => feed.rows().find((row) => row.scope === scope)?.paused ?? null,
      });
      door = await openDoor(opened);
      walls = openWalls({
        config,
        store: opened.store,
        keys: door.keys,
        log: door.log,
        feed,
        newest,
        ask,
        historyNow: () => history,
        collectorSeenAt: () => seenAt,
        now: Date.now,
      });
      openMemory(opened);
      return opened;
    } catch (error) {
      early = null;
      actionsProblem = saidBy(error);
      log.error({ err: error }, 'nothing can be done from here: the data folder cannot be used');
      throw error;
    }
  }

  async function openDoor(actions: Actions): Promise<Door> {
    const { journal, store } = actions;
    const keys = openKeys(config.dataDir, config.secrets);
    const print = (line: string): void => console.log(line);
    const onGone = (uid: string): void => void desk?.forget(uid);
    const made = new Door({ config, keys, journal, store, now: Date.now, print, onGone });
    if (config.replay === null || config.auth.kind !== 'none')
      await made
        .writeLocalKey(ownUrl(config))
        .catch((error: unknown) => log.warn({ err: error }, 'no key for the command line'));
    return made;
  }

  function openMemory(actions: Actions): void {
    const holder = randomUUID();
    leases = new Leases({ store: actions.store, holder, now: Date.now });
    const glass = () => door?.log.glass(Date.now()) ?? [];
    alerts = new Alerts({ config, store: actions.store, leases, holder, now: Date.now, log, glass });
    desk = new AlertDesk(alerts, config, Date.now);
    if (config.replay !== null) return;
    const created = new History({
      store: actions.store,
      leases,
      settings: config.history,
      now: Date.now,
      memory: async (scope) => revive(JSON.parse(await scopeAnswer({ ask, feed }, 'history', scope)) as HistoryAnswer),
      actions: (scope) => actions.known(scope),
    });
    for (const batch of early ?? []) created.take(batch);
    early = null;
    history = created;
  }

  /** Its last words come before it ends. */
  async function endCollector(): Promise<void> {
    if (worker === null) return;
    const stopped = new Promise<void>((resolve) => {
      onStopped = resolve;
    });
    worker.postMessage({ kind: 'stop' } satisfies ToCollector);
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, STOP_MS / 2))]);
    await worker?.terminate();
  }

  async function endMemory(collectorEnded: Promise<void>): Promise<void> {
    await collectorEnded;
    const kept = (async () => {
      await Promise.all([history?.stop(), alerts?.stop(), door?.stop()]);
      await leases?.stop();
    })();
    await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, LAST_FLUSH_MS))]);
    await opened?.stop();
  }

  return {
    config,
    feed,
    ask,
    newest,
    actions: () =>
      opening.catch(() => {
        throw new Refusal('not_ready', say`nothing can be done from here: ${actionsProblem ?? ''}`);
      }),
    actionsNow: () => opened,
    actionsProblem: () => actionsProblem,
    history: async () => {
      await opening.catch(() => undefined);
      if (history !== null) return history;
      const why = config.replay === null ? actionsProblem : say`these are recordings`;
      throw new Refusal('not_ready', say`nothing of the past is kept here: ${why ?? ''}`);
    },
    historyNow: () => history,
    alerts: async () => {
      await opening.catch(() => undefined);
      if (desk !== null) return desk;
      throw new Refusal('not_ready', say`nobody is told from here: ${actionsProblem ?? ''}`);
    },
    alertsNow: () => alerts,
    door: async () => {
      await opening.catch(() => undefined);
      if (door !== null) return door;
      throw new Refusal('not_ready', say`nobody can come in: ${actionsProblem ?? ''}`);
    },
    limits,
    walls: async () => {
      await opening.catch(() => undefined);
      if (walls !== null) return walls;
      throw new Refusal('not_ready', say`walls cannot be shown from here: ${actionsProblem ?? ''}`);
    },
    startedAt,
    state,
    collectorSeenAt: () => seenAt,
    stop: async (reason) => {
      if (stopping) return;
      stopping = true;
      log.info({ reason }, 'stopping');
      clearInterval(beat);
      walls?.stop();
      feed.close();
      const ended = endCollector();
      // The journal is on the disk with every append; the store gets what time there is.
      const closing = Promise.race([
        endMemory(ended).catch((error: unknown) => log.error({ err: error }, 'the store did not close')),
        new Promise((resolve) => setTimeout(resolve, STOP_MS)),
      ]).finally(() => lock?.release());
      await ended;
      await closing;
    },
  };
}

/** As the command line on this machine reaches it. */
function ownUrl({ listen, publicUrl }: HowdahConfig): string {
  const host = ['0.0.0.0', '::'].includes(listen.host) ? '127.0.0.1' : listen.host;
  const scheme = 'tls' in listen && listen.tls !== null ? 'https' : 'http';
  return `${formatAddress({ scheme, host, port: listen.port })}${(URL.parse(publicUrl)?.pathname ?? '').replace(/\/+$/, '')}`;
}
