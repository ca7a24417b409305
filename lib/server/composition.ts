// All parts of the web server's process, put together in one line from the collector's thread to the walls, and ended in the
// opposite order. The collector begins at once: what is watched is shown while the store still opens.

import type { Worker } from 'node:worker_threads';
import { STREAM_BEAT_MS } from '../contract/limits';
import type { ServerState } from '../contract/stream';
import type { Snapshot } from '../domain/cluster';
import { readDrift } from '../io/postgres-drift';
import { revive } from '../language/carry';
import { say } from '../language/sentence';
import { ActivityDesk } from './activity/activity-desk';
import { clockNow, elapsed } from './clock';
import { scopeAnswer } from './clusters';
import type { PastBatch } from './collector/tape';
import { CollectorThread } from './collector/thread';
import type { HowdahConfig } from './config/config';
import { DriftDesk } from './drift/drift-desk';
import { Limits } from './edge/limits';
import { Feed } from './feed';
import { log } from './log';
import { Opening } from './opening';
import { Releasers } from './releasers';
import { Refusal } from './route';
import type { Runtime } from './runtime';
import { liveConfig } from './sources/live';
import { openThread } from './threads';
import { VERSION } from './version';

const VIEWER_LIMIT = 1000;
const STOP_MS = 2000;
/** Batches of the past that wait for the store's owner. */
const EARLY_MAX = 10_000;
const FIRST_ROWS_MS = 500;

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
  const early: PastBatch[] = [];
  const keepEarly = collector.listen((news) => {
    if (news.kind === 'past' && early.length < EARLY_MAX) early.push(news.batch);
  });
  /** What came before there was somebody to keep it; from now on it is theirs to listen. */
  const takeEarly = (): readonly PastBatch[] => {
    keepEarly();
    return early.splice(0);
  };
  const parts = new Opening(async () => {
    await firstRows(collector);
    const { openParts } = await import('./parts');
    return openParts({ live, config, collector, feed, ask, newest, releasers, takeEarly });
  });

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
    door: async () => (await parts.value((why) => say`nobody can come in: ${why}`)).door,
    sources: async () => (await parts.value((why) => say`the sources cannot be changed from here: ${why}`)).sources,
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

/** Those of the first round, or the time in which there mostly is one. */
async function firstRows(collector: CollectorThread): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(end, FIRST_ROWS_MS);
    const silence = collector.listen(({ kind }) => {
      if (kind === 'rows') end();
    });
    function end(): void {
      clearTimeout(timer);
      silence();
      resolve();
    }
  });
}
