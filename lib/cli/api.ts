// How the command line reaches Howdah: over the same API as the browser, with a token, or with the key that a running Howdah leaves
// in its data folder for whoever owns it. A GET is tried again, a POST never.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Agent, fetch, type RequestInit, type Response } from 'undici';
import type { ApiError } from '../contract/error';
import { field, number, parseObject, text } from '../domain/wire/loose';

export interface Endpoint {
  readonly url: string;
  /** Empty: asked as anybody. */
  readonly token: string;
  /** By the key of the data folder: Howdah on this machine, whatever name its certificate has. */
  readonly local: boolean;
}

export class ApiFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly details: unknown,
  ) {
    super(message);
  }
}

const READ_MS = 15_000;
const SEND_MS = 60_000;
const TRIES = 3;

/** null: neither a token nor a running Howdah of this folder. */
export function endpointOf(
  given: { readonly url: string | null; readonly token: string | null },
  dataDir: string,
): Endpoint | null {
  if (given.token !== null) {
    const url = (given.url ?? localKey(dataDir)?.url ?? 'http://127.0.0.1:3000').replace(/\/+$/, '');
    return { url, token: given.token, local: false };
  }
  const local = localKey(dataDir);
  // The key goes to nobody else, whatever address is given.
  const elsewhere = given.url !== null && URL.parse(given.url)?.origin !== URL.parse(local?.url ?? '')?.origin;
  return local === null || elsewhere ? null : { ...local, local: true };
}

/** null: no Howdah runs with this data folder, or it is somebody else's. */
function localKey(dataDir: string): { readonly url: string; readonly token: string } | null {
  try {
    const json = parseObject(readFileSync(path.join(dataDir, 'local.json'), 'utf8'));
    const [url, token, pid] = [text(field(json, 'url')), text(field(json, 'token')), number(field(json, 'pid'))];
    return url === null || token === null || !isAlive(pid) ? null : { url, token };
  } catch {
    return null;
  }
}

/** What kill -9 left behind says nothing of a Howdah that runs. */
function isAlive(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

export class Api {
  readonly endpoint: Endpoint;
  readonly #agent: Agent;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
    this.#agent = new Agent({ connect: { rejectUnauthorized: !endpoint.local } });
  }

  /** Rejects with ApiFailed where Howdah answered, else with an Error in words. */
  async get<T>(route: string): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#send<T>(route, { method: 'GET' }, READ_MS);
      } catch (error) {
        if (error instanceof ApiFailed || tries >= TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 300 * tries));
      }
    }
  }

  post<T>(route: string, body: object): Promise<T> {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return this.#send<T>(route, init, SEND_MS);
  }

  /** What somebody else wrote, as it is. */
  postText<T>(route: string, body: string): Promise<T> {
    return this.#send<T>(route, { method: 'POST', body, headers: { 'content-type': 'text/plain' } }, SEND_MS);
  }

  async #send<T>(route: string, init: RequestInit, limitMs: number): Promise<T> {
    const { url, token } = this.endpoint;
    let answer: Response;
    try {
      answer = await fetch(`${url}${route}`, {
        ...init,
        headers: { ...init.headers, accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        signal: AbortSignal.timeout(limitMs),
        redirect: 'error',
        dispatcher: this.#agent,
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Howdah at ${url} does not answer: ${why}`);
    }
    if (answer.ok) return (await answer.json()) as T;
    const body = (await answer.json().catch(() => ({}))) as Partial<ApiError>;
    const message = body.message?.toString() ?? `Howdah answered ${answer.status}`;
    throw new ApiFailed(body.code ?? 'internal', message, answer.status, body.details ?? null);
  }
}
