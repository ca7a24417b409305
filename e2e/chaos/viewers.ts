// A crowd of viewers of one Howdah that stays: whoever is cut off comes again, as browsers do. What they hear is taken apart once, however
// many hear it. How far Howdah's clock is ahead of ours is learned from its own frames.

import { createHash } from 'node:crypto';
import { StreamViewer } from '../bench/viewer';
import { type Claim, hear, type Telling, type ToldAction } from './claims';

const COME_AGAIN_MS = 500;
/** Nothing came for so long: the connection is dead although nobody said so. A beat comes each two seconds. */
const SILENT_MS = 15_000;
/** The same frame reaches all within a moment. */
const REMEMBERED = 400;
/** A frame is at most so old when it says the time; the greatest of a few is nearest to the truth. */
const CLOCK_WINDOW_MS = 6000;

export class Crowd {
  readonly claims: Claim[] = [];
  readonly tellings: Telling[] = [];
  readonly actions: ToldAction[] = [];
  /** Claims that arrived, each viewer's counted. */
  heard = 0;
  frames = 0;
  readonly #url: string;
  readonly #scope: string;
  readonly #viewers: (StreamViewer | null)[];
  readonly #known = new Map<string, number>();
  readonly #clock: { readonly at: number; readonly aheadMs: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(url: string, scope: string, size: number) {
    this.#url = url;
    this.#scope = scope;
    this.#viewers = Array.from({ length: size }, () => null);
    this.#gather();
    this.#timer = setInterval(() => this.#gather(), COME_AGAIN_MS);
  }

  get open(): number {
    return this.#viewers.filter((viewer) => viewer !== null && viewer.ended === null && viewer.frames > 0).length;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const viewer of this.#viewers) viewer?.close();
  }

  /** Its clock was changed under it. */
  forgetClock(): void {
    this.#clock.length = 0;
  }

  #gather(): void {
    for (const [index, viewer] of this.#viewers.entries()) {
      const quiet = viewer === null ? 0 : Date.now() - (viewer.lastFrameAt ?? viewer.openedAt);
      if (viewer !== null && viewer.ended === null && quiet < SILENT_MS) continue;
      viewer?.close();
      this.#viewers[index] = new StreamViewer(this.#url, [this.#scope], (_, data) => this.#take(data));
    }
  }

  #take(data: string): void {
    if (data === '') return;
    this.frames += 1;
    const digest = createHash('sha1').update(data).digest('base64');
    const known = this.#known.get(digest);
    if (known !== undefined) {
      this.heard += known;
      return;
    }
    const receivedAt = Date.now();
    const now = /^.{0,200}"now":(\d+)/.exec(data)?.[1];
    if (now !== undefined) this.#clock.push({ at: receivedAt, aheadMs: Number(now) - receivedAt });
    const { claims, telling, actions } = hear(data, receivedAt, this.#aheadMs(receivedAt), this.#scope);
    this.heard += claims.length;
    this.claims.push(...claims);
    this.actions.push(...actions);
    if (telling !== null) this.tellings.push(telling);
    this.#known.set(digest, claims.length);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }

  #aheadMs(now: number): number {
    while (this.#clock.length > 1 && (this.#clock[0]?.at ?? 0) < now - CLOCK_WINDOW_MS) this.#clock.shift();
    return this.#clock.length === 0 ? 0 : Math.max(...this.#clock.map(({ aheadMs }) => aheadMs));
  }
}
