// The journal as others read it while it grows: every entry for a SIEM, or only its head, so that it stands somewhere that whoever can
// write the data folder cannot reach. Nothing waits for it. The journal itself is what waits to be sent, and a cursor beside it says
// how far each receiver is: in order, at least once, also over a restart. What is further behind than the limit is dropped, counted,
// and said to the receiver in its place.
import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { field, parseObject, text, wholeNumber } from '../../domain/wire/loose';
import { carry } from '../../language/carry';
import { isSameText, say, type Text } from '../../language/sentence';
import { SpokenError, saidBy } from '../../language/spoken-error';
import { hostOf, Poster, secretsOf } from '../alerts/receivers/http';
import { signBody } from '../alerts/receivers/webhook';
import { elapsed } from '../clock';
import type { AuditWebhook, StreamSettings } from '../config/audit-file';
import { wordsOf } from '../data-file';
import { log } from '../log';
import type { JournalEntry, Told } from './chain';
import { journalPaths, readHeader, replaceFile, segmentsOf } from './files';
import type { Journal } from './journal';
import { sendSyslog } from './syslog';

export interface StreamState {
  readonly name: string;
  readonly target: Text;
  /** Entries that it has not got yet. */
  readonly behind: number;
  /** Above this it begins to drop. */
  readonly dropAfter: number;
  /** Since the cursor was made. */
  readonly dropped: number;
  readonly droppedAt: number | null;
  /** When it last took something; null: never. */
  readonly lastOkAt: number | null;
  readonly failingSince: number | null;
  readonly lastError: Text | null;
}

interface Cursor {
  readonly journal: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  readonly dropped: number;
  readonly droppedAt: number | null;
}

export interface StreamsDeps {
  readonly folder: string;
  readonly journal: Journal;
  readonly settings: readonly StreamSettings[];
  readonly now: () => number;
  /** For tests; default: RETRY_MS. */
  readonly retryMs?: number;
}

const BATCH = 100;
const RETRY_MS = 5000;
const RETRY_MAX_MS = 60_000;
const HOUR_MS = 3600_000;
const LOOK_MS = 10_000;
/** Kinds after which the head is told: an action is over, something was found or acknowledged. */
const ENDS: readonly string[] = ['outcome', 'record'];

export class AuditStreams {
  readonly #streams: readonly Stream[];

  constructor(deps: StreamsDeps) {
    this.#streams = deps.settings.map((settings) => new Stream(settings, deps));
  }

  states(): readonly StreamState[] {
    return this.#streams.map((stream) => stream.state());
  }

  async stop(): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.stop()));
  }
}

class Stream {
  readonly #settings: StreamSettings;
  readonly #deps: StreamsDeps;
  readonly #file: string;
  readonly #send: (batch: readonly Told[]) => Promise<void>;
  readonly #close: () => Promise<void>;
  readonly #end: () => void;
  readonly #timer: NodeJS.Timeout;
  #cursor: Cursor | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #failures = 0;
  #failingSince: number | null = null;
  #lastError: Text | null = null;
  #notBefore = 0;
  #isOver = false;

  constructor(settings: StreamSettings, deps: StreamsDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#file = journalPaths(deps.folder).at(`stream-${settings.name}.json`);
    const { syslog, webhook } = settings;
    if (webhook === null) {
      this.#send = (batch) => (syslog === null ? Promise.resolve() : sendSyslog(syslog, batch));
      this.#close = () => Promise.resolve();
    } else {
      const poster = new Poster(webhook.tls);
      this.#send = (batch) => post(poster, webhook, batch, deps.now());
      this.#close = () => poster.close();
    }
    this.#end = deps.journal.onAppend(() => this.#wake());
    this.#timer = setInterval(() => this.#wake(), Math.min(LOOK_MS, deps.retryMs ?? LOOK_MS));
    this.#timer.unref();
    this.#wake();
  }

  state(): StreamState {
    const { name, syslog, webhook, dropAfter } = this.#settings;
    const target = syslog === null ? hostOf(webhook?.url.reveal() ?? '') : `${syslog.host}:${syslog.port}`;
    const { journal } = this.#deps;
    const cursor = this.#cursor;
    const has = cursor?.journal === journal.id ? cursor.seq : 0;
    return {
      ...{ name, target, behind: Math.max(0, journal.entries() - has), dropAfter },
      ...{ dropped: cursor?.dropped ?? 0, droppedAt: cursor?.droppedAt ?? null, lastOkAt: cursor?.at || null },
      ...{ failingSince: this.#failingSince, lastError: this.#lastError },
    };
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#end();
    await this.#running;
    await this.#close();
  }

  #wake(): void {
    this.#again = true;
    if (this.#isOver || elapsed() < this.#notBefore) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#isOver) {
        this.#again = false;
        while (!this.#isOver && (await this.#turn()));
      }
    } catch (error) {
      const reason = saidBy(error);
      if (this.#lastError === null || !isSameText(this.#lastError, reason))
        log.warn(
          { stream: this.#settings.name, reason: String(reason) },
          'the audit stream did not get through; trying again',
        );
      this.#lastError = reason;
      this.#failures += 1;
      this.#failingSince ??= this.#deps.now();
      const base = this.#deps.retryMs ?? RETRY_MS;
      this.#notBefore = elapsed() + Math.min(RETRY_MAX_MS, base * 2 ** Math.min(10, this.#failures - 1));
    }
  }

  /** Sends the next batch; false: there is none. */
  async #turn(): Promise<boolean> {
    const { journal, now } = this.#deps;
    this.#cursor ??= await this.#readCursor();
    const cursor = this.#cursor;
    const isHead = this.#settings.what === 'heads';
    const { told, dropped } = isHead ? await this.#head(cursor) : await this.#entries(cursor);
    const last = told.at(-1);
    if (last === undefined) return false;
    await this.#send(told);
    this.#failures = 0;
    this.#failingSince = null;
    this.#lastError = null;
    const next = { journal: last.journal, seq: last.seq, hash: last.hash, at: now() };
    const droppedAt = dropped > 0 ? next.at : cursor.droppedAt;
    await this.#writeCursor({ ...next, dropped: cursor.dropped + dropped, droppedAt });
    return !isHead && (last.seq < journal.entries() || last.journal !== journal.id);
  }

  /** Newer than what was told and the end of something, or an hour old. */
  async #head({ journal: told, seq, at }: Cursor): Promise<{ told: Told[]; dropped: number }> {
    const { journal, now } = this.#deps;
    const hash = journal.head();
    if (hash === null) return { told: [], dropped: 0 };
    let isDue = Math.abs(now() - at) >= HOUR_MS;
    const from = told === journal.id ? seq + 1 : 1;
    if (!isDue) for await (const { kind } of journal.read(from)) isDue ||= ENDS.includes(kind);
    const head = { what: 'head', journal: journal.id, seq: journal.entries(), hash, at: now() } as const;
    return { told: isDue ? [head] : [], dropped: 0 };
  }

  async #entries(cursor: Cursor): Promise<{ told: Told[]; dropped: number }> {
    const { journal, now } = this.#deps;
    const id = journal.id;
    const isSame = cursor.journal === id;
    const lost = isSame || cursor.journal === '' ? 0 : await this.#leftBehind(cursor);
    const has = isSame ? cursor.seq : 0;
    const from = Math.max(has, journal.entries() - this.#settings.dropAfter) + 1;
    const entries: JournalEntry[] = [];
    for await (const entry of journal.read(from)) {
      entries.push(entry);
      if (entries.length >= BATCH) break;
    }
    const [first] = entries;
    const told = entries.map((entry): Told => {
      const { seq, hash, at } = entry;
      return { what: 'entry', journal: id, seq, hash, at, entry };
    });
    // Further behind than the limit, removed as configured, or of a journal that was set aside.
    const dropped = lost + (first === undefined ? 0 : first.seq - has - 1);
    if (first === undefined || (dropped === 0 && lost === 0)) return { told, dropped: 0 };
    const words = `${dropped} entries before this one were not sent: they are in the journal alone`;
    const gap = {
      what: 'gap',
      journal: id,
      seq: first.seq,
      hash: first.hash,
      at: now(),
      dropped,
      text: words,
    } as const;
    return { told: [gap, ...told], dropped };
  }

  /** Entries of the journal before this one that were not sent. */
  async #leftBehind({ journal, seq }: Cursor): Promise<number> {
    const [first] = await segmentsOf(journalPaths(this.#deps.folder));
    const follows = first === undefined ? null : (await readHeader(first.file))?.follows;
    const entries = text(field(follows, 'journal')) === journal ? wholeNumber(field(follows, 'entries')) : null;
    return Math.max(0, (entries ?? seq) - seq);
  }

  async #readCursor(): Promise<Cursor> {
    const written = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw new SpokenError(cursorProblem(this.#file, wordsOf(error)));
    });
    const json = parseObject(written ?? '');
    if (written !== null && json === null)
      log.warn(String(cursorProblem(this.#file, say`it is not as Howdah writes it; all is sent again`)));
    return {
      journal: text(field(json, 'journal')) ?? '',
      seq: wholeNumber(field(json, 'seq')) ?? 0,
      hash: text(field(json, 'hash')) ?? '',
      at: wholeNumber(field(json, 'at')) ?? 0,
      dropped: wholeNumber(field(json, 'dropped')) ?? 0,
      droppedAt: wholeNumber(field(json, 'droppedAt')),
    };
  }

  async #writeCursor(cursor: Cursor): Promise<void> {
    this.#cursor = cursor;
    await replaceFile(`${this.#file}.new`, Buffer.from(`${JSON.stringify(cursor)}\n`));
    await rename(`${this.#file}.new`, this.#file);
  }
}

function cursorProblem(file: string, why: Text): Text {
  return say`${file} cannot be used: ${why}. It keeps how far a receiver of the audit is. Remove it: what the receiver has is sent again.`;
}

/** As JSON lines: an entry as it stands in the journal, with the journal's id. */
export function lineOf(told: Told): string {
  const { journal, seq, hash, at } = told;
  if (told.what === 'entry') return JSON.stringify(carry({ what: told.what, journal, ...told.entry }));
  const rest = told.what === 'gap' ? { dropped: told.dropped, text: told.text } : {};
  return JSON.stringify({ what: told.what, journal, seq, hash, at, ...rest });
}

async function post(poster: Poster, { url, secret, tls: _ }: AuditWebhook, batch: readonly Told[], now: number) {
  const [address, key] = [url.reveal(), secret?.reveal() ?? null];
  const body = batch.map((told) => `${lineOf(told)}\n`).join('');
  const timestamp = String(now);
  const signed =
    key === null ? {} : { 'howdah-signature': `v1=${signBody(key, timestamp, body)}`, 'howdah-timestamp': timestamp };
  const sent = await poster.post({
    url: address,
    headers: {
      'content-type': 'application/x-ndjson',
      // The same in every attempt.
      'howdah-id': createHash('sha256').update(body).digest('hex').slice(0, 32),
      ...signed,
    },
    body,
    secrets: [key, ...secretsOf(address)],
  });
  if (!sent.ok) throw new Error(String(sent.text));
}
