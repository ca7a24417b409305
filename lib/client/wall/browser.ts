'use client';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
// The wall's hooks into a browser: its stream, its words, its sound, its size.
import { ENGLISH } from '../../language/speaker';
import { based } from '../live/base';
import { bumpClock } from '../live/clock';
import { loadLanguage } from '../words/load';
import { installLanguage, type Language } from '../words/text';
import { keepAwake } from './awake';
import { createSound, type WallSound } from './sound';
import { EMPTY_WALL } from './state';
import { connectWall, type WallConnection, type WallPorts } from './stream';

const PORTS: WallPorts = {
  open: (path) => new EventSource(based(path)),
  fetch: (path, init) => fetch(based(path), { cache: 'no-store', ...init }),
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  each: (ms, work) => {
    const timer = setInterval(work, ms);
    return () => clearInterval(timer);
  },
  // A browser that keeps nothing is never told to load again: it could not know that it did.
  recall: (name) => {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  },
  remember: (name, value) => {
    try {
      sessionStorage.setItem(name, value);
    } catch {
      // See recall.
    }
  },
  reload: () => location.reload(),
};

const IDLE: WallConnection = {
  phase: 'connecting',
  state: EMPTY_WALL,
  lastFrameAt: null,
  attempt: 0,
  retryAt: null,
};

export function useWall(key: string, build: string): WallConnection {
  const [connection, setConnection] = useState(IDLE);
  useEffect(
    () =>
      connectWall(key, build, PORTS, (next) => {
        bumpClock(next.state.offsetMs);
        setConnection(next);
      }),
    [key, build],
  );
  return connection;
}

/** Whether the words are there; where they cannot be loaded the wall is English, not empty. `version`: of the catalogue. */
export function useWallLanguage(language: Language, version: string): boolean {
  const [isReady, setReady] = useState(language === 'en');
  useEffect(() => {
    document.documentElement.lang = language;
    if (language === 'en') {
      installLanguage('en', ENGLISH);
      setReady(true);
      return;
    }
    loadLanguage(language, 'wall', version)
      .catch(() => undefined)
      .finally(() => setReady(true));
  }, [language, version]);
  return isReady;
}

export function useAlarm(
  isWanted: boolean,
  alarms: number,
): { readonly isBlocked: boolean; readonly unlock: () => void } {
  const sound = useRef<WallSound | null>(null);
  const heard = useRef(alarms);
  const [isBlocked, setBlocked] = useState(false);
  useEffect(() => {
    if (!isWanted) return;
    const made = createSound(() => setBlocked(made.isBlocked()));
    sound.current = made;
    setBlocked(made.isBlocked());
    const unlock = (): void => made.unlock();
    // A click anywhere is enough.
    addEventListener('pointerdown', unlock);
    return () => {
      removeEventListener('pointerdown', unlock);
      sound.current = null;
      made.close();
    };
  }, [isWanted]);
  useEffect(() => {
    if (alarms !== heard.current) sound.current?.ring();
    heard.current = alarms;
  }, [alarms]);
  return { isBlocked, unlock: () => sound.current?.unlock() };
}

export function useAwake(): void {
  useEffect(keepAwake, []);
}

function subscribeSize(listener: () => void): () => void {
  addEventListener('resize', listener);
  return () => removeEventListener('resize', listener);
}

/** Of the window, px; 0 x 0 while it is rendered by the server. */
export function useWindowSize(): { readonly width: number; readonly height: number } {
  const text = useSyncExternalStore(
    subscribeSize,
    () => `${innerWidth}x${innerHeight}`,
    () => '0x0',
  );
  const [width = 0, height = 0] = text.split('x').map(Number);
  return { width, height };
}
