// Two snapshots beside each other: what differs, fact by fact, what is equal, and what cannot be compared. Pure. What is not known at one
// of the two is not compared, never equal; numbers that move all the time (positions, a few kB of lag) differ only where it matters.

import type { Cluster, Finding, Member, Snapshot } from '../../domain/cluster';
import { diffConfig, type LeafChange } from '../../domain/config/diff';
import { dcsName } from '../../domain/dcs-kind';
import { doorName } from '../../domain/entries/words';
import type { ClusterEvent, EventKind } from '../../domain/events';
import { keyFinding } from '../../domain/findings/rule';
import { leads } from '../../domain/members';
import { formatBytes, formatInstant, formatSeconds } from '../../language/quantity';
import { isSameText, joined, say, type Text } from '../../language/sentence';

export const SECTIONS = ['roles', 'replication', 'versions', 'doors'] as const;
export type Section = (typeof SECTIONS)[number];

export interface Fact {
  /** The same fact of both has the same key. */
  readonly key: string;
  readonly section: Section;
  readonly subject: Text;
  /** null: not known. */
  readonly value: Text | null;
  /** Events that tell of its change, about `member` where that is set. */
  readonly kinds: readonly EventKind[];
  readonly member: string | null;
  /** Of an amount: small changes are none. */
  readonly bytes?: number;
}

export interface Difference extends Omit<Fact, 'value' | 'bytes'> {
  readonly before: Text;
  readonly after: Text;
}

export interface FindingChange {
  readonly finding: Finding;
  /** `changed`: of another severity than before. */
  readonly change: 'new' | 'over' | 'changed';
}

export interface Comparison {
  readonly differs: readonly Difference[];
  /** Of the dynamic configuration; null: not known at one of the two. */
  readonly config: readonly LeafChange[] | null;
  readonly findings: readonly FindingChange[];
  readonly equal: readonly Fact[];
  readonly notCompared: readonly Fact[];
}

/** As `maximum_lag_on_failover` is where nobody sets it: less lag than that keeps nobody from taking over. */
const LAG_MATTERS = 1024 * 1024;
const ROLES: readonly EventKind[] = ['leader_changed', 'leader_lost', 'role_changed'];

/** `same`: two moments of one cluster; else of two clusters, which have nothing to share that is their own (identifier, addresses, starts). */
export function compareSnapshots(before: Snapshot, after: Snapshot, same: boolean): Comparison {
  const left = factsOf(before, after, same);
  const right = new Map(factsOf(after, before, same).map((fact) => [fact.key, fact]));
  const [differs, equal, notCompared]: [Difference[], Fact[], Fact[]] = [[], [], []];
  for (const fact of left) {
    const other = right.get(fact.key);
    if (other === undefined) continue;
    if (fact.value === null || other.value === null) {
      // Known at neither of the two says nothing of the difference between them.
      if (fact.value !== null || other.value !== null) notCompared.push(fact);
    } else if (isEqual(fact, other, after.cluster)) equal.push(other);
    else {
      const { value, bytes: _, ...rest } = fact;
      differs.push({ ...rest, before: value, after: other.value });
    }
  }
  const configs = [before.cluster.config, after.cluster.config];
  const config = configs[0] && configs[1] ? diffConfig(configs[0].value, configs[1].value) : null;
  return { differs, equal, notCompared, config, findings: findingChanges(before.findings, after.findings) };
}

function isEqual(a: Fact, b: Fact, { config }: Cluster): boolean {
  if (a.bytes === undefined || b.bytes === undefined) return isSameText(a.value ?? '', b.value ?? '');
  const limit = config?.maximumLagOnFailoverBytes ?? LAG_MATTERS;
  return a.bytes > limit === b.bytes > limit && Math.abs(a.bytes - b.bytes) < LAG_MATTERS;
}

function findingChanges(before: readonly Finding[], after: readonly Finding[]): FindingChange[] {
  const was = new Map(before.map((finding) => [keyFinding(finding), finding]));
  const is = new Set(after.map((finding) => keyFinding(finding)));
  return [
    ...after.flatMap((finding): FindingChange[] => {
      const old = was.get(keyFinding(finding));
      if (old === undefined) return [{ finding, change: 'new' }];
      return old.severity === finding.severity ? [] : [{ finding, change: 'changed' }];
    }),
    ...before.flatMap((finding): FindingChange[] => (is.has(keyFinding(finding)) ? [] : [{ finding, change: 'over' }])),
  ];
}

/** What told of it, of the events between the two: the newest. null: none did. */
export function toldBetween({ kinds, member }: Difference, events: readonly ClusterEvent[]): ClusterEvent | null {
  const fits = events.filter(
    (event) => kinds.includes(event.kind) && (member === null || event.members.includes(member)),
  );
  return fits.reduce<ClusterEvent | null>(
    (newest, event) => (newest === null || event.at > newest.at ? event : newest),
    null,
  );
}

function factsOf(snapshot: Snapshot, other: Snapshot, same: boolean): Fact[] {
  const { cluster } = snapshot;
  const names = [...new Set([...snapshot.cluster.members, ...other.cluster.members].map(({ name }) => name))].sort();
  return [
    ...clusterFacts(cluster, same),
    ...names.flatMap((name) => memberFacts(name, snapshot, same)),
    ...doorFacts(cluster),
  ];
}

const yes = (value: boolean | null): Text | null => (value === null ? null : value ? say`yes` : say`no`);

function clusterFacts(cluster: Cluster, same: boolean): Fact[] {
  const { leader, dcs, scheduledSwitchover, standbyCluster } = cluster;
  const fact = (
    key: string,
    section: Section,
    subject: Text,
    value: Text | null,
    kinds: readonly EventKind[] = [],
  ): Fact => ({ key, section, subject, value, kinds, member: null });
  return [
    fact('leader', 'roles', say`leader`, leader === null ? say`none` : leader.known ? leader.name : null, ROLES),
    fact(
      'writable',
      'roles',
      say`takes writes`,
      standbyCluster === null ? yes(cluster.writable) : say`never, a standby cluster`,
      ROLES,
    ),
    fact('timeline', 'roles', say`timeline`, cluster.timeline === null ? null : String(cluster.timeline), [
      'timeline_changed',
    ]),
    fact('paused', 'roles', say`paused`, yes(cluster.paused), ['paused', 'resumed']),
    fact('members', 'roles', say`members`, String(cluster.members.filter(({ listed }) => listed).length)),
    fact(
      'scheduled',
      'roles',
      say`scheduled switchover`,
      scheduledSwitchover === null ? say`none` : formatInstant(scheduledSwitchover.at),
      ['switchover_scheduled', 'switchover_cancelled'],
    ),
    ...(same ? [fact('identifier', 'roles', say`system identifier`, cluster.systemIdentifier)] : []),
    fact('sync', 'replication', say`synchronous mode`, syncWords(cluster), ['config_changed']),
    ...(dcs === null
      ? []
      : [
          fact('dcs', 'doors', 'DCS', dcs.state === 'fresh' ? dcsName(dcs.kind) : null),
          fact('quorum', 'doors', say`DCS has a quorum`, yes(dcs.quorum)),
          fact(
            'endpoints',
            'doors',
            say`DCS members that answer`,
            dcs.endpoints.some(({ state }) => state === 'unknown')
              ? null
              : say`${dcs.endpoints.filter(({ state }) => state !== 'down').length} of ${dcs.endpoints.length}`,
          ),
        ]),
  ];
}

function syncWords({ synchronousMode, synchronousModeStrict }: Cluster): Text | null {
  if (synchronousMode === null) return null;
  return synchronousModeStrict && synchronousMode !== 'off' ? say`${synchronousMode}, strict` : synchronousMode;
}

function memberFacts(name: string, { cluster, readiness }: Snapshot, same: boolean): Fact[] {
  const member = cluster.members.find((one) => one.name === name);
  const fact = (
    what: string,
    section: Section,
    subject: Text,
    value: Text | null,
    kinds: readonly EventKind[] = [],
  ): Fact => ({ key: `${name}/${what}`, section, subject, value, kinds, member: name });
  const present = fact(
    'present',
    'roles',
    say`${name}, in the member list`,
    member?.listed === true ? say`yes` : say`no`,
    ['member_joined', 'member_left'],
  );
  if (member === undefined) return [present];
  // What a silent member was is from memory.
  const live = (value: Text | null): Text | null => (member.silent ? null : value);
  const candidate = readiness.candidates.find((one) => one.member === name);
  const lag = member.silent ? null : member.lag.replayBytes;
  const parameters = member.pendingRestart?.parameters ?? [];
  return [
    present,
    fact('role', 'roles', say`${name}, role`, member.clusterRole, ROLES),
    fact('state', 'roles', say`${name}, state`, live(stateWords(member, cluster)), [
      'state_changed',
      'replay_paused',
      'replay_resumed',
    ]),
    fact('timeline', 'roles', say`${name}, timeline`, live(timelineWords(member, cluster)), ['timeline_changed']),
    ...(leads(member, cluster)
      ? []
      : [
          fact('upstream', 'replication', say`${name}, follows`, live(upstreamWords(member)), [
            'finding_raised',
            'finding_cleared',
          ]),
          {
            ...fact('lag', 'replication', say`${name}, replay lag`, lag === null ? null : formatBytes(lag), [
              'replay_paused',
              'replay_resumed',
              'finding_raised',
            ]),
            ...(lag === null ? {} : { bytes: lag }),
          },
          fact(
            'elected',
            'replication',
            say`${name}, could take over`,
            candidate === undefined ? null : yes(candidate.eligible),
          ),
        ]),
    fact('postgres', 'versions', say`${name}, PostgreSQL`, member.postgresVersion),
    fact('patroni', 'versions', say`${name}, Patroni`, member.patroniVersion),
    fact(
      'pending',
      'versions',
      say`${name}, pending restart`,
      live(
        member.pendingRestart === null
          ? say`no`
          : parameters.length === 0
            ? say`yes`
            : joined(
                parameters.map(({ name: key, from, to }) =>
                  from === null || to === null ? key : say`${key} ${from} to ${to}`,
                ),
                ', ',
              ),
      ),
    ),
    fact('tags', 'versions', say`${name}, tags`, tagWords(member)),
    ...(same
      ? [
          fact(
            'address',
            'versions',
            say`${name}, address`,
            member.host === null ? null : `${member.host}:${member.port ?? ''}`,
            ['member_moved'],
          ),
          fact(
            'started',
            'versions',
            say`${name}, PostgreSQL started`,
            live(
              member.startedAt === null
                ? null
                : formatInstant(new Date(Math.round(member.startedAt / 1000) * 1000).toISOString()),
            ),
            ['state_changed'],
          ),
        ]
      : []),
  ];
}

/** One that goes along with the cluster is told once, by the cluster's. */
function timelineWords({ timeline }: Member, cluster: Cluster): Text | null {
  if (timeline === null) return null;
  return timeline === cluster.timeline ? say`that of the cluster` : String(timeline);
}

function stateWords(member: Member, cluster: Cluster): Text | null {
  const { divergence, replayPaused, state, replication } = member;
  if (divergence !== null)
    return divergence.pastBytes === null
      ? say`forked`
      : say`forked, ${formatBytes(divergence.pastBytes)} past the fork`;
  if (replayPaused === true && !leads(member, cluster)) return say`replay paused`;
  return replication.kind === 'streaming' && state === 'running' ? 'streaming' : state;
}

function upstreamWords({ replication }: Member): Text | null {
  switch (replication.kind) {
    case 'leader':
      return say`none`;
    case 'streaming':
      return replication.upstream ?? say`somebody who is no member`;
    case 'archive_recovery':
      return say`the archive`;
    case 'not_streaming':
      return say`none`;
    case 'unknown':
      return null;
  }
}

function tagWords({ tags }: Member): Text {
  const pairs = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0
    ? say`none`
    : pairs.map(([key, value]) => (value === true ? key : `${key}: ${value}`)).join(', ');
}

function doorFacts({ entries = [] }: Cluster): Fact[] {
  return entries.flatMap((entry) =>
    entry.listeners.flatMap((listener): Fact[] => {
      const seen = entry.witness.state === 'fresh' && listener.verdict !== 'unseen';
      const subject = doorName(entry, listener);
      const base = { section: 'doors' as const, kinds: ['entry_moved'] as const, member: null };
      const to = listener.members.length === 0 ? say`nobody` : [...listener.members].sort().join(', ');
      const { pool } = listener;
      return [
        { ...base, key: `${subject}/to`, subject: say`${subject} sends to`, value: seen ? to : null },
        ...(pool === null
          ? []
          : [
              {
                ...base,
                key: `${subject}/waits`,
                subject: say`${subject}, clients wait`,
                value: !seen
                  ? null
                  : pool.waiting === 0
                    ? say`none`
                    : say`${pool.waiting}, the longest ${formatSeconds(pool.waitSeconds)}`,
              },
            ]),
      ];
    }),
  );
}
