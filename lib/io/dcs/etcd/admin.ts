// What changes an etcd itself, with a credential of its own. Each change is sent once, to the member that leads (the others hand some of
// them on and refuse the rest). What is not known to have failed is said so: a change of members that timed out is done all the same
// when the quorum comes back, so whoever sent it looks at the list and never sends it again.

import type { Etcd3 } from 'etcd3';
import type { ReadingError } from '../../../domain/raw';
import { textOf } from '../../failure';
import { classifyEtcd, createEtcdClient, type EtcdCredentials } from './client';
import { type EtcdLook, EtcdMembers } from './members';

/** A member that defragments 3 GiB on a slow disk takes that long. */
const CHANGE_MS = 60_000;

export type AdminResult =
  | { readonly kind: 'done'; readonly tookMs: number }
  /** Certainly nothing was changed. */
  | { readonly kind: 'refused'; readonly error: ReadingError; readonly text: string }
  /** It may have been done, or may yet be. */
  | { readonly kind: 'unknown'; readonly error: ReadingError };

/** Said by etcd before anything is done; every other failure leaves it open. */
const CERTAIN =
  /too many learner|already exist|can only promote|member not found|not leader|bad leader transferee|unhealthy cluster|permission denied|user name is empty|authentication failed|invalid auth token|re-configuration failed|not capable|learner not ready/i;

export class EtcdAdmin {
  readonly #members: EtcdMembers;
  readonly #credentials: EtcdCredentials;

  constructor(access: EtcdCredentials & { readonly hosts: readonly string[] }, now: () => number) {
    this.#credentials = access;
    this.#members = new EtcdMembers(access.hosts, access, now);
  }

  close(): void {
    this.#members.close();
  }

  look(): Promise<EtcdLook> {
    return this.#members.look();
  }

  addLearner(url: string, peerUrl: string): Promise<AdminResult> {
    return this.#once(url, (client) => client.cluster.memberAdd({ peerURLs: [peerUrl], isLearner: true }));
  }

  /** Ids as etcdctl writes them, here and below. */
  promote(url: string, member: string): Promise<AdminResult> {
    return this.#once(url, (client) => client.cluster.memberPromote({ ID: decimal(member) }));
  }

  remove(url: string, member: string): Promise<AdminResult> {
    return this.#once(url, (client) => client.cluster.memberRemove({ ID: decimal(member) }));
  }

  moveLeader(leaderUrl: string, member: string): Promise<AdminResult> {
    return this.#once(leaderUrl, (client) => client.maintenance.moveLeader({ targetID: decimal(member) }));
  }

  disarm(url: string, member: string, alarm: 'NOSPACE'): Promise<AdminResult> {
    const which = alarm === 'NOSPACE' ? ('Nospace' as const) : ('None' as const);
    return this.#once(url, (client) =>
      client.maintenance.alarm({ action: 'Deactivate', memberID: decimal(member), alarm: which }),
    );
  }

  /** Of this member alone, which does not answer meanwhile. */
  defragment(url: string): Promise<AdminResult> {
    return this.#once(url, (client) => client.maintenance.defragment());
  }

  /** All of it in parts as they come; the last 32 bytes are a checksum of the rest. Throws where it breaks off. */
  async *snapshot(url: string): AsyncGenerator<Buffer> {
    const client = createEtcdClient(url, this.#credentials, CHANGE_MS);
    try {
      const stream = await client.maintenance.snapshot();
      for await (const part of stream as unknown as AsyncIterable<{ readonly blob: Buffer }>) yield part.blob;
    } finally {
      client.close();
    }
  }

  async #once(url: string, change: (client: Etcd3) => Promise<unknown>): Promise<AdminResult> {
    const client = createEtcdClient(url, this.#credentials, CHANGE_MS);
    const started = performance.now();
    try {
      await change(client);
      return { kind: 'done', tookMs: Math.round(performance.now() - started) };
    } catch (error) {
      const text = textOf(error).slice(0, 200);
      const reading = classifyEtcd(error);
      return CERTAIN.test(text) ? { kind: 'refused', error: reading, text } : { kind: 'unknown', error: reading };
    } finally {
      client.close();
    }
  }
}

function decimal(hexId: string): string {
  return BigInt(`0x${hexId}`).toString();
}
