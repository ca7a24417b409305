// Is Howdah itself alive: not the clusters it watches.
import type { FleetRow, HealthAnswer } from '../contract/stream';
import type { Gate } from './access/gate';
import type { Runtime } from './runtime';

/** The collector reports each second; silent for longer, it hangs. */
const COLLECTOR_SILENT_MS = 10_000;
const STARTING_MS = 15_000;

export function healthAnswer(
  runtime: Pick<
    Runtime,
    'state' | 'feed' | 'startedAt' | 'collectorSeenAt' | 'actionsNow' | 'actionsProblem' | 'historyNow' | 'config'
  >,
  now: number,
): HealthAnswer {
  const state = runtime.state();
  const actions = runtime.actionsNow();
  const problem = runtime.actionsProblem();
  const kind = runtime.config.databaseUrl === null ? 'embedded' : 'postgres';
  const seenAt = runtime.collectorSeenAt();
  const age = seenAt === null ? null : now - seenAt;
  return {
    ok: age === null ? now - runtime.startedAt < STARTING_MS : age < COLLECTOR_SILENT_MS,
    version: state.version,
    startedAt: runtime.startedAt,
    collector: {
      ageMs: age,
      scopes: state.scopes,
      members: state.members,
      roundMs: state.roundMs,
      problems: state.problems,
    },
    streams: runtime.feed.viewers,
    scopes: runtime.feed.rows().map((row) => ({
      scope: row.scope,
      revision: row.revision,
      ageMs: row.observedAt === null ? null : now - row.observedAt,
    })),
    store: actions?.storeState() ?? {
      kind,
      state: problem === null ? 'opening' : 'down',
      error: problem,
      since: runtime.startedAt,
      behind: 0,
    },
    history: runtime.historyNow()?.state() ?? null,
    journal: {
      entries: actions?.journal.entries() ?? 0,
      problem: problem ?? actions?.journal.problem() ?? null,
      broken: [...(actions?.record.problems() ?? [])],
      streams: [...(actions?.streams.states() ?? [])],
    },
  };
}

/** As far as the one who asks may know. */
export function healthFor(
  current: Parameters<typeof healthAnswer>[0],
  gate: Pick<Gate, 'seesAll' | 'hasRole' | 'sees'>,
  now: number,
): HealthAnswer | Pick<HealthAnswer, 'ok'> {
  const answer = healthAnswer(current, now);
  if (gate.seesAll) return answer;
  if (!gate.hasRole) return { ok: answer.ok };
  return partialHealth(
    answer,
    current.feed.rows().filter(({ scope }) => gate.sees(scope)),
  );
}

/** For somebody who may see some clusters: of the others no name and no number, no address of a source, and no reason. */
function partialHealth(answer: HealthAnswer, rows: readonly Pick<FleetRow, 'scope' | 'members'>[]): HealthAnswer {
  const own = new Set(rows.map(({ scope }) => scope));
  const members = rows.reduce((sum, row) => sum + row.members.length, 0);
  return {
    ...answer,
    collector: { ...answer.collector, scopes: rows.length, members, problems: [] },
    scopes: answer.scopes.filter(({ scope }) => own.has(scope)),
    store: { ...answer.store, error: null },
    journal: { ...answer.journal, problem: null, broken: [], streams: [] },
    history: null,
  };
}
