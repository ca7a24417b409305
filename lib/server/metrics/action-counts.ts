// Actions that ended in this process, counted by kind and outcome. The executor remembers the newest 200; each is counted once,
// when it is first seen closed.

import type { ActionKind } from '../../domain/action-kind';
import type { ActionRecord } from '../../domain/actions/action';
import type { Sample } from '../../domain/metrics/exposition';

/** More than the executor remembers, so that what left it does not come back as new. */
const REMEMBERED = 1000;

export class ActionCounts {
  readonly #since: number;
  readonly #counted = new Set<string>();
  readonly #counts = new Map<string, { readonly kind: ActionKind; readonly outcome: string; value: number }>();

  constructor(since: number) {
    this.#since = since;
  }

  samples(recent: readonly ActionRecord[]): readonly Sample[] {
    for (const record of recent) {
      const { kind } = record.request;
      if (record.closedAt !== null && record.closedAt >= this.#since) this.#count(record, kind);
    }
    const sorted = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return [
      { family: 'howdah_actions_running', labels: {}, value: recent.filter(({ phase }) => phase === 'open').length },
      ...sorted.map(
        ([, { kind, outcome, value }]): Sample => ({ family: 'howdah_actions', labels: { kind, outcome }, value }),
      ),
    ];
  }

  #count({ id, outcome }: ActionRecord, kind: ActionKind): void {
    if (this.#counted.has(id) || outcome === null) return;
    this.#counted.add(id);
    const [oldest] = this.#counted;
    if (this.#counted.size > REMEMBERED && oldest !== undefined) this.#counted.delete(oldest);
    const key = `${kind} ${outcome}`;
    const count = this.#counts.get(key) ?? { kind, outcome, value: 0 };
    this.#counts.set(key, count);
    count.value += 1;
  }
}
