// The whole pure pipeline in one call: raw readings to the Snapshot that crosses the wire.

import { backupState } from './backups/state';
import { bootstrapOf } from './bootstrap';
import { buildCluster } from './build-cluster';
import { assessCause } from './cause/assess-cause';
import type { Cluster, Snapshot, SourceReport } from './cluster';
import { buildEntries } from './entries/build-entries';
import type { Entry } from './entries/entry';
import { type Change, diff } from './events';
import { assess, healthOf } from './findings/assess';
import { quieted } from './findings/quiet';
import { withHosts } from './hosts/build-hosts';
import { awayOnPurpose } from './maintenance-note';
import { dcsStaleAfterMs, type Observation, observe } from './observation';
import type { RawObservation } from './raw';
import { assessReadiness } from './readiness';
import { failureWords } from './reading-failure';
import { type Health, worse } from './severity';
import { type OtherCluster, siteOf } from './sites/link';

export interface Built {
  readonly snapshot: Snapshot;
  readonly changes: readonly Change[];
}

/** `before` is the previous snapshot of the same scope; null at the start. */
/** `others`: clusters with the same system identifier, for the sites they may be. */
export function buildSnapshot(
  raw: RawObservation,
  before: Snapshot | null,
  roundMs: number | null,
  others: readonly OtherCluster[] = [],
): Built {
  const observation = observe(raw, before?.cluster ?? null);
  const built = withHosts(raw, buildCluster(observation, before?.cluster ?? null), before?.cluster ?? null);
  const entries = buildEntries(raw, built, before?.cluster ?? null);
  const backups = backupState(raw.backups, built, raw.scope);
  const own = { scope: raw.scope, observedAt: raw.now, cluster: built };
  const site = others.length === 0 ? undefined : siteOf(own, others, before?.cluster.site);
  const cluster: Cluster = {
    ...built,
    ...(site === undefined ? {} : { site }),
    ...maintenanceOf(raw, built),
    ...(entries.length === 0 ? {} : { entries }),
    ...(backups === null ? {} : { backups }),
  };
  const readiness = assessReadiness(cluster, observation);
  const assessed = assess(cluster, readiness, { now: raw.now, staleAfterMs: raw.staleAfterMs }, before);
  const findings = quieted(assessed, cluster, raw.now);
  const draft: Snapshot = {
    scope: raw.scope,
    ...(raw.patroniScope === undefined ? {} : { patroniScope: raw.patroniScope }),
    source: raw.source,
    labels: raw.labels,
    revision: (before?.revision ?? 0) + 1,
    observedAt: raw.now,
    intervalMs: raw.intervalMs,
    staleAfterMs: raw.staleAfterMs,
    roundMs,
    health: overall(healthOf(findings), cluster, raw.now),
    sources: [...sourcesOf(observation), ...entrySource(entries)],
    cluster,
    findings,
    readiness,
    cause: null,
  };
  const cause = assessCause(draft, before, raw.outages ?? []);
  // A cause may weigh more than each of its findings.
  const snapshot = { ...draft, cause, health: worse(draft.health, cause?.severity ?? 'ok') };
  return { snapshot, changes: diff(before, snapshot) };
}

/** Nothing found is "ok" only where everything was seen: a member never asked or a leader not known is not health. */
function overall(worst: Health, cluster: Cluster, now: number): Health {
  if (worst === 'critical' || worst === 'unknown') return worst;
  // Where nothing has begun, or all is over, nobody has to lead.
  const isUnled =
    cluster.leader === null &&
    cluster.dcs?.state === 'fresh' &&
    (cluster.members.length === 0 || bootstrapOf(cluster) !== null);
  if (isUnled) return worst;
  const blind =
    cluster.members.length === 0 ||
    cluster.leader?.known !== true ||
    cluster.members.some(
      ({ name, silent, listed, identity }) =>
        silent && listed && identity.verdict !== 'alias' && awayOnPurpose(cluster, now)?.name !== name,
    );
  const unsure = cluster.writable === null && cluster.standbyCluster === null;
  return blind || unsure ? 'unknown' : worst;
}

/** Of another cluster than the one it was begun on it says nothing. */
function maintenanceOf({ maintenance }: RawObservation, { systemIdentifier }: Cluster): Pick<Cluster, 'maintenance'> {
  if (maintenance == null) return {};
  const isOther =
    maintenance.systemIdentifier !== null &&
    systemIdentifier !== null &&
    maintenance.systemIdentifier !== systemIdentifier;
  return isOther ? {} : { maintenance };
}

function sourcesOf(observation: Observation): readonly SourceReport[] {
  const { raw, members } = observation;
  const patroni = members.map((member) => ({ member: member.name, state: member.patroni.state }));
  const sql = members.map((member) => ({ member: member.name, state: member.sql.state }));
  return [
    {
      source: 'dcs',
      configured: raw.dcs !== null,
      answers:
        raw.dcs === null
          ? []
          : [
              {
                member: null,
                state: {
                  state: observation.view === null ? 'never' : observation.viewLive ? 'fresh' : 'stale',
                  observedAt: raw.dcs.currentAt,
                  tookMs: null,
                  error: raw.dcs.error ? failureWords(raw.dcs.error) : null,
                  errorKind: raw.dcs.error?.kind ?? null,
                },
              },
            ],
      tookMs: null,
      limitMs: dcsStaleAfterMs(raw),
    },
    { source: 'patroni', configured: true, answers: patroni, tookMs: median(patroni), limitMs: raw.staleAfterMs },
    {
      source: 'sql',
      configured: sql.some(({ state }) => state.state !== null),
      answers: sql,
      tookMs: median(sql),
      limitMs: raw.staleAfterMs,
    },
    {
      source: 'cluster',
      configured: raw.fallback.cluster.last !== null,
      answers: [{ member: null, state: observation.document.state }],
      tookMs: observation.document.tookMs,
      limitMs: raw.staleAfterMs,
    },
  ];
}

/** Absent where no door is configured. */
function entrySource(entries: readonly Entry[]): readonly SourceReport[] {
  if (entries.length === 0) return [];
  const answers = entries.map(({ name, witness }) => ({ member: name, state: witness }));
  const limitMs = Math.max(...entries.map((entry) => entry.limitMs));
  return [{ source: 'entries', configured: true, answers, tookMs: median(answers), limitMs }];
}

function median(answers: readonly { readonly state: { readonly tookMs: number | null } }[]): number | null {
  const times = answers.flatMap(({ state }) => (state.tookMs === null ? [] : [state.tookMs])).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? null;
}
