// What goes on inside a PostgreSQL, for all who look at it: one question to a member within a moment, whoever asks, and what of the
// answer each may read. It keeps the reading before, for what counters say by the second.
import type { ActivityAnswer } from '../../contract/activity';
import type { Activity } from '../../domain/activity/activity';
import { ratesOf, withTimeToLoss } from '../../domain/activity/rates';
import { type Sight, seenWith } from '../../domain/activity/sight';
import type { Snapshot } from '../../domain/cluster';
import { memberOf } from '../../domain/members';
import type { Reading } from '../../domain/raw';
import { revive } from '../../language/carry';
import { say } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { Refusal } from '../route';

/** Who asks within this gets the same answer. */
const SHARED_MS = 1500;
/** An older reading says nothing of now. */
const BEFORE_MS = 60_000;
/** Members that are looked at; the one that was asked longest ago is forgotten. */
const KEPT_MAX = 200;

type Kept = Omit<ActivityAnswer, 'texts'>;
interface Asked {
  readonly at: number;
  readonly answer: Promise<Kept>;
}

export interface ActivityDeps {
  /** JSON text of a Reading; null: nobody can be asked. */
  readonly ask: (what: 'activity', scope: string, member: string) => Promise<string | null>;
  readonly newest: (scope: string) => Promise<Snapshot>;
  /** Grows steadily, ms. */
  readonly elapsed: () => number;
}

export class ActivityDesk {
  readonly #deps: ActivityDeps;
  readonly #asked = new Map<string, Asked>();
  readonly #before = new Map<string, { readonly at: number; readonly inside: Activity }>();

  constructor(deps: ActivityDeps) {
    this.#deps = deps;
  }

  async answer(scope: string, member: string, sight: Sight): Promise<ActivityAnswer> {
    const kept = await this.#shared(scope, member);
    return { ...kept, texts: sight, inside: seenWith(kept.inside, sight) };
  }

  #shared(scope: string, member: string): Promise<Kept> {
    const key = JSON.stringify([scope, member]);
    const known = this.#asked.get(key);
    if (known !== undefined && this.#deps.elapsed() - known.at < SHARED_MS) return known.answer;
    const answer = this.#ask(key, scope, member);
    this.#asked.delete(key);
    this.#asked.set(key, { at: this.#deps.elapsed(), answer });
    answer.catch(() => undefined);
    forgetOldest(this.#asked);
    return answer;
  }

  async #ask(key: string, scope: string, name: string): Promise<Kept> {
    const snapshot = await this.#deps.newest(scope);
    refuseWhereNobodyAnswers(snapshot, name);
    const text = await this.#deps.ask('activity', scope, name).catch((error: unknown) => {
      throw new Refusal('not_ready', saidBy(error));
    });
    const reading = text === null ? null : (revive(JSON.parse(text)) as Reading<Activity> | null);
    if (reading === null)
      throw new Refusal(
        'not_ready',
        say`the PostgreSQL of ${name} cannot be asked: no SQL role is configured, or this is a recording`,
      );
    if (!reading.ok) throw new Refusal('not_ready', say`the PostgreSQL of ${name}: ${reading.error.message}`);
    const { value, at, tookMs } = reading;
    const before = this.#before.get(key);
    this.#before.delete(key);
    this.#before.set(key, { at, inside: value });
    forgetOldest(this.#before);
    const rates =
      before === undefined || at - before.at > BEFORE_MS
        ? null
        : ratesOf(before.inside.totals, value.totals, (at - before.at) / 1000);
    const slots = withTimeToLoss(value.slots, rates?.walBytesPerSecond ?? null);
    return { scope, member: name, at, tookMs, rates, inside: { ...value, slots } };
  }
}

function refuseWhereNobodyAnswers(snapshot: Snapshot, name: string): void {
  const member = memberOf(snapshot, name);
  if (member === null) throw new Refusal('not_found', say`${snapshot.scope} has no member "${name}"`);
  // What answers there is another one's: its sessions are none of this member.
  const foreign = member.identity.sql;
  if (foreign !== null) throw new Refusal('not_ready', say`the PostgreSQL of ${name}: ${foreign}`);
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= KEPT_MAX) return;
    map.delete(key);
  }
}
