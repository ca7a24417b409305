// One API server over plain HTTP: every answer has a limit of bytes and of time, nothing is repeated but a read that a renewed token may
// open, redirects are not followed. Only metadata is asked for, so that the data of a ConfigMap never reaches us. Deciding is not done here.
import { readFile, stat } from 'node:fs/promises';
import { Agent, type Dispatcher, request } from 'undici';
import type { ReadingError } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { field, isObject, type JsonObject, list, parseObject, text } from '../../../domain/wire/loose';
import { say, type Text } from '../../../language/sentence';
import { classify, ReadingRefused } from '../../failure';
import { connector, type TlsMaterial } from '../../tls';

export interface KubernetesAccess {
  readonly kind: 'kubernetes';
  /** `http(s)://host:port`, a path behind it where a gateway wants one; no slash at the end. */
  readonly server: string;
  /** null: all of them. */
  readonly namespaces: readonly string[] | null;
  /** Narrows what is listed; null: everything there is. */
  readonly selector: string | null;
  /** Label that holds the scope; null: found by what stands in the labels. */
  readonly scopeLabel: string | null;
  readonly token: string | null;
  /** Read again as it goes: whoever runs the cluster renews it. */
  readonly tokenFile: string | null;
  readonly tls: TlsMaterial | null;
}

export type Resource = 'pods' | 'endpoints' | 'configmaps';

export interface Answer {
  readonly body: JsonObject;
}

interface Asked {
  readonly ms: number;
  /** Absent: one object. */
  readonly as?: 'list' | 'plain';
  readonly signal?: AbortSignal | null;
  readonly body?: JsonObject;
  readonly type?: string;
}

/** The API server said no. */
export class Refused extends ReadingRefused {
  readonly status: number;
  /** Kubernetes' own word, such as Expired or AlreadyExists. */
  readonly reason: string | null;

  constructor(status: number, reason: string | null, reading: ReadingError) {
    super(reading);
    this.status = status;
    this.reason = reason;
  }
}

/** Kubernetes itself says that there is no such object: another server's 404 says nothing. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Refused && error.status === 404 && error.reason === 'NotFound';
}

const CONNECT_MS = 3000;
const HEADERS_MS = 10_000;
/** A page of a list. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
/** Some hundreds of each object, for who wrote which of its fields. */
const ANSWER_VALUES_MAX = 2_000_000;
/** One event: Kubernetes takes no object above 1.5 MiB. */
const EVENT_CHARACTERS_MAX = 4 * 1024 * 1024;
const TOKEN_BYTES_MAX = 64 * 1024;
const TOKEN_EVERY_MS = 30_000;
const asMetadata = (kind: string): string => `application/json;as=${kind};g=meta.k8s.io;v=v1`;
/** An API server takes none of them for another: it answers 406, or with what was not asked for. */
const ACCEPT = {
  object: asMetadata('PartialObjectMetadata'),
  list: asMetadata('PartialObjectMetadataList'),
  plain: 'application/json',
} as const;

export class KubernetesApi {
  readonly server: string;
  /** The API server's clock against ours by its newest answer, which counts in seconds; null: it has not said. */
  aheadMs: number | null = null;
  readonly #access: KubernetesAccess;
  readonly #now: () => number;
  readonly #agent: Agent;
  /** Of streams without an end. */
  readonly #streams: Agent;
  #token: string | null = null;
  /** By performance.now(). */
  #tokenAt = Number.NEGATIVE_INFINITY;

  constructor(access: KubernetesAccess, now: () => number) {
    this.#access = access;
    this.#now = now;
    this.server = access.server;
    const connect = connector(access.tls, CONNECT_MS);
    this.#agent = new Agent({ connect, pipelining: 1, maxResponseSize: ANSWER_BYTES_MAX });
    this.#streams = new Agent({ connect, pipelining: 1, bodyTimeout: 0 });
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#streams.destroy()]);
  }

  /** Rejects with Refused where the answer is no 2xx, else with what the socket threw. */
  async get(path: string, asked: Asked): Promise<Answer> {
    try {
      return await this.#send('GET', path, asked);
    } catch (error) {
      // The token was renewed since it was read.
      if (!(error instanceof Refused && error.status === 401 && (await this.#isRenewed()))) throw error;
      return this.#send('GET', path, asked);
    }
  }

  /** Sent once. */
  change(method: 'PATCH' | 'POST', path: string, asked: Asked): Promise<Answer> {
    return this.#send(method, path, asked);
  }

  async #send(method: Dispatcher.HttpMethod, path: string, asked: Asked): Promise<Answer> {
    return limited(asked.ms, asked.signal ?? null, async (signal) => {
      const answer = await request(this.server + path, {
        dispatcher: this.#agent,
        method,
        signal,
        headersTimeout: asked.ms,
        bodyTimeout: asked.ms,
        headers: {
          ...(await this.#headers(ACCEPT[asked.as ?? 'object'])),
          ...(asked.body === undefined ? {} : { 'content-type': asked.type ?? 'application/json' }),
        },
        ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      });
      const date = Date.parse(String(answer.headers.date ?? ''));
      if (!Number.isNaN(date)) this.aheadMs = date - this.#now();
      const body = parseObject(await answer.body.text(), ANSWER_VALUES_MAX);
      if (answer.statusCode < 200 || answer.statusCode > 299) throw refusal(answer.statusCode, body);
      if (body === null) throw new ReadingRefused(NO_API);
      return { body };
    });
  }

  /** What it says of itself in text, with whatever status: its own checks answer 500 where one fails. */
  async probe(path: string, ms: number): Promise<{ readonly status: number; readonly body: string }> {
    return limited(ms, null, async (signal) => {
      const answer = await request(this.server + path, {
        dispatcher: this.#agent,
        signal,
        headersTimeout: ms,
        bodyTimeout: ms,
        headers: await this.#headers('*/*'),
      });
      return { status: answer.statusCode, body: await firstOf(answer.body) };
    });
  }

  /** Events as they come, until the server ends the stream or `signal` does. `onOpen`: the server has accepted it. */
  async watch(
    path: string,
    signal: AbortSignal,
    onOpen: () => void,
    onEvent: (type: string, object: JsonObject) => void,
  ): Promise<void> {
    const answer = await request(this.server + path, {
      dispatcher: this.#streams,
      signal,
      headersTimeout: HEADERS_MS,
      bodyTimeout: 0,
      headers: await this.#headers(ACCEPT.object),
    });
    if (answer.statusCode !== 200) {
      const told = await limited(HEADERS_MS, null, () => firstOf(answer.body));
      throw refusal(answer.statusCode, parseObject(told));
    }
    onOpen();
    const decoder = new TextDecoder();
    /** Of an event on its way; put together once, when its end has come. */
    let parts: string[] = [];
    let characters = 0;
    for await (const chunk of answer.body) {
      const [first = '', ...lines] = decoder.decode(chunk, { stream: true }).split('\n');
      parts.push(first);
      characters += first.length;
      for (const next of lines) {
        const event = parseObject(parts.join(''));
        parts = [next];
        characters = next.length;
        const object = field(event, 'object');
        const type = text(field(event, 'type'));
        if (type === null || !isObject(object)) throw new ReadingRefused(NO_API);
        if (type === 'ERROR') throw refusal(Number(object.code) || 500, object);
        onEvent(type, object);
      }
      if (characters > EVENT_CHARACTERS_MAX) throw new ReadingRefused(failure('malformed', say`an event without end`));
    }
  }

  async #headers(accept: string): Promise<Record<string, string>> {
    const token = await this.#current();
    return {
      accept,
      'user-agent': 'howdah',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  async #current(): Promise<string | null> {
    const { token, tokenFile } = this.#access;
    if (tokenFile === null) return token;
    if (performance.now() - this.#tokenAt < TOKEN_EVERY_MS) return this.#token;
    try {
      if ((await stat(tokenFile)).size > TOKEN_BYTES_MAX) throw new Error('too long');
      this.#token = (await readFile(tokenFile, 'utf8')).trim();
      this.#tokenAt = performance.now();
    } catch {
      // An old one may still be good; without any the server says what it thinks of nobody.
      if (this.#token === null)
        throw new ReadingRefused(failure('auth', say`the file of its token cannot be read: ${tokenFile}`));
    }
    return this.#token;
  }

  async #isRenewed(): Promise<boolean> {
    const before = this.#token;
    this.#tokenAt = Number.NEGATIVE_INFINITY;
    return (await this.#current()) !== before;
  }
}

const NO_API = failure('malformed', say`no API of Kubernetes answers there`);

/** As much of a refusal as tells why. */
async function firstOf(body: AsyncIterable<Buffer>): Promise<string> {
  let told = '';
  for await (const chunk of body) {
    told += chunk.toString();
    if (told.length > TOKEN_BYTES_MAX) break;
  }
  return told;
}

function refusal(status: number, body: JsonObject | null): Refused {
  // One that was made again under the same name is another one.
  const isOther = status === 422 && /immutable/.test(text(body?.message) ?? '');
  const reason = isOther ? 'Conflict' : text(body?.reason);
  return new Refused(status, reason, readingOf(status, body));
}

function readingOf(status: number, body: JsonObject | null): ReadingError {
  if (status === 401) return failure('auth', say`it does not accept the token or certificate`);
  if (body?.kind !== 'Status') return status === 403 ? failure('denied') : NO_API;
  if (status === 403) return failure('denied', deniedWords(text(body.message) ?? ''));
  if (status === 404) return failure('http', say`there is no such object`);
  if (status === 409) return failure('http', say`the object was changed meanwhile`);
  if (status === 413 || status === 422) return failure('denied', say`the value is too large, or not valid`);
  if (status === 410) return failure('closed', say`it no longer knows that version`);
  if (status === 429) return failure('http', say`it takes no more requests now`);
  if (status === 500 || status === 503 || status === 504)
    return failure('timeout', say`answers ${status}: its own store may be away`);
  return failure('http', say`answers ${status}`);
}

/** The API server's own sentence, as far as it says who may not do what: no other text of it is shown. */
function deniedWords(message: string): Text | undefined {
  const found = /User "([^"]{1,200})" cannot (\w{1,20}) resource "([\w/]{1,60})"/.exec(message);
  const namespace = /in the namespace "([a-z0-9-]{1,63})"/.exec(message)?.[1];
  if (!found?.[1] || !found[2] || !found[3]) return undefined;
  const [, user, verb, resource] = found;
  return namespace === undefined
    ? say`${user} may not ${verb} ${resource} in all namespaces`
    : say`${user} may not ${verb} ${resource} in the namespace ${namespace}`;
}

/** What a read, a list or a stream ended with, in words. */
export function readingErrorOf(error: unknown): ReadingError {
  return classify(error);
}

/** Ends what runs in `work` with the time or with `outer`, and leaves no timer behind. */
async function limited<T>(
  ms: number,
  outer: AbortSignal | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const abort = (): void => own.abort();
  const timer = setTimeout(abort, ms);
  outer?.addEventListener('abort', abort);
  if (outer?.aborted) abort();
  try {
    return await work(own.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
  }
}

/** Path of a resource; `namespace` null: in all of them. */
export function pathOf(resource: Resource, namespace: string | null, name?: string): string {
  const where = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `/api/v1${where}/${resource}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

export interface Page {
  readonly items: readonly unknown[];
  readonly version: string;
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null;
}

export function pageOf({ body }: Answer): Page {
  const metadata = field(body, 'metadata');
  const version = text(field(metadata, 'resourceVersion'));
  if (version === null) throw new ReadingRefused(NO_API);
  return { items: list(body.items), version, next: text(field(metadata, 'continue')) };
}

/** The answer is longer than it may be. */
export function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
}
