// After a crash: each intent without an outcome is found, what became of it is looked up where that can be proved (the DCS keeps
// revisions), and it is followed to its end. Nothing is sent, ever: an action that was cut off is closed, not continued.
import type { ActionRecord } from '../../domain/actions/action';
import { differ } from '../../domain/actions/bound';
import type { Sent } from '../../domain/actions/follower';
import { endByHistory } from '../../domain/actions/history-end';
import { callOf, type DcsCall, planOf, type Stage } from '../../domain/actions/plan';
import type { RestSeen } from '../../domain/actions/rest-answer';
import type { Snapshot } from '../../domain/cluster';
import { sameJson } from '../../domain/config/diff';
import { field, isObject, list, number, parseJson, parseObject, text } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';
import type { AuditIndex } from '../audit/audit-index';
import type { Journal } from '../audit/journal';
import { elapsed } from '../clock';
import { log } from '../log';
import { notesOf } from './around';
import type { Begun, RunDeps } from './begun';
import type { PoolKeeper } from './pool-keeper';
import type { ClusterReach, Reach } from './reach';
import { ActionRun } from './run';

export interface RecoveryDeps {
  readonly keeper: PoolKeeper;
  readonly journal: Journal;
  readonly index: AuditIndex;
  readonly reach: Reach;
  readonly now: () => number;
  readonly newest: (scope: string) => Promise<Snapshot>;
  readonly present?: (record: ActionRecord) => ActionRecord;
  readonly holder: string;
  /** Scopes that are taken; recovery takes its own before anything new may begin. */
  readonly busy: Map<string, string>;
  readonly runDeps: (reach: ClusterReach) => RunDeps;
  readonly adopt: (run: ActionRun) => void;
  /** Shows it as open before its cluster has been seen. */
  readonly show: (record: ActionRecord) => void;
  /** Journals the outcome of one that cannot be followed. */
  readonly close: (record: ActionRecord) => Promise<void>;
}

interface Open {
  readonly record: ActionRecord;
  readonly plan: readonly Stage[];
  readonly begun: Begun | null;
  /** It is from the journal of this process, where `sent` stands before a request leaves. */
  readonly own: boolean;
}

const CLUSTER_MS = 60_000;
/** A store that is away is not waited for, only one that still opens. */
const STORE_MS = 20_000;
const POLL_MS = 300;
/** Revisions of a key that are read back. */
const PAST = 50;

/** Marks the scopes as taken at once, then follows each; resolves when all are being followed or closed. */
export async function recoverOpen(deps: RecoveryDeps): Promise<void> {
  const open = deps.journal.openIntents().flatMap(({ intent, sent }): Open[] => {
    const record = field(intent.body, 'record');
    if (!isObject(record) || text(record.id) === null) return [];
    const plan = list(field(intent.body, 'plan')) as readonly Stage[];
    const open = record as unknown as ActionRecord;
    return [{ record: deps.present?.(open) ?? open, plan, begun: begunOf(sent?.body ?? null), own: true }];
  });
  for (const { record } of open) {
    deps.busy.set(record.scope, record.id);
    deps.show(record);
  }
  // A journal that was put back from a backup may call open what the store knows the end of.
  if (open.length > 0) await deps.index.opened(STORE_MS);
  await Promise.all(open.map((entry) => follow(entry, deps)));
}

/** Rows of another Howdah on the same store that has stopped renewing them. */
export async function adoptAbandoned(deps: RecoveryDeps): Promise<void> {
  const rows = await deps.index.abandoned(deps.holder).catch(() => []);
  for (const { scope, actionId, record } of rows) {
    if (deps.busy.get(scope) === actionId) continue;
    if (record === null || record.phase !== 'open') {
      await deps.index.release(scope, actionId).catch(() => undefined);
      continue;
    }
    // Whoever watches the cluster follows it; the row expires again for the next one.
    const watched = await deps.newest(scope).catch(() => null);
    if (watched === null || watched.source !== record.bound.source || deps.busy.has(scope)) continue;
    log.warn({ scope, action: record.id }, 'an action of a Howdah that is gone is followed to its end');
    deps.busy.set(scope, record.id);
    // What it paused stands in a file of its own, which is out of reach.
    deps.keeper.adopt(notesOf(record, record.clients?.pools ?? [], watched.cluster, record.requestedAt));
    const plan = record.steps.length > 0 ? await planFor(record, deps) : [];
    const sent: Sent | null =
      record.sentAt === null
        ? null
        : { at: record.sentAt, way: record.way ?? 'dcs', wake: record.wake, revision: record.revision };
    await deps.journal
      .append('intent', record.id, scope, { record: { ...record }, plan: [...plan] })
      .catch(() => undefined);
    deps.show(record);
    const begun = sent === null ? null : { stage: 0, sent, start: record.before, plan, finished: [] };
    await follow({ record, plan, begun, own: false }, deps);
  }
}

async function planFor(record: ActionRecord, deps: RecoveryDeps): Promise<readonly Stage[]> {
  return deps.newest(record.scope).then(
    (snapshot) => planOf(record.request, snapshot),
    () => [],
  );
}

async function follow({ record, plan, begun, own }: Open, deps: RecoveryDeps): Promise<void> {
  // A refusal is two entries; the second may be missing.
  if (record.phase === 'closed') return deps.close(record);
  const known = await deps.index.byId(record.id).catch(() => null);
  if (known?.phase === 'closed') return deps.close({ ...known, recovered: true });
  const neverSent = (proof: Text): Promise<void> =>
    deps.close(closed(record, 'refused', say`Howdah was stopped before anything was sent: ${proof}.`, deps.now()));
  // A refusal has no plan; over REST nothing leaves before the journal says so, and what is only noted counts with its outcome.
  if (record.way === 'howdah' || (own && begun === null && (plan.length === 0 || record.way === 'rest')))
    return neverSent(say`the journal has nothing of it`);
  const snapshot = await clusterOf(record.scope, deps);
  const reach = snapshot === null ? null : deps.reach.of(snapshot);
  const other =
    snapshot !== null &&
    (snapshot.source !== record.bound.source ||
      differ(snapshot.cluster.systemIdentifier, record.bound.systemIdentifier));
  if (snapshot === null || reach === null || plan.length === 0 || other) {
    const why = other
      ? say`another cluster has its name now`
      : plan.length === 0
        ? say`what it was about to do is not known`
        : say`its cluster is no longer seen`;
    return deps.close(closed(record, 'unknown', say`Howdah was stopped while it ran, and ${why}.`, deps.now()));
  }
  const found = begun ?? (await lookUp(record, plan, snapshot, reach));
  if (found === 'never sent') return neverSent(say`the DCS shows no such write`);
  const started: Begun = found ?? {
    stage: 0,
    sent: { at: record.requestedAt, way: record.way ?? 'dcs', wake: null, revision: null },
    start: record.before,
    plan,
    finished: [],
  };
  const late = endByHistory(record, started.sent.at, snapshot);
  if (late !== null) {
    const { outcome, text: outcomeText, differs } = late;
    return deps.close({
      ...record,
      phase: 'closed',
      outcome,
      outcomeText,
      differs,
      closedAt: deps.now(),
      recovered: true,
    });
  }
  const planned = record.steps.map(({ key, title, expectedAtMs }) => ({ key, title, expectedAtMs }));
  const { at: sentAt, revision, wake } = started.sent;
  const proved = found === null ? record : { ...record, sentAt, revision, wake };
  const run = new ActionRun(
    proved,
    [...(started.plan.length > 0 ? started.plan : plan)],
    planned,
    snapshot,
    deps.runDeps(reach),
    true,
  );
  deps.adopt(run);
  // Whatever Patroni answered, nobody was there to hear it.
  const answer: RestSeen | null =
    started.sent.way === 'rest'
      ? { at: deps.now(), status: null, text: say`Howdah was stopped before the answer came`, error: 'closed' }
      : null;
  run.resume(started, answer);
}

/** Was it written? Proved by etcd's own history where that reaches back; null: cannot be said. */
async function lookUp(
  record: ActionRecord,
  plan: readonly Stage[],
  snapshot: Snapshot,
  reach: ClusterReach,
): Promise<Begun | 'never sent' | null> {
  const stage = plan[0];
  if (stage === undefined || record.way !== 'dcs' || reach.dcs === null) return null;
  const { before, bound } = record;
  const leader =
    before.leader === null
      ? null
      : { name: before.leader, known: true, by: 'dcs' as const, observedAt: record.requestedAt, since: null };
  /** What it would have written: built on leader and configuration of the intent, not of now. */
  const callThen = (config: Snapshot['cluster']['config']): DcsCall | null => {
    const call = callOf(stage, record.request, 'dcs', {
      ...snapshot,
      cluster: { ...snapshot.cluster, leader, config },
    });
    return call?.way === 'dcs' ? call : null;
  };
  const key = callThen(snapshot.cluster.config)?.key ?? 'config';
  const since = key === 'failover' ? bound.failoverRevision : bound.configRevision;
  if (since === null) return null;
  try {
    const revision = (await reach.dcs.current(reach.dcsScope))[key]?.version ?? '0';
    if (revision === since) return 'never sent';
    const past = await reach.dcs.past(reach.dcsScope, key, revision, PAST);
    const seen = past.findIndex((entry) => entry.revision === since);
    const value = parseObject(past[seen]?.value ?? '');
    const config = snapshot.cluster.config;
    const call = callThen(key === 'config' && value !== null && config !== null ? { ...config, value } : config);
    // It compares the revision that was seen: if it was written, it is what came next.
    const news = seen < 0 ? past : past.slice(Math.max(0, seen - 1), seen);
    const ours = news.find((entry) => call !== null && sameJson(parseJson(entry.value), parseJson(call.value)));
    if (ours !== undefined && (seen >= 0 || key === 'failover')) {
      const sent: Sent = { at: record.requestedAt, way: 'dcs', wake: null, revision: ours.revision };
      return { stage: 0, sent, start: before, plan, finished: [] };
    }
    return seen >= 0 ? 'never sent' : null;
  } catch {
    return null;
  }
}

async function clusterOf(scope: string, deps: RecoveryDeps): Promise<Snapshot | null> {
  const end = elapsed() + CLUSTER_MS;
  let snapshot: Snapshot | null = null;
  while (elapsed() < end) {
    snapshot = await deps.newest(scope).catch(() => null);
    // Right after the start the members have not been asked yet.
    if (snapshot?.cluster.members.some((member) => member.observedAt !== null)) return snapshot;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return snapshot;
}

function begunOf(body: unknown): Begun | null {
  const sent = field(body, 'sent');
  const start = field(body, 'start');
  const stage = number(field(body, 'stage'));
  if (!isObject(sent) || !isObject(start) || stage === null) return null;
  return {
    stage,
    sent: sent as unknown as Sent,
    start: start as unknown as Begun['start'],
    plan: list(field(body, 'plan')) as Begun['plan'],
    finished: list(field(body, 'finished')) as Begun['finished'],
  };
}

function closed(record: ActionRecord, outcome: 'unknown' | 'refused', outcomeText: Text, now: number): ActionRecord {
  return { ...record, phase: 'closed', outcome, outcomeText, closedAt: now, recovered: true };
}
