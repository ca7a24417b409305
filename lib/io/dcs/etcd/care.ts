// etcd as a thing of its own: its members (members.ts), what each counts (`/metrics` at the same address, where it is let through), and
// the certificates that they show.
import { Agent, request } from 'undici';
import type { NodeNumbers, RawCare, RawNode } from '../../../domain/care/raw-care';
import type { Reading } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { say } from '../../../language/sentence';
import { Certificates, endOf } from '../../certificate';
import { ReadingRefused, read } from '../../failure';
import { connector } from '../../tls';
import type { CareReader } from '../port';
import type { EtcdCredentials } from './client';
import { type EtcdMember, EtcdMembers } from './members';
import { parseMetrics } from './metrics-text';

const METRICS_MS = 3000;
/** A member with its 3000 lines has a quarter of that. */
const METRICS_BYTES = 1024 * 1024;

export class EtcdCare implements CareReader {
  readonly #members: EtcdMembers;
  readonly #certificates: Certificates;
  readonly #agent: Agent;
  readonly #now: () => number;
  readonly #ownEnd: number | null;

  constructor(access: EtcdCredentials & { readonly hosts: readonly string[] }, now: () => number) {
    this.#members = new EtcdMembers(access.hosts, access, now);
    this.#certificates = new Certificates(access.tls, now);
    this.#agent = new Agent({
      connections: 1,
      pipelining: 0,
      maxResponseSize: METRICS_BYTES,
      connect: connector(access.tls, METRICS_MS),
    });
    this.#now = now;
    this.#ownEnd = endOf(access.tls?.cert ?? null);
  }

  close(): void {
    this.#members.close();
    void this.#agent.destroy();
  }

  async read(): Promise<RawCare> {
    const { members, list } = await this.#members.look();
    // Where the list is known, an address of the settings that is in none of it is no member, and has no vote to be counted.
    const isMember = ({ listed }: EtcdMember): boolean => !list.ok || listed !== null;
    const nodes = await Promise.all(members.filter(isMember).map((member) => this.#node(member)));
    const strangers = members.filter((member) => !isMember(member)).flatMap(({ url }) => url ?? []);
    return {
      kind: 'etcd3',
      at: this.#now(),
      identity: members.flatMap(({ status }) => (status.ok ? [hex(status.value.clusterId)] : []))[0] ?? null,
      unlisted: list.ok ? null : list.error,
      nodes,
      ownCertificateEndsAt: this.#ownEnd,
      facts: strangers.map((url) => ({
        label: url,
        text: say`howdah.yaml names it, and no member is there`,
        good: false,
      })),
    };
  }

  async #node({ listed, url, status }: EtcdMember): Promise<RawNode> {
    const [numbers, certificateEndsAt] = await Promise.all([
      url === null || !status.ok ? null : this.#numbers(url),
      url === null ? null : this.#certificates.endAt(url),
    ]);
    const id = listed?.id ?? (status.ok ? status.value.memberId : null);
    return {
      key: id === null ? (url ?? 'unknown') : hex(id),
      name: listed?.name || null,
      urls: [...new Set([...(url === null ? [] : [url]), ...(listed?.clientUrls ?? [])])],
      peerUrls: listed?.peerUrls ?? [],
      votes: listed === null ? null : !listed.isLearner,
      started: listed === null || listed.name !== '',
      status,
      numbers,
      certificateEndsAt,
      facts: [],
    };
  }

  #numbers(url: string): Promise<Reading<NodeNumbers>> {
    return read(async () => {
      const answer = await request(new URL('/metrics', url), {
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(METRICS_MS),
        headersTimeout: METRICS_MS,
        bodyTimeout: METRICS_MS,
      });
      const body = await answer.body.text();
      if (answer.statusCode !== 200)
        throw new ReadingRefused(failure('http', say`/metrics answers ${answer.statusCode}`));
      const date = Date.parse(String(answer.headers.date ?? ''));
      // It tells whole seconds, cut off: the middle of that second is nearest.
      return { ...parseMetrics(body), aheadMs: Number.isNaN(date) ? null : date + 500 - this.#now() };
    }, this.#now);
  }
}

/** As etcdctl writes an id. */
function hex(id: string): string {
  return BigInt(id).toString(16);
}
