// ZooKeeper as a thing of its own: who is in the ensemble by its world-readable node, and how each server that the settings name is by its
// four-letter words. A server that they do not name is not asked: where it serves clients stands nowhere.
import type { CareFact, NodeStatus, RawCare, RawNode } from '../../../domain/care/raw-care';
import type { Reading, ReadingError } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { formatSeconds } from '../../../language/quantity';
import { say } from '../../../language/sentence';
import { Certificates, endOf } from '../../certificate';
import { ReadingRefused, readWithin } from '../../failure';
import type { CareReader } from '../port';
import { Connection, classifyZooKeeper, partsOf, type ZooKeeperAccess } from './connection';
import { ask, NO_WORD, parseStatus } from './health';

const DEADLINE_MS = 3000;
/** World readable; who is in the ensemble. */
const ENSEMBLE = '/zookeeper/config';
/** It changes with a reconfiguration, and asking makes a session. */
const LIST_EVERY_MS = 30_000;
const SERVERS_MAX = 32;

interface Server {
  /** `server.1` */
  readonly name: string;
  readonly host: string;
  readonly peer: string;
  readonly votes: boolean;
}

interface Said extends NodeStatus {
  readonly facts: readonly CareFact[];
}

export class ZooKeeperCare implements CareReader {
  readonly #access: ZooKeeperAccess & { readonly hosts: readonly string[] };
  readonly #certificates: Certificates;
  readonly #now: () => number;
  #list: { readonly at: number; readonly servers: Reading<readonly Server[]> } | null = null;

  constructor(access: ZooKeeperAccess & { readonly hosts: readonly string[] }, now: () => number) {
    this.#access = access;
    this.#certificates = new Certificates(access.tls, now);
    this.#now = now;
  }

  close(): void {}

  async read(): Promise<RawCare> {
    const { hosts, tls } = this.#access;
    const [said, servers] = await Promise.all([
      Promise.all(hosts.map(async (host) => ({ host, status: await this.#ask(() => this.#said(host)) }))),
      this.#servers(),
    ]);
    const listed = servers.ok ? servers.value : [];
    const mine = ({ host }: Server) => said.filter((one) => partsOf(one.host).host === host);
    const ofList = listed.map((server): Promise<RawNode> => {
      // Two servers of one host cannot be told apart by their addresses.
      const [own, other] = mine(server);
      const isShared = listed.filter(({ host }) => host === server.host).length > 1;
      const status = own === undefined || other !== undefined || isShared ? null : own;
      return this.#node({ key: server.name, server, host: status?.host ?? null, status: status?.status ?? null });
    });
    const unmatched = said.filter(({ host }) => {
      const found = listed.filter((server) => server.host === partsOf(host).host);
      return found.length !== 1 || said.filter((one) => partsOf(one.host).host === partsOf(host).host).length > 1;
    });
    // A server alone keeps no list.
    const isAlone = servers.ok && listed.length === 0 && hosts.length === 1;
    const ofSettings = unmatched.map(({ host, status }) =>
      this.#node({ key: host, server: null, host, status, votes: isAlone ? true : null }),
    );
    const nodes = await Promise.all([...ofList, ...ofSettings]);
    return {
      kind: 'zookeeper',
      at: this.#now(),
      identity: null,
      unlisted: servers.ok ? (listed.length > 0 || isAlone ? null : NO_LIST) : servers.error,
      nodes: isOneList(listed, unmatched.length) ? nodes : nodes.map((node) => ({ ...node, votes: null })),
      ownCertificateEndsAt: endOf(tls?.cert ?? null),
      facts: [],
    };
  }

  async #node({
    key,
    server,
    host,
    status,
    votes = server?.votes ?? null,
  }: {
    readonly key: string;
    readonly server: Server | null;
    readonly host: string | null;
    readonly status: Reading<Said> | null;
    readonly votes?: boolean | null;
  }): Promise<RawNode> {
    const unasked: Reading<Said> = { ok: false, error: NOT_NAMED, at: this.#now(), tookMs: 0 };
    return {
      key,
      name: server?.name ?? null,
      urls: host === null ? [] : [host],
      peerUrls: server === null ? [] : [server.peer],
      votes,
      started: true,
      status: status ?? unasked,
      numbers: null,
      certificateEndsAt:
        host === null || this.#access.tls === null ? null : await this.#certificates.endAt(`https://${host}`),
      facts: status?.ok === true ? status.value.facts : [],
    };
  }

  async #said(host: string): Promise<Said> {
    for (const word of ['mntr', 'srvr'] as const) {
      const answer = await ask(word, host, this.#access.tls);
      const status = parseStatus(answer);
      if (status === null) continue;
      const [, zxid] = /^(?:Zxid: |zk_zxid\t)0x([0-9a-f]{1,16})/m.exec(answer) ?? [];
      return {
        ...status,
        version: status.version || null,
        // The upper half counts the elections.
        term: zxid === undefined ? null : String(BigInt(`0x${zxid}`) >> 32n),
        ...{ position: null, inUseBytes: null, alarms: [] },
        facts: factsOf(answer),
      };
    }
    throw new ReadingRefused(NO_WORD);
  }

  async #servers(): Promise<Reading<readonly Server[]>> {
    const known = this.#list;
    if (known?.servers.ok === true && this.#now() - known.at < LIST_EVERY_MS) return known.servers;
    const servers = await this.#ask(async () => {
      const opened = this.#access.hosts.map((address) => Connection.open({ ...this.#access, address, session: null }));
      const connection = await Promise.any(opened).catch((error: AggregateError) => {
        throw error.errors[0];
      });
      for (const other of opened) void other.then((one) => one !== connection && one.close()).catch(() => undefined);
      try {
        const { node } = await connection.get(ENSEMBLE);
        return serversOf(node?.value ?? '');
      } finally {
        connection.close();
      }
    });
    // What was listed stays while nobody can say more.
    if (!servers.ok && known?.servers.ok === true) return known.servers;
    this.#list = { at: this.#now(), servers };
    return servers;
  }

  #ask<T>(question: () => Promise<T>): Promise<Reading<T>> {
    return readWithin(question, DEADLINE_MS, this.#now, classifyZooKeeper);
  }
}

/** Where servers and addresses cannot be matched one by one, the same server may stand there twice. */
function isOneList(listed: readonly Server[], unmatched: number): boolean {
  return listed.length === 0 || unmatched === 0;
}

const NO_LIST: ReadingError = failure('skipped', say`it keeps no list of its servers`);
const NOT_NAMED: ReadingError = failure(
  'skipped',
  say`howdah.yaml does not name it: where it serves clients is not known`,
);

function serversOf(config: string): readonly Server[] {
  const found = [...config.matchAll(/^(server\.\d+)=(\[[^\]]+\]|[^:\s]+):(\d+):\d+(?::(\w+))?/gm)];
  return found.slice(0, SERVERS_MAX).map(([, name = '', host = '', port = '', type]) => ({
    name,
    host: host.replace(/^\[|\]$/g, ''),
    peer: `${host}:${port}`,
    votes: type !== 'observer',
  }));
}

/** Of `mntr`; `srvr` names some of them otherwise. */
function factsOf(answer: string): readonly CareFact[] {
  const value = (pattern: RegExp): number | null => {
    const [, found] = pattern.exec(answer) ?? [];
    return found === undefined ? null : Number(found);
  };
  const latencyMs = value(/^zk_avg_latency\t([\d.]+)/m) ?? value(/^Latency min\/avg\/max: [\d.]+\/([\d.]+)/m);
  const waiting = value(/^zk_outstanding_requests\t(\d+)/m) ?? value(/^Outstanding: (\d+)/m);
  const followers = value(/^zk_synced_followers\t(\d+)/m);
  const connections = value(/^zk_num_alive_connections\t(\d+)/m) ?? value(/^Connections: (\d+)/m);
  const [open, most] = [
    value(/^zk_open_file_descriptor_count\t(\d+)/m),
    value(/^zk_max_file_descriptor_count\t(\d+)/m),
  ];
  return [
    ...(latencyMs === null
      ? []
      : [{ label: say`answers in`, text: say`${formatSeconds(latencyMs / 1000)} on average`, good: null }]),
    ...(waiting === null
      ? []
      : [{ label: say`requests waiting`, text: String(waiting), good: waiting < WAITING_MANY ? null : false }]),
    ...(followers === null ? [] : [{ label: say`followers in step`, text: String(followers), good: null }]),
    ...(connections === null ? [] : [{ label: say`connections`, text: String(connections), good: null }]),
    ...(open === null || most === null || most <= 0
      ? []
      : [{ label: say`open files`, text: say`${open} of ${most}`, good: open < most * FILES_SHARE ? null : false }]),
  ];
}

/** Its own default limit is 1000. */
const WAITING_MANY = 100;
const FILES_SHARE = 0.85;
