// How the command line reaches Howdah: over the same API as the browser, with a token, or with the key that a running Howdah leaves
// in its data folder for whoever owns it. A GET is tried again, a POST never.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiError } from '../contract/stream';
import { field, parseObject, text } from '../domain/wire/loose';

export interface Endpoint {
  readonly url: string;
  readonly token: string;
  /** `token`, or the data folder whose key was found. */
  readonly by: string;
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
    return { url, token: given.token, by: 'token' };
  }
  const local = localKey(dataDir);
  return local === null ? null : { url: given.url ?? local.url, token: local.token, by: dataDir };
}

/** null: no Howdah runs with this data folder, or it is somebody else's. */
function localKey(dataDir: string): { readonly url: string; readonly token: string } | null {
  try {
    const json = parseObject(readFileSync(path.join(dataDir, 'local.json'), 'utf8'));
    const [url, token] = [text(field(json, 'url')), text(field(json, 'token'))];
    return url === null || token === null ? null : { url, token };
  } catch {
    return null;
  }
}

export class Api {
  readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
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

  async #send<T>(route: string, init: RequestInit, limitMs: number): Promise<T> {
    const { url, token } = this.endpoint;
    let answer: Response;
    try {
      answer = await fetch(`${url}${route}`, {
        ...init,
        headers: { ...init.headers, accept: 'application/json', authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(limitMs),
        redirect: 'error',
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Howdah at ${url} does not answer: ${why}`);
    }
    if (answer.ok) return (await answer.json()) as T;
    const body: Partial<ApiError> = await answer.json().catch(() => ({}));
    const message = body.message ?? `Howdah answered ${answer.status}`;
    throw new ApiFailed(body.code ?? 'internal', message, answer.status, body.details ?? null);
  }
}
