// etcd over its JSON gateway (the way Patroni itself talks to it), one endpoint after the other. Only for the lab: faults
// need raw writes, leases and alarms that the product's own client must never send.

import { sleep } from './deadline';

export interface DcsKey {
  readonly key: string;
  readonly value: string;
  readonly modRevision: string;
  /** Lease id as decimal text; '0' when none. */
  readonly lease: string;
}

interface WireKey {
  key: string;
  value?: string;
  mod_revision?: string;
  lease?: string;
}

const encode = (text: string): string => Buffer.from(text).toString('base64');
const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString();

/** The smallest key after all keys with this prefix. */
function prefixEnd(prefix: string): string {
  const bytes = Buffer.from(prefix);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) + 1;
  return bytes.toString('base64');
}

export class Etcd {
  constructor(readonly endpoints: readonly string[]) {}

  /** POSTs to one endpoint. Throws on anything but 200. */
  async callAt(endpoint: string, path: string, body: unknown, timeoutMs = 3000): Promise<Record<string, unknown>> {
    const answer = await fetch(`${endpoint}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${text.slice(0, 200)}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async call(path: string, body: unknown, timeoutMs = 3000): Promise<Record<string, unknown>> {
    let last: unknown;
    for (const endpoint of this.endpoints) {
      try {
        return await this.callAt(endpoint, path, body, timeoutMs);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async list(prefix: string): Promise<DcsKey[]> {
    const answer = await this.call('kv/range', { key: encode(prefix), range_end: prefixEnd(prefix) });
    return ((answer.kvs ?? []) as WireKey[]).map((row) => ({
      key: decode(row.key),
      value: decode(row.value),
      modRevision: row.mod_revision ?? '0',
      lease: row.lease ?? '0',
    }));
  }

  async get(key: string): Promise<DcsKey | null> {
    const answer = await this.call('kv/range', { key: encode(key) });
    const row = ((answer.kvs ?? []) as WireKey[])[0];
    if (row === undefined) return null;
    return { key, value: decode(row.value), modRevision: row.mod_revision ?? '0', lease: row.lease ?? '0' };
  }

  async put(key: string, value: string, lease = '0'): Promise<void> {
    await this.call('kv/put', { key: encode(key), value: encode(value), lease });
  }

  async remove(key: string): Promise<void> {
    await this.call('kv/deleterange', { key: encode(key) });
  }

  async removePrefix(prefix: string): Promise<void> {
    await this.call('kv/deleterange', { key: encode(prefix), range_end: prefixEnd(prefix) }, 10_000);
  }

  async grantLease(ttlSeconds: number): Promise<string> {
    const answer = await this.call('lease/grant', { TTL: ttlSeconds });
    return String(answer.ID);
  }

  async keepLease(id: string): Promise<void> {
    await this.call('lease/keepalive', { ID: id });
  }

  async alarms(): Promise<string[]> {
    const answer = await this.call('maintenance/alarm', { action: 'GET' });
    return ((answer.alarms ?? []) as { alarm?: string }[]).map((row) => row.alarm ?? '');
  }

  /** True when this endpoint answers a linearizable read, that is, sees a quorum. */
  async healthy(endpoint: string): Promise<boolean> {
    try {
      const answer = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2000) });
      return ((await answer.json()) as { health?: string | boolean }).health?.toString() === 'true';
    } catch {
      return false;
    }
  }

  /** Gives space back and takes every alarm off: compact to now, defragment one after the other, disarm. */
  async recoverSpace(): Promise<void> {
    const status = (await this.call('maintenance/status', {})) as { header?: { revision?: string } };
    const revision = status.header?.revision ?? '0';
    await this.call('kv/compaction', { revision, physical: true }, 10_000).catch(() => undefined);
    for (const endpoint of this.endpoints) {
      await this.callAt(endpoint, 'maintenance/defragment', {}, 20_000);
      await sleep(200);
    }
    const answer = await this.call('maintenance/alarm', { action: 'GET' });
    for (const alarm of (answer.alarms ?? []) as { memberID?: string; alarm?: string }[]) {
      await this.call('maintenance/alarm', { action: 'DEACTIVATE', memberID: alarm.memberID, alarm: alarm.alarm });
    }
  }
}
