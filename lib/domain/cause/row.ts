// What a row of causes is. It looks at one finished snapshot (findings and readiness included) and says why things are so, what
// it costs and what a person can do. It never looks at a clock but the snapshot's own, never at another row.

import { formatBytes, joinNames, plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { failoverCandidates } from '../actions/candidates';
import { expectedOutage, outageWords } from '../actions/expected-outage';
import { blockersOf, judge } from '../actions/judge';
import { unseenLoss } from '../actions/loss';
import { type StepAction, stepRequest } from '../actions/step-request';
import type { Cluster, Finding, FindingCode, Member, Snapshot } from '../cluster';
import { isForeign, leaderOf } from '../members';
import type { MeasuredOutage } from '../outage-sample';
import type { Severity } from '../severity';
import { isNofailover } from '../tags';
import type { Cause, CauseCode, CauseStep, Impact } from './cause';

export interface CauseContext {
  readonly snapshot: Snapshot;
  readonly cluster: Cluster;
  readonly now: number;
  /** Member that holds the key, or held it last; null: none, or no member that we know. */
  readonly leader: Member | null;
  /** Name of whoever led last; null: not known. */
  readonly led: string | null;
  /** A member answers as a primary now. */
  readonly primaries: readonly Member[];
  /** Best first; whom a failover by hand could name. */
  readonly successor: string | null;
  /** What earlier switchovers and failovers of this cluster took. */
  readonly outages: readonly MeasuredOutage[];
  find(...codes: readonly FindingCode[]): readonly Finding[];
}

export interface CauseMatch {
  readonly severity: Severity;
  readonly impact: Impact;
  readonly headline: Text;
  readonly consequence: Text;
  readonly evidence: Cause['evidence'];
  readonly ifNobodyActs: Text;
  /** Codes, and of whom; members null: whoever has it. */
  readonly explains: readonly { readonly codes: readonly FindingCode[]; readonly members: readonly string[] | null }[];
  readonly steps: readonly CauseStep[];
  /** Where a source knows it better than the findings. */
  readonly since?: number | null;
}

export interface CauseRow {
  readonly code: CauseCode;
  /** One sentence for docs/causes.md. */
  readonly meaning: string;
  match(context: CauseContext): CauseMatch | null;
}

export function contextOf(snapshot: Snapshot, outages: readonly MeasuredOutage[]): CauseContext {
  const { cluster } = snapshot;
  const led =
    leaderOf(cluster)?.name ?? cluster.leader?.name ?? cluster.history.at(-1)?.leader ?? cluster.sync?.leader ?? null;
  const candidates = failoverCandidates(snapshot);
  const best = candidates.find(({ choice }) => choice === 'eligible') ?? null;
  return {
    snapshot,
    cluster,
    now: snapshot.observedAt,
    leader: cluster.members.find(({ name }) => name === led) ?? null,
    led,
    primaries: cluster.members.filter(
      (member) =>
        !member.silent &&
        member.postgresRole === 'primary' &&
        !isForeign(member, cluster) &&
        member.identity.verdict !== 'alias',
    ),
    successor: best?.member ?? null,
    outages,
    find: (...codes) => snapshot.findings.filter(({ code }) => codes.includes(code)),
  };
}

/** A step that Howdah does, with the verdict and the cost of the preflight that its button opens. */
export function act(context: CauseContext, action: StepAction, side: Text | null = null): CauseStep {
  const { snapshot, now } = context;
  const request = stepRequest(action);
  const judged = judge(request, snapshot, null, now);
  const { cluster } = snapshot;
  const isDown = cluster.writable !== true && cluster.standbyCluster === null;
  const moves = action.kind === 'failover' || action.kind === 'switchover';
  const cost: Text[] = [];
  const outage = expectedOutage(request, judged.outage !== null, context.outages);
  const lasts = outage === null ? null : outageWords(outage, isDown);
  if (lasts !== null) cost.push(lasts);
  if (judged.atRisk !== null && moves) cost.push(lossOf(judged.atRisk.bytes, action, context));
  if (side !== null) cost.push(side);
  return { action, text: judged.verb, command: null, cost, refused: blockersOf(judged)[0]?.title ?? null };
}

function lossOf(bytes: number | null, action: StepAction, { cluster, led }: CauseContext): Text {
  if (bytes === null) return say`What would be lost is not known.`;
  const unseen = unseenLoss(action, cluster, led);
  if (bytes === 0)
    return unseen === 'whatever_nobody_received'
      ? say`Loses nothing that is known, and whatever nobody had received.`
      : unseen === 'confirmed'
        ? say`Loses 0 B: ${action.member ?? ''} confirmed every commit.`
        : say`Loses 0 B.`;
  if (unseen === 'confirmed')
    return say`Loses ${formatBytes(bytes)} of WAL that no commit waited for: ${action.member ?? ''} confirmed every commit.`;
  return unseen === 'whatever_nobody_received'
    ? say`Loses ${formatBytes(bytes)}, and whatever nobody had received.`
    : say`Loses ${formatBytes(bytes)}.`;
}

/** Copies it anew; says what goes with its data directory where it may hold what nobody else has. */
export function rebuild(context: CauseContext, name: string): CauseStep {
  const { cluster } = context;
  const member = memberOf(cluster, name);
  const isOlder = member?.timeline == null || member.timeline !== cluster.timeline || member.divergence !== null;
  return act(
    context,
    { kind: 'reinitialize', member: name },
    isOlder ? say`${goesOn(context)} Removes whatever only ${name} has.` : goesOn(context),
  );
}

/**
 * Of one that has commits which nobody else has. With Patroni alive a stopped PostgreSQL comes back as a replica, rewound or removed; with
 * Patroni stopped nobody can reinitialize it: so its data go aside, and Patroni finds none.
 */
export function rebuildApart({ cluster }: CauseContext, name: string): CauseStep[] {
  return [
    tell(
      say`Stop Patroni on ${name}, then its PostgreSQL if that still runs, and move its data directory aside`,
      'systemctl stop patroni',
      [say`Its data directory keeps what nobody else has.`],
    ),
    // ha.py v3.0.2 and v4.1.5, _run_cycle: 'running with empty data directory' while paused.
    cluster.paused === true
      ? tell(
          say`Start Patroni on ${name}, then reinitialize it: while paused it copies nothing by itself`,
          PATRONI_START,
        )
      : tell(say`Start Patroni on ${name}: it finds no data and copies the leader`, PATRONI_START),
  ];
}

/** A step for a person, with the command to type. */
export function tell(text: Text, command: string | null = null, cost: readonly Text[] = []): CauseStep {
  return { action: null, text, command, cost, refused: null };
}

/** Those who would take over by themselves, best first. */
export function heirs({ snapshot }: CauseContext): readonly string[] {
  return snapshot.readiness.candidates.filter(({ eligible }) => eligible === true).map(({ member }) => member);
}

/** Why each that could take over may not. */
export function refusals({ snapshot }: CauseContext): Cause['evidence'] {
  return snapshot.readiness.candidates
    .filter(({ eligible }) => eligible !== true)
    .map(({ member, reasons }) => ({ label: member, text: reasons[0]?.text ?? say`not known` }));
}

/** `n2 and n3`, `25 members`. */
export function named(names: readonly string[]): Text {
  return names.length > 3 ? plural(names.length, 'member') : joinNames(names);
}

/** Patroni's log of a host, as systemd keeps it. */
export const PATRONI_LOG = 'journalctl -u patroni -n 100';
export const PATRONI_START = 'systemctl start patroni';

/** A name within a command line: what a shell would read otherwise is quoted. */
export function word(name: string): string {
  return /^[\w.@%+=:,/-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

/** The cluster within a command line, as Patroni calls it. */
export function scopeWord({ scope, patroniScope }: Snapshot): string {
  return word(patroniScope ?? scope);
}

/** A name within SQL, as a literal. */
export function literal(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}

export const memberOf = (cluster: Cluster, name: string | undefined): Member | undefined =>
  cluster.members.find((member) => member.name === name);

export const membersOf = (findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.flatMap(({ members }) => members)),
];

/** What clients have of it while the trouble is a standby's. */
export function goesOn({ cluster }: CauseContext): Text {
  if (cluster.standbyCluster !== null) return say`Reads go on.`;
  return cluster.writable === true ? say`Writes go on.` : say`Whether writes go on is not known.`;
}

/** It is one standby less; whether the last is gone says the readiness. */
export function toll(
  context: CauseContext,
  names: readonly string[],
): { readonly impact: Impact; readonly consequence: Text } {
  const { snapshot, cluster } = context;
  if (snapshot.readiness.failoverPossible !== false || cluster.paused === true) {
    const able = heirs(context);
    // One that is tagged so is none of those who would take over.
    const missing = names.filter((name) => {
      const member = memberOf(cluster, name);
      return !able.includes(name) && (member === undefined || !isNofailover(member));
    });
    return {
      impact: 'degraded',
      consequence:
        missing.length === 0
          ? say`${goesOn(context)} A failover is still possible.`
          : say`${goesOn(context)} ${plural(missing.length, 'standby is', 'standbys are')} missing for a failover.`,
    };
  }
  return {
    impact: 'no_failover',
    consequence: say`${goesOn(context)} If ${leaderOf(cluster)?.name ?? say`the leader`} fails, nobody takes over.`,
  };
}

/** Something answers at its address, but not as its Patroni should: that is no sign that it is dead. */
export function isAnswered({ witnesses }: Member): boolean {
  return ['http', 'malformed', 'auth', 'denied', 'tls', 'foreign'].includes(witnesses.patroni.errorKind ?? '');
}

/** Those of a cascade that take their WAL from one of them. */
export function fedBy({ cluster }: CauseContext, names: readonly string[]): readonly string[] {
  return cluster.members
    .filter(({ replicateFrom }) => replicateFrom !== null && names.includes(replicateFrom))
    .map(({ name }) => name);
}
