// What time it is for this process, and how much of it has passed. The wall clock may be set by hours at any moment, and a machine that
// slept wakes up later than it thinks: then an old answer would look fresh, or everything old for hours. So the time of day goes on by the
// monotonic clock from where it was, for the observer and for those who compare with what it saw; where the wall has left it, the observer
// is begun anew and takes the wall's. Threads have this module each for itself.

/** Steps that time servers make while all is well are smaller. */
const STRAY_MS = 1000;

let offset = Date.now() - performance.now();

/** Milliseconds that only go forward, from some beginning: for deadlines and ages of what this process alone did. */
export function elapsed(): number {
  return performance.now();
}

/** Epoch milliseconds, whole. */
export function clockNow(): number {
  return Math.round(offset + performance.now());
}

/** By how much the wall clock is ahead; null: by nothing that matters. */
export function strayMs(): number | null {
  const by = Date.now() - clockNow();
  return Math.abs(by) >= STRAY_MS ? by : null;
}

/** From now on as the wall has it. What was kept of before has another age then: only for who forgets it. */
export function takeWallClock(): void {
  offset = Date.now() - performance.now();
}
