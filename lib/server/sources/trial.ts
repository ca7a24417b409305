// Tries one source out with the readers that would watch it: for a few seconds, with what was sent along and nothing else, and keeps nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundAnswer, FoundScope } from '../../contract/sources';
import type { Snapshot } from '../../domain/cluster';
import type { Text } from '../../language/sentence';
import { Collector } from '../collector/collector';
import type { SourceConfig } from '../config/config';
import { DEFAULT_POLL } from '../config/settings';
import { missingOf, missingOfCluster, missingOfDcs, spread } from './missing';

const TRIAL_MS = 7000;
/** A DCS that errs is given this long to come round: one of its endpoints may be down. */
const PATIENCE_MS = 4000;
const LOOK_MS = 100;
const SCOPES_MAX = 200;

export type Seen = Pick<FoundAnswer, 'scopes' | 'missing' | 'problems' | 'tookMs'>;

export async function tryOut(
  source: SourceConfig,
  isInside: (address: string) => boolean,
  now: () => number,
): Promise<Seen> {
  const snapshots = new Map<string, Snapshot>();
  const collector = new Collector({
    sources: [source],
    poll: { ...DEFAULT_POLL, watchedSeconds: 1, fleetSeconds: 1, idleSeconds: 1 },
    now,
    isInside,
    onUpdate: ({ snapshot }) => {
      if (snapshots.size < SCOPES_MAX || snapshots.has(snapshot.scope)) snapshots.set(snapshot.scope, snapshot);
    },
    onGone: (scope) => void snapshots.delete(scope),
  });
  const begun = performance.now();
  collector.start();
  try {
    for (let over = false; !over; ) {
      await sleep(LOOK_MS);
      const tookMs = performance.now() - begun;
      const isHeard = collector.scopes().every((scope) => isComplete(snapshots.get(scope)));
      const isSeen = collector.scopes().length > 0 && isHeard;
      const isListed = source.dcs === null || collector.isListed(source.name);
      const isFailed = tookMs > PATIENCE_MS && (collector.state().problems.length > 0 || !isListed);
      over = tookMs > TRIAL_MS || (isListed && isSeen) || isFailed;
    }
    const trouble = collector.troubleOf(source.name);
    const dcs = source.dcs !== null && trouble !== null ? missingOfDcs(source.dcs, trouble) : [];
    const problems: readonly Text[] = collector.state().problems.map(({ text }) => text);
    return {
      tookMs: Math.round(performance.now() - begun),
      problems: [...problems],
      missing: [...dcs, ...missingOf(source)].map(spread),
      scopes: [...snapshots.values()].sort((a, b) => (a.scope < b.scope ? -1 : 1)).map((one) => found(one, source)),
    };
  } finally {
    await collector.stop();
  }
}

/** Everybody was heard, or said why not. */
function isComplete(snapshot: Snapshot | undefined): boolean {
  const members = snapshot?.cluster.members ?? [];
  return (
    members.length > 0 &&
    members.every(({ witnesses: { patroni, sql } }) => patroni.state !== 'never' && sql.state !== 'never')
  );
}

function found(snapshot: Snapshot, source: SourceConfig): FoundScope {
  const { members, leader } = snapshot.cluster;
  const versions = (of: 'patroniVersion' | 'postgresVersion'): string[] => [
    ...new Set(members.flatMap((member) => member[of] ?? [])),
  ];
  return {
    scope: snapshot.patroniScope ?? snapshot.scope,
    known: null,
    leader: leader?.name ?? null,
    members: members.map(({ name, witnesses: { patroni, sql } }) => ({
      name,
      leader: name === leader?.name,
      rest: patroni.state === 'fresh',
      sql: source.postgres === null ? null : sql.state === 'fresh',
    })),
    patroni: versions('patroniVersion'),
    postgres: versions('postgresVersion'),
    missing: missingOfCluster(snapshot, source.postgres !== null).map(spread),
  };
}
