// Asks the screen to stay on, where a browser can be asked. The lock is lost whenever the page is hidden, and asked for again.

/** Returns what lets the screen sleep again. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let isOver = false;
  const ask = async (): Promise<void> => {
    if (isOver || document.hidden || (lock !== null && !lock.released)) return;
    // Only on a secure origin, and not everywhere: the page does without.
    const got = await navigator.wakeLock?.request('screen').catch(() => null);
    lock = got ?? null;
    if (isOver) void lock?.release();
  };
  const onVisible = (): void => void ask();
  document.addEventListener('visibilitychange', onVisible);
  void ask();
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}
