// How a cluster is reached for writing: the DCS of its source, the REST API and the PostgreSQL of its members, with the
// credentials that are in the configuration and nowhere else. A caller names scope and member, never an address.
import { isAbout } from '../../domain/alerts/rules';
import type { Member, Snapshot } from '../../domain/cluster';
import { type ProbeStatus, parseProbe } from '../../domain/wire/entry-probe';
import { openWriter } from '../../io/dcs/open-writer';
import type { DcsWriter } from '../../io/dcs/port';
import { whoAnswers } from '../../io/entry-address';
import { insideOf } from '../../io/networks';
import { createPatroniWriter, type PatroniWriter } from '../../io/patroni-write';
import { createPoolConsole, type PoolConsole } from '../../io/pgbouncer-admin';
import type { PostgresTarget } from '../../io/postgres-link';
import type { ProbeTarget } from '../../io/write-probe';
import type { HowdahConfig, PostgresSettings, SourceConfig } from '../config/config';
import type { EntryConfig } from '../config/entry-file';
import { Naming } from '../config/naming';
import { accessOf } from '../dcs-access';
import { material, roleOf } from '../tls-material';

export interface ClusterReach {
  readonly source: SourceConfig;
  /** null: no DCS configured. */
  readonly dcs: DcsWriter | null;
  readonly patroni: PatroniWriter;
  /** As Patroni calls it; our name may say whose it is besides. */
  readonly dcsScope: string;
  /** null: no SQL role, or the member's address is not known. */
  postgres(member: Member): PostgresTarget | null;
  probes(members: readonly Member[]): readonly ProbeTarget[];
  /** As the role that may end sessions; null: none is configured, or the member's address is not known. */
  signal(member: Member): PostgresTarget | null;
  /** The PgBouncers before this cluster. */
  readonly pools: readonly PoolReach[];
}

export interface PoolReach {
  readonly entry: string;
  /** Databases that are for replicas by the settings. */
  readonly replicas: readonly string[];
  /** null: no user of admin_users is configured. */
  readonly console: PoolConsole | null;
}

interface Opened {
  readonly source: SourceConfig;
  readonly dcs: DcsWriter | null;
  readonly patroni: PatroniWriter;
}

export class Reach {
  readonly #config: HowdahConfig;
  readonly #opened = new Map<string, Opened>();
  readonly #now: () => number;

  constructor(config: HowdahConfig, now: () => number) {
    this.#config = config;
    this.#now = now;
  }

  /** null: the snapshot's source is not in the configuration (a recording). */
  of(snapshot: Snapshot): ClusterReach | null {
    const source = this.#config.sources.find((entry) => entry.name === snapshot.source);
    if (source === undefined) return null;
    const { dcs, patroni } = this.#open(source);
    return {
      source,
      dcs,
      patroni,
      dcsScope: new Naming(this.#config.sources).ownerOf(snapshot.scope)?.scope ?? snapshot.scope,
      postgres: (member) => targetOf(source.postgres, source, member),
      signal: (member) => targetOf(source.signal, source, member),
      pools: this.#poolsOf(source, snapshot.scope),
      probes: (members) =>
        members.flatMap((member) => {
          const target = targetOf(source.probe, source, member);
          return target === null ? [] : [{ ...target, member: member.name }];
        }),
    };
  }

  /** null: the configuration names no such PgBouncer, or no user of admin_users for it. */
  console(entry: string): PoolConsole | null {
    const config = this.#config.entries.find(({ name }) => name === entry);
    return config === undefined ? null : this.#consoleOf(config);
  }

  /** A fresh sign-in by the way that PgBouncer goes, as the SQL role of the source; null: it has none. */
  async whoAnswers(source: string, entry: string, target: string, deadlineMs: number): Promise<ProbeStatus | null> {
    const role = this.#config.sources.find(({ name }) => name === source);
    const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(target) ?? [];
    if (role?.postgres == null || host === '') return null;
    const { networks = null } = this.#config.entries.find(({ name }) => name === entry) ?? {};
    const own = roleOf(role.postgres, role.networks);
    const isInside = (address: string): boolean =>
      (own.isInside?.(address) ?? true) && (networks === null || insideOf(networks)(address));
    const reading = await whoAnswers({ ...own, isInside, host, port: Number(port) }, deadlineMs, this.#now);
    return reading.ok ? parseProbe(reading.value) : null;
  }

  #poolsOf(source: SourceConfig, scope: string): readonly PoolReach[] {
    return this.#config.entries.flatMap((entry): PoolReach[] => {
      const { name, way, sources } = entry;
      const fits = (sources === null || sources.includes(source.name)) && isAbout(entry, scope, source.labels);
      if (way.kind !== 'pgbouncer' || !fits) return [];
      return [{ entry: name, replicas: way.replicas, console: this.#consoleOf(entry) }];
    });
  }

  #consoleOf({ way, networks }: EntryConfig): PoolConsole | null {
    if (way.kind !== 'pgbouncer' || way.admin === null) return null;
    const { host, port, tls, allowCleartext, admin } = way;
    const isInside = networks === null ? null : insideOf(networks);
    const password = admin.password?.reveal() ?? null;
    const target = { host, port, username: admin.username, password, tls: material(tls), allowCleartext, isInside };
    return createPoolConsole(target, this.#now);
  }

  async close(): Promise<void> {
    for (const { dcs, patroni } of this.#opened.values()) {
      dcs?.close();
      await patroni.close();
    }
    this.#opened.clear();
  }

  #open(source: SourceConfig): Opened {
    const known = this.#opened.get(source.name);
    if (known?.source === source) return known;
    // Read again, it says something else now. No action runs on it: that is asked before.
    known?.dcs?.close();
    void known?.patroni.close();
    const opened: Opened = {
      source,
      dcs: source.dcs === null ? null : openWriter(accessOf(source.dcs)),
      patroni: createPatroniWriter({
        username: source.patroni.username,
        password: source.patroni.password?.reveal() ?? null,
        tls: material(source.patroni.tls),
        isInside: source.networks === null ? null : insideOf(source.networks),
        now: this.#now,
      }),
    };
    this.#opened.set(source.name, opened);
    return opened;
  }
}

/** null: no such role, or the member's address is not known. */
export function targetOf(
  settings: PostgresSettings | null,
  { networks }: SourceConfig,
  { host, port }: Member,
): PostgresTarget | null {
  if (settings === null || host === null || port === null) return null;
  return { host, port, ...roleOf(settings, networks) };
}
