// Who blocks whom, as a tree by root: a root blocks and does not wait. pg_blocking_pids names every session that is ahead, so of a
// queue on one row the last one has all others as blockers; each waiter is drawn once, below the one nearest to a root. Pure.

/** pid 0 of pg_blocking_pids: a prepared transaction. */
export interface Waiter {
  readonly pid: number;
  readonly by: readonly number[];
}

export interface TreeRow {
  readonly depth: number;
  readonly pid: number;
  readonly blocks: number;
}

/** Every waiter and every root once, the root that blocks the most first. Sessions that wait for one another in a circle have one as root. */
export function blockingTree(waiters: readonly Waiter[]): readonly TreeRow[] {
  const waiting = new Map(waiters.map((waiter) => [waiter.pid, waiter.by.filter((pid) => pid !== waiter.pid)]));
  const roots = [...new Set([...waiting.values()].flat())].filter((pid) => !waiting.has(pid));
  const children = new Map<number, number[]>();
  const placed = new Set<number>(roots);
  const place = (from: readonly number[]): void => {
    let layer = from;
    while (layer.length > 0) {
      const next: number[] = [];
      for (const [pid, by] of waiting) {
        if (placed.has(pid)) continue;
        const parent = layer.find((one) => by.includes(one));
        if (parent === undefined) continue;
        children.set(parent, [...(children.get(parent) ?? []), pid]);
        next.push(pid);
      }
      for (const pid of next) placed.add(pid);
      layer = next;
    }
  };
  place(roots);
  const tops = [...roots];
  // What no root reaches waits in a circle: a deadlock that PostgreSQL has not broken yet.
  for (const [pid, by] of waiting) {
    if (placed.has(pid) || by.length === 0) continue;
    placed.add(pid);
    tops.push(pid);
    place([pid]);
  }
  const counts = new Map<number, number>();
  const count = (pid: number): number => {
    const below = (children.get(pid) ?? []).reduce((sum, child) => sum + 1 + count(child), 0);
    counts.set(pid, below);
    return below;
  };
  for (const top of tops) count(top);
  const byBlocked = (a: number, b: number): number => (counts.get(b) ?? 0) - (counts.get(a) ?? 0);
  const rowsOf = (pid: number, depth: number): readonly TreeRow[] => [
    { depth, pid, blocks: counts.get(pid) ?? 0 },
    ...[...(children.get(pid) ?? [])].sort(byBlocked).flatMap((child) => rowsOf(child, depth + 1)),
  ];
  return tops.sort(byBlocked).flatMap((top) => rowsOf(top, 0));
}
