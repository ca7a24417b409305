// Writes to Consul: one transaction that compares indexes and puts `/failover` or `/config`, nothing else. It is sent once. What is not
// known to have failed is said so; the caller looks, it never sends again. Consul compares no values: who holds the leader key is read
// first, and the index of what was read is compared. A consistent read finds an agent with a quorum before.
import { failure } from '../../../domain/reading-failure';
import { say } from '../../../language/sentence';
import { classify } from '../../failure';
import {
  type Commit,
  type CommitResult,
  type CurrentKey,
  type CurrentKeys,
  type DcsWriter,
  isReadingError,
} from '../port';
import { type ConsulAccess, ConsulAgent, type ConsulAnswer, mapOf, parsed, writePolicy } from './client';

const KEYS = ['leader', 'failover', 'sync', 'config'] as const;
const NOTHING: CurrentKeys = { leader: null, failover: null, sync: null, config: null };

export class ConsulWriter implements DcsWriter {
  readonly #access: ConsulAccess;
  /** As Consul writes it. */
  readonly #prefix: string;
  readonly #agents: readonly ConsulAgent[];

  constructor(access: ConsulAccess) {
    this.#access = access;
    this.#prefix = access.namespace.slice(1);
    this.#agents = access.hosts.map((url) => new ConsulAgent(url, this.#access));
  }

  close(): void {
    for (const agent of this.#agents) agent.close();
  }

  async current(scope: string): Promise<CurrentKeys> {
    return (await this.#first(scope)).keys;
  }

  async commit(scope: string, { compare, leader, put }: Commit): Promise<CommitResult> {
    const started = performance.now();
    const path = (key: string): string => `${this.#prefix}${scope}/${key}`;
    let seen: { readonly agent: ConsulAgent; readonly keys: CurrentKeys };
    try {
      seen = await this.#first(scope);
    } catch (error) {
      return { kind: 'failed', error: isReadingError(error) ? error : classify(error) };
    }
    const { agent, keys } = seen;
    const holder = keys.leader?.value ?? null;
    if (leader !== null && (leader === 'nobody' ? null : leader.holder) !== holder)
      return { kind: 'changed', now: keys };
    const unchanged = (key: string, version: string): object =>
      version === '0'
        ? { Verb: 'check-not-exists', Key: path(key) }
        : { Verb: 'check-index', Key: path(key), Index: Number(version) };
    const operations = [
      // It fails where the key is not: without it no cluster is there.
      { Verb: 'get', Key: path('initialize') },
      ...(leader === null ? [] : [unchanged('leader', keys.leader?.version ?? '0')]),
      ...Object.entries(compare).map(([key, version]) => unchanged(key, version)),
      ...Object.entries(put).map(([key, value]) => ({
        Verb: 'set',
        Key: path(key),
        Value: Buffer.from(value).toString('base64'),
      })),
    ];
    const body = JSON.stringify(operations.map((KV) => ({ KV })));
    let answer: ConsulAnswer;
    try {
      answer = await agent.ask('/v1/txn', { method: 'PUT', body });
    } catch (error) {
      return { kind: 'unknown', error: classify(error) };
    }
    if (answer.status === 200)
      return {
        kind: 'committed',
        revision: revisionOf(answer.body),
        tookMs: performance.now() - started,
      };
    if (answer.status === 413 || /too large/i.test(answer.body))
      return { kind: 'failed', error: failure('denied', say`the value is too large`) };
    const policy = Object.keys(put)
      .map((key) => writePolicy(path(key)))
      .join(' ');
    const refusal = agent.refusal(answer, policy);
    // Refused by rights or as a request: certainly not written. A server that failed may have written before.
    if (refusal.kind === 'denied' || refusal.kind === 'auth') return { kind: 'failed', error: refusal };
    if (answer.status !== 409) return { kind: answer.status < 500 ? 'failed' : 'unknown', error: refusal };
    return { kind: 'changed', now: await this.current(scope).catch(() => NOTHING) };
  }

  /** Consul keeps none. */
  async past(): Promise<readonly []> {
    return [];
  }

  /** The first agent that proves a quorum, and what it read. Rejects with what the first of them said. */
  async #first(scope: string): Promise<{ readonly agent: ConsulAgent; readonly keys: CurrentKeys }> {
    const read = async (agent: ConsulAgent): Promise<{ agent: ConsulAgent; keys: CurrentKeys }> => {
      await agent.mustHaveLeader();
      const found = await Promise.all(KEYS.map((key) => agent.key(`${this.#prefix}${scope}/${key}`, this.#prefix)));
      const [leader = null, failover = null, sync = null, config = null] = found.map((key): CurrentKey | null =>
        key === null ? null : { value: key.value, version: key.version },
      );
      return { agent, keys: { leader, failover, sync, config } };
    };
    try {
      return await Promise.any(this.#agents.map(read));
    } catch (error) {
      throw classify(error);
    }
  }
}

/** Of the key that was put, which comes last. */
function revisionOf(body: string): string {
  const { Results: results } = mapOf(parsed(body));
  const last = Array.isArray(results) ? mapOf(mapOf(results.at(-1)).KV) : {};
  return Number.isSafeInteger(last.ModifyIndex) ? `${last.ModifyIndex}` : '0';
}
