// What needs the data folder: who acts, who comes in, what is kept, who is told. Loaded when the first clusters are there (composition.ts):
// to read all of its code takes as long as to see them.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HistoryAnswer } from '../contract/history';
import { revive } from '../language/carry';
import { SpokenError, saidBy } from '../language/spoken-error';
import { Door } from './access/door';
import { openKeys } from './access/keys';
import { Actions } from './actions/actions';
import { AlertDesk } from './alerts/alert-desk';
import { Alerts } from './alerts/alerts';
import { BackupDesk } from './backups/backup-desk';
import { pullReports } from './backups/pull';
import { CareDesk } from './care/desk';
import { clockNow, elapsed } from './clock';
import { scopeAnswer } from './clusters';
import type { CareSight } from './collector/care-poller';
import type { PastBatch } from './collector/tape';
import type { CollectorThread } from './collector/thread';
import { formatAddress } from './config/address';
import { configFromProcess, type HowdahConfig, type LoadResult } from './config/config';
import { formerClusters } from './history/former-clusters';
import { History } from './history/history';
import { log } from './log';
import type { KnownCluster } from './names/moves';
import { Names } from './names/names';
import { alignStore, saveIdentities } from './names/store-names';
import type { Releasers } from './releasers';
import { RosterKeeper, type Rosters } from './roster/roster-keeper';
import type { Runtime } from './runtime';
import { ADDED_FILE } from './sources/added';
import { SourceDesk } from './sources/desk';
import type { LiveConfig } from './sources/live';
import type { Session } from './store/driver';
import { Leases } from './store/lease';
import { takeLock } from './store/lock';
import type { Store } from './store/store';
import { openWalls } from './walls/open';

const LAST_FLUSH_MS = 800;

interface Foundation extends Pick<Runtime, 'config' | 'feed' | 'ask' | 'newest'> {
  readonly live: LiveConfig;
  readonly collector: CollectorThread;
  readonly releasers: Releasers;
  readonly takeEarly: () => readonly PastBatch[];
}

/** Rejects where the folder cannot be used, with nothing left open. */
export async function openParts(foundation: Foundation) {
  const { live, config, collector, feed, ask, newest, releasers, takeEarly } = foundation;
  const now = clockNow;
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
      tellNotes: (notes) => collector.setNotes(notes),
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
      busy: (scopes) => scopes.filter((scope) => actions.executor.isTaken(scope)),
      write: (kind, note) => door.log.write(kind, note),
    });
    const backups = new BackupDesk({ store, now, tell: (reports, gone) => collector.setBackups(reports, gone) });
    releasers.push('the reports of backups', () => backups.stop());
    releasers.push(
      'what asks for reports',
      pullReports(config.replay === null ? config.backups.pull : [], backups, now),
    );
    for (const batch of takeEarly()) history?.take(batch);
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
