// Looks at the DCS of one source as a thing of its own, whatever the number of clusters on it: seldom, and more often while its page is
// open. One look at a time; what was seen is remembered (domain/care), so that an hour of disk and network is known.
import { buildCare, type Care } from '../../domain/care/care';
import { type CareEvent, type CareHistory, happened, type StandingFinding } from '../../domain/care/care-events';
import { assessCare } from '../../domain/care/care-findings';
import { type CareMemory, remember } from '../../domain/care/care-memory';
import type { Dependent } from '../../domain/care/dependents';
import { troublesOf } from '../../domain/care/troubles';
import type { DcsTrouble } from '../../domain/raw';
import type { CareReader } from '../../io/dcs/port';

const IDLE_MS = 30_000;
const SHOWN_MS = 3000;
/** Who looks asks again within this. */
const SHOWN_FOR_MS = 15_000;
const LIMIT_MS = 2 * SHOWN_MS + 4000;

export interface Looked {
  readonly care: Care;
  readonly findings: readonly StandingFinding[];
  /** Newest first. */
  readonly events: readonly CareEvent[];
  readonly staleAfterMs: number;
}

/** All that the page of a DCS is made of, names of clusters included: who sees which is decided where it is asked for. */
export interface CareSight {
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
  /** null: nothing was seen yet. */
  readonly looked: Looked | null;
  readonly clusters: readonly Dependent[];
}

export interface CareAround {
  readonly now: () => number;
  /** Other sources that read the same DCS. */
  readonly twins: () => readonly string[];
  /** After each look; `intervalMs`: the next is due after that. */
  readonly onLook: (looked: Looked, intervalMs: number) => void;
}

export class CarePoller {
  readonly #reader: CareReader;
  readonly #around: CareAround;
  #history: CareHistory | null = null;
  #memory: CareMemory | null = null;
  #troubles: readonly DcsTrouble[] = [];
  #timer: NodeJS.Timeout | null = null;
  #asking: Promise<void> | null = null;
  #shownUntil = 0;
  #stopped = false;

  constructor(reader: CareReader, around: CareAround) {
    this.#reader = reader;
    this.#around = around;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#reader.close();
  }

  get identity(): string | null {
    return this.#memory?.raw.identity ?? null;
  }

  /** What is known now, for somebody who looks; null: nothing yet. */
  async shown(fresh: boolean): Promise<Looked | null> {
    const isFirst = this.#around.now() >= this.#shownUntil;
    this.#shownUntil = this.#around.now() + SHOWN_FOR_MS;
    // What was seen for nobody may be half a minute old; a look that is out began before what is asked about.
    if (fresh) {
      await this.#asking;
      await this.#look();
    } else if (isFirst) await (this.#asking ?? this.#look());
    return this.looked(LIMIT_MS);
  }

  /** What each cluster on it is told; the same array from look to look. */
  get troubles(): readonly DcsTrouble[] {
    return this.#troubles;
  }

  /** null: nothing was seen yet. */
  looked(staleAfterMs = IDLE_MS + LIMIT_MS): Looked | null {
    if (this.#memory === null) return null;
    const now = this.#around.now();
    const care = buildCare(this.#memory, now, staleAfterMs);
    const { standing } = happened(this.#history, assessCare({ care, now, twins: this.#around.twins() }), now);
    return { care, findings: standing, events: this.#history?.events ?? [], staleAfterMs };
  }

  #look(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#asking = this.#reader
      .read()
      .then((raw) => {
        this.#memory = remember(this.#memory, raw);
        const looked = this.looked();
        if (looked === null) return;
        this.#history = happened(this.#history, looked.findings, looked.care.at);
        this.#troubles = troublesOf(looked.care, looked.findings);
        this.#around.onLook(looked, this.#pauseMs());
      })
      // A reader never rejects; what it could not foresee must not end the looking.
      .catch(() => undefined)
      .finally(() => {
        this.#asking = null;
        if (this.#stopped) return;
        this.#timer = setTimeout(() => void this.#look(), this.#pauseMs());
      });
    return this.#asking;
  }

  #pauseMs(): number {
    return this.#around.now() < this.#shownUntil ? SHOWN_MS : IDLE_MS;
  }
}
