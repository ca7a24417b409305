// How the questions asked of members ended, counted by source and witness since the collector started. Bounded: configured
// sources, two witnesses, the closed list of outcomes.
import type { Sample } from '../../domain/metrics/exposition';
import type { Reading } from '../../domain/raw';

export class ReadingCounts {
  readonly #counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();

  saw(source: string, witness: string, reading: Reading<unknown>): void {
    const outcome = reading.ok ? 'ok' : reading.error.kind;
    const key = JSON.stringify([source, witness, outcome]);
    const count = this.#counts.get(key) ?? { labels: { source, witness, outcome }, value: 0 };
    this.#counts.set(key, count);
    count.value += 1;
  }

  samples(): readonly Sample[] {
    const sorted = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([, { labels, value }]) => ({ family: 'howdah_readings', labels, value }));
  }
}
