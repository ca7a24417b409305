// A Consul of a few lines over real HTTP, whose answers a test can bend: what a real one does only when something is wrong with it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | null;
  readonly body: string;
}

interface Kept {
  value: string;
  created: number;
  modified: number;
  session: string | null;
}

export class TestConsul {
  readonly asked: Asked[] = [];
  readonly keys = new Map<string, Kept>();
  index = 10;
  leader = '10.0.0.1:8300';
  /** The token may read nothing; lists then look empty, as in Consul. */
  denies = false;
  isFiltered = false;
  /** Questions that should wait are answered at once. */
  hurries = false;
  /** Instead of its own answer; null: its own. */
  bend: ((asked: Asked, response: ServerResponse) => boolean) | null = null;
  self: object | null = null;
  url = '';
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #waiting = new Set<() => void>();

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  put(key: string, value: string, session: string | null = null): void {
    this.index += 1;
    const created = this.keys.get(key)?.created ?? this.index;
    this.keys.set(key, { value, created, modified: this.index, session });
    this.wake();
  }

  remove(key: string): void {
    this.index += 1;
    this.keys.delete(key);
    this.wake();
  }

  /** Whoever waits is answered, whether anything changed or not. */
  wake(): void {
    for (const go of [...this.#waiting]) go();
  }

  /** Questions that wait for a change. */
  get waiting(): number {
    return this.#waiting.size;
  }

  lists(): readonly Asked[] {
    return this.asked.filter(({ query }) => query.has('recurse') && !query.has('stale'));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [pathname = '', parameters] = (request.url ?? '').split('?');
    const query = new URLSearchParams(parameters);
    const token = request.headers['x-consul-token'];
    const path = decodeURIComponent(pathname);
    const asked = {
      method: request.method ?? '',
      path,
      query,
      body,
      token: typeof token === 'string' ? token : null,
    };
    this.asked.push(asked);
    if (this.bend?.(asked, response)) return;
    if (path === '/v1/status/leader') return say(response, 200, JSON.stringify(this.leader));
    if (path === '/v1/agent/self')
      return this.self === null
        ? say(response, 403, "Permission denied: token lacks permission 'agent:read'")
        : say(response, 200, JSON.stringify(this.self));
    if (path.startsWith('/v1/kv/')) return this.#keysAnswer(asked, response);
    say(response, 404, 'not here');
  }

  async #keysAnswer({ path, query }: Asked, response: ServerResponse): Promise<void> {
    if (this.leader === '' && !query.has('stale')) return say(response, 500, 'No cluster leader');
    const after = Number(query.get('index') ?? 0);
    if (after > 0 && after >= this.index && !this.hurries)
      await new Promise<void>((resolve) => {
        const go = (): void => {
          this.#waiting.delete(go);
          resolve();
        };
        this.#waiting.add(go);
      });
    const name = path.slice('/v1/kv/'.length);
    const found = [...this.keys].filter(([key]) => (query.has('recurse') ? key.startsWith(name) : key === name));
    if (this.denies && !query.has('recurse'))
      return say(response, 403, `Permission denied: token lacks permission 'key:read' on "${name}"`);
    const headers = {
      'X-Consul-Index': `${this.index}`,
      ...(this.isFiltered ? { 'X-Consul-Results-Filtered-By-ACLs': 'true' } : {}),
    };
    if (this.denies || found.length === 0) return say(response, 404, '', headers);
    const rows = found.map(([Key, { value, created, modified, session }]) => ({
      Key,
      Value: Buffer.from(value).toString('base64'),
      CreateIndex: created,
      ModifyIndex: modified,
      ...(session === null ? {} : { Session: session }),
    }));
    say(response, 200, JSON.stringify(rows), headers);
  }
}

export function say(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, headers);
  response.end(body);
}
