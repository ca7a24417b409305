// A small API server for the tests: objects with versions, lists in pages, watches with bookmarks and 410, rights by resource, tokens, a
// conditional PATCH and a POST, as kube-apiserver v1.34 answered them. Scripts make it deaf, endless or forgetful.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JsonObject, parseObject } from '../../../domain/wire/loose';
import type { KubernetesAccess, Resource } from './api';

interface Stored {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly version: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly renewedAt: number;
}

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored;
  readonly version: number;
}

interface Stream {
  readonly resource: string;
  readonly namespace: string | null;
  readonly response: ServerResponse;
}

type Labels = Readonly<Record<string, string>>;

export class TestApi {
  readonly #server: Server;
  readonly #objects = new Map<string, Stored>();
  #events: Event[] = [];
  #version = 100;
  readonly #streams = new Set<Stream>();
  /** `verb resource`, as it came. */
  readonly asked: string[] = [];
  /** `resource` or `verb resource` that may not be had. */
  readonly denied = new Set<string>();
  token: string | null = null;
  /** Versions below are not known any more. */
  compactedTo = 0;
  pageSize = 500;
  /** Answers nothing while it is set, and its streams say nothing. */
  isFrozen = false;
  /** What a list or a watch is answered with instead, without an end. */
  endless: 'list' | 'event' | null = null;
  /** What another one does just before a write is looked at. */
  beforeWrite: (() => void) | null = null;
  /** What is done after a write arrived and before it is answered; false: no answer. */
  beforeAnswer: (() => boolean) | null = null;
  /** Its clock against ours. */
  aheadMs = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(): Promise<TestApi> {
    const api = new TestApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  access(more: Partial<KubernetesAccess> = {}): KubernetesAccess {
    const { port } = this.#server.address() as AddressInfo;
    return {
      kind: 'kubernetes',
      server: `http://127.0.0.1:${port}`,
      namespaces: ['demo'],
      selector: null,
      scopeLabel: null,
      token: null,
      tokenFile: null,
      tls: null,
      ...more,
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  put(
    resource: Resource,
    name: string,
    labels: Labels,
    annotations: Labels,
    { namespace = 'demo', silent = false, uid }: { namespace?: string; silent?: boolean; uid?: string } = {},
  ): string {
    const id = `${resource}/${namespace}/${name}`;
    const known = this.#objects.get(id);
    this.#version += 1;
    const renewedAt = Date.now() + this.aheadMs;
    const own = uid ?? known?.uid ?? `uid-${this.#version}`;
    const object = { resource, namespace, name, uid: own, version: this.#version, labels, annotations, renewedAt };
    this.#objects.set(id, object);
    const event: Event = { type: known === undefined ? 'ADDED' : 'MODIFIED', object, version: this.#version };
    this.#events.push(event);
    if (!silent) this.#send(event);
    return String(this.#version);
  }

  remove(resource: Resource, name: string, namespace = 'demo'): void {
    const id = `${resource}/${namespace}/${name}`;
    const object = this.#objects.get(id);
    if (object === undefined) return;
    this.#objects.delete(id);
    this.#version += 1;
    const event: Event = { type: 'DELETED', object, version: this.#version };
    this.#events.push(event);
    this.#send(event);
  }

  annotationsOf(resource: Resource, name: string, namespace = 'demo'): Labels | null {
    return this.#objects.get(`${resource}/${namespace}/${name}`)?.annotations ?? null;
  }

  /** Written long ago, by the server's own clock. */
  age(resource: Resource, name: string, ms: number): void {
    const id = `${resource}/demo/${name}`;
    const object = this.#objects.get(id);
    if (object !== undefined) this.#objects.set(id, { ...object, renewedAt: object.renewedAt - ms });
  }

  bookmark(): void {
    this.#version += 1;
    for (const { response } of this.#streams)
      response.write(
        `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#version) } } })}\n`,
      );
  }

  /** Every stream ends in the middle of a line. */
  cut(): void {
    for (const { response } of this.#streams) {
      response.write('{"type":"MODI');
      response.socket?.destroy();
    }
    this.#streams.clear();
  }

  get watched(): number {
    return this.#streams.size;
  }

  #send({ type, object, version }: Event): void {
    if (this.isFrozen) return;
    for (const { resource, namespace, response } of this.#streams)
      if (resource === object.resource && (namespace === null || namespace === object.namespace))
        response.write(`${JSON.stringify({ type, object: shown(object, version) })}\n`);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://api');
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (this.isFrozen) return;
    response.setHeader('date', new Date(Date.now() + this.aheadMs).toUTCString());
    response.setHeader('content-type', 'application/json');
    if (this.token !== null && request.headers.authorization !== `Bearer ${this.token}`)
      return refuse(response, 401, 'Unauthorized');
    if (url.pathname === '/version') return answer(response, { gitVersion: 'v1.34.4' });
    const place = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/(pods|endpoints|configmaps)(?:\/([^/]+))?$/.exec(url.pathname);
    if (place === null) return refuse(response, 404, 'NotFound');
    const [, namespace = null, resource = '', name = null] = place;
    const watch = url.searchParams.get('watch') === '1';
    const verb = verbOf(request.method ?? '', name, watch);
    this.asked.push(`${verb} ${resource}`);
    if (this.denied.has(resource) || this.denied.has(`${verb} ${resource}`)) {
      const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
      const message = `${resource} is forbidden: User "reader" cannot ${verb} resource "${resource}" in API group "" ${where}`;
      return refuse(response, 403, 'Forbidden', message);
    }
    const wanted = `application/json;as=PartialObjectMetadata${verb === 'list' ? 'List' : ''};g=meta.k8s.io;v=v1`;
    if (request.headers.accept !== wanted) return refuse(response, 406, 'NotAcceptable');
    if (watch) return this.#watch(resource, namespace, Number(url.searchParams.get('resourceVersion')), response);
    if (verb === 'list') return this.#list(resource, namespace, url.searchParams, response);
    if (verb === 'patch' || verb === 'create') this.beforeWrite?.();
    const known = this.#objects.get(`${resource}/${namespace}/${name}`);
    if (verb === 'get')
      return known === undefined ? refuse(response, 404, 'NotFound') : answer(response, shown(known, known.version));
    return this.#write(
      { resource: resource as Resource, namespace: namespace ?? '', name, known },
      parseObject(body) ?? {},
      response,
    );
  }

  #write(
    at: { resource: Resource; namespace: string; name: string | null; known: Stored | undefined },
    body: JsonObject,
    response: ServerResponse,
  ): void {
    const metadata = (body.metadata ?? {}) as Readonly<Record<string, unknown>>;
    const name = at.name ?? String(metadata.name);
    const { resource, namespace } = at;
    const known = at.known ?? this.#objects.get(`${resource}/${namespace}/${name}`);
    if (at.name === null && known !== undefined) {
      refuse(response, 409, 'AlreadyExists');
      return;
    }
    if (at.name !== null && known === undefined) {
      refuse(response, 404, 'NotFound');
      return;
    }
    if (known !== undefined && metadata.uid !== undefined && metadata.uid !== known.uid) {
      refuse(response, 422, 'Invalid', 'metadata.uid: Invalid value: field is immutable');
      return;
    }
    if (
      known !== undefined &&
      metadata.resourceVersion !== undefined &&
      metadata.resourceVersion !== String(known.version)
    ) {
      refuse(response, 409, 'Conflict');
      return;
    }
    const annotations: Record<string, string> = { ...known?.annotations };
    for (const [key, value] of Object.entries(metadata.annotations ?? {}))
      if (value === null) delete annotations[key];
      else annotations[key] = String(value);
    const labels = known?.labels ?? ((metadata.labels ?? {}) as Labels);
    const isAnswered = this.beforeAnswer?.() ?? true;
    this.put(resource, name, labels, annotations, { namespace });
    const written = this.#objects.get(`${resource}/${namespace}/${name}`);
    if (!isAnswered) response.socket?.destroy();
    else if (written !== undefined) answer(response, shown(written, written.version));
  }

  #list(resource: string, namespace: string | null, query: URLSearchParams, response: ServerResponse): void {
    if (this.endless === 'list') {
      pour(response, '{"items":["');
      return;
    }
    const exact = query.get('resourceVersionMatch') === 'Exact' ? Number(query.get('resourceVersion')) : null;
    if (exact !== null && exact < this.compactedTo) {
      refuse(response, 410, 'Expired');
      return;
    }
    const wanted = query.get('fieldSelector')?.replace('metadata.name=', '') ?? null;
    const all = exact === null ? [...this.#objects.values()] : this.#objectsAt(exact);
    const found = all
      .filter((object) => object.resource === resource && (namespace === null || object.namespace === namespace))
      .filter(({ name }) => wanted === null || name === wanted);
    const from = Number(query.get('continue') ?? 0);
    const limit = Math.min(this.pageSize, Number(query.get('limit') ?? this.pageSize));
    const next = from + limit < found.length ? String(from + limit) : '';
    answer(response, {
      kind: 'PartialObjectMetadataList',
      metadata: { resourceVersion: String(this.#version), continue: next },
      items: found.slice(from, from + limit).map((object) => shown(object, object.version)),
    });
  }

  #objectsAt(version: number): Stored[] {
    const found = new Map<string, Stored>();
    for (const { type, object, version: at } of this.#events) {
      if (at > version) break;
      const id = `${object.resource}/${object.namespace}/${object.name}`;
      if (type === 'DELETED') found.delete(id);
      else found.set(id, object);
    }
    return [...found.values()];
  }

  #watch(resource: string, namespace: string | null, from: number, response: ServerResponse): void {
    response.writeHead(200);
    response.flushHeaders();
    if (this.endless === 'event') {
      pour(response, '{"type":"MODIFIED","object":{"x":"');
      return;
    }
    if (from < this.compactedTo) {
      const gone = { kind: 'Status', code: 410, reason: 'Expired', message: `too old resource version: ${from}` };
      response.end(`${JSON.stringify({ type: 'ERROR', object: gone })}\n`);
      return;
    }
    const stream = { resource, namespace, response };
    this.#streams.add(stream);
    response.on('close', () => this.#streams.delete(stream));
    for (const event of this.#events)
      if (event.version > from && event.object.resource === resource)
        response.write(`${JSON.stringify({ type: event.type, object: shown(event.object, event.version) })}\n`);
  }
}

function verbOf(method: string, name: string | null, isWatch: boolean): string {
  if (method === 'GET') return isWatch ? 'watch' : name === null ? 'list' : 'get';
  return method === 'POST' ? 'create' : 'patch';
}

function shown({ namespace, name, uid, labels, annotations, renewedAt }: Stored, version: number): JsonObject {
  const time = `${new Date(renewedAt).toISOString().slice(0, 19)}Z`;
  const fieldsV1 = { 'f:metadata': { 'f:annotations': { 'f:renewTime': {} } } };
  const managedFields = annotations.renewTime === undefined ? [] : [{ manager: 'Patroni', time, fieldsV1 }];
  const creationTimestamp = '2026-11-30T01:00:00Z';
  return {
    kind: 'PartialObjectMetadata',
    metadata: {
      namespace,
      name,
      uid,
      resourceVersion: String(version),
      creationTimestamp,
      labels,
      annotations,
      managedFields,
    },
  };
}

function answer(response: ServerResponse, body: JsonObject): void {
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, code: number, reason: string, message = reason): void {
  response.statusCode = code;
  response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message }));
}

/** Bytes without an end, as fast as they are taken. */
function pour(response: ServerResponse, begin: string): void {
  const piece = 'x'.repeat(1024 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(piece)) {
      // Until it is full.
    }
  };
  response.on('drain', more);
  response.write(begin);
  more();
}

/** What the members of a cluster write, as Patroni 4.1 does. */
export class TestCluster {
  readonly #api: TestApi;
  readonly #store: Exclude<Resource, 'pods'>;
  readonly #scope: string;
  readonly #namespace: string;
  #renewals = 0;
  holder: string;

  constructor(
    api: TestApi,
    {
      store = 'configmaps',
      scope = 'alpha',
      namespace = 'demo',
      holder = 'alpha-0',
    }: {
      readonly store?: Exclude<Resource, 'pods'>;
      readonly scope?: string;
      readonly namespace?: string;
      readonly holder?: string;
    } = {},
  ) {
    this.#api = api;
    this.#store = store;
    this.#scope = scope;
    this.#namespace = namespace;
    this.holder = holder;
  }

  get labels(): Labels {
    return { application: 'patroni', 'cluster-name': this.#scope };
  }

  get leaderName(): string {
    return this.#store === 'endpoints' ? this.#scope : `${this.#scope}-leader`;
  }

  /** Initialized, led, with these members. */
  begin(members: readonly string[] = ['alpha-0', 'alpha-1'], labels: Labels = {}): void {
    this.write('config', { initialize: '7123', config: '{"ttl":20}', history: '[]' }, labels);
    for (const name of members) this.member(name);
    this.renew();
  }

  write(part: 'config' | 'failover' | 'sync', annotations: Labels, labels: Labels = {}): string {
    const all = { ...this.labels, ...labels };
    return this.#api.put(this.#store, `${this.#scope}-${part}`, all, annotations, { namespace: this.#namespace });
  }

  member(name: string, state = 'running'): void {
    const conn = `postgres://10.0.0.1:5432/postgres`;
    const status = JSON.stringify({ conn_url: conn, api_url: 'http://10.0.0.1:8008/patroni', state, role: 'replica' });
    this.#api.put('pods', name, this.labels, { status }, { namespace: this.#namespace });
  }

  renew({ ttl = 20, silent = false }: { readonly ttl?: number; readonly silent?: boolean } = {}): void {
    this.#renewals += 1;
    const annotations = {
      leader: this.holder,
      acquireTime: '2026-11-30T01:21:12.910019+00:00',
      renewTime: `2026-11-30T01:21:${String(this.#renewals).padStart(2, '0')}.5+00:00`,
      ttl: String(ttl),
      transitions: '3',
      optime: '67109632',
      slots: '{"alpha_1":67109632}',
    };
    const options = { namespace: this.#namespace, silent };
    this.#api.put(this.#store, this.leaderName, this.labels, annotations, options);
  }
}
