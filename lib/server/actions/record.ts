// The record of an action at its beginning, and what is compared or kept of one. No IO.
import type { ActionOrder } from '../../contract/actions';
import { type Authority, denial, type Rights, type Target } from '../../domain/access/access';
import type {
  ActionFacts,
  ActionRecord,
  ActionRequest,
  ActionStep,
  Check,
  Preflight,
  Seen,
} from '../../domain/actions/action';
import type { End } from '../../domain/actions/follower';
import { lostWords } from '../../domain/actions/lost';
import { momentOf } from '../../domain/actions/moment';
import { longestPauseMs, plannedPools } from '../../domain/actions/pools';
import { masked } from '../../domain/activity/mask';
import type { Snapshot } from '../../domain/cluster';
import type { OutageSample } from '../../domain/outage-sample';
import { say, type Text } from '../../language/sentence';
import type { Measured } from './outage-measure';

/** Who acts, and by what right. */
export interface By {
  readonly name: string;
  readonly rights: Rights | null;
  readonly authority: Authority;
}

/** Howdah itself, for somebody who asked before. */
export function byHowdah(name: string): By {
  return { name, rights: null, authority: { kind: 'howdah', token: null, approvedBy: null, breakGlass: null } };
}

export function newRecord(input: {
  readonly id: string;
  readonly scope: string;
  readonly order: ActionOrder;
  readonly reason: string;
  readonly by: By;
  readonly judged: Preflight;
  readonly facts: ActionFacts;
  readonly snapshot: Snapshot;
  readonly now: number;
}): ActionRecord {
  const { judged, order, snapshot, facts } = input;
  const before = momentOf(snapshot);
  return {
    id: input.id,
    scope: input.scope,
    request: order.request,
    actor: input.by.name,
    authority: input.by.authority,
    reason: input.reason,
    idempotencyKey: order.idempotencyKey,
    requestedAt: input.now,
    phase: 'open',
    bound: judged.bound,
    way: judged.way,
    wake: null,
    revision: null,
    sentAt: null,
    steps: [],
    seen: [],
    progress: null,
    outage: null,
    expectedOutage: judged.outage,
    before:
      order.request.kind === 'edit_config' ? { ...before, config: snapshot.cluster.config?.value ?? null } : before,
    after: null,
    outcome: null,
    outcomeText: null,
    differs: [],
    ...(handsOver(order.request)
      ? {
          clients: {
            sessions: facts.leader?.connections ?? null,
            doors: [],
            pools: plannedPools(order.request, facts),
          },
        }
      : {}),
    checks: judged.checks.filter((check) => check.verdict !== 'passed'),
    closedAt: null,
    recovered: false,
  };
}

function handsOver(request: ActionRequest): boolean {
  if (request.kind === 'switchover') return request.scheduledAt === null;
  return request.kind === 'failover' || request.kind === 'rolling_restart';
}

interface Closing extends Measured {
  readonly now: number;
  readonly after: Snapshot;
  readonly seen: readonly Seen[];
  readonly recovered: boolean;
  readonly steps: readonly ActionStep[];
}

export function closedRecord(record: ActionRecord, how: End, closing: Closing): ActionRecord {
  const lost = lostBy(record, how, closing);
  return {
    ...record,
    ...(lost === null ? {} : { lost }),
    phase: 'closed',
    outcome: how.outcome,
    outcomeText: how.text,
    differs: how.differs,
    closedAt: closing.now,
    after: {
      ...momentOf(closing.after),
      config: record.before.config === null ? null : (closing.after.cluster.config?.value ?? null),
    },
    recovered: closing.recovered,
    progress: null,
    // What was refused stopped nobody: a slow write meanwhile is no outage of it.
    outage: how.outcome === 'refused' ? null : closing.outage,
    seen: closing.seen,
    steps: closing.steps,
  };
}

/** null: nobody handed over, or whether somebody did is not known. A rolling restart that broke off later has handed over all the same. */
function lostBy({ before, request }: ActionRecord, how: End, closing: Closing): Text | null {
  const words = (): Text =>
    lostWords({
      ...{ before, reached: closing.reached ?? before.reached ?? null },
      ...{ after: closing.after.cluster, outages: closing.outages },
    });
  if (request.kind === 'rolling_restart') {
    const handed = closing.steps.some(({ key, state }) => key === 'switchover:promoted' && state === 'done');
    return handed ? say`Handover: ${words()}` : null;
  }
  const moves = request.kind === 'switchover' || request.kind === 'failover';
  return moves && (how.outcome === 'done' || how.outcome === 'done_differently') ? words() : null;
}

/** Facts as they may be kept. */
export function withoutQuery(facts: ActionFacts): ActionFacts {
  return withQuery(facts, () => null);
}

/** Facts as this person may read them: the statement of somebody's session by right only, and without literals. */
export function readableFacts(facts: ActionFacts, target: Target, rights: Rights | null): ActionFacts {
  const may = rights === null || denial(rights.grants, 'read_statements', target) === null;
  return withQuery(facts, (query) => (may ? masked(query) : null));
}

function withQuery(facts: ActionFacts, made: (query: string) => string | null): ActionFacts {
  const longest = facts.leader?.longestTransaction;
  if (facts.leader == null || longest?.query == null) return facts;
  const query = made(longest.query);
  return { ...facts, leader: { ...facts.leader, longestTransaction: { ...longest, query } } };
}

/** The order of restarts depends on what waits for them; Patroni before 3.3 leaves that to PostgreSQL, which is asked later. */
export function arePendingNamed(request: ActionRequest, { cluster }: Snapshot): boolean {
  if (request.kind !== 'rolling_restart' && request.kind !== 'restart') return true;
  return cluster.members.every(
    ({ pendingRestart, witnesses }) =>
      pendingRestart === null || pendingRestart.parameters.length > 0 || witnesses.sql.state !== 'fresh',
  );
}

const MENDS: ReadonlySet<ActionRequest['kind']> = new Set(['restart', 'reinitialize', 'cancel_restart', 'reload']);

/** Whom the request depends on must have answered since the click: a node frozen meanwhile still looks well for a second. */
export function silentChecks(request: ActionRequest, { cluster }: Snapshot, since: number): readonly Check[] {
  const leader = cluster.leader?.name ?? null;
  const names = new Set<string>();
  if (request.kind === 'switchover' || request.kind === 'failover') {
    if (request.candidate !== null) names.add(request.candidate);
    if (request.kind === 'switchover' && leader !== null) names.add(leader);
  } else if (request.kind === 'restart' || request.kind === 'reload') {
    for (const member of request.members) names.add(member);
  } else if (request.kind === 'reinitialize' || request.kind === 'cancel_restart') {
    names.add(request.member);
    if (request.kind === 'reinitialize' && leader !== null) names.add(leader);
  } else if (request.kind === 'demote_cluster' || request.kind === 'promote_cluster') {
    if (leader !== null) names.add(leader);
  } else if (request.kind === 'maintenance') {
    // Whoever is about to be taken out may be stopped already; the others have to carry the cluster.
    for (const member of cluster.members)
      if (request.step === 'back' ? member.name === request.member : member.listed && member.name !== request.member)
        names.add(member.name);
    if (request.step === 'end') names.clear();
  } else if (request.kind === 'rolling_restart') {
    for (const member of cluster.members) if (member.listed) names.add(member.name);
  }
  return cluster.members
    .filter((member) => names.has(member.name))
    .filter(({ name, witnesses }) => {
      const answered = (witness: (typeof witnesses)['patroni']): boolean =>
        witness.state === 'fresh' && (witness.observedAt ?? 0) >= since;
      const { sql } = witnesses;
      // A role that may not look says nothing about the server; a server that does not answer does.
      const unasked = sql.state === null || ['auth', 'denied', 'tls', 'malformed'].includes(sql.errorKind ?? '');
      // Patroni itself is asked to mend a PostgreSQL that does not run; what hangs refuses nobody.
      const isMended = name !== leader && MENDS.has(request.kind) && sql.errorKind === 'refused';
      return !answered(witnesses.patroni) || !(unasked || isMended || answered(sql));
    })
    .map((member) => ({
      code: 'silent_since_click',
      verdict: 'blocker' as const,
      title: say`${member.name} has not answered since the click`,
      detail: say`What it would do is not known. Nothing was sent.`,
      members: [member.name],
      evidence: [
        { label: 'Patroni', text: member.witnesses.patroni.error ?? member.witnesses.patroni.state ?? say`not asked` },
        { label: 'PostgreSQL', text: member.witnesses.sql.error ?? member.witnesses.sql.state ?? say`not asked` },
      ],
    }));
}

/** Of a rolling restart the switchover within counts, from its own request on. */
export function outageSample(record: ActionRecord): OutageSample[] {
  if (record.outage === null || record.outage.writableAgainAt === null) return [];
  const prefix = record.request.kind === 'rolling_restart' ? 'switchover:' : '';
  const requested = record.steps.find((step) => step.key === `${prefix}requested`)?.reachedAt ?? record.requestedAt;
  const from = prefix === '' ? record.requestedAt : requested;
  const steps: Record<string, number> = {};
  for (const { key, reachedAt, state } of record.steps)
    if (reachedAt !== null && state === 'done' && key.startsWith(prefix))
      steps[key.slice(prefix.length)] = reachedAt - from;
  const paused = longestPauseMs(record);
  const { ms, by } = record.outage;
  return [{ at: record.requestedAt, ms, by, steps, ...(paused === null ? {} : { pausedMs: paused }) }];
}
