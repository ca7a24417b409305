// All parts of the web server's process, put together in one line from the collector's thread to the walls, and ended in the
// opposite order. The collector begins at once: what is watched is shown while the store still opens.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { HistoryAnswer } from '../contract/history';
import { STREAM_BEAT_MS } from '../contract/limits';
import type { ServerState } from '../contract/stream';
import type { Snapshot } from '../domain/cluster';
import { readDrift } from '../io/postgres-drift';
import { revive } from '../language/carry';
import { say } from '../language/sentence';
import { SpokenError, saidBy } from '../language/spoken-error';
import { Door } from './access/door';
import { openKeys } from './access/keys';
import { Actions } from './actions/actions';
import { ActivityDesk } from './activity/activity-desk';
import { AlertDesk } from './alerts/alert-desk';
import { Alerts } from './alerts/alerts';
import { BackupDesk } from './backups/backup-desk';
import { pullReports } from './backups/pull';
import { CareDesk } from './care/desk';
import { clockNow, elapsed } from './clock';
import { scopeAnswer } from './clusters';
import type { CareSight } from './collector/care-poller';
import type { PastBatch } from './collector/tape';
import { CollectorThread } from './collector/thread';
import { formatAddress } from './config/address';
import { configFromProcess, type HowdahConfig, type LoadResult } from './config/config';
import { DriftDesk } from './drift/drift-desk';
import { Limits } from './edge/limits';
import { Feed } from './feed';
import { formerClusters } from './history/former-clusters';
import { History } from './history/history';
import { log } from './log';
import type { KnownCluster } from './names/moves';
import { Names } from './names/names';
import { alignStore, saveIdentities } from './names/store-names';
import { Opening } from './opening';
import { Releasers } from './releasers';
import { RosterKeeper, type Rosters } from './roster/roster-keeper';
import { Refusal } from './route';
import type { Runtime } from './runtime';
import { ADDED_FILE } from './sources/added';
import { SourceDesk } from './sources/desk';
import { type LiveConfig, liveConfig } from './sources/live';
import type { Session } from './store/driver';
import { Leases } from './store/lease';
import { takeLock } from './store/lock';
import type { Store } from './store/store';
import { openThread } from './threads';
import { VERSION } from './version';
import { openWalls } from './walls/open';

const VIEWER_LIMIT = 1000;
const STOP_MS = 2000;
const LAST_FLUSH_MS = 800;
/** Batches of the past that wait for the store's owner. */
const EARLY_MAX = 10_000;

export function compose(given: HowdahConfig, firstThread: Worker): Runtime {
  const live = liveConfig(given);
  const { config } = live;
  const startedAt = clockNow();
  const releasers = new Releasers(STOP_MS);
  const limits = new Limits(() => performance.now());
  const begun = [firstThread];
  const collector = new CollectorThread(() => begun.pop() ?? openThread('collector'));
  releasers.push('the collector', () => collector.end());
  const ask: Runtime['ask'] = (what, scope, member) => collector.ask(what, scope, member);
  const newest = async (scope: string): Promise<Snapshot> =>
    revive(JSON.parse(await scopeAnswer({ ask }, 'snapshot', scope)) as Snapshot);
  const state = (): ServerState => ({
    ...collector.state(),
    now: clockNow(),
    version: VERSION,
    configured: config.sources.length > 0 || config.replay !== null,
  });
  const feed = new Feed({
    state,
    limit: VIEWER_LIMIT,
    onViewers: (scopes, fleet) => collector.setViewers(scopes, fleet),
  });
  collector.listen((news) => {
    if (news.kind === 'rows') feed.publishRows(news.rows, news.gone);
    else if (news.kind === 'snapshot') feed.publishSnapshot(news.scope, news.revision, news.json);
    // A new collector counts revisions from one: viewers come back to a hello, not to what they would call old news.
    else if (news.kind === 'lost') feed.reset();
  });
  const scopes = (): readonly string[] => feed.rows().map(({ scope }) => scope);
  const drift = new DriftDesk({ config, newest, scopes, read: readDrift, now: clockNow });
  drift.start();
  releasers.push('the comparison of members', () => drift.stop());
  const beat = setInterval(() => feed.beat(), STREAM_BEAT_MS);
  const parts = new Opening(() => openParts({ live, config, collector, feed, ask, newest, releasers }));

  return {
    config,
    feed,
    limits,
    startedAt,
    state,
    ask,
    newest,
    activity: new ActivityDesk({ ask, newest, elapsed }),
    drift,
    collectorSeenAt: () => collector.seenAt(),
    actionsNow: () => parts.now()?.actions ?? null,
    actionsProblem: () => parts.problem(),
    historyNow: () => parts.now()?.history ?? null,
    careDeskNow: () => parts.now()?.careDesk ?? null,
    alertsNow: () => parts.now()?.alerts ?? null,
    actions: async () => (await parts.value((why) => say`nothing can be done from here: ${why}`)).actions,
    history: async () => {
      const { history } = await parts.value((why) => say`nothing of the past is kept here: ${why}`);
      if (history !== null) return history;
      throw new Refusal('not_ready', say`nothing of the past is kept here: ${say`these are recordings`}`);
    },
    careDesk: async () => (await parts.value((why) => say`nothing can be done from here: ${why}`)).careDesk,
    alerts: async () => (await parts.value((why) => say`nobody is told from here: ${why}`)).desk,
    roster: async () => (await parts.value((why) => say`who belongs to the cluster is not known: ${why}`)).roster,
    backups: async () => (await parts.value((why) => say`what is reported of backups is not known: ${why}`)).backups,
    sources: async () => (await parts.value((why) => say`the sources cannot be changed from here: ${why}`)).sources,
    door: async () => (await parts.value((why) => say`nobody can come in: ${why}`)).door,
    walls: async () => (await parts.value((why) => say`walls cannot be shown from here: ${why}`)).walls,
    stop: async (reason) => {
      log.info({ reason }, 'stopping');
      clearInterval(beat);
      parts.stop();
      parts.now()?.walls.stop();
      feed.close();
      await releasers.release();
    },
  };
}

interface Foundation extends Pick<Runtime, 'config' | 'feed' | 'ask' | 'newest'> {
  readonly live: LiveConfig;
  readonly collector: CollectorThread;
  readonly releasers: Releasers;
}

/** What needs the data folder: who acts, who comes in, what is kept, who is told. Rejects where the folder cannot be used, with nothing left open. */
async function openParts({ live, config, collector, feed, ask, newest, releasers }: Foundation) {
  const now = clockNow;
  const early: PastBatch[] = [];
  const keepEarly = collector.listen((news) => {
    if (news.kind === 'past' && early.length < EARLY_MAX) early.push(news.batch);
  });
  const ends: Parameters<Releasers['push']>[] = [];
  try {
    const lock = await takeLock(config.dataDir);
    if (!lock.ok && lock.taken) {
      // Two processes on one store would damage it: this one must not go on, not even to watch.
      console.error(`Howdah: ${lock.message}`);
      process.exit(2);
    }
    if (!lock.ok) throw new SpokenError(lock.message);
    ends.push(['the lock', () => lock.release()]);
    const keys = openKeys(config.dataDir, config.secrets);
    const names = config.replay === null ? new Names(config, now()) : null;
    let careDesk: CareDesk | null = null;
    const actions = await Actions.open({
      config,
      now,
      names,
      prepare: async (session) => {
        if (names !== null) await alignNames(session, { names, config, now });
      },
      newest,
      watch: (scope, listener) => collector.follow(scope, listener),
      publish: (record) => feed.publishAction(record),
      tellPauses: (notes) => collector.setPauses(notes),
      tellOutages: (outages) => collector.setOutages(outages),
      isPaused: (scope) => feed.row(scope)?.paused ?? null,
      dcsChange: (source) => careDesk?.running(source) ?? null,
    });
    // The journal is on the disk with every append; the store gets what time there is.
    ends.push(['the store', () => actions.stop()]);
    const { journal, store } = actions;
    const print = (line: string): void => console.log(line);
    const onGone = (uid: string): void => void desk.forget(uid);
    const door = new Door({ config, keys, journal, store, now, print, onGone });
    const holder = randomUUID();
    const leases = new Leases({ store, holder, now: elapsed });
    const glass = () => door.log.glass(now());
    const record = () => actions.record.state().breaches;
    const streams = () => actions.streams.states();
    const rows = () => feed.rows();
    const alerts = new Alerts({ config, store, leases, holder, now, log, rows, glass, record, streams });
    const onSource = (source: string) => rows().flatMap((row) => (row.source === source ? row.scope : []));
    const desk = new AlertDesk(alerts, config, now, onSource);
    const memory = async (scope: string): Promise<HistoryAnswer> =>
      revive(JSON.parse(await scopeAnswer({ ask }, 'history', scope)) as HistoryAnswer);
    const past = {
      store,
      leases,
      settings: config.history,
      now,
      memory,
      actions: (scope: string) => actions.known(scope),
      stopping: (...asked: Parameters<typeof actions.index.stopping>) => actions.index.stopping(...asked),
    };
    // Recordings are nobody's past.
    const history = config.replay === null ? new History(past) : null;
    const flush = async (): Promise<void> => {
      await Promise.all([history?.stop(), alerts.stop(), door.stop()]);
      await leases.stop();
    };
    ends.push(['what waits for the store', flush, LAST_FLUSH_MS]);
    const read = { feed, newest, ask, historyNow: () => history, collectorSeenAt: () => collector.seenAt() };
    const walls = openWalls({ config, store, keys, log: door.log, now, ...read });
    careDesk = new CareDesk({
      get sources() {
        return config.replay === null ? config.sources : [];
      },
      look: async (source) => {
        const text = await ask('care', source, 'fresh');
        return text === null ? null : (revive(JSON.parse(text)) as CareSight | null);
      },
      write: (kind, note) => door.log.write(kind, note),
      open: () => door.log.openChanges(),
      busy: (scopes) => scopes.filter((scope) => actions.executor.isTaken(scope)),
      readOnly: config.readOnly,
      now,
    });
    const changes = careDesk;
    releasers.push('changes of a DCS', () => changes.stop());
    await changes.recover();
    if (names !== null) rememberNames(names, { feed, store, collector });
    const roster = new RosterKeeper({ store, now, tell: tellRosters(names, collector) });
    releasers.push('the rosters', () => roster.stop(), LAST_FLUSH_MS);
    const sources = new SourceDesk({
      ...{ live, names, keys, now, problems: () => collector.state().problems, rows },
      load: (beside) => loadBeside(config.dataDir, beside),
      readAgain: async (digest) => String(JSON.parse((await ask('sources', digest)) ?? '""')),
      onNames: () => roster.tellAgain(),
      busy: (scopes) => scopes.filter((scope) => actions.executor.running(scope) !== null),
      write: (kind, note) => door.log.write(kind, note),
    });
    const backups = new BackupDesk({ store, now, tell: (reports, gone) => collector.setBackups(reports, gone) });
    releasers.push('the reports of backups', () => backups.stop());
    releasers.push(
      'what asks for reports',
      pullReports(config.replay === null ? config.backups.pull : [], backups, now),
    );
    keepEarly();
    for (const batch of early) history?.take(batch);
    collector.listen((news) => {
      if (news.kind === 'past') history?.take(news.batch);
      else if (news.kind === 'conditions') alerts.saw(news.reports);
      else if (news.kind === 'roster') {
        roster.saw(news.scope, news.sight);
        backups.saw(news.scope, news.sight.systemIdentifier);
      } else if (news.kind === 'config') actions.sawRevision(news.scope, news.revision, news.value, news.at);
    });
    // From here on its last words are listened to: it ends before those who keep them.
    ends.push(['the collector', () => collector.end()]);
    for (const end of ends) releasers.push(...end);
    if (config.replay === null || config.auth.kind !== 'none')
      await door.writeLocalKey(ownUrl(config)).catch((error: unknown) => log.warn(String(saidBy(error))));
    return { actions, door, alerts, desk, history, walls, roster, backups, careDesk: changes, sources };
  } catch (error) {
    keepEarly();
    for (const [, end] of ends.reverse()) await Promise.resolve(end()).catch(() => undefined);
    throw error;
  }
}

/** Rows of a cluster that has another name now go along. */
async function alignNames(
  session: Session,
  { names, config, now }: { readonly names: Names; readonly config: HowdahConfig; readonly now: () => number },
): Promise<void> {
  const { sources, moveNames } = config;
  const renames = await alignStore(session, { sources, moveNames, known: names.known(), former: formerClusters });
  for (const { from, to } of renames)
    log.warn({ from, to }, 'the name of a cluster has changed; rules in howdah.yaml that name it do not follow');
  names.carried(renames, now());
}

/** Each cluster when it is first seen, and all of them whenever the store is back. */
function rememberNames(
  names: Names,
  { feed, store, collector }: Pick<Foundation, 'feed' | 'collector'> & { readonly store: Store },
): void {
  const save = (clusters: readonly KnownCluster[]): void =>
    void saveIdentities(store, clusters).catch((error: unknown) => log.debug({ err: error }, 'the store is away'));
  names.saw(feed.rows().map(({ scope }) => scope));
  collector.listen((news) => {
    if (news.kind === 'rows') save(names.saw(news.rows.map(({ scope }) => scope)));
  });
  store.onReady(() => save(names.known()));
}

/** Clusters of a source that is watched no more are not brought back: their names would be taken for those of another. */
function tellRosters(names: Names | null, collector: CollectorThread): (rosters: Rosters) => void {
  return (rosters) => {
    const watched = Object.entries(rosters ?? {}).filter(([name]) => names?.isWatched(name) ?? true);
    collector.setRosters(rosters === null ? null : Object.fromEntries(watched));
  };
}

/** The settings of now; with a text, as if it were that of the added sources. */
function loadBeside(dataDir: string, beside: string | null): LoadResult {
  const own = path.join(dataDir, ADDED_FILE);
  return configFromProcess(process.env, (name) =>
    beside !== null && name === own ? beside : readFileSync(name, 'utf8'),
  );
}

/** As the command line on this machine reaches it. */
function ownUrl({ listen, publicUrl }: HowdahConfig): string {
  const host = ['0.0.0.0', '::'].includes(listen.host) ? '127.0.0.1' : listen.host;
  const scheme = 'tls' in listen && listen.tls !== null ? 'https' : 'http';
  return `${formatAddress({ scheme, host, port: listen.port })}${(URL.parse(publicUrl)?.pathname ?? '').replace(/\/+$/, '')}`;
}
