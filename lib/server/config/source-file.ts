// Reads `sources:` of howdah.yaml: where the clusters are, and as whom Howdah asks.
import { z } from 'zod';
import { DCS_SECTIONS, dcsOf, isDcsNamed } from './dcs-file';
import { isNetwork } from './listen-file';
import { foldName, takenNames } from './naming';
import { readPatronictl } from './patronictl';
import { nodeHosts, type PatroniSettings, patroni, postgres } from './settings';
import { reading } from './yaml-file';
import { build, labels, maybe, named, section, some, text, texts } from './yaml-schema';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
const NAME_WORDS = 'up to 64 letters, digits, dots, dashes and underscores';
const SOURCES_LIMIT = 500;
const CLUSTERS_LIMIT = 1000;
const NETWORKS = 'addresses or networks such as 10.0.0.0/8 and fd00::/8';
const NO_PATRONI: PatroniSettings = { seeds: [], username: null, password: null, tls: null };

/** What was wrong in the file is in the report already. */
const imported = text('the path of a patronictl or Patroni file').transform((name) => {
  const { files, report } = reading().options;
  return readPatronictl(reading().resolve(name), { files, report }) ?? { scope: null, dcs: null, patroni: NO_PATRONI };
});

const MEMBERS = 'a map of scopes to lists of members';
const members = z
  .record(z.string(), some(text('the name of a member'), 'a list of members'), MEMBERS)
  .refine((map) => Object.keys(map).length <= CLUSTERS_LIMIT, `at most ${CLUSTERS_LIMIT} clusters`);

const source = build(
  section({
    name: text(`a name of ${NAME_WORDS}`, NAME),
    /** What stands behind the `@` in the names of its clusters. */
    alias: maybe(text(`a word of ${NAME_WORDS}`, NAME)),
    labels,
    ...DCS_SECTIONS,
    patroni: maybe(patroni),
    postgres,
    /** The role that writes the probe table, so that an outage is measured by real writes; null: by observation only. */
    probe: postgres,
    /** The role that ends sessions; null: nobody's are ended from here. */
    signal: postgres,
    /** Where the machines of its members tell their figures; null: they are not asked. */
    hosts: nodeHosts,
    patronictl: maybe(imported),
    /** By scope, who should be a member. */
    members: maybe(members, {}),
    /** Where passwords and client certificates of this source may go; null: wherever the DCS says that a member is. */
    networks: maybe(texts(NETWORKS, isNetwork)),
  }),
  (parts, complain) => {
    const sections = {
      etcd: parts.etcd,
      consul: parts.consul,
      zookeeper: parts.zookeeper,
      kubernetes: parts.kubernetes,
    };
    const dcs = dcsOf(sections, complain) ?? parts.patronictl?.dcs ?? null;
    const isReachable = isDcsNamed(sections) || parts.patronictl !== null || parts.patroni === undefined;
    if (!isReachable && !parts.patroni?.seeds.length)
      complain(
        [],
        `${Object.keys(DCS_SECTIONS).join(', ')}, patroni.hosts or patronictl`,
        'the source has none of them',
      );
    return {
      name: parts.name ?? '',
      alias: parts.alias ?? null,
      /** Where it was written. */
      from: 'file' as 'file' | 'flags' | 'added',
      labels: parts.labels ?? {},
      dcs,
      patroni: parts.patroni ?? parts.patronictl?.patroni ?? NO_PATRONI,
      postgres: parts.postgres ?? null,
      probe: parts.probe ?? null,
      signal: parts.signal ?? null,
      hosts: parts.hosts ?? null,
      members: parts.members ?? {},
      networks: parts.networks ?? null,
    };
  },
);

export type SourceConfig = Readonly<z.infer<typeof source>>;

/** Every alias beside all other names and aliases. */
const apart = named(source, 'source', SOURCES_LIMIT).superRefine(
  (list, ctx) => {
    for (const [index, { alias }] of list.entries()) {
      if (alias == null) continue;
      const others = takenNames(list.filter((_, other) => other !== index));
      if (!others.has(foldName(alias))) continue;
      const params = { found: 'another source has it as its name or alias' };
      ctx.addIssue({ code: 'custom', path: [index, 'alias'], message: 'a word of its own', params });
    }
  },
  { when: ({ issues }) => issues.length === 0 },
);
export const sources = maybe(apart, []);
