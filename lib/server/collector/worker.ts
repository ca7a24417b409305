// The collector's thread. It reads the configuration itself, because secrets do not cross threads, and talks to the web server
// only in the messages of link.ts.

import { parentPort } from 'node:worker_threads';
import type { Snapshot } from '../../domain/cluster';
import type { FleetRow } from '../../domain/fleet';
import { onGrpcLine } from '../../io/dcs/etcd/client';
import { carry } from '../../language/carry';
import { clockNow } from '../clock';
import { configFromProcess, formatProblem, type SourceConfig } from '../config/config';
import { sourcesDigest } from '../config/source-digest';
import { log } from '../log';
import type { Looked } from './care-poller';
import { Collector, type ScopeUpdate } from './collector';
import { CollectorMetrics } from './collector-metrics';
import type { FromCollector, ToCollector } from './link';
import { createReplay } from './replay';
import { Reports } from './reports';
import { sightOf } from './roster-sight';
import { Tape } from './tape';

/** Rows wait this long for company; an urgent one takes the others along at once. */
const BATCH_MS = 700;
const STATE_MS = 1000;
const ROSTER_EVERY_MS = 60_000;

function runWorker(port: NonNullable<typeof parentPort>): void {
  const send = (message: FromCollector): void => port.postMessage(carry(message));
  const loaded = configFromProcess();
  if (!loaded.ok) {
    send({ kind: 'fatal', message: loaded.problems.map(formatProblem).join('\n') });
    return;
  }
  const { config } = loaded;
  onGrpcLine((line) => log.debug({ library: 'grpc' }, line));
  const rows = new Map<string, FleetRow>();
  const gone = new Set<string>();
  const revisions = new Map<string, string>();
  let watched: ReadonlySet<string> = new Set();
  let acting: ReadonlySet<string> = new Set();
  let batch: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (batch !== null) clearTimeout(batch);
    batch = null;
    if (rows.size === 0 && gone.size === 0) return;
    send({ kind: 'rows', rows: [...rows.values()], gone: [...gone] });
    rows.clear();
    gone.clear();
  };
  const sendSnapshot = (snapshot: Snapshot): void =>
    send({
      kind: 'snapshot',
      scope: snapshot.scope,
      revision: snapshot.revision,
      json: JSON.stringify(carry(snapshot)),
    });
  const tellRevision = ({ scope, observedAt, cluster: { config } }: Snapshot): void => {
    if (config?.by !== 'dcs' || config.revision === null || revisions.get(scope) === config.revision) return;
    revisions.set(scope, config.revision);
    send({ kind: 'config', scope, revision: config.revision, value: config.value, at: observedAt });
  };
  const listed = new Map<string, { readonly text: string; readonly at: number }>();
  const tellRoster = (snapshot: Snapshot): void => {
    const sight = sightOf(snapshot);
    if (sight === null) return;
    const text = JSON.stringify([sight.systemIdentifier, sight.listed]);
    const last = listed.get(snapshot.scope);
    if (last?.text === text && sight.at - last.at < ROSTER_EVERY_MS) return;
    listed.set(snapshot.scope, { text, at: sight.at });
    send({ kind: 'roster', scope: snapshot.scope, sight });
  };
  // Recordings are nobody's past.
  const tape = config.replay === null ? new Tape((batch) => send({ kind: 'past', batch })) : null;
  const reports = new Reports(config.alerts.rules, (found) => send({ kind: 'conditions', reports: found }));
  const onUpdate = ({ row, snapshot, events, urgent }: ScopeUpdate): void => {
    rows.set(row.scope, row);
    tape?.add(snapshot, events);
    tellRevision(snapshot);
    if (config.replay === null) tellRoster(snapshot);
    reports.saw(snapshot, acting.has(row.scope));
    if (watched.has(row.scope) || acting.has(row.scope)) sendSnapshot(snapshot);
    if (urgent) flush();
    else batch ??= setTimeout(flush, BATCH_MS);
  };
  const onGone = (scope: string): void => {
    rows.delete(scope);
    tape?.gone(scope);
    listed.delete(scope);
    reports.gone(scope, clockNow());
    gone.add(scope);
    flush();
  };
  const options = {
    sources: config.sources,
    entries: config.entries,
    backups: config.backups,
    poll: config.poll,
    now: clockNow,
    onUpdate,
    onGone,
    onCare: ({ name, labels }: SourceConfig, { care, findings }: Looked, intervalMs: number): void =>
      reports.looked({ source: name, labels, care, findings, intervalMs }),
  };
  const collector = config.replay === null ? new Collector(options) : createReplay(config.replay, options);
  collector.start();
  const state = setInterval(() => send({ kind: 'state', state: collector.state() }), STATE_MS);

  const metrics = new CollectorMetrics(collector, clockNow);
  const answer = (what: 'snapshot' | 'history', scope: string): unknown =>
    what === 'snapshot' ? collector.snapshotOf(scope) : collector.historyOf(scope);
  port.on('message', (message: ToCollector) => {
    switch (message.kind) {
      case 'viewers': {
        const fresh = message.scopes.filter((scope) => !watched.has(scope));
        watched = new Set(message.scopes);
        collector.setViewers(watched, message.fleet);
        for (const scope of fresh) {
          const snapshot = collector.snapshotOf(scope);
          if (snapshot !== null) sendSnapshot(snapshot);
        }
        return;
      }
      case 'acting':
        acting = new Set(message.scopes);
        collector.setActing(acting);
        return;
      case 'notes':
        collector.setNotes(message.notes);
        return;
      case 'rosters':
        collector.setRosters(message.rosters);
        return;
      case 'outages':
        collector.setOutages(message.outages);
        return;
      case 'backups':
        collector.setBackups(message.reports, message.gone);
        return;
      case 'ask': {
        const { id, what, scope, member = '' } = message;
        const tell = (value: unknown): void =>
          send({ kind: 'answer', id, json: value === null ? null : JSON.stringify(carry(value)) });
        if (what === 'snapshot' || what === 'history') return tell(answer(what, scope));
        if (what === 'sources') return tell(readAgain(collector, scope));
        const later =
          what === 'metrics'
            ? metrics.answer()
            : what === 'care'
              ? collector.careOf(scope, member === 'fresh')
              : collector.activityOf(scope, member);
        // Samples hold no sentences, and are many.
        const plain = (value: unknown): void => send({ kind: 'answer', id, json: JSON.stringify(value) });
        void later.then(what === 'metrics' ? plain : tell, () => tell(null));
        return;
      }
      case 'stop':
        clearInterval(state);
        reports.stop();
        metrics.stop();
        if (batch !== null) clearTimeout(batch);
        tape?.stop();
        void collector.stop().finally(() => send({ kind: 'stopped' }));
    }
  });
}

/** Only what the web server has read too: with another text neither would know what the other does. The digest of what it read here. */
function readAgain(collector: Pick<Collector, 'setSources'>, wanted: string): string {
  const loaded = configFromProcess();
  if (!loaded.ok) return '';
  const digest = sourcesDigest(loaded.config.sources);
  if (digest === wanted) collector.setSources(loaded.config.sources);
  return digest;
}

if (parentPort !== null) runWorker(parentPort);
