// One agent of Consul over HTTP: what is asked of it, how long that may take and how long the answer may be. A refusal becomes words that
// say which policy grants what was refused. Consul answers a list that the token may not see as if there were nothing, so an empty one
// proves nothing: one exact key does (agent/consul/kvs_endpoint.go at v1.14.11, and measured). Nothing is repeated here.
import { type Dispatcher, Pool } from 'undici';
import type { RawEndpointStatus, ReadingError } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { parseJson } from '../../../domain/wire/loose';
import { say } from '../../../language/sentence';
import { ReadingRefused } from '../../failure';
import { connector, type TlsMaterial } from '../../tls';
import type { KeyEvent } from '../view';

export interface ConsulAccess {
  readonly kind: 'consul';
  /** `http(s)://host:port` of agents, servers or not. */
  readonly hosts: readonly string[];
  /** With a slash at both ends; Consul's own keys begin without one. */
  readonly namespace: string;
  readonly token: string | null;
  /** null: that of the agent. */
  readonly datacenter: string | null;
  readonly tls: TlsMaterial | null;
}

export interface ConsulList {
  readonly keys: readonly KeyEvent[];
  /** Of the newest change below the prefix; it falls when Consul was restored from a snapshot. */
  readonly index: number;
  /** Consul says that it left out what the token may not see. */
  readonly isFiltered: boolean;
}

/** Without a leader Consul holds a question for 7 s before it says so. */
const ANSWER_MS = 9000;
const QUICK_MS = 3000;
const CONNECT_MS = 3000;
/** Consul adds up to a sixteenth. */
const WAIT_SECONDS = 10;
const WAITED_MS = WAIT_SECONDS * 1000 * (17 / 16) + 5000;
const LIST_MIB = 64;
const LIST_BYTES = LIST_MIB * 1024 * 1024;
/** A value has 512 KiB at most, in base64 a third more. */
const ANSWER_BYTES = 1024 * 1024;
/** The watch, two questions of the health, and one to spare. */
const CONNECTIONS = 4;

interface Question {
  readonly method?: 'GET' | 'PUT';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadlineMs?: number;
  readonly mostBytes?: number;
  readonly signal?: AbortSignal;
}

export interface ConsulAnswer {
  readonly status: number;
  readonly body: string;
  /** null: it names none, as every answer about keys does. */
  readonly index: number | null;
  readonly isFiltered: boolean;
}

class TooLong extends Error {}

export class ConsulAgent {
  readonly url: string;
  readonly #access: ConsulAccess;
  readonly #pool: Pool;

  constructor(url: string, access: ConsulAccess) {
    this.url = url;
    this.#access = access;
    this.#pool = new Pool(url, { connections: CONNECTIONS, connect: connector(access.tls, CONNECT_MS) });
  }

  close(): void {
    void this.#pool.destroy();
  }

  /** Any HTTP status is an answer. Paths go as they are: nothing takes dots in them for folders. */
  async ask(path: string, question: Question = {}): Promise<ConsulAnswer> {
    const { method = 'GET', query = {}, body, deadlineMs = ANSWER_MS, mostBytes = ANSWER_BYTES, signal } = question;
    const { token, datacenter } = this.#access;
    const parameters = new URLSearchParams({ ...query, ...(datacenter === null ? {} : { dc: datacenter }) });
    const late = AbortSignal.timeout(deadlineMs);
    const answer = await this.#pool.request({
      method,
      path: `${path}?${parameters}`,
      headers: { accept: 'application/json', ...(token === null ? {} : { 'x-consul-token': token }) },
      body: body ?? null,
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
    });
    const index = Number(answer.headers['x-consul-index']);
    return {
      status: answer.statusCode,
      body: await textOf(answer.body, mostBytes),
      index: Number.isSafeInteger(index) && index >= 0 ? index : null,
      isFiltered: answer.headers['x-consul-results-filtered-by-acls'] === 'true',
    };
  }

  /** `ip:port`, '' without one; answered by the agent alone. Throws where that is no agent. */
  async leader(): Promise<string> {
    const answer = await this.ask('/v1/status/leader', { deadlineMs: QUICK_MS });
    // An agent that has never heard of a server fails instead.
    if (answer.status === 500 && /no (cluster leader|known consul servers)/i.test(answer.body)) return '';
    const leader = answer.status === 200 ? parsed(answer.body) : null;
    if (typeof leader === 'string') return leader;
    if (answer.status === 200 || answer.status === 404) throw refused(NO_CONSUL);
    throw refused(this.refusal(answer, null));
  }

  async mustHaveLeader(): Promise<void> {
    if ((await this.leader()) === '') throw refused(NO_LEADER);
  }

  /** All keys below. `after`: waits until the index has passed it, or some seconds. */
  async list(prefix: string, { after, signal }: { after: number | null; signal: AbortSignal }): Promise<ConsulList> {
    const wait: Record<string, string> = after === null ? {} : { index: `${after}`, wait: `${WAIT_SECONDS}s` };
    const deadlineMs = after === null ? ANSWER_MS : WAITED_MS;
    return this.#keysOf(prefix, { query: { recurse: '', ...wait }, deadlineMs, signal });
  }

  /** What this agent's server knows, however old. */
  listStale(prefix: string): Promise<ConsulList> {
    return this.#keysOf(prefix, { query: { recurse: '', stale: '' }, deadlineMs: QUICK_MS });
  }

  async #keysOf(prefix: string, question: Question): Promise<ConsulList> {
    const answer = await this.ask(kvPath(prefix), { ...question, mostBytes: LIST_BYTES }).catch((error: unknown) => {
      if (!(error instanceof TooLong)) throw error;
      throw refused(failure('malformed', say`more than ${LIST_MIB} MiB of keys stand below ${prefix}`));
    });
    if (answer.status !== 200 && answer.status !== 404) throw refused(this.refusal(answer, readPolicy(prefix)));
    if (answer.index === null) throw refused(NO_CONSUL);
    const keys = answer.status === 404 ? [] : parseKeys(answer.body);
    if (keys === null) throw refused(failure('malformed'));
    return { keys, index: answer.index, isFiltered: answer.isFiltered };
  }

  /** One exact key, which need not be there; null: it is not. Only for one key a missing right is said. */
  async key(name: string, prefix: string, deadlineMs: number = ANSWER_MS): Promise<KeyEvent | null> {
    const answer = await this.ask(kvPath(name), { query: { consistent: '' }, deadlineMs });
    if (answer.status === 404 && answer.index !== null) return null;
    if (answer.status !== 200) throw refused(this.refusal(answer, readPolicy(prefix)));
    const key = parseKeys(answer.body)?.[0];
    if (key === undefined) throw refused(failure('malformed'));
    return key;
  }

  /** Succeeds with a quorum, a leader, and the right to read below the prefix. */
  async proveRead(prefix: string, deadlineMs: number = QUICK_MS): Promise<true> {
    await this.mustHaveLeader();
    await this.key(`${prefix}howdah`, prefix, deadlineMs);
    return true;
  }

  /** Of the agent itself, as far as the token may know; without `agent:read` only who leads. */
  async status(): Promise<RawEndpointStatus> {
    const [leader, self] = await Promise.all([
      this.leader(),
      this.ask('/v1/agent/self', { deadlineMs: QUICK_MS }).catch(() => null),
    ]);
    const { Config, Stats, Member } = self?.status === 200 ? mapOf(parsed(self.body)) : {};
    const [config, raft, own] = [mapOf(Config), mapOf(mapOf(Stats).raft), mapOf(mapOf(Stats).consul)];
    const isNonVoter = ['read_replica', 'nonvoter'].some((tag) => tag in mapOf(mapOf(Member).Tags));
    const leads = own.leader === undefined ? hostOf(`http://${leader}`) === hostOf(this.url) : own.leader === 'true';
    return {
      name: wordOf(config.NodeName),
      role: leader === '' ? 'leaderless' : leads ? 'leader' : isNonVoter ? 'learner' : 'follower',
      version: wordOf(config.Version),
      sizeBytes: null,
      term: wordOf(raft.term),
      alarms: [],
    };
  }

  /** Why it was refused. `policy` grants what was asked; null: nothing needs one. */
  refusal({ status, body }: Pick<ConsulAnswer, 'status' | 'body'>, policy: string | null): ReadingError {
    if (/ACL not found|token does not exist/i.test(body)) return failure('auth', say`it does not know the token`);
    if (status === 403 || /Permission denied|lacks permission/i.test(body)) return this.denied(policy);
    if (/no (cluster leader|known consul servers)/i.test(body)) return NO_LEADER;
    if (/No path to datacenter/i.test(body)) return failure('unreachable', say`it knows no such datacenter`);
    if (/rpc error|i\/o timeout|deadline|EOF/i.test(body)) return failure('timeout');
    return failure('http', say`answers ${status}`);
  }

  refusedBelow(prefix: string): ReadingRefused {
    return refused(this.denied(readPolicy(prefix)));
  }

  denied(policy: string | null): ReadingError {
    if (policy === null) return failure('denied');
    return this.#access.token === null
      ? failure('denied', say`give Howdah a token whose policy has ${policy}`)
      : failure('denied', say`the policy of the token lacks ${policy}`);
  }
}

const NO_CONSUL = failure('malformed', say`no Consul answers there`);
const NO_LEADER = failure('timeout', say`it knows no leader`);

const refused = (reading: ReadingError): ReadingRefused => new ReadingRefused(reading);
const readPolicy = (prefix: string): string => `key_prefix "${prefix}" { policy = "read" }`;
export const writePolicy = (key: string): string => `key "${key}" { policy = "write" }`;

function kvPath(key: string): string {
  return `/v1/kv/${key.split('/').map(encodeURIComponent).join('/')}`;
}

async function textOf(body: Dispatcher.ResponseData['body'], mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > mostBytes) throw new TooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Of a list: seven values for each key. */
const LIST_VALUES = 2_000_000;

/** null also where it nests too deep or holds too much. */
export function parsed(text: string): unknown {
  return parseJson(text, LIST_VALUES);
}

export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null;
}

function hostOf(url: string): string | null {
  return URL.parse(url)?.hostname ?? null;
}

/** null: that is no list of keys. One that cannot be read is left out: a key without a value is none of Patroni's. */
function parseKeys(body: string): readonly KeyEvent[] | null {
  const rows = parsed(body);
  if (!Array.isArray(rows)) return null;
  return rows.flatMap((row): KeyEvent[] => {
    const { Key: key, Value: value, ModifyIndex: modified, CreateIndex: created, Session: session } = mapOf(row);
    if (typeof key !== 'string' || !Number.isSafeInteger(modified) || !Number.isSafeInteger(created)) return [];
    return [
      {
        type: 'put',
        key: `/${key}`,
        value: typeof value === 'string' ? Buffer.from(value, 'base64').toString() : '',
        version: `${modified}`,
        created: `${created}`,
        owner: wordOf(session),
      },
    ];
  });
}
