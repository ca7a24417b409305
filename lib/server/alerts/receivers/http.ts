// One POST with a deadline. No redirect is followed: the address that is configured is the address that is told.

import { Agent, type Dispatcher, request } from 'undici';
import { classify } from '../../../io/failure';
import { connector } from '../../../io/tls';
import type { Text } from '../../../language/sentence';
import type { TlsProfile } from '../../config/tls';
import { material } from '../../tls-material';
import { answerText, SEND_MS, type Sent } from './receiver';

const CONNECT_MS = 5000;
/** Of an answer, what is read at most, and for how long after its first line. */
const ANSWER_MAX = 16 * 1024;
const ANSWER_MS = 2000;
const RETRY_AFTER_MAX_MS = 10 * 60_000;

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Left out of every text. */
  readonly secrets: readonly (string | null)[];
}

export class Poster {
  readonly #agent: Agent;

  constructor(tls: TlsProfile | null) {
    this.#agent = new Agent({
      connections: 4,
      pipelining: 0,
      keepAliveTimeout: 1,
      keepAliveMaxTimeout: 1,
      connect: connector(material(tls), CONNECT_MS),
    });
  }

  /** The status decides, whatever comes after it. `judge` sees the text of a 2xx answer where it came whole: some refuse with 200. */
  async post({ url, headers, body, secrets }: Post, judge?: (text: string) => Text | null): Promise<Sent> {
    try {
      const answer = await request(url, {
        dispatcher: this.#agent,
        method: 'POST',
        signal: AbortSignal.timeout(SEND_MS),
        headers: { 'user-agent': 'howdah', connection: 'close', ...headers },
        body,
      });
      const { text, isWhole } = await textOf(answer.body);
      const status = answer.statusCode;
      if (status >= 200 && status < 300) {
        const refusal = isWhole ? (judge?.(text) ?? null) : null;
        if (refusal !== null) {
          return { ok: false, text: answerText(refusal, secrets), final: false, retryAfterMs: null };
        }
        return { ok: true, text: answerText(`${status} ${text}`, secrets) };
      }
      return {
        ok: false,
        text: answerText(`HTTP ${status}${text === '' ? '' : `: ${text}`}`, secrets),
        final: isFinal(status),
        retryAfterMs: retryAfter(answer.headers['retry-after']),
      };
    } catch (error) {
      return { ok: false, text: answerText(classify(error).message, secrets), final: false, retryAfterMs: null };
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** Never rejects: what came until it broke off, was too long, or took too long. */
async function textOf(body: Dispatcher.ResponseData['body']): Promise<{ text: string; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isWhole = true;
  const timer = setTimeout(() => body.destroy(new Error('the rest is not waited for')), ANSWER_MS);
  try {
    for await (const chunk of body) {
      const part = Buffer.from(chunk);
      chunks.push(part.subarray(0, ANSWER_MAX - length));
      length += part.length;
      if (length <= ANSWER_MAX) continue;
      isWhole = false;
      break;
    }
  } catch {
    isWhole = false;
  } finally {
    clearTimeout(timer);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isWhole };
}

/**
 * What of an address must be in no text: with a webhook whoever knows the path may post. Parts that are short are words like
 * `services`, and would take the sense out of an answer.
 */
export function secretsOf(url: string): readonly string[] {
  const parsed = URL.parse(url);
  if (parsed === null) return [url];
  const { href, pathname, search, username, password, searchParams } = parsed;
  const parts = [...pathname.split('/'), ...searchParams.values(), pathname, `${pathname}${search}`, search];
  const all = [url, href, password, username, ...parts.filter((part) => part.length >= SECRET_LENGTH)];
  return [...new Set([...all, ...all.map(decoded)])].filter((part) => part !== '');
}

const SECRET_LENGTH = 6;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The message itself is refused. A wrong password or address can be mended while the message waits. */
function isFinal(status: number): boolean {
  return [400, 405, 406, 413, 415, 422].includes(status);
}

/** Seconds or a date (RFC 9110 10.2.3). */
function retryAfter(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return null;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, RETRY_AFTER_MAX_MS) : null;
}

/** `host:port` of an address, for people. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'unknown';
}
