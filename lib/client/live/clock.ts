'use client';
// One ticking clock for the whole page, on the server's time. Components that show an age read it; nothing else re-renders.
import { createContext, useContext, useSyncExternalStore } from 'react';

const TICK_MS = 1000;
/** A burst of frames moves the clock at most this often. */
const BUMP_MS = 250;

let offsetMs = 0;
let now = 0;
let timer: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<() => void>();

function advance(): void {
  now = Date.now() + offsetMs;
  for (const listener of listeners) listener();
}

function schedule(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (listeners.size === 0 || document.hidden) return;
  timer = setTimeout(tick, TICK_MS - ((Date.now() + offsetMs) % TICK_MS));
}

function tick(): void {
  advance();
  schedule();
}

function onVisibility(): void {
  if (!document.hidden) advance();
  schedule();
}

export function subscribeClock(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    now = Date.now() + offsetMs;
    document.addEventListener('visibilitychange', onVisibility);
    schedule();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('visibilitychange', onVisibility);
    schedule();
  };
}

/** Server time as of the last tick, epoch ms. */
export function clockNow(): number {
  return now;
}

/** Called for each frame: ages restart at once instead of at the next tick. */
export function bumpClock(nextOffsetMs: number): void {
  offsetMs = nextOffsetMs;
  if (Math.abs(Date.now() + offsetMs - now) >= BUMP_MS) advance();
}

/** A moment that is looked at instead of now. Everything below the provider takes its ages from it and stands still. */
export interface Past {
  /** The moment that was asked for. */
  readonly at: number;
  /** What the clock shows below: when the kept snapshot was made, or `at` where nobody watched in between. */
  readonly now: number;
}

const PastContext = createContext<Past | null>(null);
export const PastProvider = PastContext.Provider;

/** null: this is now. */
export function usePast(): Past | null {
  return useContext(PastContext);
}

/** Server time rounded down to `stepMs`; re-renders only when that changes. 0 while rendering on the server. */
export function useNow(stepMs = TICK_MS): number {
  const past = usePast();
  return useSyncExternalStore(
    subscribeClock,
    () => past?.now ?? Math.floor(now / stepMs) * stepMs,
    () => past?.now ?? 0,
  );
}
