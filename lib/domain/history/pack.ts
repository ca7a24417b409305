// Ticks as bytes: column by column, each value as its difference to the one before, so that a quiet cluster is a row of small
// equal numbers that any compressor folds to nothing. Pure and total: what was packed by another version, or is damaged,
// unpacks to null. Whoever stores the bytes compresses them.
import { ownOf, setOwn } from '../record';
import type { Health } from '../severity';
import { type MemberTick, SILENT_TICK, type Tick } from './tick';

const VERSION = 1;
/** As the bytes have it: its order stays, whatever is called worse. */
const HEALTH: readonly Health[] = ['ok', 'note', 'warning', 'unknown', 'critical'];
const NULL = 0;
const ABSOLUTE = 1;
const FIRST_DELTA = 2;

type Column = readonly (number | null)[];

/** `ticks` in order. Fractions: seconds to the ms, rates to the byte. */
export function packTicks(ticks: readonly Tick[]): Uint8Array {
  const words = new Words();
  const names = [...new Set(ticks.flatMap((tick) => Object.keys(tick.members)))].sort();
  const of = (pick: (tick: Tick) => number | null): Column => ticks.map(pick);
  const columns: Column[] = [
    of((tick) => tick.at),
    of((tick) => HEALTH.indexOf(tick.health)),
    of((tick) => words.number(tick.leader)),
    of((tick) => tick.timeline),
    of((tick) => whole(tick.walBytesPerSecond, 1)),
  ];
  for (const name of names) {
    const column = (pick: (member: MemberTick) => number | null): Column =>
      of((tick) => {
        const member = ownOf(tick.members, name);
        return member === undefined ? null : pick(member);
      });
    columns.push(
      // Was it a member at all, then?
      of((tick) => (ownOf(tick.members, name) === undefined ? 0 : 1)),
      column((member) => words.number(member.state)),
      column((member) => member.timeline),
      column((member) => member.lsn),
      column((member) => member.receivedLsn),
      column((member) => member.replayedLsn),
      column((member) => whole(member.receiveBytes, 1)),
      column((member) => whole(member.replayBytes, 1)),
      column((member) => whole(member.replaySeconds, 1000)),
    );
  }
  const bytes = new Bytes();
  bytes.number(VERSION);
  bytes.number(ticks.length);
  bytes.texts(names);
  bytes.texts(words.list());
  for (const column of columns) writeColumn(bytes, column);
  return bytes.done();
}

/** null: not what packTicks makes. */
export function unpackTicks(packed: Uint8Array): Tick[] | null {
  const bytes = new Reader(packed);
  try {
    if (bytes.number() !== VERSION) return null;
    const count = bytes.number();
    if (count > packed.length * 8) return null;
    const names = bytes.texts();
    const words = bytes.texts();
    const column = (): Column => readColumn(bytes, count);
    const [at, health, leader, timeline, rate] = [column(), column(), column(), column(), column()];
    const members = names.map((name) => ({ name, columns: Array.from({ length: 9 }, column) }));
    return Array.from({ length: count }, (_, index): Tick => {
      const word = (from: Column | undefined): string | null => words[from?.[index] ?? -1] ?? null;
      const own: Record<string, MemberTick> = {};
      for (const { name, columns } of members) {
        const [there, state, line, lsn, received, replayed, receive, replay, seconds] = columns;
        if (there?.[index] !== 1) continue;
        const value = (from: Column | undefined): number | null => from?.[index] ?? null;
        const late = value(seconds);
        const member = {
          state: word(state),
          timeline: value(line),
          lsn: value(lsn),
          receivedLsn: value(received),
          replayedLsn: value(replayed),
          receiveBytes: value(receive),
          replayBytes: value(replay),
          replaySeconds: late === null ? null : late / 1000,
        };
        setOwn(own, name, isSilent(member) ? SILENT_TICK : member);
      }
      return {
        at: at[index] ?? 0,
        health: HEALTH[health[index] ?? -1] ?? 'unknown',
        leader: word(leader),
        timeline: timeline[index] ?? null,
        walBytesPerSecond: rate[index] ?? null,
        members: own,
      };
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function isSilent(member: MemberTick): boolean {
  return Object.values(member).every((value) => value === null);
}

function whole(value: number | null, factor: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.max(0, Math.round(value * factor));
}

function writeColumn(bytes: Bytes, column: Column): void {
  let before: number | null = null;
  for (const value of column) {
    if (value === null) bytes.number(NULL);
    else {
      const delta: number = before === null ? Number.NaN : value - before;
      const folded: number = delta >= 0 ? 2 * delta : -2 * delta - 1;
      if (Number.isSafeInteger(folded + FIRST_DELTA)) bytes.number(folded + FIRST_DELTA);
      else {
        bytes.number(ABSOLUTE);
        bytes.number(value);
      }
      before = value;
    }
  }
}

function readColumn(bytes: Reader, count: number): Column {
  const column: (number | null)[] = [];
  let before = 0;
  for (let index = 0; index < count; index += 1) {
    const code = bytes.number();
    if (code === NULL) {
      column.push(null);
      continue;
    }
    const folded = code - FIRST_DELTA;
    before = code === ABSOLUTE ? bytes.number() : before + (folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2);
    column.push(before);
  }
  return column;
}

/** Texts by number, in the order of their first use. */
class Words {
  readonly #known = new Map<string, number>();

  number(text: string | null): number | null {
    if (text === null) return null;
    const known = this.#known.get(text) ?? this.#known.size;
    this.#known.set(text, known);
    return known;
  }

  list(): string[] {
    return [...this.#known.keys()];
  }
}

/** Seven bits a byte, the low ones first; numbers beyond 2^31 by division, for JavaScript's shifts end there. */
class Bytes {
  #buffer = new Uint8Array(256);
  #length = 0;

  number(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.#byte(rest);
  }

  texts(list: readonly string[]): void {
    this.number(list.length);
    const encoder = new TextEncoder();
    for (const text of list) {
      const encoded = encoder.encode(text);
      this.number(encoded.length);
      for (const byte of encoded) this.#byte(byte);
    }
  }

  done(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #byte(value: number): void {
    if (this.#length === this.#buffer.length) {
      const larger = new Uint8Array(2 * this.#buffer.length);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#length++] = value;
  }
}

/** Throws RangeError at the end of the bytes, and where a number is larger than one can be. */
class Reader {
  readonly #buffer: Uint8Array;
  #at = 0;

  constructor(buffer: Uint8Array) {
    this.#buffer = buffer;
  }

  number(): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.#buffer[this.#at++];
      if (byte === undefined) throw new RangeError('the bytes end too early');
      value += (byte % 128) * weight;
      if (byte < 128) break;
      weight *= 128;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError('that is no number of ours');
    return value;
  }

  texts(): string[] {
    const count = this.number();
    if (count > this.#buffer.length) throw new RangeError('more texts than bytes');
    const decoder = new TextDecoder();
    return Array.from({ length: count }, () => {
      const length = this.number();
      const end = this.#at + length;
      if (end > this.#buffer.length) throw new RangeError('the bytes end too early');
      const text = decoder.decode(this.#buffer.subarray(this.#at, end));
      this.#at = end;
      return text;
    });
  }
}
