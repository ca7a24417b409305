// The kinds of DCS that Patroni knows, as data: what each is called, and what its own alarms mean. The one file of the core that names
// a product; everything else takes the kind, so that another DCS is an adapter in lib/io and a row here.
import { say, type Text } from '../language/sentence';

/** What an alarm of the DCS means and what to do about it. */
export interface AlarmMeaning {
  /** No key can be written, so every leader key expires. */
  readonly stopsWrites: boolean;
  readonly advice: Text;
  /** The same in few words, for the check of an action. */
  readonly remedy: Text;
}

interface DcsRow {
  readonly name: string;
  /** By the word that the DCS itself uses. */
  readonly alarms: Readonly<Record<string, AlarmMeaning>>;
}

export const DCS_KINDS = ['etcd3', 'zookeeper', 'consul', 'kubernetes'] as const;
export type DcsKind = (typeof DCS_KINDS)[number];

const ROWS: Readonly<Record<DcsKind, DcsRow>> = {
  etcd3: {
    name: 'etcd',
    alarms: {
      NOSPACE: {
        stopsWrites: true,
        advice: say`Compact and defragment etcd, or raise its quota; then disarm the alarm: \`etcdctl alarm disarm\`.`,
        remedy: say`Nobody can write a key. Compact and defragment etcd, then disarm the alarm.`,
      },
      CORRUPT: {
        stopsWrites: false,
        advice: say`Read the log of etcd; restore the corrupt member from its peers.`,
        remedy: say`Restore the corrupt member of etcd before you change Patroni.`,
      },
    },
  },
  zookeeper: { name: 'ZooKeeper', alarms: {} },
  consul: { name: 'Consul', alarms: {} },
  kubernetes: { name: 'Kubernetes', alarms: {} },
};

/** As its own project writes it. */
export function dcsName(kind: DcsKind): string {
  return ROWS[kind].name;
}

/** What the worst of these alarms means: one that stops all writes goes first. null: the table knows none of them. */
export function worstAlarm(kind: DcsKind, raised: readonly string[]): AlarmMeaning | null {
  const { alarms } = ROWS[kind];
  const known = raised.flatMap((alarm) => (Object.hasOwn(alarms, alarm) ? (alarms[alarm] ?? []) : []));
  return known.find(({ stopsWrites }) => stopsWrites) ?? known[0] ?? null;
}

/** What a person types to see whether it answers; null: Howdah knows no such command. */
export function healthCommand(kind: DcsKind, urls: readonly string[]): string | null {
  if (kind === 'etcd3') return `etcdctl --endpoints=${urls.join(',')} endpoint health`;
  if (kind === 'zookeeper') return `for z in ${urls.join(' ')}; do echo srvr | nc \${z%:*} \${z##*:}; done`;
  return null;
}

/** What a person types to see the names of the keys below; null: Howdah knows no such command. */
export function listCommand(kind: DcsKind, below: string): string | null {
  if (kind === 'etcd3') return `etcdctl get --prefix --keys-only ${below}`;
  // No path of its own ends with a slash but the root.
  if (kind === 'zookeeper') return `zkCli.sh ls -R ${below.replace(/(?<=.)\/('?)$/, '$1')}`;
  return null;
}

/** What a person types to delete one key; null: Howdah knows no such command. */
export function deleteCommand(kind: DcsKind, key: string): string | null {
  if (kind === 'etcd3') return `etcdctl del ${key}`;
  return kind === 'zookeeper' ? `zkCli.sh delete ${key}` : null;
}

/** Sections of patroni.yml that name a DCS. */
export const DCS_SECTIONS: readonly string[] = [
  'etcd',
  'etcd3',
  'consul',
  'zookeeper',
  'exhibitor',
  'kubernetes',
  'raft',
];
