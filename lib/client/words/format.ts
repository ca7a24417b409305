// Numbers and times as a person reads them, in the language of the screen. Pure. Unknown is the word; zero is `0 B`; idle is `idle`.
import * as quantities from '../../language/quantity';
import { measured } from '../../language/quantity';
import { Sentence, say } from '../../language/sentence';
import { grouped, wire } from './text';

const UNKNOWN = 'unknown';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const BYTES = '{0, plural, one {{0} byte} other {{0} bytes}}';
/** Forms that are made here and not written by `say`. */
export const FORMATTED_FORMS: readonly string[] = [BYTES, ...MONTHS.map((month) => `{0} ${month}`)];

/** Quantities over 999, grouped by a thin space. Never for identifiers. */
export function formatCount(value: number): string {
  return grouped(Math.round(value));
}

/** Binary, three significant figures, spelt as in the findings. */
export function formatBytes(bytes: number | null): string {
  return bytes === null || !Number.isFinite(bytes) ? wire(quantities.unknown()) : wire(quantities.formatBytes(bytes));
}

/** For `title=`: every digit. Undefined where nothing is hidden. */
export function exactBytes(bytes: number | null): string | undefined {
  return bytes === null || Math.abs(bytes) < 1024 ? undefined : wire(exactly(bytes));
}

function exactly(bytes: number): Sentence {
  const one = Math.abs(bytes) === 1;
  return new Sentence(`${grouped(bytes)} ${one ? 'byte' : 'bytes'}`, [BYTES, bytes]);
}

/** Intervals as PostgreSQL measures them: `1.6 ms`, `0.4 s`, `42 s`, `10 min`. */
export function formatSeconds(seconds: number | null): string {
  return seconds === null || !Number.isFinite(seconds)
    ? wire(quantities.unknown())
    : wire(quantities.formatSeconds(Math.max(0, seconds)));
}

/** Round trip of one answer. */
export function formatTook(ms: number | null): string {
  return ms === null ? wire(quantities.unknown()) : formatSeconds(ms / 1000);
}

/** How long something has lasted: `42 s`, `10 min`, `3 h 12 min`, `2 d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  return seconds < 59.5
    ? wire(measured(Math.round(seconds), 's'))
    : wire(quantities.formatMinutes(Math.round(seconds / 60), Math.floor));
}

/** The one number of an incident: `4 min 12 s`. */
export function formatClockDuration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  if (seconds < 60) return wire(measured(seconds, 's'));
  return seconds < 3600 ? wire(say`${Math.floor(seconds / 60)} min ${seconds % 60} s`) : formatDuration(ms);
}

/** Age of a value: tenths while it is young. */
export function formatAge(ms: number | null): string {
  if (ms === null) return wire(say`never`);
  const value = Math.max(0, ms);
  return value < 9950 ? wire(measured(value / 1000, 's', 1)) : formatDuration(value);
}

const two = (value: number): string => String(value).padStart(2, '0');

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

/** `14:08:31` in the reader's zone, with the date when it is not today. */
export function formatTime(at: number, now: number): string {
  const date = new Date(at);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return sameDay(date, new Date(now)) ? clock : `${formatDay(at, now)} ${clock}`;
}

/** `14:08`, for axes and chips. */
export function formatMinute(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `12 Jan`, with the year when it is another one. */
export function formatDay(at: number, now: number): string {
  const date = new Date(at);
  const year = date.getFullYear() === new Date(now).getFullYear() ? '' : ` ${date.getFullYear()}`;
  return `${wire(dayOfMonth(date))}${year}`;
}

function dayOfMonth(date: Date): Sentence {
  const month = MONTHS[date.getMonth()] ?? '';
  return new Sentence(`${date.getDate()} ${month}`, [`{0} ${month}`, date.getDate()]);
}

/** For `title=`: date, time and offset. */
export function exactTime(at: number): string {
  const date = new Date(at);
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? '-' : '+';
  const zone = `${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
}

/** Keeps both ends of a long name; the whole belongs in `title=`. */
export function truncateMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (limit - 1 - head))}`;
}

/** `1 member`, `1 840 members`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A reason of the server as a sentence of its own. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?:]$/.test(trimmed) ? '' : '.'}`;
}

/** One CSV line, RFC 4180. A leading =, +, - or @ is quoted away from spreadsheets. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return cells
    .map((cell) => {
      const text = cell === null ? UNKNOWN : String(cell);
      const safe = typeof cell === 'string' && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(',');
}
