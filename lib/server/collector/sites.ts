// Clusters by system identifier, so that one finds the other site of its data, across all sources.

import type { Snapshot } from '../../domain/cluster';
import type { OtherCluster } from '../../domain/sites/link';

const NONE: readonly OtherCluster[] = [];

export class Sites {
  readonly #byIdentifier = new Map<string, Map<string, OtherCluster>>();
  readonly #identifiers = new Map<string, string>();

  saw({ scope, observedAt, cluster }: Snapshot): void {
    const identifier = cluster.systemIdentifier;
    if (identifier === null) return;
    if (this.#identifiers.get(scope) !== identifier) this.gone(scope);
    const group = this.#byIdentifier.get(identifier) ?? new Map<string, OtherCluster>();
    this.#byIdentifier.set(identifier, group.set(scope, { scope, observedAt, cluster }));
    this.#identifiers.set(scope, identifier);
  }

  gone(scope: string): void {
    const identifier = this.#identifiers.get(scope) ?? '';
    const group = this.#byIdentifier.get(identifier);
    group?.delete(scope);
    if (group?.size === 0) this.#byIdentifier.delete(identifier);
    this.#identifiers.delete(scope);
  }

  /** In the order of their names. */
  of(scope: string): readonly OtherCluster[] {
    const group = this.#byIdentifier.get(this.#identifiers.get(scope) ?? '');
    if (group === undefined || group.size < 2) return NONE;
    return [...group.values()].filter((one) => one.scope !== scope).sort((a, b) => (a.scope < b.scope ? -1 : 1));
  }
}
