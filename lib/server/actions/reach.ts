// How a cluster is reached for writing: the DCS of its source, the REST API and the PostgreSQL of its members, with the
// credentials that are in the configuration and nowhere else. A caller names scope and member, never an address.
import type { Member, Snapshot } from '../../domain/cluster';
import { openWriter } from '../../io/dcs/open';
import type { DcsWriter } from '../../io/dcs/port';
import { insideOf } from '../../io/networks';
import { createPatroniWriter, type PatroniWriter } from '../../io/patroni-write';
import type { PostgresTarget } from '../../io/postgres-link';
import type { ProbeTarget } from '../../io/write-probe';
import type { HowdahConfig, PostgresSettings, SourceConfig } from '../config/config';
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
}

interface Opened {
  readonly dcs: DcsWriter | null;
  readonly patroni: PatroniWriter;
}

export class Reach {
  readonly #config: HowdahConfig;
  readonly #naming: Naming;
  readonly #opened = new Map<string, Opened>();
  readonly #now: () => number;

  constructor(config: HowdahConfig, now: () => number) {
    this.#config = config;
    this.#naming = new Naming(config.sources);
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
      dcsScope: this.#naming.ownerOf(snapshot.scope)?.scope ?? snapshot.scope,
      postgres: (member) => targetOf(source.postgres, source, member),
      signal: (member) => targetOf(source.signal, source, member),
      probes: (members) =>
        members.flatMap((member) => {
          const target = targetOf(source.probe, source, member);
          return target === null ? [] : [{ ...target, member: member.name }];
        }),
    };
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
    if (known !== undefined) return known;
    const opened: Opened = {
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

function targetOf(
  settings: PostgresSettings | null,
  { networks }: SourceConfig,
  { host, port }: Member,
): PostgresTarget | null {
  if (settings === null || host === null || port === null) return null;
  return { host, port, ...roleOf(settings, networks) };
}
