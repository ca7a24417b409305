// One POST with a deadline. No redirect is followed: the address that is configured is the address that is told.
import { Agent, request } from 'undici';
import { classify } from '../../../io/failure';
import { connector } from '../../../io/tls';
import { material } from '../../collector/collector';
import type { TlsProfile } from '../../config/settings';
import { answerText, SEND_MS, type Sent } from './receiver';

const CONNECT_MS = 5000;
const ANSWER_MAX = 16 * 1024;
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
      maxResponseSize: ANSWER_MAX,
      connect: connector(material(tls), CONNECT_MS),
    });
  }

  /** `judge` sees the text of a 2xx answer: some refuse with 200. */
  async post({ url, headers, body, secrets }: Post, judge?: (text: string) => string | null): Promise<Sent> {
    try {
      const answer = await request(url, {
        dispatcher: this.#agent,
        method: 'POST',
        signal: AbortSignal.timeout(SEND_MS),
        headers: { 'user-agent': 'howdah', connection: 'close', ...headers },
        body,
      });
      const text = await answer.body.text();
      const status = answer.statusCode;
      if (status >= 200 && status < 300) {
        const refusal = judge?.(text) ?? null;
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
