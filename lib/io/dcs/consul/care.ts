// Consul as a thing of its own: its servers and who of them votes by the raft configuration, how each is by Autopilot, both with
// `operator:read`; without it only who leads and who the peers are, and what each agent of the settings says of itself.
import type { CareFact, NodeStatus, RawCare, RawNode } from '../../../domain/care/raw-care';
import type { Reading, ReadingError } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { say } from '../../../language/sentence';
import { Certificates, endOf } from '../../certificate';
import { ReadingRefused, readWithin } from '../../failure';
import type { CareReader } from '../port';
import { type ConsulAccess, ConsulAgent, mapOf, parsed } from './client';

const QUICK_MS = 3000;
const POLICY = 'operator = "read"';
const SERVERS_MAX = 32;

interface Server {
  readonly id: string;
  readonly node: string;
  readonly address: string;
  readonly leads: boolean;
  readonly votes: boolean;
}

interface Health {
  readonly healthy: boolean | null;
  /** More servers that may fail, as Autopilot counts. */
  readonly tolerance: number | null;
  readonly servers: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

export class ConsulCare implements CareReader {
  readonly #agents: readonly ConsulAgent[];
  readonly #certificates: Certificates;
  readonly #now: () => number;
  readonly #ownEnd: number | null;

  constructor(access: ConsulAccess, now: () => number) {
    this.#agents = access.hosts.map((url) => new ConsulAgent(url, access));
    this.#certificates = new Certificates(access.tls, now);
    this.#now = now;
    this.#ownEnd = endOf(access.tls?.cert ?? null);
  }

  close(): void {
    for (const agent of this.#agents) agent.close();
  }

  async read(): Promise<RawCare> {
    const said = await Promise.all(
      this.#agents.map(async (agent) => ({ agent, status: await this.#ask(() => agent.status()) })),
    );
    const agent = said.find(({ status }) => status.ok && status.value.role !== 'leaderless')?.agent;
    const first = agent ?? said.find(({ status }) => status.ok)?.agent ?? this.#agents[0];
    const down = said[0]?.status;
    const [servers, health] = await Promise.all([this.#ask(() => serversOf(first)), this.#ask(() => healthOf(first))]);
    const isListed = servers.ok;
    const nodes = await Promise.all(
      isListed
        ? servers.value.map((server) => this.#node(server, health, said))
        : said.map(({ agent: one, status }) => this.#ofSettings(one, status)),
    );
    return {
      kind: 'consul',
      at: this.#now(),
      identity: null,
      unlisted: isListed
        ? null
        : said.every(({ status }) => !status.ok) && down?.ok === false
          ? down.error
          : servers.error,
      nodes,
      ownCertificateEndsAt: this.#ownEnd,
      facts: factsOf(health),
    };
  }

  async #node(
    server: Server,
    health: Reading<Health>,
    said: readonly {
      readonly agent: ConsulAgent;
      readonly status: Reading<Omit<NodeStatus, 'position' | 'inUseBytes'>>;
    }[],
  ): Promise<RawNode> {
    const own = said.find(({ agent }) => URL.parse(agent.url)?.hostname === hostOf(server.address));
    const byAutopilot = health.ok ? health.value.servers.get(server.id) : undefined;
    const status = statusOf(server, byAutopilot, health, own?.status ?? null, this.#now());
    return {
      key: server.id,
      name: server.node,
      urls: own === undefined ? [] : [own.agent.url],
      peerUrls: [server.address],
      votes: server.votes,
      started: true,
      status,
      numbers: null,
      certificateEndsAt: own === undefined ? null : await this.#certificates.endAt(own.agent.url),
      facts: byAutopilot === undefined ? [] : serverFacts(byAutopilot),
    };
  }

  async #ofSettings(
    agent: ConsulAgent,
    status: Reading<Omit<NodeStatus, 'position' | 'inUseBytes'> & { readonly name: string | null }>,
  ): Promise<RawNode> {
    return {
      key: agent.url,
      name: status.ok ? status.value.name : null,
      ...{ urls: [agent.url], peerUrls: [], votes: null, started: true, numbers: null, facts: [] },
      status: status.ok ? { ...status, value: { ...status.value, position: null, inUseBytes: null } } : status,
      certificateEndsAt: await this.#certificates.endAt(agent.url),
    };
  }

  #ask<T>(question: () => Promise<T>): Promise<Reading<T>> {
    return readWithin(question, QUICK_MS + 500, this.#now);
  }
}

/** By the leader's word where Autopilot tells, else by its own. */
function statusOf(
  server: Server,
  told: Readonly<Record<string, unknown>> | undefined,
  health: Reading<Health>,
  own: Reading<Omit<NodeStatus, 'position' | 'inUseBytes'>> | null,
  now: number,
): Reading<NodeStatus> {
  const role = server.leads ? 'leader' : server.votes ? 'follower' : 'learner';
  if (told !== undefined && health.ok) {
    const { SerfStatus: serf, Version: version, LastTerm: term, LastIndex: index } = told;
    const { at, tookMs } = health;
    if (serf !== 'alive') return { ok: false, error: silentWords(serf), at, tookMs };
    const value: NodeStatus = {
      role,
      version: typeof version === 'string' ? version : null,
      term: typeof term === 'number' ? String(term) : null,
      position: typeof index === 'number' ? index : null,
      ...{ sizeBytes: null, inUseBytes: null, alarms: [] },
    };
    return { ok: true, value, at, tookMs: own?.ok === true ? own.tookMs : tookMs };
  }
  if (own === null) return { ok: false, error: UNSEEN, at: now, tookMs: 0 };
  if (!own.ok) return own;
  const { role: said, version, term } = own.value;
  const value = {
    role: said === 'leaderless' ? said : role,
    version,
    term,
    position: null,
    sizeBytes: null,
    inUseBytes: null,
    alarms: [],
  } as const;
  return { ...own, value };
}

const UNSEEN: ReadingError = failure('skipped', say`howdah.yaml does not name it, and Autopilot does not tell`);

function silentWords(serf: unknown): ReadingError {
  return failure(
    'closed',
    say`the other servers call it ${typeof serf === 'string' ? serf.slice(0, 40) : say`unknown`}`,
  );
}

async function serversOf(agent: ConsulAgent | undefined): Promise<readonly Server[]> {
  const rows = mapOf(await asked(agent, '/v1/operator/raft/configuration')).Servers;
  if (!Array.isArray(rows)) throw new ReadingRefused(failure('malformed'));
  return rows.slice(0, SERVERS_MAX).flatMap((row): Server[] => {
    const { ID: id, Node: node, Address: address, Leader: leads, Voter: votes } = mapOf(row);
    if (typeof id !== 'string' || typeof address !== 'string') return [];
    return [
      { id, address, node: typeof node === 'string' ? node : address, leads: leads === true, votes: votes === true },
    ];
  });
}

async function healthOf(agent: ConsulAgent | undefined): Promise<Health> {
  const {
    Healthy: healthy,
    FailureTolerance: tolerance,
    Servers: rows,
  } = mapOf(await asked(agent, '/v1/operator/autopilot/health'));
  const servers = (Array.isArray(rows) ? rows : []).map(mapOf);
  return {
    healthy: typeof healthy === 'boolean' ? healthy : null,
    tolerance: typeof tolerance === 'number' ? tolerance : null,
    servers: new Map(servers.flatMap((row) => (typeof row.ID === 'string' ? [[row.ID, row] as const] : []))),
  };
}

async function asked(agent: ConsulAgent | undefined, path: string): Promise<unknown> {
  if (agent === undefined) throw new ReadingRefused(failure('skipped'));
  const answer = await agent.ask(path, { query: { stale: '' }, deadlineMs: QUICK_MS });
  // Where something is not well, Autopilot says so with 429.
  if (answer.status !== 200 && answer.status !== 429) throw new ReadingRefused(agent.refusal(answer, POLICY));
  return parsed(answer.body);
}

function factsOf(health: Reading<Health>): readonly CareFact[] {
  if (!health.ok) return [{ label: 'Autopilot', text: say`unknown: ${health.error.message}`, good: null }];
  const { healthy, tolerance } = health.value;
  return [
    {
      label: 'Autopilot',
      text: healthy === null ? say`unknown` : healthy ? say`all servers are well` : say`a server is not well`,
      good: healthy,
    },
    ...(tolerance === null
      ? []
      : [{ label: say`may fail, as it counts`, text: String(tolerance), good: tolerance > 0 ? null : false }]),
  ];
}

function serverFacts({
  Healthy: healthy,
  LastContact: contact,
  StableSince: since,
}: Readonly<Record<string, unknown>>): readonly CareFact[] {
  return [
    ...(typeof healthy === 'boolean'
      ? [{ label: 'Autopilot', text: healthy ? say`well` : say`not well`, good: healthy }]
      : []),
    ...(typeof contact === 'string' && contact !== ''
      ? [{ label: say`last contact of the leader`, text: contact.slice(0, 20), good: null }]
      : []),
    ...(typeof since === 'string' ? [{ label: say`stable since`, text: since.slice(0, 40), good: null }] : []),
  ];
}

function hostOf(address: string): string | null {
  return URL.parse(`http://${address}`)?.hostname ?? null;
}
