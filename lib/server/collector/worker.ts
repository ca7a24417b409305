// The collector's thread. It reads the configuration itself, because secrets do not cross threads, and talks to the web server
// only in the messages of link.ts.
import { parentPort } from 'node:worker_threads';
import type { FleetRow } from '../../domain/fleet';
import { configFromProcess, formatProblem } from '../config/config';
import { Collector, type ScopeUpdate } from './collector';
import type { FromCollector, ToCollector } from './link';
import { createReplay } from './replay';

/** Rows wait this long for company; an urgent one takes the others along at once. */
const BATCH_MS = 700;
const STATE_MS = 1000;

export function runWorker(port: NonNullable<typeof parentPort>): void {
  const send = (message: FromCollector): void => port.postMessage(message);
  const loaded = configFromProcess();
  if (!loaded.ok) {
    send({ kind: 'fatal', message: loaded.problems.map(formatProblem).join('\n') });
    return;
  }
  const { config } = loaded;
  const rows = new Map<string, FleetRow>();
  const gone = new Set<string>();
  let watched: ReadonlySet<string> = new Set();
  let batch: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (batch !== null) clearTimeout(batch);
    batch = null;
    if (rows.size === 0 && gone.size === 0) return;
    send({ kind: 'rows', rows: [...rows.values()], gone: [...gone] });
    rows.clear();
    gone.clear();
  };
  const onUpdate = ({ row, snapshot, urgent }: ScopeUpdate): void => {
    rows.set(row.scope, row);
    if (watched.has(row.scope)) {
      send({ kind: 'snapshot', scope: row.scope, revision: snapshot.revision, json: JSON.stringify(snapshot) });
    }
    if (urgent) flush();
    else batch ??= setTimeout(flush, BATCH_MS);
  };
  const onGone = (scope: string): void => {
    rows.delete(scope);
    gone.add(scope);
    flush();
  };
  const options = { sources: config.sources, poll: config.poll, now: Date.now, onUpdate, onGone };
  const collector = config.replay === null ? new Collector(options) : createReplay(config.replay, options);
  collector.start();
  const state = setInterval(() => send({ kind: 'state', state: collector.state() }), STATE_MS);

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
          if (snapshot !== null)
            send({ kind: 'snapshot', scope, revision: snapshot.revision, json: JSON.stringify(snapshot) });
        }
        return;
      }
      case 'ask': {
        const value = answer(message.what, message.scope);
        send({ kind: 'answer', id: message.id, json: value === null ? null : JSON.stringify(value) });
        return;
      }
      case 'stop':
        clearInterval(state);
        if (batch !== null) clearTimeout(batch);
        void collector.stop().finally(() => send({ kind: 'stopped' }));
    }
  });
}

if (parentPort !== null) runWorker(parentPort);
