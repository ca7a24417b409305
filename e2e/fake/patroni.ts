// A scripted fake of Patroni's REST behaviour over real sockets, for tests and benches that need more clusters or worse
// behaviour than the lab gives. It owns what a cluster says over REST; what its DCS says is dcs.ts's, what it does with a
// request that changes something is handed in (unsafe.ts). It never elects: a test or a request moves the leader. Raw sockets
// instead of node:http, because Patroni is HTTP/1.0 without Content-Length and the faults are below HTTP.

import { createServer, type Server, type Socket } from 'node:net';
import { type Departure, pause, type Reply, type UnsafeRequest } from './unsafe-request';

/** What a node does to a request. `closed` ends the connection without an answer, as Patroni does when its DCS fails. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'down' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'wrong_json' }
  | { readonly kind: 'half_close' }
  | { readonly kind: 'closed' };

export type PatroniVersion = '3.0.2' | '4.1.4';

const NONE: Fault = { kind: 'none' };
export const PATRONI_PORT = 8008;
const POSTGRES_PORT = 5432;
/** As Patroni's own `request_queue_size`. */
const BACKLOG = 5;
const MAX_HEAD_BYTES = 16 * 1024;
const FIRST_LSN = 0x3000000;
const MAX_BODY_BYTES = 1024 * 1024;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export class FakeNode {
  readonly name: string;
  readonly host: string;
  readonly cluster: FakeCluster;
  /** Requests since `resetCounts`, also those that a fault left without an answer; not those refused while down. */
  requests = 0;
  readonly byPath = new Map<string, number>();
  /** Epoch ms of each request; null: not recorded. */
  arrivals: number[] | null = null;
  /** Every request that would change something, in order, also those refused or left without an answer. */
  readonly unsafe: UnsafeRequest[] = [];
  /** What PostgreSQL does other than run; null: it runs, in the role that follows from the leader key. */
  phase: { readonly state: string; readonly role: string } | null = null;
  /** What Patroni is busy with, in its words: `restart`, `reinitialize`. */
  busy: string | null = null;
  startedAt = Date.parse('2026-11-20T08:00:00Z');
  pendingRestart = false;
  scheduledRestart: Record<string, unknown> | null = null;
  /** Does not take up the configuration, hence never acknowledges a pause. */
  deaf = false;
  #fault: Fault = NONE;
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();

  constructor(cluster: FakeCluster, name: string, host: string) {
    this.cluster = cluster;
    this.name = name;
    this.host = host;
  }

  get apiUrl(): string {
    return `http://${this.host}:${PATRONI_PORT}/patroni`;
  }

  get fault(): Fault {
    return this.#fault;
  }

  resetCounts(): void {
    this.requests = 0;
    this.byPath.clear();
    if (this.arrivals !== null) this.arrivals = [];
  }

  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.host, port: PATRONI_PORT, backlog: BACKLOG }, resolve);
    });
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** A request that hangs is let go when the fault changes: its connection is closed. */
  async setFault(fault: Fault): Promise<void> {
    const before = this.#fault;
    this.#fault = fault;
    if (fault.kind === 'down') return this.close();
    if (before.kind === 'hang') for (const socket of this.#sockets) socket.destroy();
    if (this.#server === null) await this.listen();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    let received = Buffer.alloc(0);
    let asked = false;
    socket.on('data', (chunk) => {
      if (asked) return;
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0 ? received.length > MAX_HEAD_BYTES : received.length > end + MAX_BODY_BYTES) {
        return void socket.destroy();
      }
      if (end < 0) return;
      const request = readHead(this.name, received.subarray(0, end).toString('latin1'));
      const body = received.subarray(end + 4);
      if (body.length < (request.contentLength ?? 0)) return;
      asked = true;
      this.#count(request.path);
      if (SAFE.has(request.method)) return this.#answer(socket, request.method, request.path);
      void this.#act(socket, { ...request, body: body.subarray(0, request.contentLength ?? 0).toString() });
    });
  }

  async #act(socket: Socket, request: UnsafeRequest): Promise<void> {
    this.unsafe.push(request);
    const fault = this.#fault.kind;
    if (fault === 'hang') return;
    if (fault === 'closed') return void socket.end();
    const reply = await this.cluster.act(this, request).catch(() => null);
    if (this.#fault.kind === 'slow') await pause(this.#fault.ms);
    if (socket.destroyed || socket.writableEnded) return;
    if (reply === null) return void socket.end();
    const type = reply.body.startsWith('{') ? 'application/json' : 'text/html';
    socket.end(page(reply.status, type, reply.body));
  }

  /** As Patroni: `restarting` while PostgreSQL is down, then a new start time and nothing pending. */
  async restart(): Promise<void> {
    this.busy = 'restart';
    const role = this.name === this.cluster.leader ? this.cluster.primaryWord() : 'replica';
    await this.enter({ state: 'restarting', role });
    await pause(this.cluster.stepMs);
    this.pendingRestart = false;
    this.scheduledRestart = null;
    await this.#started();
  }

  async reinitialize(): Promise<void> {
    this.busy = 'reinitialize';
    await this.enter({ state: 'stopping', role: 'replica' });
    await pause(this.cluster.stepMs);
    await this.enter({ state: 'creating replica', role: 'uninitialized' });
    await pause(this.cluster.stepMs);
    this.pendingRestart = false;
    await this.#started();
  }

  async #started(): Promise<void> {
    this.busy = null;
    this.startedAt = Date.now();
    await this.enter(null);
  }

  async enter(phase: FakeNode['phase']): Promise<void> {
    this.phase = phase;
    await this.cluster.publish([`members/${this.name}`]);
  }

  #count(target: string): void {
    this.requests += 1;
    this.byPath.set(target, (this.byPath.get(target) ?? 0) + 1);
    this.arrivals?.push(Date.now());
  }

  #answer(socket: Socket, method: string, target: string): void {
    const fault = this.#fault;
    switch (fault.kind) {
      case 'none':
        return void socket.end(this.#response(method, target));
      case 'slow':
        setTimeout(() => socket.destroyed || socket.end(this.#response(method, target)), fault.ms).unref();
        return;
      case 'wrong_json':
        return void socket.end(page(200, 'application/json', '{"state": "running", "role": '));
      case 'half_close': {
        const whole = this.#response(method, target);
        return void socket.end(whole.slice(0, Math.floor(whole.length / 2)));
      }
      case 'closed':
        return void socket.end();
      case 'hang':
      case 'down':
        return;
    }
  }

  /** Routing as in Patroni: the first path segment; an unknown one is a health check that failed. */
  #response(method: string, target: string): string {
    if (method !== 'GET') return page(501, 'text/html', `<p>Unsupported method ('${method.slice(0, 20)}').</p>`);
    const segment = target.slice(1).split(/[/?]/, 1)[0];
    switch (segment) {
      case 'patroni':
        return page(200, 'application/json', JSON.stringify(this.cluster.statusOf(this)));
      case 'cluster':
        return page(200, 'application/json', JSON.stringify(this.cluster.document()));
      case 'config':
        return page(200, 'application/json', JSON.stringify(this.cluster.config));
      case 'history':
        return page(200, 'application/json', JSON.stringify(this.cluster.history));
      default:
        return page(503, 'application/json', JSON.stringify(this.cluster.statusOf(this)));
    }
  }
}

function readHead(node: string, head: string): UnsafeRequest {
  const [first = '', ...lines] = head.split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const header = (name: string): string | null => {
    const line = lines.find((text) => text.toLowerCase().startsWith(`${name}:`));
    return line === undefined ? null : line.slice(name.length + 1).trim();
  };
  const basic = /^Basic (\S+)$/i.exec(header('authorization') ?? '')?.[1];
  const credentials = basic === undefined ? null : Buffer.from(basic, 'base64').toString();
  const colon = credentials?.indexOf(':') ?? -1;
  const length = header('content-length');
  return {
    node,
    method,
    path,
    body: '',
    user: credentials?.slice(0, colon) ?? null,
    password: credentials?.slice(colon + 1) ?? null,
    contentLength: length === null ? null : Number(length),
    at: Date.now(),
  };
}

const REASON: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  411: 'Length Required',
  412: 'Precondition Failed',
  422: 'Unprocessable Entity',
  501: 'Unsupported method',
  503: 'Service Unavailable',
};
let dateSecond = 0;
let dateText = '';

/** No Content-Length: the body ends with the connection. */
function page(status: number, type: string, body: string): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  const challenge = status === 401 ? 'WWW-Authenticate: Basic realm="Patroni"\r\n' : '';
  return `HTTP/1.0 ${status} ${REASON[status] ?? ''}\r\nServer: BaseHTTP/0.6 Python/3.11.2\r\nDate: ${dateText}\r\n${challenge}Content-Type: ${type}\r\n\r\n${body}`;
}

export type HistoryRow = readonly [timeline: number, lsn: number, reason: string, at: string, leader: string];

/** The value of `/failover` as Patroni writes it; its REST says candidate where this says member. */
export interface FailoverKey {
  readonly leader?: string;
  readonly member?: string;
  readonly scheduled_at?: string;
}

/** Where the cluster's keys are kept. dcs.ts puts them into a real etcd; without it they are nowhere but in this process. */
export interface Keys {
  /** Takes what others wrote to `config` and `failover`. */
  refresh(): Promise<void>;
  /** Writes keys (`leader`, `config`, `members/n1`, ...) as the cluster has them now; one it has not is deleted. */
  publish(names: readonly string[]): Promise<void>;
  /** Writes `config` where it still is what `refresh` read; false: somebody was faster. */
  compareAndPublishConfig(value: Readonly<Record<string, unknown>>): Promise<boolean>;
}

const NOWHERE: Keys = {
  refresh: async () => undefined,
  publish: async () => undefined,
  compareAndPublishConfig: async () => true,
};

export interface FakeClusterOptions {
  readonly scope: string;
  /** One loopback address per member; members are named n1, n2, ... */
  readonly hosts: readonly string[];
  readonly version?: PatroniVersion;
  readonly walBytesPerSecond?: number;
  /** The answer to a request that would change something; null, or where nothing is handed in: the connection ends without one. */
  readonly act?: (node: FakeNode, request: UnsafeRequest) => Promise<Reply | null>;
}

export class FakeCluster {
  readonly scope: string;
  readonly nodes: readonly FakeNode[];
  readonly version: PatroniVersion;
  readonly systemIdentifier: string;
  config: Readonly<Record<string, unknown>> = {
    ttl: 30,
    loop_wait: 10,
    retry_timeout: 10,
    maximum_lag_on_failover: 1048576,
    postgresql: { use_pg_rewind: true, parameters: { max_connections: 100 } },
  };
  history: HistoryRow[] = [];
  timeline = 1;
  /** Name of the member that holds the leader key, null: nobody does. */
  leader: string | null = 'n1';
  failover: FailoverKey | null = null;
  keys: Keys = NOWHERE;
  /** Whom unsafe requests must name; null: anybody may. */
  user: { readonly name: string; readonly password: string } | null = null;
  /** What is not answered as usual, by method and first segment: `POST /switchover`. */
  readonly departures = new Map<string, Departure>();
  /** Called by a PATCH of the configuration, which wakes the loop of a Patroni also when it changes nothing. */
  onWake: (() => void) | null = null;
  /** Length of each step of a change of leader, a restart or a reinitialization. */
  stepMs = 30;
  /** A change of leader is under way. */
  moving = false;
  readonly act: NonNullable<FakeClusterOptions['act']>;
  readonly #walBytesPerSecond: number;
  readonly #startedAt = Date.now();

  constructor({ scope, hosts, version, walBytesPerSecond, act }: FakeClusterOptions) {
    this.scope = scope;
    this.act = act ?? (async () => null);
    this.version = version ?? '3.0.2';
    this.#walBytesPerSecond = walBytesPerSecond ?? 4096;
    this.systemIdentifier = `7${String(hashOf(scope)).padStart(18, '0')}`;
    this.nodes = hosts.map((host, index) => new FakeNode(this, `n${index + 1}`, host));
  }

  node(name: string): FakeNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`no member "${name}" in ${this.scope}`);
    return found;
  }

  /** Requests that would change something, of all nodes, oldest first. */
  get unsafe(): readonly UnsafeRequest[] {
    return this.nodes.flatMap((node) => node.unsafe).sort((a, b) => a.at - b.at);
  }

  get paused(): boolean {
    return this.config.pause === true;
  }

  /** The first replica that answers; null: there is none. */
  anyReplica(): string | null {
    return this.nodes.find((node) => node.name !== this.leader && node.fault.kind === 'none')?.name ?? null;
  }

  publish(names: readonly string[]): Promise<void> {
    return this.keys.publish(names);
  }

  /** Null clears it, as Patroni does: the key stays, its value is `{}`. */
  async writeFailover(value: FailoverKey | null): Promise<void> {
    this.failover = value;
    await this.publish(['failover']);
  }

  /** False where `compared` and somebody else wrote first; then nothing is changed. */
  async writeConfig(value: Readonly<Record<string, unknown>>, how: 'compared' | 'blind'): Promise<boolean> {
    if (how === 'compared' && !(await this.keys.compareAndPublishConfig(value))) return false;
    this.config = value;
    await this.publish([...(how === 'blind' ? ['config'] : []), ...this.nodes.map((node) => `members/${node.name}`)]);
    return true;
  }

  /** A graceful change of leader in Patroni's order (measured, 4.1.4): stop, status, key released, key taken, promoted, followed. */
  async moveTo(name: string): Promise<void> {
    const heir = this.node(name);
    const old = this.leader === null ? null : this.node(this.leader);
    this.moving = true;
    try {
      await old?.enter({ state: 'stopping', role: this.primaryWord() });
      await pause(this.stepMs);
      await old?.enter({ state: 'stopped', role: 'demoted' });
      this.leader = null;
      await this.publish(['status', 'leader']);
      await pause(this.stepMs);
      heir.phase = { state: 'running', role: 'replica' };
      this.leader = name;
      await this.publish(['leader', `members/${name}`]);
      await this.writeFailover(null);
      await pause(this.stepMs);
      heir.phase = null;
      this.promote(name);
      await this.publish(['history', 'status', ...this.nodes.map((node) => `members/${node.name}`)]);
      await pause(this.stepMs);
      if (old !== null) {
        old.startedAt = Date.now();
        await old.enter(null);
      }
    } finally {
      this.moving = false;
    }
  }

  /** Flush position of the leader now, in bytes. */
  lsn(): number {
    return FIRST_LSN + Math.floor((this.#walBytesPerSecond * (Date.now() - this.#startedAt)) / 1000);
  }

  /** What REST says from now on; the DCS is told by whoever calls. */
  promote(name: string): void {
    this.node(name);
    const reason = 'no recovery target specified';
    this.history = [
      ...this.history,
      [this.timeline, this.lsn(), reason, new Date().toISOString(), name] as const,
    ].slice(-50);
    this.timeline += 1;
    this.leader = name;
  }

  primaryWord(): string {
    return this.version === '3.0.2' ? 'master' : 'primary';
  }

  statusOf(node: FakeNode): object {
    const leads = this.#isPrimary(node);
    const lsn = this.lsn();
    const modern = this.version !== '3.0.2';
    const notes = {
      ...(this.paused && !node.deaf ? { pause: true } : {}),
      ...(this.leader === null ? { cluster_unlocked: true } : {}),
      ...(node.pendingRestart ? { pending_restart: true } : {}),
      ...(node.scheduledRestart === null ? {} : { scheduled_restart: node.scheduledRestart }),
      dcs_last_seen: Math.floor(Date.now() / 1000),
      database_system_identifier: this.systemIdentifier,
      patroni: { version: this.version, scope: this.scope, ...(modern ? { name: node.name } : {}) },
    };
    if (node.phase !== null && node.phase.state !== 'running') return { ...node.phase, ...notes };
    return {
      state: 'running',
      postmaster_start_time: new Date(node.startedAt).toISOString().replace('T', ' ').replace('Z', '000+00:00'),
      role: leads ? this.primaryWord() : 'replica',
      server_version: 150018,
      xlog: leads
        ? { location: lsn }
        : {
            received_location: lsn,
            replayed_location: lsn,
            replayed_timestamp: new Date().toISOString().replace('T', ' ').replace('Z', '+00:00'),
            paused: false,
          },
      timeline: this.timeline,
      ...(leads ? { replication: this.#walsenders() } : modern ? { replication_state: 'streaming' } : {}),
      ...notes,
    };
  }

  /** Holds the key and has been promoted. */
  #isPrimary(node: FakeNode): boolean {
    return node.name === this.leader && node.phase === null;
  }

  #walsenders(): object[] {
    const others = this.nodes.filter(
      (node) => node.name !== this.leader && node.fault.kind !== 'down' && node.phase === null,
    );
    return others.map((node) => ({
      usename: 'replicator',
      application_name: node.name,
      client_addr: node.host,
      state: 'streaming',
      sync_state: 'async',
      sync_priority: 0,
    }));
  }

  /** `GET /cluster`. */
  document(): object {
    const modern = this.version !== '3.0.2';
    return {
      members: this.nodes.map((node) => {
        const leads = node.name === this.leader;
        const running = leads || !modern ? 'running' : 'streaming';
        return {
          name: node.name,
          role: leads ? 'leader' : 'replica',
          state: node.phase?.state ?? running,
          api_url: node.apiUrl,
          host: node.host,
          port: POSTGRES_PORT,
          timeline: this.timeline,
          ...(leads ? {} : { lag: 0 }),
        };
      }),
      ...(modern ? { scope: this.scope } : {}),
      ...(this.paused ? { pause: true } : {}),
      ...(this.failover?.scheduled_at === undefined
        ? {}
        : { scheduled_switchover: scheduledDocument(this.failover, this.failover.scheduled_at) }),
    };
  }

  /** The value of `members/<name>` in the DCS. */
  memberKey(node: FakeNode): object {
    const leads = this.#isPrimary(node);
    const modern = this.version !== '3.0.2';
    const runs = node.phase === null || node.phase.state === 'running';
    return {
      conn_url: `postgres://${node.host}:${POSTGRES_PORT}/postgres`,
      api_url: node.apiUrl,
      state: node.phase?.state ?? 'running',
      role: node.phase?.role ?? (leads ? this.primaryWord() : 'replica'),
      version: this.version,
      ...(runs ? { xlog_location: this.lsn(), timeline: this.timeline } : {}),
      ...(modern && !leads && runs ? { replication_state: 'streaming' } : {}),
      ...(this.paused && !node.deaf ? { pause: true } : {}),
      ...(node.pendingRestart ? { pending_restart: true } : {}),
      ...(node.scheduledRestart === null ? {} : { scheduled_restart: node.scheduledRestart }),
    };
  }
}

function scheduledDocument({ leader, member }: FailoverKey, at: string): object {
  return { at, ...(leader === undefined ? {} : { from: leader }), ...(member === undefined ? {} : { to: member }) };
}

function hashOf(text: string): number {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + letter.charCodeAt(0)) % 1_000_000_007;
  return hash;
}
