// Writes to etcd: one transaction that compares revisions and puts `/failover` or `/config`, nothing
// else. It is sent once. What is not known to have failed is said so; the caller looks, it never sends again. A short read
// first finds an endpoint with a quorum, so that the transaction itself does not meet a dead one.
import type { Etcd3 } from 'etcd3';
import { failure } from '../../../domain/reading-failure';
import {
  type Commit,
  type CommitResult,
  type CurrentKey,
  type CurrentKeys,
  type DcsWriter,
  isReadingError,
  type PastValue,
  type WritableKey,
} from '../port';
import type { EtcdCredentials } from './client';

const DEADLINE_MS = 3000;
const KEYS = ['leader', 'failover', 'sync', 'config'] as const;

export class EtcdWriter implements DcsWriter {
  readonly #hosts: readonly string[];
  readonly #credentials: EtcdCredentials;
  /** Opened with the first question: etcd's library is a tenth of a start, and most processes never write. */
  #clients: readonly Etcd3[] | null = null;
  readonly #namespace: string;

  constructor(options: EtcdCredentials & { readonly hosts: readonly string[]; readonly namespace: string }) {
    this.#namespace = options.namespace;
    this.#hosts = options.hosts;
    this.#credentials = options;
  }

  close(): void {
    for (const client of this.#clients ?? []) client.close();
  }

  async current(scope: string): Promise<CurrentKeys> {
    return (await this.#first(scope)).keys;
  }

  async commit(scope: string, { compare, leader, put }: Commit): Promise<CommitResult> {
    const { classifyEtcd } = await import('./client');
    const started = performance.now();
    let client: Etcd3;
    try {
      client = (await this.#first(scope)).client;
    } catch (error) {
      return { kind: 'failed', error: isReadingError(error) ? error : classifyEtcd(error) };
    }
    const path = (key: string): string => `${this.#namespace}${scope}/${key}`;
    try {
      // A key with value '' cannot be told from an absent one by Mod alone; Patroni never writes one.
      let transaction = client.if(path('initialize'), 'Mod', '>', 0);
      for (const [key, revision] of Object.entries(compare)) {
        transaction = transaction.and(path(key), 'Mod', '==', revision);
      }
      if (leader === 'nobody') transaction = transaction.and(path('leader'), 'Create', '==', 0);
      else if (leader !== null) transaction = transaction.and(path('leader'), 'Value', '==', leader.holder);
      const answer = await transaction
        .then(...Object.entries(put).map(([key, value]) => client.put(path(key)).value(value)))
        .commit();
      if (answer.succeeded) {
        return { kind: 'committed', revision: answer.header.revision, tookMs: performance.now() - started };
      }
    } catch (error) {
      const reading = classifyEtcd(error);
      // Refused by rights or by a rule of etcd: certainly not written. Everything else may have been.
      const certain = reading.kind === 'denied' || reading.kind === 'auth';
      return { kind: certain ? 'failed' : 'unknown', error: reading };
    }
    try {
      return { kind: 'changed', now: await this.current(scope) };
    } catch {
      return { kind: 'changed', now: { leader: null, failover: null, sync: null, config: null } };
    }
  }

  /** From etcd's own history, as far as it was not compacted. */
  async past(scope: string, key: WritableKey, fromRevision: string, limit: number): Promise<readonly PastValue[]> {
    const { client } = await this.#first(scope);
    const found: PastValue[] = [];
    let revision = fromRevision;
    while (found.length < limit && BigInt(revision) > 0n) {
      const answer = await client
        .get(`${this.#namespace}${scope}/${key}`)
        .revision(revision)
        .exec()
        // Compacted: what is older is gone for ever.
        .catch(() => null);
      const pair = answer?.kvs[0];
      if (pair === undefined) break;
      found.push({ revision: pair.mod_revision, value: pair.value.toString() });
      revision = String(BigInt(pair.mod_revision) - 1n);
    }
    return found;
  }

  /** The first endpoint that proves a quorum, and what it read. */
  async #first(scope: string): Promise<{ readonly client: Etcd3; readonly keys: CurrentKeys }> {
    const path = (key: string): string => `${this.#namespace}${scope}/${key}`;
    const read = async (client: Etcd3): Promise<{ client: Etcd3; keys: CurrentKeys }> => {
      const answers = await Promise.all(KEYS.map((key) => client.get(path(key)).exec()));
      const [leader, failover, sync, config] = answers.map((answer): CurrentKey | null => {
        const pair = answer.kvs[0];
        return pair === undefined ? null : { value: pair.value.toString(), version: pair.mod_revision };
      });
      return {
        client,
        keys: { leader: leader ?? null, failover: failover ?? null, sync: sync ?? null, config: config ?? null },
      };
    };
    if (this.#hosts.length === 0) throw failure('skipped');
    const { classifyEtcd, createEtcdClient } = await import('./client');
    this.#clients ??= this.#hosts.map((host) => createEtcdClient(host, this.#credentials, DEADLINE_MS));
    const clients = this.#clients;
    try {
      return await Promise.any(clients.map(read));
    } catch (error) {
      throw classifyEtcd(error instanceof AggregateError ? error.errors[0] : error);
    }
  }
}
