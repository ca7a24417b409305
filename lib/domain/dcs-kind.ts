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
  /** What a person types; null: Howdah knows no such command. Keys are whole, as words of a shell. */
  readonly commands: Commands | null;
  /** What of `/config` makes every Patroni look at once, the leader too: each write, or one that changes its bytes; null: nothing. */
  readonly wakesByConfig: 'write' | 'change' | null;
  /** A key of a member hangs on its session, and nothing tells what is left of that. */
  readonly hasSessions: boolean;
  /** Whoever wants the leader key makes it, so one that exists and names nobody bars all (etcd3.py, zookeeper.py v4.1.5, attempt_to_acquire_leader). */
  readonly isBarredByEmptyKey: boolean;
  /** What an admin types to change it; absent: Howdah only looks at it. */
  readonly admin?: DcsAdmin;
}

/** Members by their keys, as the DCS writes ids. */
export interface DcsAdmin {
  readonly add: (urls: readonly string[], name: string, peerUrl: string) => string;
  /** What starts a member that was added, on its own host. */
  readonly start: (
    name: string,
    peerUrl: string,
    members: readonly { readonly name: string; readonly peerUrls: readonly string[]; readonly started: boolean }[],
  ) => string;
  readonly promote: (urls: readonly string[], member: string) => string;
  readonly remove: (urls: readonly string[], member: string) => string;
  readonly moveLeader: (leaderUrl: string, member: string) => string;
  readonly disarm: (urls: readonly string[]) => string;
  readonly defragment: (url: string) => string;
  readonly snapshot: (url: string) => string;
}

const ctl = (urls: readonly string[], rest: string): string => `etcdctl --endpoints=${urls.join(',')} ${rest}`;

const ETCD_ADMIN: DcsAdmin = {
  add: (urls, name, peerUrl) => ctl(urls, `member add ${name} --learner --peer-urls=${peerUrl}`),
  start: (name, peerUrl, members) => {
    // Exactly the members of now and itself, else it does not start.
    const all = [...members.filter(({ started }) => started), { name, peerUrls: [peerUrl] }];
    const cluster = all.flatMap((one) => one.peerUrls.map((url) => `${one.name}=${url}`)).join(',');
    const client = peerUrl.replace(/:\d+$/, ':2379');
    return `etcd --name ${name} --initial-cluster ${cluster} --initial-cluster-state existing --initial-advertise-peer-urls ${peerUrl} --listen-peer-urls ${peerUrl} --listen-client-urls ${client} --advertise-client-urls ${client} --data-dir /var/lib/etcd/${name}`;
  },
  promote: (urls, member) => ctl(urls, `member promote ${member}`),
  remove: (urls, member) => ctl(urls, `member remove ${member}`),
  moveLeader: (leaderUrl, member) => ctl([leaderUrl], `move-leader ${member}`),
  disarm: (urls) => ctl(urls, 'alarm disarm'),
  defragment: (url) => ctl([url], 'defrag'),
  snapshot: (url) => ctl([url], 'snapshot save etcd.snapshot'),
};

interface Commands {
  readonly health: (urls: readonly string[]) => string;
  readonly list: (below: string) => string;
  /** null: no key goes alone. */
  readonly remove: ((key: string) => string) | null;
}

/** Keys there begin without a slash. */
const bare = (key: string): string => key.replace(/^('?)\//, '$1');

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
    commands: {
      health: (urls) => `etcdctl --endpoints=${urls.join(',')} endpoint health`,
      list: (below) => `etcdctl get --prefix --keys-only ${below}`,
      remove: (key) => `etcdctl del ${key}`,
    },
    wakesByConfig: 'change',
    hasSessions: false,
    isBarredByEmptyKey: true,
    admin: ETCD_ADMIN,
  },
  zookeeper: {
    name: 'ZooKeeper',
    alarms: {},
    commands: {
      health: (urls) => `for z in ${urls.join(' ')}; do echo srvr | nc \${z%:*} \${z##*:}; done`,
      // No path ends with a slash but the root.
      list: (below) => `zkCli.sh ls -R ${below.replace(/(?<=.)\/('?)$/, '$1')}`,
      remove: (key) => `zkCli.sh delete ${key}`,
    },
    // Its watches tell that a node was written, not what (patroni/dcs/zookeeper.py at v4.1.4, cluster_watcher).
    wakesByConfig: 'write',
    hasSessions: true,
    isBarredByEmptyKey: true,
  },
  consul: {
    name: 'Consul',
    alarms: {},
    commands: {
      health: ([url = '']) => `consul operator raft list-peers -http-addr=${url}`,
      list: (below) => `consul kv get -keys -separator= ${bare(below)}`,
      remove: (key) => `consul kv delete ${bare(key)}`,
    },
    // Replicas wait for the leader key, and the leader for its own clock (patroni/dcs/consul.py at v4.1.5, watch).
    wakesByConfig: null,
    hasSessions: true,
    isBarredByEmptyKey: false,
  },
  kubernetes: {
    name: 'Kubernetes',
    alarms: {},
    commands: {
      health: () => 'kubectl get --raw /readyz',
      list: (below) => `kubectl get endpoints,configmaps,pods --namespace ${below}`,
      // A member's goes with its pod.
      remove: null,
    },
    wakesByConfig: 'change',
    hasSessions: false,
    isBarredByEmptyKey: false,
  },
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

/** What a person types to see whether it answers; null: Howdah knows no such command. The first address where it takes one. */
export function healthCommand(kind: DcsKind, urls: readonly string[]): string | null {
  return ROWS[kind].commands?.health(urls) ?? null;
}

/** What a person types to see the names of the keys below; null: Howdah knows no such command. */
export function listCommand(kind: DcsKind, below: string): string | null {
  return ROWS[kind].commands?.list(below) ?? null;
}

/** What a person types to delete one key; null: Howdah knows no such command. */
export function deleteCommand(kind: DcsKind, key: string): string | null {
  return ROWS[kind].commands?.remove?.(key) ?? null;
}

/** What of `/config` makes every Patroni look at once, the leader too: each write, or one that changes its bytes; null: nothing. */
export function wakesByConfig(kind: DcsKind): 'write' | 'change' | null {
  return ROWS[kind].wakesByConfig;
}

/** The leader key goes with the session of its holder, and what is left of that is told by nobody. */
export function endsWithSession(kind: DcsKind): boolean {
  return ROWS[kind].hasSessions;
}

/** What an admin types to change it; null: Howdah only looks at it. */
export function dcsAdmin(kind: DcsKind): DcsAdmin | null {
  return ROWS[kind].admin ?? null;
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

export function isBarredByEmptyKey(kind: DcsKind): boolean {
  return ROWS[kind].isBarredByEmptyKey;
}
