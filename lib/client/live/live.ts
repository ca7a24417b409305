'use client';
import { skipToken } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { STREAM_LOST_MS } from '../../contract/limits';
import type { FleetRow, ServerState, StreamFrame } from '../../contract/stream';
import type { ActionRecord } from '../../domain/actions/action';
import type { Snapshot } from '../../domain/cluster';
// The live connection of this tab: worker -> reducer -> React Query cache, which alone keeps the snapshots. Opens with the first
// subscriber, closes with the last. The tab calls the connection lost by its own timer, whatever the worker or the network say.
import { revive } from '../../language/carry';
import { leave } from '../access/door';
import { based } from './base';
import { bumpClock, clockNow, subscribeClock, usePast } from './clock';
import { EMPTY_LIVE, type Freshness, freshness, type LiveState, reduceFrame } from './live-state';
import { useQuery } from './query';
import { queryClient } from './query-client';

export interface Fleet {
  readonly server: ServerState;
  readonly rows: readonly FleetRow[];
}

export interface Connection {
  readonly phase: 'connecting' | 'open' | 'lost';
  /** Server time of the newest frame; null: none yet. */
  readonly lastFrameAt: number | null;
  readonly attempt: number;
  /** Server time of the next attempt; null: one is under way. */
  readonly retryAt: number | null;
  /** Counts frames, for the heartbeat. */
  readonly beats: number;
}

interface WorkerState {
  readonly type: 'state';
  readonly lastFrameAt: number | null;
  readonly attempt: number;
  readonly retryAt: number | null;
}

type WorkerMessage =
  | WorkerState
  | { readonly type: 'frame'; readonly frame: StreamFrame; readonly at: number }
  | { readonly type: 'who' }
  | { readonly type: 'signed_out' };

interface Port {
  readonly send: (message: object) => void;
  readonly close: () => void;
}

const WORKER_URL = based('/live-worker.js');
/** Raise when the messages change: tabs of an older build keep their own worker. */
const WORKER_NAME = 'howdah-live-2';
const PING_MS = 5000;
const WATCH_MS = 200;
/** Fleet frames are handed to React at most this often; snapshots at once. */
const FLUSH_MS = 80;
const CLOSE_AFTER_MS = 1000;

const IDLE: Connection = { phase: 'connecting', lastFrameAt: null, attempt: 0, retryAt: null, beats: 0 };

let state: LiveState = EMPTY_LIVE;
let connection: Connection = IDLE;
let worker: WorkerState = { type: 'state', lastFrameAt: null, attempt: 0, retryAt: null };
let openedAt = 0;
let lastFrameAt: number | null = null;
let port: Port | null = null;
let timers: ReturnType<typeof setInterval>[] = [];
let closing: ReturnType<typeof setTimeout> | null = null;
let flushing: ReturnType<typeof setTimeout> | null = null;
let flushedAt = 0;
const looks = new Map<symbol, string | null>();
const listeners = new Set<() => void>();

function publish(change: Partial<Connection>): void {
  connection = { ...connection, ...change };
  for (const listener of listeners) listener();
}

function assess(): void {
  const now = Date.now();
  const silent = now - Math.max(lastFrameAt ?? 0, lastFrameAt === null ? openedAt : 0) > STREAM_LOST_MS;
  const phase = silent ? 'lost' : lastFrameAt === null ? 'connecting' : 'open';
  const retryAt = worker.retryAt === null ? null : worker.retryAt + state.offsetMs;
  if (phase !== connection.phase || worker.attempt !== connection.attempt || retryAt !== connection.retryAt) {
    publish({ phase, attempt: worker.attempt, retryAt });
  }
}

function flushFleet(): void {
  flushing = null;
  flushedAt = Date.now();
  if (state.server === null) return;
  queryClient().setQueryData<Fleet>(['fleet'], { server: state.server, rows: [...state.rows.values()] });
}

function onFrame(frame: StreamFrame, at: number): void {
  const before = state;
  state = reduceFrame(state, frame, at);
  lastFrameAt = Math.max(lastFrameAt ?? 0, at);
  if (frame.kind === 'snapshot') {
    const { snapshot } = frame;
    if (state !== before) queryClient().setQueryData<Snapshot>(['cluster', snapshot.scope], snapshot);
  } else if (frame.kind === 'action') {
    queryClient().setQueryData<ActionRecord>(['action', frame.action.scope, frame.action.id], frame.action);
    queryClient().setQueryData<ActionRecord>(['newest-action', frame.action.scope], frame.action);
  } else if (flushing === null) {
    const wait = flushedAt + FLUSH_MS - Date.now();
    if (wait <= 0) flushFleet();
    else flushing = setTimeout(flushFleet, wait);
  }
  bumpClock(state.offsetMs);
  const open = Date.now() - lastFrameAt <= STREAM_LOST_MS;
  publish({
    lastFrameAt: lastFrameAt + state.offsetMs,
    beats: connection.beats + 1,
    ...(open ? { phase: 'open' as const } : {}),
  });
}

function onMessage(event: MessageEvent<WorkerMessage>): void {
  const message = event.data;
  if (message.type === 'frame') onFrame(revive(message.frame), message.at);
  else if (message.type === 'who') watch();
  else if (message.type === 'signed_out') leave();
  else {
    worker = message;
    assess();
  }
}

function openPort(): Port {
  if (typeof SharedWorker !== 'undefined') {
    const shared = new SharedWorker(WORKER_URL, { name: WORKER_NAME });
    shared.port.onmessage = onMessage;
    shared.port.start();
    return { send: (message) => shared.port.postMessage(message), close: () => shared.port.close() };
  }
  const own = new Worker(WORKER_URL, { name: WORKER_NAME });
  own.onmessage = onMessage;
  return { send: (message) => own.postMessage(message), close: () => own.terminate() };
}

function watch(): void {
  const scopes = [...new Set([...looks.values()].filter((scope) => scope !== null))].sort();
  port?.send({ type: 'watch', scopes });
}

function connect(): void {
  if (port !== null) return;
  openedAt = Date.now();
  port = openPort();
  watch();
}

function disconnect(): void {
  port?.send({ type: 'bye' });
  port?.close();
  port = null;
}

/** Without a SharedWorker each tab has its own stream: only while somebody can see it. */
function onVisibility(): void {
  if (typeof SharedWorker === 'undefined') {
    if (document.hidden) disconnect();
    else connect();
  }
  if (!document.hidden) assess();
}

function start(): void {
  addEventListener('pagehide', disconnect);
  addEventListener('pageshow', connect);
  document.addEventListener('visibilitychange', onVisibility);
  timers = [setInterval(() => port?.send({ type: 'ping' }), PING_MS), setInterval(assess, WATCH_MS)];
  connect();
}

function stop(): void {
  removeEventListener('pagehide', disconnect);
  removeEventListener('pageshow', connect);
  document.removeEventListener('visibilitychange', onVisibility);
  for (const timer of timers) clearInterval(timer);
  timers = [];
  disconnect();
}

/** Declares that something on this page looks at the fleet (null) or at a scope. Call the result to look away. */
export function look(scope: string | null): () => void {
  const key = Symbol();
  looks.set(key, scope);
  if (closing !== null) clearTimeout(closing);
  closing = null;
  if (port === null && timers.length === 0) start();
  else watch();
  return () => {
    looks.delete(key);
    if (looks.size > 0) watch();
    else closing = setTimeout(stop, CLOSE_AFTER_MS);
  };
}

/** Try again now instead of at `retryAt`. */
export function retryNow(): void {
  port?.send({ type: 'retry' });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    subscribe,
    () => connection,
    () => IDLE,
  );
}

/** True once the connection is lost: nothing on the page may look alive. What was kept of the past stays true. */
export function useLost(): boolean {
  const past = usePast();
  return useSyncExternalStore(
    subscribe,
    () => past === null && connection.phase === 'lost',
    () => false,
  );
}

export function useFleet(): Fleet | undefined {
  useEffect(() => look(null), []);
  return useQuery<Fleet>({ queryKey: ['fleet'], queryFn: skipToken }).data;
}

export function useCluster(scope: string): Snapshot | undefined {
  useEffect(() => look(scope), [scope]);
  return useQuery<Snapshot>({ queryKey: ['cluster', scope], queryFn: skipToken }).data;
}

/** How far a value may be trusted now, or could be at the moment looked at; re-renders only when the level changes. */
export function useFreshness(at: number | null, staleAfterMs: number): Freshness {
  const past = usePast();
  return useSyncExternalStore(
    (listener) => {
      const offClock = subscribeClock(listener);
      const offLive = subscribe(listener);
      return () => {
        offClock();
        offLive();
      };
    },
    () =>
      past === null
        ? freshness(at, clockNow(), staleAfterMs, connection.phase === 'lost')
        : freshness(at, past.now, staleAfterMs, false),
    () => 'fresh' as const,
  );
}
