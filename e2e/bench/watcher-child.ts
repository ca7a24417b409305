// One process that watches a fleet, measured from outside by bench-collector.ts: `collector` is the product's Collector at a
// pace of two seconds, `floor` the least that could be called watching: a plain socket and JSON.parse for the same URLs at the same pace.
// Talks over its IPC channel only, and ends with it.

import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import { Collector } from '../../lib/server/collector/collector';

const PACE_SECONDS = 2;
const DEADLINE_SECONDS = 3;

export type ToChild =
  | {
      readonly kind: 'start';
      readonly as: 'collector' | 'floor';
      readonly etcd: string;
      readonly urls: readonly string[];
    }
  | { readonly kind: 'usage' }
  | { readonly kind: 'stop' };

export interface ChildUsage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Snapshots built, or answers parsed. */
  readonly done: number;
  readonly failed: number;
  /** Worst delay of the event loop since the last question. */
  readonly loopDelayMs: number;
}

let done = 0;
let failed = 0;
let loopDelayMs = 0;
let stop: () => Promise<void> = async () => undefined;

function watchLoop(): void {
  let due = performance.now() + 20;
  setInterval(() => {
    loopDelayMs = Math.max(loopDelayMs, performance.now() - due);
    due = performance.now() + 20;
  }, 20);
}

function startCollector(etcd: string): void {
  const none = { username: null, password: null, tls: null };
  const collector = new Collector({
    sources: [
      {
        name: 'bench',
        alias: null,
        members: {},
        from: 'file',
        labels: {},
        dcs: { kind: 'etcd3', hosts: [etcd], namespace: '/service/', scopes: null, ...none },
        patroni: { seeds: [], ...none },
        postgres: null,
        probe: null,
        signal: null,
        hosts: null,
        networks: null,
      },
    ],
    poll: {
      watchedSeconds: PACE_SECONDS,
      fleetSeconds: PACE_SECONDS,
      idleSeconds: PACE_SECONDS,
      deadlineSeconds: DEADLINE_SECONDS,
    },
    now: Date.now,
    onUpdate: ({ snapshot }) => {
      done += 1;
      if (snapshot.cluster.members.some((member) => member.timeline === null)) failed += 1;
    },
    onGone: () => undefined,
  });
  collector.setViewers(new Set(), true);
  collector.start();
  stop = () => collector.stop();
}

function startFloor(urls: readonly string[]): void {
  const timers = new Set<NodeJS.Timeout>();
  const ask = async (url: string): Promise<void> => {
    try {
      JSON.parse(await bodyOf(new URL(url)));
      done += 1;
    } catch {
      failed += 1;
    }
  };
  const paceMs = PACE_SECONDS * 1000;
  urls.forEach((url, index) => {
    const first = setTimeout(
      () => {
        void ask(url);
        timers.add(setInterval(() => void ask(url), paceMs));
      },
      (paceMs * index) / urls.length,
    );
    timers.add(first);
  });
  stop = async () => {
    for (const timer of timers) clearTimeout(timer);
  };
}

/** Of an answer that ends with its connection. Nothing is checked: less than this cannot be asked. */
function bodyOf({ hostname, port, pathname }: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const parts: Buffer[] = [];
    socket.setTimeout(DEADLINE_SECONDS * 1000, () => socket.destroy(new Error('late')));
    socket.on('data', (part) => parts.push(part));
    socket.once('error', reject);
    socket.once('end', () => {
      const text = Buffer.concat(parts).toString();
      resolve(text.slice(text.indexOf('\r\n\r\n') + 4));
    });
    socket.write(`GET ${pathname} HTTP/1.0\r\nHost: ${hostname}\r\n\r\n`);
  });
}

function usage(): ChildUsage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const answer: ChildUsage = {
    cpuSeconds: (user + system) / 1e6,
    rssBytes: rss,
    heapBytes: heapUsed,
    done,
    failed,
    loopDelayMs,
  };
  loopDelayMs = 0;
  return answer;
}

process.on('message', (message: ToChild) => {
  switch (message.kind) {
    case 'start':
      watchLoop();
      return message.as === 'collector' ? startCollector(message.etcd) : startFloor(message.urls);
    case 'usage':
      process.send?.(usage());
      return;
    case 'stop':
      void stop().finally(() => process.exit(0));
  }
});
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => {
  writeSync(2, `${error.stack ?? error.message}\n`);
  process.exit(1);
});
