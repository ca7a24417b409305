// Whether the holder of a lock still lives. Kubernetes ends no lock: a dead leader's name stays for ever. Patroni's own test counts on the
// clock of whoever looks (patroni/dcs/kubernetes.py v4.1.4, _cluster_from_nodes): a lock lives while less than its ttl has passed since
// its record last changed. Nothing here asks anybody; who finds a lock overdue must read it once more before it counts as expired.
import type { RawLease } from '../../../domain/raw';
import { claimOf, type KubeObject } from './objects';

interface Lock {
  readonly record: string;
  readonly holder: string;
  readonly ttlSeconds: number;
  /** On our clock. */
  readonly changedAt: number;
  isExpired: boolean;
}

/** Instants of the API server and its Date are whole seconds. */
const GRAIN_MS = 2000;

export class Locks {
  readonly #locks = new Map<string, Lock>();

  /**
   * The object as it is `now`. `aheadMs`: the API server's clock against ours; null: not known, and a lock counts from the first sight of it,
   * as for Patroni.
   */
  saw(id: string, leader: KubeObject | undefined, now: number, aheadMs: number | null): void {
    const claim = claimOf(leader);
    if (claim === null) {
      this.#locks.delete(id);
      return;
    }
    const known = this.#locks.get(id);
    if (known?.record === claim.record) return;
    const renewedAt = leader?.renewedAt ?? null;
    const age = renewedAt === null || aheadMs === null ? 0 : now + aheadMs - renewedAt;
    const changedAt = age > GRAIN_MS ? now - age : now;
    this.#locks.set(id, { ...claim, changedAt, isExpired: now - changedAt > claim.ttlSeconds * 1000 });
  }

  /** Read once more: it is still as it was. */
  confirm(id: string, now: number): void {
    const lock = this.#locks.get(id);
    if (lock !== undefined) lock.isExpired = isOverdue(lock, now);
  }

  forget(id: string): void {
    this.#locks.delete(id);
  }

  /** null: nobody. */
  holderOf(id: string): string | null {
    const lock = this.#locks.get(id);
    return lock === undefined || lock.isExpired ? null : lock.holder;
  }

  /** When it last changed, whether it lives or not; null: nobody holds it. */
  changedAt(id: string): number | null {
    return this.#locks.get(id)?.changedAt ?? null;
  }

  /** null: it has expired, or nobody holds it. */
  leaseOf(id: string, now: number): RawLease | null {
    const lock = this.#locks.get(id);
    if (lock === undefined || lock.isExpired) return null;
    return {
      ttlSeconds: Math.max(0, lock.ttlSeconds - (now - lock.changedAt) / 1000),
      grantedSeconds: lock.ttlSeconds,
    };
  }

  overdue(now: number): readonly string[] {
    return [...this.#locks].flatMap(([id, lock]) => (!lock.isExpired && isOverdue(lock, now) ? [id] : []));
  }
}

function isOverdue({ changedAt, ttlSeconds }: Lock, now: number): boolean {
  return now - changedAt > ttlSeconds * 1000;
}
